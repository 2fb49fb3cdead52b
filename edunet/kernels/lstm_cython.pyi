"""Types of lstm_cython.pyx. What the functions do is told by lstm_numpy.py."""

from numpy import ndarray as Array

def lstm_forward(x: Array, wx: Array, wh: Array, b: Array, h0: Array, c0: Array, mask: Array, h: Array, c: Array,
                 gates: Array) -> None: ...

def lstm_backward(dh: Array, dc: Array, x: Array, wx: Array, wh: Array, h0: Array, c0: Array, mask: Array, h: Array,
                  c: Array, gates: Array, dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array,
                  dc0: Array) -> None: ...

def lstm_forward_naive(x: Array, wx: Array, wh: Array, b: Array, h0: Array, c0: Array, mask: Array, h: Array, c: Array,
                       gates: Array) -> None: ...

def lstm_backward_naive(dh: Array, dc: Array, x: Array, wx: Array, wh: Array, h0: Array, c0: Array, mask: Array,
                        h: Array, c: Array, gates: Array, dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array,
                        dc0: Array) -> None: ...
