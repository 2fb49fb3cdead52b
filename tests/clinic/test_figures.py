"""The clinical figures draw the numbers of the metrics, stay light, and say what they show."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from edunet.canvas import LOOKS
from edunet.clinic.calibration_groups import calibration_curve
from edunet.clinic.calibration_smooth import smooth_calibration
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.figures import (
    as_svg,
    calibration_figure,
    decision_figure,
    histogram_figure,
    pr_figure,
    roc_figure,
    subgroup_figure,
)
from edunet.clinic.net_benefit import decision_curve
from edunet.metrics import average_precision, roc_auc

FIGURES = [roc_figure, pr_figure, calibration_figure, decision_figure, histogram_figure]
CURVES = FIGURES[:4]


def patients(n, scale=1.0):
    rng = np.random.default_rng(2)
    risk = scale * rng.random(n) ** 2
    return rng.random(n) < risk, risk


def blurred(risk):
    return np.clip(risk + 0.2 * np.sin(np.arange(len(risk))), 0.01, 0.99)


Y, BEST = patients(300)
P = blurred(BEST)
ROWS = [("women", 0.84, 0.80, 0.88, 310), ("men", 0.79, 0.73, 0.85, 1190)]


def legend(figure, place=0):
    return [text.get_text() for text in figure.axes[place].get_legend().get_texts()]


def line(figure, label):
    return next(one for one in figure.axes[0].lines if one.get_label().startswith(label)).get_data()


def drawn(figure):
    """Draw it, without taking time for the margins: a warning would be an error."""
    figure.set_layout_engine("none")
    figure.draw_without_rendering()
    return figure.axes[0].lines


def area(x, y):
    return np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)


# ---------------------------------------------------------------- the numbers drawn are those of the metrics


@pytest.mark.parametrize("digits", [1, 8], ids=["ties", "no ties"])
def test_area_under_the_roc_curve_is_the_metric(digits):
    p = P.round(digits)
    figure = roc_figure(Y, p, best=BEST)
    assert area(*line(figure, "model")) == pytest.approx(roc_auc(Y, p))
    assert legend(figure) == [
        f"model: AUROC {roc_auc(Y, p):.3f}",
        f"best possible: AUROC {roc_auc(Y, BEST):.3f}",
        "guessing: AUROC 0.500",
    ]


def test_area_of_the_steps_is_the_average_precision():
    figure = pr_figure(Y, P, best=BEST)
    recall, precision = line(figure, "model")
    assert np.sum(np.diff(recall) * precision[1:]) == pytest.approx(average_precision(Y, P))
    assert figure.axes[0].lines[0].get_drawstyle() == "steps-pre"
    assert legend(figure)[-1] == f"prevalence, as of guessing: {Y.mean():.3f}"
    assert set(line(figure, "prevalence")[1]) == {Y.mean()}


def test_calibration_draws_groups_and_smooth_curve():
    figure = calibration_figure(Y, P, best=BEST)
    curve, smooth = calibration_curve(Y, P), smooth_calibration(Y, P, resamples=None)
    points = next(one for one in figure.axes[0].lines if one.get_marker() == "o")
    np.testing.assert_allclose(points.get_data(), [curve.predicted, curve.share])
    np.testing.assert_allclose(line(figure, "model"), [smooth.predicted, smooth.share])
    bars = figure.axes[0].collections[0].get_segments()
    np.testing.assert_allclose([bar[:, 1] for bar in bars], np.stack([curve.low, curve.high], axis=1))
    assert f"model, smooth: mean distance (ICI) {smooth.ici:.3f}" in legend(figure)
    assert f"10 groups of {curve.n.min()} to {curve.n.max()} patients, 95 % interval" in legend(figure)
    assert "perfect: what is predicted happens" in legend(figure)


def test_decision_draws_the_curve():
    figure = decision_figure(Y, P, best=BEST, thresholds=[0.1, 0.2, 0.4])
    curve = decision_curve(Y, P, [0.1, 0.2, 0.4])
    np.testing.assert_allclose(line(figure, "treat by the model"), [curve.thresholds, curve.model])
    np.testing.assert_allclose(line(figure, "treat everybody")[1], curve.treat_all)
    assert not np.any(line(figure, "treat nobody")[1])
    best = decision_curve(Y, BEST, [0.1, 0.2, 0.4]).model
    np.testing.assert_allclose(line(figure, "treat by the best possible model")[1], best)


def test_decision_of_another_prevalence():
    curve = decision_curve(Y, P, [0.1, 0.2], prevalence=0.05)
    figure = decision_figure(Y, P, thresholds=[0.1, 0.2], prevalence=0.05)
    np.testing.assert_allclose(line(figure, "treat by the model")[1], curve.model)


@pytest.mark.parametrize("draw", [histogram_figure, calibration_figure])
def test_histogram_has_the_ill_above_and_the_healthy_below(draw):
    axes = draw(Y, P).axes[-1]
    heights = np.array([bar.get_height() for bar in axes.patches[:50]]).reshape(2, 25)
    assert heights.sum(axis=1) == pytest.approx([1, -1])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [f"{Y.sum()} ill", f"{(~Y).sum()} healthy"]


def test_histogram_shows_a_threshold():
    axes = histogram_figure(Y, P, threshold=0.3).axes[0]
    assert axes.lines[-1].get_xdata() == [0.3, 0.3]
    assert axes.texts[0].get_text().strip() == "threshold 0.3"
    assert histogram_figure(*patients(200, scale=0.1), threshold=0.4).axes[0].get_xlim()[1] > 0.4


def test_histogram_shows_the_best_possible_as_an_outline():
    figure = histogram_figure(Y, P, best=BEST)
    assert "best possible, both" in legend(figure)
    ill, healthy = (outline.get_data().values for outline in figure.axes[0].patches[50:])
    assert (ill.sum(), healthy.sum()) == pytest.approx((1, -1))
    np.testing.assert_allclose(ill, np.histogram(BEST[Y], 25, range=(0, 1))[0] / Y.sum())


def test_axes_of_small_risks_end_where_the_risks_do():
    """A rare illness is not drawn into a corner."""
    y, p = patients(4000, scale=0.1)
    for figure in (calibration_figure(y, p), histogram_figure(y, p), decision_figure(y, p)):
        assert 0.09 < figure.axes[0].get_xlim()[1] < 0.2
    assert roc_figure(y, p).axes[0].get_xlim()[1] == pytest.approx(1.02)


def test_harm_is_seen_where_nobody_is_ill():
    figure = decision_figure([0, 0, 0], [0.1, 0.2, 0.3])
    assert figure.axes[0].get_ylim()[0] == pytest.approx(-0.0525)
    assert drawn(decision_figure([0, 0, 0], [0.1, 0.2, 0.3], prevalence=0.1))


# ---------------------------------------------------------------- what all share


@pytest.mark.parametrize("draw", FIGURES)
def test_axes_and_titles_say_what_they_show(draw):
    figure = draw(Y, P)
    assert f"n = 300, {Y.sum()} of them ill" in figure.axes[0].get_title()
    assert figure.axes[-1].get_xlabel()
    assert all(axes.get_ylabel() for axes in figure.axes)
    assert figure.get_size_inches()[0] == 6


@pytest.mark.parametrize("draw", FIGURES)
def test_synthetic_data_are_marked(draw):
    assert draw(Y, P, synthetic=True).get_supxlabel() == "SYNTHETIC data"
    assert draw(Y, P).get_supxlabel() == ""


@pytest.mark.parametrize("draw", CURVES)
def test_the_best_possible_is_told_apart_without_colour(draw):
    axes = draw(Y, P, best=BEST).axes[0]
    model, best = (next(one for one in axes.lines if name in one.get_label()) for name in ("model", "best possible"))
    assert (model.get_linestyle(), best.get_linestyle()) == (LOOKS[0]["linestyle"], LOOKS[1]["linestyle"])
    assert not [text for text in legend(draw(Y, P)) if "best" in text]


@pytest.mark.parametrize("draw", FIGURES)
def test_a_hundred_thousand_patients_stay_light(draw):
    y, best = patients(100_000)
    figure = draw(y, blurred(best), best=best)
    assert max((len(one.get_xdata()) for axes in figure.axes for one in axes.lines), default=0) <= 500
    assert len(as_svg(figure)) < 150_000


def test_a_thinned_curve_keeps_its_area_and_its_ends():
    y, best = patients(100_000)
    x, found = line(roc_figure(y, best), "model")
    assert area(x, found) == pytest.approx(roc_auc(y, best), abs=1e-3)
    assert (x[0], found[0], x[-1], found[-1]) == (0, 0, 1, 1)


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize(
    ("y", "p"),
    [
        ([0, 1, 1], [0.2, 0.5, 0.6]),
        ([0, 1, 0, 1], [0.3] * 4),
        ([0, 1, 0, 1], [0, 1, 0, 1]),
        ([1, 0, 0], [0.0, 0.0, 0.0]),
    ],
    ids=["three patients", "all p equal", "0 and 1", "all 0"],
)
def test_few_or_odd_patients_can_be_drawn(draw, y, p):
    assert drawn(draw(y, p))


@pytest.mark.parametrize("draw", [calibration_figure, decision_figure, histogram_figure])
@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]], ids=["all healthy", "all ill"])
def test_one_kind_of_patient_can_be_drawn(draw, y):
    assert drawn(draw(y, [0.2, 0.4, 0.9]))


@pytest.mark.parametrize("draw", [roc_figure, pr_figure])
@pytest.mark.parametrize(
    ("y", "kind"),
    [([0, 0], "2 patients, all healthy"), ([1, 1], "2 patients, all ill"), ([], "no patient")],
    ids=["all healthy", "all ill", "nobody"],
)
def test_a_ranking_takes_both_kinds(draw, y, kind):
    with pytest.raises(ValueError, match=rf"expected ill \(1\) and healthy \(0\) patients. Received {kind}"):
        draw(y, [0.2, 0.4][: len(y)])


@pytest.mark.parametrize("draw", [calibration_figure, decision_figure, histogram_figure])
def test_nobody_cannot_be_drawn(draw):
    with pytest.raises(ValueError, match=f"{draw.__name__}: there is no patient to draw"):
        draw([], [])


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize(
    ("y", "p", "message"), [([0, 1], [0.2, np.nan], "NaN"), ([0, 2], [0.2, 0.3], "0 or 1")], ids=["NaN", "label 2"]
)
def test_wrong_input_is_refused(draw, y, p, message):
    with pytest.raises(ValueError, match=rf"^{draw.__name__}: .*{message}"):
        draw(y, p)


@pytest.mark.parametrize("draw", FIGURES)
def test_a_wrong_best_is_refused(draw):
    with pytest.raises(ValueError, match="one label for each answer"):
        draw(Y, P, best=BEST[:10])


# ---------------------------------------------------------------- subgroups


def test_subgroups_stand_below_each_other_with_n():
    figure = subgroup_figure(ROWS, measure="AUROC", overall=0.82, synthetic=True)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["women", "men"]
    assert [text.get_text() for text in axes.texts] == ["310", "1,190", "n"]
    assert axes.get_xlabel() == "AUROC, with 95 % interval; dashed: all patients, 0.820"
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top
    marks = [np.asarray(one.get_xdata()).tolist() for one in axes.lines]
    assert marks == [[0.84], [0.80, 0.88], [0.79], [0.73, 0.85], [0.82, 0.82]]
    assert figure.get_supxlabel() == "SYNTHETIC data"


def test_subgroups_from_estimates():
    axes = subgroup_figure([("women", Estimate(0.84, 0.8, 0.88, 310)), ("men", undefined("nobody is ill", 3))]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["310", "not computed: nobody is ill", "3", "n"]
    assert axes.get_xlabel() == "value, with 95 % interval"


def test_a_subgroup_without_interval_or_value():
    axes = subgroup_figure([("a", 0.5, np.nan, np.nan, 12), ("b", np.nan, np.nan, np.nan, 1)]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["12", "not computed", "1", "n"]
    assert drawn(axes.figure)


def test_long_names_are_wrapped_and_many_rows_make_it_higher():
    rows = [("hospital of the Holy Ghost in the North", 0.8, 0.7, 0.9, 40)] * 20
    figure = subgroup_figure(rows)
    assert figure.axes[0].get_yticklabels()[0].get_text() == "hospital of the Holy\nGhost in the North"
    assert figure.get_size_inches()[1] > 7


def test_no_subgroups():
    with pytest.raises(ValueError, match="at least one row"):
        subgroup_figure([])


@pytest.mark.parametrize("row", [("women", 0.8), ("women", 0.8, 0.7, 0.9), ("women",)], ids=len)
def test_odd_rows(row):
    with pytest.raises(ValueError, match=r"a row is \(name, value, low, high, n\) or \(name, estimate\). Received"):
        subgroup_figure([row])


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize("draw", [pr_figure, calibration_figure])
def test_made_anew_it_is_the_same_text(draw):
    assert as_svg(draw(Y, P)) == as_svg(draw(Y, P))


def test_another_process_writes_the_same_text():
    code = "from edunet.clinic.figures import *; print(as_svg(roc_figure([0, 1, 1], [0.2, 0.1, 0.9])), end='')"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert other == as_svg(roc_figure([0, 1, 1], [0.2, 0.1, 0.9]))


def test_svg_is_a_picture_for_a_page():
    svg = as_svg(roc_figure(Y, P))
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert svg.startswith("<svg ")
    assert "<dc:date>" not in svg
    assert not [one for one in root.iter() if one.tag.endswith("}text")]  # letters are paths
