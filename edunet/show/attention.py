"""Pictures of attention: who looks at whom."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.tensor import Tensor

__all__ = ["attention"]


def attention(A, *, queries=None, keys=None, pairs=None, synthetic=False):
    """Draw the table of attention: each row is a query, and shares 1 out among the keys; the darker, the more.

    Args: A (T,S) as ops.attention_weights gives it, or (heads,T,S) for several tables side by side; queries (T,) and
    keys (S,), words for the axes (keys are the queries if there are as many of both); pairs, [(query, key), ...] by
    number, marked by frames: what should be looked at, if that is known.
    Raises ValueError for other shapes, for a row that neither sums to 1 nor is 0, and for pairs outside the table.

    >>> A = np.array([[0.9, 0.1], [0.5, 0.5]])
    >>> attention(A, queries=["pain", "fever"]).axes[0].get_ylabel()
    'query: who looks'
    """
    A = _tables(A)
    heads, T, S = A.shape
    if keys is None and queries is not None and T == S:
        keys = queries
    queries, keys = _words("queries", queries, T), _words("keys", keys, S)
    pairs = [tuple(pair) for pair in ([] if pairs is None else pairs)]
    for pair in pairs:
        if len(pair) != 2 or not (0 <= pair[0] < T and 0 <= pair[1] < S):
            raise ValueError(f"attention: pairs are (query, key) below ({T}, {S}). Received: {pair}.")
    across = heads if heads < 4 else 3 if heads in (5, 6) else 4
    down = -(-heads // across)
    wide = {1: 5.0, 2: 3.8, 3: 2.6, 4: 2.0}[across]
    figure = blank_figure(wide * across + 1.3, max(wide * T / S, 1.2) * down + 1.4, synthetic)
    spots = figure.subplots(down, across, squeeze=False).reshape(-1)
    for axes in spots[heads:]:
        axes.set_axis_off()
    for head, axes in enumerate(spots[:heads]):
        drawn = axes.imshow(A[head], cmap="Greys", vmin=0, vmax=A.max() or 1)
        _label(axes, queries, keys, first=head % across == 0, last=head + across >= heads)
        if heads > 1:
            axes.set_title(f"head {head}", fontsize=10)
        if max(T, S) * across <= 8:
            _numbers(axes, A[head], A.max())
        _frames(axes, pairs)
    figure.colorbar(drawn, ax=list(spots), label="share of attention", shrink=0.9)
    if pairs:
        figure.legend(handles=spots[0].patches[:1], loc="outside lower left", fontsize=9, frameon=False)
    figure.suptitle("Each query (row) shares 1 out among the keys", fontsize=11)
    return figure


def _tables(A):
    """Return A as (heads,T,S), or say what is wrong with it."""
    A = np.asarray(A.data if isinstance(A, Tensor) else A)
    if A.ndim not in (2, 3) or not A.size:
        hint = " For the first example type A[0]." if A.ndim == 4 else ""
        raise ValueError(f"attention: expected A (T, S) or (heads, T, S). Received shape {A.shape}.{hint}")
    A = A if A.ndim == 3 else A[None]
    sums = A.sum(axis=-1)
    wrong = (A < 0).any(axis=-1) | ~(np.isclose(sums, 1, atol=1e-3) | (A == 0).all(axis=-1))
    if wrong.any():
        head, row = np.argwhere(wrong)[0]
        columns = np.allclose(A.sum(axis=-2), 1, atol=1e-3)
        hint = " Its columns do: use A.swapaxes(-1, -2)." if columns else " For scores type ops.softmax(scores)."
        raise ValueError(
            f"attention: every row holds shares that sum to 1, or 0 if it may look at nothing. Row {row} of head "
            f"{head} sums to {sums[head, row]:.4g}, its least entry is {A[head, row].min():.4g}.{hint}"
        )
    return A


def _words(name, words, n):
    words = [str(i) for i in range(n)] if words is None else [str(word) for word in words]
    if len(words) != n:
        raise ValueError(f"attention: expected {n} {name}. Received {len(words)}.")
    return words


def _label(axes, queries, keys, first, last):
    """Write words at every row and column, or at so many that they can be read."""
    for words, set_ticks, turn in ((queries, axes.set_yticks, {}), (keys, axes.set_xticks, {"rotation": 60})):
        step = -(-len(words) // 30)
        set_ticks(range(0, len(words), step), words[::step], fontsize=9, **turn)
    axes.tick_params(labelleft=first, labelbottom=last)
    axes.set_ylabel("query: who looks" if first else "")
    axes.set_xlabel("key: who is looked at" if last else "")


def _numbers(axes, table, top):
    for (i, j), share in np.ndenumerate(table):
        axes.text(j, i, f"{share:.2f}", ha="center", va="center", color="white" if share > top / 2 else "black")


def _frames(axes, pairs):
    from matplotlib.patches import Rectangle

    for n, (i, j) in enumerate(pairs):
        label = "true pair" if n == 0 else None
        axes.add_patch(
            Rectangle(
                (j - 0.46, i - 0.46), 0.92, 0.92, fill=False, edgecolor=LOOKS[1]["color"], linewidth=2, label=label
            )
        )
