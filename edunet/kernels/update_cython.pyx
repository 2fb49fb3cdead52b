"""Steps of the optimizers in one pass over each weight. Shapes and formulas: see update_numpy.py."""

from cython cimport floating
from libc.math cimport sqrt, sqrtf

from edunet.kernels.tile cimport on_every_cpu


def sgd_update(floating[::1] w, const floating[::1] dw, floating[::1] m, double rate, double momentum, bint nesterov):
    if w.shape[0]:
        with nogil:
            sgd[floating](w.shape[0], &w[0], &dw[0], &m[0], rate, momentum, nesterov)


cdef on_every_cpu sgd(Py_ssize_t n, floating* w, const floating* dw, floating* m, double rate, double momentum,
                      bint nesterov) noexcept nogil:
    cdef floating eta = rate, mu = momentum  # in the precision of the weights
    cdef Py_ssize_t i
    if mu == 0:
        for i in range(n):
            w[i] -= eta * dw[i]
        return
    for i in range(n):
        m[i] = mu * m[i] - eta * dw[i]
    if nesterov:
        for i in range(n):
            w[i] += mu * m[i] - eta * dw[i]
    else:
        for i in range(n):
            w[i] += m[i]


def rmsprop_update(floating[::1] w, const floating[::1] dw, floating[::1] v, floating[::1] m, double rate, double rho,
                   double momentum, double epsilon):
    if w.shape[0]:
        with nogil:
            rmsprop[floating](w.shape[0], &w[0], &dw[0], &v[0], &m[0], rate, rho, momentum, epsilon)


cdef on_every_cpu rmsprop(Py_ssize_t n, floating* w, const floating* dw, floating* v, floating* m, double rate,
                          double rho, double momentum, double epsilon) noexcept nogil:
    cdef floating eta = rate, keep = rho, take = 1 - rho, mu = momentum, small = epsilon
    cdef Py_ssize_t i
    for i in range(n):
        v[i] = keep * v[i] + take * dw[i] * dw[i]
    if mu > 0:
        for i in range(n):
            m[i] = mu * m[i] + eta * dw[i] / root(v[i] + small)
        for i in range(n):
            w[i] -= m[i]
    else:
        for i in range(n):
            w[i] -= eta * dw[i] / root(v[i] + small)


def adam_update(floating[::1] w, const floating[::1] dw, floating[::1] m, floating[::1] v, double rate, double beta_1,
                double beta_2, double epsilon):
    if w.shape[0]:
        with nogil:
            adam[floating](w.shape[0], &w[0], &dw[0], &m[0], &v[0], rate, beta_1, beta_2, epsilon)


cdef on_every_cpu adam(Py_ssize_t n, floating* w, const floating* dw, floating* m, floating* v, double rate,
                       double beta_1, double beta_2, double epsilon) noexcept nogil:
    cdef floating eta = rate, take_1 = 1 - beta_1, take_2 = 1 - beta_2, small = epsilon
    cdef Py_ssize_t i
    for i in range(n):
        m[i] += take_1 * (dw[i] - m[i])
        v[i] += take_2 * (dw[i] * dw[i] - v[i])
        w[i] -= eta * m[i] / (root(v[i]) + small)


cdef inline floating root(floating x) noexcept nogil:
    if floating is float:
        return sqrtf(x)
    else:
        return sqrt(x)
