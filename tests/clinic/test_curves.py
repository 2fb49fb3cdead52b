"""The curves where scikit-learn has nothing to compare, and their ends."""

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.curves import pr_curve, roc_curve

Y, P = [0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.4, 0.8, 0.3, 0.2]


def test_the_area_under_the_points_is_the_area():
    fpr, tpr, _ = roc_curve(Y, P)
    assert np.trapezoid(tpr, fpr) == pytest.approx(float(auroc(Y, P)), abs=1e-15)


def test_first_nobody_is_called_ill_then_everybody():
    curve = roc_curve(Y, P)
    assert (curve.fpr[0], curve.tpr[0], curve.thresholds[0]) == (0, 0, np.inf)
    assert (curve.fpr[-1], curve.tpr[-1], curve.thresholds[-1]) == (1, 1, 0.1)


def test_each_threshold_is_met_by_its_own_patients():
    curve, y, p = roc_curve(Y, P), np.array(Y) == 1, np.array(P)
    for fpr, tpr, threshold in zip(*curve, strict=True):
        assert (fpr, tpr) == ((p[~y] >= threshold).mean(), (p[y] >= threshold).mean())


def test_a_rate_of_nobody_is_nan():
    assert np.isnan(roc_curve([0, 0], [0.1, 0.2]).tpr).all()
    assert np.isnan(roc_curve([1, 1], [0.1, 0.2]).fpr).all()
    assert np.isnan(pr_curve([0, 0], [0.1, 0.2]).recall[:-1]).all()


def test_of_nobody_there_is_one_point():
    assert [len(part) for part in roc_curve([], [])] == [1, 1, 1]
    assert [len(part) for part in pr_curve([], [])] == [1, 1, 0]


def test_wrong_predictions():
    with pytest.raises(ValueError, match="roc_curve"):
        roc_curve([0, 1], [0.1, np.nan])
    with pytest.raises(ValueError, match="pr_curve"):
        pr_curve([0, 2], [0.1, 0.3])
