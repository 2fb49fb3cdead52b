"""Embedding: a vector for each word, drug or diagnosis code, and for each position in a sequence."""

import numpy as np

from edunet.backend import floatx
from edunet.tensor import differentiable

__all__ = ["embedding", "sine_positions"]


@differentiable
def embedding(w, *, indices):
    """Look up one row of a table for each code: the same as one-hot(indices) · w, without the zeros.

        y[..., d] = w[indices[...], d]
    Gradient: every place where code v was used adds to row v,
        dw[v,d] = Σ dy[..., d] over the places with indices[...] = v
    Shapes: w (V,D), indices whole numbers 0 ... V−1 of any shape, y (*indices.shape, D).
    Raises TypeError for indices that are not whole numbers, ValueError that names the first one out of range.
    Source: Bengio et al., A neural probabilistic language model (2003).   Tutorial: lesson 11

    >>> embedding(np.array([[0.0, 0.0], [1.0, 2.0]]), indices=[1, 0, 1])
    array([[1., 2.],
           [0., 0.],
           [1., 2.]])
    """
    indices = np.asarray(indices)
    if w.ndim != 2:
        raise ValueError(f"embedding: expected w (V, D), a row for each code. Received w of shape {w.shape}.")
    if indices.dtype.kind not in "iu":
        repair = "indices.astype(int)" if indices.dtype.kind in "fb" else "np.unique(codes, return_inverse=True)[1]"
        raise TypeError(
            f"embedding: indices are whole numbers, one for each code. Received dtype {indices.dtype}. Type {repair}."
        )
    outside = np.argwhere((indices < 0) | (indices >= len(w)))
    if len(outside):
        place = tuple(int(i) for i in outside[0])
        raise ValueError(
            f"embedding: index {indices[place]} at place {place} has no row; w {w.shape} has rows 0 to {len(w) - 1}. "
            f"{len(outside)} of {indices.size} indices are out of range. "
            "Make the table larger, or map rare codes to one row."
        )

    def backward(dy):
        dw = np.zeros_like(w)
        np.add.at(dw, indices, dy)
        return dw

    return w[indices], backward


def sine_positions(length, width):
    """Write each position as a row of sines and cosines, like the hands of clocks of many speeds.

        PE[t,2i] = sin(t / 10000^(2i/D))        PE[t,2i+1] = cos(t / 10000^(2i/D))        D = width
    Shapes: the result is an array (length, width) of dtype `floatx()`; a constant, without gradient.
    Raises ValueError unless both are whole numbers, length >= 0 and width >= 1.
    Source: Vaswani et al., Attention is all you need (2017), section 3.5.   Tutorial: lesson 11

    >>> sine_positions(2, 4).round(2)
    array([[0.  , 1.  , 0.  , 1.  ],
           [0.84, 0.54, 0.01, 1.  ]], dtype=float32)
    """
    for name, value, least in (("length", length, 0), ("width", width, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"sine_positions: {name} is a whole number >= {least}. Received: {value!r}")
    t, column = np.arange(length)[:, None], np.arange(width)[None, :]
    angle = t / 10000.0 ** (column // 2 * 2 / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle)).astype(floatx())
