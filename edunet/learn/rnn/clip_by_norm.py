"""Exercise clip_by_norm: a gradient that is too long is shortened and keeps its direction."""

import math

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CLIP_BY_NORM"]


def clip_by_norm(g, limit):
    norm = math.sqrt(float(np.sum(g**2)))
    return g * (limit / norm) if norm > limit else g.copy()


def _clip_by(size_of):
    def wrong(g, limit):
        size = float(size_of(g))
        return g * (limit / size) if size > limit else g

    return wrong


def _long_and_short(rng, i):
    """Gradients of a vector or a table, too long; in the second trial one that is short enough."""
    g = rng.normal(size=((3,), (2, 3), (5,), (3, 2))[i])
    return g / np.linalg.norm(g) * (0.6 if i == 1 else 9.0 + i), 2.0 - 0.2 * i


def _row_by_row(g, limit):
    norm = np.linalg.norm(g, axis=-1, keepdims=True)
    return np.where(norm > limit, g * (limit / norm), g)


CLIP_BY_NORM = Exercise(
    "clip_by_norm",
    "08",
    "a gradient that is too long is shortened and keeps its direction",
    clip_by_norm,
    _long_and_short,
    (
        Mistake(
            "each number is cut off by itself (np.clip): that turns the gradient into another direction. Shorten the "
            "whole arrow by one factor.",
            lambda g, limit: np.clip(g, -limit, limit),
        ),
        Mistake(
            "short gradients are stretched to the limit too; leave them as they are.",
            lambda g, limit: g * (limit / np.linalg.norm(g)),
        ),
        Mistake(
            "the long are left alone and the short are stretched: the comparison is the wrong way round.",
            lambda g, limit: g * (limit / np.linalg.norm(g)) if np.linalg.norm(g) < limit else g,
        ),
        Mistake(
            "a square root is missing: the length is the root of the sum of squares.",
            _clip_by(lambda g: np.sum(g**2)),
        ),
        Mistake(
            "the length is measured by the largest number; take the root of the sum of squares.",
            _clip_by(lambda g: np.max(np.abs(g))),
        ),
        Mistake(
            "the length is measured by the sum of the absolute values; take the root of the sum of squares.",
            _clip_by(lambda g: np.sum(np.abs(g))),
        ),
        Mistake(
            "the shortened gradient has length 1, not `limit`.",
            lambda g, limit: g / np.linalg.norm(g) if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "the factor is upside down: too long a gradient gets longer still.",
            lambda g, limit: g * (np.linalg.norm(g) / limit) if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "too long a gradient is thrown away: then the neuron stands still. Shorten it.",
            lambda g, limit: g * 0 if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "only the length is returned; the gradient itself is wanted.",
            lambda g, limit: float(min(np.linalg.norm(g), limit)),
        ),
        Mistake("the gradient comes back as it was, also where it is too long.", lambda g, limit: g),
        Mistake(
            "each row of a table has a length of its own in your code. All numbers together are one arrow, with one "
            "length.",
            _row_by_row,
        ),
        Mistake(
            "for a table, norm(g, 2) is something else: how much the matrix stretches. Wanted is the length of all its "
            "numbers, as if they stood in one row.",
            _clip_by(lambda g: np.linalg.norm(g, 2)),
        ),
        Mistake(
            "a number is subtracted: that turns the arrow. It keeps its direction if all numbers change by one factor.",
            lambda g, limit: g - max(np.linalg.norm(g) - limit, 0.0),
        ),
    ),
    (
        "An arrow is too long. Its direction is right. By which factor must it be multiplied to have the length limit?",
        "Length: the square root of np.sum(g**2). If it is larger than limit, multiply g by limit/length; else do not.",
        "if norm > limit: return g * (a fraction). Otherwise return g.",
    ),
    # the triangle of 3, 4, 5
    known=(
        ((np.array([3.0, -4.0]), 1.0), np.array([0.6, -0.8])),
        ((np.array([3.0, -4.0]), 6.0), np.array([3.0, -4.0])),
    ),
)
