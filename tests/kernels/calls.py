"""Calls of kernels: their arguments by name, and what a kernel makes of them."""

import importlib
import inspect
from dataclasses import dataclass

import numpy as np
from records import OPS, Op

from edunet.backend import kernels


@dataclass(frozen=True)
class Kernel:
    op: Op
    way: str  # "forward", "backward" or "update"

    def __str__(self):
        return f"{self.op.family}-{self.name}"

    @property
    def name(self):
        return f"{self.op.name}_{self.way}"

    @property
    def function(self):
        """The kernel of the backend in use."""
        return getattr(kernels(self.op.family), self.name)

    @property
    def definition(self):
        return getattr(importlib.import_module(f"edunet.kernels.{self.op.family}_numpy"), self.name)

    @property
    def parameters(self):
        return list(inspect.signature(self.definition).parameters)


KERNELS = [Kernel(op, way) for op in OPS for way in (("update",) if op.in_place else ("forward", "backward"))]


@dataclass(frozen=True)
class Call:
    """The inputs of a kernel by name, and the arrays it is to fill, {name: (shape, dtype)}."""

    kernel: Kernel
    given: dict
    made: dict

    def having(self, **given):
        return Call(self.kernel, {**self.given, **given}, self.made)

    def making(self, **shapes):
        return Call(self.kernel, self.given, {**self.made, **{n: (s, self.made[n][1]) for n, s in shapes.items()}})


def named(name) -> Kernel:
    return next(k for k in KERNELS if k.name == name)


def prepare(kernel, sizes, dtype, run=None, **changes) -> Call:
    """Return the call of a kernel for some sizes; `changes` are inputs of the forward pass.

    What a backward pass needs of the forward pass comes from NumPy in float64, or from `run(call)`.
    """
    sizes = dict(sizes)
    rng = np.random.default_rng(sizes.pop("seed", 0))
    known = with_floats({**kernel.op.make(rng, **sizes), **changes}, dtype)
    made = {n: (shape, np.int32 if n == "winner" else dtype) for n, shape in kernel.op.made(known).items()}
    if kernel.way == "backward":
        known, made = _backward(kernel, Call(Kernel(kernel.op, "forward"), known, made), rng, run or defined)
    return Call(kernel, {name: known[name] for name in kernel.parameters if name in known}, made)


def _backward(kernel, forward, rng, run):
    dtype = next(iter(forward.made.values()))[1]
    saved = with_floats(run(Call(forward.kernel, only(forward.kernel, forward.given), forward.made)), dtype)
    known, made = {**forward.given, **saved}, {}
    for name in kernel.parameters:
        if name in known:
            continue
        whole = known[name[1:]].shape
        if name[1:] in saved:  # a gradient that arrives; that of an LSTM's cells belongs to the last one
            whole = (whole[0], whole[2]) if name == "dc" else whole
            known[name] = rng.normal(size=whole).astype(dtype)
        else:
            made[name] = (whole, dtype)
    return known, made


def only(kernel, known):
    return {name: known[name] for name in kernel.parameters if name in known}


def with_floats(values, dtype):
    """Return the same values with float arrays in one precision; masks, labels and scalars stay."""
    return {n: a.astype(dtype) if is_float(a) else a for n, a in values.items()}


def is_float(a):
    return isinstance(a, np.ndarray) and a.dtype.kind == "f"


def fill(function, call) -> dict:
    """Call a kernel with arrays full of NaN (of −1, where they hold integers); return what it has made of them.

    The inputs are copied, but not their layout: masks may repeat themselves.
    """
    changed = {name: call.given[name].copy() for name in call.kernel.op.in_place}
    made = {
        name: np.full(shape, -1 if dtype == np.int32 else np.nan, dtype) for name, (shape, dtype) in call.made.items()
    }
    known = {**call.given, **changed, **made}
    returned = function(*[known[name] for name in call.kernel.parameters])
    assert returned is None, f"{call.kernel.name} returns {type(returned).__name__}"
    return {**changed, **made}


def defined(call) -> dict:
    """Return what NumPy makes of a call in float64."""
    wide = {n: (shape, dtype if dtype == np.int32 else np.float64) for n, (shape, dtype) in call.made.items()}
    return fill(call.kernel.definition, Call(call.kernel, with_floats(call.given, np.float64), wide))
