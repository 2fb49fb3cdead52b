"""Pooling as the loops a learner would write, compiled by Numba. Shapes: see pool_numpy.py."""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


@_compiled
def max_pool2d_forward(x, window, stride, pad, y, winner):
    # x (N,H,W,C), y and winner (N,I,J,C)
    N, I, J, C = y.shape
    for n in range(N):
        for i in range(I):
            for j in range(J):
                top, left = i * stride[0] - pad[0], j * stride[1] - pad[1]
                best, tap = y[n, i, j], winner[n, i, j]
                for c in range(C):
                    best[c] = -np.inf
                    tap[c] = 0
                for u in range(max(0, -top), min(window[0], x.shape[1] - top)):
                    for v in range(max(0, -left), min(window[1], x.shape[2] - left)):
                        pixel = x[n, top + u, left + v]
                        t = np.int32(u * window[1] + v)
                        for c in range(C):
                            a, m = pixel[c], best[c]
                            tap[c] = t if a > m else tap[c]
                            best[c] = a if a > m or a != a else m  # NaN passes through


@_compiled
def max_pool2d_backward(dy, window, stride, pad, winner, dx):
    # dy and winner (N,I,J,C), dx (N,H,W,C)
    N, I, J, C = dy.shape
    dx[:] = 0
    for n in range(N):
        for i in range(I):
            for j in range(J):
                top, left = i * stride[0] - pad[0], j * stride[1] - pad[1]
                d, tap = dy[n, i, j], winner[n, i, j]
                for u in range(max(0, -top), min(window[0], dx.shape[1] - top)):
                    for v in range(max(0, -left), min(window[1], dx.shape[2] - left)):
                        pixel = dx[n, top + u, left + v]
                        t = u * window[1] + v
                        for c in range(C):
                            pixel[c] = pixel[c] + d[c] if tap[c] == t else pixel[c]


@_compiled
def avg_pool2d_forward(x, window, stride, pad, y):
    # x (N,H,W,C), y (N,I,J,C)
    N, I, J, C = y.shape
    for n in range(N):
        for i in range(I):
            for j in range(J):
                top, left = i * stride[0] - pad[0], j * stride[1] - pad[1]
                rows = range(max(0, -top), min(window[0], x.shape[1] - top))
                columns = range(max(0, -left), min(window[1], x.shape[2] - left))
                mean = y[n, i, j]
                for c in range(C):
                    mean[c] = 0
                for u in rows:
                    for v in columns:
                        pixel = x[n, top + u, left + v]
                        for c in range(C):
                            mean[c] += pixel[c]
                count = len(rows) * len(columns)
                for c in range(C):
                    mean[c] /= count


@_compiled
def avg_pool2d_backward(dy, window, stride, pad, dx):
    # dy (N,I,J,C), dx (N,H,W,C)
    N, I, J, C = dy.shape
    dx[:] = 0
    for n in range(N):
        for i in range(I):
            for j in range(J):
                top, left = i * stride[0] - pad[0], j * stride[1] - pad[1]
                rows = range(max(0, -top), min(window[0], dx.shape[1] - top))
                columns = range(max(0, -left), min(window[1], dx.shape[2] - left))
                d, count = dy[n, i, j], len(rows) * len(columns)
                for u in rows:
                    for v in columns:
                        pixel = dx[n, top + u, left + v]
                        for c in range(C):
                            pixel[c] += d[c] / count
