"""Cleaning steps for clinical tables, each with its trail: `text` says how many cells changed, from what to what.

    ConvertUnits       one unit for each column, also where a column beside it says which unit a row is in
    Sentinels          -9, 999 or 0 that stand for "not measured" become missing
    PlausibleRange     values that no living patient has become missing

A cell becomes missing, never a row: one slip of the pen says nothing of a patient's other values. In this order: codes
first, or they would be converted; units next, for limits are in units; then limits; and what is missing is left to
scikit-learn's imputers, which stand behind in the same Pipeline.

>>> steps = [Sentinels({"weight": [999]}), PlausibleRange()]
>>> table = {"weight": np.array([72.0, 999.0, 7200.0, 64.0]), "age": np.array([61.0, 58.0, 49.0, 70.0])}
>>> for step in steps:
...     table = step.fit_transform(table)
...     print(step.text)
Sentinels, 4 rows: weight: 1 of 4 cells held 999 and became missing.
PlausibleRange, 4 rows: weight: 1 of 4 cells outside 0.2 to 660 kg became missing, 7200. age: all within 0 to 123 years.
>>> table["weight"]
array([72., nan, nan, 64.])
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edunet.preprocessing.columns import Columns, as_numbers
from edunet.preprocessing.plausible import Plausible, plausible_range
from edunet.preprocessing.step import Change, Step
from edunet.preprocessing.units import factor_and_offset
from edunet.preprocessing.units_names import find_analyte

__all__ = ["ConvertUnits", "PlausibleRange", "Sentinels"]


class Sentinels(Step):
    """Make codes that stand for "not measured" missing: -9, 99, 999, or 0 where nobody has 0.

    Args: codes, {column: codes}, or codes for all columns of numbers. Only whole cells are compared, 999 is not 999.5.
    Raises ValueError for a column that is not there or holds text, TypeError for codes that are no numbers.

    The usual misuse: 0 for all columns, though a patient may well have 0 children; or to fill the gaps at once with the
    mean, after which nobody can tell that they were gaps.
    Source: D. B. Rubin, Inference and missing data, Biometrika 63 (1976) 581-592, on why a gap must be known as one.

    >>> step = Sentinels({"insulin": [0]}).fit({"insulin": [0, 94, 168, 0]})
    >>> step.text
    'Sentinels, 4 rows: insulin: 2 of 4 cells held 0 and became missing.'
    """

    def __init__(self, codes):
        self.codes = codes

    def _learn(self, columns: Columns) -> None:
        if isinstance(self.codes, Mapping):
            self.codes_ = {name: _codes(name, codes) for name, codes in self.codes.items()}
        else:
            codes = _codes("all columns", self.codes)
            self.codes_ = {name: codes for name, values in columns.items() if values.dtype.kind in "iuf"}

    def _clean(self, columns: Columns) -> list[Change]:
        changes = []
        for name, codes in self.codes_.items():
            values = self._numbers(columns, name)
            n = {code: int((values == code).sum()) for code in codes}
            cells = sum(n.values())
            values[np.isin(values, codes)] = np.nan
            listed = " or ".join(f"{code:.10g}" for code in codes if n[code] or not cells)
            text = f"{name}: {cells:,} of {len(values):,} cells held {listed} and became missing."
            changes.append(Change(name, values, cells, text if cells else f"{name}: no cell holds {listed}."))
        return changes


class PlausibleRange(Step):
    """Make values missing that no living patient has; count them, and never drop a row.

    The limits are learnt in `fit`: by the name of each column, in the unit that the training values fit, as
    `plausible_range` says. Columns that it does not know are left alone, and so are those that you give as None.

    Args: ranges, {column: (low, high)} of your own, which come first; None for a column leaves it alone; units,
    {column: unit} where you know it.
    After fit: ranges_, {column: Plausible(low, high, unit, source)}; left_alone_, {column: why} where a name is known
    and the values do not fit it.
    Raises ValueError for a column that is not there or holds text, and for limits that are not in order.

    The usual misuse: narrow limits, such as reference ranges: they remove the severely ill, whom the model is for.
    Source: of each limit in `ranges_`.

    >>> step = PlausibleRange({"bmi": (10, 100)}).fit({"bmi": [33.6, 0.0], "stage": [1, 4]})
    >>> step.text
    'PlausibleRange, 2 rows: bmi: 1 of 2 cells outside 10 to 100 became missing, 0.'
    """

    def __init__(self, ranges=None, units=None):
        self.ranges = ranges
        self.units = units

    def _learn(self, columns: Columns) -> None:
        own, units = dict(self.ranges or {}), dict(self.units or {})
        self.ranges_: dict[object, Plausible] = {}
        self.left_alone_: dict[object, str] = {}
        for name in [*own, *units]:
            self._column(columns, name)
        for name, values in columns.items():
            if name in own:
                if own[name] is not None:
                    self.ranges_[name] = _ends(name, own[name], units.get(name, ""))
            elif plausible_range(name) is not None:
                self._look_up(name, units.get(name), values)

    def _look_up(self, name, unit: str | None, values: np.ndarray) -> None:
        """Learn the limits of a column whose name is known, or why it is left alone."""
        try:
            found = plausible_range(name, unit, as_numbers("PlausibleRange", name, values))
        except ValueError:
            self.left_alone_[name] = "it holds text"
            return
        if found is None:
            self.left_alone_[name] = f"its values do not fit {unit or 'a usual unit'}"
        else:
            self.ranges_[name] = found

    def _clean(self, columns: Columns) -> list[Change]:
        changes = []
        for name, (low, high, unit, _) in self.ranges_.items():
            values = self._numbers(columns, name)
            outside = (values < low) | (values > high)
            said = f"{low:.10g} to {high:.10g} {unit}".rstrip()
            if outside.any():
                text = f"{name}: {outside.sum():,} of {len(values):,} cells outside {said} became missing, "
                text += _span(values[outside]) + "."
            else:
                text = f"{name}: all within {said}."
            values[outside] = np.nan
            changes.append(Change(name, values, int(outside.sum()), text))
        return changes

    def _sentences(self, rows: int, changes: list[Change]) -> str:
        text = super()._sentences(rows, changes)
        return text + "".join(f" {name}: left alone, {why}." for name, why in self.left_alone_.items())


class ConvertUnits(Step):
    """Bring columns to one unit each, by what is measured in them.

    Args: columns, {column: (analyte, from unit, to unit)}; unit_columns, {column: the column that says its unit}: a row
    of which it says another unit than `from` is converted from that one, and afterwards it says `to`. With None in the
    place of `from` each row must say its own unit; where it does not, the value becomes missing.
    Raises ValueError for what `convert` refuses, for a column that is not there, and for a row with a unit that cannot
    be read, with its number.

    The usual misuse: to trust the column of units. Where somebody forgot to change it, 5.5 stands beside mg/dl; the
    step does what it is told, and only a look at the values shows it.
    Source: see `convert`.

    >>> table = {"glucose": [99.0, 5.5], "unit": ["mg/dl", "mmol/l"]}
    >>> step = ConvertUnits({"glucose": ("glucose", "mg/dl", "mmol/l")}, {"glucose": "unit"})
    >>> step.fit_transform(table)["glucose"].round(2)
    array([5.5, 5.5])
    >>> step.text
    'ConvertUnits, 2 rows: glucose: 1 of 2 cells from mg/dl to mmol/l (times 0.05551); 1 in mmol/l already.'
    """

    def __init__(self, columns, unit_columns=None):
        self.columns = columns
        self.unit_columns = unit_columns

    def _learn(self, columns: Columns) -> None:
        for name, rule in self.columns.items():
            if isinstance(rule, str) or len(rule) != 3:
                raise ValueError(
                    "ConvertUnits: a rule is (analyte, from, to), such as ('glucose', 'mg/dl', 'mmol/l'). Received "
                    f"for {name!r}: {rule!r:.60}"
                )
        strange = [name for name in self.unit_columns or {} if name not in self.columns]
        if strange:
            raise ValueError(f"ConvertUnits: unit_columns has {strange[0]!r}, columns has not: say its analyte there.")
        silent = [n for n, rule in self.columns.items() if rule[1] is None and n not in (self.unit_columns or {})]
        if silent:
            raise ValueError(f"ConvertUnits: {silent[0]!r} has no `from` unit, and unit_columns none for its rows.")

    def _clean(self, columns: Columns) -> list[Change]:
        changes = []
        for name, (analyte, unit, to) in self.columns.items():
            values = self._numbers(columns, name)
            beside = (self.unit_columns or {}).get(name)
            said = self._said(columns, beside, unit, len(values))
            changes.append(self._converted(name, values, said, analyte, to))
            if beside is not None:
                now = np.where(said == "", said, to).astype(object)
                changes.append(Change(beside, now, 0, ""))
        return changes

    def _said(self, columns: Columns, beside, unit: str | None, n: int) -> np.ndarray:
        """Return the unit of each row, "" where nobody says it."""
        said = np.full(n, unit or "", object)
        if beside is not None:
            for row, text in enumerate(self._column(columns, beside).tolist()):
                if isinstance(text, str) and text.strip():
                    said[row] = text.strip()
        return said

    def _converted(self, name, values: np.ndarray, said: np.ndarray, analyte: str, to: str) -> Change:
        line, cells, parts = find_analyte("ConvertUnits", analyte), 0, []
        measured = ~np.isnan(values)
        for unit in dict.fromkeys(said.tolist()):
            rows = (said == unit) & measured
            if unit == "":
                if rows.any():
                    parts.append(f"{rows.sum():,} without a unit became missing")
                    values[rows] = np.nan
                    cells += int(rows.sum())
                continue
            place = f"ConvertUnits, column {name!r}, row {int(np.argmax(said == unit))}"
            slope, offset = factor_and_offset(place, line, unit, to)
            if (slope, offset) == (1, 0):
                parts += [f"{rows.sum():,} in {unit} already"] * bool(rows.any())
                continue
            values[rows] = values[rows] * float(slope) + float(offset)
            cells += int(rows.sum())
            how = f"times {float(slope):.4g}" + f", {float(offset):+.4g}" * bool(offset)
            parts.append(f"{rows.sum():,} of {len(values):,} cells from {unit} to {to} ({how})")
        return Change(name, values, cells, f"{name}: {'; '.join(parts) or 'nothing to convert'}.")


# ---------------------------------------------------------------- how it is done


def _codes(name, codes) -> list[float]:
    given = [codes] if isinstance(codes, (int, float, np.number)) else codes
    try:
        numbers = [float(code) for code in given if not isinstance(code, (str, bool))]
    except (TypeError, ValueError):
        numbers = []
    if not numbers or len(numbers) != len(given):
        raise TypeError(f"Sentinels: codes of {name!r} are numbers, such as [-9, 999]. Received: {codes!r:.60}")
    return numbers


def _ends(name, ends, unit: str) -> Plausible:
    try:
        low, high = (float(end) for end in ends if not isinstance(end, str))
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not low < high:
        raise ValueError(f"PlausibleRange: limits of {name!r} are (low, high), low < high. Received: {ends!r:.60}")
    return Plausible(low, high, unit, "given")


def _span(values: np.ndarray) -> str:
    """Return the values as "0" or "0 to 999"."""
    low, high = f"{values.min():.10g}", f"{values.max():.10g}"
    return low if low == high else f"{low} to {high}"
