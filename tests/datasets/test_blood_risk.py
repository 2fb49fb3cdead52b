"""blood_risk: the equations, the best scores, and how far a linear model falls short."""

import numpy as np
import pytest

from edunet.datasets import blood_risk
from edunet.datasets.blood_risk import COLUMNS, oracle_score


@pytest.fixture(scope="module")
def patients():
    return blood_risk.load(100_000, seed=1)


def latent(patients):
    """Go back from the columns to a, sex, z₁ .. z₄."""
    age, sex, potassium, creatinine, crp, sbp = patients.x.astype(float).T
    z = (potassium - 4.2) / 0.5, np.log(creatinine) / 0.35, np.log(crp / 6), (sbp - 128) / 18
    return (age - 62) / 14, sex, np.array(z)


def test_form(patients):
    assert patients.x.shape == (100_000, 6)
    assert patients.x.dtype == np.float32
    assert patients.columns == ("age", "sex", "potassium", "creatinine", "crp", "sbp")
    assert patients.truth.keys() == {"risk", "logit"}


def test_first_rows_are_pinned():
    patients = blood_risk.load(6)
    assert patients.y.tolist() == [0, 0, 1, 0, 0, 1]
    np.testing.assert_allclose(
        patients.x[:2],
        [
            [63.760223, 1.0, 4.8112822, 1.0819473, 9.8988867, 136.88141],
            [60.150532, 1.0, 3.5202055, 0.52531731, 2.6393781, 132.85129],
        ],
        rtol=1e-6,
    )
    np.testing.assert_allclose(patients.truth["risk"][:3], [0.1279394, 0.17392879, 0.086956909], rtol=1e-6)


def test_logit_is_the_published_equation_of_what_can_be_seen(patients):
    a, sex, (z1, z2, z3, z4) = latent(patients)
    logit = -2.6 + 0.5 * a + 0.9 * (z1**2 - 1) + 0.8 * a * z2 + 1.2 * ((z3 > 1) & (z4 < -0.5)) + 0.15 * sex
    sure = (abs(z3 - 1) > 1e-5) & (abs(z4 + 0.5) > 1e-5)  # rounding to float32 decides at the threshold
    np.testing.assert_allclose(logit[sure], patients.truth["logit"][sure], atol=1e-4)
    assert sure.mean() > 0.999


def test_risk_is_the_sigmoid_of_the_logit(patients):
    np.testing.assert_allclose(patients.truth["risk"], 1 / (1 + np.exp(-patients.truth["logit"])))


def test_age_and_sex(patients):
    age, sex = patients.x[:, 0], patients.x[:, 1]
    assert age.min() == 18
    assert age.max() == 95
    assert np.median(age) == pytest.approx(62, abs=0.3)
    assert set(sex.tolist()) == {0, 1}
    assert sex.mean() == pytest.approx(0.5, abs=0.007)


def test_blood_tests_are_normal_with_the_stated_correlations(patients):
    z = latent(patients)[2]
    np.testing.assert_allclose(z.mean(1), 0, atol=0.015)
    np.testing.assert_allclose(np.cov(z), blood_risk.CORRELATION, atol=0.02)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("potassium", 1.5, 7), ("creatinine", 0.15, 6), ("crp", 0.05, 900), ("sbp", 30, 230)]
)
def test_values_are_such_as_a_laboratory_reports(patients, name, least, most):
    values = patients.x[:, COLUMNS.index(name)]
    assert least < values.min() < values.max() < most


def test_potassium_harms_at_both_ends(patients):
    potassium, risk = patients.x[:, 2], patients.truth["risk"]
    low, middle, high = (risk[part].mean() for part in (potassium < 3.2, abs(potassium - 4.2) < 0.3, potassium > 5.2))
    assert min(low, high) > 5 * middle


def test_prevalence(patients):
    assert patients.y.mean() == pytest.approx(0.135, abs=0.004)


@pytest.mark.parametrize(
    ("metric", "best"), [("auc", 0.8511), ("accuracy", 0.8989), ("brier", 0.0788), ("log_loss", 0.2730)]
)
def test_best_scores(patients, metric, best):
    """Of 4,000,000 patients."""
    score, error = oracle_score(patients.truth, metric)
    assert score == pytest.approx(best, abs=4 * error + 0.00005)
    assert error < 0.001


def test_true_risk_reaches_the_best_auc(patients, auc):
    assert auc(patients.y, patients.truth["risk"]) == pytest.approx(0.851, abs=0.008)


def test_a_linear_model_is_poor(patients, auc, logistic):
    score = logistic(patients.x[:8000], patients.y[:8000], patients.x[8000:])
    assert auc(patients.y[8000:], score) == pytest.approx(0.60, abs=0.015)


def test_a_linear_model_of_the_right_terms_is_as_good_as_can_be(patients, auc, logistic):
    a, sex, (z1, z2, z3, z4) = latent(patients)
    terms = np.column_stack([a, sex, z1**2, a * z2, (z3 > 1) & (z4 < -0.5)]).astype(float)
    score = logistic(terms[:8000], patients.y[:8000], terms[8000:])
    assert auc(patients.y[8000:], score) > auc(patients.y[8000:], patients.truth["risk"][8000:]) - 0.005
