"""Scores of an imputation against their formulas; Rubin's rules; and what scikit-learn's imputers do to data."""

import math

import numpy as np
import pytest

from edunet.preprocessing.imputation import coverage, imputation_scores, rubin
from edunet.preprocessing.student import student_quantile, student_tail

# ---------------------------------------------------------------- scores, by hand


@pytest.fixture
def filled():
    """Truth, mask and a filling with one right and one wrong code, and numbers off by 1 and -3."""
    truth = np.array([[0.0, 10, 0], [1, 12, 1], [2, 14, 1], [3, 16, 0]])
    mask = np.array([[0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]], bool)
    imputed = truth.copy()
    imputed[0, 1], imputed[2, 1] = 11, 11
    imputed[1, 2], imputed[3, 2] = 1, 1
    return truth, mask, imputed


def test_scores_by_hand(filled):
    scores = imputation_scores(*filled, codes=[2], slope=(1, 0))
    number, code = scores.columns
    sd = np.std([10, 12, 14, 16], ddof=1)
    assert (number.name, number.cells) == (1, 2)
    assert number.rmse == pytest.approx(math.sqrt((1 + 9) / 2))
    assert number.rmse_standardised == scores.rmse_standardised == pytest.approx(number.rmse / sd)
    assert number.mean_bias == pytest.approx(-0.5)
    assert number.sd_bias == pytest.approx(np.std([11, 12, 11, 16], ddof=1) - sd)
    assert math.isnan(number.right)
    assert (code.name, code.cells, code.right) == (2, 2, 0.5)
    assert math.isnan(code.rmse)
    assert math.isnan(code.rmse_standardised)
    assert scores.slope_true == pytest.approx(2)
    assert scores.slope_filled == pytest.approx(np.polyfit([0, 1, 2, 3], [11, 12, 11, 16], 1)[0])
    assert scores.slope_bias == scores.slope_filled - 2
    assert scores[1] == number


def test_who_fills_with_the_truth_errs_nowhere(filled):
    truth, mask, _ = filled
    scores = imputation_scores(truth, mask, truth, codes=2, slope=(1, 0))
    assert (scores.rmse_standardised, scores.slope_bias) == (0, 0)
    assert [column.right for column in scores.columns][1] == 1
    assert [(column.mean_bias, column.sd_bias) for column in scores.columns] == [(0, 0), (0, 0)]


def test_the_text_is_a_table(filled):
    assert str(imputation_scores(*filled, codes=2)).splitlines() == [
        "column    cells      RMSE  RMSE/sd  right       mean         sd",
        "column 1      2     2.236    0.866      -       -0.5    -0.2015",
        "column 2      2         -        -  0.500      +0.25   -0.07735",
    ]


def test_a_column_of_which_nothing_was_hidden_has_no_score(filled):
    with pytest.raises(ValueError, match="no column 0"):
        imputation_scores(*filled)[0]


def test_frames_by_name_and_the_array_that_an_imputer_returns(filled):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    truth, mask, imputed = filled
    frame = pd.DataFrame(truth, columns=["age", "hb", "sex"]).astype({"age": "Int64", "sex": int})
    plain = imputation_scores(truth, mask, imputed, codes=[2], slope=(1, 0))
    for given in (imputed, pd.DataFrame(imputed, columns=frame.columns)):
        named = imputation_scores(frame, pd.DataFrame(mask), given, codes="sex", slope=("hb", "age"))
        assert named["hb"][1:4] == plain[1][1:4]
        assert named.slope_filled == plain.slope_filled


def test_truth_that_was_never_known_is_left_out(filled):
    truth, mask, imputed = filled
    extra = np.vstack([truth, [4, np.nan, 1]])
    more = imputation_scores(extra, np.vstack([mask, [False] * 3]), np.vstack([imputed, [4, 99, 1]]), slope=(1, 0))
    same = imputation_scores(truth, mask, imputed, slope=(1, 0))
    assert more[1] == same[1]
    assert more.slope_filled == same.slope_filled


@pytest.mark.parametrize("dtype", [np.float32, int, np.int8])
def test_other_kinds_of_numbers(filled, dtype):
    truth, mask, imputed = filled
    plain = imputation_scores(truth, mask, imputed)
    assert imputation_scores(truth.astype(dtype), mask, imputed.astype(dtype)) == plain


def test_a_constant_column_and_one_row_have_no_sd_to_compare_with():
    constant = imputation_scores(
        np.full((3, 1), 7.0), np.array([[True], [False], [False]]), np.array([[8.0], [7], [7]])
    )
    assert constant[0].rmse == 1
    assert math.isnan(constant[0].rmse_standardised)
    row = imputation_scores([[1.0, 2]], np.array([[False, True]]), [[1.0, 3]], slope=(1, 0))
    assert row[1].rmse == 1
    assert math.isnan(row[1].sd_bias)
    assert math.isnan(row.slope_true)


def test_huge_values_leak_no_warning():
    scores = imputation_scores([[1e300], [2e300]], np.array([[True], [False]]), [[-1e300], [2e300]])
    assert scores[0].rmse == math.inf


# ---------------------------------------------------------------- scores, refusals


def test_gaps_that_are_left(filled):
    truth, mask, imputed = filled
    imputed[2, 1] = np.nan
    with pytest.raises(ValueError, match="1 gaps are left in imputed, the first in column 1"):
        imputation_scores(truth, mask, imputed)


def test_seen_cells_that_changed_such_as_by_scaling(filled):
    truth, mask, imputed = filled
    with pytest.raises(ValueError, match=r"not hidden differ, the first in row 1 of column 1: 12 became .*inverse_t"):
        imputation_scores(truth, mask, (imputed - [0, 13, 0]) / [1, 2.6, 1])


def test_a_column_that_the_imputer_dropped(filled):
    sklearn_impute = pytest.importorskip("sklearn.impute", reason="scikit-learn is not installed")
    truth, _, _ = filled
    mask = np.zeros(truth.shape, bool)
    mask[:, 1] = True
    x = np.where(mask, np.nan, truth)
    with pytest.warns(UserWarning, match="Skipping features"):
        dropped = sklearn_impute.SimpleImputer().fit_transform(x)
    with pytest.raises(ValueError, match="keep_empty_features=True"):
        imputation_scores(truth, mask, dropped)
    kept = sklearn_impute.SimpleImputer(keep_empty_features=True).fit_transform(x)
    assert imputation_scores(truth, mask, kept)[1].sd_bias == -np.std([10, 12, 14, 16], ddof=1)


def test_indicators_are_no_values(filled):
    truth, mask, imputed = filled
    with pytest.raises(ValueError, match="add_indicator"):
        imputation_scores(truth, mask, np.column_stack([imputed, mask]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mask": np.zeros((4, 3), bool)}, "nothing to score"),
        ({"mask": np.zeros((4, 3))}, r"mask is \(4, 3\) bool.*float64"),
        ({"mask": np.zeros(4, bool)}, r"mask is \(4, 3\) bool"),
        ({"codes": ["sex"]}, "no column 'sex'"),
        ({"slope": ("y", "x")}, "no column 'y'"),
        ({"slope": (1,)}, "slope is two columns"),
        ({"slope": "ab"}, "slope is two columns"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_what_is_refused_and_what_to_type(filled, change, said):
    truth, mask, imputed = filled
    with pytest.raises(ValueError, match=said):
        imputation_scores(**{"truth": truth, "mask": mask, "imputed": imputed, **change})


def test_text_is_refused_by_name_and_other_columns_too():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame, mask = pd.DataFrame({"age": [1.0, 2.0], "sex": ["F", "M"]}), np.eye(2, dtype=bool)
    with pytest.raises(ValueError, match="sex"):
        imputation_scores(frame, mask, frame)
    with pytest.raises(ValueError, match="other columns than truth"):
        imputation_scores(frame[["age"]], mask[:, :1], frame[["age"]].rename(columns={"age": "hb"}))


def test_hidden_cells_whose_truth_nobody_knows():
    with pytest.raises(ValueError, match="truth is missing in 1 hidden"):
        imputation_scores([[np.nan], [1.0]], np.array([[True], [False]]), [[0.0], [1.0]])


# ---------------------------------------------------------------- Student's t

# scipy.stats.t.ppf(p, df), SciPy 1.17.1
QUANTILES = {
    (0.975, 0.3): 6582.03569940075,
    (0.975, 1): 12.7062047361747,
    (0.95, 2): 2.91998558035372,
    (0.975, 4): 2.77644510519779,
    (0.6, 7.3): 0.262756805250719,
    (0.995, 20): 2.84533970978611,
    (0.975, 39.9): 2.02123318970752,
    (0.999999, 50): 5.37667340173229,
    (0.975, 1000): 1.96233908082641,
    (0.975, 99_000): 1.9599879471637,
    (0.975, 110_000): 1.95998555087541,
    (0.9, 1e9): 1.28155156639119,
}


@pytest.mark.parametrize(("p", "df"), QUANTILES, ids=lambda v: f"{v:g}")
def test_quantiles_of_student_beside_scipy(p, df):
    assert student_quantile(p, df) == pytest.approx(QUANTILES[p, df], rel=1e-11)
    assert student_quantile(1 - p, df) == pytest.approx(-QUANTILES[p, df], rel=1e-9)


@pytest.mark.parametrize(("t", "tail"), [(0, 0.5), (1e-200, 0.5), (1, 0.25), (math.sqrt(3), 1 / 6), (1e20, 0)])
def test_one_degree_of_freedom_is_an_arc(t, tail):
    """P(T > t) = 1/2 - arctan(t)/π for df = 1."""
    assert student_tail(t, 1) == pytest.approx(tail, abs=1e-15)


def test_quantile_and_tail_undo_each_other():
    for df in (0.5, 3, 30, 3000):
        for q in (0.4, 0.1, 0.01, 1e-5):
            assert student_tail(student_quantile(1 - q, df), df) == pytest.approx(q, rel=1e-9)


def test_the_middle_and_what_knows_nothing():
    assert student_quantile(0.5, 3) == 0
    assert student_quantile(0.975, 1e-4) == math.inf


@pytest.mark.parametrize(("p", "df"), [(0, 3), (1, 3), (math.nan, 3), (0.9, 0), (0.9, math.nan)])
def test_quantiles_that_are_none(p, df):
    with pytest.raises(ValueError, match="student_quantile"):
        student_quantile(p, df)


# ---------------------------------------------------------------- Rubin's rules

ESTIMATES, VARIANCES = [4.2, 5.1, 3.8, 4.9, 4.4], [0.30, 0.28, 0.33, 0.31, 0.29]


def test_rubin_by_hand():
    pooled = rubin(ESTIMATES, VARIANCES)
    between, within = np.var(ESTIMATES, ddof=1), np.mean(VARIANCES)
    total = within + 1.2 * between
    r = 1.2 * between / within
    df = 4 * (1 + 1 / r) ** 2  # as Rubin writes it
    assert pooled.estimate == pytest.approx(np.mean(ESTIMATES))
    assert (pooled.within, pooled.between, pooled.variance) == pytest.approx((within, between, total))
    assert pooled.df == pytest.approx(df)
    assert pooled.fmi == pytest.approx((r + 2 / (df + 3)) / (r + 1))
    assert pooled.standard_error == pytest.approx(math.sqrt(total))
    assert (pooled.high - pooled.low) / 2 == pytest.approx(student_quantile(0.975, df) * math.sqrt(total))
    assert pooled.m == 5


def test_degrees_of_freedom_of_barnard_and_rubin():
    complete = 28
    pooled = rubin(ESTIMATES, VARIANCES, n=30, parameters=2)
    lam = 1.2 * pooled.between / pooled.variance
    old, observed = 4 / lam**2, (complete + 1) / (complete + 3) * complete * (1 - lam)
    assert pooled.df == pytest.approx(old * observed / (old + observed))
    assert pooled.df < complete
    assert rubin(ESTIMATES, VARIANCES, n=10**9).df == pytest.approx(rubin(ESTIMATES, VARIANCES).df, rel=1e-6)


def test_the_level_moves_the_ends_only():
    wide, narrow = (rubin(ESTIMATES, VARIANCES, level=level) for level in (0.99, 0.9))
    assert wide.low < narrow.low < narrow.estimate == wide.estimate < narrow.high < wide.high


def test_equal_estimates_are_those_of_complete_data():
    pooled = rubin([2.0, 2.0, 2.0], [0.25] * 3)
    assert (pooled.df, pooled.fmi, pooled.variance) == (math.inf, 0, 0.25)
    assert pooled.high == pytest.approx(2 + 1.959963984540054 / 2)
    small = rubin([2.0, 2.0, 2.0], [0.25] * 3, n=11)
    assert small.df == pytest.approx(10 * 11 / 13)


def test_no_variance_within_and_none_at_all():
    assert rubin([1.0, 2.0, 3.0], [0.0] * 3).df == 2
    assert rubin([1.0, 2.0, 3.0], [0.0] * 3, n=20).low == -math.inf
    assert rubin([1.0, 1.0], [0.0, 0.0]).high == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1.0], [1.0]), "at least 2 imputed"),
        (([], []), "at least 2 imputed"),
        (([1.0, 2.0], [1.0]), "same number"),
        ((np.ones((2, 2)), np.ones((2, 2))), "one after the other"),
        (([1.0, 2.0], [1.0, -1.0]), "at least 0"),
        (([1.0, np.nan], [1.0, 1.0]), "finite"),
        (([1e200, -1e200], [1.0, 1.0]), "finite"),
        ((["a", "b"], [1.0, 1.0]), "are numbers"),
        (([1.0, 2.0], [1.0, 1.0], 2, 2), "n is above parameters"),
        (([1.0, 2.0], [1.0, 1.0], "30"), "n is a number"),
        (([1.0, 2.0], [1.0, 1.0], 30, 1, 95), "level lies between 0 and 1"),
    ],
    ids=["m 1", "m 0", "unequal", "tables", "negative", "nan", "huge", "text", "few rows", "n", "level"],
)
def test_rubin_refuses(arguments, said):
    with pytest.raises(ValueError, match=said):
        rubin(*arguments)


# ---------------------------------------------------------------- coverage


def test_coverage_counts_both_sides():
    held = coverage([(0, 2), (1, 3), (1.5, 3), (-1, 0.5)], 1.0)
    assert (held.share, held.above, held.below, held.repeats) == (0.5, 0.25, 0.25, 4)
    assert held.width == pytest.approx((2 + 2 + 1.5 + 1.5) / 4)
    assert held.standard_error == 0.25


def test_coverage_of_pooled_estimates_and_of_a_truth_for_each():
    pooled = [rubin(np.add(ESTIMATES, i), VARIANCES) for i in range(3)]
    assert coverage(pooled, [4.5, 5.5, 6.5]).share == 1
    assert coverage(pooled, 4.5).share == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("intervals", "truth", "said"),
    [
        ([], 1, "R pairs"),
        ([1, 2], 1, "R pairs"),
        ([(1, 2, 3)], 1, "R pairs"),
        ([(2, 1)], 1, "low <= high. Received in repeat 0"),
        ([(0, 1), (np.nan, 1)], 1, "Received in repeat 1"),
        ([(0, 1)], [1, 2], "one for each"),
        ([(0, 1)], np.nan, "finite"),
        ([(0, 1)], "one", "truth is a number"),
    ],
    ids=str,
)
def test_coverage_refuses(intervals, truth, said):
    with pytest.raises(ValueError, match=said):
        coverage(intervals, truth)


def test_a_proper_imputation_covers_as_often_as_it_says():
    """Line and noise drawn anew for each imputation (Rubin 1987, p. 167): 600 studies of 60 patients, 40 % gaps."""
    rng = np.random.default_rng(0)
    n, m, low, high = 60, 5, [], []
    for _ in range(600):
        age, noise = rng.standard_normal((2, n))
        y = 0.6 * age + 0.8 * noise
        gone = rng.random(n) < 0.2 + 0.4 * (age > 0)
        a = np.column_stack([np.ones(n), age])
        inverse = np.linalg.inv(a[~gone].T @ a[~gone])
        b = inverse @ a[~gone].T @ y[~gone]
        rest = y[~gone] - a[~gone] @ b
        q, u = [], []
        for _ in range(m):
            sd = math.sqrt(rest @ rest / rng.chisquare(len(rest) - 2))
            line = b + sd * np.linalg.cholesky(inverse) @ rng.standard_normal(2)
            filled = np.where(gone, a @ line + sd * rng.standard_normal(n), y)
            q.append(filled.mean())
            u.append(filled.var(ddof=1) / n)
        pooled = rubin(q, u, n=n)
        low.append(pooled.low)
        high.append(pooled.high)
    held = coverage(np.column_stack([low, high]), 0.0)
    assert held.share == pytest.approx(0.95, abs=3 * 0.0089)
    assert held.below == pytest.approx(held.above, abs=0.03)
