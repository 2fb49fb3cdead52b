"""What moves, repeats or joins numbers; and layers that do nothing once learning is over."""

from functools import reduce

import numpy as np

from edunet.interop.onnx.graph import Value
from edunet.interop.onnx.refusal import refuse
from edunet.layers.symbol import Symbol

__all__ = ["LAYERS", "joined_masks"]


def identity(g, layer, x):
    return x.name


def flatten(g, layer, x):
    return g.add("Flatten", x.name, axis=1)


def reshape(g, layer, x):
    return g.add("Reshape", x.name, g.whole(0, *layer.target_shape))


def permute(g, layer, x):
    return g.transpose(x.name, (0, *layer.dims))


def repeat_vector(g, layer, x):
    return g.add("Expand", g.add("Unsqueeze", x.name, g.whole(1)), g.whole(1, layer.n, 1))


def zero_padding(g, layer, x):
    """Zeros around the axes between batch and channels."""
    sides = layer.padding if isinstance(layer.padding, (list, tuple)) else (layer.padding,) * (len(x.shape) - 2)
    sides = [sides] if len(x.shape) == 3 and np.ndim(sides) == 1 and len(sides) == 2 else sides
    sides = [s if isinstance(s, (list, tuple)) else (s, s) for s in sides]
    pads = g.whole(0, *(s[0] for s in sides), 0, 0, *(s[1] for s in sides), 0)
    return g.add("Pad", x.name, pads, g.scalar(0, x.dtype))


def cropping(g, layer, x):
    sides = [layer.cropping] if len(x.shape) == 3 and np.ndim(layer.cropping) == 1 else layer.cropping
    starts, ends = [s[0] for s in sides], [-s[1] if s[1] else np.iinfo(np.int64).max for s in sides]
    return g.add("Slice", x.name, g.whole(*starts), g.whole(*ends), g.whole(*range(1, 1 + len(starts))))


def middle(g, layer, x):
    size = g.whole(layer.height, layer.width)
    both = g.add("Concat", g.size(x.name, 1), g.size(x.name, 2), axis=0)
    start = g.add("Div", g.add("Sub", both, size), g.whole(2))
    return g.add("Slice", x.name, start, g.add("Add", start, size), g.whole(1, 2))


def up_sampling_2d(g, layer, x):
    scales = g.constant(np.array([1, 1, *layer.size], np.float32), "scales")
    how = {
        "nearest": {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
        "bilinear": {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
    }
    first = g.channels_first(x.name, 4)
    return g.channels_last(g.add("Resize", first, None, scales, **how[layer.interpolation]), 4)


def up_sampling_1d(g, layer, x):
    """Every step stands `size` times: (N,T,C) -> (N,T,1,C) -> (N,T,size,C) -> (N,T·size,C)."""
    wide = g.add("Expand", g.add("Unsqueeze", x.name, g.whole(2)), g.whole(1, 1, int(layer.size), 1))
    return g.add("Reshape", wide, g.add("Concat", g.whole(0, -1), g.size(x.name, -1), axis=0))


# ---------------------------------------------------------------- several inputs


def _names(xs):
    return [x.name for x in xs]


def add(g, layer, xs):
    return reduce(lambda a, b: g.add("Add", a, b), _names(xs))


def multiply(g, layer, xs):
    return reduce(lambda a, b: g.add("Mul", a, b), _names(xs))


def subtract(g, layer, xs):
    return g.add("Sub", *_names(xs))


def average(g, layer, xs):
    return g.add("Mul", add(g, layer, xs), g.scalar(1 / len(xs), layer.dtype))


def maximum(g, layer, xs):
    return g.add("Max", *_names(xs))


def minimum(g, layer, xs):
    return g.add("Min", *_names(xs))


def dot(g, layer, xs):
    """(N,I,K)·(N,K,J) -> (N,I,J), where an input of one row, or column, lends an axis for a while."""
    (a, b), (i, j) = xs, layer.places(xs)
    first, second = (_of_length_one(g, layer, x.name, k) if layer.normalize else x.name for x, k in ((a, i), (b, j)))
    rows, columns = len(a.shape) == 2, len(b.shape) == 2
    first = g.add("Unsqueeze", first, g.whole(1)) if rows else first if i == 2 else g.transpose(first, (0, 2, 1))
    second = g.add("Unsqueeze", second, g.whole(2)) if columns else second if j == 1 else g.transpose(second, (0, 2, 1))
    y = g.add("MatMul", first, second)
    return g.add("Squeeze", y, g.whole(2 if columns else 1)) if rows or columns else y


def _of_length_one(g, layer, x, axis):
    square = g.add("ReduceSumSquare", x, g.whole(axis), keepdims=1)
    return g.add("Div", x, g.add("Sqrt", g.add("Max", square, g.scalar(1e-12, layer.dtype))))


def concatenate(g, layer, xs):
    return g.add("Concat", *_names(xs), axis=layer.axis)


def residual(g, layer, x):
    """Go round the layers inside; what they make on the way has shapes of its own, found by drawing them again."""
    y = x
    for part in layer.layers:
        drawn = part(Symbol(y.shape, y.dtype, masked=y.mask is not None))
        y = Value(g.layer(part, y), drawn.shape, drawn.dtype, y.mask)
    return g.add("Add", x.name, y.name)


def joined_masks(g, layer, xs):
    """A step counts if it counts in every branch."""
    xs = xs if isinstance(xs, (list, tuple)) else [xs]
    masks = list(dict.fromkeys(x.mask for x in xs if x.mask is not None))
    return reduce(lambda a, b: g.add("And", a, b), masks) if masks else None


def concatenated_masks(g, layer, xs):
    if layer.axis % len(xs[0].shape) != 1 or all(x.mask is None for x in xs):
        return joined_masks(g, layer, xs)
    if any(x.mask is None for x in xs):
        raise refuse(layer, "one sequence has a mask and another has none.", "Give both a mask, or none.")
    return g.add("Concat", *(x.mask for x in xs), axis=1)


LAYERS = {
    **dict.fromkeys(
        [
            "Dropout",
            "GaussianDropout",
            "GaussianNoise",
            "RandomContrast",
            "RandomFlip",
            "RandomRotation",
            "RandomTranslation",
            "RandomZoom",
            "SpatialDropout1D",
            "SpatialDropout2D",
        ],
        identity,
    ),
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": repeat_vector,
    "ZeroPadding1D": zero_padding,
    "ZeroPadding2D": zero_padding,
    "CenterCrop": middle,
    "RandomCrop": middle,
    "Cropping1D": cropping,
    "Cropping2D": cropping,
    "UpSampling1D": up_sampling_1d,
    "UpSampling2D": up_sampling_2d,
    "Add": add,
    "Average": average,
    "Dot": dot,
    "Identity": identity,
    "Maximum": maximum,
    "Minimum": minimum,
    "Multiply": multiply,
    "Subtract": subtract,
    "Concatenate": concatenate,
    "Residual": residual,
}
