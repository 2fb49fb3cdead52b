"""Losses fused with the last activation, row by row. Shapes: z (M,K) scores, loss (M,), target (M,K), labels (M,).

Saved: p, the probabilities, of z's shape. For sigmoid_crossentropy everything is (M,).
"""

from cython cimport floating
from libc.float cimport DBL_MAX, FLT_MAX
from libc.math cimport log

from edunet.kernels.curves cimport decay_, log1p_
from edunet.kernels.lanes cimport LANES, largest_along, sum_along, sum_of
from edunet.kernels.tile cimport on_every_cpu


# ---------------------------------------------------------------- softmax


def softmax_crossentropy_forward(const floating[:, ::1] z, const floating[:, ::1] target, floating[::1] loss,
                                 floating[:, ::1] p):
    cdef Py_ssize_t m, K = z.shape[1]
    cdef floating largest, log_total
    with nogil:
        for m in range(z.shape[0]):
            softmax(&z[m, 0], K, &p[m, 0], &largest, &log_total)
            surprise(&z[m, 0], &target[m, 0], K, largest, log_total, &loss[m])


def sparse_softmax_crossentropy_forward(const floating[:, ::1] z, const Py_ssize_t[::1] labels, floating[::1] loss,
                                        floating[:, ::1] p):
    cdef Py_ssize_t m, K = z.shape[1]
    cdef floating largest, log_total
    with nogil:
        for m in range(z.shape[0]):
            softmax(&z[m, 0], K, &p[m, 0], &largest, &log_total)
            loss[m] = log_total - (z[m, labels[m]] - largest)  # - log p of the true class


cdef on_every_cpu softmax(const floating* z, Py_ssize_t K, floating* p, floating* largest,
                          floating* log_total) noexcept nogil:
    """p = e^(z - largest) / total; so log p = z - largest - log(total), and nothing overflows."""
    cdef floating top = largest_along(z, K), total
    cdef Py_ssize_t k
    for k in range(K):
        p[k] = decay_(z[k] - top)
    total = sum_along(p, K)
    for k in range(K):
        p[k] /= total
    largest[0] = top
    log_total[0] = <floating>log(total)


cdef on_every_cpu surprise(const floating* z, const floating* target, Py_ssize_t K, floating largest,
                           floating log_total, floating* loss) noexcept nogil:
    """loss = - Σ target log p."""
    cdef floating lane[LANES]
    cdef Py_ssize_t i
    cdef int k
    for k in range(LANES):
        lane[k] = 0
    for i in range(K // LANES):
        for k in range(LANES):
            lane[k] -= target[i * LANES + k] * finite(z[i * LANES + k] - largest - log_total)
    for i in range(K // LANES * LANES, K):
        lane[i % LANES] -= target[i] * finite(z[i] - largest - log_total)
    loss[0] = sum_of(lane)


cdef inline floating finite(floating log_p) noexcept nogil:
    """Return log_p, but not -∞: a score of -∞ with target 0 costs nothing."""
    cdef floating lowest = -FLT_MAX if floating is float else -DBL_MAX
    return lowest if log_p < lowest else log_p


def softmax_crossentropy_backward(const floating[::1] dloss, const floating[:, ::1] target, const floating[:, ::1] p,
                                  floating[:, ::1] dz):
    cdef Py_ssize_t m
    with nogil:
        for m in range(p.shape[0]):
            softmax_backward(dloss[m], &target[m, 0], &p[m, 0], &dz[m, 0], p.shape[1])


cdef on_every_cpu softmax_backward(floating dloss, const floating* target, const floating* p, floating* dz,
                                   Py_ssize_t K) noexcept nogil:
    """dz = dloss (p Σ target - target)."""
    cdef floating total = sum_along(target, K)
    cdef Py_ssize_t k
    for k in range(K):
        dz[k] = dloss * (p[k] * total - target[k])


def sparse_softmax_crossentropy_backward(const floating[::1] dloss, const Py_ssize_t[::1] labels,
                                         const floating[:, ::1] p, floating[:, ::1] dz):
    cdef Py_ssize_t m, k
    with nogil:
        for m in range(p.shape[0]):
            for k in range(p.shape[1]):
                dz[m, k] = dloss[m] * p[m, k]
            dz[m, labels[m]] = dloss[m] * (p[m, labels[m]] - 1)


# ---------------------------------------------------------------- sigmoid


def sigmoid_crossentropy_forward(const floating[::1] z, const floating[::1] target, floating[::1] loss,
                                 floating[::1] p):
    if z.shape[0] > 0:
        with nogil:
            sigmoid_forward(&z[0], &target[0], &loss[0], &p[0], z.shape[0])


cdef on_every_cpu sigmoid_forward(const floating* z, const floating* target, floating* loss, floating* p,
                                  Py_ssize_t M) noexcept nogil:
    """p = 1 / (1 + e^-z), loss = - target log p - (1 - target) log(1 - p); both from e^-|z|, which is at most 1."""
    cdef Py_ssize_t m
    cdef floating small
    for m in range(M):
        small = decay_(-z[m] if z[m] > 0 else z[m])
        p[m] = (1 if z[m] > 0 else small) / (1 + small)
        loss[m] = (z[m] if z[m] > 0 else 0) - z[m] * target[m] + log1p_(small)


def sigmoid_crossentropy_backward(const floating[::1] dloss, const floating[::1] target, const floating[::1] p,
                                  floating[::1] dz):
    cdef Py_ssize_t m
    with nogil:
        for m in range(p.shape[0]):
            dz[m] = dloss[m] * (p[m] - target[m])
