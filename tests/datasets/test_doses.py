"""doses: the schedule, the concentration against its formula, the best score, summaries that fall short."""

import numpy as np
import pytest

from edunet.datasets import doses
from edunet.datasets.doses import oracle_score

N = 50_000


@pytest.fixture(scope="module")
def patients():
    return doses.load(N, seed=1)


def test_form(patients):
    assert patients.x.shape == (N, 72, 1)
    assert patients.x.dtype == np.float32
    assert patients.truth["concentration"].shape == (N, 72)
    assert patients.units["dose"] == "mg"


def test_first_rows_are_pinned():
    patients = doses.load(8)
    assert patients.y.tolist() == [0, 1, 1, 1, 0, 1, 0, 0]
    assert [(t, int(d)) for t, d in enumerate(patients.x[0, :, 0]) if d] == [
        (7, 250),
        (16, 250),
        (24, 250),
        (30, 500),
        (36, 250),
        (40, 500),
        (44, 250),
        (64, 250),
    ]
    np.testing.assert_allclose(patients.truth["concentration"][:3, -1], [6.5209098, 9.5892562, 12.999359], rtol=1e-6)


def test_sizes(patients):
    sizes, counts = np.unique(patients.x, return_counts=True)
    assert sizes.tolist() == [0, 250, 500]
    assert counts[1] / counts[2] == pytest.approx(3, rel=0.02)


def test_doses_are_at_least_four_hours_apart(patients):
    given = patients.x[..., 0] > 0
    for gap in (1, 2, 3):
        assert not (given[:, gap:] & given[:, :-gap]).any()
    assert (given[:, 4:] & given[:, :-4]).any()


def test_number_of_doses(patients):
    """After the start a dose stands every 8 h, and 4 in 5 are given: 1 hour in 10."""
    late = (patients.x[:, 36:, 0] > 0).mean()
    assert late == pytest.approx(0.8 / 8, abs=0.002)


def test_first_dose_comes_within_twelve_hours(patients):
    """In hour 0 a twelfth of the patients have a dose, four in five of which are given."""
    assert (patients.x[:, 0, 0] > 0).mean() == pytest.approx(0.8 / 12, abs=0.005)
    hours = (patients.x[:, :4, 0] > 0).mean(0)  # too early for a second one
    np.testing.assert_allclose(hours, 0.8 / 12, atol=0.005)


def test_concentration_is_the_sum_of_what_is_left_of_every_dose(patients):
    x = patients.x[:20, :, 0].astype(float)
    t = np.arange(72)
    left = np.where(t[:, None] >= t, 0.5 ** ((t[:, None] - t) / 8), 0)  # (hour, hour of the dose)
    np.testing.assert_allclose(patients.truth["concentration"][:20], x @ left.T / 35, rtol=1e-12)


def test_risk_follows_from_the_last_concentration(patients):
    c = patients.truth["concentration"][:, -1]
    np.testing.assert_allclose(patients.truth["risk"], 1 / (1 + np.exp(-(c - 12) / 1.5)))


def test_prevalence(patients):
    assert patients.y.mean() == pytest.approx(0.383, abs=0.009)


def test_best_auc(patients, auc):
    score, error = oracle_score(patients.truth)
    assert score == pytest.approx(0.9335, abs=4 * error)
    assert auc(patients.y, patients.truth["risk"]) == pytest.approx(0.9335, abs=0.004)


def test_total_dose_is_poor(patients, auc):
    assert auc(patients.y, patients.x.sum((1, 2))) == pytest.approx(0.729, abs=0.009)


def test_dose_of_the_last_day_is_not_enough(patients, auc):
    assert auc(patients.y, patients.x[:, -24:].sum((1, 2))) == pytest.approx(0.843, abs=0.007)


def test_last_dose_is_poor(patients, auc):
    given = patients.x[..., 0] > 0
    last = 71 - given[:, ::-1].argmax(1)
    assert auc(patients.y, patients.x[np.arange(N), last, 0]) == pytest.approx(0.633, abs=0.01)
