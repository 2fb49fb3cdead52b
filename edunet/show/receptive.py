"""Which pixels one unit of a network sees."""

import numpy as np

from edunet import layers
from edunet.canvas import LOOKS, blank_figure, draw_image
from edunet.ops.conv import placement
from edunet.show.drawn import map_of, symbols_of
from edunet.show.images import one_image

__all__ = ["receptive_field"]

# what these give for a place depends on that place alone, unless they work along another axis than the channels
PLACE_BY_PLACE = (
    layers.Activation,
    layers.Add,
    layers.Average,
    layers.BatchNormalization,
    layers.Concatenate,
    layers.Dense,
    layers.Dropout,
    layers.ELU,
    layers.Identity,
    layers.LayerNormalization,
    layers.LeakyReLU,
    layers.Maximum,
    layers.Minimum,
    layers.Multiply,
    layers.ReLU,
    layers.Rescaling,
    layers.Softmax,
    layers.Subtract,
)


def receptive_field(model, at, *, image=None, layer=None, synthetic=False):
    """Draw which pixels of the image one unit of a layer can see, with all layers in between.

        unit i of a window u, stride s, dilation d, padding p looks at i·s + k·d − p,  k = 0 ... u − 1
    Going back from the unit through layer after layer. Pixels of the padding are not counted.
    Args: model, drawn, of one image; at, (row, column) of the unit; image (H,W,C) or (H,W) to draw on; layer, a name,
    a place or the layer itself, the last one with maps unless given.
    Raises ValueError for a place outside the map, and for layers of which it is not known what they look at;
    TypeError if model is none.

    >>> from edunet import models
    >>> model = models.Sequential([layers.Conv2D(2, 3, input_shape=(24, 24, 1)), layers.Conv2D(2, 3, name="b")])
    >>> receptive_field(model, (9, 9)).get_suptitle()
    "One unit of 'b' sees 5 × 5 pixels of 24 × 24"
    """
    symbols = symbols_of("receptive_field", model)
    unit = map_of("receptive_field", model, layer, lambda maps: maps[-1] if maps else None)
    start = model.inputs[0]
    if None in (*start.shape, *unit.shape)[1:4]:
        raise ValueError(f"receptive_field: expected a model for images of one size. Its input is {start.shape}.")
    marked = np.zeros(unit.shape[1:3], bool)
    marked[_place(at, marked.shape)] = True
    seen = _pixels(unit, marked, start, symbols)
    if image is None:
        background = np.where(seen, 0.6, 1.0)[..., None]
    else:
        background = one_image("receptive_field", image)
        if background.shape[:2] != seen.shape:
            raise ValueError(
                f"receptive_field: the model sees {seen.shape} pixels. Received an image {background.shape}."
            )
    return _draw(background, seen, marked, unit.node.layer.name, synthetic)


def _place(at, shape):
    whole = isinstance(at, (tuple, list)) and len(at) == 2 and all(isinstance(n, (int, np.integer)) for n in at)
    if not whole or not all(0 <= n < size for n, size in zip(at, shape, strict=True)):
        raise ValueError(
            f"receptive_field: at is (row, column) of a unit, from (0, 0) to {(shape[0] - 1, shape[1] - 1)}. "
            f"Received: {at!r}."
        )
    return tuple(at)


def _pixels(unit, marked, start, symbols):
    """Go back from marked places of one map to the pixels (H,W) of the input that they depend on."""
    masks = {symbol: np.zeros(symbol.shape[1:3], bool) for symbol in [start, *symbols] if symbol.ndim == 4}
    masks[unit] = marked
    for symbol in reversed([s for s in symbols if s.node.number <= unit.node.number]):
        if symbol in masks and masks[symbol].any():
            for source in symbol.node.inputs:
                if source not in masks:
                    raise ValueError(f"receptive_field: {symbol.node.layer.name!r} stands on {source.shape}, no maps.")
                masks[source] |= _looked_at(symbol.node.layer, masks[symbol], masks[source].shape)
    return masks[start]


def _looked_at(layer, marked, shape):
    """Return which places of a layer's input the marked places of its output look at."""
    if isinstance(layer, PLACE_BY_PLACE) and getattr(layer, "axis", -1) in (-1, 3):
        for axis, n in enumerate(shape):
            if n < marked.shape[axis]:  # a gate of Multiply that holds for all of them
                marked = marked.any(axis=axis, keepdims=True)
        return marked
    if isinstance(layer, layers.Conv2D):
        window, dilation = layer.kernel_size, layer.dilation_rate
    elif isinstance(layer, (layers.MaxPooling2D, layers.AveragePooling2D)):
        window, dilation = layer.pool_size, (1, 1)
    else:
        raise ValueError(
            f"receptive_field: it is not known which places {type(layer).__name__} {layer.name!r} looks at; "
            "Conv2D, pooling, activations, normalization and sums are."
        )
    pad, _ = placement("receptive_field", shape, window, layer.strides, dilation, layer.padding)
    first = np.argwhere(marked) * layer.strides - pad
    seen = np.zeros(shape, bool)
    for tap in np.ndindex(*window):
        places = first + np.multiply(tap, dilation)
        inside = ((places >= 0) & (places < shape)).all(axis=1)
        seen[tuple(places[inside].T)] = True
    return seen


def _draw(background, seen, marked, name, synthetic):
    from matplotlib.patches import Rectangle

    figure = blank_figure(8, 4.6, synthetic)
    left, right = figure.subplots(1, 2)
    draw_image(left, background)
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    for colour, thick in (("white", 5), (LOOKS[1]["color"], 2.5)):  # a white rim shows on dark pixels, in grey too
        corner = (columns[0] - 0.5, rows[0] - 0.5)
        left.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor=colour, linewidth=thick, clip_on=False))
    size, whole = f"{high} × {wide}", f"of {seen.shape[0]} × {seen.shape[1]}"
    if seen.sum() == high * wide:
        text = f"{size} pixels {whole}"
    else:  # dilation leaves holes
        left.plot(*np.argwhere(seen).T[::-1], "o", markersize=4, color=LOOKS[1]["color"], markeredgecolor="white")
        text = f"{seen.sum()} pixels (dots), spread over {size} {whole}"
    left.set_title("what the unit sees", fontsize=10)
    right.imshow(np.where(marked, 0.0, 0.9), cmap="gray", vmin=0, vmax=1)
    i, j = np.argwhere(marked)[0]
    right.set_title(f"map of {name!r}, {marked.shape[0]} × {marked.shape[1]}: unit ({i}, {j})", fontsize=10)
    for axes in (left, right):
        axes.set_xlabel("column")
        axes.set_ylabel("row")
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_locator().set_params(integer=True)
    figure.suptitle(f"One unit of {name!r} sees {text}", fontsize=11)
    return figure
