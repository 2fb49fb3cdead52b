"""The curves of neural networks for one number: curves.h for float, the C library for double.

Inside a function that returns `on_every_cpu` (tile.pxd) a loop over floats is done in vectors.
"""

from cython cimport floating
from libc.math cimport exp, log1p, sqrt, sqrtf, tanh

cdef extern from "curves.h" nogil:
    float decay_float(float x)
    float tanh_float(float x)
    float sigmoid_float(float x)
    float log1p_float(float x)


cdef inline floating decay_(floating x) noexcept nogil:
    """Return e^x for x ≤ 0."""
    if floating is float:
        return decay_float(x)
    else:
        return exp(x)


cdef inline floating tanh_(floating x) noexcept nogil:
    if floating is float:
        return tanh_float(x)
    else:
        return tanh(x)


cdef inline floating sigmoid_(floating x) noexcept nogil:
    if floating is float:
        return sigmoid_float(x)
    else:
        return 1 / (1 + exp(-x))


cdef inline floating log1p_(floating x) noexcept nogil:
    """Return log(1 + x) for 0 ≤ x ≤ 1."""
    if floating is float:
        return log1p_float(x)
    else:
        return log1p(x)


cdef inline floating sqrt_(floating x) noexcept nogil:
    if floating is float:
        return sqrtf(x)
    else:
        return sqrt(x)
