"""A picture of one number in several groups of patients: a forest plot."""

from __future__ import annotations

import math
import textwrap

from edunet.canvas import LOOKS, blank_figure

__all__ = ["subgroup_figure"]


def subgroup_figure(rows, *, measure: str = "value", overall: float | None = None, synthetic: bool = False):
    """Draw one number in each group of patients with its interval, the groups below each other (a forest plot).

    Args: rows, for each group (name, value, low, high, n), or (name, estimate) with an `Estimate`; measure, what the
    number is, "AUROC"; overall, the number of all patients, drawn as a line; synthetic, mark the figure. A value that
    is nan is written as "not computed".
    Raises ValueError for no rows, or rows of another form.
    The usual misuse: calling two groups different because one interval holds the line and the other does not; and,
    among twenty groups, being surprised by one.

    >>> figure = subgroup_figure([("women", 0.84, 0.80, 0.88, 310), ("men", 0.79, 0.73, 0.85, 190)], measure="AUROC")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['women', 'men']
    """
    rows = [_row(one) for one in rows]
    if not rows:
        raise ValueError("subgroup_figure: expected at least one row (name, value, low, high, n). Received none.")
    figure = blank_figure(6, 1.5 + 0.34 * len(rows), synthetic)
    axes = figure.subplots()
    for place, (_, value, low, high, n, text) in enumerate(rows):
        if math.isnan(value):
            axes.annotate(text, (0.02, place), xycoords=("axes fraction", "data"), va="center", color="0.35")
        else:
            axes.plot(value, place, color=LOOKS[0]["color"], marker="s", markersize=6)
            axes.plot([low, high], [place, place], color=LOOKS[0]["color"], linewidth=1.8, marker="|", markersize=8)
        axes.annotate(f"{n:,}", (1.02, place), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
    axes.annotate("n", (1.02, -0.9), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
    if overall is not None and not math.isnan(overall):
        axes.axvline(overall, color="0.35", linewidth=1, linestyle="--")
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    dashed = "" if overall is None or math.isnan(overall) else f"; dashed: all patients, {overall:.3f}"
    axes.set_xlabel(f"{measure}, with 95 % interval{dashed}")
    axes.grid(alpha=0.3, axis="x")
    return figure


def _row(row) -> tuple:
    row = tuple(row)
    if len(row) == 2 and hasattr(row[1], "low"):
        return (*_row((row[0], row[1], row[1].low, row[1].high, row[1].n))[:-1], row[1].text())
    if len(row) != 5:
        raise ValueError(
            f"subgroup_figure: a row is (name, value, low, high, n) or (name, estimate). Received: {row!r:.80}"
        )
    name, value, low, high, n = row
    return textwrap.fill(str(name), 24), float(value), float(low), float(high), int(n), "not computed"
