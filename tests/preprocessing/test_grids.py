"""Irregular measurements on a grid."""

import numpy as np
import pytest

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


@pytest.mark.parametrize("options", [{"shape": (1, 2)}, {"shape": (1, 0, 1)}, {"step": 0}, {"how": "median"}])
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
