"""Sums along memory, sixteen side by side: sum k takes every sixteenth number, from number k on.

Added one after the other, each addition would wait for the one before it; the compiler may not change that order, but
it turns sixteen independent ones into vector instructions.
"""

from cython cimport floating

cdef enum:
    LANES = 16


cdef inline floating sum_of(floating* lane) noexcept nogil:
    """Return the sum of the sixteen, pair by pair."""
    cdef int k
    for k in range(8):
        lane[k] += lane[k + 8]
    for k in range(4):
        lane[k] += lane[k + 4]
    return (lane[0] + lane[2]) + (lane[1] + lane[3])


cdef inline floating sum_along(const floating* x, Py_ssize_t n) noexcept nogil:
    """Return x[0] + ... + x[n-1]."""
    cdef floating lane[LANES]
    cdef floating total = 0
    cdef Py_ssize_t i
    cdef int k
    if n >= LANES:
        for k in range(LANES):
            lane[k] = x[k]
        for i in range(1, n // LANES):
            for k in range(LANES):
                lane[k] += x[i * LANES + k]
        total = sum_of(lane)
    for i in range(n // LANES * LANES, n):
        total += x[i]
    return total


cdef inline floating dot_along(const floating* x, const floating* y, Py_ssize_t n) noexcept nogil:
    """Return x[0] y[0] + ... + x[n-1] y[n-1]."""
    cdef floating lane[LANES]
    cdef floating total = 0
    cdef Py_ssize_t i
    cdef int k
    if n >= LANES:
        for k in range(LANES):
            lane[k] = x[k] * y[k]
        for i in range(1, n // LANES):
            for k in range(LANES):
                lane[k] += x[i * LANES + k] * y[i * LANES + k]
        total = sum_of(lane)
    for i in range(n // LANES * LANES, n):
        total += x[i] * y[i]
    return total


cdef inline floating larger(floating a, floating b) noexcept nogil:
    return b if b > a else a


cdef inline floating largest_along(const floating* x, Py_ssize_t n) noexcept nogil:
    """Return the largest of x[0], ..., x[n-1]. NaN is left out, unless it comes first."""
    cdef floating lane[LANES]
    cdef floating largest = x[0]
    cdef Py_ssize_t i
    cdef int k
    if n >= LANES:
        for k in range(LANES):
            lane[k] = x[k]
        for i in range(1, n // LANES):
            for k in range(LANES):
                lane[k] = larger(lane[k], x[i * LANES + k])
        for k in range(8):
            lane[k] = larger(lane[k], lane[k + 8])
        for k in range(4):
            lane[k] = larger(lane[k], lane[k + 4])
        largest = larger(larger(lane[0], lane[2]), larger(lane[1], lane[3]))
    for i in range(n // LANES * LANES, n):
        largest = larger(largest, x[i])
    return largest
