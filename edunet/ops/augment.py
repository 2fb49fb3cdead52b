"""Images seen from elsewhere: flipped, turned, shifted, zoomed, in other light. The label stays."""

import numpy as np

from edunet.names import did_you_mean
from edunet.tensor import differentiable

__all__ = ["affine2d", "contrast", "flip2d"]

FILLS = {
    "constant": lambda i, n: np.clip(i, 0, n - 1),  # what it reads there is then replaced
    "nearest": lambda i, n: np.clip(i, 0, n - 1),
    "wrap": lambda i, n: i % n,
    "reflect": lambda i, n: np.minimum(i % (2 * n), 2 * n - 1 - i % (2 * n)),  # c b a | a b c | c b a
}


@differentiable
def affine2d(x, *, matrix, fill_mode="reflect", fill_value=0.0, interpolation="bilinear"):
    """Read each pixel of the new image from another place of the old one.

        (h', k') = A (h, k) + t       y[n,h,k,c] = x at (h', k'), where matrix[n] = [A | t]
        "bilinear": the mean of the four pixels around, weighted by nearness; "nearest": the nearest pixel
    Places outside are given by fill_mode: "reflect" c b a | a b c | c b a, "wrap" a b c | a b c | a b c,
    "nearest" a a a | a b c | c c c, "constant" fill_value.
    Gradient: y is linear in x, so each pixel gets dy times the weights with which it was read:
        dx[n,i,j,c] = Σ_hk weight(h,k; i,j) dy[n,h,k,c]
    Shapes: x (N,H,W,C), matrix (N,2,3), in rows and columns, y (N,H,W,C).
    Raises ValueError for a wrong rank, or a fill_mode or interpolation that is not known.
    Source: Jaderberg et al., Spatial transformer networks (2015), equations 1 and 5.   Tutorial: lesson 13

    >>> one_to_the_right = np.array([[[1.0, 0, 0], [0, 1, -1]]])
    >>> affine2d(np.array([[[[1.0], [2.0], [3.0]]]]), matrix=one_to_the_right, fill_mode="constant").ravel()
    array([0., 1., 2.])
    """
    _check_image("affine2d", x)
    matrix = np.asarray(matrix, np.float64)
    if matrix.shape != (len(x), 2, 3):
        raise ValueError(f"affine2d: expected a matrix ({len(x)}, 2, 3), one per image. Received {matrix.shape}.")
    _check_word("fill_mode", fill_mode, FILLS)
    _check_word("interpolation", interpolation, ("bilinear", "nearest"))
    N, H, W, C = x.shape
    place = np.stack([*np.mgrid[:H, :W].reshape(2, -1), np.ones(H * W)])  # (3,H·W)
    at = matrix @ place  # (N,2,H·W)
    reads = list(_reads(at, H, W, fill_mode, interpolation, x.dtype))
    flat, y = x.reshape(N * H * W, C), np.zeros((N, H * W, C), x.dtype)
    for pixel, weight, inside in reads:
        y += weight * (flat[pixel] if inside is None else np.where(inside, flat[pixel], x.dtype.type(fill_value)))

    def backward(dy):
        dy, dx = dy.reshape(N, H * W, C), np.zeros_like(flat)
        for pixel, weight, inside in reads:
            np.add.at(dx, pixel, weight * (dy if inside is None else np.where(inside, dy, 0)))
        return dx.reshape(x.shape)

    return y.reshape(x.shape), backward


def _reads(at, H, W, fill_mode, interpolation, dtype):
    """Yield which pixels (N,H·W) are read, counted through the batch, their weights, and whether they are inside."""
    if interpolation == "nearest":
        low = np.round(at).astype(np.intp)
        corners = [((0, 0), np.ones(at[:, 0].shape))]
    else:
        low = np.floor(at).astype(np.intp)
        down, right = np.moveaxis(at - low, 1, 0)  # how far from the upper left of the four
        weights = {0: 1 - down, 1: down}, {0: 1 - right, 1: right}
        corners = [((u, v), weights[0][u] * weights[1][v]) for u in (0, 1) for v in (0, 1)]
    first = (np.arange(len(at)) * H * W)[:, None]
    for (u, v), weight in corners:
        h, k = low[:, 0] + u, low[:, 1] + v
        inside = ((h >= 0) & (h < H) & (k >= 0) & (k < W))[..., None] if fill_mode == "constant" else None
        pixel = first + FILLS[fill_mode](h, H) * W + FILLS[fill_mode](k, W)
        yield pixel, weight.astype(dtype)[..., None], inside


@differentiable
def flip2d(x, *, rows, columns):
    """Turn images upside down (rows) or left to right (columns), each as its flags say; dx is dy turned back.

    Shapes: x and y (N,H,W,C), rows and columns (N,), bool.
    Raises ValueError for a wrong rank or number of flags.   Tutorial: lesson 13

    >>> flip2d(np.array([[[[1.0], [2.0]]]]), rows=[False], columns=[True]).ravel()
    array([2., 1.])
    """
    _check_image("flip2d", x)
    rows, columns = np.asarray(rows, bool), np.asarray(columns, bool)
    if rows.shape != x.shape[:1] or columns.shape != x.shape[:1]:
        raise ValueError(
            f"flip2d: expected a flag per image, ({len(x)},). Received rows {rows.shape}, columns {columns.shape}."
        )

    def turn(a):
        a = np.where(rows[:, None, None, None], a[:, ::-1], a)
        return np.where(columns[:, None, None, None], a[:, :, ::-1], a)

    return turn(x), turn


@differentiable
def contrast(x, *, factor, value_range=(0.0, 255.0)):
    """Move each grey value away from the mean of its image and channel, or towards it.

        y = μ + f·(x − μ), cut off at the ends of value_range       μ[n,c] the mean over all places, f = factor[n]
    Gradients, with g = dy where nothing was cut off, else 0:   dx = f·g + (1 − f)·(mean of g over all places)
    Shapes: x and y (N,H,W,C), factor (N,).
    Raises ValueError for a wrong rank or number of factors.   Tutorial: lesson 13

    >>> contrast(np.array([[[[1.0], [3.0]]]]), factor=[2.0]).ravel()
    array([0., 4.])
    """
    _check_image("contrast", x)
    factor = np.asarray(factor, x.dtype)
    if factor.shape != x.shape[:1]:
        raise ValueError(f"contrast: expected a factor per image, ({len(x)},). Received {factor.shape}.")
    f = factor[:, None, None, None]
    mean = x.mean(axis=(1, 2), keepdims=True)
    free = mean + f * (x - mean)
    y = free.clip(*value_range)

    def backward(dy):
        g = np.where(y == free, dy, 0)
        return f * g + (1 - f) * g.mean(axis=(1, 2), keepdims=True)

    return y, backward


def _check_image(op, x):
    if x.ndim != 4:
        hint = " For a single image add the batch axis: x[None]." if x.ndim == 3 else ""
        raise ValueError(f"{op}: expected x (N, H, W, C), 4 axes. Received x of shape {x.shape}.{hint}")


def _check_word(name, value, known):
    if value not in known:
        raise ValueError(
            f"affine2d: {name} is one of {tuple(known)}. Received: {value!r}." + did_you_mean(value, known)
        )
