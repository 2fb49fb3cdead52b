"""Exercise receptive_field: how many pixels of a row does one unit see, through several layers?."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["RECEPTIVE_FIELD"]


def receptive_field(windows, strides):
    seen, step = 1, 1
    for u, s in zip(windows, strides, strict=True):
        seen += (int(u) - 1) * step
        step *= int(s)
    return seen


def _layers(rng, i):
    windows = ((5, 2, 3), (3, 2, 3, 2), (7, 3, 2), (3, 5, 2, 4, 3))[i]
    strides = ((2, 3, 1), (1, 2, 1, 2), (3, 1, 2), (2, 1, 2, 1, 3))[i]
    return np.array(windows), np.array(strides)


def _before(strides):
    return np.cumprod(np.append(1, strides[:-1]))


RECEPTIVE_FIELD = Exercise(
    "receptive_field",
    "05",
    "how many pixels of a row does one unit see, through several layers?",
    receptive_field,
    _layers,
    (
        Mistake(
            "the strides are forgotten: behind a stride of 2, neighbours are two pixels apart.",
            lambda u, s: int(1 + np.sum(u - 1)),
        ),
        Mistake(
            "the windows are added up. But two windows of 3, one behind the other, see 5 pixels, not 6: what do you "
            "count twice?",
            lambda u, s: int(np.sum(u)),
        ),
        Mistake("the windows are multiplied; each layer adds to what is seen.", lambda u, s: int(np.prod(u))),
        Mistake(
            "a layer's own stride counts already in its own window. It matters only to the layers behind it.",
            lambda u, s: int(1 + np.sum((u - 1) * np.cumprod(s))),
        ),
        Mistake(
            "only the stride of the layer right before counts in your code; the steps of all earlier layers multiply.",
            lambda u, s: int(1 + np.sum((u - 1) * np.append(1, s[:-1]))),
        ),
        Mistake(
            "each window is multiplied by its own stride. Which strides lie between this layer and the picture?",
            lambda u, s: int(1 + np.sum((u - 1) * s)),
        ),
        Mistake(
            "the strides of the layers behind count in your code; it must be those before.",
            lambda u, s: int(1 + np.sum((u - 1) * np.append(np.cumprod(s[::-1])[::-1][1:], 1))),
        ),
        Mistake(
            "the 1 at the beginning is missing: without any layer a unit sees its own pixel.",
            lambda u, s: int(np.sum((u - 1) * _before(s))),
        ),
        Mistake(
            "a window of u adds u − 1 new pixels, not u: one of them was seen before.",
            lambda u, s: int(1 + np.sum(u * _before(s))),
        ),
        Mistake(
            "this is an area, the pixels of a square; wanted are the pixels of one row.",
            lambda u, s: receptive_field(u, s) ** 2,
        ),
        Mistake(
            "the distance between neighbours grows by adding in your code. But two strides of 2, one behind the other, "
            "make one of 4, and two of 3 one of 9.",
            lambda u, s: int(1 + np.sum((u - 1) * (1 + np.cumsum(np.append(0, s[:-1] - 1))))),
        ),
        Mistake(
            "only the first layer counts: does `return` stand inside the loop?",
            lambda u, s: int(u[0]),
        ),
        Mistake(
            "only the last layer counts: does = stand where += should?",
            lambda u, s: int((u[-1] - 1) * _before(s)[-1]),
        ),
    ),
    (
        "One layer of 3 sees 3 pixels; a second layer of 3 behind it sees 5; a third 7. What does each layer add?",
        "Keep two numbers: how many pixels are seen (1 at first), and how far apart neighbours are (1 at first).",
        "For each layer: what is seen grows by (window − 1) times the distance; then the distance is multiplied by "
        "the stride.",
    ),
    # counted on squared paper; the last is the article's network: 3, pool 2, 3, pool 2, 3
    known=(
        ((np.array([3, 3]), np.array([1, 1])), 5),
        ((np.array([3, 2, 3]), np.array([1, 2, 1])), 8),
        ((np.array([3, 2, 3, 2, 3]), np.array([1, 2, 1, 2, 1])), 18),
    ),
)
