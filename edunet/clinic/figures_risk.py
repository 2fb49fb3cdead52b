"""Pictures of predicted risks: do they keep their promise, and who was given which?"""

from __future__ import annotations

import math

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.clinic.calibration_groups import calibration_curve
from edunet.clinic.calibration_smooth import smooth_calibration
from edunet.clinic.figures_paper import finished, line_of, refuse_nobody, title, with_best
from edunet.clinic.inputs import labels_and_probabilities

__all__ = ["calibration_figure", "histogram_figure"]

ILL, WELL = LOOKS[1]["color"], LOOKS[0]["color"]


def calibration_figure(y, p, *, best=None, bins: int = 10, groups=None, synthetic: bool = False):
    """Draw what happened against what was predicted: in groups with intervals, and as a smooth curve (loess).

    Below it, the predictions of the ill and of the healthy: where nobody is, the curve above means nothing.
    Args: y (N,) 0 or 1; p (N,) probabilities; best (N,), those of the best possible model; bins, groups of about
    equally many patients; groups (N,), whose each row is, if patients have several; synthetic, mark the figure.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients.
    The usual misuse: a verdict from the groups alone; move bins and the picture moves.
    Source: Van Calster et al., A calibration hierarchy for risk models was defined (2016); Austin & Steyerberg (2019).

    >>> figure = calibration_figure([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9], bins=2)
    >>> [axes.get_xlabel() for axes in figure.axes]
    ['', 'predicted risk']
    """
    y, p = labels_and_probabilities("calibration_figure", y, p)
    refuse_nobody("calibration_figure", y)
    figure = blank_figure(6, 6.6, synthetic)
    axes, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    axes.plot([0, 1], [0, 1], color="0.5", linewidth=1, label="perfect: what is predicted happens")
    curve = calibration_curve(y, p, bins, groups=groups)
    curves = with_best("calibration_figure", y, p, best)
    low, high = (np.where(np.isnan(end), curve.share, end) for end in (curve.low, curve.high))  # no interval, no bar
    top = _top(*(risk.max() for _, risk in curves), *high)
    bars = np.abs([curve.share - low, high - curve.share])
    axes.errorbar(
        curve.predicted,
        curve.share,
        bars,
        fmt="o",
        color="black",
        markersize=5,
        linewidth=1,
        capsize=3,
        label=f"{len(curve.n)} groups of {_from_to(curve.n, 'patient' if groups is None else 'row')}, 95 % interval",
    )
    for look, (name, risk) in zip(LOOKS, curves, strict=False):
        smooth = smooth_calibration(y, risk, resamples=None)
        label = f"{name}, smooth: mean distance (ICI) {smooth.ici:.3f}"
        axes.plot(smooth.predicted, smooth.share, label=label, **line_of(look))
    axes.set_ylabel("share who fell ill")
    _histogram(below, y, p, top)
    return finished(figure, axes, "best", title("Calibration", y), top)


def histogram_figure(y, p, *, best=None, threshold: float | None = None, synthetic: bool = False):
    """Draw which risks were predicted for the ill (above the line) and for the healthy (below).

    Args: y (N,) 0 or 1; p (N,) probabilities; best (N,), those of the best possible model, as an outline;
    threshold, drawn as a line; synthetic, mark the figure. Each side is the share of its own group: the ill are seen
    even where they are few.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients.
    The usual misuse: reading the heights of both sides as numbers of people: for a rare illness the healthy are many
    more.

    >>> figure = histogram_figure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    >>> figure.axes[0].get_xlabel()
    'predicted risk'
    """
    y, p = labels_and_probabilities("histogram_figure", y, p)
    refuse_nobody("histogram_figure", y)
    figure = blank_figure(6, 3.2, synthetic)
    axes = figure.subplots()
    curves = with_best("histogram_figure", y, p, best)
    top = _top(*(risk.max() for _, risk in curves), threshold or 0)
    _histogram(axes, y, p, top)
    for name, risk in curves[1:]:
        for kind, sign in ((y, 1), (~y, -1)):
            height, edges = _shares(risk[kind], top)
            label = f"{name}, both" if sign > 0 else None
            axes.stairs(sign * height, edges, color="black", linestyle="--", linewidth=1.2, label=label)
        axes.legend(fontsize=9)
    if threshold is not None:
        axes.axvline(threshold, color="black", linewidth=1.2, linestyle=":")
        axes.annotate(f" threshold {threshold:g}", (threshold, 0.97), xycoords=("data", "axes fraction"), va="top")
    axes.set_xlim(-0.02 * top, 1.02 * top)
    axes.set_title(title("Predicted risks", y), fontsize=11)
    return figure


# ---------------------------------------------------------------- how it is done


def _top(*values) -> float:
    """Return where the axis of risks ends: of a rare illness all would stand in the corner of 0 to 1."""
    top = max(*values, 0.01)
    return 1.0 if top > 0.5 else max(math.ceil(top * 50) / 50, top)  # rounding must not leave the highest out


def _shares(p, top) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of the predictions in each of 25 classes of risk, and the edges of these."""
    height, edges = np.histogram(p, 25, range=(0, top))
    return height / max(p.size, 1), edges


def _histogram(axes, y, p, top) -> None:
    """Draw the shares of the ill upwards and of the healthy downwards, over 25 classes of risk."""
    from matplotlib.ticker import FuncFormatter

    for kind, name, colour, sign, hatch in ((y, "ill", ILL, 1, ""), (~y, "healthy", WELL, -1, "////")):
        height, edges = _shares(p[kind], top)
        face = colour if not hatch else "none"
        axes.bar(
            edges[:-1],
            sign * height,
            top / 25,
            align="edge",
            facecolor=face,
            edgecolor=colour,
            hatch=hatch,
            linewidth=0.8,
            label=f"{int(kind.sum()):,} {name}",
        )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.2g}"))
    axes.set_xlabel("predicted risk")
    axes.set_ylabel("share of each group")
    axes.legend(fontsize=9)


def _from_to(n, unit: str) -> str:
    many = f"{n.min():,} to {n.max():,}" if n.min() < n.max() else f"{n[0]:,}"
    return f"{many} {unit}" + ("s" if n.max() > 1 else "")
