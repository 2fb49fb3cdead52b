"""One table for all checks, whatever it was given as: columns, answer, patients, time and site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edunet.preprocessing.audit_cells import Column

__all__ = ["Frame"]


@dataclass(frozen=True, eq=False)
class Frame:
    """A table as the checks see it. Nothing in it is written to: it may be the learner's own memory."""

    n: int  # rows
    columns: tuple[Column, ...]  # all but those with a role below
    source: str  # how a repair addresses it: "pandas" frame['age'], "array" x[:, 3] or "dict" columns['age']
    given_as: str = ""  # what frame, x or columns is in a repair
    target: Any = None  # Column; None if nobody said, as the three below
    event: np.ndarray | None = field(default=None, repr=False)  # (n,) bool, where the target has two values
    event_name: str = ""  # the value of the target that counts as the event
    patient: Any = None
    time: Any = None
    site: Any = None
    synthetic: bool = False
    known: dict[str, Any] = field(default_factory=dict, repr=False)  # what checks have found out for each other

    def every(self) -> tuple[Column, ...]:
        """Return all columns that stand in the table, those with a role too, in their order."""
        roles = [c for c in (self.target, self.patient, self.time, self.site) if c is not None and c.place >= 0]
        return tuple(sorted({c.place: c for c in (*self.columns, *roles)}.values(), key=lambda c: c.place))

    def numbers(self) -> list[Column]:
        """Return the columns of numbers."""
        return [column for column in self.columns if column.kind == "number"]

    def words(self) -> list[Column]:
        """Return the columns of words."""
        return [column for column in self.columns if column.kind == "words"]

    # ------------------------------------------------------------ lines of a repair

    def at(self, column: Column) -> str:
        """Write how a column is taken: frame['age'], x[:, 3] or columns['age']."""
        if column.place < 0:
            return column.name  # an array of its own
        if self.source == "array":
            return f"x[:, {column.place}]"
        return f"{'frame' if self.source == 'pandas' else 'columns'}[{column.name!r}]"

    def changed(self, column: Column, to: str, where: str = "") -> str:
        """Write how a column changes, or only some cells of it.

        {c} in `to` and `where` is the column, such as "{c} / 88.42" and "{c} > 13".
        """
        at = self.at(column)
        return self._set(at, to, where) if where else f"{at} = {to.format(c=at)}"

    def blanked(self, columns: Column | Iterable[Column], where: str) -> str:
        """Write how cells become missing; {c} in `where` is the column, such as "{c} == 0"."""
        columns = [columns] if isinstance(columns, Column) else list(columns)
        if len(columns) == 1 or any(column.place < 0 for column in columns):
            return "; ".join(self._set(self.at(column), "np.nan", where) for column in columns)
        names = [column.name for column in columns]
        if self.source == "array":
            return f"c = {[column.place for column in columns]}; {self._set('x[:, c]', 'np.nan', where)}"
        if self.source == "pandas":
            return f"c = {names}; {self._set('frame[c]', 'np.nan', where)}"
        return f"for c in {names}: {self._set('columns[c]', 'np.nan', where)}"

    def _set(self, at: str, to: str, where: str) -> str:
        where, to = where.format(c="v"), to.format(c="v")
        if self.source == "pandas":
            return f"v = {at}; {at} = v.mask({where}{'' if to == 'np.nan' else ', ' + to})"
        return f"v = np.asarray({at}); {at} = np.where({where}, {to}, v)"

    def as_floats(self, column: Column) -> str:
        """Write how numbers that are written as text become numbers."""
        at = self.at(column)
        return f"{at} = {at if self.source == 'pandas' else f'np.asarray({at})'}.astype(float)"

    def without(self, columns: Iterable[Column]) -> str:
        """Write how columns are left out."""
        columns = list(columns)
        names = [column.name for column in columns]
        if self.source == "pandas":
            return f"frame = frame.drop(columns={names})"
        if self.source == "array":
            return f"x = np.delete(x, {[column.place for column in columns]}, axis=1)"
        return f"columns = {{k: v for k, v in columns.items() if k not in {names}}}"

    def kept(self, rows: str) -> str:
        """Write how some rows are kept: `rows`, an array of True and False."""
        if self.source == "dict":
            return f"columns = {{k: np.asarray(v)[{rows}] for k, v in columns.items()}}"
        name = "frame" if self.source == "pandas" else "x"
        return f"{name} = {name}[{rows}]"
