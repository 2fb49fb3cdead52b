"""Tensor: an array that remembers how it was computed, so that gradients can flow back.

    forward     y = op(x1, x2, ...)          each op returns y and a closure `backward`
    chain rule  ∂loss/∂xk = Σ_y ∂loss/∂y · ∂y/∂xk      the closure computes one factor for every input
    backward    walk the operations from last to first, adding up the gradients that meet in one tensor

Wrapping an array in a Tensor says "I want gradients for this"; bare arrays are constants. The formulas
themselves, with their gradients, live in `edunet.ops`, the tape and the way back in `edunet.tape`; here is only what
writes on it: Tensor, `differentiable` and arithmetic.

>>> w = Tensor(np.array([1.0, 2.0]))
>>> loss = (w * w).sum()
>>> loss.backward()
>>> w.grad
array([2., 4.])
"""

import functools
import inspect
import numbers

import numpy as np

from edunet import arithmetic
from edunet.backend import floatx
from edunet.tape import Operation, for_kernels, is_recording, no_gradients, operations_behind, tape, walk_back

__all__ = [
    "Operation",
    "Tensor",
    "absolute",
    "add",
    "as_array",
    "concatenate",
    "differentiable",
    "divide",
    "exp",
    "for_kernels",
    "gradients",
    "is_recording",
    "log",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "multiply",
    "no_gradients",
    "operations_behind",
    "power",
    "reshape",
    "stack",
    "subtract",
    "sum",
    "take",
    "transpose",
    "unstack",
    "where",
]

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Tensor:
    """An array with a memory of the operation that made it.

    Args: data, array-like; floats keep float32/float64, everything else becomes `floatx()`.
    After `loss.backward()`, every Tensor that was not computed (a weight) holds `.grad`, an array of its shape.
    `.mask` is None or an array (N,T), False where a sequence is only padded. Layers set it and obey it, operations that
    treat every step by itself keep it.
    """

    __slots__ = ("__weakref__", "data", "grad", "index", "made_by", "mask", "name")
    __array_ufunc__ = None  # np.exp(tensor) would silently lose the gradient: NumPy must refuse, and it does

    def __init__(self, data, name: str | None = None):
        # what a formula has computed need not be looked at
        self.data = data if type(data) is np.ndarray and data.dtype in _FLOATS else as_array(data)
        self.grad: np.ndarray | None = None
        self.made_by: Operation | None = None
        self.index = 0  # which output of `made_by` this is
        self.mask: np.ndarray | None = None
        self.name = name

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    dtype = property(lambda self: self.data.dtype)

    @property
    def T(self):
        return transpose(self)

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        return f"Tensor({np.array2string(self.data, threshold=20)}, shape={self.shape}, dtype={self.dtype})"

    def __array__(self, dtype=None, copy=None):
        if copy is None:  # NumPy 1.26 does not know None here
            return np.asarray(self.data, dtype)
        return np.array(self.data, dtype, copy=copy)

    def __float__(self):
        return float(self.data)

    def __bool__(self):
        return bool(self.data)

    def __getstate__(self):
        """Leave out how it was computed: a copy, or what comes out of a pickle, is a Tensor that starts a tape."""
        return self.data, self.grad, self.mask, self.name

    def __setstate__(self, state):
        self.data, self.grad, self.mask, self.name = state
        self.made_by, self.index = None, 0

    def numpy(self) -> np.ndarray:
        """Return the plain array."""
        return self.data

    def backward(self, dy=None) -> None:
        """Compute ∂self/∂w for every Tensor w that self was computed from and that was not itself computed.

        Sets `.grad` afresh each time: nothing accumulates between calls. `dy` is needed unless self is a number.
        """
        behind = [t for op in operations_behind(self) for t in op.inputs if t is not None]
        leaves = [t for t in dict.fromkeys([self, *behind]) if t.made_by is None]
        for leaf, grad in zip(leaves, walk_back(self, leaves, dy), strict=True):
            if grad is not None:
                leaf.grad = np.array(grad)  # a copy: one array may be the gradient of several inputs

    def sum(self, axis=None, keepdims=False):
        return sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False):
        return mean(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape):
        return reshape(self, shape=shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape)

    def transpose(self, *axes):
        return transpose(self, axes=axes or None)

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __pow__(self, exponent):
        return power(self, exponent=exponent)

    def __neg__(self):
        return multiply(self, -1.0)

    def __abs__(self):
        return absolute(self)

    # comparisons have no gradient: they give plain arrays. == and != compare the objects, which are keys of dicts
    def __lt__(self, other):
        return self.data < as_array(other)

    def __le__(self, other):
        return self.data <= as_array(other)

    def __gt__(self, other):
        return self.data > as_array(other)

    def __ge__(self, other):
        return self.data >= as_array(other)

    def assign(self, value):
        """Replace the numbers of a weight in place; return it. Raises ValueError for another shape, and if computed."""
        value = as_array(value)
        if self.made_by is not None:
            raise ValueError("assign changes weights. This Tensor was computed: compute another one.")
        if value.shape != self.shape:
            raise ValueError(f"assign: the weight has shape {self.shape}. Received {value.shape}.")
        self.data[...] = value
        return self

    def assign_add(self, value):
        """Add to the numbers of a weight in place; return it. See `assign`."""
        return self.assign(self.data + as_array(value))

    def assign_sub(self, value):
        """Subtract from the numbers of a weight in place; return it. See `assign`."""
        return self.assign(self.data - as_array(value))

    def __matmul__(self, other):
        y = matmul(self, other)
        if self.mask is not None and np.ndim(other) == 2:  # one matrix for all steps
            _keep_mask(y, (self,), along=-1)
        return y

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __getitem__(self, key):
        y = take(self, key=key)
        if self.mask is not None:
            y.mask = _cut_mask(self.mask, key, self.ndim)
        return y


# ---------------------------------------------------------------- how an operation is lifted


def as_array(data) -> np.ndarray:
    """Return numbers as a float array: float32 and float64 stay, anything else becomes `floatx()`."""
    if isinstance(data, Tensor):
        return data.data
    array = np.asarray(data)
    if array.dtype in _FLOATS:
        return array
    if array.dtype.kind not in "biuf":
        if not array.ndim and hasattr(data, "__iter__") and not isinstance(data, (str, bytes, dict, set)):
            raise TypeError(
                f"expected an array, received {type(data).__name__}. Collect what it gives first: "
                "np.concatenate([x for x in ...]) for batches, np.stack([...]) for single examples."
            )
        raise TypeError(
            f"expected numbers, received an array of dtype {array.dtype} with shape {array.shape}. "
            "Turn categories into numbers first, for example with np.unique(column, return_inverse=True)."
        )
    if array.dtype in (np.dtype(">f4"), np.dtype(">f8"), np.dtype("<f4"), np.dtype("<f8")):
        return array.astype(array.dtype.newbyteorder("="))
    return array.astype(floatx())


def _read(args: tuple) -> tuple[list, bool, bool]:
    """Return the arrays of all inputs of an op, whether one of them is a Tensor, and whether one carries a mask.

    They come in one dtype and as kernels want them; almost always they already are. Plain numbers do not promote.
    """
    arrays: list = []
    dtype, alike, on_tensors, masked = None, True, False, False
    for arg in args:
        if arg is None:
            arrays.append(None)
            continue
        if isinstance(arg, Tensor):
            a, on_tensors = arg.data, True
            if arg.mask is not None:
                masked = True
        else:
            a = as_array(arg)
            if not a.ndim:
                alike = False
        arrays.append(a)
        if dtype is None:
            dtype = a.dtype
        if a.dtype is not dtype or not a.flags.carray or type(a) is not np.ndarray:
            alike = False
    return arrays if alike else _common(args, arrays), on_tensors, masked


def _common(args: tuple, arrays: list) -> list:
    """Bring the arrays of inputs to the widest dtype among them, float64 > float32, as kernels want them."""
    pairs = [(arg, a) for arg, a in zip(args, arrays, strict=True) if a is not None]
    widths = [a.dtype for arg, a in pairs if a.ndim or not isinstance(arg, numbers.Real)]
    dtype = max(widths, default=np.dtype(floatx()))
    return [a if a is None else for_kernels(a, dtype) for a in arrays]


def _keep_mask(y: Tensor, inputs, along: int | None = None) -> None:
    """Hand the masks of the inputs on to what was made of them step by step: a step counts if it does in all.

    along is the axis whose numbers were mixed, None if none was: along the first two, steps were.
    """
    if along is not None and along % max(y.ndim, 1) < 2:
        return
    for x in inputs:
        if x is not None and x.mask is not None and y.data.shape[:2] == x.mask.shape:
            y.mask = x.mask if y.mask is None else y.mask & x.mask


def _cut_mask(mask, key, axes: int):
    """Return the mask of x[key], where x has so many axes; None if key does more with the steps than to cut slices."""
    key = key if isinstance(key, tuple) else (key,)
    if not all(k is Ellipsis or isinstance(k, (int, np.integer, slice)) for k in key):
        return None
    if Ellipsis in key:
        i = key.index(Ellipsis)
        key = (*key[:i], *[slice(None)] * (axes - len(key) + 1), *key[i + 1 :])
    return mask[key[:2]] if all(isinstance(k, slice) for k in key[:2]) else None


def differentiable(op=None, *, keeps_mask: str | None = None):
    """Lift `op(*arrays, **options) -> (y, backward)` to Tensors.

    Positional arguments are float arrays that may want gradients (or None where one is optional); keyword
    arguments are everything else: strides, masks, labels. `backward(dy)` returns one gradient per positional
    argument, in order (None where there is none). An op with several outputs returns a tuple for y, and its
    `backward` takes as many dy. Called on arrays only, the lifted op returns arrays.
    A `backward(dy, *, wanted=(True, True))` that declares this keyword is told, one flag for each positional argument,
    whose gradient somebody asked for, and may return None or anything else for the others: they are not looked at.
    keeps_mask tells what becomes of the mask (N,T) of an input. "numbers": every number is treated by itself, the steps
    stay what they are, and so does the mask. "features": what belongs together lies along one axis, the last or the
    option `axis`; the mask stays unless that is the axis of the steps. Else it ends.
    `op.__wrapped__` is the plain function.
    """
    if op is None:
        return functools.partial(differentiable, keeps_mask=keeps_mask)
    parameters = inspect.signature(op).parameters.values()
    inputs_of_op = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]

    @functools.wraps(op)
    def lifted(*args, **options):
        if len(args) < len(inputs_of_op):
            args += tuple(_input(op, p, options) for p in inputs_of_op[len(args) :])
        for name, option in options.items():
            if isinstance(option, _NO_OPTIONS):
                options[name] = _option(op, name, option)
        arrays, on_tensors, masked = _read(args)
        y, backward = op(*arrays, **options)
        if not on_tensors:
            return y
        several = isinstance(y, tuple)
        outputs = tuple([Tensor(part) for part in y]) if several else (Tensor(y),)
        if not tape.off or masked:
            inputs = tuple([a if isinstance(a, Tensor) else None for a in args])
            if not tape.off:
                Operation(lifted, inputs, options, backward, outputs)
            if masked and keeps_mask is not None:
                _keep_mask(outputs[0], inputs, options.get("axis", -1) if keeps_mask == "features" else None)
        return outputs if several else outputs[0]

    return lifted


_NO_OPTIONS = (np.generic, Tensor)  # NumPy's numbers become plain ones, Tensors are refused


def _input(op, parameter, options: dict):
    """Return an input that was not given by position: by name, or absent."""
    if parameter.name in options:
        return options.pop(parameter.name)
    if parameter.default is parameter.empty:
        raise TypeError(f"{op.__name__}: the input {parameter.name} is missing. See help(edunet.ops.{op.__name__}).")
    return parameter.default


def _option(op, name, option):
    """Return an option as a plain number: np.float64(0.5) would turn float32 into float64, 0.5 does not."""
    if isinstance(option, Tensor):
        raise TypeError(f"{op.__name__}: {name} is an option and cannot carry a gradient. Pass {name}.numpy() instead.")
    return option.item()


def gradients(y: Tensor, wanted, dy=None) -> list[np.ndarray]:
    """Return ∂y/∂t for each Tensor t of a list, weights and intermediate results alike; zeros where y ignores t.

    >>> x = Tensor([3.0])
    >>> h = x * x
    >>> [float(g[0]) for g in gradients((h * 2.0).sum(), [x, h])]
    [12.0, 2.0]
    """
    if isinstance(wanted, Tensor):
        raise TypeError("gradients(y, wanted): wanted is a list of Tensors. For one of them type gradients(y, [w]).")
    wanted = list(wanted)
    found = walk_back(y, wanted, dy)
    return [np.zeros_like(t.data) if grad is None else grad for t, grad in zip(wanted, found, strict=True)]


# ---------------------------------------------------------------- arithmetic on Tensors

add = differentiable(arithmetic.add, keeps_mask="numbers")
subtract = differentiable(arithmetic.subtract, keeps_mask="numbers")
multiply = differentiable(arithmetic.multiply, keeps_mask="numbers")
divide = differentiable(arithmetic.divide, keeps_mask="numbers")
power = differentiable(arithmetic.power, keeps_mask="numbers")
exp = differentiable(arithmetic.exp, keeps_mask="numbers")
log = differentiable(arithmetic.log, keeps_mask="numbers")
absolute = differentiable(arithmetic.absolute, keeps_mask="numbers")
maximum = differentiable(arithmetic.maximum, keeps_mask="numbers")
minimum = differentiable(arithmetic.minimum, keeps_mask="numbers")
matmul = differentiable(arithmetic.matmul)
sum = differentiable(arithmetic.sum)
mean = differentiable(arithmetic.mean)
reshape = differentiable(arithmetic.reshape)
transpose = differentiable(arithmetic.transpose)
take = differentiable(arithmetic.take)
concatenate = differentiable(arithmetic.concatenate, keeps_mask="features")
stack = differentiable(arithmetic.stack)
unstack = differentiable(arithmetic.unstack)
_where = differentiable(arithmetic.where, keeps_mask="numbers")


def where(*inputs, condition=None):
    """Choose element by element: where(condition, a, b), as NumPy and Keras say it, or where(a, b, condition=...)."""
    if condition is None:
        condition, inputs = inputs[0], inputs[1:]
    condition = condition.data if isinstance(condition, Tensor) else np.asarray(condition)
    return _where(*inputs, condition=condition.astype(bool, copy=False))
