"""Cleaning steps for clinical tables, each with its trail: `text` says how many cells changed, from what to what.

    Sentinels          -9, 999 or 0 that stand for "not measured" become missing
    PlausibleRange     values that no living patient has become missing
    ConvertUnits       one unit for each column: see edunet.preprocessing.conversion

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

import numbers
from collections.abc import Mapping

import numpy as np

from edunet.preprocessing.columns import Columns, as_numbers
from edunet.preprocessing.plausible import Plausible, plausible_range, span
from edunet.preprocessing.splits_groups import is_missing
from edunet.preprocessing.step import Change, Step

__all__ = ["PlausibleRange", "Sentinels"]


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
            self.codes_ = {name: codes for name, values in columns.items() if _holds_numbers(values)}

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
            self.left_alone_[name] = f"it holds {'dates' if values.dtype.kind in 'mM' else 'text'}"
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
            said = span(low, high, unit)
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


# ---------------------------------------------------------------- how it is done


def _holds_numbers(values: np.ndarray) -> bool:
    """Tell whether a column holds numbers, as it may among objects, too, where a gap is None; True is no number."""
    if values.dtype.kind != "O":
        return values.dtype.kind in "iuf"
    there = [value for value in values.tolist() if not is_missing(value)]
    return bool(there) and all(isinstance(v, numbers.Real) and not isinstance(v, bool) for v in there)


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
