"""Types of gru_cython.pyx. What the functions do is told by gru_numpy.py."""

from numpy import ndarray as Array

def gru_forward(x: Array, wx: Array, wh: Array, b: Array, h0: Array, mask: Array, reset_after: bool, h: Array,
                gates: Array, inner: Array) -> None: ...

def gru_backward(dh: Array, x: Array, wx: Array, wh: Array, h0: Array, mask: Array, reset_after: bool, h: Array,
                 gates: Array, inner: Array, dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array) -> None: ...

def gru_forward_naive(x: Array, wx: Array, wh: Array, b: Array, h0: Array, mask: Array, reset_after: bool, h: Array,
                      gates: Array, inner: Array) -> None: ...

def gru_backward_naive(dh: Array, x: Array, wx: Array, wh: Array, h0: Array, mask: Array, reset_after: bool, h: Array,
                       gates: Array, inner: Array, dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array) -> None:
                       ...
