"""Splits by time: numbers and dates of every make, and a cut that is one moment of the same kind."""

import datetime as dt

import numpy as np
import pytest

from edunet.preprocessing import temporal_split

DATES = np.array(["2020-05-01", "2022-02-01", "2021-01-01"], "datetime64[D]")
UTC = dt.UTC


def test_time_splits_at_the_cut():
    before, after = temporal_split(np.array([3.0, 1.0, 2.0, 4.0]), 3)
    assert (before.tolist(), after.tolist()) == ([1, 2], [0, 3])


def test_patients_who_cross_the_cut_are_refused():
    with pytest.raises(ValueError, match=r"1 of 2 patients have rows before and after the cut, such as 'a'"):
        temporal_split([1, 2, 3, 1], 2, groups=["a", "a", "b", "a"])


@pytest.mark.parametrize(("crossing", "expected"), [("earlier", ([0, 3, 4], [2])), ("drop", ([4], [2]))])
def test_patients_who_cross_are_left_out_as_wished(crossing, expected):
    before, after = temporal_split([1, 2, 3, 1, 0], 2, groups=["a", "a", "b", "a", "c"], crossing=crossing)
    assert (before.tolist(), after.tolist()) == expected


def test_times_that_are_missing():
    with pytest.raises(ValueError, match="1 of 3 times are missing, the first in row 1"):
        temporal_split(np.array(["2020-01-01", "NaT", "2021-01-01"], "datetime64[D]"), np.datetime64("2020-06-01"))


def test_a_cut_beyond_all_times():
    with pytest.raises(ValueError, match="2 rows lie before 9 and 0 from it on.*from 1 to 2"):
        temporal_split([1, 2], 9)


def test_another_way_to_cross():
    with pytest.raises(ValueError, match="crossing is None, 'earlier' or 'drop'"):
        temporal_split([1, 2], 2, crossing="later")


# ---------------------------------------------------------------- dates of every make


@pytest.mark.parametrize(
    "cut",
    [
        "2021-01-01",
        "2021",
        "2021-01-01T00:00",
        np.datetime64("2021-01-01"),
        np.array("2021-01-01", "datetime64[s]"),
        dt.date(2021, 1, 1),
        dt.datetime(2021, 1, 1),
    ],
)
@pytest.mark.parametrize(
    "time",
    [
        DATES,
        DATES.astype("datetime64[ns]"),
        DATES.tolist(),
        [dt.datetime(2020, 5, 1), dt.date(2022, 2, 1), dt.date(2021, 1, 1)],
    ],
)
def test_dates_are_cut_at_a_date(time, cut):
    before, after = temporal_split(time, cut)
    assert (before.tolist(), after.tolist()) == ([0], [1, 2])


@pytest.mark.parametrize("cut", ["2021-01-01T01:00+01:00", dt.datetime(2021, 1, 1, tzinfo=UTC)])
def test_dates_with_a_zone(cut):
    time = [
        dt.datetime(2020, 12, 31, 23, tzinfo=UTC),
        dt.datetime(2021, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ]
    before, after = temporal_split(time, cut)
    assert (before.tolist(), after.tolist()) == ([0], [1])


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_dates_of_pandas(zone):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    time = pandas.Series(pandas.to_datetime(["2020-01-01", "2022-01-01"]).tz_localize(zone))
    before, after = temporal_split(time, pandas.Timestamp("2021-01-01", tz=zone))
    assert (before.tolist(), after.tolist()) == ([0], [1])


@pytest.mark.parametrize("cut", ["2021-01-01", dt.date(2021, 1, 1), np.datetime64("2021")])
def test_a_cut_without_the_zone_of_the_times(cut):
    time = [dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2022, 1, 1, tzinfo=UTC)]
    with pytest.raises(ValueError, match=r"times have a time zone, the cut has none.*'2021-01-01T00:00\+00:00'"):
        temporal_split(time, cut)


def test_a_cut_with_a_zone_where_the_times_have_none():
    with pytest.raises(ValueError, match="cut has a time zone, the times have none"):
        temporal_split(DATES, "2021-01-01T00:00+00:00")


def test_times_with_and_without_a_zone():
    with pytest.raises(ValueError, match="1 of 2 times have a time zone"):
        temporal_split([dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2022, 1, 1)], "2021")


def test_dates_that_are_missing_in_a_list():
    with pytest.raises(ValueError, match="1 of 3 times are missing, the first in row 1"):
        temporal_split([dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)], "2020-06-01")


@pytest.mark.parametrize("cut", [None, 2021, 2021.5, True, b"2021"])
def test_a_cut_that_is_no_date(cut):
    with pytest.raises(TypeError, match=r"times are dates, so cut is a date, such as '2021-01-31'. Received: "):
        temporal_split(DATES, cut)


@pytest.mark.parametrize("cut", ["31.01.2021", "soon", "today", "", "NaT", np.datetime64("NaT")])
def test_a_cut_that_is_no_moment(cut):
    with pytest.raises(ValueError, match=r"cut is a date, written year-month-day as '2021-01-31'. Received: "):
        temporal_split(DATES, cut)


@pytest.mark.parametrize("cut", [None, "2", np.datetime64("2021"), dt.date(2021, 1, 1), True, np.nan])
def test_a_cut_that_is_no_number(cut):
    with pytest.raises((TypeError, ValueError), match="times are numbers, so cut is a number. Received: "):
        temporal_split([1, 2, 3], cut)


@pytest.mark.parametrize(("time", "cut"), [([1, 2, 3], [2, 2, 1]), (DATES, DATES), ([1, 2], [[1], [1, 2]])])
def test_a_cut_is_one_moment(time, cut):
    with pytest.raises(TypeError, match=f"cut is one moment. Received: {type(cut).__name__}"):
        temporal_split(time, cut)


@pytest.mark.parametrize("time", [["2020", "2021"], np.array(["2020", "2021"], object)])
def test_times_as_text(time):
    with pytest.raises(ValueError, match=r"Dates as text become dates with np\.array\(time, 'datetime64\[D\]'\)"):
        temporal_split(time, "2021")


def test_what_is_no_time_is_named():
    with pytest.raises(
        ValueError, match=r"time is \(N,\), numbers or dates. Received: timedelta64\[s\] of shape \(2,\)"
    ):
        temporal_split(np.array([1, 2], "timedelta64[s]"), 1)


@pytest.mark.parametrize("unit", ["D", "ns"])
def test_a_cut_beyond_what_nanoseconds_hold(unit):
    with pytest.raises(ValueError, match="3 rows lie before 9999-01-01 and 0 from it on"):
        temporal_split(DATES.astype(f"datetime64[{unit}]"), "9999-01-01")
    assert (
        len(temporal_split(np.array([*DATES, "9999-01-01"], "datetime64[D]"), np.datetime64("2262-01-01", "ns"))[1])
        == 1
    )


def test_times_of_different_lengths():
    with pytest.raises(ValueError, match="temporal_split: time is one array. Received: rows of different lengths"):
        temporal_split([[1], [1, 2]], 1)
