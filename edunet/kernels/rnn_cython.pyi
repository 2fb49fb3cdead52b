"""Types of rnn_cython.pyx. What the functions do is told by rnn_numpy.py."""

from numpy import ndarray as Array

NAMES: dict[str, int]

def simple_rnn_forward(x: Array, wx: Array, wh: Array, b: Array, h0: Array, mask: Array, activation: str,
                       h: Array) -> None: ...

def simple_rnn_backward(dh: Array, x: Array, wx: Array, wh: Array, h0: Array, mask: Array, activation: str, h: Array,
                        dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array) -> None: ...

def simple_rnn_forward_naive(x: Array, wx: Array, wh: Array, b: Array, h0: Array, mask: Array, activation: str,
                             h: Array) -> None: ...

def simple_rnn_backward_naive(dh: Array, x: Array, wx: Array, wh: Array, h0: Array, mask: Array, activation: str,
                              h: Array, dx: Array, dwx: Array, dwh: Array, db: Array, dh0: Array) -> None: ...
