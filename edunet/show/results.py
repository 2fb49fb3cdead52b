"""Pictures of a training and of what came out of it."""

import numpy as np

from edunet.callbacks.history import draw
from edunet.canvas import LOOKS, blank_figure
from edunet.metrics import confusion_matrix

__all__ = ["confusion", "curves", "predictions", "samples"]


def curves(history, *, synthetic=False):
    """Draw how loss and metrics went, epoch by epoch; learning solid, validation dashed.

    Args: history, what `fit` returned, or its `.history`; synthetic, mark the figure as made from generated data.
    Raises ValueError if no epoch was finished.
    """
    return draw(history, synthetic)


def confusion(y_true, y_pred, class_names, *, synthetic=False):
    """Draw who was called what: rows are the truth, columns the answer, and each number counts images.

    Args: y_true, y_pred (N,) class numbers; class_names (K,). Shade: share of the row.
    """
    k = len(class_names)
    counts = confusion_matrix(y_true, y_pred, k)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = blank_figure(2.6 + 0.55 * k, 2.0 + 0.5 * k, synthetic)
    axes = figure.subplots()
    image = axes.imshow(share, cmap="Greys", vmin=0, vmax=1)
    for i in range(k):
        for j in range(k):
            if counts[i, j]:
                colour = "white" if share[i, j] > 0.5 else "black"
                axes.text(j, i, counts[i, j], ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(k), class_names, rotation=45, ha="right")
    axes.set_yticks(range(k), class_names)
    axes.set_xlabel("called (each number counts images)")
    axes.set_ylabel("truth")
    figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)
    return figure


def samples(x, y, class_names, *, columns=5, synthetic=False):
    """Draw example images (N,H,W,1 or 3) with the names of their classes."""
    titles = [class_names[int(k)] for k in np.asarray(y).reshape(-1)]
    return _sheet(x, titles, ["black"] * len(titles), columns, synthetic)


def predictions(x, y_true, p, class_names, *, columns=5, synthetic=False):
    """Draw images with the answer and its probability; wrong answers in orange, marked ✗, with the truth below.

    Args: x (N,H,W,C) images; y_true (N,) class numbers; p (N,K) probabilities, or (N,1) for the second of two classes.
    """
    p = np.asarray(p)
    if p.shape[-1] == 1:
        p = np.concatenate([1 - p, p], axis=-1)
    titles, colours = [], []
    for truth, row in zip(np.asarray(y_true).reshape(-1).astype(int), p, strict=True):
        said = int(row.argmax())
        right = said == truth
        titles.append(f"{class_names[said]} {row[said]:.0%}" + ("" if right else f" ✗\ntruth: {class_names[truth]}"))
        colours.append("black" if right else LOOKS[1]["color"])
    return _sheet(x, titles, colours, columns, synthetic)


def _sheet(x, titles, colours, columns, synthetic):
    x = np.asarray(x)
    rows = -(-len(x) // columns)
    figure = blank_figure(1.8 * columns, 2.15 * rows + 0.3, synthetic)
    spots = np.atleast_1d(figure.subplots(rows, columns)).reshape(-1)
    for axes in spots:
        axes.set_axis_off()
    top = 255 if x.dtype == np.uint8 else max(float(x.max()), 1e-12)
    for axes, image, title, colour in zip(spots, x, titles, colours, strict=False):
        if image.ndim == 3 and image.shape[-1] == 3:
            axes.imshow(image if x.dtype == np.uint8 else image / top)
        else:
            axes.imshow(image.reshape(image.shape[:2]), cmap="gray", vmin=0, vmax=top)
        axes.set_title(title, fontsize=9, color=colour)
    return figure
