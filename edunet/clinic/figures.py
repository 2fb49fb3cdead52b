"""Pictures of how good predictions are: ranking, calibration, decisions. Each returns a matplotlib figure.

    roc_figure pr_figure      what finding more of the ill costs
    calibration_figure        do the risks keep their promise?
    decision_figure           does deciding by them do more good than harm?
    histogram_figure          who was given which risk
    subgroup_figure           the same number in each group of patients
    as_svg                    any of them as text, the same each time

`best=` takes the probabilities of the best possible model, where the truth is known: the true risks of generated
data. synthetic=True marks the figure as made from such data.
"""

from __future__ import annotations

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.clinic.curves import pr_curve, roc_curve
from edunet.clinic.figures_groups import subgroup_figure
from edunet.clinic.figures_paper import as_svg, finished, line_of, refuse_nobody, thinned, title, with_best
from edunet.clinic.figures_risk import calibration_figure, histogram_figure
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


def roc_figure(y, p, *, best=None, synthetic: bool = False):
    """Draw the ROC curve: which share of the healthy is called ill for the share of the ill that is found.

    Args: y (N,) 0 or 1; p (N,) predictions, any number that is higher for the ill; best (N,), those of the best
    possible model; synthetic, mark the figure. Equal predictions share a threshold: the curve is slanted there.
    Raises ValueError for other labels, NaN, unequal lengths, and unless both kinds of patients are there.
    The usual misuse: looking at it for a rare illness, where a few per cent of false alarms are many more people than
    the ill.
    Source: Fawcett, An introduction to ROC analysis (2006).

    >>> figure = roc_figure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    >>> figure.axes[0].get_legend().get_texts()[0].get_text()
    'model: AUROC 0.875'
    """
    y, curves = _scores("roc_figure", y, p, best)
    figure = blank_figure(6, 5.4, synthetic)
    axes = figure.subplots()
    for look, (name, score) in zip(LOOKS, curves, strict=False):
        alarms, found, _ = roc_curve(y, score)
        points = thinned(alarms, found)
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
    The usual misuse: comparing curves of populations with different prevalence: the line of guessing moves with it.
    Source: Davis & Goadrich, The relationship between precision-recall and ROC curves (2006).

    >>> figure = pr_figure([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['model: average precision 0.833', 'prevalence, as of guessing: 0.500']
    """
    y, curves = _scores("pr_figure", y, p, best)
    figure = blank_figure(6, 5.4, synthetic)
    axes = figure.subplots()
    for look, (name, score) in zip(LOOKS, curves, strict=False):
        precision, recall, _ = pr_curve(y, score)  # the last is precision 1 at recall 0, a convention
        seen = np.flatnonzero(recall)[::-1]  # before the first of the ill is found there is nothing to draw
        recall, precision = thinned(recall[seen], precision[seen])
        label = f"{name}: average precision {average_precision(y, score):.3f}"
        start = np.append(0, recall), np.append(precision[0], precision)
        axes.plot(*start, drawstyle="steps-pre", label=label, **line_of(look))
    axes.axhline(y.mean(), color="0.5", linewidth=1, label=f"prevalence, as of guessing: {y.mean():.3f}")
    axes.set_xlabel("share of the ill found (recall, sensitivity)")
    axes.set_ylabel("share of those called ill who are (precision)")
    return finished(figure, axes, "best", title("Precision-recall curve", y))


def decision_figure(y, p, *, best=None, thresholds=None, prevalence: float | None = None, synthetic: bool = False):
    """Draw the net benefit of treating by the model, of treating everybody and of treating nobody.

    Args: y (N,) 0 or 1; p (N,) probabilities; best (N,), those of the best possible model; thresholds, 0 < t < 1, None
    for those up to the highest risks that are predicted; prevalence, as for `decision_curve`; synthetic, mark it.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients, and as `decision_curve`.
    The usual misuse: choosing the threshold by the curve. It is chosen by what a missed case costs; then the curve is
    read there.
    Source: Vickers & Elkin, Decision curve analysis, Medical Decision Making 26 (2006) 565-574.

    >>> figure = decision_figure([0, 0, 0, 1, 1], [0.1, 0.2, 0.6, 0.3, 0.8])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['treat by the model', 'treat everybody', 'treat nobody']
    """
    y, p = labels_and_probabilities("decision_figure", y, p)
    refuse_nobody("decision_figure", y)
    if thresholds is None:
        last = min(max(float(np.quantile(p, 0.995)), 0.1), 0.99)
        thresholds = np.linspace(0.005, last, 199)
    figure = blank_figure(6, 4.4, synthetic)
    axes = figure.subplots()
    heights = np.zeros(1)
    for look, (name, risk) in zip(LOOKS, with_best("decision_figure", y, p, best), strict=False):
        curve = decision_curve(y, risk, thresholds, prevalence=prevalence)
        whose = "model" if name == "model" else f"{name} model"
        axes.plot(curve.thresholds, curve.model, label=f"treat by the {whose}", **line_of(look))
        heights = np.append(heights, np.nan_to_num(curve.model))
    axes.plot(curve.thresholds, curve.treat_all, color="0.35", linewidth=1.2, linestyle="-.", label="treat everybody")
    axes.plot(curve.thresholds, curve.treat_none, color="0.35", linewidth=1.2, label="treat nobody")
    top = max(float(heights.max()), float(curve.treat_all.max(initial=0)), 0.01)
    depth = min(max(0.3 * top, -float(heights.min())), max(top, 0.05))  # who treats everybody falls without end
    axes.set_ylim(-1.05 * depth, 1.15 * top)
    axes.set_xlabel("threshold: treat from this predicted risk on")
    axes.set_ylabel("net benefit (cases for each patient)")
    return finished(figure, axes, "best", title("Decision curve", y), square=0)


# ---------------------------------------------------------------- how it is done


def _scores(what: str, y, p, best) -> tuple[np.ndarray, list]:
    """Return labels, and the name and scores of each curve."""
    y, p = labels_and_scores(what, y, p)
    if not y.any() or y.all():
        kind = "no patient" if not y.size else f"{y.size} patients, all {'ill' if y.all() else 'healthy'}"
        raise ValueError(f"{what}: expected ill (1) and healthy (0) patients. Received {kind}.")
    return y, [("model", p)] + ([] if best is None else [("best possible", labels_and_scores(what, y, best)[1])])
