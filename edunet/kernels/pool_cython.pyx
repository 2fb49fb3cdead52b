"""Pooling, pixel by pixel, all channels of a pixel at once. Shapes: see pool_numpy.py.

    forward    every place of y looks at its window
    backward   every place of dx looks at the windows it was seen through, so that it is written only once
"""

from cython cimport floating
from libc.math cimport INFINITY
from libc.string cimport memset

from edunet.kernels.tile cimport on_every_cpu


cdef struct Shape:  # N images of H,W,C; windows of U,V; I,J outputs; s stride; places before the first row and column
    Py_ssize_t N, H, W, C, U, V, I, J, sh, sw, top, left


cdef Shape shape_of(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] y, window, stride, pad):
    cdef Shape g
    g.N, g.H, g.W, g.C = x.shape[0], x.shape[1], x.shape[2], x.shape[3]
    g.I, g.J = y.shape[1], y.shape[2]
    g.U, g.V = window
    g.sh, g.sw = stride
    g.top, g.left = pad
    return g


cdef inline void windows_at(Py_ssize_t place, Py_ssize_t length, Py_ssize_t stride, Py_ssize_t before, Py_ssize_t count,
                            Py_ssize_t* first, Py_ssize_t* end) noexcept nogil:
    """Go on to the windows first, ..., end - 1 that hold this place, from those that hold the place before it."""
    while end[0] < count and end[0] * stride - before <= place:
        end[0] += 1
    while first[0] < end[0] and first[0] * stride - before + length <= place:
        first[0] += 1


# ---------------------------------------------------------------- maximum


def max_pool2d_forward(const floating[:, :, :, ::1] x, window, stride, pad, floating[:, :, :, ::1] y,
                       int[:, :, :, ::1] winner):
    cdef Shape g = shape_of(x, y, window, stride, pad)
    if g.N > 0:
        with nogil:
            take_largest(&x[0, 0, 0, 0], &y[0, 0, 0, 0], &winner[0, 0, 0, 0], g)


cdef on_every_cpu take_largest(const floating* x, floating* y, int* winner, Shape g) noexcept nogil:
    """y[n,i,j,:] = max_uv x[n, i·s + u - top, j·s + v - left, :]."""
    cdef Py_ssize_t _n, i, j, u, v, c, h, w, C = g.C, row = g.W * g.C
    cdef const floating* seen
    cdef floating largest
    cdef int tap
    for _n in range(g.N):
        for i in range(g.I):
            h = i * g.sh - g.top
            for j in range(g.J):
                w = j * g.sw - g.left
                if g.U == 2 and g.V == 2 and 0 <= h < g.H - 1 and 0 <= w < g.W - 1:  # the usual window: in registers
                    seen = x + h * row + w * C
                    for c in range(C):
                        largest, tap = seen[c], 0
                        compare(seen[C + c], 1, &largest, &tap)
                        compare(seen[row + c], 2, &largest, &tap)
                        compare(seen[row + C + c], 3, &largest, &tap)
                        y[c], winner[c] = largest, tap
                else:
                    for c in range(C):
                        y[c], winner[c] = -INFINITY, 0
                    for u in range(max(0, -h), min(g.U, g.H - h)):
                        for v in range(max(0, -w), min(g.V, g.W - w)):
                            seen = x + (h + u) * row + (w + v) * C
                            for c in range(C):
                                compare(seen[c], <int>(u * g.V + v), &y[c], &winner[c])
                y += C
                winner += C
        x += g.H * row


cdef inline void compare(floating x, int tap, floating* largest, int* winner) noexcept nogil:
    """Take x if it is larger. NaN is passed on: a broken number must stay visible."""
    winner[0] = tap if x > largest[0] else winner[0]
    largest[0] = x if (x > largest[0]) | (x != x) else largest[0]


def max_pool2d_backward(const floating[:, :, :, ::1] dy, window, stride, pad, const int[:, :, :, ::1] winner,
                        floating[:, :, :, ::1] dx):
    cdef Shape g = shape_of(dx, dy, window, stride, pad)
    cdef bint usual = g.U == g.V == g.sh == g.sw == 2 and g.top == g.left == 0 and 2 * g.I <= g.H and 2 * g.J <= g.W
    if g.N > 0:
        with nogil:
            if usual:
                return_to_winner_of_four(&dy[0, 0, 0, 0], &winner[0, 0, 0, 0], &dx[0, 0, 0, 0], g)
            else:
                return_to_winner(&dy[0, 0, 0, 0], &winner[0, 0, 0, 0], &dx[0, 0, 0, 0], g)


cdef on_every_cpu return_to_winner(const floating* dy, const int* winner, floating* dx, Shape g) noexcept nogil:
    """dx[n,h,w,:] = Σ dy[n,i,j,:] over the windows i, j that hold h, w, where winner[n,i,j,:] is that place."""
    cdef Py_ssize_t _n, h, w, i, j, c, at, C = g.C
    cdef Py_ssize_t i0, i1, j0, j1
    cdef int tap
    for _n in range(g.N):
        i0 = i1 = 0
        for h in range(g.H):
            windows_at(h, g.U, g.sh, g.top, g.I, &i0, &i1)
            j0 = j1 = 0
            for w in range(g.W):
                windows_at(w, g.V, g.sw, g.left, g.J, &j0, &j1)
                if i0 == i1 or j0 == j1:
                    for c in range(C):
                        dx[c] = 0
                for i in range(i0, i1):
                    for j in range(j0, j1):
                        at = (i * g.J + j) * C
                        tap = <int>((h - i * g.sh + g.top) * g.V + w - j * g.sw + g.left)
                        if i == i0 and j == j0:
                            for c in range(C):
                                dx[c] = dy[at + c] if winner[at + c] == tap else 0
                        else:
                            for c in range(C):
                                dx[c] += dy[at + c] if winner[at + c] == tap else 0
                dx += C
        dy += g.I * g.J * C
        winner += g.I * g.J * C


cdef on_every_cpu return_to_winner_of_four(const floating* dy, const int* winner, floating* dx, Shape g) noexcept nogil:
    """The same for the usual window, 2x2 at stride 2: each of them writes its own four places."""
    cdef Py_ssize_t _n, _i, _j, c, C = g.C, row = g.W * g.C, rest = row - 2 * g.J * C
    cdef floating* place
    cdef int tap
    for _n in range(g.N):
        for _i in range(g.I):
            for _j in range(g.J):
                for tap in range(4):
                    place = dx + tap // 2 * row + tap % 2 * C
                    for c in range(C):
                        place[c] = dy[c] if winner[c] == tap else 0
                dx += 2 * C
                dy += C
                winner += C
            memset(dx, 0, rest * sizeof(floating))  # columns and rows that no window had reached
            memset(dx + row, 0, rest * sizeof(floating))
            dx += rest + row
        memset(dx, 0, (g.H - 2 * g.I) * row * sizeof(floating))
        dx += (g.H - 2 * g.I) * row


# ---------------------------------------------------------------- mean


def avg_pool2d_forward(const floating[:, :, :, ::1] x, window, stride, pad, floating[:, :, :, ::1] y):
    cdef Shape g = shape_of(x, y, window, stride, pad)
    if g.N > 0:
        with nogil:
            take_mean(&x[0, 0, 0, 0], &y[0, 0, 0, 0], g)


cdef inline Py_ssize_t inside(Py_ssize_t first, Py_ssize_t length, Py_ssize_t size) noexcept nogil:
    """Return how many of the places first, first + 1, ... of a window are places of the image."""
    return min(first + length, size) - max(first, 0)


cdef on_every_cpu take_mean(const floating* x, floating* y, Shape g) noexcept nogil:
    """y[n,i,j,:] = Σ_uv x[n, i·s + u - top, j·s + v - left, :] / how many these are."""
    cdef Py_ssize_t _n, i, j, u, v, c, h, w, C = g.C, row = g.W * g.C
    cdef const floating* seen
    cdef floating count
    for _n in range(g.N):
        for i in range(g.I):
            h = i * g.sh - g.top
            for j in range(g.J):
                w = j * g.sw - g.left
                for c in range(C):
                    y[c] = 0
                for u in range(max(0, -h), min(g.U, g.H - h)):
                    for v in range(max(0, -w), min(g.V, g.W - w)):
                        seen = x + (h + u) * row + (w + v) * C
                        for c in range(C):
                            y[c] += seen[c]
                count = inside(h, g.U, g.H) * inside(w, g.V, g.W)
                for c in range(C):
                    y[c] /= count
                y += C
        x += g.H * row


def avg_pool2d_backward(const floating[:, :, :, ::1] dy, window, stride, pad, floating[:, :, :, ::1] dx):
    cdef Shape g = shape_of(dx, dy, window, stride, pad)
    if g.N > 0:
        with nogil:
            share(&dy[0, 0, 0, 0], &dx[0, 0, 0, 0], g)


cdef on_every_cpu share(const floating* dy, floating* dx, Shape g) noexcept nogil:
    """dx[n,h,w,:] = Σ dy[n,i,j,:] / how many share it, over the windows i, j that hold h, w."""
    cdef Py_ssize_t _n, h, w, i, j, c, at, C = g.C
    cdef Py_ssize_t i0, i1, j0, j1
    cdef floating count
    for _n in range(g.N):
        i0 = i1 = 0
        for h in range(g.H):
            windows_at(h, g.U, g.sh, g.top, g.I, &i0, &i1)
            j0 = j1 = 0
            for w in range(g.W):
                windows_at(w, g.V, g.sw, g.left, g.J, &j0, &j1)
                for c in range(C):
                    dx[c] = 0
                for i in range(i0, i1):
                    for j in range(j0, j1):
                        at = (i * g.J + j) * C
                        count = inside(i * g.sh - g.top, g.U, g.H) * inside(j * g.sw - g.left, g.V, g.W)
                        for c in range(C):
                            dx[c] += dy[at + c] / count
                dx += C
        dy += g.I * g.J * C
