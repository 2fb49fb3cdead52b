"""What `edunet.learn` shows: text for a terminal, HTML of tables and inline styles for a notebook."""

import html
from dataclasses import dataclass

__all__ = ["Note", "Result", "Table"]

COLOURS = {"PASS": "#009E73", "NOT YET": "#D55E00", "HINT": "#0072B2", "NOTE": "#666666"}  # Okabe & Ito


@dataclass(frozen=True)
class Note:
    """A word in capitals, the name of an exercise and a sentence."""

    word: str
    name: str
    message: str

    def __str__(self):
        return f"{self.word} {self.name}: {self.message}"

    __repr__ = __str__

    def _repr_html_(self):
        colour = COLOURS[self.word]
        return (
            f'<div style="border-left: 5px solid {colour}; padding: 4px 12px; margin: 4px 0">'
            f'<b style="color: {colour}">{self.word}</b> <code>{html.escape(self.name)}</code>: '
            f"{_code(self.message)}</div>"
        )


@dataclass(frozen=True, repr=False)
class Result(Note):
    """What `check` found: ok, and the sentence in `message`."""

    ok: bool = False
    points: int = 0

    __str__ = Note.__str__


@dataclass(frozen=True)
class Table:
    """Rows of words under a heading each."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: str = ""

    def __str__(self):
        lines = [self.headings, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.headings))]
        text = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join(text + [self.below] * bool(self.below))

    __repr__ = __str__

    def _repr_html_(self):
        def row(cells, tag):
            style = 'style="text-align: left; padding: 2px 12px 2px 0"'
            return "<tr>" + "".join(f"<{tag} {style}>{_code(c)}</{tag}>" for c in cells) + "</tr>"

        body = row(self.headings, "th") + "".join(row(r, "td") for r in self.rows)
        return f"<table>{body}</table>" + (f"<p>{_code(self.below)}</p>" if self.below else "")


def _code(text: str) -> str:
    """Escape, and set what stands between backquotes as code."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
