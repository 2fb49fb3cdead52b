"""What scikit-learn's imputers do to data whose truth `ampute` kept: five lessons, each as a number."""

import numpy as np
import pytest

from edunet.metrics import roc_auc
from edunet.preprocessing import patient_split
from edunet.preprocessing.ampute import ampute
from edunet.preprocessing.imputation import coverage, imputation_scores, rubin
from edunet.preprocessing.student import student_quantile

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def patients(n, seed):
    """Age and pressure (n,2): pressure = 0.6·age + noise, both of mean 0 and sd 1."""
    age, noise = np.random.default_rng(seed).standard_normal((2, n))
    return np.column_stack([age, 0.6 * age + 0.8 * noise])


@pytest.fixture(scope="module")
def hidden():
    """2,000 patients, of 40 % the pressure is missing, of the old above all."""
    return ampute(patients(2000, 0), "mar", 0.4, patterns=[[1]])


# ---------------------------------------------------------------- 1. the mean shrinks the spread


def test_mean_imputation_shrinks_the_variance_as_the_formula_says():
    hidden = ampute(patients(2000, 0), "mcar", 0.4, patterns=[[1]])
    pressure = SimpleImputer().fit_transform(hidden.x)[:, 1]
    seen = hidden.x[~hidden.mask[:, 1], 1]
    assert pressure.var() == pytest.approx(seen.var() * len(seen) / 2000)
    scores = imputation_scores(hidden.truth, hidden.mask, SimpleImputer().fit_transform(hidden.x), slope=(1, 0))
    assert scores[1].sd_bias == pytest.approx(np.sqrt(0.6) - 1, abs=0.03)
    assert scores.slope_filled == pytest.approx(0.6 * scores.slope_true, abs=0.03)


def test_the_best_guess_has_the_smaller_error_and_the_draw_the_right_spread(hidden):
    """RMSE alone chooses the imputer that makes the distribution too narrow."""
    imputers = IterativeImputer(random_state=0), IterativeImputer(sample_posterior=True, max_iter=1, random_state=0)
    tables = (imputer.fit_transform(hidden.x) for imputer in imputers)
    guess, draw = (imputation_scores(hidden.truth, hidden.mask, table) for table in tables)
    assert guess[1].rmse < 0.85 * draw[1].rmse
    assert guess[1].sd_bias < -0.1
    assert abs(draw[1].sd_bias) < 0.03


# ---------------------------------------------------------------- 2. complete cases


def test_complete_cases_are_biased_under_mar_and_a_model_of_what_is_seen_is_not(hidden):
    complete = hidden.x[~hidden.mask.any(axis=1)]
    assert complete[:, 1].mean() - hidden.truth[:, 1].mean() < -0.25
    for imputer in (IterativeImputer(random_state=0), KNNImputer(n_neighbors=20)):
        score = imputation_scores(hidden.truth, hidden.mask, imputer.fit_transform(hidden.x))[1]
        assert abs(score.mean_bias) < 0.06


def test_under_mnar_no_model_of_what_is_seen_is_right():
    hidden = ampute(patients(2000, 0), "mnar", 0.4, patterns=[[1]])
    filled = IterativeImputer(random_state=0).fit_transform(hidden.x)
    assert imputation_scores(hidden.truth, hidden.mask, filled)[1].mean_bias < -0.2


# ---------------------------------------------------------------- 3. before the split


def test_imputing_before_the_split_with_the_outcome_in_the_table_finds_what_is_not_there():
    """Columns and outcome are pure chance: the AUC is 0.5. Filled from the whole table it seems to be 0.88."""
    k, leaky, clean = 5, [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_normal((200, k)), rng.integers(0, 2, 200)
        gaps = ampute(x, "mcar", 0.99, patterns=[rng.choice(k, 2, replace=False) for _ in range(40)], seed=rng).x
        train, test = patient_split(x, y, range(200), shares=(0.5, 0.5))
        filled = IterativeImputer(max_iter=50, tol=0.01, random_state=0).fit_transform(np.column_stack([gaps, y]))[
            :, :k
        ]
        model = LogisticRegression().fit(filled[train], y[train])
        leaky.append(roc_auc(y[test], model.decision_function(filled[test])))
        pipeline = make_pipeline(IterativeImputer(tol=0.2, random_state=0), LogisticRegression())
        clean.append(roc_auc(y[test], pipeline.fit(gaps[train], y[train]).decision_function(gaps[test])))
    assert np.mean(leaky) > 0.7
    assert np.mean(clean) == pytest.approx(0.5, abs=0.1)


def test_an_imputer_of_all_rows_gives_a_patient_values_of_the_other_test_patients(hidden):
    train, test = hidden.x[:1000], hidden.x[1000:].copy()
    patient = int(np.isnan(test[:, 1]).argmax())
    others = np.where(np.arange(1000)[:, None] == patient, test, test + 5)
    before = [SimpleImputer().fit(np.vstack([train, t])).transform(t)[patient, 1] for t in (test, others)]
    after = [SimpleImputer().fit(train).transform(t)[patient, 1] for t in (test, others)]
    assert before[1] - before[0] > 1
    assert after[0] == after[1]


# ---------------------------------------------------------------- 4. several imputations


def mean_and_variance(x):
    return x[:, 1].mean(), x[:, 1].var(ddof=1) / len(x)


def single(x):
    """Return the interval of the mean of who takes the filled values for measured ones."""
    q, u = mean_and_variance(x)
    half = student_quantile(0.975, len(x) - 1) * np.sqrt(u)
    return q - half, q + half


def drawn(x, rng):
    """Fill x once: the model learns from rows drawn anew, as it is uncertain too, then draws the values."""
    rows = rng.integers(0, len(x), len(x))
    seed = int(rng.integers(2**31))
    imputer = IterativeImputer(sample_posterior=True, max_iter=1, skip_complete=True, random_state=seed)
    return imputer.fit(x[rows]).transform(x)


def test_intervals_of_rubin_cover_and_those_of_one_imputation_do_not():
    """Each study with new patients and new gaps; `rubin` tells of 1,000."""
    pooled, once, by_mean = [], [], []
    for study in range(40):
        rng = np.random.default_rng([7, study])
        x = ampute(patients(60, rng), "mar", 0.4, patterns=[[1]], seed=rng).x
        tables = [drawn(x, rng) for _ in range(5)]
        pooled.append(rubin(*zip(*map(mean_and_variance, tables), strict=True), n=60))
        once.append(single(tables[0]))
        by_mean.append(single(SimpleImputer().fit_transform(x)))
    assert coverage(pooled, 0.0).share == pytest.approx(0.95, abs=0.06)
    assert coverage(once, 0.0).share < 0.87
    assert coverage(by_mean, 0.0).share < 0.6
    assert coverage(pooled, 0.0).width > coverage(once, 0.0).width


# ---------------------------------------------------------------- 5. that it was not measured


@pytest.mark.parametrize(("mechanism", "gain"), [("mnar", True), ("mcar", False)])
def test_the_mask_as_a_feature_helps_under_mnar(mechanism, gain):
    """The illness follows the value; who is ill is not measured: then the gap itself tells."""
    rng = np.random.default_rng(0)
    value = rng.standard_normal(4000)
    y = rng.random(4000) < 1 / (1 + np.exp(-2 * value))
    x = ampute(value[:, None], mechanism, 0.5, patterns=[[0]]).x
    train, test = patient_split(x, y, range(4000), shares=(0.5, 0.5))
    auc = []
    for add in (False, True):
        model = make_pipeline(SimpleImputer(add_indicator=add), LogisticRegression()).fit(x[train], y[train])
        auc.append(roc_auc(y[test], model.decision_function(x[test])))
    assert (auc[1] - auc[0] > 0.05) is gain
    assert auc[1] > auc[0] - 0.005


def test_and_ties_the_model_to_the_habits_of_its_hospital():
    """Here the worst are not measured, elsewhere the healthy: what the gap meant is then wrong."""
    rng = np.random.default_rng(1)
    value = rng.standard_normal(8000)
    y = rng.random(8000) < 1 / (1 + np.exp(-2 * value))
    here, there = slice(0, 4000), slice(4000, None)
    x = ampute(value[here, None], "mnar", 0.5, patterns=[[0]]).x
    elsewhere = ampute(value[there, None], "mnar", 0.5, patterns=[[0]], kind="left").x
    auc = []
    for add in (False, True):
        model = make_pipeline(SimpleImputer(add_indicator=add), LogisticRegression()).fit(x, y[here])
        auc.append(roc_auc(y[there], model.decision_function(elsewhere)))
    assert auc[1] < auc[0] - 0.05
