"""Types of update_cython.pyx. What the functions do is told by update_numpy.py."""

from numpy import ndarray as Array

def sgd_update(w: Array, dw: Array, m: Array, rate: float, momentum: float, nesterov: bool) -> None: ...

def rmsprop_update(w: Array, dw: Array, v: Array, m: Array, rate: float, rho: float, momentum: float,
                   epsilon: float) -> None: ...

def adam_update(w: Array, dw: Array, m: Array, v: Array, rate: float, beta_1: float, beta_2: float,
                epsilon: float) -> None: ...
