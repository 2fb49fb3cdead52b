"""hospitals: every row of the table of shifts, the exact risk, and a model that does not travel."""

import numpy as np
import pytest

from edunet.datasets import blood_risk, hospitals
from edunet.datasets.hospitals import HOSPITALS, oracle_score

N = 120_000


@pytest.fixture(scope="module")
def patients():
    return hospitals.load(N, seed=1)


def of(patients, k):
    """Return x, the true values and y of hospital k."""
    here = patients.site == k
    return patients.x[here].astype(float), patients.truth["complete"][here].astype(float), patients.y[here]


def test_form(patients):
    assert patients.x.shape == (N, 6)
    assert patients.x.dtype == np.float32
    assert patients.site.dtype == np.uint8
    np.testing.assert_array_equal(patients.site, np.arange(N) % 4)
    assert patients.truth.keys() == {"risk", "logit", "complete"}


def test_first_rows_are_pinned():
    patients = hospitals.load(8)
    assert patients.y.tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(
        patients.x[[0, 2]],
        [
            [63.760223, 1.0, 3.8618839, 0.49416322, 2.8138499, 143.70972],
            [36.140961, 1.0, np.nan, 53.373081, 2.273798, 148.43625],
        ],
        rtol=1e-6,
    )
    np.testing.assert_allclose(patients.truth["risk"][:4], [0.0440177, 0.16896844, 0.17734736, 0.03857998], rtol=1e-6)


@pytest.mark.parametrize("k", range(4))
def test_logit_is_the_rule_of_blood_risk_with_the_intercept_of_the_hospital(patients, k):
    """Back from the true values, by the equation as it is printed."""
    _, (age, sex, potassium, creatinine, crp, sbp), _ = (part.T for part in of(patients, k))
    a, z1, z2 = (age - 62) / 14, (potassium - 4.2) / 0.5, np.log(creatinine) / 0.35
    z3, z4 = np.log(crp / 6), (sbp - 128) / 18
    logit = 0.5 * a + 0.9 * (z1**2 - 1) + 0.8 * a * z2 + 1.2 * ((z3 > 1) & (z4 < -0.5)) + 0.15 * sex
    sure = (abs(z3 - 1) > 1e-5) & (abs(z4 + 0.5) > 1e-5)
    found = patients.truth["logit"][patients.site == k] - logit
    np.testing.assert_allclose(found[sure], (-2.6, -2.6, -2.0, -2.9)[k], atol=1e-4)


def test_risk_is_the_sigmoid_of_the_logit(patients):
    np.testing.assert_allclose(patients.truth["risk"], 1 / (1 + np.exp(-patients.truth["logit"])))


@pytest.mark.parametrize(
    ("k", "age", "male", "means"),
    [
        (0, 62, 0.5, (0, 0, 0, 0)),
        (1, 72, 0.45, (0, 0.2, 0, 0)),
        (2, 55, 0.55, (0, -0.2, 0, 0.2)),
        (3, 66, 0.6, (0.3, 0.5, 0.6, -0.4)),
    ],
)
def test_case_mix(patients, k, age, male, means):
    x, true, _ = of(patients, k)
    assert np.median(x[:, 0]) == pytest.approx(age, abs=0.5)
    assert x[:, 1].mean() == pytest.approx(male, abs=0.012)
    z = (true[:, 2] - 4.2) / 0.5, np.log(true[:, 3]) / 0.35, np.log(true[:, 4] / 6), (true[:, 5] - 128) / 18
    np.testing.assert_allclose(np.mean(z, axis=1), means, atol=0.025)
    np.testing.assert_allclose(np.cov(z), blood_risk.CORRELATION, atol=0.04)


def test_hospital_0_reports_the_truth(patients):
    x, true, _ = of(patients, 0)
    np.testing.assert_array_equal(x, true)


@pytest.mark.parametrize(
    ("k", "column", "gain", "offset"),
    [(1, 2, 1, 0.3), (1, 3, 1.1, 0), (1, 4, 1.25, 0), (2, 2, 0.97, 0), (2, 3, 88.42, 0), (2, 5, 1, 8), (3, 3, 1, 0.1)],
)
def test_calibration(patients, k, column, gain, offset):
    x, true, _ = of(patients, k)
    seen = ~np.isnan(x[:, column])
    np.testing.assert_allclose(x[seen, column], gain * true[seen, column] + offset, rtol=1e-5)


def test_equipment(patients):
    town, true, _ = of(patients, 1)
    pressure = town[:, 5][~np.isnan(town[:, 5])]
    assert set((pressure % 5).tolist()) == {0}
    assert np.nanmax(abs(town[:, 5] - true[:, 5])) < 2.501
    referral, true, _ = of(patients, 3)
    assert np.nanmin(referral[:, 4]) == 5
    assert (referral[:, 4] == 5).mean() > 0.1
    noise = (referral[:, 2] - 1.04 * true[:, 2])[~np.isnan(referral[:, 2])]
    assert noise.std() == pytest.approx(0.1, abs=0.003)
    assert noise.mean() == pytest.approx(0, abs=0.004)


@pytest.mark.parametrize(("k", "share"), [(0, 0), (1, 0.1), (2, 0.2), (3, 0.3)])
def test_share_that_is_missing(patients, k, share):
    gap = np.isnan(of(patients, k)[0])
    assert not gap[:, :2].any()
    np.testing.assert_allclose(gap[:, 2:].mean(0), share, atol=0.012)


def test_reason_that_it_is_missing(patients):
    """In the coast hospital the age; in the referral hospital the value."""
    for k, by_age, by_value in [(1, 0, 0), (2, 1, 0), (3, 0, 1)]:
        x, true, _ = of(patients, k)
        gap = np.isnan(x[:, 2])
        assert (x[gap, 0].mean() - x[~gap, 0].mean() > 5) == by_age
        assert (true[gap, 2].mean() - true[~gap, 2].mean() > 0.3) == by_value


@pytest.mark.parametrize(("k", "prevalence", "best"), [(0, 0.1353, 0.850), (1, 0.1787, 0.846), (2, 0.1774, 0.837)])
def test_prevalence_and_best_area(patients, k, prevalence, best):
    """Of 400,000 patients."""
    here = patients.site == k
    assert patients.truth["risk"][here].mean() == pytest.approx(prevalence, abs=0.004)
    score, error = oracle_score({"risk": patients.truth["risk"][here]})
    assert score == pytest.approx(best, abs=4 * error)


def terms(x):
    """What the rule is made of, as one would compute it who knows the laboratory of hospital 0 only."""
    age, sex, k, c, crp, sbp = np.where(np.isnan(x), [62, 0.5, 4.2, 1, 6, 128], x).T
    a = (age - 62) / 14
    z1, z2 = (k - 4.2) / 0.5, np.log(c) / 0.35
    return np.column_stack([a, sex, z1**2, a * z2, (crp > 16.31) & (sbp < 119)]).astype(float)


def test_a_model_of_hospital_0_does_not_travel(patients, auc, logistic):
    x, _, y = of(patients, 0)
    gap = []
    for k in range(4):
        x_there, true, y_there = of(patients, k)
        reached = auc(y_there, logistic(terms(x)[:8000], y[:8000], terms(x_there)))
        repaired = auc(y_there, logistic(terms(x)[:8000], y[:8000], terms(true)))
        gap.append(repaired - reached)
    assert gap[0] == 0
    assert min(gap[1:]) > 0.02
    assert gap[2] > 0.1  # the unit of creatinine


def test_the_table_of_hospitals_is_what_the_module_prints():
    assert [hospital.name for hospital in HOSPITALS] == ["university", "town", "coast", "referral"]
    for hospital in HOSPITALS:
        assert hospital.name in hospitals.__doc__
