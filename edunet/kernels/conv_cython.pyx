"""Convolution on the register tile of tile.h; the plain loops stand at the end. Shapes: see conv_numpy.py.

    forward    six pixels of y at a time: their windows, row by row, against all filters
    dw         six taps (u,v,c) at a time: what each of them sees over all pixels, against dy
    dx         tap by tap, six pixels of dy at a time: dy against the filters, added where the tap had read; where the
               channels do not fill a vector, all taps of a pixel at once into a strip, whose pieces are then added

An image that needs zeros around it is copied into a frame of zeros first; from there on every tap is inside.
"""

import numpy as np
from cython cimport floating
from libc.string cimport memcpy, memset

from edunet.kernels.tile import widened

from edunet.kernels.tile cimport (TILE_ADD, TILE_PAD, TILE_RELU, TILE_ROWS, TILE_STORE, on_every_cpu, padded,
                                  product, sum_over, tile, tile_sum)

cdef Py_ssize_t BAND = 96 * 1024  # bytes of dy that are worked on at a time: they stay in the second cache


cdef struct Shape:
    # N images (H,W,C), filters (U,V,C,F), outputs (I,J); s stride, d dilation; the frame (Hp,Wp) and its corner
    Py_ssize_t N, H, W, C, U, V, F, I, J, sh, sw, dh, dw, top, left, Hp, Wp
    bint framed


cdef Shape shape_of(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[:, :, :, ::1] y,
                    stride, dilation, pad):
    cdef Shape g
    g.N, g.H, g.W, g.C = x.shape[0], x.shape[1], x.shape[2], x.shape[3]
    g.U, g.V, g.F = w.shape[0], w.shape[1], w.shape[3]
    g.I, g.J = y.shape[1], y.shape[2]
    g.sh, g.sw = stride
    g.dh, g.dw = dilation
    g.top, g.left = pad
    g.Hp = max(g.H + g.top, (g.I - 1) * g.sh + (g.U - 1) * g.dh + 1)
    g.Wp = max(g.W + g.left, (g.J - 1) * g.sw + (g.V - 1) * g.dw + 1)
    g.framed = g.Hp > g.H or g.Wp > g.W
    return g


def conv2d_forward(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                   stride, dilation, pad, bint relu, floating[:, :, :, ::1] y):
    cdef Shape g = shape_of[floating](x, w, y, stride, dilation, pad)
    if g.N * g.I * g.J * g.F * g.C == 0:
        np.asarray(y)[...] = np.maximum(b, 0) if relu else b
        return
    cdef Py_ssize_t Q = g.U * g.V * g.C, Fp = padded(g.F), n
    cdef const floating[:, ::1] wide_w, wide_b
    cdef const floating* filters = &w[0, 0, 0, 0]  # (U·V·C,Fp)
    cdef const floating* bias = &b[0]
    if Fp > g.F:
        wide_w, wide_b = widened(np.asarray(w).reshape(Q, g.F), Fp), widened(np.asarray(b).reshape(1, g.F), Fp)
        filters, bias = &wide_w[0, 0], &wide_b[0, 0]
    cdef floating[::1] frame
    cdef const floating* image
    if g.framed:
        frame = np.zeros(g.Hp * g.Wp * g.C, np.asarray(x).dtype)
    with nogil:
        for n in range(g.N):
            image = &x[n, 0, 0, 0]
            if g.framed:
                put_into_frame(image, &frame[0], &g)
                image = &frame[0]
            forward_image(image, filters, bias, &y[n, 0, 0, 0], &g, relu)


cdef void forward_image(const floating* x, const floating* w, const floating* b, floating* y, const Shape* g,
                        bint relu) noexcept nogil:
    """y[i,j,:] = b + Σ_u Σ_v Σ_c x[i·s + u·d, j·s + v·d, c] w[u,v,c,:], for one image."""
    cdef Py_ssize_t C = g.C, Fp = padded(g.F), pixels = g.I * g.J, p, i = 0, j = 0
    cdef tile_sum over
    if g.dw == 1:  # a row of the window, V·C numbers, lies in one piece
        over = sum_over(1, g.U, g.V * C, 0, g.dh * g.Wp * C, 1, 0, g.V * C * Fp, Fp)
    else:
        over = sum_over(g.U, g.V, C, g.dh * g.Wp * C, g.dw * C, 1, g.V * C * Fp, C * Fp, Fp)
    cdef const floating* window[TILE_ROWS]
    cdef floating* to[TILE_ROWS]
    cdef int rows = 0
    for p in range(pixels):
        window[rows] = x + (i * g.sh * g.Wp + j * g.sw) * C
        to[rows] = y + p * g.F
        rows += 1
        j += 1
        if j == g.J:
            i, j = i + 1, 0
        if rows == TILE_ROWS or p == pixels - 1:
            tile(rows, g.F, &over, window, w, b, to, TILE_RELU if relu else TILE_STORE)
            rows = 0


def conv2d_backward(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                    const floating[:, :, :, ::1] w, stride, dilation, pad, bint relu,
                    const floating[:, :, :, ::1] y, floating[:, :, :, ::1] dx, floating[:, :, :, ::1] dw,
                    floating[::1] db):
    cdef Shape g = shape_of[floating](x, w, dy, stride, dilation, pad)
    cdef bint wanted = dx.size > 0, wanted_dw = dw.size > 0
    if g.N * g.I * g.J * g.F * g.C == 0:
        dx[...], dw[...], db[...] = 0, 0, 0
        return
    dtype = np.asarray(x).dtype
    cdef Py_ssize_t Fp = padded(g.F), row = g.J * Fp * sizeof(floating)
    # a band is some rows of one image, or some whole images if they are small
    cdef Py_ssize_t rows = min(g.I, max(1, BAND // row)), images = min(g.N, max(1, BAND // (g.I * row)))
    cdef floating[::1] band = np.zeros(images * rows * g.J * Fp, dtype)
    cdef Py_ssize_t framed = images * g.Hp * g.Wp * g.C if g.framed else 0
    cdef floating[::1] frame = np.zeros(framed if wanted_dw else 0, dtype)
    cdef floating[::1] dframe = np.empty(framed if wanted else 0, dtype)
    # the filters with c along memory: tap by tap, or all taps side by side where C alone does not fill a vector
    cdef Py_ssize_t taps = g.U * g.V if g.C % TILE_PAD == 0 else 1
    cdef Py_ssize_t width = g.U * g.V * g.C // taps
    cdef floating[::1] turned = np.empty(taps * g.F * padded(width) if wanted else 0, dtype)
    cdef floating[::1] strip = np.empty(g.J * padded(width) if wanted and taps == 1 else 0, dtype)
    cdef Py_ssize_t n = 0, m, i, here, deep
    cdef const floating* source
    cdef floating* to
    with nogil:
        if wanted_dw:
            memset(&dw[0, 0, 0, 0], 0, g.U * g.V * g.C * g.F * sizeof(floating))
        memset(&db[0], 0, g.F * sizeof(floating))
        if wanted:
            memset(&dx[0, 0, 0, 0], 0, g.N * g.H * g.W * g.C * sizeof(floating))
            turn_filters(&w[0, 0, 0, 0], &turned[0], taps, width, g.F)
        while n < g.N:
            here = min(images, g.N - n)
            source = &x[n, 0, 0, 0]
            if g.framed and wanted_dw:
                for m in range(here):
                    put_into_frame(&x[n + m, 0, 0, 0], &frame[m * g.Hp * g.Wp * g.C], &g)
                source = &frame[0]
            to = NULL
            if wanted:
                to = &dx[n, 0, 0, 0]
                if g.framed:
                    to = &dframe[0]
                    memset(to, 0, here * g.Hp * g.Wp * g.C * sizeof(floating))
            i = 0
            while i < g.I:
                deep = min(rows, g.I - i)
                for m in range(here):
                    take_band(&dy[n + m, i, 0, 0], &y[n + m, i, 0, 0] if relu else NULL,
                              &band[m * deep * g.J * Fp], &db[0], deep * g.J, g.F)
                if wanted_dw:
                    add_to_dw(source + i * g.sh * g.Wp * g.C, &band[0], &dw[0, 0, 0, 0], &g, here, deep)
                if wanted and taps == 1:
                    add_rows_to_dx(&band[0], &turned[0], &strip[0], to + i * g.sh * g.Wp * g.C, &g, here, deep)
                elif wanted:
                    add_to_dx(&band[0], &turned[0], to + i * g.sh * g.Wp * g.C, &g, here, deep, taps)
                i += deep
            if wanted and g.framed:
                for m in range(here):
                    take_out_of_frame(&dframe[m * g.Hp * g.Wp * g.C], &dx[n + m, 0, 0, 0], &g)
            n += here


cdef void turn_filters(const floating* w, floating* turned, Py_ssize_t taps, Py_ssize_t width,
                       Py_ssize_t F) noexcept nogil:
    """turned[t,f,c] = w[t,c,f], each row of it filled up with zeros for the tile."""
    cdef Py_ssize_t wide = padded(width), _t, f, c
    for _t in range(taps):
        for f in range(F):
            for c in range(width):
                turned[c] = w[c * F + f]
            memset(turned + width, 0, (wide - width) * sizeof(floating))
            turned += wide
        w += width * F


cdef on_every_cpu take_band(const floating* dy, const floating* y, floating* band, floating* db, Py_ssize_t pixels,
                            Py_ssize_t F) noexcept nogil:
    """Copy dy of some rows, 0 where the relu let nothing through, each pixel Fp wide; db[f] += Σ dy[.., f].

    The band was zeros when it was made, and nobody writes beyond F: so the rest of each pixel stays 0.
    """
    cdef Py_ssize_t p, f, Fp = padded(F)
    for p in range(pixels):
        if y == NULL:
            for f in range(F):
                band[p * Fp + f] = dy[p * F + f]
        else:
            for f in range(F):
                band[p * Fp + f] = dy[p * F + f] if y[p * F + f] > 0 else 0
        for f in range(F):
            db[f] += band[p * Fp + f]


cdef void add_to_dw(const floating* x, const floating* dy, floating* dw, const Shape* g, Py_ssize_t images,
                    Py_ssize_t rows) noexcept nogil:
    """dw[u,v,c,:] += Σ_n Σ_i Σ_j x[n, i·s + u·d, j·s + v·d, c] dy[n,i,j,:]."""
    cdef Py_ssize_t Fp = padded(g.F), C = g.C, u, v, c
    cdef tile_sum over = sum_over(images, rows, g.J, g.Hp * g.Wp * C, g.sh * g.Wp * C, g.sw * C,
                                  rows * g.J * Fp, g.J * Fp, Fp)
    cdef const floating* seen[TILE_ROWS]
    cdef floating* to[TILE_ROWS]
    cdef int taps = 0
    for u in range(g.U):
        for v in range(g.V):
            for c in range(C):
                seen[taps] = x + (u * g.dh * g.Wp + v * g.dw) * C + c
                to[taps] = dw + ((u * g.V + v) * C + c) * g.F
                taps += 1
                if taps == TILE_ROWS:
                    tile(taps, g.F, &over, seen, dy, NULL, to, TILE_ADD)
                    taps = 0
    if taps:
        tile(taps, g.F, &over, seen, dy, NULL, to, TILE_ADD)


cdef void add_to_dx(const floating* dy, const floating* w, floating* dx, const Shape* g, Py_ssize_t images,
                    Py_ssize_t rows, Py_ssize_t taps) noexcept nogil:
    """dx[n, i·s + u·d, j·s + v·d, :] += Σ_f dy[n,i,j,f] w[u,v,:,f], tap by tap."""
    cdef Py_ssize_t Fp = padded(g.F), C = g.C, t, n, i, j, at
    cdef tile_sum over = sum_over(1, 1, g.F, 0, 0, 1, 0, 0, padded(C))  # Σ_f: dy one by one, w row by row
    cdef const floating* pixel[TILE_ROWS]
    cdef floating* to[TILE_ROWS]
    cdef int count
    for t in range(taps):
        at = (t // g.V * g.dh * g.Wp + t % g.V * g.dw) * C  # from the corner of a window to its tap t
        count = 0
        for n in range(images):
            for i in range(rows):
                for j in range(g.J):
                    pixel[count] = dy + ((n * rows + i) * g.J + j) * Fp
                    to[count] = dx + ((n * g.Hp + i * g.sh) * g.Wp + j * g.sw) * C + at
                    count += 1
                    if count == TILE_ROWS:
                        tile(count, C, &over, pixel, w + t * g.F * C, NULL, to, TILE_ADD)
                        count = 0
        if count:
            tile(count, C, &over, pixel, w + t * g.F * C, NULL, to, TILE_ADD)


cdef void add_rows_to_dx(const floating* dy, const floating* w, floating* strip, floating* dx, const Shape* g,
                         Py_ssize_t images, Py_ssize_t rows) noexcept nogil:
    """The same for few channels: all taps of a pixel side by side, one row of pixels in the strip, then added up."""
    cdef Py_ssize_t Fp = padded(g.F), wide = padded(g.U * g.V * g.C), n, i
    for n in range(images):
        for i in range(rows):
            product(g.J, wide, g.F, dy + (n * rows + i) * g.J * Fp, Fp, 1, w, wide, <const floating*> NULL, strip, wide,
                    TILE_STORE)
            add_strip(strip, dx + (n * g.Hp + i * g.sh) * g.Wp * g.C, g)


cdef on_every_cpu add_strip(const floating* strip, floating* dx, const Shape* g) noexcept nogil:
    """Add what the windows of one row of pixels send back, (J,U,V,C), at the places that they had read."""
    cdef Py_ssize_t wide = padded(g.U * g.V * g.C), step = g.sw * g.C, u, v, t, j
    # what lies in one piece of dx: a whole row of the window, or one tap of it if the taps stand apart
    cdef Py_ssize_t runs = 1 if g.dw == 1 else g.V, run = g.V * g.C // runs
    cdef const floating* sent
    cdef floating* to
    for u in range(g.U):
        for v in range(runs):
            sent = strip + (u * runs + v) * run
            to = dx + (u * g.dh * g.Wp + v * g.dw) * g.C
            if run < TILE_PAD:
                for t in range(run):
                    for j in range(g.J):
                        to[j * step + t] += sent[j * wide + t]
            else:
                for j in range(g.J):
                    for t in range(run):
                        to[j * step + t] += sent[j * wide + t]


# ---------------------------------------------------------------- frames


cdef void put_into_frame(const floating* x, floating* frame, const Shape* g) noexcept nogil:
    """Copy an image into the middle of its frame of zeros."""
    cdef Py_ssize_t h, row = g.W * g.C
    for h in range(g.H):
        memcpy(frame + ((h + g.top) * g.Wp + g.left) * g.C, x + h * row, row * sizeof(floating))


cdef void take_out_of_frame(const floating* frame, floating* x, const Shape* g) noexcept nogil:
    """Copy the middle of a frame into the image."""
    cdef Py_ssize_t h, row = g.W * g.C
    for h in range(g.H):
        memcpy(x + h * row, frame + ((h + g.top) * g.Wp + g.left) * g.C, row * sizeof(floating))


# ---------------------------------------------------------------- depthwise: w (U,V,C,M), y (N,I,J,C·M)

# Where a channel has M filters, x is copied with that channel M times. Then each of F = C·M channels has one filter,
# w (U,V,F), F is called C in the Shape, and sixteen channels are summed up side by side in registers.


def depthwise_conv2d_forward(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                             stride, dilation, pad, floating[:, :, :, ::1] y):
    cdef const floating[:, :, :, ::1] wide = np.repeat(x, w.shape[3], axis=3) if w.shape[3] > 1 else x
    cdef Shape g = shape_of[floating](wide, w, y, stride, dilation, pad)
    if g.N * g.I * g.J * g.C > 0:
        with nogil:
            depthwise(&wide[0, 0, 0, 0], &w[0, 0, 0, 0], &b[0], &y[0, 0, 0, 0], &g)


cdef on_every_cpu depthwise(const floating* x, const floating* w, const floating* b, floating* y,
                            const Shape* g) noexcept nogil:
    """y[n,i,j,f] = b[f] + Σ_u Σ_v x[n, i·s + u·d - top, j·s + v·d - left, f] w[u,v,f]."""
    cdef Py_ssize_t F = g.C, whole = F // 16 * 16, _n, i, j, u, v, f, h, k, u0, u1, v0, v1
    cdef const floating* pixel
    cdef const floating* tap
    cdef floating lane[16]
    cdef int l
    for _n in range(g.N):
        for i in range(g.I):
            h = i * g.sh - g.top
            taps_inside(h, g.dh, g.U, g.H, &u0, &u1)
            for j in range(g.J):
                k = j * g.sw - g.left
                taps_inside(k, g.dw, g.V, g.W, &v0, &v1)
                for f in range(0, whole, 16):
                    for l in range(16):
                        lane[l] = b[f + l]
                    for u in range(u0, u1):
                        for v in range(v0, v1):
                            pixel = x + ((h + u * g.dh) * g.W + k + v * g.dw) * F + f
                            tap = w + (u * g.V + v) * F + f
                            for l in range(16):
                                lane[l] += pixel[l] * tap[l]
                    for l in range(16):
                        y[f + l] = lane[l]
                for f in range(whole, F):
                    lane[0] = b[f]
                    for u in range(u0, u1):
                        for v in range(v0, v1):
                            lane[0] += x[((h + u * g.dh) * g.W + k + v * g.dw) * F + f] * w[(u * g.V + v) * F + f]
                    y[f] = lane[0]
                y += F
        x += g.H * g.W * F


cdef inline void taps_inside(Py_ssize_t first, Py_ssize_t dilation, Py_ssize_t taps, Py_ssize_t size, Py_ssize_t* begin,
                             Py_ssize_t* end) noexcept nogil:
    """Find the taps begin, ..., end - 1 that read a place of the image: tap t reads first + t·dilation."""
    begin[0] = 0 if first >= 0 else (dilation - 1 - first) // dilation
    end[0] = min(taps, (size - first + dilation - 1) // dilation)


def depthwise_conv2d_backward(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                              const floating[:, :, :, ::1] w, stride, dilation, pad, floating[:, :, :, ::1] dx,
                              floating[:, :, :, ::1] dw, floating[::1] db):
    cdef Py_ssize_t M = w.shape[3]
    cdef const floating[:, :, :, ::1] wide = np.repeat(x, M, axis=3) if M > 1 else x
    cdef Shape g = shape_of[floating](wide, w, dy, stride, dilation, pad)
    cdef bint wanted = dx.shape[0] * dx.shape[1] * dx.shape[2] * dx.shape[3] > 0, wanted_dw = dw.size > 0
    cdef floating[:, :, :, ::1] dwide = np.empty_like(wide) if M > 1 and wanted else dx
    dw[...], db[...] = 0, 0
    if g.N * g.I * g.J * g.C == 0:
        dx[...] = 0
        return
    with nogil:
        depthwise_dw(&dy[0, 0, 0, 0], &wide[0, 0, 0, 0], &dw[0, 0, 0, 0] if wanted_dw else NULL, &db[0], &g)
        if wanted:
            depthwise_dx(&dy[0, 0, 0, 0], &w[0, 0, 0, 0], &dwide[0, 0, 0, 0], &g)
    if M > 1 and wanted:
        total, sent = np.asarray(dx), np.asarray(dwide)
        total[:] = sent[..., ::M]
        for m in range(1, M):
            total += sent[..., m::M]


cdef on_every_cpu depthwise_dw(const floating* dy, const floating* x, floating* dw, floating* db,
                               const Shape* g) noexcept nogil:
    """dw[u,v,f] = Σ_n Σ_i Σ_j x[n, i·s + u·d - top, j·s + v·d - left, f] dy[n,i,j,f]; without dw only db."""
    cdef Py_ssize_t F = g.C, whole = F // 16 * 16, _n, i, j, u, v, f, h, k, u0, u1, j0, j1
    cdef const floating* row
    cdef floating* tap
    cdef floating lane[16]
    cdef int l
    for _n in range(g.N):
        for i in range(g.I):
            h = i * g.sh - g.top
            taps_inside(h, g.dh, g.U, g.H, &u0, &u1)
            for j in range(g.J):
                for f in range(F):
                    db[f] += dy[j * F + f]
            for u in range(u0, u1 if dw != NULL else u0):
                for v in range(g.V):
                    k = v * g.dw - g.left
                    taps_inside(k, g.sw, g.J, g.W, &j0, &j1)  # with the places of dy in the part of the taps
                    row = x + ((h + u * g.dh) * g.W + k) * F
                    tap = dw + (u * g.V + v) * F
                    for f in range(0, whole, 16):
                        for l in range(16):
                            lane[l] = tap[f + l]
                        for j in range(j0, j1):
                            for l in range(16):
                                lane[l] += row[j * g.sw * F + f + l] * dy[j * F + f + l]
                        for l in range(16):
                            tap[f + l] = lane[l]
                    for j in range(j0, j1):
                        for f in range(whole, F):
                            tap[f] += row[j * g.sw * F + f] * dy[j * F + f]
            dy += g.J * F
        x += g.H * g.W * F


cdef on_every_cpu depthwise_dx(const floating* dy, const floating* w, floating* dx, const Shape* g) noexcept nogil:
    """dx[n, i·s + u·d - top, j·s + v·d - left, f] += dy[n,i,j,f] w[u,v,f]."""
    cdef Py_ssize_t F = g.C, _n, i, j, u, v, f, h, k, u0, u1, v0, v1
    cdef const floating* tap
    cdef floating* pixel
    for _n in range(g.N):
        memset(dx, 0, g.H * g.W * F * sizeof(floating))
        for i in range(g.I):
            h = i * g.sh - g.top
            taps_inside(h, g.dh, g.U, g.H, &u0, &u1)
            for j in range(g.J):
                k = j * g.sw - g.left
                taps_inside(k, g.dw, g.V, g.W, &v0, &v1)
                for u in range(u0, u1):
                    for v in range(v0, v1):
                        pixel = dx + ((h + u * g.dh) * g.W + k + v * g.dw) * F
                        tap = w + (u * g.V + v) * F
                        for f in range(F):
                            pixel[f] += dy[f] * tap[f]
                dy += F
        dx += g.H * g.W * F


# ---------------------------------------------------------------- conv2d as a learner would write it


def conv2d_forward_naive(const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w, const floating[::1] b,
                         stride, dilation, pad, bint relu, floating[:, :, :, ::1] y):
    cdef Shape g = shape_of[floating](x, w, y, stride, dilation, pad)
    cdef Py_ssize_t n, i, j, f, u, v, c, h, k
    for n in range(g.N):
        for i in range(g.I):
            for j in range(g.J):
                for f in range(g.F):
                    y[n, i, j, f] = b[f]
                    for u in range(g.U):
                        for v in range(g.V):
                            h = i * g.sh + u * g.dh - g.top
                            k = j * g.sw + v * g.dw - g.left
                            if 0 <= h < g.H and 0 <= k < g.W:
                                for c in range(g.C):
                                    y[n, i, j, f] += x[n, h, k, c] * w[u, v, c, f]
                    if relu and y[n, i, j, f] < 0:
                        y[n, i, j, f] = 0


def conv2d_backward_naive(const floating[:, :, :, ::1] dy, const floating[:, :, :, ::1] x,
                          const floating[:, :, :, ::1] w, stride, dilation, pad, bint relu,
                          const floating[:, :, :, ::1] y, floating[:, :, :, ::1] dx, floating[:, :, :, ::1] dw,
                          floating[::1] db):
    cdef Shape g = shape_of[floating](x, w, dy, stride, dilation, pad)
    cdef bint wanted = dx.shape[0] * dx.shape[1] * dx.shape[2] * dx.shape[3] > 0, wanted_dw = dw.size > 0
    cdef Py_ssize_t n, i, j, f, u, v, c, h, k
    dx[...], dw[...], db[...] = 0, 0, 0
    for n in range(g.N):
        for i in range(g.I):
            for j in range(g.J):
                for f in range(g.F):
                    if relu and not y[n, i, j, f] > 0:
                        continue
                    db[f] += dy[n, i, j, f]
                    for u in range(g.U):
                        for v in range(g.V):
                            h = i * g.sh + u * g.dh - g.top
                            k = j * g.sw + v * g.dw - g.left
                            if 0 <= h < g.H and 0 <= k < g.W:
                                for c in range(g.C):
                                    if wanted_dw:
                                        dw[u, v, c, f] += x[n, h, k, c] * dy[n, i, j, f]
                                    if wanted:
                                        dx[n, h, k, c] += w[u, v, c, f] * dy[n, i, j, f]
