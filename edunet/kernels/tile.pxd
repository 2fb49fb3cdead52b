"""The register tile of tile.h, for float and for double, as Cython kernels use it."""

from cython cimport floating
from libc.stdint cimport uintptr_t

cdef enum:
    LINE = 16  # floats in 64 bytes, the piece that a cache holds

cdef extern from "tile_sum.h" nogil:
    ctypedef void on_every_cpu "EDUNET_CLONES void"  # what loops return that are compiled for several processors
    enum:
        TILE_ROWS
        TILE_PAD
        TILE_STORE
        TILE_ADD
        TILE_RELU
    ctypedef struct tile_sum:
        Py_ssize_t n[3]
        Py_ssize_t a[3]
        Py_ssize_t b[3]

cdef void tile_float32(int rows, Py_ssize_t cols, const tile_sum* over, const float** a, const float* b,
                       const float* start, float** c, int mode) noexcept nogil
cdef void tile_float64(int rows, Py_ssize_t cols, const tile_sum* over, const double** a, const double* b,
                       const double* start, double** c, int mode) noexcept nogil


cdef inline void tile(int rows, Py_ssize_t cols, const tile_sum* over, const floating** a, const floating* b,
                      const floating* start, floating** c, int mode) noexcept nogil:
    """c[r][j] = start[j] + Σ_l Σ_s Σ_k a[r][l·A₀ + s·A₁ + k·A₂] · b[l·B₀ + s·B₁ + k·B₂ + j], r < rows, j < cols."""
    if floating is float:
        tile_float32(rows, cols, over, a, b, start, c, mode)
    else:
        tile_float64(rows, cols, over, a, b, start, c, mode)


cdef inline tile_sum sum_over(Py_ssize_t L, Py_ssize_t S, Py_ssize_t K, Py_ssize_t a0, Py_ssize_t a1, Py_ssize_t a2,
                              Py_ssize_t b0, Py_ssize_t b1, Py_ssize_t b2) noexcept nogil:
    """Return three nested sums of L, S and K terms, with the steps of a, then those of b."""
    cdef tile_sum over
    over.n[0], over.n[1], over.n[2] = L, S, K
    over.a[0], over.a[1], over.a[2] = a0, a1, a2
    over.b[0], over.b[1], over.b[2] = b0, b1, b2
    return over


cdef inline void product(Py_ssize_t M, Py_ssize_t N, Py_ssize_t K, const floating* a, Py_ssize_t a_row,
                         Py_ssize_t a_step, const floating* b, Py_ssize_t b_row, const floating* start, floating* c,
                         Py_ssize_t c_row, int mode) noexcept nogil:
    """c[m,n] = start[n] + Σ_k a[m,k] b[k,n]; a is read by a_row and a_step, so aᵀ costs nothing.

    Sixty-four columns at a time, so that their part of b stays in the first cache while all rows pass by.
    """
    cdef const floating* rows_of_a[TILE_ROWS]
    cdef const floating* start_here = NULL
    cdef floating* rows_of_c[TILE_ROWS]
    cdef tile_sum over = sum_over(1, 1, K, 0, 0, a_step, 0, 0, b_row)
    cdef Py_ssize_t m, n = 0
    cdef int rows, r
    while n < N:
        m = 0
        if start != NULL:
            start_here = start + n
        while m < M:
            rows = TILE_ROWS if M - m > TILE_ROWS else <int> (M - m)
            for r in range(rows):
                rows_of_a[r] = a + (m + r) * a_row
                rows_of_c[r] = c + (m + r) * c_row + n
            tile(rows, min(64, N - n), &over, rows_of_a, b + n, start_here, rows_of_c, mode)
            m += rows
        n += 64


cdef inline Py_ssize_t padded(Py_ssize_t cols) noexcept nogil:
    """Return the next multiple of TILE_PAD."""
    return (cols + TILE_PAD - 1) // TILE_PAD * TILE_PAD


cdef inline floating* at_a_line(floating* room) noexcept nogil:
    """Return the first place in a room where a cache line begins: a vector that two lines share is loaded twice."""
    return room + (-(<uintptr_t> room) % 64) // sizeof(floating)
