"""A worked page as HTML that survives a notebook nobody trusts: tables, details and inline styles only.

Colours are those of the notebook's theme, light or dark; nothing is said by colour alone.
"""

import html

from edunet.show.working.as_text import columns, grid_rows
from edunet.show.working.page import Grids, Line, Span, Table, Words
from edunet.show.working.symbols import to_html

__all__ = ["as_html"]

NUMBER = "text-align:right;font-family:monospace;white-space:pre;padding:1px 10px"
LABEL = "text-align:right;padding:1px 10px"
RULE = ";border-top:1px solid"
MATH = "margin:4px 0 4px 24px;font-family:serif;font-size:115%"
BLOCK = "vertical-align:top;text-align:left;padding:2px 24px 2px 0"
TABLE = "border-collapse:collapse;margin:6px 0 6px 24px"


def as_html(page) -> str:
    """Return the page as one block of HTML; every section can be folded away."""
    blocks = [f'<p style="font-size:120%;margin:4px 0"><b>{html.escape(page.title)}</b></p>']
    for section in page.sections:
        parts = "\n".join(_WRITERS[type(part)](part) for part in section.parts)
        title = f'<summary style="cursor:pointer"><b>{html.escape(section.title)}</b></summary>'
        blocks.append(f'<details open style="margin:8px 0">{title}\n{parts}\n</details>')
    return '<div style="max-width:60em">\n' + "\n".join(blocks) + "\n</div>"


def sentence(text: str) -> str:
    """Write a sentence; between backquotes stands mathematics."""
    parts = text.split("`")
    return "".join(to_html(part) if i % 2 else html.escape(part) for i, part in enumerate(parts))


def _minus(text):
    """Write a padded number with a real minus, as wide as the hyphen."""
    return html.escape(text).replace("-", "−")


def _table(table):
    cells = columns(table)
    head = "".join(f'<th style="{LABEL}">{to_html(name)}</th>' for name in table.head)
    rows, ruled = [f"<tr>{head}</tr>"], False
    for i, row in enumerate(table.rows):
        if isinstance(row, Span):
            rule = "" if ruled or row.label.startswith("…") else RULE
            ruled = ruled or bool(rule)
            label = f'<td colspan="{len(cells) - 1}" style="{LABEL}">{to_html(row.label)}</td>'
            rows.append(f'<tr>{label}<td style="{NUMBER}{rule}">{_minus(cells[-1][i])}</td></tr>')
        else:
            rows.append(f"<tr>{''.join(_cell(cell, column[i]) for cell, column in zip(row, cells, strict=True))}</tr>")
    return f'<table style="{TABLE}">{"".join(rows)}</table>'


def _cell(cell, padded):
    if isinstance(cell, str):
        return f'<td style="{LABEL}">{to_html(cell)}</td>'
    return f'<td style="{NUMBER}">{_minus(padded)}</td>'


def _grids(grids):
    blocks = []
    for grid in grids.grids:
        rows = "".join(
            "<tr>"
            + "".join(f'<td style="{NUMBER};border:1px solid #888">{_minus(cell)}</td>' for cell in row)
            + "</tr>"
            for row in grid_rows(grid)
        )
        inner = f'<table style="border-collapse:collapse">{rows}</table>'
        blocks.append(f'<td style="{BLOCK}"><div>{to_html(grid.caption)}</div>{inner}</td>')
    return f'<table style="{TABLE}"><tr>{"".join(blocks)}</tr></table>'


_WRITERS = {
    Words: lambda words: f'<p style="margin:4px 0 4px 24px">{sentence(words.text)}</p>',
    Line: lambda line: f'<div style="{MATH}">{to_html(line.math)}</div>',
    Table: _table,
    Grids: _grids,
}
