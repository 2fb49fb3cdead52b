"""Types of norm_cython.pyx. What the functions do is told by norm_numpy.py."""

from numpy import ndarray as Array

def batch_norm_forward(x: Array, gamma: Array, beta: Array, epsilon: float, y: Array, mean: Array,
                       variance: Array) -> None: ...

def batch_norm_backward(dy: Array, x: Array, gamma: Array, epsilon: float, mean: Array, variance: Array, dx: Array,
                        dgamma: Array, dbeta: Array) -> None: ...

def layer_norm_forward(x: Array, gamma: Array, beta: Array, epsilon: float, y: Array, mean: Array,
                       variance: Array) -> None: ...

def layer_norm_backward(dy: Array, x: Array, gamma: Array, epsilon: float, mean: Array, variance: Array, dx: Array,
                        dgamma: Array, dbeta: Array) -> None: ...
