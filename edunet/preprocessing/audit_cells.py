"""Cells of any table as numbers, words or dates, with what is missing kept apart."""

from __future__ import annotations

import datetime
import functools
import math
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edunet.preprocessing.sentinels import codes_in, spikes_in

__all__ = ["Column", "read_column"]

NUMBERS = 0.5  # of the cells that are there must be numbers, for words among them to be the exception
DATES = 0.8  # of the cells that are there look like dates
DAY = np.timedelta64(1, "D")
SHAPES = (  # of a date as text, with the order of its parts
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?"), "ymd"),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T]\d{1,2}:\d{2}.*)?"), "mdy"),
)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table of n rows, as the checks see it."""

    name: str
    kind: str  # "number", "date" or "words"
    values: Any = field(repr=False)  # (n,) float64, NaN where none is; of dates, days from 1970
    text: Any = field(repr=False)  # (n,) str objects: words and dates as written, "" where missing; of
    # numbers what stands between them and is none, "" elsewhere; None where there is nothing of the kind
    missing: np.ndarray = field(repr=False)  # (n,) bool: nothing stands there
    unit: str = ""  # where the table says it
    place: int = -1  # its number in the table that was given; -1: it came as an array of its own

    @functools.cached_property
    def known(self) -> np.ndarray:
        """The finite values, (m,) float64, sorted; empty for words."""
        return np.empty(0) if self.values is None else np.sort(self.values[np.isfinite(self.values)])

    @functools.cached_property
    def codes(self) -> list[int]:
        """The numbers that stand for a missing value: -9, 999."""
        outside = codes_in(self.known)
        return outside + [code for code in spikes_in(self.known) if code not in outside]

    @functools.cached_property
    def measured(self) -> np.ndarray:
        """The finite values that are no code, sorted."""
        return self.known[~np.isin(self.known, self.codes)] if self.codes else self.known

    def is_code(self) -> np.ndarray:
        """Tell of each cell whether it holds a code, (n,) bool."""
        return np.isin(self.values, self.codes)


def read_column(name: str, cells, unit: str = "", place: int = -1) -> Column:
    """Read n cells of any kind: numbers, texts, dates, None, NaN, all mixed.

    Args: name; cells (n,), an array, Series or list; unit; place.
    Raises ValueError for cells that are no single column.
    """
    mask = np.ma.getmaskarray(cells) if isinstance(cells, np.ma.MaskedArray) else None
    cells = _as_array(cells)
    if cells.ndim != 1:
        raise ValueError(f"audit: column {name!r} has {cells.ndim} axes, {cells.shape}; a column has one number a row.")
    kind = cells.dtype.kind
    if kind in "biuf":
        values, text, missing = cells.astype(np.float64), None, np.isnan(cells.astype(np.float64))
        kind = "number"
    elif kind == "M":
        missing = np.isnat(cells)
        text = np.where(missing, "", np.datetime_as_string(cells)).astype(object)
        kind, values = "date", _days(cells)
    elif kind == "m":
        kind, values, text, missing = "number", _days(cells), None, np.isnat(cells)
    else:
        kind, values, text, missing = _read_objects(cells)
    if mask is not None and mask.any():
        missing = missing | mask
        values = None if values is None else np.where(mask, np.nan, values)
        text = None if text is None else np.where(mask, "", text)
    return Column(name, kind, values, text, missing, unit, place)


def _as_array(cells) -> np.ndarray:
    """Return cells as an array; what does not fit into one type, as objects."""
    if isinstance(cells, np.ndarray):
        return np.asarray(cells)
    if hasattr(cells, "to_numpy"):  # a Series
        return np.asarray(cells.to_numpy())
    cells = list(cells)
    array = np.empty(len(cells), object)
    array[:] = cells
    if all(isinstance(cell, (int, float, np.number)) for cell in cells):
        return array.astype(np.float64)
    return array


def _days(cells) -> np.ndarray:
    """Return moments as days since 1970, durations as days; NaN where there is none."""
    whole = cells.astype("M8[us]" if cells.dtype.kind == "M" else "m8[us]")
    days = whole.view(np.int64) / (86_400 * 1e6)
    return np.where(np.isnat(cells), np.nan, days)


def _read_objects(cells) -> tuple[str, np.ndarray | None, np.ndarray | None, np.ndarray]:
    """Read objects by their different values, which are fewer than the cells: kind, values, text, missing."""
    codes, distinct = _numbered(cells)
    texts = [_written(cell) for cell in distinct]
    blank = np.array([not text for text in texts], bool)
    missing = blank[codes] if len(distinct) else np.zeros(len(cells), bool)
    count = np.bincount(codes, minlength=len(distinct))
    n = int(count[~blank].sum())
    typed = any(isinstance(cell, (int, float, np.number)) for cell, b in zip(distinct, blank, strict=True) if not b)
    numbers = np.array([_number(cell) for cell in distinct])
    is_number = ~np.isnan(numbers)
    if n and count[is_number].sum() > NUMBERS * n and (typed or not _are_codes([t for t in texts if t])):
        words = np.array([*("" if ok else text for ok, text in zip(is_number, texts, strict=True))], object)
        return "number", numbers[codes], words[codes] if any(words) else None, missing
    written = np.array([*texts, ""], object)[:-1][codes] if len(texts) else np.empty(len(cells), object)
    days, is_date = _dates(texts)
    if n and count[is_date].sum() >= DATES * n:
        return "date", days[codes], written, missing
    return "words", None, written, missing


def _numbered(cells) -> tuple[np.ndarray, list]:
    """Return (n,) which of the different cells each is, and these."""
    seen: dict = {}
    try:
        codes = np.fromiter((seen.setdefault(cell, len(seen)) for cell in cells.tolist()), np.intp, len(cells))
        return codes, list(seen)
    except TypeError:  # lists and the like have no hash
        seen = {}
        texts = [repr(cell) for cell in cells.tolist()]
        codes = np.fromiter((seen.setdefault(text, len(seen)) for text in texts), np.intp, len(cells))
        return codes, list(seen)


def _written(cell) -> str:
    """Write a cell; "" where nothing stands in it: None, NaN, NaT, pandas.NA, blanks."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(cell, (float, np.floating)) and math.isnan(cell):
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip(" \t\r\n\x00")
    if isinstance(cell, (datetime.date, datetime.datetime)):
        return cell.isoformat(*(" ",) if isinstance(cell, datetime.datetime) else ())
    if isinstance(cell, np.datetime64):
        return "" if np.isnat(cell) else str(cell)
    return cell if isinstance(cell, str) and cell.strip() else str(cell).strip()


def _number(cell) -> float:
    """Return a cell as a number, NaN if it is none."""
    if isinstance(cell, (str, bytes)):
        text = cell.strip() if isinstance(cell, str) else cell.strip().decode("ascii", "replace")
        if "_" in text or text.lower().lstrip("+-") in ("inf", "infinity"):
            return math.nan
        cell = text
    elif isinstance(cell, np.datetime64) or not hasattr(cell, "__float__"):
        return math.nan
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _are_codes(texts: list[str]) -> bool:
    """Tell whether texts of digits are names, as ZIP codes and numbers of records are: as long as each other,
    with zeros in front or of five digits and more."""
    digits = [text.strip() for text in texts if text.strip().isdigit()]
    if len({len(text) for text in digits}) != 1:
        return False
    padded = any(re.fullmatch(r"0\d+", text) for text in digits)
    return padded or (len(digits) == len(texts) and all(re.fullmatch(r"\d{5,}", text) for text in digits))


def _dates(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the days from 1970 of texts, NaN where there is no such day, and which look like dates."""
    parts: list[tuple[str, tuple[int, ...]] | None] = []
    for text in texts:
        match = next(((order, m) for shape, order in SHAPES if (m := shape.fullmatch(text.strip()))), None)
        parts.append(match and (match[0], tuple(map(int, match[1].groups()))))
    day_first = any(part and part[0] == "mdy" and part[1][0] > 12 for part in parts)
    days = np.full(len(texts), np.nan)
    for i, part in enumerate(parts):
        if part:
            order, (a, b, c) = part
            year, month, day = (a, b, c) if order == "ymd" else (c, b, a) if day_first and b <= 12 else (c, a, b)
            try:
                days[i] = datetime.date(year, month, day).toordinal() - 719_163  # the first of January 1970
            except ValueError:
                continue  # the 30th of February
    return days, np.array([part is not None for part in parts], bool)
