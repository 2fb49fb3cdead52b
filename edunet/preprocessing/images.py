"""Medical images made comparable, and seen a little differently each time.

    standardise            (x - mean)/sd of each image
    rescale_percentiles    (x - low)/(high - low), clipped to 0..1, between two percentiles of each image
    ct_window              (HU - (centre - width/2))/width, clipped to 0..1
    augment                flips, quarter turns, shifts, another brightness; masks move with their images

Each image is treated by itself: nothing of the test set is learnt from. To learn mean and sd from the training set type
`layers.Normalization().adapt(x_train)`; to augment inside a model type `layers.RandomFlip()` and its neighbours, which
know nothing of masks.
"""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.given import array_of, generator, is_number

__all__ = ["augment", "ct_window", "rescale_percentiles", "standardise"]

FLIPS = ("horizontal", "vertical", "both")


def standardise(x) -> np.ndarray:
    """Bring each image to mean 0 and standard deviation 1, all channels together: (N,H,W,C) or (N,H,W) float32.

    An image without contrast becomes 0.
    Raises ValueError for what is no batch of images, and for pixels that are NaN or infinite.

    >>> standardise(np.array([[[0, 2], [4, 2]]])).ravel().round(2)
    array([-1.41,  0.  ,  1.41,  0.  ], dtype=float32)
    """
    x = _finite("standardise", _images("standardise", x)).astype(np.float64)
    axes = tuple(range(1, x.ndim))
    away = x - x.mean(axes, keepdims=True)
    sd = away.std(axes, keepdims=True)
    return np.divide(away, sd, out=np.zeros_like(away), where=sd > 0).astype(np.float32)


def rescale_percentiles(x, low=1.0, high=99.0) -> np.ndarray:
    """Stretch each image from its low to its high percentile over 0..1; what lies outside is clipped.

    Args: x (N,H,W,C) or (N,H,W); low and high in per cent, 0 <= low < high <= 100. A single bright pixel, metal or a
    label, then no longer darkens all the rest. Returns float32.
    Raises ValueError for other percentiles, for what is no batch of images, and for pixels that are NaN or infinite.
    """
    x = _finite("rescale_percentiles", _images("rescale_percentiles", x)).astype(np.float64)
    if not (is_number(low) and is_number(high) and 0 <= low < high <= 100):
        raise ValueError(f"rescale_percentiles: expected 0 <= low < high <= 100. Received: {low!r}, {high!r}")
    bottom, top = np.percentile(x, [low, high], axis=tuple(range(1, x.ndim)), keepdims=True)
    width = top - bottom
    return np.clip(np.divide(x - bottom, width, out=np.zeros_like(x), where=width > 0), 0, 1).astype(np.float32)


def ct_window(hu, centre, width) -> np.ndarray:
    """Look at Hounsfield units through a window, as a radiologist does: float32 from 0 to 1.

        y = (HU - (centre - width/2))/width, clipped to 0..1
    Args: hu, of any shape; centre and width in HU: lung -600, 1500; soft tissue 40, 400; brain 40, 80; bone 500, 2000.
    Raises ValueError for a width that is not positive, and for a centre that is no number; TypeError for such hu.

    >>> ct_window(np.array([-1000, 40, 240]), centre=40, width=400).tolist()
    [0.0, 0.5, 1.0]
    """
    if not (is_number(width) and 0 < width < np.inf):
        raise ValueError(f"ct_window: width is > 0, in HU: 400 for soft tissue. Received: {width!r}")
    if not (is_number(centre) and np.isfinite(centre)):
        raise ValueError(f"ct_window: centre is a number in HU: 40 for soft tissue. Received: {centre!r}")
    hu = array_of("ct_window", "hu", hu)
    if hu.dtype.kind not in "biuf":
        raise TypeError(f"ct_window: hu is numbers. Received: {hu.dtype}.")
    return np.clip((hu.astype(np.float64) - (centre - width / 2)) / width, 0, 1).astype(np.float32)


def augment(x, *masks, seed=None, flip="horizontal", turn=False, shift=0, brightness=0.0):
    """Return images as they could also have been taken, each changed by itself, and their masks moved with them.

    Args: x (N,H,W,C) or (N,H,W); masks, arrays (N,H,W,...) of the same height and width; seed, a whole number or a
    `numpy.random.Generator`; flip, "horizontal", "vertical", "both" or None, half of the images each way (not where the
    side matters: the heart lies on the left); turn, by quarter turns (square images); shift, by up to so many pixels in
    each direction, the border pixels repeated in images and 0 in masks; brightness b, every image times a factor from
    1-b to 1+b (whole numbers are rounded and clipped).
    Returns x, or (x, *masks) if there are any, of the same shapes and dtypes.
    Raises ValueError for options that are none, and for masks of another size; ValueError or TypeError for a seed that
    is none.

    >>> x = np.arange(4.0).reshape(1, 2, 2)
    >>> x_new, mask_new = augment(x, x > 1, seed=0, turn=True)
    >>> bool(((x_new > 1) == mask_new).all())
    True
    """
    x = _images("augment", x)
    masks = tuple(np.asarray(mask) for mask in masks)
    N, H, W = x.shape[:3]
    for mask in masks:
        if mask.shape[:3] != (N, H, W):
            raise ValueError(f"augment: masks are (N,H,W,...) as their images, {x.shape[:3]}. Received: {mask.shape}.")
    _check_options(flip, turn, shift, brightness, H, W)
    rng = generator("augment", seed)
    columns = flip in ("horizontal", "both") and rng.random(N) < 0.5
    rows = flip in ("vertical", "both") and rng.random(N) < 0.5
    quarters = rng.integers(0, 4, N) if turn else np.zeros(N, int)
    down, right = rng.integers(-shift, shift + 1, (2, N))
    light = rng.uniform(1 - brightness, 1 + brightness, N)
    made = []
    for which, a in enumerate((x, *masks)):
        new = np.empty_like(a)
        for n in range(N):
            one = a[n, :, ::-1] if columns is not False and columns[n] else a[n]
            one = one[::-1] if rows is not False and rows[n] else one
            new[n] = _shifted(np.rot90(one, quarters[n]), down[n], right[n], repeat=which == 0)
        made.append(new)
    if brightness:
        bright = made[0] * light.reshape(-1, *(1,) * (x.ndim - 1))
        if x.dtype.kind in "iu":
            limits = np.iinfo(x.dtype)
            top = float(limits.max)  # of 64 bits rounded up, to what does not fit
            bright = np.clip(np.rint(bright), limits.min, top if int(top) <= limits.max else np.nextafter(top, 0))
        made[0] = bright.astype(x.dtype)
    return made[0] if not masks else tuple(made)


def _shifted(one, down, right, repeat):
    """Move an image; what comes in from outside is the border, or 0."""
    H, W = one.shape[:2]
    i, j = np.arange(H) - down, np.arange(W) - right
    moved = one[np.clip(i, 0, H - 1)][:, np.clip(j, 0, W - 1)]
    if not repeat:
        moved[(i < 0) | (i >= H)] = 0
        moved[:, (j < 0) | (j >= W)] = 0
    return moved


def _check_options(flip, turn, shift, brightness, H, W) -> None:
    if flip is not None and flip not in FLIPS:
        raise ValueError(f"augment: flip is 'horizontal', 'vertical', 'both' or None. Received: {flip!r}")
    if turn and H != W:
        raise ValueError(f"augment: quarter turns need square images. Received: {H} x {W}.")
    if isinstance(shift, bool) or not isinstance(shift, (int, np.integer)) or not 0 <= shift < min(H, W):
        raise ValueError(f"augment: shift is a whole number of pixels from 0 to {min(H, W) - 1}. Received: {shift!r}")
    if not (is_number(brightness) and 0 <= brightness < 1):
        raise ValueError(f"augment: brightness is a share from 0 to below 1, such as 0.1. Received: {brightness!r}")


def _images(name: str, x) -> np.ndarray:
    x = array_of(name, "x", x)
    if x.ndim not in (3, 4) or 0 in x.shape or x.dtype.kind not in "biuf":
        raise ValueError(
            f"{name}: expected images (N, H, W, C) or (N, H, W), numbers. Received: {x.dtype} of shape {x.shape}."
            + (" For a single image type x[None]." if x.ndim == 2 else "")
        )
    return x


def _finite(name: str, x: np.ndarray) -> np.ndarray:
    """Return the images, or name the first pixel that would make nonsense of the mean of its image."""
    wrong = ~np.isfinite(x)
    if wrong.any():
        image, *pixel = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"{name}: {wrong.sum()} pixels of {wrong.reshape(len(x), -1).any(1).sum()} of {len(x)} images are NaN or "
            f"infinite, the first in image {image} at {tuple(pixel)}: {x[(image, *pixel)]}. Say what stands there, "
            "such as np.nan_to_num(x, nan=0.0, posinf=1.0, neginf=0.0), or leave these images out."
        )
    return x
