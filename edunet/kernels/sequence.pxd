"""What the recurrences share: the products over all steps at once, before and after the walk through time."""

from cython cimport floating

from edunet.kernels.tile cimport TILE_ADD, TILE_ROWS, sum_over, tile, tile_sum


cdef enum:
    TOGETHER = 6  # patients who walk through time side by side: as many as the tile has rows


cdef inline void add_over_time(Py_ssize_t M, Py_ssize_t cols, Py_ssize_t N, Py_ssize_t T,
                               const floating* a, Py_ssize_t a_n, Py_ssize_t a_t,
                               const floating* b, Py_ssize_t b_n, Py_ssize_t b_t,
                               floating* c, Py_ssize_t c_row) noexcept nogil:
    """c[m,:] += Σ_n Σ_t a[n,t,m] b[n,t,:]; a and b are read by their steps from patient to patient, t to t."""
    cdef const floating* columns_of_a[TILE_ROWS]
    cdef floating* rows_of_c[TILE_ROWS]
    cdef tile_sum over = sum_over(1, N, T, 0, a_n, a_t, 0, b_n, b_t)
    cdef Py_ssize_t m = 0
    cdef int rows, r
    while m < M:
        rows = TILE_ROWS if M - m > TILE_ROWS else <int> (M - m)
        for r in range(rows):
            columns_of_a[r] = a + m + r
            rows_of_c[r] = c + (m + r) * c_row
        tile(rows, cols, &over, columns_of_a, b, <const floating*> NULL, rows_of_c, TILE_ADD)
        m += rows


cdef inline void add_sums(Py_ssize_t M, Py_ssize_t cols, const floating* a, Py_ssize_t a_row,
                          floating* total) noexcept nogil:
    """total[:] += Σ_m a[m,:]."""
    cdef Py_ssize_t m, j
    for m in range(M):
        for j in range(cols):
            total[j] += a[m * a_row + j]


cdef inline void copy_row(Py_ssize_t U, const floating* a, floating* b) noexcept nogil:
    """b[u] = a[u]: a step that does not count leaves the state as it was."""
    cdef Py_ssize_t u
    for u in range(U):
        b[u] = a[u]


cdef inline void hand_on(Py_ssize_t U, Py_ssize_t G, const floating* dh, floating* back, floating* da) noexcept nogil:
    """On the way back it sends its gradient on to the step before, and none to its scores."""
    cdef Py_ssize_t u
    for u in range(U):
        back[u] += dh[u]
    for u in range(G):
        da[u] = 0
