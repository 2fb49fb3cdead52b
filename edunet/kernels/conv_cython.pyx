"""Convolution as plain loops, compiled by Cython. Shapes: see conv_numpy.py."""

import numpy as np
from cython cimport floating


def conv2d_forward(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                   stride, dilation, pad, size):
    cdef Py_ssize_t N = x.shape[0], H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], F = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    cdef Py_ssize_t I = size[0], J = size[1]
    result = np.empty((N, I, J, F), dtype=np.asarray(x).dtype)
    cdef floating[:, :, :, ::1] y = result
    cdef Py_ssize_t n, i, j, u, v, c, f, h, k
    cdef floating a
    with nogil:
        for n in range(N):
            for i in range(I):
                for j in range(J):
                    for f in range(F):
                        y[n, i, j, f] = b[f]
                    for u in range(U):
                        h = i * sh + u * dh - top
                        if h < 0 or h >= H:
                            continue
                        for v in range(V):
                            k = j * sw + v * dw_ - left
                            if k < 0 or k >= W:
                                continue
                            for c in range(C):
                                a = x[n, h, k, c]
                                for f in range(F):
                                    y[n, i, j, f] += a * w[u, v, c, f]
    return result


def conv2d_backward(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                    const floating[:, :, :, ::1] w, stride, dilation, pad):
    cdef Py_ssize_t N = x.shape[0], H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], F = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    dtype = np.asarray(x).dtype
    grad_x, grad_w, grad_b = np.zeros((N, H, W, C), dtype), np.zeros((U, V, C, F), dtype), np.zeros(F, dtype)
    cdef floating[:, :, :, ::1] dx = grad_x
    cdef floating[:, :, :, ::1] dw = grad_w
    cdef floating[::1] db = grad_b
    # (U,V,F,C): the inner loop over c then runs along memory
    cdef floating[:, :, :, ::1] wt = np.ascontiguousarray(np.asarray(w).transpose(0, 1, 3, 2))
    cdef Py_ssize_t n, i, j, u, v, c, f, h, k
    cdef floating a
    with nogil:
        for n in range(N):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    for f in range(F):
                        db[f] += dy[n, i, j, f]
                    for u in range(U):
                        h = i * sh + u * dh - top
                        if h < 0 or h >= H:
                            continue
                        for v in range(V):
                            k = j * sw + v * dw_ - left
                            if k < 0 or k >= W:
                                continue
                            for c in range(C):
                                a = x[n, h, k, c]
                                for f in range(F):
                                    dw[u, v, c, f] += a * dy[n, i, j, f]
                            for f in range(F):
                                a = dy[n, i, j, f]
                                for c in range(C):
                                    dx[n, h, k, c] += a * wt[u, v, f, c]
    return grad_x, grad_w, grad_b
