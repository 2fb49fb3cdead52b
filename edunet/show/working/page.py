"""One worked page: sections of sentences, formulas, tables and grids, and the comparison with the layer.

A topic writes its page once; `as_text`, `as_html` and `as_latex` print it. In sentences, mathematics stands
between backquotes. Numbers in tables are floats; strings there are mathematics.
"""

import dataclasses

import numpy as np

from edunet.show.working.symbols import index, number

__all__ = ["Grid", "Grids", "Line", "Page", "Section", "Span", "Table", "Words"]

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-9}  # of the largest number that was added
SHOWN, LAST = 6, 2  # of a long sum the first and the last terms are printed


@dataclasses.dataclass(frozen=True)
class Words:
    """A sentence."""

    text: str


@dataclasses.dataclass(frozen=True)
class Line:
    """A formula on a line of its own."""

    math: str


@dataclasses.dataclass(frozen=True)
class Span:
    """A row of a table that has one number, in the last column, and says what it is."""

    label: str
    value: float | str


@dataclasses.dataclass(frozen=True)
class Table:
    """Columns of numbers under heads of mathematics."""

    head: tuple[str, ...]
    rows: tuple


@dataclasses.dataclass(frozen=True)
class Grid:
    """A small picture in numbers, under its caption."""

    caption: str
    cells: tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True)
class Grids:
    """Grids side by side."""

    grids: tuple[Grid, ...]


@dataclasses.dataclass
class Section:
    """A part of the page under its title."""

    title: str
    parts: list


class Page:
    """Collect what one topic has to say, and what was computed both by hand and by the layer."""

    def __init__(self, title, owner):
        self.title, self.owner = title, owner
        self.sections: list[Section] = []
        self.compared: list[tuple] = []

    def section(self, title):
        self.sections.append(Section(f"{len(self.sections) + 1}  {title}", []))

    def say(self, sentence):
        self.sections[-1].parts.append(Words(sentence))

    def line(self, math):
        self.sections[-1].parts.append(Line(math))

    def table(self, head, rows, foot=()):
        """Add a table; foot holds pairs of a label and the number it says."""
        self.sections[-1].parts.append(Table(tuple(head), (*rows, *(Span(*pair) for pair in foot))))

    def terms(self, head, rows, foot=(), *, add=False):
        """Add a table that may be long: then only its first and last rows are printed, and it says so.

        add=True: the last column is added up, and the sum of the rows that are left out is printed.
        """
        rows = list(rows)
        hidden = rows[SHOWN:-LAST]
        if len(hidden) > 1:
            label = f"… {len(hidden)} more rows, not printed" + ("; their sum" if add else "")
            left_out = Span(label, float(sum(row[-1] for row in hidden)) if add else "")
            rows = [*rows[:SHOWN], left_out, *rows[-LAST:]]
        self.table(head, rows, foot)

    def grids(self, *grids):
        self.sections[-1].parts.append(Grids(tuple(grids)))

    def shapes(self, meaning, **arrays):
        """Begin the section of shapes: for each array the letters of its axes and its shape, or None; then the letters.

        shapes("N examples, D features", x=("N,D", (2, 4)))
        """
        self.section("Shapes")
        told = [f"{name} ({axes}) = {_tuple(shape)}" for name, (axes, shape) in arrays.items() if shape is not None]
        for i in range(0, len(told), 3):
            self.line("      ".join(told[i : i + 3]))
        self.say(meaning)

    def suppose(self, symbol, dy):
        """Say where the way back begins."""
        self.say(f"Suppose the loss has the gradient `{symbol} = {number(dy)}` here, and 0 at every other output.")

    def compare(self, name, by_hand, from_layer, *, at=None, lead=(), size=0.0):
        """Note that two arrays must agree.

        at picks the entry that is printed, the largest unless given; lead is what its index begins with.
        size is that of the terms that were added up: rounding errors are as large as those let them be.
        """
        by_hand, from_layer = np.asarray(by_hand, float), np.asarray(from_layer)
        if at is None:
            at = np.unravel_index(np.argmax(np.abs(by_hand)), by_hand.shape)
        self.compared.append((name + index(*lead, *at), by_hand, from_layer, at, size))

    def finish(self):
        """Add the layer's own answer, or raise RuntimeError if it is another one."""
        self.section(f"What {self.owner} says")
        rows, largest, count = [], 0.0, 0
        for name, by_hand, from_layer, at, size in self.compared:
            self._refuse_difference(name, by_hand, from_layer, at, size)
            rows.append((name, float(by_hand[at]), float(from_layer[at])))
            largest = max(largest, float(np.max(np.abs(by_hand - from_layer), initial=0)))
            count += by_hand.size
        self.table(("", "written out here", f"{self.owner} says"), rows)
        differ = f"they differ by `{number(largest)}` at most, which is rounding" if largest else "they are equal"
        self.say(f"{count} numbers were compared; {differ}.")
        return self

    def _refuse_difference(self, name, by_hand, from_layer, at, size):
        size = max(size, float(np.max(np.abs(by_hand), initial=0)))
        tolerance = TOLERANCE.get(from_layer.dtype, 2e-5) * max(size, 1e-30)
        differ = np.abs(by_hand - from_layer)
        if np.all(differ <= tolerance):  # never true of NaN
            return
        where = np.unravel_index(np.argmax(differ), differ.shape)
        said = f"{float(from_layer[where]):.7g} where its formula gives {float(by_hand[where]):.7g}"
        said += f" (entry {tuple(int(i) for i in where)} of its array)" if differ.ndim else ""
        raise RuntimeError(
            f"working: {self.owner} computes {said}, for {name}. "
            "What it computes is not the formula of its page: for a layer of your own, look at its call()."
        )


def _tuple(shape):
    """Write a shape as (3) or (2, 3)."""
    return f"({', '.join(map(str, shape))})"
