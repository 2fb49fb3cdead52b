"""The area, its interval, and the comparison of two."""

import csv
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from edunet.clinic.auroc import auroc, compare_auroc

REAL = Path(__file__).parents[2].parent / "shared/data/longitudinal/pbcseq.csv"


def normal_scores(auc_distance, ill, healthy, seed=0):
    y = np.repeat([True, False], [ill, healthy])
    return y, np.random.default_rng(seed).normal(size=ill + healthy) + auc_distance * y


def test_binormal_area():
    """d' = 1.5 has an area of Φ(1.5/√2) = 0.856."""
    area = auroc(*normal_scores(1.5, 50_000, 50_000))
    assert area == pytest.approx(0.856, abs=0.003)
    assert area.low < 0.8556 < area.high


def test_interval_on_the_logit_scale():
    """Worked out by all pairs of 10 ill and 10 healthy patients."""
    y, p = normal_scores(1.0, 10, 10, seed=5)
    ill, healthy = p[y][:, np.newaxis], p[~y]
    psi = (ill > healthy).astype(float)
    area, variance = psi.mean(), psi.mean(axis=1).var(ddof=1) / 10 + psi.mean(axis=0).var(ddof=1) / 10
    half = 1.959963984540054 * math.sqrt(variance) / (area * (1 - area))
    expected = [1 / (1 + math.exp(-(math.log(area / (1 - area)) + side * half))) for side in (-1, 1)]
    assert auroc(y, p).interval == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("ill", "healthy"), [(1, 1), (3, 20), (20, 3), (50, 50)])
def test_perfect_separation_has_the_exact_bound(ill, healthy):
    y = np.repeat([1, 0], [ill, healthy])
    found = auroc(y, y)
    assert found.high == 1
    assert found.low ** min(ill, healthy) == pytest.approx(0.025)
    assert "exact bound" in found.how


def test_all_the_wrong_way_round():
    found = auroc([1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1])
    assert (float(found), found.low) == (0, 0)
    assert (1 - found.high) ** 3 == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("y", "p"), [([1, 0, 0], [1, 0, 2]), ([1, 0, 1, 0], [0.5] * 4), ([1, 0], [1, 1])], ids=["one ill", "alike", "two"]
)
def test_too_few_for_delong_still_has_an_interval(y, p):
    found = auroc(y, p)
    assert 0 <= found.low < 0.5 < found.high <= 1
    assert "Wilson" in found.how


@pytest.mark.parametrize(("y", "why"), [([], "no patients"), ([0, 0], "nobody is ill"), ([1, 1], "nobody is healthy")])
def test_not_computed(y, why):
    found = auroc(y, np.zeros(len(y)))
    assert math.isnan(found)
    assert why in found.why


def test_few_misplaced_patients_are_warned_of():
    assert "may be too narrow" in auroc(*normal_scores(2.3, 10, 190)).how
    assert "too narrow" not in auroc(*normal_scores(1.0, 100, 100)).how


def test_groups_of_one_row_change_nothing():
    y, p = normal_scores(1, 20, 30)
    assert repr(auroc(y, p, groups=[f"p{i}" for i in range(50)])) == repr(auroc(y, p))


def test_alike_rows_are_worth_one():
    y, p = normal_scores(1, 20, 30)
    many = auroc(np.repeat(y, 10), np.repeat(p, 10), groups=np.repeat(np.arange(50), 10))
    logits = [[math.log(end / (1 - end)) for end in (one, *one.interval)] for one in (many, auroc(y, p))]
    wider, middle = 2.093024 / 1.959964, logits[1][0]  # t with 19 degrees of freedom, for the 20 ill
    assert logits[0] == pytest.approx([middle + wider * (end - middle) for end in logits[1]], rel=1e-6)
    assert many.n == 50
    assert "50 patients with 500 rows" in many.how


def test_few_patients_with_uneven_rows():
    """Ten patients with 1 to 40 rows each: with 1.96 in the place of t the truth is held in 85 of 100 samples."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(300):
        whose = np.repeat(np.arange(10), rng.geometric(1 / 8, 10))
        y = (np.arange(10) % 2 == 0)[whose]
        p = 0.77 * rng.normal(size=10)[whose] + 0.63 * rng.normal(size=len(y)) + 1.19 * y  # an area of 0.8
        found = auroc(y, p, groups=whose)
        held += found.low <= 0.8 <= found.high
    assert held / 300 > 0.91


def test_one_patient_has_no_interval():
    found = auroc([0, 1, 1], [0.1, 0.2, 0.3], groups=["a", "a", "a"])
    assert float(found) == 1
    assert math.isnan(found.low)
    assert "one patient" in found.how


def test_groups_of_another_length():
    with pytest.raises(ValueError, match="whose each of the 3 rows is"):
        auroc([0, 1, 1], [0.1, 0.2, 0.3], groups=[1, 2])


def test_turned_round_it_is_one_minus():
    y, p = normal_scores(1, 20, 30)
    here, there = auroc(y, p), auroc(~y, p)
    assert (1 - there, 1 - there.high, 1 - there.low) == pytest.approx((here, here.low, here.high))


def test_order_is_all_that_counts():
    y, p = normal_scores(1, 20, 30)
    assert repr(auroc(y, np.exp(p))) == repr(auroc(y, p))


@pytest.mark.parametrize("p", [np.full(4, np.nan), [0.1, 0.2, np.inf, 0.3], np.zeros((4, 2)), np.zeros(3)])
def test_predictions_that_are_none(p):
    with pytest.raises(ValueError, match="auroc"):
        auroc([0, 1, 0, 1], p)


def test_visits_of_real_patients():
    """Bilirubin at 1,945 visits against who died: by rows the interval is less than half as wide as by patients."""
    if not REAL.exists():
        pytest.skip("the real visits are not beside the repository (shared/data/longitudinal)")
    with REAL.open(newline="", encoding="utf-8") as file:
        visits = list(csv.DictReader(file))
    died, bilirubin = [v["status"] == "2" for v in visits], [float(v["bili"]) for v in visits]
    rows, patients = auroc(died, bilirubin), auroc(died, bilirubin, groups=[v["id"] for v in visits])
    assert (rows.n, patients.n) == (1945, 312)
    assert rows.interval == pytest.approx((0.747, 0.790), abs=6e-4)
    assert patients.interval == pytest.approx((0.713, 0.817), abs=6e-4)


# ---------------------------------------------------------------- two areas


def test_difference_has_the_covariance_taken_off():
    y, p = normal_scores(1, 40, 60)
    q = p + 0.1 * np.random.default_rng(1).normal(size=100)
    found = compare_auroc(y, p, q)
    assert found.difference == pytest.approx(auroc(y, p) - auroc(y, q), abs=1e-15)
    assert found.difference.high - found.difference.low < 0.5 * (found.first.high - found.first.low)
    assert found.p_value == pytest.approx(math.erfc(abs(found.z) / math.sqrt(2)))


def test_exchanged_models_change_the_sign():
    y, p = normal_scores(1, 40, 60)
    q = np.random.default_rng(1).normal(size=100) + y
    one, other = compare_auroc(y, p, q), compare_auroc(y, q, p)
    assert one.z == pytest.approx(-other.z)
    assert one.difference.low == pytest.approx(-other.difference.high)


def test_the_same_order_is_no_difference():
    y, p = normal_scores(1, 40, 60)
    found = compare_auroc(y, p, 3 * p + 1)
    assert (float(found.difference), found.z, found.p_value) == (0, 0, 1)


def test_comparison_that_nobody_can_make():
    one_kind = compare_auroc([1, 1], [1, 2], [2, 1])
    assert math.isnan(one_kind.difference)
    too_few = compare_auroc([1, 0, 0], [2, 1, 2], [1, 2, 2])
    assert float(too_few.difference) == 0.75
    assert math.isnan(too_few.p_value)
    assert "no interval" in too_few.difference.how


def test_comparison_in_groups_is_less_sure():
    y, p = normal_scores(1, 40, 60)
    q = np.random.default_rng(1).normal(size=100) + y
    many = [np.repeat(part, 5) for part in (y, p, q)]
    assert compare_auroc(*many, groups=np.repeat(np.arange(100), 5)).z == pytest.approx(compare_auroc(y, p, q).z)
    assert abs(compare_auroc(*many).z) > 2 * abs(compare_auroc(y, p, q).z)


def test_estimates_survive_being_saved():
    found = auroc(*normal_scores(1, 20, 30))
    assert repr(pickle.loads(pickle.dumps(found))) == repr(found)
