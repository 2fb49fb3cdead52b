"""Arithmetic: the smallest formulas, each with its gradient. Plain functions of arrays that return (y, backward).

Below dy = ∂loss/∂y. Where broadcasting has repeated an input, its gradient is summed over the repetitions.
`edunet.tensor` lifts these functions to Tensors, whose operators (+, *, @, [...]) they are.
"""

import numpy as np

__all__ = [
    "absolute",
    "add",
    "concatenate",
    "divide",
    "exp",
    "log",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "multiply",
    "power",
    "reshape",
    "stack",
    "subtract",
    "sum",
    "take",
    "transpose",
    "unbroadcast",
    "unstack",
    "where",
]


def unbroadcast(dy: np.ndarray, shape: tuple) -> np.ndarray:
    """Sum a gradient over the axes along which broadcasting repeated the input."""
    if dy.shape == shape:
        return dy
    dy = dy.sum(axis=tuple(range(dy.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and dy.shape[i] != 1)
    return dy.sum(axis=stretched, keepdims=True) if stretched else dy


def add(a, b):
    """Add, with broadcasting: y = a + b; da = dy, db = dy (summed over repeated axes)."""
    return a + b, lambda dy: (unbroadcast(dy, a.shape), unbroadcast(dy, b.shape))


def subtract(a, b):
    """Subtract, with broadcasting: y = a − b; da = dy, db = −dy."""
    return a - b, lambda dy: (unbroadcast(dy, a.shape), unbroadcast(-dy, b.shape))


def multiply(a, b):
    """Multiply element by element, with broadcasting: y = a·b; da = dy·b, db = dy·a."""
    return a * b, lambda dy: (unbroadcast(dy * b, a.shape), unbroadcast(dy * a, b.shape))


def divide(a, b):
    """Divide element by element, with broadcasting: y = a/b; da = dy/b, db = −dy·a/b²."""
    return a / b, lambda dy: (unbroadcast(dy / b, a.shape), unbroadcast(-dy * a / b**2, b.shape))


def power(a, *, exponent):
    """Raise to a constant power: y = aᵏ; da = dy·k·aᵏ⁻¹."""
    slope = exponent * a ** (exponent - 1) if exponent else np.zeros_like(a)
    return a**exponent, lambda dy: dy * slope


def exp(a):
    """Exponential: y = eᵃ; da = dy·y."""
    y = np.exp(a)
    return y, lambda dy: dy * y


def log(a):
    """Natural logarithm: y = ln a; da = dy/a."""
    return np.log(a), lambda dy: dy / a


def absolute(a):
    """Absolute value: y = |a|; da = dy·sign(a)."""
    return np.abs(a), lambda dy: dy * np.sign(a)


def maximum(a, b):
    """Larger of two, with broadcasting; dy goes to the larger one, to a where they are equal."""
    first = a >= b
    return np.maximum(a, b), lambda dy: (unbroadcast(dy * first, a.shape), unbroadcast(dy * ~first, b.shape))


def minimum(a, b):
    """Smaller of two, with broadcasting; dy goes to the smaller one, to a where they are equal."""
    first = a <= b
    return np.minimum(a, b), lambda dy: (unbroadcast(dy * first, a.shape), unbroadcast(dy * ~first, b.shape))


def matmul(a, b):
    """Matrix product of the last two axes: y = a b; da = dy bᵀ, db = aᵀ dy. Shapes (..., n, k) and (..., k, m)."""
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise ValueError(f"matmul: a has shape {a.shape}, b has shape {b.shape}; expected (..., n, k) and (..., k, m).")

    def backward(dy):
        da, db = dy @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ dy
        return unbroadcast(da, a.shape), unbroadcast(db, b.shape)

    return a @ b, backward


def sum(a, *, axis=None, keepdims=False):
    """Sum over axes: y = Σ a; da = dy, repeated."""

    def backward(dy):
        if axis is not None and not keepdims:
            dy = np.expand_dims(dy, axis)
        da = np.empty_like(a)
        da[...] = dy
        return da

    return a.sum(axis=axis, keepdims=keepdims), backward


def mean(a, *, axis=None, keepdims=False):
    """Mean over axes: y = (1/n) Σ a; da = dy/n, repeated."""
    y, backward = sum(a, axis=axis, keepdims=keepdims)
    share = a.dtype.type(y.size / a.size)  # 1/n
    return share * y, lambda dy: backward(share * dy)


def reshape(a, *, shape):
    """Give the same numbers another shape; dy gets the old shape back."""
    return a.reshape(shape), lambda dy: dy.reshape(a.shape)


def transpose(a, *, axes=None):
    """Reorder the axes (reverse them by default); dy gets the old order back."""
    back = None if axes is None else np.argsort(axes)
    return a.transpose(axes), lambda dy: dy.transpose(back)


def take(a, *, key):
    """Index or slice: y = a[key]; dy is added back at the places it was taken from."""

    def backward(dy):
        da = np.zeros_like(a)
        if all(isinstance(k, (int, slice)) for k in (key if isinstance(key, tuple) else (key,))):
            da[key] = dy  # no place was taken twice
        else:
            np.add.at(da, key, dy)
        return da

    return a[key], backward


def where(a, b, *, condition):
    """Choose element by element, with broadcasting: y = a where the condition holds, else b; dy goes to the chosen."""
    y = np.where(condition, a, b)
    return y, lambda dy: tuple(unbroadcast(np.where(c, dy, 0), x.shape) for c, x in ((condition, a), (~condition, b)))


def concatenate(*arrays, axis=-1):
    """Join arrays along an axis; dy is cut at the same places."""
    cuts = np.cumsum([a.shape[axis] for a in arrays])[:-1]
    return np.concatenate(arrays, axis=axis), lambda dy: tuple(np.split(dy, cuts, axis=axis))


def stack(*arrays, axis=0):
    """Put arrays of one shape side by side along a new axis; each gets its slice of dy."""
    return np.stack(arrays, axis=axis), lambda dy: tuple(np.moveaxis(dy, axis, 0))


def unstack(a, *, axis=0):
    """Cut into the slices along an axis, the opposite of stack: y_t = a[..., t, ...]; da = stack(dy_0, dy_1, ...)."""
    return tuple(np.moveaxis(a, axis, 0)), lambda *dys: np.stack(dys, axis=axis)
