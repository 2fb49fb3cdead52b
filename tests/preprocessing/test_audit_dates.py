"""audit_dates: every kind of date that cannot be, counted; honest columns of dates are quiet."""

import datetime

import numpy as np
import pytest

from edunet.datasets import clinic_records
from edunet.preprocessing import audit_dates
from edunet.preprocessing.audit_dates import early, future, impossible, in_the_wrong_order, mixed, ways_of_writing
from edunet.preprocessing.audit_reading import read_frame

TODAY = datetime.date(2026, 1, 31)
DAYS = [f"2021-{month:02d}-{day:02d}" for month in range(1, 13) for day in (3, 17, 28)]
PAST = ["1950-05-05"] * len(DAYS)


def with_days(name="visit_date", *more, **columns):
    """Make a frame of ordinary days with some more at the end."""
    return read_frame({name: [*DAYS[len(more) :], *more]} | columns)


def every(frame):
    return [*impossible(frame), *future(frame, TODAY), *early(frame), *mixed(frame), *in_the_wrong_order(frame)]


def test_ordinary_dates_are_quiet():
    assert every(with_days(birth_date=PAST, n=range(36))) == []


def test_dates_of_the_clean_records_are_quiet():
    assert every(read_frame(clinic_records.load(500))) == []


def test_faults_of_the_dirty_records_are_counted():
    records = clinic_records.load(2000, dirty=True)
    planted = [(fault.kind, fault.column) for fault in records.faults]
    frame = read_frame(records)
    (found,) = impossible(frame)
    assert found.columns == ("visit_date",)
    assert found.evidence.startswith(f"{planted.count(('impossible_date', 'visit_date'))} of 3,513 rows: rows 112, ")
    (found,) = future(frame, TODAY)
    assert found.columns == ("birth_date",)
    assert found.evidence.startswith(f"{planted.count(('impossible_date', 'birth_date'))} of 3,513 dates, up to 2091-")
    (found,) = mixed(frame)
    n = planted.count(("date_format", "visit_date"))
    assert f"month/day/year in {n} rows, such as 06/27/2022" in found.evidence
    (found,) = in_the_wrong_order(frame)
    assert found.columns == ("birth_date", "visit_date")


def test_a_day_of_no_calendar():
    (found,) = impossible(with_days("visit_date", "2022-02-30", "2022-13-01"))
    assert found.sentence == "visit_date holds cells that are no day: 2022-02-30 and 2022-13-01."
    assert found.evidence == "2 of 36 rows: rows 34 and 35."


@pytest.mark.parametrize(
    ("day", "is_found"), [("2026-01-31", False), ("2026-01-31 23:59", False), ("2026-02-01", True)]
)
def test_the_future_begins_tomorrow(day, is_found):
    assert bool(list(future(with_days("visit_date", day), TODAY))) == is_found


@pytest.mark.parametrize("name", ["next_visit", "due_date", "appointment", "ExpiryDate"])
def test_what_is_planned_may_be_in_the_future(name):
    assert list(future(with_days(name, "2027-01-01"), TODAY)) == []


def test_dates_that_were_moved():
    (found,) = future(read_frame({"admission": [day.replace("2021", "2121") for day in DAYS]}), TODAY)
    assert found.sentence.endswith("were they moved to hide who the patients are?")
    assert found.repair == "Use intervals within a patient alone, no calendar."


def test_years_as_numbers():
    (found,) = future(read_frame({"year": [1990, 2026, 2031], "years_ill": [3, 4, 5000]}), TODAY)
    assert (found.columns, found.evidence) == (("year",), "1 of 3 years.")


def test_the_clock_of_today_is_asked_by_the_check():
    (found,) = audit_dates.CHECKS["future dates"](with_days("visit_date", "9998-01-01"))
    assert found.columns == ("visit_date",)


def test_dates_before_1900():
    (found,) = early(with_days("birth_date", "1899-01-01", "0199-05-05"))
    assert (found.name, found.evidence) == ("dates before 1900", "2 of 36 dates: rows 34 and 35.")


def test_a_day_that_stands_for_none():
    (found,) = early(with_days("birth_date", *["1900-01-01"] * 6))
    assert found.name == "missing value as a date"
    assert found.evidence == "1900-01-01 in 6 rows; another day in 1."


def test_the_first_of_january_1970_once_is_a_birthday():
    assert list(early(with_days("birth_date", "1970-01-01"))) == []


def test_two_ways_of_writing():
    (found,) = mixed(with_days("visit_date", "03/13/2021", "03/09/2021"))
    assert found.evidence == (
        "year-month-day in 34 rows, such as 2021-01-28; month/day/year in 2 rows, such as 03/13/2021."
    )


@pytest.mark.parametrize("source", ["pandas", "dict"])
def test_the_repairs_run(source):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    days = {"visit_date": [*DAYS, "03/13/2021", "2021-02-30", "2091-01-01", "03/09/2021"]}
    given = pd.DataFrame(days) if source == "pandas" else {name: np.array(cells) for name, cells in days.items()}
    frame = read_frame(given)
    repairs = [
        check.repair.split("missing: ")[-1] for check in (*mixed(frame), *impossible(frame), *future(frame, TODAY))
    ]
    for repair, missing in zip(repairs, (1, 1, 2), strict=True):
        name = "frame" if source == "pandas" else "columns"
        copy = given.copy()
        exec(repair, {name: copy, "pd": pd})
        assert copy["visit_date"].isna().sum() == missing
        assert str(copy["visit_date"].iloc[-1].date()) == "2021-03-09"


def test_the_repair_of_moments_runs():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"visit": ["2021-01-31 10:00", "2021-02-30 11:00", *["2021-03-01 09:30"] * 8]})
    (found,) = impossible(read_frame(frame))
    exec(found.repair.split("missing: ")[1], {"frame": frame, "pd": pd})
    assert frame["visit"].isna().tolist() == [False, True] + [False] * 8


@pytest.mark.parametrize(
    ("texts", "ways"),
    [
        (["01/02/2021", "03/04/2021"], {"day/month/year or month/day/year": 2}),
        (["13.02.2021", "03.04.2021"], {"day.month.year": 2}),
        (["13/02/2021", "02/13/2021", "03/04/2021"], {
            "day/month/year": 1, "month/day/year": 1, "day/month/year or month/day/year": 1}),
        (["2021-01-02T10:00", "2021-01-03"], {"year-month-day": 2}),
        (["", "unknown"], {}),
    ],
    ids=["either", "known by one", "both", "hours", "none"],
)  # fmt: skip
def test_ways_of_writing(texts, ways):
    assert {way: many for way, (many, _) in ways_of_writing(texts).items()} == ways


@pytest.mark.parametrize(
    ("first", "last"),
    [("birth_date", "visit_date"), ("admission_date", "discharge_date"), ("start", "end"),
     ("therapy_start", "therapy_stop"), ("visit_date", "death_date"), ("dob", "date_of_death")],
)  # fmt: skip
def test_dates_in_the_wrong_order(first, last):
    frame = read_frame(
        {first: ["2020-01-01", "2020-01-01", "2020-05-01"], last: ["2020-01-01", "2021-01-01", "2020-04-30"]}
    )
    (found,) = in_the_wrong_order(frame)
    assert found.columns == (first, last)
    assert found.evidence == "1 of 3 rows with both, up to 1 days."


@pytest.mark.parametrize(
    ("first", "last"), [("visit_1", "visit_2"), ("drug_a_start", "drug_b_stop"), ("next_visit", "death_date")]
)
def test_dates_that_may_stand_in_any_order(first, last):
    assert list(in_the_wrong_order(read_frame({first: ["2020-05-01"], last: ["2020-01-01"]}))) == []


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_rows(n):
    assert every(read_frame({"visit_date": DAYS[:n], "birth_date": [None] * n})) == []


def test_dates_of_numpy():
    days = np.array(["2020-01-01", "NaT", "2090-01-01"], "datetime64[D]")
    assert [found.name for found in every(read_frame({"visit": days}))] == ["future dates"]


def test_a_day_on_which_many_came_stands_for_itself():
    assert list(early(with_days("visit_date", *["2021-05-05"] * 20))) == []


def test_years_that_count_from_a_birth_are_no_dates():
    assert list(future(read_frame({"year": [1, 2, 3000]}), TODAY)) == []
