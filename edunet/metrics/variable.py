"""What a metric of one's own keeps from batch to batch: a number, or an array, that is assigned to."""

import numpy as np

from edunet import initializers
from edunet.tensor import as_array

__all__ = ["Variable"]


class Variable(np.lib.mixins.NDArrayOperatorsMixin):
    """A number or array that changes by `assign`, `assign_add` and `assign_sub`; NumPy calculates with it.

    Args: shape, () for a number; initializer, a name such as "zeros" or "ones", or an object; dtype, None for float64,
    in which long sums stay exact; name.
    Raises ValueError if what is assigned has another shape.

    >>> total = Variable()
    >>> total.assign_add([1.0, 2.0][1])
    Variable(2.0)
    >>> float(np.sqrt(total / 8))
    0.5
    """

    def __init__(self, shape=(), initializer="zeros", dtype=None, name: str | None = None):
        self.name = name or "variable"
        shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
        dtype = np.dtype(np.float64 if dtype is None else dtype)
        self.value = np.array(initializers.get(initializer)(shape), dtype).reshape(shape)

    def assign(self, value):
        """Take another value of the same shape, or one number for all places."""
        value = as_array(value)
        if value.shape not in ((), self.shape):
            raise ValueError(f"{self.name}: expected a value of shape {self.shape}. Received {value.shape}.")
        self.value[...] = value
        return self

    def assign_add(self, value):
        """Add to what is there."""
        return self.assign(self.value + as_array(value))

    def assign_sub(self, value):
        """Take away from what is there."""
        return self.assign(self.value - as_array(value))

    def numpy(self) -> np.ndarray:
        """Return a copy as an array."""
        return self.value.copy()

    @property
    def shape(self) -> tuple:
        return self.value.shape

    @property
    def dtype(self) -> np.dtype:
        return self.value.dtype

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype)

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return getattr(ufunc, method)(*(i.value if isinstance(i, Variable) else i for i in inputs), **options)

    def __getitem__(self, places):
        return self.value[places]

    def __float__(self):
        return float(self.value)

    def __int__(self):
        return int(self.value)

    def __bool__(self):
        return bool(self.value)

    def __repr__(self):
        return f"Variable({self.value.tolist()})"
