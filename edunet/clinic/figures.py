"""Pictures of how good predictions are: ranking, calibration, decisions. Each returns a matplotlib figure.

    roc_figure pr_figure      what finding more of the ill costs
    calibration_figure        do the risks keep their promise?
    decision_figure           does deciding by them do more good than harm?
    histogram_figure          who was given which risk
    subgroup_figure           the same number in each group of patients (in `figures_groups`)
    as_svg                    any of them as text, the same each time

`best=` takes the probabilities of the best possible model, where the truth is known: the true risks of generated
data. synthetic=True marks the figure as made from such data.
"""

from __future__ import annotations

import math

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.clinic.calibration import calibration_curve
from edunet.clinic.calibration_smooth import smooth_calibration
from edunet.clinic.figures_groups import subgroup_figure
from edunet.clinic.figures_paper import as_svg, finished, line_of, thinned, title
from edunet.clinic.inputs import labels_and_probabilities, labels_and_scores
from edunet.clinic.net_benefit import decision_curve
from edunet.metrics import average_precision, roc_auc

__all__ = [
    "as_svg",
    "calibration_figure",
    "decision_figure",
    "histogram_figure",
    "pr_figure",
    "roc_figure",
    "subgroup_figure",
]

ILL, WELL = LOOKS[1]["color"], LOOKS[0]["color"]


def roc_figure(y, p, *, best=None, synthetic: bool = False):
    """Draw the ROC curve: which share of the healthy is called ill for the share of the ill that is found.

    Args: y (N,) 0 or 1; p (N,) predictions, any number that is higher for the ill; best (N,), those of the best
    possible model; synthetic, mark the figure. Equal predictions share a threshold: the curve is slanted there.
    Raises ValueError for other labels, NaN, unequal lengths, and unless both kinds of patients are there.
    Misuse: looking at it for a rare illness, where a few per cent of false alarms are many more people than the ill.
    Source: Fawcett, An introduction to ROC analysis (2006).

    >>> figure = roc_figure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    >>> figure.axes[0].get_legend().get_texts()[0].get_text()
    'model: AUROC 0.875'
    """
    y, curves = _scores("roc_figure", y, p, best)
    figure = blank_figure(6, 5.4, synthetic)
    axes = figure.subplots()
    for look, (name, score) in zip(LOOKS, curves, strict=False):
        found, alarms = _called(y, score)
        points = thinned(alarms / alarms[-1], found / found[-1])
        axes.plot(*points, label=f"{name}: AUROC {roc_auc(y, score):.3f}", **line_of(look))
    axes.plot([0, 1], [0, 1], color="0.5", linewidth=1, label="guessing: AUROC 0.500")
    axes.set_xlabel("share of the healthy called ill (1 − specificity)")
    axes.set_ylabel("share of the ill found (sensitivity)")
    axes.set_aspect("equal")
    return finished(figure, axes, "lower right", title("ROC curve", y))


def pr_figure(y, p, *, best=None, synthetic: bool = False):
    """Draw the precision-recall curve, with the prevalence: the precision of calling ill by lot.

    Args: y (N,) 0 or 1; p (N,) predictions, any number that is higher for the ill; best (N,), those of the best
    possible model; synthetic, mark the figure. The area in the legend is the average precision.
    Raises ValueError for other labels, NaN, unequal lengths, and unless both kinds of patients are there.
    Misuse: comparing curves of populations with different prevalence: the line of guessing moves with it.
    Source: Davis & Goadrich, The relationship between precision-recall and ROC curves (2006).

    >>> figure = pr_figure([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['model: average precision 0.833', 'prevalence, as of guessing: 0.500']
    """
    y, curves = _scores("pr_figure", y, p, best)
    figure = blank_figure(6, 5.4, synthetic)
    axes = figure.subplots()
    for look, (name, score) in zip(LOOKS, curves, strict=False):
        found, alarms = _called(y, score)
        first = int(np.argmax(found > 0))  # before the first of the ill is found there is nothing to draw
        found, alarms = found[first:], alarms[first:]
        recall, precision = thinned(found / found[-1], found / (found + alarms))
        label = f"{name}: average precision {average_precision(y, score):.3f}"
        start = np.append(0, recall), np.append(precision[0], precision)
        axes.plot(*start, drawstyle="steps-pre", label=label, **line_of(look))
    axes.axhline(y.mean(), color="0.5", linewidth=1, label=f"prevalence, as of guessing: {y.mean():.3f}")
    axes.set_xlabel("share of the ill found (recall, sensitivity)")
    axes.set_ylabel("share of those called ill who are (precision)")
    return finished(figure, axes, "best", title("Precision-recall curve", y))


def calibration_figure(y, p, *, best=None, bins: int = 10, synthetic: bool = False):
    """Draw what happened against what was predicted: in groups with intervals, and as a smooth curve (loess).

    Below it, the predictions of the ill and of the healthy: where nobody is, the curve above means nothing.
    Args: y (N,) 0 or 1; p (N,) probabilities; best (N,), those of the best possible model; bins, groups of about
    equally many patients; synthetic, mark the figure.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients.
    Misuse: a verdict from the groups alone; move bins and the picture moves.
    Source: Van Calster et al., A calibration hierarchy for risk models was defined (2016); Austin & Steyerberg (2019).

    >>> figure = calibration_figure([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9], bins=2)
    >>> [axes.get_xlabel() for axes in figure.axes]
    ['', 'predicted risk']
    """
    y, p = labels_and_probabilities("calibration_figure", y, p)
    _some("calibration_figure", y)
    figure = blank_figure(6, 6.6, synthetic)
    axes, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    axes.plot([0, 1], [0, 1], color="0.5", linewidth=1, label="perfect: what is predicted happens")
    curve = calibration_curve(y, p, bins)
    curves = _with_best("calibration_figure", y, p, best)
    top = _top(*(risk.max() for _, risk in curves), *curve.high)
    bars = np.abs([curve.share - curve.low, curve.high - curve.share])
    axes.errorbar(
        curve.predicted,
        curve.share,
        bars,
        fmt="o",
        color="black",
        markersize=5,
        linewidth=1,
        capsize=3,
        label=f"{len(curve.n)} groups of {_from_to(curve.n)}, 95 % interval",
    )
    for look, (name, risk) in zip(LOOKS, curves, strict=False):
        smooth = smooth_calibration(y, risk, resamples=None)
        label = f"{name}, smooth: mean distance (ICI) {smooth.ici:.3f}"
        axes.plot(smooth.predicted, smooth.share, label=label, **line_of(look))
    axes.set_ylabel("share who fell ill")
    _histogram(below, y, p, top)
    return finished(figure, axes, "best", title("Calibration", y), top)


def decision_figure(y, p, *, best=None, thresholds=None, prevalence: float | None = None, synthetic: bool = False):
    """Draw the net benefit of treating by the model, of treating everybody and of treating nobody.

    Args: y (N,) 0 or 1; p (N,) probabilities; best (N,), those of the best possible model; thresholds, 0 < t < 1, None
    for those up to the highest risks that are predicted; prevalence, as for `decision_curve`; synthetic, mark it.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients, and as `decision_curve`.
    Misuse: choosing the threshold by the curve. It is chosen by what a missed case costs; then the curve is read there.
    Source: Vickers & Elkin, Decision curve analysis, Medical Decision Making 26 (2006) 565-574.

    >>> figure = decision_figure([0, 0, 0, 1, 1], [0.1, 0.2, 0.6, 0.3, 0.8])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['treat by the model', 'treat everybody', 'treat nobody']
    """
    y, p = labels_and_probabilities("decision_figure", y, p)
    _some("decision_figure", y)
    if thresholds is None:
        last = min(max(float(np.quantile(p, 0.995)), 0.1), 0.99)
        thresholds = np.linspace(0.005, last, 199)
    figure = blank_figure(6, 4.4, synthetic)
    axes = figure.subplots()
    for look, (name, risk) in zip(LOOKS, _with_best("decision_figure", y, p, best), strict=False):
        curve = decision_curve(y, risk, thresholds, prevalence=prevalence)
        axes.plot(
            curve.thresholds, curve.model, label=f"treat by the {name}" + " model" * (name != "model"), **line_of(look)
        )
    axes.plot(curve.thresholds, curve.treat_all, color="0.35", linewidth=1.2, linestyle="-.", label="treat everybody")
    axes.plot(curve.thresholds, curve.treat_none, color="0.35", linewidth=1.2, label="treat nobody")
    top = max(float(np.nanmax(curve.treat_all, initial=0)), float(np.nanmax(curve.model, initial=0)), 0.01)
    axes.set_ylim(-0.3 * top, 1.15 * top)
    axes.set_xlabel("threshold: treat from this predicted risk on")
    axes.set_ylabel("net benefit (cases for each patient)")
    return finished(figure, axes, "best", title("Decision curve", y), square=0)


def histogram_figure(y, p, *, threshold: float | None = None, synthetic: bool = False):
    """Draw which risks were predicted for the ill (above the line) and for the healthy (below).

    Args: y (N,) 0 or 1; p (N,) probabilities; threshold, drawn as a line; synthetic, mark the figure. Each side is
    the share of its own group: the ill are seen even where they are few.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients.
    Misuse: reading the heights of both sides as numbers of people: for a rare illness the healthy are many more.

    >>> figure = histogram_figure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    >>> figure.axes[0].get_xlabel()
    'predicted risk'
    """
    y, p = labels_and_probabilities("histogram_figure", y, p)
    _some("histogram_figure", y)
    figure = blank_figure(6, 3.2, synthetic)
    axes = figure.subplots()
    top = _top(p.max())
    _histogram(axes, y, p, top)
    if threshold is not None:
        axes.axvline(threshold, color="black", linewidth=1.2, linestyle="--")
        axes.annotate(f" threshold {threshold:g}", (threshold, 1), xycoords=("data", "axes fraction"), va="top")
    axes.set_xlim(-0.02 * top, 1.02 * top)
    axes.set_title(title("Predicted risks", y), fontsize=11)
    return figure


# ---------------------------------------------------------------- how it is done


def _scores(what: str, y, p, best) -> tuple[np.ndarray, list]:
    """Return labels, and the name and scores of each curve."""
    y, p = labels_and_scores(what, y, p)
    if not y.any() or y.all():
        kind = "no patient" if not y.size else f"{y.size} patients, all {'ill' if y.all() else 'healthy'}"
        raise ValueError(f"{what}: expected ill (1) and healthy (0) patients. Received {kind}.")
    return y, [("model", p)] + ([] if best is None else [("best possible", labels_and_scores(what, y, best)[1])])


def _with_best(what: str, y, p, best) -> list:
    return [("model", p)] + ([] if best is None else [("best possible", labels_and_probabilities(what, y, best)[1])])


def _some(what: str, y) -> None:
    if not y.size:
        raise ValueError(f"{what}: there is no patient to draw. Received y and p of length 0.")


def _called(y, score) -> tuple[np.ndarray, np.ndarray]:
    """Return how many of the ill and of the healthy are called ill at each threshold, from nobody to all."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), score.size - 1)  # of those who share a score
    found, alarms = (np.append(0, np.cumsum(kind[order])[last]) for kind in (y, ~y))
    return found, alarms


def _top(*values) -> float:
    """Return where the axis of risks ends: of a rare illness all would stand in the corner of 0 to 1."""
    top = max(*values, 0.01)
    return 1.0 if top > 0.5 else math.ceil(top * 50) / 50


def _histogram(axes, y, p, top) -> None:
    """Draw the shares of the ill upwards and of the healthy downwards, over 25 classes of risk."""
    from matplotlib.ticker import FuncFormatter

    edges = np.linspace(0, top, 26)
    for kind, name, colour, sign, hatch in ((y, "ill", ILL, 1, ""), (~y, "healthy", WELL, -1, "////")):
        height = sign * np.histogram(p[kind], edges)[0] / max(int(kind.sum()), 1)
        face = colour if not hatch else "none"
        axes.bar(
            edges[:-1],
            height,
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


def _from_to(n) -> str:
    many = f"{n.min():,} to {n.max():,}" if n.min() < n.max() else f"{n[0]:,}"
    return f"{many} patient" + ("s" if n.max() > 1 else "")
