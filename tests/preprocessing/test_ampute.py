"""ampute: the mechanisms against their equations, the share met on the sample, tables of every kind, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edunet.datasets.missing import hiding_probability
from edunet.preprocessing.ampute import KINDS, MECHANISMS, Amputed, ampute


@pytest.fixture(scope="module")
def x():
    """500 patients with three correlated columns in units of their own."""
    z = np.random.default_rng(0).standard_normal((500, 3)) @ np.linalg.cholesky(np.full((3, 3), 0.5) + np.eye(3) / 2).T
    return z * [10, 0.5, 2] + [60, 1, 25]


def standard(x):
    return (x - x.mean(0)) / x.std(0)


def logit(q):
    return np.log(q) - np.log1p(-q)


# ---------------------------------------------------------------- the mechanisms


def test_mcar_hides_each_row_with_the_share(x):
    hidden = ampute(x, "mcar", 0.3, patterns=[[0, 2]])
    np.testing.assert_array_equal(hidden.probability, np.tile([0.3, 0, 0.3], (500, 1)))


def test_mar_is_the_logistic_of_the_columns_that_stay(x):
    q = ampute(x, "mar", patterns=[[1]]).probability[:, 1]
    s = standard(standard(x)[:, [0, 2]].sum(1))
    c = logit(q) - 1.5 * s
    np.testing.assert_allclose(c, c[0], atol=1e-9)


def test_mnar_is_the_logistic_of_the_hidden_values(x):
    q = ampute(x, "mnar", patterns=[[1]]).probability[:, 1]
    c = logit(q) - 1.5 * standard(x)[:, 1]
    np.testing.assert_allclose(c, c[0], atol=1e-9)


def test_mar_does_not_look_at_the_hidden_values_nor_mnar_at_the_others(x):
    other = x.copy()
    other[:, 1] = x[::-1, 1]
    same = [ampute(a, "mar", patterns=[[1]]).probability for a in (x, other)]
    np.testing.assert_array_equal(*same)
    other = x.copy()
    other[:, [0, 2]] = x[::-1][:, [0, 2]]
    same = [ampute(a, "mnar", patterns=[[1]]).probability for a in (x, other)]
    np.testing.assert_array_equal(*same)


@pytest.mark.parametrize(("kind", "sign"), [("right", 1), ("left", -1)])
def test_right_hides_high_scores_and_left_low_ones(x, kind, sign):
    q = ampute(x, "mnar", patterns=[[1]], kind=kind).probability[:, 1]
    assert (np.diff(q[np.argsort(x[:, 1])]) * sign >= 0).all()


@pytest.mark.parametrize(("kind", "sign"), [("tail", 1), ("mid", -1)])
def test_tail_hides_both_ends_and_mid_the_middle(x, kind, sign):
    q = ampute(x, "mnar", patterns=[[1]], kind=kind).probability[:, 1]
    assert (np.diff(q[np.argsort(np.abs(standard(x)[:, 1]))]) * sign >= 0).all()


def test_weights_are_relative_and_decide_which_columns_count(x):
    double = ampute(x, "mar", patterns=[[1]], weights=[2, 0, 0]).probability
    single = ampute(x, "mar", patterns=[[1]], weights=[1, 9, 0]).probability  # that of the hidden column is not used
    np.testing.assert_allclose(double, single, rtol=1e-12)
    c = logit(single[:, 1]) - 1.5 * standard(x)[:, 0]
    np.testing.assert_allclose(c, c[0], atol=1e-9)


def test_weights_of_each_pattern_and_of_another_sign(x):
    hidden = ampute(x, "mar", patterns=[[1], [2]], weights=[[1, 0, 0], [-1, 0, 0]])
    high = x[:, 0] > 60
    for p, column, more in ((0, 1, True), (1, 2, False)):
        q = hidden.probability[:, column]
        mine = hidden.pattern == p
        assert (q[mine & high].mean() > q[mine & ~high].mean()) is np.bool_(more)


# ---------------------------------------------------------------- the share


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.9])
def test_the_expected_share_is_met_exactly_in_every_pattern(x, mechanism, kind, share):
    hidden = ampute(x, mechanism, share, patterns=[[0], [1, 2]], kind=kind)
    for p in (0, 1):
        assert hidden.probability[hidden.pattern == p].max(1).mean() == pytest.approx(share, rel=1e-12)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_as_many_rows_are_hidden_as_expected(x, mechanism):
    shares = [ampute(x, mechanism, 0.3, seed=seed).mask.any(1).mean() for seed in range(40)]
    assert np.mean(shares) == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 500 / 40))


def test_rows_are_dealt_evenly_and_a_pattern_named_twice_gets_twice_as_many(x):
    assert np.bincount(ampute(x).pattern).tolist() == [167, 167, 166]
    hidden = ampute(x, "mcar", 0.9, patterns=[[0], [0], [1]])
    assert hidden.mask[:, 0].sum() == pytest.approx(2 * hidden.mask[:, 1].sum(), rel=0.1)


def test_a_row_loses_all_of_its_pattern_or_nothing(x):
    mask = ampute(x, "mnar", 0.5, patterns=[[0, 2]]).mask
    np.testing.assert_array_equal(mask[:, 0], mask[:, 2])
    assert not mask[:, 1].any()


def test_the_mean_errs_under_mar_and_more_under_mnar_not_under_mcar(x):
    seen = {m: [np.nanmean(ampute(x, m, 0.4, [[1]], seed=seed).x[:, 1]) for seed in range(30)] for m in MECHANISMS}
    sd, mean = x[:, 1].std(), x[:, 1].mean()
    z = {m: (np.mean(values) - mean) / sd for m, values in seen.items()}
    assert abs(z["mcar"]) < 0.03
    assert z["mar"] < -0.15
    assert z["mnar"] < z["mar"] - 0.1


@given(
    st.integers(3, 40), st.integers(2, 5), st.floats(1e-6, 1 - 1e-6), st.sampled_from(MECHANISMS),
    st.sampled_from(list(KINDS)), st.integers(0, 99),
)  # fmt: skip
def test_whatever_the_table_the_share_is_met_and_x_is_hidden_where_the_mask_says(n, k, share, mechanism, kind, seed):
    x = np.random.default_rng(seed).standard_normal((n, k)) ** 3
    hidden = ampute(x, mechanism, share, kind=kind, seed=seed)
    assert hidden.probability.max(1).mean() == pytest.approx(share, rel=1e-9)
    np.testing.assert_array_equal(np.isnan(hidden.x), hidden.mask)
    assert (hidden.probability[hidden.mask] > 0).all()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_large_normal_sample_loses_what_the_datasets_would_lose(mechanism):
    """The formula of datasets.missing, whose shift is solved for all patients instead of these."""
    seen, own = np.random.default_rng(0).standard_normal((2, 100_000))
    q = ampute(np.column_stack([seen, own]), mechanism, 0.2, patterns=[[1]]).probability[:, 1]
    np.testing.assert_allclose(q, hiding_probability(mechanism, seen, own[:, None])[:, 0], atol=0.01)


# ---------------------------------------------------------------- what comes back


def test_the_truth_is_kept_and_x_stays_as_it_was(x):
    before = x.copy()
    hidden = ampute(x, "mar")
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(hidden.truth, before)
    np.testing.assert_array_equal(np.isnan(hidden.x), hidden.mask)
    np.testing.assert_array_equal(hidden.x[~hidden.mask], before[~hidden.mask])
    assert not np.shares_memory(hidden.truth, x)


def test_the_seed_decides(x):
    one, same, other = (ampute(x, "mar", seed=seed).mask for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    rng = np.random.default_rng(1)
    np.testing.assert_array_equal(ampute(x, "mar", seed=rng).mask, one)
    assert (ampute(x, "mar", seed=rng).mask != one).any()


def test_as_many_numbers_are_drawn_whatever_the_mechanism(x):
    after = set()
    for mechanism in MECHANISMS:
        rng = np.random.default_rng(5)
        ampute(x, mechanism, seed=rng)
        after.add(rng.random())
    assert len(after) == 1


def test_the_text_counts(x):
    hidden = ampute(x, "mar", 0.2, patterns=[[1]], kind="tail")
    cells = int(hidden.mask.sum())
    assert hidden.text == (
        f"Hidden on purpose, mar, by the columns that stay (tail): {cells} of 500 rows, of which a share of 0.2 was "
        f"expected; {cells} of 1,500 cells: column 1 {cells}."
    )
    assert str(hidden) == hidden.text
    assert isinstance(hidden, Amputed)


# ---------------------------------------------------------------- kinds of tables


def test_a_frame_stays_one_and_its_untouched_columns_too(x):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"age": x[:, 0].astype(int), "stage": np.arange(500) % 4, "bmi": x[:, 2].astype(np.float32)})
    frame.index = [f"P{i}" for i in range(500)]
    hidden = ampute(frame, "mar", patterns=[["stage", "bmi"]], weights={"age": 1})
    assert hidden.x.dtypes.tolist() == [frame["age"].dtype, np.float64, np.float32]
    assert (hidden.x.index == frame.index).all()
    np.testing.assert_array_equal(hidden.x.isna().to_numpy(), hidden.mask)
    pd.testing.assert_frame_equal(hidden.truth, frame)
    assert "stage" in hidden.text


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "bool", "int8", "float32"])
def test_columns_of_pandas_of_every_kind_of_number(dtype):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"age": np.arange(50.0), "code": pd.Series([0, 1] * 25).astype(dtype)})
    hidden = ampute(frame, "mar", 0.5, patterns=[["code"]])
    assert hidden.x["code"].isna().sum() == hidden.mask.sum() > 10
    assert hidden.truth["code"].dtype == dtype


def test_a_frame_and_its_array_lose_the_same_cells(x):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame(x, columns=["age", "crea", "bmi"])
    np.testing.assert_array_equal(ampute(frame, "mnar").mask, ampute(x, "mnar").mask)


def test_a_dict_of_columns_stays_one():
    hidden = ampute({"age": np.arange(40), "bmi": np.arange(40.0)}, "mar", 0.5, patterns=[["bmi"]])
    assert hidden.x["age"].dtype.kind == "i"
    assert np.isnan(hidden.x["bmi"]).sum() == hidden.mask[:, 1].sum() > 0


@pytest.mark.parametrize(("dtype", "after"), [(int, np.float64), (np.uint8, np.float64), (bool, np.float64)])
def test_whole_numbers_become_floats(dtype, after):
    x = np.array([[0, 1], [1, 0], [1, 1], [0, 0]] * 5, dtype)
    hidden = ampute(x, "mar", 0.5)
    assert hidden.x.dtype == after
    assert hidden.truth.dtype == dtype


def test_float32_stays(x):
    assert ampute(x.astype(np.float32), "mar").x.dtype == np.float32


# ---------------------------------------------------------------- odd tables


def test_one_row_is_hidden_with_the_share():
    assert ampute(np.array([[1.0, 2.0]]), "mar", 0.3, patterns=[[1]]).probability.tolist() == [[0, pytest.approx(0.3)]]


def test_more_patterns_than_rows():
    assert ampute(np.arange(12.0).reshape(2, 6) ** 2, "mar", 0.5).probability.max(1).mean() == pytest.approx(0.5)


def test_huge_values_neither_overflow_nor_change_the_result(x):
    plain = ampute(x, "mar").probability
    np.testing.assert_allclose(ampute(x * 1e300, "mar").probability, plain, rtol=1e-9)


def test_a_constant_column_says_nothing(x):
    more = np.column_stack([x, np.full(500, 7.1)])
    hidden = ampute(more, "mar", patterns=[[1]])
    np.testing.assert_allclose(hidden.probability[:, 1], ampute(x, "mar", patterns=[[1]]).probability[:, 1])


@pytest.mark.parametrize(
    ("mechanism", "patterns", "weights", "used"),
    [("mnar", [[1]], None, "column 1"), ("mar", [[0]], None, "column 1"), ("mar", [[1]], [0, 1], "all weights are 0")],
)
def test_a_score_that_is_the_same_for_all_is_refused(mechanism, patterns, weights, used):
    x = np.column_stack([np.arange(9.0), np.full(9, 0.1)])
    with pytest.raises(ValueError, match=f"same in every row.*{used}.*mechanism='mcar'"):
        ampute(x, mechanism, patterns=patterns, weights=weights)


# ---------------------------------------------------------------- gaps that were there before


@pytest.fixture
def gaps(x):
    x = x.copy()
    x[:50, 1] = np.nan
    return x


def test_gaps_are_refused_by_name(gaps):
    with pytest.raises(ValueError, match=r"50 of 1,500 cells are missing already, in column 1 \(50\).*allow_missing"):
        ampute(gaps)


def test_gaps_that_are_allowed_stay_and_are_not_counted(gaps):
    hidden = ampute(gaps, "mar", 0.5, patterns=[[1]], allow_missing=True)
    assert not hidden.mask[:50].any()
    assert (hidden.pattern[:50] == -1).all()
    assert hidden.probability[:50].max() == 0
    assert hidden.probability[50:, 1].mean() == pytest.approx(0.5)
    np.testing.assert_array_equal(np.isnan(hidden.x), hidden.mask | np.isnan(gaps))
    assert hidden.text.endswith("50 cells were missing before, and are not counted.")


def test_a_gap_counts_as_the_mean_in_a_score(gaps):
    q = ampute(gaps, "mar", patterns=[[0]], weights=[0, 1, 0], allow_missing=True).probability[:, 0]
    seen = gaps[50:, 1]
    c = logit(q) - 1.5 * np.r_[np.zeros(50), (seen - seen.mean()) / seen.std()] * np.sqrt(500 / 450)
    np.testing.assert_allclose(c, c[0], atol=1e-9)


def test_a_column_of_gaps_only(x):
    x = x.copy()
    x[:, 2] = np.nan
    hidden = ampute(x, "mar", 0.5, patterns=[[0], [2]], allow_missing=True)
    assert not hidden.mask[:, 2].any()
    assert hidden.mask[:, 0].any()


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("mechanism", ["MAR", "", 1, None, ["mar"], np.array(["mar", "mcar"])], ids=str)
def test_unknown_mechanisms(x, mechanism):
    with pytest.raises(ValueError, match='"mcar", "mar" or "mnar"'):
        ampute(x, mechanism)


@pytest.mark.parametrize("share", [0, 1, -0.1, 20, float("nan"), True, "0.2"])
def test_shares_that_are_none(x, share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        ampute(x, share=share)


@pytest.mark.parametrize("kind", ["RIGHT", "middle", None])
def test_unknown_kinds(x, kind):
    with pytest.raises(ValueError, match='"right", "left", "mid" or "tail"'):
        ampute(x, "mar", kind=kind)


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ([[]], "pattern 0 hides nothing"),
        (np.zeros((1, 3), bool), "pattern 0 hides nothing"),
        ([], "list of lists"),
        ("age", "list of lists"),
        (["age"], "pattern 0 is a list of columns"),
        ([1], "pattern 0 is a list of columns"),
        ([[3]], "no column 3"),
        ([[-1]], "no column -1"),
        ([["age"]], "no column 'age'"),
        ([[0, 1, 1]], "twice.*== 0"),
        (np.ones((2, 2), bool), r"\(p,3\)"),
        ([[0], [0, 1, 2]], "pattern 1 hides every column"),
    ],
    ids=str,
)
def test_patterns_that_are_none(x, patterns, said):
    with pytest.raises(ValueError, match=said):
        ampute(x, "mar", patterns=patterns)


def test_a_mask_of_patterns(x):
    mask = np.array([[False, True, False], [True, False, True]])
    for given_as in (mask, mask.tolist()):
        np.testing.assert_array_equal(ampute(x, patterns=given_as).mask, ampute(x, patterns=[[1], [0, 2]]).mask)


@pytest.mark.parametrize("weights", [[1, 2], [[1, 2, 3]], [1, np.nan, 2], "age", {0: "a"}], ids=str)
def test_weights_that_are_none(x, weights):
    with pytest.raises(ValueError, match="weights are"):
        ampute(x, "mar", weights=weights)


def test_weights_say_nothing_under_mcar(x):
    with pytest.raises(ValueError, match="leave weights out"):
        ampute(x, "mcar", weights=[1, 1, 1])


def test_text_and_dates_are_refused_by_name():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"age": [61.0, 58.0], "sex": ["F", "M"]})
    with pytest.raises(ValueError, match=r"ampute: sex holds text, such as 'F'.*x\['sex'\].map"):
        ampute(frame)
    with pytest.raises(ValueError, match="seen holds dates"):
        ampute(frame[["age"]].assign(seen=pd.to_datetime(["2020-01-01", "2020-01-02"])))


def test_a_series_and_a_masked_array_are_told_what_to_type(x):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(TypeError, match=r"x.to_frame\(\)"):
        ampute(pd.Series([1.0, 2.0]))
    with pytest.raises((TypeError, ValueError), match=r"masked.*filled\(np.nan\)"):
        ampute(np.ma.masked_array(x, x > 60))


@pytest.mark.parametrize("table", [np.arange(3.0), np.zeros((0, 2)), np.zeros((2, 0)), 7, None], ids=repr)
def test_what_is_no_table(table):
    with pytest.raises((TypeError, ValueError), match="ampute: expected a table"):
        ampute(table)


def test_infinite_values_are_refused(x):
    x = x.copy()
    x[3, 2] = np.inf
    with pytest.raises(ValueError, match="column 2 holds 1 infinite"):
        ampute(x)
