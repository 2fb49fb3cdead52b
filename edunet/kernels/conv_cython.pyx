"""Convolution as plain loops, compiled by Cython. Shapes: see conv_numpy.py."""

import numpy as np
from cython cimport floating


def conv2d_forward(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                   stride, dilation, pad, bint relu, floating[:, :, :, ::1] y):
    cdef Py_ssize_t H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], F = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    cdef Py_ssize_t n, i, j, u, v, c, f, h, k
    cdef floating a
    with nogil:
        for n in range(x.shape[0]):
            for i in range(y.shape[1]):
                for j in range(y.shape[2]):
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
                    if relu:
                        for f in range(F):
                            if y[n, i, j, f] < 0:
                                y[n, i, j, f] = 0


def conv2d_backward(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                    const floating[:, :, :, ::1] w, stride, dilation, pad, bint relu,
                    const floating[:, :, :, ::1] y, floating[:, :, :, ::1] dx, floating[:, :, :, ::1] dw,
                    floating[::1] db):
    cdef Py_ssize_t H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], F = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    cdef Py_ssize_t n, i, j, u, v, c, f, h, k
    cdef bint wanted = dx.shape[0] > 0
    cdef floating a
    # (U,V,F,C): the inner loop over c then runs along memory
    cdef floating[:, :, :, ::1] wt = np.ascontiguousarray(np.asarray(w).transpose(0, 1, 3, 2))
    if relu:
        dy = np.asarray(dy) * (np.asarray(y) > 0)
    dx[:] = 0
    dw[:] = 0
    db[:] = 0
    with nogil:
        for n in range(x.shape[0]):
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
                            if wanted:
                                for f in range(F):
                                    a = dy[n, i, j, f]
                                    for c in range(C):
                                        dx[n, h, k, c] += a * wt[u, v, f, c]


def depthwise_conv2d_forward(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                             stride, dilation, pad, floating[:, :, :, ::1] y):
    cdef Py_ssize_t H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], M = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    cdef Py_ssize_t n, i, j, u, v, c, m, h, k
    with nogil:
        for n in range(x.shape[0]):
            for i in range(y.shape[1]):
                for j in range(y.shape[2]):
                    for c in range(C * M):
                        y[n, i, j, c] = b[c]
                    for u in range(U):
                        h = i * sh + u * dh - top
                        if h < 0 or h >= H:
                            continue
                        for v in range(V):
                            k = j * sw + v * dw_ - left
                            if k < 0 or k >= W:
                                continue
                            for c in range(C):
                                for m in range(M):
                                    y[n, i, j, c * M + m] += x[n, h, k, c] * w[u, v, c, m]


def depthwise_conv2d_backward(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                              const floating[:, :, :, ::1] w, stride, dilation, pad,
                              floating[:, :, :, ::1] dx, floating[:, :, :, ::1] dw, floating[::1] db):
    cdef Py_ssize_t H = x.shape[1], W = x.shape[2], C = x.shape[3]
    cdef Py_ssize_t U = w.shape[0], V = w.shape[1], M = w.shape[3]
    cdef Py_ssize_t sh = stride[0], sw = stride[1], dh = dilation[0], dw_ = dilation[1], top = pad[0], left = pad[1]
    cdef Py_ssize_t n, i, j, u, v, c, m, h, k
    cdef bint wanted = dx.shape[0] > 0
    dx[:] = 0
    dw[:] = 0
    db[:] = 0
    with nogil:
        for n in range(x.shape[0]):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    for c in range(C * M):
                        db[c] += dy[n, i, j, c]
                    for u in range(U):
                        h = i * sh + u * dh - top
                        if h < 0 or h >= H:
                            continue
                        for v in range(V):
                            k = j * sw + v * dw_ - left
                            if k < 0 or k >= W:
                                continue
                            for c in range(C):
                                for m in range(M):
                                    dw[u, v, c, m] += x[n, h, k, c] * dy[n, i, j, c * M + m]
                                    if wanted:
                                        dx[n, h, k, c] += dy[n, i, j, c * M + m] * w[u, v, c, m]
