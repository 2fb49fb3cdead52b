"""The smooth calibration curve is loess, at any number of patients, and ICI its mean distance from the diagonal."""

import math

import numpy as np
import pytest

from edunet.clinic.calibration_smooth import ici, smooth_calibration


def patients(n, power=1.0):
    """Return outcomes of risks p ** power, and the predictions p."""
    rng = np.random.default_rng(3)
    p = rng.random(n) ** 3
    return rng.random(n) < p**power, p


Y, P = patients(150, 1.5)


def plain(y, p, at, span=0.75):
    """Return local lines at some places, weighted by hand, one least-squares problem for each."""
    heights = []
    for x in at:
        far = np.abs(p - x)
        weight = np.clip(1 - (far / np.sort(far)[int(span * len(p)) - 1]) ** 3, 0, None) ** 3
        design = np.stack([np.ones(len(p)), p - x], axis=1) * np.sqrt(weight)[:, None]
        heights.append(np.linalg.lstsq(design, y * np.sqrt(weight), rcond=None)[0][0])
    return np.clip(heights, 0, 1)


@pytest.mark.parametrize("span", [0.3, 0.75, 1.0])
def test_curve_is_local_lines(span):
    curve = smooth_calibration(Y, P, span=span, resamples=None)
    np.testing.assert_array_equal(curve.predicted, np.sort(P))
    np.testing.assert_allclose(curve.share, plain(Y, P, curve.predicted, span), atol=1e-9)


def test_curve_is_statsmodels_lowess():
    # statsmodels 0.15: lowess(y, p, frac=0.75, it=0), each twelfth of 60 patients
    rng = np.random.default_rng(7)
    p = rng.random(60) ** 2
    y = rng.random(60) < p
    curve = smooth_calibration(y, p, resamples=None)
    expected = [0.05862799, 0.10577798, 0.18866811, 0.26513731, 0.64475889]
    np.testing.assert_allclose(curve.share[::12], expected, atol=1e-8)


def test_distances_are_those_of_the_curve():
    curve = smooth_calibration(Y, P, resamples=None)
    off = np.abs(curve.share - curve.predicted)
    expected = (off.mean(), np.median(off), np.percentile(off, 90), off.max())
    assert (curve.ici, curve.e50, curve.e90, curve.emax) == pytest.approx(expected, abs=1e-12)
    assert ici(Y, P, resamples=None) == curve.ici


def test_patients_with_the_same_prediction_each_count():
    """The same patients three times: the curve and its distances stay."""
    once, thrice = (
        smooth_calibration(Y, P, resamples=None),
        smooth_calibration(np.tile(Y, 3), np.tile(P, 3), resamples=None),
    )
    assert thrice.ici == pytest.approx(once.ici, abs=0.002)
    assert thrice.ici.n == 450
    y, p = Y, P.round(1)
    curve = smooth_calibration(y, p, resamples=None)
    off = np.interp(p, curve.predicted, np.abs(curve.share - curve.predicted))
    assert curve.ici == pytest.approx(off.mean())
    assert (curve.e50, curve.e90) == pytest.approx(tuple(np.percentile(off, [50, 90])))


def test_many_patients_are_fitted_in_groups_of_neighbours():
    """4,000 patients, no two alike: close to the curve through each of them."""
    y, p = patients(4000, 1.5)
    curve = smooth_calibration(y, p, resamples=None)
    assert len(curve.predicted) <= 200
    at = np.linspace(0.01, 0.99, 15)
    np.testing.assert_allclose(np.interp(at, curve.predicted, curve.share), plain(y, p, at, span=0.3), atol=0.005)


def test_true_risks_of_many_patients_are_close_to_the_diagonal():
    assert ici(*patients(100_000), resamples=None) < 0.005


def test_ici_is_the_error_of_the_risks():
    y, p = patients(100_000, 1.5)
    assert ici(y, p, span=0.2, resamples=None) == pytest.approx(np.mean(np.abs(p - p**1.5)), abs=0.002)


def test_what_is_known_for_certain_has_no_distance():
    y = np.arange(40) % 3 == 0
    curve = smooth_calibration(y, y.astype(float), resamples=None)
    assert (curve.ici, curve.e50, curve.e90, curve.emax) == pytest.approx((0, 0, 0, 0), abs=1e-15)


# ---------------------------------------------------------------- intervals


def test_interval_holds_the_truth_and_says_how():
    y, p = patients(800, 1.5)
    found = ici(y, p, resamples=50)
    assert found.low < np.mean(np.abs(p - p**1.5)) < found.high
    assert "loess of the outcome on the prediction (lines, span 0.75)" in found.how
    assert "percentile interval of 50 resamples of 800 patients" in found.how


def test_how_says_what_chance_alone_gives():
    rng = np.random.default_rng(0)
    p = rng.random(400)
    values = [float(ici(rng.random(400) < p, p, resamples=None)) for _ in range(100)]
    said = float(ici(p < 0.5, p, resamples=2).how.split("about ")[-1])
    assert np.mean(values) == pytest.approx(said, abs=0.005)


def test_same_seed_same_interval():
    first, again, other = (ici(Y, P, resamples=20, seed=seed).interval for seed in (1, np.random.default_rng(1), 2))
    assert first == again
    assert first != other


def test_intervals_hold_their_value():
    y, p = patients(200)  # true risks: resamples lie farther from the diagonal than the patients themselves
    curve = smooth_calibration(y, p, resamples=30)
    for one in (curve.ici, curve.e50, curve.e90, curve.emax):
        assert one.low <= one <= one.high


def test_rows_of_a_patient_are_resampled_together():
    """Twenty copies of each row tell no more than one: the interval is as wide as of the patients alone."""
    groups = np.repeat([f"patient {i}" for i in range(150)], 20)
    y, p = np.repeat(Y, 20), np.repeat(P, 20)
    alone = np.diff(ici(Y, P, resamples=60).interval)
    assert np.diff(ici(y, p, groups=groups, resamples=60).interval) == pytest.approx(alone, rel=0.3)
    assert np.diff(ici(y, p, resamples=60).interval) < alone / 2
    assert ici(y, p, groups=groups, resamples=2).n == 150


# ---------------------------------------------------------------- odd input


@pytest.mark.parametrize(
    ("y", "p"),
    [
        ([0, 1, 1], [0.2, 0.5, 0.6]),
        ([1], [0.3]),
        ([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]),
        ([0, 1, 0, 1], [0.5] * 4),
        ([0, 1, 0, 1], [0.0, 1.0, 0.0, 1.0]),
        (np.arange(200) % 2, np.where(np.arange(200) < 190, 0.05, np.arange(200) / 200)),
        (np.arange(9) % 2, np.linspace(0.5, 0.5 + 1e-9, 9)),
    ],
    ids=["three", "one", "one kind", "all p equal", "0 and 1", "most p equal", "p almost equal"],
)
def test_few_or_odd_patients(y, p):
    curve = smooth_calibration(y, p, resamples=5)
    assert np.isfinite(curve.share).all()
    assert ((curve.share >= 0) & (curve.share <= 1)).all()
    for one in (curve.ici, curve.e50, curve.e90, curve.emax):
        assert 0 <= one <= 1


def test_one_patient_has_no_interval():
    found = ici(Y, P, groups=np.zeros(150), resamples=5)
    assert found.n == 1
    assert math.isnan(found.low)


def test_predictions_that_all_came_true_are_not_certain():
    found = ici([0, 0, 1, 1], [0, 0, 1, 1], resamples=20)
    assert found == pytest.approx(0)
    assert math.isnan(found.low)


def test_equal_predictions_have_the_distance_of_their_mean():
    assert ici([0, 1, 1, 1], [0.5] * 4, resamples=None) == pytest.approx(0.25)


def test_nobody():
    curve = smooth_calibration([], [])
    assert math.isnan(curve.ici)
    assert curve.predicted.size == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"span": 0}, "0 < span <= 1"),
        ({"span": 1.5}, "0 < span <= 1"),
        ({"resamples": 1}, "None or a whole number >= 2"),
        ({"resamples": True}, "None or a whole number >= 2"),
        ({"resamples": 2.5}, "None or a whole number >= 2"),
        ({"groups": [1, 2]}, "groups says whose each of the 150 rows is"),
    ],
    ids=str,
)
def test_odd_options(change, message):
    with pytest.raises(ValueError, match=message):
        smooth_calibration(Y, P, **change)


@pytest.mark.parametrize(
    ("p", "message"), [([0.2, 1.2], "between 0 and 1"), ([0.2, np.nan], "NaN")], ids=["beyond 1", "NaN"]
)
def test_wrong_input_is_refused(p, message):
    with pytest.raises(ValueError, match=message):
        smooth_calibration([0, 1], p)
