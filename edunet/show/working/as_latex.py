r"""A worked page as LaTeX: aligned formulas and arrays between $$ ... $$, sentences between them.

Only what MathJax and KaTeX know as well: `aligned`, `array`, `\frac` and the like, no packages.
"""

from edunet.show.working.page import Grids, Line, Span, Table, Words
from edunet.show.working.symbols import number, to_latex

__all__ = ["as_latex"]


def as_latex(page) -> str:
    """Return the page as LaTeX; `IPython.display.Latex(page.latex)` shows it."""
    blocks = [_display([_heading(page.title)])]
    for section in page.sections:
        rows = [_heading(section.title)]
        for part in section.parts:
            if isinstance(part, Words):
                blocks += [_display(rows)] * bool(rows) + [_sentence(part.text)]
                rows = []
            else:
                rows.append(_WRITERS[type(part)](part))
        blocks += [_display(rows)] * bool(rows)
    return "\n\n".join(blocks)


def _display(rows):
    body = " \\\\\n".join(f"& {row}" for row in rows)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _heading(text):
    return rf"\textbf{{{_plain(text)}}}"


def _plain(text):
    """Write words so that no character of them is a command."""
    for sign in "\\{}":
        text = text.replace(sign, " ")
    for sign in "_%&#$":
        text = text.replace(sign, "\\" + sign)
    return text


def _sentence(text):
    parts = text.split("`")
    return "".join(f"${to_latex(part)}$" if i % 2 else _plain(part) for i, part in enumerate(parts))


def _cell(cell):
    return to_latex(cell if isinstance(cell, str) else number(cell))


def _label(text):
    """Write what a sum is called: mathematics, or words if it has a comma or starts with the dots of a gap."""
    return rf"\text{{{_plain(text)}}}" if text.startswith("…") else to_latex(text)


def _table(table):
    wide = len(table.head)
    rows, ruled = [" & ".join(map(to_latex, table.head)) + r" \\ \hline"], False
    for row in table.rows:
        if isinstance(row, Span):
            rule = "" if ruled or row.label.startswith("…") else r"\hline "
            ruled = ruled or bool(rule)
            rows.append(f"{rule}{'& ' * (wide - 2)}{_label(row.label)} & {_cell(row.value)} " + r"\\")
        else:
            rows.append(" & ".join(map(_cell, row)) + r" \\")
    body = "\n".join(rows)
    return f"\\begin{{array}}{{{'r' * wide}}}\n{body}\n\\end{{array}}"


def _grids(grids):
    return r" \quad ".join(_grid(grid) for grid in grids.grids)


def _grid(grid):
    rows = " \\\\ ".join(" & ".join(map(to_latex, row)) for row in grid.cells)
    body = f"\\left[\\begin{{array}}{{{'r' * len(grid.cells[0])}}} {rows} \\end{{array}}\\right]"
    return f"\\overset{{{to_latex(grid.caption)}}}{{{body}}}"


_WRITERS = {Line: lambda line: to_latex(line.math), Table: _table, Grids: _grids}
