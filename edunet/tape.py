"""The tape: which operation made what, and the way back along it, from a loss to all that it was computed from.

    forward     each operation is written down with its inputs and its closure `backward`
    backward    the operations from last to first: Σ over all that used x of ∂loss/∂y · ∂y/∂x is ∂loss/∂x

`edunet.tensor` writes it and reads it; what stands here knows no arithmetic.
"""

import contextlib
import itertools
import threading

import numpy as np

from edunet.memory import keep_freed_memory

__all__ = ["Operation", "for_kernels", "is_recording", "no_gradients", "operations_behind", "tape", "walk_back"]

keep_freed_memory()  # a tape holds the arrays of a step until its end


class _Tape(threading.local):
    off = 0  # counts nested no_gradients() blocks, in each thread by itself


tape = _Tape()
_order = itertools.count()  # operations are numbered as they happen: a topological order for free


class Operation:
    """One entry of the tape: the inputs that want gradients and the closure that computes them."""

    __slots__ = ("backward", "inputs", "number", "op", "options", "outputs", "takes_wanted")

    def __init__(self, op, inputs, options, backward, outputs):
        self.op, self.inputs, self.options, self.backward = op, inputs, options, backward
        self.takes_wanted = "wanted" in (getattr(backward, "__kwdefaults__", None) or ())
        self.number = next(_order)
        self.outputs = []  # (shape, dtype) of each; not the Tensors: no reference cycles
        for index, y in enumerate(outputs):
            self.outputs.append((y.data.shape, y.data.dtype))
            y.made_by, y.index = self, index


class no_gradients(contextlib.ContextDecorator):
    """Compute without remembering: faster and lighter, for prediction.

    >>> from edunet import Tensor
    >>> with no_gradients():
    ...     y = Tensor([1.0]) * 2.0
    >>> y.made_by is None
    True
    """

    def __enter__(self):
        tape.off += 1

    def __exit__(self, *error):
        tape.off -= 1


def is_recording() -> bool:
    """Tell whether operations are remembered in this thread: not inside a `no_gradients` block."""
    return not tape.off


def operations_behind(y) -> list[Operation]:
    """Return all operations that y depends on, last first."""
    found, waiting = {}, [y]
    while waiting:
        op = waiting.pop().made_by
        if op is not None and op.number not in found:
            found[op.number] = op
            waiting.extend(t for t in op.inputs if t is not None)
    return [found[number] for number in sorted(found, reverse=True)]


def _key(t):
    """Name a gradient: outputs of operations by their place on the tape, other tensors by themselves."""
    return (t.made_by.number, t.index) if t.made_by else id(t)


def _wanted_inputs(operations: list[Operation], keys: set) -> dict[int, tuple[bool, ...]]:
    """Return, for each operation on a way to what is asked for, which of its inputs are: {number: flags}.

    `operations` are sorted last first, as by operations_behind; keys name what is asked for.
    """
    flags: dict[int, tuple[bool, ...]] = {}
    for op in reversed(operations):
        wanted = [
            t is not None and ((t.made_by is not None and t.made_by.number in flags) or _key(t) in keys)
            for t in op.inputs
        ]
        if True in wanted:
            flags[op.number] = tuple(wanted)
    return flags


def walk_back(y, wanted: list, dy=None) -> list[np.ndarray | None]:
    """Walk the tape back from y; return ∂y/∂t for each wanted Tensor t, None where y ignores t."""
    if dy is None:
        if y.size != 1:
            raise ValueError(
                f"backward() starts at one number, a loss; received shape {y.shape}. Pass dy, or use .sum()."
            )
        dy = np.ones(y.shape)
    dy = np.asarray(dy, y.dtype)
    if dy.shape != y.shape:
        raise ValueError(f"backward: dy needs the shape of what it is the gradient of, {y.shape}. Received {dy.shape}.")
    keys = {_key(t) for t in wanted}
    grads = {_key(y): dy}
    operations = operations_behind(y)
    flags = _wanted_inputs(operations, keys)
    for op in operations:
        looked_at = flags.get(op.number)
        if looked_at is None:
            continue
        dys = []
        for index, (shape, dtype) in enumerate(op.outputs):
            key = (op.number, index)
            d = grads.get(key) if key in keys else grads.pop(key, None)  # kept no longer than it is needed
            dys.append(np.zeros(shape, dtype) if d is None else for_kernels(d, dtype))
        dxs = op.backward(*dys, wanted=looked_at) if op.takes_wanted else op.backward(*dys)
        for x, dx, look in zip(op.inputs, dxs if isinstance(dxs, tuple) else (dxs,), looked_at, strict=True):
            if not look or dx is None:
                continue
            dx = np.asarray(dx)
            if dx.shape != x.data.shape:
                raise ValueError(
                    f"{op.op.__name__}: backward returned a gradient of shape {dx.shape} for an input of shape "
                    f"{x.shape}. Each gradient has the shape of its input: sum over the axes that were repeated."
                )
            key = _key(x)
            grads[key] = grads[key] + dx if key in grads else dx
    return [grads.get(_key(t)) for t in wanted]


def for_kernels(data, dtype) -> np.ndarray:
    """Return numbers as kernels want them: C-contiguous, aligned, of that dtype. Almost always they already are."""
    if type(data) is np.ndarray and data.dtype is dtype and data.flags.carray:
        return data
    return np.require(data, dtype, ["C", "A", "E"])  # E: no subclass
