"""RobustOutliers: limits against the formula, by group; what is done is written down, and no row goes."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import tables
from edunet.preprocessing.outliers import ACTIONS, RobustOutliers
from edunet.preprocessing.trail import trail

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def patients():
    """400 patients: haemoglobin by sex, creatinine rising with age, and four typing errors."""
    rng = np.random.default_rng(0)
    sex = np.array(["F", "M"])[rng.integers(0, 2, 400)]
    age = rng.integers(18, 95, 400)
    hb = np.where(sex == "F", 135.0, 150.0) + 8 * np.clip(rng.standard_normal(400), -2.5, 2.5)
    creatinine = 60 + 0.3 * age + rng.normal(0, 6, 400)
    hb[[3, 50]] = 13.5, 1500.0
    creatinine[[7, 60]] = 900.0, 0.8
    return {"sex": sex, "age": age, "hb": hb, "creatinine": creatinine}


def by_hand(values, k=3.5):
    values = values[np.isfinite(values)]
    median = np.median(values)
    mad = np.median(np.abs(values - median))
    return median - k * 1.4826 * mad, median + k * 1.4826 * mad


def one_column(values, **options):
    return RobustOutliers(0, **options).fit(np.asarray(values).reshape(-1, 1))


# ---------------------------------------------------------------- limits


def test_limits_are_median_and_mad_of_each_group(patients):
    step = RobustOutliers("hb", groups="sex").fit(patients)
    for sex in "FM":
        mine = patients["sex"] == sex
        assert step.limits_["hb"][sex][:3] == pytest.approx((*by_hand(patients["hb"][mine]), mine.sum()))
    assert step.limits_["hb"]["all rows"][:2] == pytest.approx(by_hand(patients["hb"]))


def test_groups_by_sex_and_bands_of_age(patients):
    step = RobustOutliers(["creatinine"], groups={"sex": None, "age": (40, 65)}).fit(patients)
    mine = (patients["sex"] == "F") & (patients["age"] >= 40) & (patients["age"] < 65)
    limits = step.limits_["creatinine"]["F, age 40 to 65"]
    assert limits[:2] == pytest.approx(by_hand(patients["creatinine"][mine]))
    bands = ["age under 40", "age 40 to 65", "age 65 and over"]
    assert list(step.limits_["creatinine"]) == ["all rows", *(f"{sex}, {band}" for sex in "FM" for band in bands)]


def test_what_is_usual_for_a_woman_is_far_for_a_man():
    """Groups find what the whole hides."""
    rng = np.random.default_rng(1)
    sex = np.repeat([0.0, 1.0], 200)
    hb = 130 + 25 * sex + rng.normal(0, 4, 400)
    hb[399] = 128.0  # a man
    x = np.column_stack([sex, hb])
    assert RobustOutliers(1, groups=0).fit(x).flags(x)[399, 0]
    assert not RobustOutliers(1).fit(x).flags(x)[399, 0]


def test_a_normal_sample_has_one_outlier_in_two_thousand():
    x = np.random.default_rng(2).standard_normal((100_000, 1))
    assert RobustOutliers(0).fit(x).flags(x).mean() == pytest.approx(0.000465, abs=0.0002)


def test_limits_stay_where_they_are_though_a_third_is_wrong():
    x = np.r_[np.random.default_rng(3).normal(140, 3, 200), np.full(100, 14.0)]
    step = one_column(x)
    assert step.flags(x[:, None])[200:].all()
    assert not step.flags(x[:, None])[:200].any()
    sd = x.std()
    assert (np.abs(x - x.mean()) < 3.5 * sd).all()  # mean and sd find nothing


def test_threshold_moves_the_limits():
    near, far = (one_column(np.arange(100.0), threshold=k).limits_[0]["all rows"] for k in (1, 2))
    assert far.high - 49.5 == pytest.approx(2 * (near.high - 49.5)) == pytest.approx(2 * 25 * 1.4826)


# ---------------------------------------------------------------- actions


def test_flag_leaves_the_table_as_it_is(patients):
    step = RobustOutliers(["hb", "creatinine"], groups="sex")
    done = step.fit_transform(patients)
    for name in patients:
        np.testing.assert_array_equal(done[name], patients[name])
    assert np.argwhere(step.flags(patients)).tolist() == [[3, 0], [7, 1], [50, 0], [60, 1]]
    assert step.cells_ == {"hb": 2, "creatinine": 2}


def test_missing_puts_nan_and_nothing_else(patients):
    done = RobustOutliers(["hb", "creatinine"], "sex", action="missing").fit_transform(patients)
    for name, rows in (("hb", [3, 50]), ("creatinine", [7, 60])):
        assert np.flatnonzero(np.isnan(done[name])).tolist() == rows
        rest = np.delete(np.arange(400), rows)
        np.testing.assert_array_equal(done[name][rest], patients[name][rest])


def test_winsorise_draws_in_to_the_limit_of_the_group_and_logs_each_cell(patients):
    step = RobustOutliers("hb", "sex", action="winsorise")
    done = step.fit_transform(patients)
    assert [(cell.row, cell.column, cell.value) for cell in step.log_] == [(3, "hb", 13.5), (50, "hb", 1500.0)]
    low, high = step.log_
    assert low.becomes == low.low == done["hb"][3]
    assert high.becomes == high.high == done["hb"][50]
    assert low.group == patients["sex"][3]
    assert (low.low, low.high) == step.limits_["hb"][low.group][:2]


def test_the_log_undoes_winsorising(patients):
    step = RobustOutliers(["hb", "creatinine"], "sex", action="winsorise", threshold=2)
    done = step.fit_transform(patients)
    assert len(step.log_) > 10
    for cell in step.log_:
        assert done[cell.column][cell.row] == cell.becomes
        done[cell.column][cell.row] = cell.value
    for name in ("hb", "creatinine"):
        np.testing.assert_array_equal(done[name], patients[name])


@pytest.mark.parametrize("action", ACTIONS)
def test_no_row_is_ever_dropped_and_the_given_table_stays(patients, action):
    before = {name: values.copy() for name, values in patients.items()}
    done = RobustOutliers(["hb"], action=action).fit_transform(patients)
    assert len(done["hb"]) == 400
    for name in before:
        np.testing.assert_array_equal(patients[name], before[name])


# ---------------------------------------------------------------- learnt from training rows, then applied


def test_limits_are_those_of_training(patients):
    step = RobustOutliers("hb", action="winsorise").fit(patients)
    limits, log = step.limits_["hb"]["all rows"], list(step.log_)
    test = {"hb": np.array([limits.high + 500.0] * 5 + [140.0])}
    assert step.transform(test)["hb"].tolist() == [limits.high] * 5 + [140.0]
    assert step.log_ == log
    assert [cell.row for cell in step.log(test)] == [0, 1, 2, 3, 4]
    assert step.limits_["hb"]["all rows"] == limits


def test_a_group_first_met_later_takes_the_limits_of_all(patients):
    step = RobustOutliers("hb", "sex").fit(patients)
    high = step.limits_["hb"]["all rows"].high
    test = {"sex": ["X", "X", None], "hb": [high - 1, high + 1, high + 1]}
    assert step.flags(test)[:, 0].tolist() == [False, True, True]
    assert "no group of these" not in step.text
    assert "all rows" in step.log(test)[1].group
    assert step.describe(test).endswith(f"no group of these {_g(step)}: 2.")


def _g(step):
    low, high = step.limits_["hb"]["all rows"][:2]
    return f"{low:.4g} to {high:.4g}"


def test_an_unfitted_step_says_what_to_type(patients):
    for method in ("flags", "log", "transform"):
        with pytest.raises(ValueError, match=r"fit\(x_train\)"):
            getattr(RobustOutliers("hb"), method)(patients)


# ---------------------------------------------------------------- small groups, constant ones, gaps


def test_small_groups_take_the_limits_of_all_and_the_text_says_so(patients):
    sex = patients["sex"].astype(object)
    sex[:5] = "other"
    step = RobustOutliers("hb", "sex").fit({**patients, "sex": sex})
    assert step.limits_["hb"]["other"][:2] == step.limits_["hb"]["all rows"][:2]
    assert f"other (5 values, fewer than 20: limits of all rows, {_g(step)}): 1." in step.text


def test_a_group_of_equal_values_takes_the_limits_of_all(patients):
    hb = np.where((patients["sex"] == "M") & (patients["age"] > 55), 150.0, patients["hb"])
    step = RobustOutliers("hb", "sex").fit({**patients, "hb": hb})
    assert step.limits_["hb"]["M"][:2] == step.limits_["hb"]["all rows"][:2]
    assert "M (half of the values or more are 150, so the MAD is 0: limits of all rows" in step.text
    assert step.limits_["hb"]["F"].why == ""


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([5.0] * 30, "are 5, so the MAD is 0"),
        ([5.0] * 30 + list(range(6, 30)), "are 5, so the MAD is 0"),
        ([np.nan] * 30, "no value"),
        ([7.0], "are 7, so the MAD is 0"),
    ],
    ids=["constant", "half at the limit of detection", "empty", "one row"],
)
@pytest.mark.parametrize("action", ACTIONS)
def test_where_the_mad_says_nothing_there_are_no_limits(values, why, action):
    step = one_column(values, action=action)
    assert step.limits_[0]["all rows"][:3] == (-np.inf, np.inf, np.isfinite(values).sum())
    assert step.text.endswith(f"{why}.")
    assert "column 0: no limits, none of" in step.text
    np.testing.assert_array_equal(step.transform(np.reshape(values, (-1, 1)))[:, 0], values)


def test_gaps_are_no_outliers_and_stay(patients):
    hb = patients["hb"].copy()
    hb[100:150] = np.nan
    done = RobustOutliers("hb", "sex", action="winsorise").fit_transform({**patients, "hb": hb})
    np.testing.assert_array_equal(np.isnan(done["hb"]), np.isnan(hb))


def test_huge_values_leak_no_warning():
    x = np.r_[np.linspace(-1, 1, 50), [1e308, -1e308] * 30][:, None]
    assert not RobustOutliers(0).fit(x).flags(x).any()


def test_infinite_values_are_outliers_and_do_not_move_the_limits(patients):
    hb = patients["hb"].copy()
    hb[:2] = np.inf, -np.inf
    step = RobustOutliers("hb", action="winsorise")
    done = step.fit_transform({**patients, "hb": hb})
    limits = step.limits_["hb"]["all rows"]
    assert done["hb"][:2].tolist() == [limits.high, limits.low]
    assert limits[:2] == pytest.approx(by_hand(patients["hb"][2:]))


# ---------------------------------------------------------------- the text


def test_the_text_says_cells_columns_and_limits(patients):
    step = RobustOutliers(["hb", "creatinine"], "sex", action="missing").fit(patients)
    limits = step.limits_["hb"]["F"]
    assert step.text.startswith(
        "RobustOutliers, 400 rows: hb: 2 of 400 values set missing (1 below, 1 above), beyond 3.5 standard deviations "
        f"by the MAD. F {limits.low:.4g} to {limits.high:.4g}: "
    )
    assert "creatinine: 2 of 400 values set missing (1 below, 1 above)" in step.text


def test_a_report_card_can_print_it(patients):
    step = RobustOutliers("hb", "sex").fit(patients)
    assert trail([step]) == [step.text]


def test_many_groups_are_not_all_listed():
    x = np.column_stack([np.repeat(np.arange(30.0), 25), np.random.default_rng(0).standard_normal(750)])
    assert "and 18 groups more" in RobustOutliers(1, 0).fit(x).text


# ---------------------------------------------------------------- kinds of tables


@pytest.mark.parametrize("action", ACTIONS)
def test_frames_keep_their_index_and_the_other_columns(patients, action):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame(patients, index=[f"P{i}" for i in range(400)]).astype({"sex": "category"})
    done = RobustOutliers(["hb", "age"], {"sex": None, "age": (65,)}, action=action).fit_transform(frame)
    assert (done.index == frame.index).all()
    pd.testing.assert_frame_equal(done[["sex", "age", "creatinine"]], frame[["sex", "age", "creatinine"]])
    assert done["hb"].isna().sum() == (2 if action == "missing" else 0)


def test_nullable_numbers_and_groups_of_pandas():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame(
        {"sex": pd.Series(["F", None] * 30, dtype="string"), "hb": pd.Series(range(60), dtype="Int64")}
    )
    frame.loc[[0, 1], "hb"] = 9000
    frame.loc[2, "hb"] = pd.NA
    step = RobustOutliers("hb", "sex", action="missing").fit(frame)
    assert set(step.limits_["hb"]) == {"all rows", "F"}
    assert step.transform(frame)["hb"].isna().sum() == 3


def test_ints_become_floats_where_a_limit_is_none_and_float32_stays():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"a": [*range(40), 999], "b": np.r_[np.arange(40), 999].astype(np.float32)})
    done = RobustOutliers(["a", "b"], action="winsorise").fit_transform(frame)
    assert done.dtypes.tolist() == [np.float64, np.float32]
    assert done["a"].iloc[40] < 100


def test_a_pipeline_of_scikit_learn_takes_it_for_one_of_its_own(patients):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    from sklearn.base import clone
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    x = np.column_stack([patients["hb"], patients["creatinine"]])
    pipeline = make_pipeline(RobustOutliers([0, 1], action="missing"), SimpleImputer(strategy="median"))
    assert clone(pipeline).fit_transform(x).max() < 200
    step = pickle.loads(pickle.dumps(pipeline.fit(x)[0]))
    assert step.text == pipeline[0].text


def test_of_real_blood_samples_mostly_those_of_the_ill_lie_outside():
    path = REAL / "tabular" / "hcvdat0.csv"
    if not path.is_file():
        pytest.skip("the folder of real files is not there")
    hcv = tables.load(path)
    step = RobustOutliers(["GGT"], {"Sex": None, "Age": (40, 60)}, action="winsorise").fit(hcv)
    outside, ill = step.flags(hcv)[:, 0], hcv.y > 0
    assert (outside.sum(), (outside & ill).sum(), ill.sum()) == (72, 37, 82)
    done = step.transform(hcv)
    assert done.x.shape == hcv.x.shape
    assert (done.column("GGT") != hcv.column("GGT")).sum() == len(step.log_) == 72


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"action": "drop"}, 'action is "flag", "missing" or "winsorise".*never dropped'),
        ({"threshold": 0}, "threshold is a number > 0"),
        ({"threshold": "3"}, "threshold is a number > 0"),
        ({"smallest": -1}, "smallest is a number > 0"),
        ({"columns": None}, "columns are one or more names"),
        ({"columns": []}, "columns are one or more names"),
        ({"columns": "na"}, "no column 'na'"),
        ({"columns": "sex"}, "sex"),
        ({"groups": "ward"}, "no column 'ward'"),
        ({"groups": {"age": (65, 40)}}, "edges of bands of age rise"),
        ({"groups": {"age": "old"}}, "edges of bands of age rise"),
        ({"groups": {"sex": (1,)}}, "sex"),
        ({"groups": np.arange(400)}, "names of columns of the table"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_what_is_refused_and_what_to_type(patients, options, said):
    with pytest.raises(ValueError, match=said):
        RobustOutliers(**{"columns": "hb", **options}).fit(patients)
