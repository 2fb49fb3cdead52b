"""Convolution as the loops a learner would write, compiled by Numba. Shapes: see conv_numpy.py."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def conv2d_forward(x, w, b, stride, dilation, pad, size):
    N, H, W, C = x.shape
    U, V, _, F = w.shape
    y = np.empty((N, size[0], size[1], F), x.dtype)
    for n in range(N):
        for i in range(size[0]):
            for j in range(size[1]):
                for f in range(F):
                    y[n, i, j, f] = b[f]
                for u in range(U):
                    h = i * stride[0] + u * dilation[0] - pad[0]
                    if h < 0 or h >= H:
                        continue
                    for v in range(V):
                        k = j * stride[1] + v * dilation[1] - pad[1]
                        if k < 0 or k >= W:
                            continue
                        for c in range(C):
                            for f in range(F):
                                y[n, i, j, f] += x[n, h, k, c] * w[u, v, c, f]
    return y


@njit(cache=True, nogil=True, error_model="numpy")
def conv2d_backward(dy, x, w, stride, dilation, pad):
    N, H, W, C = x.shape
    U, V, _, F = w.shape
    dx = np.zeros(x.shape, x.dtype)
    dw = np.zeros(w.shape, w.dtype)
    db = np.zeros(F, w.dtype)
    wt = np.ascontiguousarray(w.transpose(0, 1, 3, 2))  # (U,V,F,C): the inner loop then runs along memory
    for n in range(N):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for f in range(F):
                    db[f] += dy[n, i, j, f]
                for u in range(U):
                    h = i * stride[0] + u * dilation[0] - pad[0]
                    if h < 0 or h >= H:
                        continue
                    for v in range(V):
                        k = j * stride[1] + v * dilation[1] - pad[1]
                        if k < 0 or k >= W:
                            continue
                        for c in range(C):
                            for f in range(F):
                                dw[u, v, c, f] += x[n, h, k, c] * dy[n, i, j, f]
                        for f in range(F):
                            for c in range(C):
                                dx[n, h, k, c] += dy[n, i, j, f] * wt[u, v, f, c]
    return dx, dw, db
