"""Steps of the optimizers in one pass. They work in place: w and the running values change, dw does not.

Shapes: w, dw and the running values m, v are flat, (size,). Rates are rounded to the precision of w first.
"""

from cython cimport floating

from edunet.kernels.curves cimport sqrt_
from edunet.kernels.tile cimport on_every_cpu


def sgd_update(floating[::1] w, const floating[::1] dw, floating[::1] m, double rate, double momentum, bint nesterov):
    if w.shape[0] > 0:
        with nogil:
            if momentum == 0:
                sgd(&w[0], &dw[0], <floating>rate, w.shape[0])
            else:
                sgd_momentum(&w[0], &dw[0], &m[0], <floating>rate, <floating>momentum, nesterov, w.shape[0])


cdef on_every_cpu sgd(floating* w, const floating* dw, floating rate, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        w[i] -= rate * dw[i]


cdef on_every_cpu sgd_momentum(floating* w, const floating* dw, floating* m, floating rate, floating momentum,
                               bint nesterov, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    cdef floating new
    for i in range(size):
        new = momentum * m[i] - rate * dw[i]
        w[i] += momentum * new - rate * dw[i] if nesterov else new
        m[i] = new


def rmsprop_update(floating[::1] w, const floating[::1] dw, floating[::1] v, floating[::1] m, double rate, double rho,
                   double momentum, double epsilon):
    if w.shape[0] > 0:
        with nogil:
            rmsprop(&w[0], &dw[0], &v[0], &m[0] if momentum > 0 else NULL, <floating>rate, <floating>rho,
                    <floating>(1 - rho), <floating>momentum, <floating>epsilon, w.shape[0])


cdef on_every_cpu rmsprop(floating* w, const floating* dw, floating* v, floating* m, floating rate, floating rho,
                          floating fresh, floating momentum, floating epsilon, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    cdef floating square, step
    for i in range(size):
        square = rho * v[i] + fresh * dw[i] * dw[i]
        step = rate * dw[i] / sqrt_(square + epsilon)
        v[i] = square
        if m != NULL:
            m[i] = step = momentum * m[i] + step
        w[i] -= step


def adam_update(floating[::1] w, const floating[::1] dw, floating[::1] m, floating[::1] v, double rate, double beta_1,
                double beta_2, double epsilon):
    if w.shape[0] > 0:
        with nogil:
            adam(&w[0], &dw[0], &m[0], &v[0], <floating>rate, <floating>(1 - beta_1), <floating>(1 - beta_2),
                 <floating>epsilon, w.shape[0])


cdef on_every_cpu adam(floating* w, const floating* dw, floating* m, floating* v, floating rate, floating fresh_m,
                       floating fresh_v, floating epsilon, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    cdef floating mean, square
    for i in range(size):
        mean = m[i] + fresh_m * (dw[i] - m[i])
        square = v[i] + fresh_v * (dw[i] * dw[i] - v[i])
        m[i], v[i] = mean, square
        w[i] -= rate * mean / (sqrt_(square) + epsilon)
