"""Layers that make images and signals larger or smaller: repeated or interpolated pixels, zeros around, edges cut."""

from edunet import ops, tensor
from edunet.layers.dense import whole
from edunet.layers.geometry import along, axes_of, channels_last, edges, word
from edunet.layers.layer import Layer

__all__ = [
    "CenterCrop",
    "Cropping1D",
    "Cropping2D",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "middle",
    "rest",
]


class UpSampling2D(Layer):
    """Make images size times as large: (N,H,W,C) -> (N,H·s,W·s,C).   Formula: edunet.ops.upsample2d

    Args: size, one number or (rows, columns); interpolation, "nearest" repeats pixels, "bilinear" lays straight lines
    between them.

    >>> UpSampling2D(2, interpolation="bilinear")(np.zeros((1, 7, 7, 3))).shape
    (1, 14, 14, 3)
    """

    def __init__(self, size=2, data_format=None, interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        self.size = along("UpSampling2D", "size", size, 2)
        self.data_format = channels_last("UpSampling2D", data_format)
        self.interpolation = word("UpSampling2D", "interpolation", interpolation, ("nearest", "bilinear"))

    def call(self, x):
        return ops.upsample2d(x, size=self.size, interpolation=self.interpolation)


class UpSampling1D(Layer):
    """Repeat each step of a signal: (N,T,C) -> (N,T·size,C).   Formula: edunet.ops.upsample1d"""

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        (self.size,) = along("UpSampling1D", "size", size, 1)

    def call(self, x):
        return ops.upsample1d(x, size=self.size)


class ZeroPadding2D(Layer):
    """Put zeros around images: (N,H,W,C) -> (N, top + H + bottom, left + W + right, C).   Formula: edunet.ops.zero_pad

    Args: padding, one number, (rows, columns) or ((top, bottom), (left, right)).
    """

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding = edges("ZeroPadding2D", "padding", padding, 2)
        self.data_format = channels_last("ZeroPadding2D", data_format)

    def call(self, x):
        axes_of("ZeroPadding2D", x.shape, 2)
        return ops.zero_pad(x, padding=self.padding)


class ZeroPadding1D(Layer):
    """Put zeros before and after signals: (N,T,C) -> (N, before + T + after, C).   Formula: edunet.ops.zero_pad

    Args: padding, one number or (before, after).
    """

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding = edges("ZeroPadding1D", "padding", padding, 1)
        self.data_format = channels_last("ZeroPadding1D", data_format)

    def call(self, x):
        axes_of("ZeroPadding1D", x.shape, 1)
        return ops.zero_pad(x, padding=(self.padding,))


class Cropping2D(Layer):
    """Cut the edges of images off: (N,H,W,C) -> (N, H − top − bottom, W − left − right, C).

    Args: cropping, one number, (rows, columns) or ((top, bottom), (left, right)).
    """

    def __init__(self, cropping=0, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping = edges("Cropping2D", "cropping", cropping, 2)
        self.data_format = channels_last("Cropping2D", data_format)

    def call(self, x):
        return _cut(self, x, self.cropping)


class Cropping1D(Layer):
    """Cut steps off at both ends of signals: (N,T,C) -> (N, T − before − after, C).

    Args: cropping, one number or (before, after).
    """

    def __init__(self, cropping=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping = edges("Cropping1D", "cropping", cropping, 1)
        self.data_format = channels_last("Cropping1D", data_format)

    def call(self, x):
        return _cut(self, x, (self.cropping,))


class CenterCrop(Layer):
    """Cut the middle out of images: (N,H,W,C) -> (N,height,width,C); of an odd rest more is cut off at the end.

    Args: height and width of what is left.
    Raises ValueError for smaller images, which Keras would enlarge.

    >>> CenterCrop(2, 1)(np.arange(9.0).reshape(1, 3, 3, 1))[0, :, :, 0]
    array([[1.],
           [4.]], dtype=float32)
    """

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.height, self.width = whole("CenterCrop", "height", height), whole("CenterCrop", "width", width)
        self.data_format = channels_last("CenterCrop", data_format)

    def call(self, x):
        return middle(self, x)


def rest(layer, x) -> tuple[int, int]:
    """Return how many rows and columns of an image are cut off, or raise ValueError."""
    kind, (height, width) = type(layer).__name__, (layer.height, layer.width)
    axes_of(kind, x.shape, 2)
    if height > x.shape[1] or width > x.shape[2]:
        raise ValueError(
            f"{kind}: {height} × {width} pixels cannot be cut from images of {x.shape[1]} × {x.shape[2]}. Ask for "
            "fewer, or enlarge the images before."
        )
    return x.shape[1] - height, x.shape[2] - width


def middle(layer, x):
    """Return the middle of images, layer.height × layer.width."""
    top, left = (n // 2 for n in rest(layer, x))
    return tensor.take(x, key=(slice(None), slice(top, top + layer.height), slice(left, left + layer.width)))


def _cut(layer, x, ends):
    axes_of(type(layer).__name__, x.shape, len(ends))
    if any(sum(end) >= n for end, n in zip(ends, x.shape[1:-1], strict=True)):
        raise ValueError(
            f"{type(layer).__name__}: nothing is left of x {x.shape}. Received cropping={layer.cropping}, cut off less."
        )
    middle = (slice(before, n - after) for (before, after), n in zip(ends, x.shape[1:-1], strict=True))
    return tensor.take(x, key=(slice(None), *middle))
