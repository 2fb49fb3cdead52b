"""A worked page as plain text, for a terminal."""

import re
import textwrap

from edunet.show.working.page import Grids, Line, Span, Table, Words
from edunet.show.working.symbols import number

__all__ = ["aligned", "as_text", "columns", "grid_rows"]

WIDTH = 100


def as_text(page) -> str:
    """Return the page as lines of text."""
    lines = [page.title, "═" * len(page.title)]
    for section in page.sections:
        lines += ["", section.title]
        for part in section.parts:
            lines += [f"   {line}".rstrip() for line in _WRITERS[type(part)](part)]
    return re.sub("\n\n\n+", "\n\n", "\n".join(lines)).rstrip()


def aligned(cells) -> list[str]:
    """Return the cells of a column with the decimal points of the numbers below each other, all equally wide."""
    return _by_point([(cell, False) if isinstance(cell, str) else (number(cell), True) for cell in cells])


def _by_point(cells):
    """Align texts, given with whether each is a number; other texts end where the column ends."""
    before = [_before(text) for text, _ in cells]
    behind = max((len(text) - b for (text, is_number), b in zip(cells, before, strict=True) if is_number), default=0)
    padded = [
        text + " " * (behind - len(text) + b) if is_number else text
        for (text, is_number), b in zip(cells, before, strict=True)
    ]
    width = max(map(len, padded), default=0)
    return [text.rjust(width) for text in padded]


def _before(text):
    """Return how many characters stand before the decimal point, if there is or were one."""
    return len(text) - len(re.sub(r"^[^\d]*\d*", "", text))


def columns(table: Table) -> list[list[str]]:
    """Return the aligned cells of each column; a Span has a cell in the last column only."""
    found = []
    for i in range(len(table.head)):
        last = i == len(table.head) - 1
        cells = [(row.value if last else "") if isinstance(row, Span) else row[i] for row in table.rows]
        found.append(aligned(cells))
    return found


def _table(table):
    cells = columns(table)
    widths = [max(len(head), len(column[0]) if column else 0) for head, column in zip(table.head, cells, strict=True)]
    labels = [len(row.label) for row in table.rows if isinstance(row, Span)]
    before = sum(widths[:-1]) + 3 * (len(widths) - 2)
    widths[0] += max(0, max(labels, default=0) - before)
    before = sum(widths[:-1]) + 3 * (len(widths) - 2)
    lines = ["   ".join(head.rjust(width) for head, width in zip(table.head, widths, strict=True))]
    ruled = False
    for i, row in enumerate(table.rows):
        if isinstance(row, Span):
            if not ruled and not row.label.startswith("…"):
                lines.append(" " * before + "   " + "─" * widths[-1])
                ruled = True
            lines.append(f"{row.label.rjust(before)}   {cells[-1][i].rjust(widths[-1])}")
        else:
            lines.append("   ".join(column[i].rjust(width) for column, width in zip(cells, widths, strict=True)))
    return ["", *lines, ""]


def _grids(grids):
    """Print grids beside each other while they fit."""
    blocks = []
    for grid in grids.grids:
        body = ["  ".join(row) for row in grid_rows(grid)]
        width = max(len(grid.caption), len(body[0]))
        blocks.append([grid.caption.ljust(width), *(line.ljust(width) for line in body)])
    lines = [""]
    row: list[list[str]] = []
    used = 0
    for block in [*blocks, None]:
        if block is None or (row and used + len(block[0]) > WIDTH):
            lines += ["     ".join(parts) for parts in zip(*row, strict=True)] + [""]
            row, used = [], 0
        if block is not None:
            row.append(block)
            used += len(block[0]) + 5
    return lines


def grid_rows(grid) -> list[tuple[str, ...]]:
    """Return the rows of a grid, its columns aligned by their decimal points."""
    columns = [_by_point([(cell, cell != "…") for cell in column]) for column in zip(*grid.cells, strict=True)]
    return list(zip(*columns, strict=True))


def _words(words):
    return textwrap.wrap(words.text.replace("`", ""), WIDTH)


_WRITERS = {Words: _words, Line: lambda line: [f"   {line.math}"], Table: _table, Grids: _grids}
