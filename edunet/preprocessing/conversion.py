"""One unit for each column, also where a column beside it says which unit a row is in; and the trail of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edunet.preprocessing.columns import Columns
from edunet.preprocessing.splits_groups import is_missing
from edunet.preprocessing.step import Change, Step
from edunet.preprocessing.units import factor_and_offset
from edunet.preprocessing.units_names import find_analyte
from edunet.preprocessing.units_text import read_unit

__all__ = ["ConvertUnits"]


class ConvertUnits(Step):
    """Bring columns to one unit each, by what is measured in them.

    Args: columns, {column: (analyte, from unit, to unit)}; unit_columns, {column: the column that says its unit}: a row
    of which it says another unit than `from` is converted from that one, and afterwards it says `to`. With None in the
    place of `from` each row must say its own unit; where it does not, the value becomes missing.
    Raises ValueError for what `convert` refuses, for a column that is not there, for a row with a unit that cannot be
    read, with its number, and where one column would have to say two units afterwards.

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
        if not isinstance(self.columns, Mapping):
            raise ValueError(f"ConvertUnits: columns are {{name: (analyte, from, to)}}. Received: {self.columns!r:.60}")
        for name, rule in self.columns.items():
            if not isinstance(rule, (tuple, list)) or len(rule) != 3:
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
        self._check_shared()

    def _check_shared(self) -> None:
        """Refuse a column of units that would have to say two things afterwards."""
        says: dict = {}
        for name, beside in (self.unit_columns or {}).items():
            first, to = says.setdefault(beside, (name, self.columns[name][2]))
            if read_unit(to) != read_unit(self.columns[name][2]):
                raise ValueError(
                    f"ConvertUnits: {beside!r} says the unit of {first!r}, to become {to}, and of {name!r}, to become "
                    f"{self.columns[name][2]}: it can say one. Copy it first: x.assign({name}_unit=x[{beside!r}])."
                )

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
                if not is_missing(text) and str(text).strip():
                    said[row] = str(text).strip()
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
