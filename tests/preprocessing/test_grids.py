"""Irregular measurements on a grid."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edunet.preprocessing import carry_forward, time_since_last, to_grid


@pytest.fixture
def events():
    """5,000 events of 20 patients and 4 variables in 10 hours."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 20, 5000), rng.uniform(0, 12, 5000), rng.integers(0, 4, 5000), rng.normal(size=5000)


@pytest.mark.parametrize(
    ("how", "expected"), [("last", 4.0), ("first", 2.0), ("mean", 3.0), ("min", 2.0), ("max", 4.0), ("sum", 6.0)]
)
def test_several_events_in_one_cell(how, expected):
    """They come in any order: time decides which is the last."""
    grid = to_grid([0, 0], [0.9, 0.1], [0, 0], [4.0, 2.0], shape=(1, 2, 1), how=how)
    assert grid.values[0, 0, 0] == expected
    assert grid.counts[0, :, 0].tolist() == [2, 0]
    assert grid.mask[0, :, 0].tolist() == [True, False]


@pytest.mark.parametrize("how", ["last", "first", "mean", "min", "max", "sum"])
def test_against_a_loop(events, how):
    patient, time, variable, value = events
    grid = to_grid(patient, time, variable, value, shape=(20, 10, 4), step=1.0, how=how)
    pick = {"last": lambda v: v[-1], "first": lambda v: v[0], "mean": np.mean, "min": min, "max": max, "sum": sum}[how]
    order = np.argsort(time, kind="stable")
    for n in range(20):
        for v in range(4):
            course = [(time[e], value[e]) for e in order if patient[e] == n and variable[e] == v]
            for t in range(10):
                inside = [value for time, value in course if t <= time < t + 1]
                expected = pick(inside) if inside else np.nan
                np.testing.assert_allclose(grid.values[n, t, v], expected, rtol=1e-5)
                before = [time for time, _ in course if time < t + 1]
                np.testing.assert_allclose(grid.since[n, t, v], t + 1 - before[-1] if before else np.nan, rtol=1e-4)
    assert grid.counts.sum() == (time < 10).sum()


def test_cells_of_another_length():
    grid = to_grid([0, 0], [0.0, 59.0], [0, 0], [1.0, 2.0], shape=(1, 2, 1), step=30)
    assert grid.values[0, :, 0].tolist() == [1.0, 2.0]
    assert grid.since[0, :, 0].tolist() == [30.0, 1.0]


def test_nan_is_not_measured():
    grid = to_grid([0], [0.5], [0], [np.nan], shape=(1, 1, 1))
    assert not grid.mask.any()
    assert np.isnan(grid.since).all()


def test_no_event_at_all():
    grid = to_grid([], [], [], [], shape=(2, 3, 1))
    assert np.isnan(grid.values).all()
    assert grid.values.shape == (2, 3, 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([2], [0.0], [0], [1.0]), "patient is whole numbers from 0 to 1.*from 2 to 2"),
        ((["a"], [0.0], [0], [1.0]), "np.unique\\(patient, return_inverse=True\\)"),
        (([0], [0.0], [-1], [1.0]), "variable is whole numbers from 0 to 0"),
        (([0], [-1.0], [0], [1.0]), "times count from 0 on.*1 of 1.*-1.0"),
        (([0], [np.nan], [0], [1.0]), "times count from 0 on"),
        (([0, 0], [0.0], [0], [1.0]), "one entry for each event"),
    ],
)
def test_events_that_fit_no_grid(given, message):
    with pytest.raises(ValueError, match=message):
        to_grid(*given, shape=(2, 4, 1))


@pytest.mark.parametrize(
    "options", [{"shape": (1, 2)}, {"shape": (1, 0, 1)}, {"shape": (True, 1, 1)}, {"step": 0}, {"how": "median"}]
)
def test_grids_that_are_none(options):
    with pytest.raises(ValueError, match="to_grid"):
        to_grid([0], [0.0], [0], [1.0], **{"shape": (1, 1, 1), **options})


def test_values_are_carried_over_gaps_of_every_channel():
    x = np.array([[[np.nan, 1.0], [2.0, np.nan], [np.nan, np.nan], [np.nan, 3.0]]])
    np.testing.assert_array_equal(carry_forward(x)[0], [[np.nan, 1], [2, 1], [2, 1], [2, 3]])
    np.testing.assert_array_equal(carry_forward(x, limit=1)[0], [[np.nan, 1], [2, 1], [2, np.nan], [np.nan, 3]])


def test_the_values_that_came_are_left_alone():
    x = np.array([[1.0, np.nan]])
    carry_forward(x)
    assert np.isnan(x[0, 1])


@pytest.mark.parametrize("limit", [0, 1.5, True])
def test_a_limit_that_is_none(limit):
    with pytest.raises(ValueError, match="limit is a whole number of steps"):
        carry_forward(np.zeros((1, 2)), limit)


def test_one_series_needs_its_axis():
    with pytest.raises(ValueError, match=r"x\[None\]"):
        carry_forward(np.zeros(3))


def test_time_since_last_of_a_grid(events):
    grid = to_grid(*events, shape=(20, 10, 4))
    since = time_since_last(grid.mask)
    assert (since[grid.mask] == 0).all()
    seen = ~np.isnan(since)
    np.testing.assert_array_equal(seen, ~np.isnan(grid.since))
    assert (abs(grid.since - since)[seen] <= 1).all()  # the event lies somewhere in its cell


# ---------------------------------------------------------------- at the edges of cells


@pytest.mark.parametrize("step", [5 / 60, 0.1, 0.3, 0.7, 1 / 3, 1 / 6, 1 / 60, 1e-3, 2.0])
def test_what_is_measured_at_an_edge_belongs_to_the_cell_that_begins_there(step):
    nobody = np.zeros(2000, int)
    grid = to_grid(nobody, np.arange(2000) * step, nobody, np.ones(2000), shape=(1, 2000, 1), step=step)
    assert (grid.counts == 1).all()
    np.testing.assert_allclose(grid.since, step, rtol=1e-5)


@given(st.floats(1e-3, 10), st.lists(st.tuples(st.integers(0, 50), st.integers(-2, 2)), min_size=1, max_size=20))
def test_a_rounding_beside_an_edge_is_on_it(step, near):
    """Times within two units in the last place of an edge."""
    time = np.array([max(0.0, k * step + ulps * np.spacing(k * step)) for k, ulps in near])
    nobody = np.zeros(len(time), int)
    counts = to_grid(nobody, time, nobody, time, shape=(1, 40, 1), step=step).counts[0, :, 0]
    assert counts.tolist() == [sum(k == t for k, _ in near) for t in range(40)]


@given(st.floats(1e-3, 10), st.lists(st.tuples(st.integers(0, 50), st.floats(1e-6, 1 - 1e-6)), min_size=1, max_size=20))
def test_between_edges_cells_are_those_of_the_definition(step, between):
    time = np.array([(k + share) * step for k, share in between])
    nobody = np.zeros(len(time), int)
    counts = to_grid(nobody, time, nobody, time, shape=(1, 40, 1), step=step).counts[0, :, 0]
    assert counts.tolist() == [sum(k == t for k, _ in between) for t in range(40)]


@pytest.mark.parametrize("digits", [1, 2])
def test_times_as_they_are_typed(digits):
    step = 10.0**-digits
    time = [float(f"{k * step:.{digits}f}") for k in range(1000)]
    nobody = np.zeros(1000, int)
    grid = to_grid(nobody, time, nobody, range(1000), shape=(1, 1000, 1), step=step)
    assert grid.values[0, :, 0].tolist() == list(range(1000))


# ---------------------------------------------------------------- what is no number


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (np.array([90], "timedelta64[m]"), r"spans of time, such as 90 minutes.* type time / np.timedelta64\(1, 'h'\)"),
        ([dt.timedelta(hours=1)], r"spans of time, such as 1:00:00.* type time / np.timedelta64\(1, 'h'\)"),
        (np.array(["2020-01-01T01"], "datetime64[h]"), r"\(time - start\) / np.timedelta64\(1, 'h'\)"),
        ([dt.datetime(2020, 1, 1)], r"\(time - start\) / np.timedelta64\(1, 'h'\)"),
        (["soon"], "to_grid: time is numbers. Received: <U4, such as .*'soon'"),
    ],
)
def test_dates_have_no_unit(time, message):
    with pytest.raises(TypeError, match=message):
        to_grid([0], time, [0], [1.0], shape=(1, 24, 1))


def test_what_the_refusal_of_dates_says_to_type_works():
    time = np.array([90, 30], "timedelta64[m]")
    grid = to_grid([0, 0], time / np.timedelta64(1, "h"), [0, 0], [1.0, 2.0], shape=(1, 2, 1))
    assert grid.values[0, :, 0].tolist() == [2.0, 1.0]


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_dates_of_pandas_have_no_unit(zone):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    time = pandas.Series(pandas.to_datetime(["2020-01-01 01:00", "2020-01-01 02:30"]).tz_localize(zone))
    for without_unit in (time, time - time[0]):
        with pytest.raises(TypeError, match=r"np.timedelta64\(1, 'h'\)"):
            to_grid([0, 0], without_unit, [0, 0], [36.6, 38.1], shape=(1, 24, 1))
    start = pandas.Timestamp("2020-01-01", tz=zone)
    hours = (time - start) / np.timedelta64(1, "h")
    assert to_grid([0, 0], hours, [0, 0], [36.6, 38.1], shape=(1, 24, 1)).counts.sum() == 2


def test_values_that_are_no_numbers():
    with pytest.raises(TypeError, match="value is numbers. Received: <U4, such as .*'36,6'"):
        to_grid([0], [0.0], [0], ["36,6"], shape=(1, 1, 1))


def test_times_without_end():
    with pytest.raises(ValueError, match="times count from 0 on. Received: 1 of 1 that do not, such as inf"):
        to_grid([0], [np.inf], [0], [1.0], shape=(1, 1, 1))


@pytest.mark.parametrize("step", ["1", np.nan, -1, True, None, [1, 2]])
def test_steps_that_are_none(step):
    for call in (
        lambda: to_grid([0], [0.0], [0], [1.0], shape=(1, 1, 1), step=step),
        lambda: time_since_last([[1]], step),
    ):
        with pytest.raises(ValueError, match="step is a length > 0, a number such as 1.0. Received: "):
            call()


@pytest.mark.parametrize("most", [10**5, 10**6, 2 * 10**6, 10**9])
def test_a_grid_that_does_not_fit(most):
    with pytest.raises(MemoryError, match=rf"{most} x {most} x {most} cells need about .* GiB. Is shape \(patients"):
        to_grid([0], [0], [0], [1.0], shape=(most,) * 3)


@pytest.mark.parametrize("value", [1e300, -1e39])
def test_values_beyond_float32(value):
    with pytest.raises(ValueError, match=r"value goes into float32, up to 3.4e\+38. Received: "):
        to_grid([0], [0.0], [0], [value], shape=(1, 1, 1))


@pytest.mark.parametrize(
    "call", [carry_forward, time_since_last, lambda rows: to_grid([0, 0], rows, [0, 0], [1.0, 2.0], shape=(1, 1, 1))]
)
def test_rows_of_different_lengths(call):
    with pytest.raises(ValueError, match="is one array. Received: rows of different lengths"):
        call([[1], [1, 0]])


def test_times_are_real():
    with pytest.raises(TypeError, match="time is numbers. Received: complex128"):
        to_grid([0], [1j], [0], [1.0], shape=(1, 1, 1))


def test_none_is_a_gap():
    assert carry_forward(np.array([[1, None, 2]], object)).tolist() == [[1, 1, 2]]


@pytest.mark.parametrize("values", [[["a", "b"]], np.array([["a", 1.0]], object), [["36.6"]], [[1j]]])
def test_values_that_cannot_be_carried(values):
    with pytest.raises(
        TypeError, match=r"values are numbers, NaN where nothing was measured. Received: .*astype\(float\)"
    ):
        carry_forward(values)


@pytest.mark.parametrize("mask", [[[np.nan, 36.6]], [[0, 2]], [["0", "1"]], [[0, np.nan]], [[0, -1]]])
def test_values_in_the_place_of_their_mask(mask):
    with pytest.raises(ValueError, match=r"Of values with gaps type time_since_last\(~np.isnan\(values\)\)"):
        time_since_last(np.array(mask))


def test_one_mask_needs_its_axis():
    with pytest.raises(ValueError, match=r"Received: \(3,\). For one series type x\[None\]"):
        time_since_last([0, 1, 0])


@pytest.mark.parametrize("dtype", [bool, int, np.float32])
def test_masks_of_every_dtype(dtype):
    assert time_since_last(np.array([[1, 0]], dtype)).tolist() == [[0, 1]]
