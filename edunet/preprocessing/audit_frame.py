"""One table for all checks, whatever it was given as: columns, answer, patients, time and site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from edunet.preprocessing.audit_cells import Column

__all__ = ["Frame"]


@dataclass(frozen=True, eq=False)
class Frame:
    """A table as the checks see it. Nothing in it is written to: it may be the learner's own memory."""

    n: int  # rows
    columns: tuple[Column, ...]  # all but those with a role below
    source: str  # how a repair addresses it: "pandas", "array" (N,C), "fields" of a structured array, or "dict"
    called: str  # what a repair calls it: "frame", "x", "table.x"
    target: Column | None = None
    event: np.ndarray | None = field(default=None, repr=False)  # (n,) bool, where the target has two values
    event_name: str = ""  # the value of the target that counts as the event
    patient: Column | None = None
    time: Column | None = None
    site: Column | None = None

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
        """Write how a column is taken: frame['age'], or x[:, 3]."""
        if column.place >= 0 and self.source == "array":
            return f"{self.called}[:, {column.place}]"
        return f"{self.called}[{column.name!r}]" if column.place >= 0 else column.name

    def changed(self, column: Column, where: str, to: str) -> str:
        """Write how some cells change: {c} in `where` and `to` is the column, such as "{c} > 13" and "{c} / 88.42"."""
        return self._set(self.at(column), where, to)

    def blanked(self, columns: Column | Iterable[Column], where: str) -> str:
        """Write how cells become missing; {c} in `where` is the column, such as "{c} == 0"."""
        columns = [columns] if isinstance(columns, Column) else list(columns)
        if len(columns) == 1 or any(column.place < 0 for column in columns):
            return "; ".join(self._set(self.at(column), where) for column in columns)
        names = [column.name for column in columns]
        if self.source == "array":
            return f"c = {[column.place for column in columns]}; {self._set(f'{self.called}[:, c]', where)}"
        if self.source == "pandas":
            return f"c = {names}; {self._set('frame[c]', where)}"
        return f"for c in {names}: {self._set(f'{self.called}[c]', where)}"

    def _set(self, at: str, where: str, to: str = "") -> str:
        where, to = where.format(c="v"), to.format(c="v")
        if self.source == "pandas":
            return f"v = {at}; {at} = v.mask({where}{', ' + to if to else ''})"
        floats = (
            "x = x.astype(float); " if self.source == "array" and self.called == "x" else ""
        )  # whole ones know no NaN
        return f"{floats}v = np.asarray({at}); {at} = np.where({where}, {to or 'np.nan'}, v)"

    def without(self, columns: Iterable[Column]) -> str:
        """Write how columns are left out."""
        columns = list(columns)
        names = [column.name for column in columns]
        if self.source == "pandas":
            return f"{self.called} = {self.called}.drop(columns={names})"
        if self.source == "array":
            return f"x = np.delete({self.called}, {[column.place for column in columns]}, axis=1)"
        if self.source == "fields":
            return f"{self.called} = {self.called}[[k for k in {self.called}.dtype.names if k not in {names}]]"
        return f"columns = {{k: v for k, v in {self.called}.items() if k not in {names}}}"

    def kept(self, rows: str) -> str:
        """Write how some rows are kept: `rows`, an array of True and False."""
        if self.source == "dict":
            return f"columns = {{k: np.asarray(v)[{rows}] for k, v in {self.called}.items()}}"
        return f"{'x' if self.source == 'array' else self.called} = {self.called}[{rows}]"
