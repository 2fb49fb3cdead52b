"""Sums, dot products and maxima of rows, in vectors: see reduce.h."""

from cython cimport floating

cdef extern from "reduce.h" nogil:
    float sum_float(Py_ssize_t n, const float* a)
    double sum_double(Py_ssize_t n, const double* a)
    float dot_float(Py_ssize_t n, const float* a, const float* b)
    double dot_double(Py_ssize_t n, const double* a, const double* b)
    float largest_float(Py_ssize_t n, const float* a)
    double largest_double(Py_ssize_t n, const double* a)


cdef inline floating sum_(Py_ssize_t n, const floating* a) noexcept nogil:
    if floating is float:
        return sum_float(n, a)
    else:
        return sum_double(n, a)


cdef inline floating dot_(Py_ssize_t n, const floating* a, const floating* b) noexcept nogil:
    if floating is float:
        return dot_float(n, a, b)
    else:
        return dot_double(n, a, b)


cdef inline floating largest_(Py_ssize_t n, const floating* a) noexcept nogil:
    """Return the largest, −∞ if there is none; NaN is passed over."""
    if floating is float:
        return largest_float(n, a)
    else:
        return largest_double(n, a)
