"""Splits by time: what came before a moment is learnt from, what came after it tests."""

from __future__ import annotations

import datetime as dt
import re
from numbers import Real

import numpy as np

from edunet.preprocessing.given import array_of
from edunet.preprocessing.splits_groups import is_missing, missing, numbered

__all__ = ["temporal_split"]

ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$")  # an ISO text that ends with its time zone


def temporal_split(time, cut, groups=None, *, crossing=None) -> tuple[np.ndarray, np.ndarray]:
    """Return the row numbers before a moment, to learn from, and from it on, to test: as it will be in use.

    Args: time (N,), numbers or dates (of NumPy, `datetime` or pandas, with or without a time zone); cut, the first
    moment of the test part: a number, or a date, also as text, "2021-01-31"; groups (N,), whose each row is; crossing,
    what is done with patients who have rows on both sides: None refuses, "earlier" leaves out their rows from the cut
    on, "drop" leaves them out altogether.
    Raises ValueError for times that are missing, for an empty side, and for patients who cross; ValueError or TypeError
    for a cut that is no such moment.

    >>> before, after = temporal_split(np.array(["2020-05-01", "2021-02-01"], "datetime64[D]"), "2021-01-01")
    >>> before.tolist(), after.tolist()
    ([0], [1])
    """
    if crossing not in (None, "earlier", "drop"):
        raise ValueError(f"temporal_split: crossing is None, 'earlier' or 'drop'. Received: {crossing!r}")
    time, zoned = _times(time)
    cut = _moment(cut, zoned) if time.dtype.kind == "M" else _number(cut)
    late = _from_on(time, cut)
    kept = np.ones(len(time), bool)
    if groups is not None:
        whose, names = numbered("temporal_split", groups, len(time))
        rows = np.bincount(whose)
        later = np.bincount(whose, late)
        both = (later > 0) & (later < rows)
        if both.any() and crossing is None:
            raise ValueError(
                f"temporal_split: {both.sum()} of {len(rows)} patients have rows before and after the cut, such as "
                f"{names[both][:1].item()!r}: a model would be tested on patients it knows. crossing='earlier' "
                "leaves out their later rows, crossing='drop' leaves them out altogether."
            )
        kept = ~(both[whose] & (late if crossing == "earlier" else True))
    before, after = np.flatnonzero(kept & ~late), np.flatnonzero(kept & late)
    if not len(before) or not len(after):
        raise ValueError(
            f"temporal_split: {len(before)} rows lie before {cut} and {len(after)} from it on; both sides need some. "
            f"Times run from {time.min()} to {time.max()}."
        )
    return before, after


def _times(given) -> tuple[np.ndarray, bool]:
    """Return times as numbers or dates, and whether they came with a time zone (then they are in UTC)."""
    time, zoned = array_of("temporal_split", "time", given), False
    if time.dtype.kind == "O" and time.ndim == 1:
        time, zoned = _of_objects(time)
    if time.ndim != 1 or not time.size or time.dtype.kind not in "iufM":
        text = time.dtype.kind == "U" or (time.dtype.kind == "O" and any(isinstance(v, str) for v in time.flat))
        raise ValueError(
            f"temporal_split: time is (N,), numbers or dates. Received: {time.dtype} of shape {time.shape}"
            + (f", such as {time.flat[0]!r:.40}." if time.size else ".")
            + (" Dates as text become dates with np.array(time, 'datetime64[D]')." if text else "")
        )
    gone = missing(time)
    if gone.any():
        raise ValueError(
            f"temporal_split: {gone.sum()} of {len(time)} times are missing, the first in row {int(gone.argmax())}. "
            "Leave these rows out, or say when they were."
        )
    return time, zoned


def _of_objects(time: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return dates and numbers among gaps, as lists and pandas bring them; what is neither stays as it is."""
    known = np.array([not is_missing(value) for value in time], bool)
    if all(isinstance(value, Real) for value in time[known]):
        numbers = np.full(len(time), np.nan)
        numbers[known] = time[known].astype(np.float64)
        return numbers, False
    if not all(isinstance(value, dt.date) for value in time[known]):
        return time, False
    zoned = sum(getattr(value, "tzinfo", None) is not None for value in time[known])
    if zoned not in (0, known.sum()):
        raise ValueError(
            f"temporal_split: {zoned} of {known.sum()} times have a time zone. Give it to all of them, or to none."
        )
    dates = np.full(len(time), np.datetime64("NaT", "us"))
    dates[known] = [_in_utc(value) for value in time[known]]
    return dates, zoned > 0


def _in_utc(date: dt.date) -> np.datetime64:
    if getattr(date, "tzinfo", None) is not None:
        date = date.astimezone(dt.UTC).replace(tzinfo=None)  # type: ignore[attr-defined]
    return np.datetime64(date, "us")


def _moment(cut, zoned: bool) -> np.datetime64:
    """Return the cut as a date, in UTC if the times have a time zone."""
    _one(cut)
    moment, has_zone = cut[()] if isinstance(cut, np.ndarray) else cut, False
    if isinstance(moment, str):
        moment, has_zone = _of_text(moment)
    elif isinstance(moment, dt.date) and not is_missing(moment):
        has_zone = getattr(moment, "tzinfo", None) is not None
        moment = _in_utc(moment)
    elif not isinstance(moment, np.datetime64):
        raise TypeError(
            f"temporal_split: times are dates, so cut is a date, such as '2021-01-31'. Received: {cut!r:.40}"
        )
    if np.isnat(moment):
        raise ValueError(
            f"temporal_split: cut is a date, written year-month-day as '2021-01-31'. Received: {cut!r:.40}"
        )
    if zoned and not has_zone:
        raise ValueError(
            f"temporal_split: times have a time zone, the cut has none: {cut!r:.40}. Type it with its zone, such as "
            f"'{moment.astype('datetime64[m]')}+00:00' for UTC, or pandas.Timestamp(cut, tz=...)."
        )
    if has_zone and not zoned:
        raise ValueError(f"temporal_split: the cut has a time zone, the times have none: {cut!r:.40}. Leave it out.")
    return moment


def _of_text(text: str) -> tuple[np.datetime64, bool]:
    """Return an ISO date, NaT if it is none, and whether it has a time zone."""
    try:
        if ":" in text and ZONED.search(text):
            return _in_utc(dt.datetime.fromisoformat(text)), True
        if text[:1].isdigit():  # not "today", which is another day tomorrow
            return np.datetime64(text), False
    except ValueError:
        pass
    return np.datetime64("NaT"), False


def _number(cut) -> Real:
    _one(cut)
    number = cut[()] if isinstance(cut, np.ndarray) else cut
    if isinstance(number, bool) or not isinstance(number, Real) or is_missing(number):
        raise TypeError(f"temporal_split: times are numbers, so cut is a number. Received: {cut!r:.40}")
    return number


def _one(cut) -> None:
    if isinstance(cut, (list, tuple)) or np.ndim(cut) > 0:
        raise TypeError(f"temporal_split: cut is one moment. Received: {type(cut).__name__}.")


def _from_on(time: np.ndarray, cut) -> np.ndarray:
    """Return time >= cut. Nanoseconds hold the years 1678 to 2262: NumPy would compare with what overflows."""
    if time.dtype.kind == "M" and time.dtype != cut.dtype:
        time, cut = time.astype("datetime64[us]"), cut.astype("datetime64[us]")
    return time >= cut
