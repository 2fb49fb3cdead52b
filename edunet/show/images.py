"""Pictures of a convolution: its filters, and what they make of an image."""

import numpy as np

from edunet.canvas import blank_figure, draw_image, shades
from edunet.layers import Conv2D, Layer
from edunet.layers.dense import whole
from edunet.models import Model
from edunet.show.drawn import map_of
from edunet.tensor import Tensor, no_gradients

__all__ = ["feature_maps", "filters", "one_image"]

MOST = 8  # rows of filters: more would be too small to see
WIDE, TALL = 1.08, 1.3  # from one tile to the next, in tiles


def filters(layer, *, names=None, columns=8, synthetic=False):
    """Draw the filters of a convolution: light where a weight is positive, dark where negative, all on one scale.

    Args: layer, a Conv2D, or weights (U,V,C,F); names, one for each of the F filters; columns, filters side by side.
    Filters of one channel fill as many rows as they need; with several channels each channel has its row. At most 8
    rows are drawn, and the title says what was left out.
    Raises TypeError for another layer, ValueError for weights of another shape or a layer without weights yet.

    >>> figure = filters(np.random.default_rng(0).normal(size=(3, 3, 1, 4)))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['filter 0', 'filter 1', 'filter 2', 'filter 3']
    """
    w = _weights(layer)
    U, V, C, F = w.shape
    names = [f"filter {f}" for f in range(F)] if names is None else [str(name) for name in names]
    if len(names) != F:
        raise ValueError(f"filters: expected one name for each of {F} filters. Received {len(names)}.")
    columns = whole("filters", "columns", columns)
    shown = min(F, columns * MOST if C == 1 else columns)
    across, channels = min(shown, columns), min(C, MOST)
    tiles = np.concatenate([w[:, :, c, :shown] for c in range(channels)], axis=-1)
    scale = shades(w) | {"cmap": "cividis", "vmin": -np.abs(w).max() or -1}  # 0 in the middle, even if none is negative
    rows = -(-tiles.shape[-1] // across)
    figure = blank_figure(max(1.0 * across + 1.4, 4), 1.12 * rows + 0.7, synthetic)
    axes = figure.subplots()
    _tile(axes, tiles, across, names[:shown], scale)
    if C > 1:
        for c in range(channels):
            axes.text(-0.1 * V, (c * TALL + 0.5) * U, f"channel {c}", rotation=90, ha="right", va="center", fontsize=9)
    figure.colorbar(axes.images[0], ax=axes, label="weight", shrink=0.9, aspect=10 + 4 * rows)
    left_out = [f"filters 0-{shown - 1}"] * (shown < F) + [f"channels 0-{channels - 1}"] * (channels < C)
    figure.suptitle(
        f"{F} filter{'s' * (F > 1)} of {U} × {V} weights"
        + (f" for each of {C} channels" if C > 1 else "")
        + (f"; shown: {', '.join(left_out)}" if left_out else ""),
        fontsize=11,
    )
    return figure


def _tile(axes, tiles, columns, names, scale):
    """Draw tiles (U,V,K) side by side in one pair of axes, which takes a tenth of the time of K pairs."""
    from matplotlib.patches import Rectangle

    U, V, K = tiles.shape
    for k in range(K):
        left, top = k % columns * WIDE * V, k // columns * TALL * U
        axes.imshow(tiles[:, :, k], extent=(left, left + V, top + U, top), interpolation="nearest", **scale)
        axes.add_patch(Rectangle((left, top), V, U, fill=False, linewidth=0.8, clip_on=False))
        if k < len(names):
            axes.text(left + V / 2, top - 0.05 * U, names[k], ha="center", va="bottom", fontsize=9)
    axes.set_xlim(0, min(K, columns) * WIDE * V - (WIDE - 1) * V)
    axes.set_ylim((-(-K // columns) * TALL - TALL + 1) * U, -0.25 * U)
    axes.set_axis_off()


def _weights(layer):
    """Return filters (U,V,C,F), of a layer or as they are."""
    if isinstance(layer, Layer):
        if not isinstance(layer, Conv2D):
            hint = " Take the layer out of the model: model.layers[0]." if isinstance(layer, Model) else ""
            raise TypeError(f"filters: expected a Conv2D. Received {type(layer).__name__} {layer.name!r}.{hint}")
        if not layer.built:
            raise ValueError(
                f"filters: {layer.name!r} has no weights yet. Call it on an image, or fit the model first."
            )
        layer = layer.kernel
    w = np.asarray(layer)
    if w.ndim != 4 or not w.size:
        hints = {2: " For one filter type w[..., None, None].", 3: " For one channel type w[:, :, None]."}
        raise ValueError(
            f"filters: expected weights (U, V, C, F), 4 axes. Received shape {w.shape}.{hints.get(w.ndim, '')}"
        )
    return w


def feature_maps(model, image, *, layer=None, synthetic=False):
    """Draw one image and the map that each filter of a layer makes of it: light where the filter found its pattern.

    Args: model, or a single layer from images to maps; image (H,W,C), or (H,W) for grey, scaled as the model expects
    it; layer, of the model: a name, a place or the layer itself, the first Conv2D unless given.
    At most 32 maps are drawn. If some values are negative, the middle of the scale is zero.
    Raises TypeError for something else than a model or layer, ValueError for a wrong shape or an unknown layer.

    >>> layer = Conv2D(4, 3, name="edges")
    >>> feature_maps(layer, np.ones((8, 8))).get_suptitle()
    "What the 4 filters of 'edges' make of an image: maps of 6 × 6"
    """
    image = one_image("feature_maps", image)
    if not isinstance(model, Layer):
        raise TypeError(f"feature_maps: expected a model or a layer. Received: {model!r}.")
    x = image[None].astype(model.dtype)
    name, up_to_here = model.name, model
    if isinstance(model, Model):
        chosen = map_of("feature_maps", model, layer, _first_convolution)
        model.adjust_rank([x])
        name, up_to_here = chosen.node.layer.name, Model(model.inputs, chosen, name="up_to_here")
    with no_gradients():
        maps = np.asarray(up_to_here(x))
    if maps.ndim != 4:
        raise ValueError(f"feature_maps: {name!r} gives shape {maps.shape}, no maps (N, I, J, F).")
    return _sheet(image, maps[0], name, synthetic)


def _first_convolution(symbols):
    return next((symbol for symbol in symbols if isinstance(symbol.node.layer, Conv2D)), None)


def _sheet(image, maps, name, synthetic):
    """Draw the image at the left and the maps (I,J,F) beside it."""
    I, J, F = maps.shape
    shown = min(F, 32)
    across = min(shown, 4 if shown <= 8 else 6)
    rows = -(-shown // across)
    figure = blank_figure(max(1.1 * across + 3.3, 6), max(1.3 * rows, 2.2) + 0.6, synthetic)
    left, right = figure.subplots(1, 2, width_ratios=(2.2, 1.08 * across + 0.6))
    draw_image(left, image)
    left.set_title(f"image, {image.shape[0]} × {image.shape[1]} pixels", fontsize=9)
    left.set_xticks([])
    left.set_yticks([])
    _tile(right, maps[:, :, :shown], across, [f"map {f}" for f in range(shown)], shades(maps))
    figure.colorbar(right.images[0], ax=right, label="value", shrink=0.9)
    rest = f"; shown: maps 0-{shown - 1}" if shown < F else ""
    kind = f"the {F} filters of {name!r} make" if F > 1 else f"the filter of {name!r} makes"
    figure.suptitle(f"What {kind} of an image: maps of {I} × {J}{rest}", fontsize=11)
    return figure


def one_image(op, image):
    """Return an image as an array (H,W,C); one in a batch of its own, (1,H,W,C), will do."""
    image = np.asarray(image.data if isinstance(image, Tensor) else image)
    if image.ndim == 4 and len(image) == 1:
        image = image[0]
    if image.ndim == 2:
        image = image[..., None]
    if image.ndim != 3 or not image.size:
        hint = " For the first of several type x[0]." if image.ndim == 4 else ""
        raise ValueError(f"{op}: expected one image (H, W) or (H, W, C). Received shape {image.shape}.{hint}")
    return image
