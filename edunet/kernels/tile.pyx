"""The one compiled copy of tile.h, which all Cython kernels share, chosen for this processor when it is loaded."""

import numpy as np

cdef extern from "tile.h" nogil:
    const char* tile_choose()
    void tile_of_float "tile_float"(int, Py_ssize_t, const tile_sum*, const float**, const float*, const float*,
                                    float**, int)
    void tile_of_double "tile_double"(int, Py_ssize_t, const tile_sum*, const double**, const double*, const double*,
                                      double**, int)

instructions = tile_choose().decode()  # what edunet.info() reports


cdef void tile_float32(int rows, Py_ssize_t cols, const tile_sum* over, const float** a, const float* b,
                       const float* start, float** c, int mode) noexcept nogil:
    tile_of_float(rows, cols, over, a, b, start, c, mode)


cdef void tile_float64(int rows, Py_ssize_t cols, const tile_sum* over, const double** a, const double* b,
                       const double* start, double** c, int mode) noexcept nogil:
    tile_of_double(rows, cols, over, a, b, start, c, mode)


def widened(rows, Py_ssize_t width):
    """Return a matrix whose rows the tile can read: each filled up with zeros to the given width."""
    rows = np.asarray(rows)
    if rows.shape[1] == width:
        return np.ascontiguousarray(rows)
    wide = np.zeros((rows.shape[0], width), rows.dtype)
    wide[:, : rows.shape[1]] = rows
    return wide
