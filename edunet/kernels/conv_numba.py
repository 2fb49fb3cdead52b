"""Convolution as the loops a learner would write, compiled by Numba. Shapes: see conv_numpy.py."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def conv2d_forward(x, w, b, stride, dilation, pad, relu, y):
    N, H, W, C = x.shape
    U, V, _, F = w.shape
    for n in range(N):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
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
                if relu:
                    for f in range(F):
                        if y[n, i, j, f] < 0:
                            y[n, i, j, f] = 0


@njit(cache=True, nogil=True, error_model="numpy")
def conv2d_backward(dy, x, w, stride, dilation, pad, relu, y, dx, dw, db):
    N, H, W, C = x.shape
    U, V, _, F = w.shape
    dx[:] = 0
    dw[:] = 0
    db[:] = 0
    wt = np.ascontiguousarray(w.transpose(0, 1, 3, 2))  # (U,V,F,C): the inner loop then runs along memory
    d = np.empty(F, dy.dtype)  # dy at one place, 0 where relu let nothing through
    for n in range(N):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for f in range(F):
                    d[f] = dy[n, i, j, f] if not relu or y[n, i, j, f] > 0 else 0
                    db[f] += d[f]
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
                                dw[u, v, c, f] += x[n, h, k, c] * d[f]
                        if dx.size:
                            for f in range(F):
                                for c in range(C):
                                    dx[n, h, k, c] += d[f] * wt[u, v, f, c]


@njit(cache=True, nogil=True, error_model="numpy")
def depthwise_conv2d_forward(x, w, b, stride, dilation, pad, y):
    N, H, W, C = x.shape
    U, V, _, M = w.shape
    for n in range(N):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                for f in range(C * M):
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
                            for m in range(M):
                                y[n, i, j, c * M + m] += x[n, h, k, c] * w[u, v, c, m]


@njit(cache=True, nogil=True, error_model="numpy")
def depthwise_conv2d_backward(dy, x, w, stride, dilation, pad, dx, dw, db):
    N, H, W, C = x.shape
    U, V, _, M = w.shape
    dx[:] = 0
    dw[:] = 0
    db[:] = 0
    for n in range(N):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for f in range(C * M):
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
                            for m in range(M):
                                dw[u, v, c, m] += x[n, h, k, c] * dy[n, i, j, c * M + m]
                                if dx.size:
                                    dx[n, h, k, c] += dy[n, i, j, c * M + m] * w[u, v, c, m]
