"""Arithmetic in Keras's words: what `keras.ops` calls mean, square, where, ..., for losses and layers of one's own.

`edunet.ops.mean` and `from edunet.ops import mean` find them too. Each is a line or two around `edunet.tensor`, and the
gradient goes through. What has no gradient, comparisons and places, gives plain arrays.

>>> x = Tensor([3.0, -1.0])
>>> float(mean(square(x)))
5.0
>>> where(x > 0, x, 0.1 * x).numpy()
array([ 3. , -0.1])
"""

import numpy as np

from edunet import tensor
from edunet.backend import floatx
from edunet.tensor import Tensor, as_array, differentiable

__all__ = [
    "abs",
    "absolute",
    "add",
    "argmax",
    "argmin",
    "cast",
    "clip",
    "concatenate",
    "convert_to_numpy",
    "convert_to_tensor",
    "divide",
    "equal",
    "exp",
    "expand_dims",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "log",
    "logical_and",
    "logical_not",
    "logical_or",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "negative",
    "not_equal",
    "one_hot",
    "ones",
    "ones_like",
    "power",
    "reshape",
    "shape",
    "sign",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "stop_gradient",
    "subtract",
    "sum",
    "transpose",
    "var",
    "where",
    "zeros",
    "zeros_like",
]

# those that are spelt as in edunet.tensor
absolute = tensor.absolute
add = tensor.add
divide = tensor.divide
exp = tensor.exp
log = tensor.log
matmul = tensor.matmul
maximum = tensor.maximum
minimum = tensor.minimum
multiply = tensor.multiply
subtract = tensor.subtract
where = tensor.where
abs = absolute


def _array(x) -> np.ndarray:
    """Return plain numbers, whole ones as they are."""
    return x.data if isinstance(x, Tensor) else np.asarray(x)


def _axis(axis):
    """Return an axis, or several as a tuple."""
    return tuple(axis) if isinstance(axis, list) else axis


# ---------------------------------------------------------------- element by element


def negative(x):
    """Return −x."""
    return multiply(x, -1.0)


def square(x):
    """Return x²."""
    return multiply(x, x)


def power(x1, x2):
    """Return x1 to the power of a number x2."""
    return tensor.power(x1, exponent=x2)


def sqrt(x):
    """Return √x; at 0 its slope is infinite: add a small number there."""
    return tensor.power(x, exponent=0.5)


def clip(x, x_min, x_max):
    """Return x, kept between two bounds; beyond them the gradient is 0."""
    return minimum(maximum(x, x_min), x_max)


@differentiable
def _cast(x, *, dtype):
    return x.astype(dtype), lambda dy: dy.astype(x.dtype)


def cast(x, dtype):
    """Return x in another precision, a Tensor float32 or float64; as whole numbers or bool a plain array."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f" or not isinstance(x, Tensor):
        return _array(x).astype(dtype)
    if dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"cast: Tensors are float32 or float64. Received: {dtype.name}")
    return _cast(x, dtype=dtype)


# ---------------------------------------------------------------- along axes


def sum(x, axis=None, keepdims=False):
    """Return the sum over all numbers, an axis or several."""
    return tensor.sum(x, axis=_axis(axis), keepdims=keepdims)


def mean(x, axis=None, keepdims=False):
    """Return the mean over all numbers, an axis or several."""
    return tensor.mean(x, axis=_axis(axis), keepdims=keepdims)


def var(x, axis=None, keepdims=False):
    """Return the mean squared distance from the mean."""
    return mean(square(subtract(x, mean(x, axis, keepdims=True))), axis, keepdims)


def std(x, axis=None, keepdims=False):
    """Return the standard deviation, √var; where all are alike its slope is infinite."""
    return sqrt(var(x, axis, keepdims))


@differentiable
def _largest(x, *, axis, keepdims):
    """Return the largest; dy goes to it, in equal shares to several."""
    top = x.max(axis=axis, keepdims=True)

    def backward(dy):
        chosen = (~(x < top)).astype(x.dtype)  # of NaN, too
        return chosen / chosen.sum(axis=axis, keepdims=True) * dy.reshape(top.shape)

    return x.max(axis=axis, keepdims=keepdims), backward


def max(x, axis=None, keepdims=False):
    """Return the largest; the gradient goes to it, in equal shares to several."""
    return _largest(x, axis=_axis(axis), keepdims=keepdims)


def min(x, axis=None, keepdims=False):
    """Return the smallest; the gradient goes to it, in equal shares to several."""
    return negative(max(negative(x), axis, keepdims))


# ---------------------------------------------------------------- shapes


def shape(x) -> tuple:
    """Return the shape, a tuple."""
    return tuple(np.shape(x))


def reshape(x, newshape):
    """Return the same numbers in another shape, a tuple or one length."""
    return tensor.reshape(x, shape=tuple(newshape) if isinstance(newshape, (list, tuple)) else (newshape,))


def transpose(x, axes=None):
    """Return x with its axes in another order, reversed unless given."""
    return tensor.transpose(x, axes=axes)


def expand_dims(x, axis):
    """Return x with an axis of length 1, or several."""
    return tensor.reshape(x, shape=np.expand_dims(_array(x), _axis(axis)).shape)


def squeeze(x, axis=None):
    """Return x without an axis of length 1, or without all of them."""
    return tensor.reshape(x, shape=np.squeeze(_array(x), _axis(axis)).shape)


def concatenate(xs, axis=-1):
    """Join a list along an axis."""
    return tensor.concatenate(*xs, axis=axis)


def stack(x, axis=0):
    """Put a list side by side along a new axis."""
    return tensor.stack(*x, axis=axis)


# ---------------------------------------------------------------- no gradient: plain arrays


def equal(x1, x2):
    """Tell where x1 = x2."""
    return _array(x1) == _array(x2)


def not_equal(x1, x2):
    """Tell where x1 ≠ x2."""
    return _array(x1) != _array(x2)


def greater(x1, x2):
    """Tell where x1 > x2."""
    return _array(x1) > _array(x2)


def greater_equal(x1, x2):
    """Tell where x1 ≥ x2."""
    return _array(x1) >= _array(x2)


def less(x1, x2):
    """Tell where x1 < x2."""
    return _array(x1) < _array(x2)


def less_equal(x1, x2):
    """Tell where x1 ≤ x2."""
    return _array(x1) <= _array(x2)


def logical_and(x1, x2):
    """Tell where both hold."""
    return np.logical_and(_array(x1), _array(x2))


def logical_or(x1, x2):
    """Tell where one of them holds."""
    return np.logical_or(_array(x1), _array(x2))


def logical_not(x):
    """Tell where x does not hold."""
    return np.logical_not(_array(x))


def sign(x):
    """Return −1, 0 or 1."""
    return np.sign(_array(x))


def argmax(x, axis=None, keepdims=False):
    """Return the place of the largest."""
    return _array(x).argmax(axis=axis, keepdims=keepdims)


def argmin(x, axis=None, keepdims=False):
    """Return the place of the smallest."""
    return _array(x).argmin(axis=axis, keepdims=keepdims)


def one_hot(x, num_classes):
    """Return 1 in the column of each class, else 0; a class that there is not is 0 everywhere."""
    return (_array(x)[..., None] == np.arange(num_classes)).astype(floatx())


def zeros(shape, dtype=None):
    """Return an array of zeros."""
    return np.zeros(shape, dtype or floatx())


def ones(shape, dtype=None):
    """Return an array of ones."""
    return np.ones(shape, dtype or floatx())


def zeros_like(x, dtype=None):
    """Return zeros in the shape of x."""
    return np.zeros_like(_array(x), dtype)


def ones_like(x, dtype=None):
    """Return ones in the shape of x."""
    return np.ones_like(_array(x), dtype)


def stop_gradient(variable):
    """Return the numbers alone: no gradient goes back from here."""
    return _array(variable)


def convert_to_numpy(x):
    """Return the numbers as a plain array."""
    return _array(x)


def convert_to_tensor(x, dtype=None):
    """Return a Tensor, x itself if it is one of that precision; whole numbers of a given dtype as a plain array."""
    if dtype is not None:
        x = cast(x, dtype)
        if x.dtype.kind != "f":
            return x
    return x if isinstance(x, Tensor) else Tensor(as_array(x))
