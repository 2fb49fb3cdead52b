"""What a report is made of, sections of sentences, tables, pictures and blanks; as one HTML file and as text.

The file needs no network and no script. It has one h1, an h2 for each section, a caption and header cells for each
table, and for each picture a text that says what is to be seen, so a screen reader can tell it all; on paper no table
or picture is cut by the end of a page.
"""

from __future__ import annotations

import base64
import functools
import html
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

__all__ = ["Blank", "Items", "Named", "Part", "Picture", "Section", "Table", "as_html", "as_text"]

WIDTH = 110  # characters of a line of text
LONGEST_NUMBER = 30  # characters; a longer cell holds words, and may be broken into lines


@dataclass(frozen=True)
class Named:
    """A cell, often the head of a row, and in small letters how it was computed."""

    name: str
    how: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of text under a caption; the first cell of a row names it."""

    caption: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str | Named, ...]]
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing, and in words what is to be seen in it; it is drawn when the page is first asked for."""

    caption: str
    alt: str
    draw: Callable[[], str] = field(repr=False)  # -> the text of an SVG picture

    @functools.cached_property
    def svg(self) -> str:
        return self.draw()


@dataclass(frozen=True)
class Items:
    """Short sentences, one below the other."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Blank:
    """What only a person can write."""

    question: str


Part = str | Table | Picture | Items | Blank  # a str is a paragraph


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; parts may be sections of their own."""

    heading: str
    parts: tuple[Part | Section, ...]


# ---------------------------------------------------------------- one HTML file

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem; margin: 0 auto;
  padding: 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2 }
h2 { font-size: 1.3rem; margin-top: 2.2rem; border-bottom: 2px solid #0072B2 }
h3 { font-size: 1.05rem; margin-bottom: .3rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; margin: .8rem 0; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #999 }
thead th { border-bottom: 2px solid #111 } tbody th { font-weight: 600; min-width: 13rem }
.how { display: block; font-weight: 400; font-size: .8rem; line-height: 1.35; color: #444; max-width: 30rem;
  white-space: normal }
td { white-space: nowrap } td.words { white-space: normal }
.synthetic { border: 3px solid #111; padding: .4rem .8rem; font-weight: 600 }
.note { font-size: .9rem; color: #333 }
figure { margin: 1rem 0 } img { max-width: 100%; height: auto } figcaption { font-size: .9rem; color: #333 }
.blank { border-left: 4px solid #D55E00; padding: .2rem .8rem; margin: .4rem 0 } .blank span { color: #7a3300 }
.line { border-bottom: 1px solid #888; height: 1.5rem }
nav ul { columns: 2; font-size: .95rem }
@media (max-width: 40rem) { nav ul { columns: 1 } ul { padding-left: 1.2rem } th, td { padding: .3rem .35rem }
  table { font-size: .9rem } tbody th { min-width: 7.5rem } caption { max-width: calc(100vw - 2rem) } }
@media print { body { max-width: none; font-size: 10.5pt; padding: 0 } nav { display: none }
  figure, tr, .blank { break-inside: avoid } h2, h3, caption { break-after: avoid }
  thead { display: table-header-group }
  .scroll { overflow: visible } a { color: inherit; text-decoration: none } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # the file can fetch nothing, and run nothing


def as_html(title: str, sections: Sequence[Section], *, synthetic: bool = False) -> str:
    """Return the whole page."""
    links = "".join(f'<li><a href="#s{i}">{html.escape(s.heading)}</a></li>' for i, s in enumerate(sections, 1))
    body = "".join(_section(section, 2, f' id="s{i}"') for i, section in enumerate(sections, 1))
    mark = '<p class="synthetic">SYNTHETIC data: these patients do not exist.</p>' if synthetic else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><main><h1>{html.escape(title)}</h1>{mark}"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n{body}</main></body></html>\n'
    )


def _section(section: Section, level: int, attributes: str = "") -> str:
    inside = "\n".join(_section(p, level + 1) if isinstance(p, Section) else _part(p) for p in section.parts)
    return f"<section{attributes}><h{level}>{html.escape(section.heading)}</h{level}>\n{inside}</section>\n"


def _part(part: Part) -> str:
    if isinstance(part, str):
        return f"<p>{html.escape(part)}</p>"
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Items):
        return "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in part.lines) + "</ul>"
    if isinstance(part, Blank):
        lines = '<div class="line"></div>' * 2
        return f'<div class="blank"><span>To be written: {html.escape(part.question)}</span>{lines}</div>'
    data = base64.b64encode(part.svg.encode()).decode()
    return (
        f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{html.escape(part.alt)}">'
        f"<figcaption>{html.escape(part.caption)}</figcaption></figure>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.header)
    rows = "".join(f'<tr><th scope="row">{_cell(row[0])}</th>{"".join(map(_td, row[1:]))}</tr>\n' for row in table.rows)
    caption = html.escape(table.caption)
    note = f'<p class="note">{html.escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>{note}"
    )


def _td(cell: str | Named) -> str:
    words = len(cell if isinstance(cell, str) else cell.name) > LONGEST_NUMBER
    return f'<td class="words">{_cell(cell)}</td>' if words else f"<td>{_cell(cell)}</td>"


def _cell(cell: str | Named) -> str:
    if isinstance(cell, str):
        return html.escape(cell)
    small = f'<span class="how">{html.escape(cell.how)}</span>' if cell.how else ""
    return html.escape(cell.name) + small


# ---------------------------------------------------------------- the same as text


def as_text(title: str, sections: Sequence[Section], *, synthetic: bool = False) -> str:
    """Return the page as text; of a picture stands there what is to be seen in it."""
    head = [title, "=" * len(title)] + ["SYNTHETIC data: these patients do not exist."] * synthetic
    return "\n".join(head + [line for section in sections for line in _text_section(section, "-")]) + "\n"


def _text_section(section: Section, rule: str) -> list[str]:
    lines = ["", section.heading, rule * len(section.heading)]
    for part in section.parts:
        lines += _text_section(part, ".") if isinstance(part, Section) else _text_part(part)
    return lines


def _text_part(part: Part) -> list[str]:
    if isinstance(part, str):
        return textwrap.wrap(part, WIDTH)
    if isinstance(part, Table):
        return _text_table(part)
    if isinstance(part, Items):
        return [line for item in part.lines for line in _wrapped("- ", item)]
    if isinstance(part, Blank):
        return [*_wrapped("[to be written] ", part.question), ""]
    return _wrapped("[picture] ", f"{part.caption} {part.alt}")


def _wrapped(mark: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark)) or [mark]


def _text_table(table: Table) -> list[str]:
    cells = [[_text_cell(cell, k) for k, cell in enumerate(row)] for row in [table.header, *table.rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(table.header))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines = ["", table.caption, rows[0], "  ".join("-" * width for width in widths)]
    for row, line in zip(table.rows, rows[1:], strict=True):
        lines.append(line)
        if isinstance(row[0], Named) and row[0].how:
            lines += textwrap.wrap(row[0].how, WIDTH, initial_indent="      ", subsequent_indent="      ")
    return [*lines, *textwrap.wrap(table.note, WIDTH), ""]


def _text_cell(cell: str | Named, column: int) -> str:
    """Return a cell; how it was computed stands below a row for its head, and in brackets for others."""
    if isinstance(cell, str):
        return cell
    return f"{cell.name} ({cell.how})" if cell.how and column else cell.name
