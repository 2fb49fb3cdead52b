"""Augmentation: while learning, every image is seen each time a little differently. Afterwards nothing is changed.

`fit` augments, `evaluate` and `predict` do not; a layer that is called by itself does, to look at what it makes of
images, unless it is told training=False. Whole numbers become floats.
Gradients pass through exactly. Each image draws for itself, from the one generator of the library or with `seed`.
"""

import math
import numbers

import numpy as np

from edunet import ops, tensor
from edunet.layers.dense import whole
from edunet.layers.geometry import channels_last, word
from edunet.layers.regularize import Randomly
from edunet.layers.resize import middle, rest

__all__ = ["RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"]

MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class _Augmentation(Randomly):
    """What they share: when images are changed. A subclass says how."""

    def call(self, x, training=True):
        if isinstance(x, np.ndarray) and x.dtype.kind in "biu":
            x = x.astype(self.dtype)
        return self.changed(x) if training else self.unchanged(x)

    def changed(self, x):
        raise NotImplementedError(f"{type(self).__name__} must define changed(x)")

    def unchanged(self, x):
        return x


class RandomFlip(_Augmentation):
    """While learning, flip half of the images.   Formula: edunet.ops.flip2d

    Args: mode, "horizontal" (left to right), "vertical" or "horizontal_and_vertical", which draws for each; seed.
    Do not flip where the side matters: a heart lies on the left.
    """

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.mode = word("RandomFlip", "mode", mode, MODES)
        self.data_format = channels_last("RandomFlip", data_format)

    def changed(self, x):
        rows, columns = (
            self.rng.random(len(x)) < (0.5 if axis in self.mode else 0) for axis in ("vertical", "horizontal")
        )
        return ops.flip2d(x, rows=rows, columns=columns)


class RandomCrop(_Augmentation):
    """While learning, cut each image out somewhere else; afterwards its middle: (N,H,W,C) -> (N,height,width,C).

    Args: height and width of what is left; seed. (Keras cuts all images of a batch at one place.)
    Raises ValueError for smaller images, which Keras would enlarge.
    """

    def __init__(self, height, width, seed=None, data_format=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.height, self.width = whole("RandomCrop", "height", height), whole("RandomCrop", "width", width)
        self.data_format = channels_last("RandomCrop", data_format)

    def unchanged(self, x):
        return middle(self, x)

    def changed(self, x):
        tops, lefts = (self.rng.integers(0, n + 1, len(x)) for n in rest(self, x))
        rows, columns = tops[:, None] + np.arange(self.height), lefts[:, None] + np.arange(self.width)
        return tensor.take(x, key=(np.arange(len(x))[:, None, None], rows[:, :, None], columns[:, None, :]))


class _RandomAffine(_Augmentation):
    """What they share: what is read outside the image, and how between pixels. A subclass draws the matrices."""

    def __init__(self, fill_mode, interpolation, seed, fill_value, data_format, **kwargs):
        super().__init__(seed, **kwargs)
        kind = type(self).__name__
        self.fill_mode = word(kind, "fill_mode", fill_mode, ("reflect", "constant", "wrap", "nearest"))
        self.interpolation = word(kind, "interpolation", interpolation, ("bilinear", "nearest"))
        if isinstance(fill_value, bool) or not isinstance(fill_value, numbers.Real):
            raise ValueError(f"{kind}: fill_value is a number. Received: {fill_value!r}")
        self.fill_value = fill_value
        self.data_format = channels_last(kind, data_format)

    def changed(self, x):
        if x.ndim != 4:
            raise ValueError(f"{type(self).__name__}: expected images (N, H, W, C). Received shape {x.shape}.")
        return ops.affine2d(
            x,
            matrix=self.matrices(*x.shape[:3]),
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            interpolation=self.interpolation,
        )

    def drawn(self, limits, N):
        """Draw a number between the limits for each image."""
        low, high = limits
        return self.rng.uniform(low, high, N)

    def matrices(self, N, H, W):
        """Draw (N,2,3): where in the old image the pixel (h, k) of the new one is read."""
        raise NotImplementedError(f"{type(self).__name__} must define matrices(N, H, W)")


class RandomRotation(_RandomAffine):
    """While learning, turn images about their centre.   Formula: edunet.ops.affine2d

    Args: factor, the largest angle either way as a share of a full turn, 0.1 for 36°; or (lowest, highest), positive
    counter-clockwise; fill_mode "reflect", "constant", "wrap" or "nearest" for what comes in from outside;
    interpolation "bilinear" or "nearest"; seed; fill_value for "constant".
    """

    def __init__(
        self,
        factor,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = _range("RandomRotation", "factor", factor)

    def matrices(self, N, H, W):
        angle = 2 * math.pi * self.drawn(self.factor, N)
        turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1).reshape(N, 2, 2)
        return _about_the_centre(turn, H, W)


class RandomZoom(_RandomAffine):
    """While learning, zoom in and out.   Formula: edunet.ops.affine2d

    Args: height_factor, the largest share either way, or (lowest, highest): −0.2 shows 80 % of the rows, larger;
    width_factor, the same for columns, as height_factor drew unless given; the others as RandomRotation.
    """

    def __init__(
        self,
        height_factor,
        width_factor=None,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = _range("RandomZoom", "height_factor", height_factor)
        self.width_factor = None if width_factor is None else _range("RandomZoom", "width_factor", width_factor)

    def matrices(self, N, H, W):
        rows = 1 + self.drawn(self.height_factor, N)
        columns = rows if self.width_factor is None else 1 + self.drawn(self.width_factor, N)
        return _about_the_centre(np.stack([rows, columns], axis=1)[:, :, None] * np.eye(2), H, W)


class RandomTranslation(_RandomAffine):
    """While learning, shift images.   Formula: edunet.ops.affine2d

    Args: height_factor and width_factor, the largest share of the height and width either way, or (lowest, highest);
    positive is down and to the right; the others as RandomRotation.
    """

    def __init__(
        self,
        height_factor,
        width_factor,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = _range("RandomTranslation", "height_factor", height_factor)
        self.width_factor = _range("RandomTranslation", "width_factor", width_factor)

    def matrices(self, N, H, W):
        down = H * self.drawn(self.height_factor, N)
        right = W * self.drawn(self.width_factor, N)
        return np.concatenate([np.tile(np.eye(2), (N, 1, 1)), -np.stack([down, right], axis=1)[..., None]], axis=2)


class RandomContrast(_Augmentation):
    """While learning, multiply the contrast of each image by a number from 1 − lower to 1 + upper.

    Args: factor, one number for both or (lower, upper); value_range, what grey values can be, (0, 255) unless given:
    images from 0 to 1 need (0, 1); seed.   Formula: edunet.ops.contrast
    """

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        lower, upper = factor if isinstance(factor, (tuple, list)) and len(factor) == 2 else (factor, factor)
        if not (_is_number(lower) and _is_number(upper) and 0 <= lower <= 1 and upper >= 0):
            raise ValueError(
                f"RandomContrast: factor is a share from 0 to 1, or (lower, upper) such as (0.2, 0.3). "
                f"Received: {factor!r}"
            )
        ends = tuple(value_range) if isinstance(value_range, (tuple, list)) else ()
        if len(ends) != 2 or not all(map(_is_number, ends)) or ends[0] >= ends[1]:
            raise ValueError(f"RandomContrast: value_range is (lowest, highest). Received: {value_range!r}")
        self.factor, self.value_range = (lower, upper), ends

    def changed(self, x):
        factor = self.rng.uniform(1 - self.factor[0], 1 + self.factor[1], len(x))
        return ops.contrast(x, factor=factor, value_range=self.value_range)


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def _range(layer, name, value):
    """Return (lowest, highest) from a pair or from one number, which holds either way."""
    ends = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(ends) != 2 or not all(map(_is_number, ends)) or max(map(abs, ends)) > 1:
        raise ValueError(f"{layer}: {name} is a share from 0 to 1, or (lowest, highest). Received: {value!r}")
    low, high = ends if isinstance(value, (tuple, list)) else (-abs(value), abs(value))
    if low > high:
        raise ValueError(f"{layer}: {name} is (lowest, highest). Received: {value!r}")
    return low, high


def _about_the_centre(linear, H, W):
    """Return (N,2,3): the linear map that leaves the centre of the image where it is."""
    centre = np.array([(H - 1) / 2, (W - 1) / 2])
    return np.concatenate([linear, (centre - linear @ centre)[..., None]], axis=2)
