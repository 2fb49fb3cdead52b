"""blood_risk: what the options do, and that they leave the patients alone."""

import numpy as np
import pytest

from edunet.datasets import blood_risk
from edunet.datasets.blood_risk import oracle_score
from edunet.datasets.blood_risk_rule import CORRELATION, rule

N = 20_000
OPTIONS = [{"missing": "mcar"}, {"missing": "mar"}, {"missing": "mnar"}, {"unit_errors": True}, {"site_shift": 3}]
ALL = {"missing": "mnar", "unit_errors": True, "site_shift": 3}


@pytest.fixture(scope="module")
def plain():
    return blood_risk.load(N, seed=1)


@pytest.mark.parametrize("options", [*OPTIONS, ALL], ids=str)
def test_the_patients_stay_who_they_are(plain, options):
    patients = blood_risk.load(N, seed=1, **options)
    np.testing.assert_array_equal(patients.truth["complete"], plain.x)
    np.testing.assert_array_equal(patients.y, plain.y)
    p = "risk_complete" if "missing" in options else "risk"
    np.testing.assert_array_equal(patients.truth[p], plain.truth["risk"])


@pytest.mark.parametrize("options", [*OPTIONS, ALL, {"prevalence": 0.3}], ids=str)
def test_form(options):
    patients = blood_risk.load(60, **options)
    assert patients.x.dtype == np.float32
    assert patients.x.shape == (60, 6)
    assert set(patients.units) == {*patients.columns, *patients.truth}
    assert all(len(values) == 60 for values in patients.truth.values())
    more = blood_risk.load(1500, **options)
    np.testing.assert_array_equal(more.x[:60], patients.x)
    np.testing.assert_array_equal(more.site[:60], patients.site)


@pytest.mark.parametrize("mechanism", ["mcar", "mar", "mnar"])
def test_a_fifth_of_the_blood_tests_is_missing(plain, mechanism):
    patients = blood_risk.load(N, seed=1, missing=mechanism)
    gap = np.isnan(patients.x)
    assert not gap[:, :2].any()
    np.testing.assert_allclose(gap[:, 2:].mean(0), 0.2, atol=0.012)
    np.testing.assert_array_equal(patients.x[~gap], plain.x[~gap])


# --- the risk of a panel with gaps ------------------------------------------------------------------------------------


def chance_of_a_gap(mechanism, z):
    """Under mnar, of each z (...,4); sigmoid(c + 1.5·z) is 0.2 on average. Else it cancels."""
    return 1 / (1 + np.exp(1.92265 - 1.5 * z)) if mechanism == "mnar" else np.full(z.shape, 0.2)


@pytest.mark.parametrize("mechanism", ["mcar", "mar", "mnar"])
def test_risk_is_that_of_all_patients_who_look_the_same(mechanism):
    """Monte Carlo: the hidden z of a patient drawn 100,000 times, given those that are seen, weighed by the gaps."""
    patients, rng, R = blood_risk.load(400, seed=2, missing=mechanism), np.random.default_rng(1), CORRELATION
    gap = np.isnan(patients.x[:, 2:])
    assert len({tuple(row) for row in gap.tolist()}) > 8
    k, c, crp, sbp = patients.truth["complete"][:, 2:].astype(float).T
    z = np.array([(k - 4.2) / 0.5, np.log(c) / 0.35, np.log(crp / 6), (sbp - 128) / 18]).T
    for i in [*np.flatnonzero(gap.sum(1) > 2)[:8], *np.flatnonzero(gap.sum(1) == 2)[:8], *range(8)]:
        h, o = gap[i], ~gap[i]
        regression = R[np.ix_(h, o)] @ np.linalg.inv(R[np.ix_(o, o)])
        drawn = np.tile(z[i], (100_000, 1))
        left = R[np.ix_(h, h)] - regression @ R[np.ix_(o, h)]
        drawn[:, h] = regression @ z[i, o] + rng.standard_normal((100_000, h.sum())) @ np.linalg.cholesky(left).T
        w = chance_of_a_gap(mechanism, drawn[:, h]).prod(1)
        p = 1 / (1 + np.exp(2.6 - rule(*patients.x[i, :2].astype(float), drawn.T)))
        mean = (w * p).sum() / w.sum()
        error = np.sqrt((w**2 * (p - mean) ** 2).sum()) / w.sum()
        assert patients.truth["risk"][i] == pytest.approx(mean, abs=5 * error + 1e-5)


@pytest.mark.parametrize("options", [{"missing": "mcar"}, {"missing": "mar"}, ALL], ids=str)
def test_risk_of_what_is_seen_is_calibrated(options):
    patients = blood_risk.load(N, seed=6, **options)
    gaps = np.isnan(patients.x).sum(1)
    for part in (gaps == 0, gaps == 1, gaps > 1, np.isnan(patients.x[:, 2]), patients.truth["risk"] > 0.3):
        p, y = patients.truth["risk"][part], patients.y[part]
        assert y.mean() == pytest.approx(p.mean(), abs=4 * np.sqrt((p * (1 - p)).mean() / len(p)))


def test_risk_of_a_panel_without_gaps_is_that_of_the_rule():
    patients = blood_risk.load(2000, missing="mar")
    whole = ~np.isnan(patients.x).any(1)
    np.testing.assert_array_equal(patients.truth["risk"][whole], patients.truth["risk_complete"][whole])


def test_logit_belongs_to_the_risk():
    truth = blood_risk.load(2000, missing="mnar").truth
    np.testing.assert_allclose(truth["risk"], 1 / (1 + np.exp(-truth["logit"])))


@pytest.mark.parametrize(("mechanism", "best"), [("mcar", 0.818), ("mar", 0.817), ("mnar", 0.814)])
def test_gaps_lower_the_best_score(mechanism, best):
    score, error = oracle_score(blood_risk.load(N, seed=9, missing=mechanism).truth)
    assert score == pytest.approx(best, abs=4 * error + 0.0005)


def test_the_old_and_the_high_are_those_that_miss(plain):
    age, potassium = plain.x[:, 0], plain.x[:, 2]
    by_age = np.isnan(blood_risk.load(N, seed=1, missing="mar").x[:, 2])
    by_value = np.isnan(blood_risk.load(N, seed=1, missing="mnar").x[:, 2])
    assert age[by_age].mean() > age[~by_age].mean() + 10
    assert abs(age[by_value].mean() - age[~by_value].mean()) < 1
    assert potassium[by_value].mean() > potassium[~by_value].mean() + 0.4


def test_unit_errors_are_where_the_key_says(plain):
    patients = blood_risk.load(N, seed=1, unit_errors=True)
    kind = patients.truth["unit_error"]
    np.testing.assert_allclose([(kind == 1).mean(), (kind == 2).mean()], 0.01, atol=0.003)
    factor = np.ones((N, 6))
    factor[kind == 1, 3] = 1e6 / 113.12 / 100  # mg/dl to µmol/l, by the molar mass of creatinine
    factor[kind == 2, 2] = 39.098 / 10  # mmol/l to mg/dl, by that of potassium
    np.testing.assert_allclose(patients.x, plain.x * factor, rtol=3e-4)
    np.testing.assert_array_equal(patients.x[kind == 0], plain.x[kind == 0])


def test_site_shift_is_the_gain_and_offset_of_the_truth(plain):
    patients = blood_risk.load(N, seed=1, site_shift=3)
    gain, offset = patients.truth["gain"], patients.truth["offset"]
    np.testing.assert_allclose(patients.x[:, 2:], gain * plain.x[:, 2:] + offset, rtol=1e-6)
    np.testing.assert_array_equal(patients.x[:, :2], plain.x[:, :2])
    np.testing.assert_allclose(np.bincount(patients.site) / N, 1 / 3, atol=0.015)
    assert [len(np.unique(gain[patients.site == k], axis=0)) for k in range(3)] == [1, 1, 1]
    right = patients.site == 0
    np.testing.assert_array_equal(patients.x[right], plain.x[right])
    assert not np.array_equal(patients.x[~right], plain.x[~right])


def test_a_hospital_is_the_same_for_other_patients():
    few, many = (blood_risk.load(200, seed=k, site_shift=4 + k) for k in (0, 1))
    for k in range(4):
        np.testing.assert_array_equal(few.truth["gain"][few.site == k][0], many.truth["gain"][many.site == k][0])


def test_values_stay_positive_in_every_hospital():
    assert (blood_risk.load(N, site_shift=blood_risk.MOST_SITES).x[:, 2:] > 0).all()


@pytest.mark.parametrize("prevalence", [0.01, 0.05, 0.3, 0.5, 0.9])
def test_prevalence(plain, prevalence):
    patients = blood_risk.load(N, seed=1, prevalence=prevalence)
    assert patients.truth["risk"].mean() == pytest.approx(prevalence, abs=0.006)
    np.testing.assert_array_equal(patients.x, plain.x)
    difference = patients.truth["logit"] - plain.truth["logit"]
    np.testing.assert_allclose(difference, difference[0], atol=1e-12)


def test_the_usual_prevalence_gives_the_usual_intercept():
    assert blood_risk.intercept_for(0.1349) == pytest.approx(-2.6, abs=0.03)


@pytest.mark.parametrize(("prevalence", "best"), [(0.05, 0.902), (0.4, 0.792)])
def test_the_rarer_the_easier_to_rank(prevalence, best):
    assert oracle_score(blood_risk.load(N, prevalence=prevalence).truth).score == pytest.approx(best, abs=0.008)


def test_a_few_wrong_units_ruin_a_linear_model_of_the_right_terms(auc, logistic):
    def terms(x):
        age, sex, k, c, crp, sbp = x.astype(float).T
        z1, z2 = (k - 4.2) / 0.5, np.log(c) / 0.35
        a = (age - 62) / 14
        return np.column_stack([a, sex, z1**2, a * z2, (crp > 16.31) & (sbp < 119)]).astype(float)

    areas = []
    for wrong in (False, True):
        patients = blood_risk.load(N, seed=1, unit_errors=wrong)
        x = terms(patients.x)
        areas.append(auc(patients.y[8000:], logistic(x[:8000], patients.y[:8000], x[8000:])))
    assert areas[1] < areas[0] - 0.05


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"missing": "mnra"}, ValueError, "mnar"),
        ({"site_shift": 0}, ValueError, r"site_shift must be at least 1.*load\(site_shift=4\)"),
        ({"site_shift": 201}, ValueError, "at most 200 hospitals"),
        ({"site_shift": True}, TypeError, "site_shift must be a whole number"),
        ({"prevalence": 0}, ValueError, "between 0.01 and 0.9"),
        ({"prevalence": float("nan")}, ValueError, "between 0.01 and 0.9"),
        ({"prevalence": "0.3"}, TypeError, "prevalence must be a number"),
    ],
)
def test_options_that_are_none(options, error, message):
    with pytest.raises(error, match=message):
        blood_risk.load(10, **options)
