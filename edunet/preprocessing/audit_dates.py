"""Dates that cannot be: in the future, on no day of the calendar, in two ways of writing, in the wrong order."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import text_of, values_of, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "early", "future", "impossible", "in_the_wrong_order", "mixed", "ways_of_writing"]

EPOCH = 719_163  # the first of January 1970, as datetime.date.toordinal counts
FIRST = datetime.date(1900, 1, 1).toordinal() - EPOCH
CODES = {"1900-01-01", "1970-01-01", "1899-12-30", "1899-12-31", "1901-01-01", "2099-12-31", "9999-12-31"}
CODE_ROWS = 5
SHIFTED = 0.5  # of a column's dates in the future: moved to hide who the patients are
SHOWN = 3
LISTED = 12
DATE = 10  # characters of 2023-03-09

PARTS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})[-/.](\d{1,4})(?!\d)")
PLANNED = re.compile(r".*\b(next|planned|appointment|due|expir\w*|valid|scheduled|deadline)\b.*")
BIRTH = re.compile(r".*\b(birth\w*|born|dob)\b.*")
DEATH = re.compile(r".*\b(death|died|deceased|dod)\b.*")
BEGIN = r"\b(admission|admitted|admit|start\w*|begin\w*|from|onset|in)\b"
END = r"\b(discharged?|end\w*|stop\w*|to|until|out)\b"


def _dates(frame: Frame) -> list[Column]:
    """Return the columns of dates, those with a role too."""
    roles = [frame.time] if frame.time is not None else []
    return [column for column in (*frame.columns, *roles) if column.kind == "date"]


def _told(column: Column, rows: np.ndarray) -> str:
    """Write some of the cells in which something is wrong."""
    return listed(list(dict.fromkeys(text_of(column)[rows].tolist())), SHOWN)


def _first(rows: np.ndarray) -> str:
    return f"row{'s' * (len(rows) > 1)} {listed(list(map(str, rows.tolist())), LISTED)}"


def impossible(frame: Frame) -> Iterator[Finding]:
    """Find cells of a column of dates that are no day, such as the 30th of February, or no date at all."""
    for column in _dates(frame):
        rows = np.flatnonzero(~column.missing & np.isnan(values_of(column)))
        if len(rows):
            yield Finding(
                "impossible dates",
                (column.name,),
                f"{column.name} holds cells that are no day: {_told(column, rows)}.",
                f"{len(rows)} of {frame.n:,} rows: {_first(rows)}.",
                "One reader makes them missing, another the next month, a third stops; ages and intervals are wrong.",
                f"Ask for the true dates of these rows; else make them missing: {_read(frame, column)}",
            )


def future(frame: Frame, today: datetime.date) -> Iterator[Finding]:
    """Find dates after today, but of what is planned (next, due, appointment, ...), and years after this one.

    Where most dates of a column are in the future, they were moved to hide who the patients are.
    """
    limit, day = today.toordinal() - EPOCH, str(today)
    for column in _dates(frame):
        late = np.flatnonzero(np.nan_to_num(values_of(column), nan=-np.inf) >= limit + 1)
        if len(late) and not PLANNED.fullmatch(words_in(column.name)):
            at = frame.at(column)
            late_ones = f"{at} = {at}.mask({at} > {day!r})"
            moved, last = len(late) > SHIFTED * len(column.known), _day(column.known[-1])
            yield Finding(
                "future dates",
                (column.name,),
                f"{column.name} holds dates after {day}: {_told(column, late)}."
                + (" Most are: were they moved to hide who the patients are?" if moved else ""),
                f"{len(late)} of {len(column.known):,} dates, up to {last}: {_first(late)}.",
                "Ages and intervals become negative or far too long, and scaling makes all others alike.",
                "Use intervals within a patient alone, no calendar."
                if moved
                else f"Ask for the true dates; else make them missing: {_read(frame, column)}; {late_ones}",
            )
    yield from _future_years(frame, today)


def _future_years(frame: Frame, today: datetime.date) -> Iterator[Finding]:
    for column in frame.numbers():
        years = column.known
        named = "year" in words_in(column.name).split() and not PLANNED.fullmatch(words_in(column.name))
        if named and len(years) and years.min() >= 1000 and years.max() > today.year:
            late = int((years > today.year).sum())
            yield Finding(
                "future dates",
                (column.name,),
                f"{column.name} holds years after {today.year}, up to {years.max():g}.",
                f"{late:,} of {len(years):,} years.",
                "Ages and intervals become negative or far too long.",
                frame.blanked(column, f"{{c}} > {today.year}"),
            )


def _read(frame: Frame, column: Column) -> str:
    """Write how a column becomes dates, what is no day missing: by the two ways of writing that most cells have."""
    at = frame.at(column)
    cells = at if frame.source == "pandas" else f"pd.Series({at})"
    if max(map(len, text_of(column).tolist()), default=0) > DATE:  # with the time of the day
        return f"{at} = pd.to_datetime({cells}, errors='coerce')"
    ways = [_format(way) for way in list(ways_of_writing(text_of(column).tolist()))[:2]]
    first, *second = [f"pd.to_datetime({cells}, format={way!r}, errors='coerce')" for way in ways]
    return f"{at} = {first}" + "".join(f".fillna({way})" for way in second)


def _day(days: float) -> str:
    return str(np.datetime64(int(days), "D"))


def early(frame: Frame) -> Iterator[Finding]:
    """Find dates before 1900, and days such as 1900-01-01 that programs write where nobody knew, on 5 rows or more."""
    for column in _dates(frame):
        values = values_of(column)
        rows = np.flatnonzero(np.nan_to_num(values, nan=np.inf) < FIRST)
        if len(rows):
            yield Finding(
                "dates before 1900",
                (column.name,),
                f"{column.name} holds dates before 1900: {_told(column, rows)}.",
                f"{len(rows)} of {len(column.known):,} dates: {_first(rows)}.",
                "Ages above 120 years, and intervals that outweigh all others.",
                f"Ask for the true dates in {frame.at(column)}; a century may be wrong.",
            )
        days, count = np.unique(values[np.isfinite(values)], return_counts=True)
        codes = [(day, m) for day, m in zip(days, count, strict=True) if m >= CODE_ROWS and _day(day) in CODES]
        usual = np.median(count) if len(count) else 0
        codes = [(day, m) for day, m in codes if m > 5 * usual]
        if codes:
            yield Finding(
                "missing value as a date",
                (column.name,),
                f"{column.name} holds {', '.join(_day(day) for day, _ in codes)}, which programs write for none.",
                ", ".join(f"{_day(day)} in {m} rows" for day, m in codes) + f"; another day in {usual:g}.",
                "The model learns an age or interval that nobody has.",
                f"Make them missing in {frame.at(column)}, if whoever made the table says so.",
            )


def ways_of_writing(texts: list[str]) -> dict[str, tuple[int, str]]:
    """Return the ways in which dates are written, each with how many and an example; those of most first.

    03/09/2023 counts with the way of the others that have slashes, 13/09/2023 or 09/13/2023; with neither, or both,
    it may be either.

    >>> ways_of_writing(["2023-03-09", "2023-03-10", "03/13/2023", "03/09/2023"])
    {'year-month-day': (2, '2023-03-09'), 'month/day/year': (2, '03/13/2023')}
    """
    found: dict[tuple[str, str], list] = {}
    for text, many in Counter(text.strip() for text in texts if text).items():
        match = PARTS.match(text)
        if match:
            a, mark, b, _ = match.groups()
            order = "ymd" if len(a) == 4 else "dmy" if int(a) > 12 else "mdy" if int(b) > 12 else "?"
            counted = found.setdefault((order, mark), [0, text])
            counted[0] += many
    for order, mark in [key for key in found if key[0] == "?"]:
        known = [(other, mark) for other in ("dmy", "mdy") if (other, mark) in found]
        if len(known) == 1:
            found[known[0]][0] += found.pop((order, mark))[0]
    names = {"ymd": "year{0}month{0}day", "dmy": "day{0}month{0}year", "mdy": "month{0}day{0}year"}
    either = "day{0}month{0}year or month{0}day{0}year"
    told = {names.get(order, either).format(mark): (many, text) for (order, mark), (many, text) in found.items()}
    return dict(sorted(told.items(), key=lambda item: -item[1][0]))


def mixed(frame: Frame) -> Iterator[Finding]:
    """Find columns whose dates are written in several ways."""
    for column in _dates(frame):
        ways = ways_of_writing(text_of(column).tolist())
        if len(ways) < 2:
            continue
        yield Finding(
            "mixed formats of dates",
            (column.name,),
            f"{column.name} holds dates in {len(ways)} ways of writing.",
            "; ".join(f"{way} in {many:,} rows, such as {text}" for way, (many, text) in ways.items()) + ".",
            "03/09/2023 is read as the 3rd of September or the 9th of March, or becomes missing, in silence; sorted as "
            "text, time is in disorder.",
            _read(frame, column),
        )


def _format(way: str) -> str:
    return way.split(" or ")[0].replace("year", "%Y").replace("month", "%m").replace("day", "%d")


def in_the_wrong_order(frame: Frame) -> Iterator[Finding]:
    """Find rows on which one date must not be after another, and is: birth, begin and end, death, by their names."""
    dates = _dates(frame)
    for first in dates:
        for last in dates:
            if first is last or not _comes_before(words_in(first.name), words_in(last.name)):
                continue
            gap = values_of(last) - values_of(first)
            both = int(np.isfinite(gap).sum())
            rows = np.flatnonzero(np.nan_to_num(gap, nan=0.0) <= -1)  # on one day, the hours may be unknown
            if len(rows):
                yield Finding(
                    "dates in the wrong order",
                    (first.name, last.name),
                    f"On {len(rows)} rows {first.name} is after {last.name}, such as {text_of(first)[rows[0]]} and "
                    f"{text_of(last)[rows[0]]} in row {rows[0]}.",
                    f"{len(rows):,} of {both:,} rows with both, up to {-gap[rows].min():,.0f} days.",
                    "Ages and lengths of stay become negative; one wrong date makes the row worthless.",
                    f"Look these rows up; else make both missing where {frame.at(first)} > {frame.at(last)}",
                )


def _comes_before(first: str, last: str) -> bool:
    """Tell by the names of two columns whether the first date must not be after the second."""
    if PLANNED.fullmatch(first) or PLANNED.fullmatch(last):
        return False
    if BIRTH.fullmatch(first):
        return not BIRTH.fullmatch(last)
    if DEATH.fullmatch(last):
        return not DEATH.fullmatch(first)
    begin, end = re.search(BEGIN, first), re.search(END, last)
    return bool(begin and end) and _rest(BEGIN, first) == _rest(END, last)


def _rest(pattern: str, words: str) -> str:
    return " ".join(re.sub(pattern, " ", words).split())


def future_by_now(frame: Frame) -> Iterator[Finding]:
    """Find dates after today, as the clock says."""
    yield from future(frame, datetime.date.today())


CHECKS = {
    "impossible dates": impossible,
    "future dates": future_by_now,
    "early dates": early,
    "formats of dates": mixed,
    "order of dates": in_the_wrong_order,
}
