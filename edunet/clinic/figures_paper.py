"""What the clinical figures share: lines, titles, curves of a bearable number of points, and the way to paper."""

from __future__ import annotations

import io
import re

import numpy as np

from edunet.clinic.inputs import labels_and_probabilities

__all__ = ["as_svg", "finished", "line_of", "refuse_nobody", "thinned", "title", "with_best"]

POINTS = 400  # of a curve: more would not be seen, and make the page heavy


def as_svg(figure) -> str:
    """Return a figure as the text of an SVG picture that stands in a page.

    The same figure, made anew from the same numbers, gives the same text: there is no date in it. Letters are drawn as
    paths, so that it looks the same where the font is missing. Nothing stands in front of <svg.

    >>> from edunet.clinic.figures import roc_figure
    >>> as_svg(roc_figure([0, 1], [0.2, 0.8]))[:5]
    '<svg '
    """
    import matplotlib

    file = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "edunet", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^.*?(?=<svg\b)", "", file.getvalue(), count=1, flags=re.DOTALL)


def thinned(x, y) -> tuple[np.ndarray, np.ndarray]:
    """Return at most POINTS points of a curve, evenly along its length, with both ends."""
    if x.size <= POINTS:
        return x, y
    along = np.append(0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], POINTS)).clip(max=x.size - 1))
    kept[-1] = x.size - 1
    return x[kept], y[kept]


def line_of(look) -> dict:
    return {"color": look["color"], "linestyle": look["linestyle"], "linewidth": 1.8}


def title(what: str, y) -> str:
    return f"{what}, n = {y.size:,}, {int(y.sum()):,} of them ill"


def finished(figure, axes, where: str, heading: str, square: float = 1.0):
    """Add limits (square: both axes from 0 to there; 0 leaves them), grid, legend and title."""
    if square:
        axes.set_xlim(-0.02 * square, 1.02 * square)
        axes.set_ylim(-0.02 * square, 1.02 * square)
    axes.grid(alpha=0.3)
    axes.legend(loc=where, fontsize=9)
    axes.set_title(heading, fontsize=11)
    return figure


def with_best(what: str, y, p, best) -> list:
    """Return the name and probabilities of each curve, the best possible one last."""
    return [("model", p)] + ([] if best is None else [("best possible", labels_and_probabilities(what, y, best)[1])])


def refuse_nobody(what: str, y) -> None:
    if not y.size:
        raise ValueError(f"{what}: there is no patient to draw. Received y and p of length 0.")
