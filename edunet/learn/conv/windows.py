"""A window on a picture, and what is done with it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["correlate", "fill_map", "half_turn", "window_at"]


def correlate(x, w):
    """Slide w (U,V) over x (H,W) and add up the products at every place where it fits."""
    return np.einsum("ijuv,uv->ij", sliding_window_view(x, w.shape), w)


def half_turn(w):
    return w[::-1, ::-1]


def window_at(x, w, i, j):
    return x[i : i + w.shape[0], j : j + w.shape[1]]


def fill_map(places, number):
    """Fill a map place by place, as a learner does: what fails in number(i, j), fails here."""
    rows, columns = places
    return np.array([[number(i, j) for j in range(columns)] for i in range(rows)])
