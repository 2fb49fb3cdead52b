"""Work out one number of a layer, a loss or an optimizer: symbols, shapes, and the actual numbers, there and back.

One file for each topic writes the page, `page` holds it, `as_text`, `as_html` and `as_latex` print it.
"""

import math

import numpy as np

from edunet import layers, losses, ops, optimizers
from edunet.names import refuse_unknown
from edunet.show.working.as_html import as_html
from edunet.show.working.as_latex import as_latex
from edunet.show.working.as_text import as_text
from edunet.show.working.attention import attention
from edunet.show.working.conv import conv
from edunet.show.working.dense import dense
from edunet.show.working.gru import gru
from edunet.show.working.loss import loss
from edunet.show.working.lstm import lstm
from edunet.show.working.pool import pool
from edunet.show.working.rnn import rnn
from edunet.show.working.update import update

__all__ = ["Working", "working"]

OBJECTS = {
    layers.Dense: dense,
    layers.Conv2D: conv,
    layers.Conv1D: conv,
    layers.MaxPooling2D: pool,
    layers.AveragePooling2D: pool,
    layers.MaxPooling1D: pool,
    layers.AveragePooling1D: pool,
    layers.SimpleRNN: rnn,
    layers.GRU: gru,
    layers.LSTM: lstm,
    layers.Attention: attention,
    layers.MultiHeadAttention: attention,
    losses.SparseCategoricalCrossentropy: loss,
    losses.CategoricalCrossentropy: loss,
    losses.BinaryCrossentropy: loss,
    optimizers.Adam: update,
    optimizers.AdamW: update,
    optimizers.RMSprop: update,
    optimizers.SGD: update,
}
OPS = {
    ops.attention: attention,
    ops.sparse_softmax_crossentropy: loss,
    ops.softmax_crossentropy: loss,
    ops.sigmoid_crossentropy: loss,
}


class Working:
    """A worked page: `print(page)` or `page.text`, HTML in a notebook, `page.latex` for an article."""

    def __init__(self, page):
        self._page = page

    @property
    def text(self) -> str:
        """The page for a terminal."""
        return as_text(self._page)

    @property
    def latex(self) -> str:
        """The page for MathJax, KaTeX or LaTeX: formulas between $$ and $$, sentences between them."""
        return as_latex(self._page)

    def _repr_html_(self) -> str:
        return as_html(self._page)

    def __str__(self):
        return self.text

    __repr__ = __str__


def working(what, *arrays, at=None, dy=1.0, **unknown) -> Working:
    """Write out how one number was computed, and how the gradient goes back from it.

    First the symbols with their indices, then the shapes, then the numbers of one chosen output, forward and
    backward. The layer computes it too: the page shows both answers, and no page is made if they differ.

        what                                            arrays              at
        Dense                                           x                   (n, u), or (n, ..., u)
        Conv2D, MaxPooling2D, AveragePooling2D          x                   (n, i, j, f); 1D: (n, t, f)
        SimpleRNN, GRU, LSTM                            x                   (n, t, u)
        Attention                                       query, value[, key] (n, i), a row of the output
        MultiHeadAttention                              query, value[, key] (n, head, i), a row of one head
        ops.attention                                   q, k, v             (n, ..., i)
        a cross-entropy of edunet.losses                y_true, y_pred      n, or (n, u)
        ops.sparse_softmax_crossentropy and the like    z, labels           n
        Adam, AdamW, RMSprop, SGD                       w, dw[, m, v]       a place of w

    Args: what, one of these, as an object; arrays, what it would be called with; at, the place of one output,
    one where much happens unless given; dy, the gradient of the loss for that output.
    A layer that has no weights yet is built, as by calling it. Nothing else is changed: no weight, no optimizer.
    Returns a page: text, HTML (tables and inline styles only) and `.latex`.
    Raises ValueError for a place outside the shape, TypeError for what has no page, RuntimeError if the layer computes
    something else than its formula.

    >>> from edunet import layers
    >>> page = working(layers.Dense(1, kernel_initializer="ones"), np.array([[2.0, 3.0]]))
    >>> page.text.splitlines()[5].strip()
    'z[0,0] = Σ_d x[0,d] · w[d,0] + b[0]'
    """
    write = _writer(what)
    if unknown and write is attention:
        raise TypeError(
            f"working writes out attention without a mask. Received: {', '.join(unknown)}. For query i of a causal "
            "table hand over what it may see: working(ops.attention, q[i : i + 1], k[: i + 1], v[: i + 1])"
        )
    refuse_unknown("working", unknown, ("at", "dy"))
    if isinstance(dy, bool) or not isinstance(dy, (int, float, np.number)) or not math.isfinite(dy):
        raise TypeError(f"working: dy is one number, the gradient of the loss for the chosen output. Received: {dy!r}")
    return Working(write(what, arrays, at, float(dy)))


def _writer(what):
    """Return the function that writes the page, or raise TypeError that says what there is."""
    for op, write in OPS.items():
        if what is op:
            return write
    for kind in type(what).__mro__:
        if kind in OBJECTS:
            return OBJECTS[kind]
    known = ", ".join([kind.__name__ for kind in OBJECTS] + [f"ops.{op.__name__}" for op in OPS])
    hint = ""
    if isinstance(what, type) and any(kind in OBJECTS for kind in what.__mro__):
        hint = f" This is a class: make an object of it first, {what.__name__}(...)."
    elif hasattr(what, "layers"):
        hint = " Choose one layer of the model: working(model.layers[0], x)."
    raise TypeError(f"working: expected one of {known}. Received: {what!r}.{hint}")
