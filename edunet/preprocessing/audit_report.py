"""What the audit says: findings, each a sentence with its evidence, what it does to a model, and its repair."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Audit", "Finding"]

FOUND, FINE = "#D55E00", "#009E73"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem; margin: 0 auto;
  padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.7rem } h2 { font-size: 1.1rem; margin: 0 }
section { border-left: 5px solid #D55E00; padding: .2rem .8rem; margin: 1rem 0; break-inside: avoid }
p { margin: .2rem 0 } dl { margin: .3rem 0; display: grid; grid-template-columns: 7.5rem 1fr; gap: .2rem .6rem }
dt { font-weight: 600; color: #333 } dd { margin: 0 } code { font-size: .9rem; white-space: pre-wrap }
.scope { font-size: .9rem; color: #333; margin-top: 2rem }
@media (max-width: 40rem) { dl { display: block } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the page can fetch nothing, and run nothing
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{summary}</p>
{findings}
<div class="scope">{scope}</div>
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Finding:
    """Something in a table that will spoil a model, or its figures."""

    name: str  # "missing value as a number"
    columns: tuple[str, ...]  # that it is about; empty where it is about rows
    sentence: str
    evidence: str  # the numbers
    consequence: str  # what it does to a model or a score
    repair: str  # what to type

    def __str__(self):
        return (
            f"{self.name}: {self.sentence}\n    evidence:    {self.evidence}\n    consequence: {self.consequence}\n"
            f"    repair:      {self.repair}"
        )


@dataclass(frozen=True)
class Audit:
    """The findings of `audit`, in the order of its checks; as many as len(audit), false if there are none.

    Attributes: findings; looked_at, the names of all checks that were made; left_out, name -> what it would need;
    n_rows, n_columns, the size of the table; synthetic, whether it says so of itself. A notebook shows it as boxes,
    `print(audit)` writes it, `audit.save(path)` makes a page of it.

    >>> from edunet.preprocessing.audit import audit
    >>> report = audit({"age": [61, 48, None, 77], "sex": ["f", "m", "f", "?"]})
    >>> report.names(), len(report.about("age"))
    (['missing value as a word', 'values missing'], 1)
    """

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    n_rows: int = 0
    n_columns: int = 0
    synthetic: bool = False
    given_as: str = ""  # what frame, x or columns is in the repairs

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def names(self) -> list[str]:
        """Return the names of the findings."""
        return [finding.name for finding in self.findings]

    def about(self, column: str) -> list[Finding]:
        """Return the findings that are about a column."""
        return [finding for finding in self.findings if column in finding.columns]

    def __str__(self):
        counted = [f"{i}. {finding}" for i, finding in enumerate(self.findings, 1)]
        return "\n".join([self._summary(), *counted, *self._scope()])

    __repr__ = __str__

    def _summary(self) -> str:
        rows = f"{'SYNTHETIC ' * self.synthetic}row{_s(self.n_rows)}"
        size = f"{self.n_rows:,} {rows} of {self.n_columns} column{_s(self.n_columns)}"
        if not self.findings:
            return f"No finding in {size}."
        return f"{len(self)} finding{_s(len(self))} in {size}:"

    def _scope(self) -> list[str]:
        lines = [f"Looked at: {', '.join(self.looked_at)}."]
        for need in dict.fromkeys(self.left_out.values()):
            names = [name for name, needed in self.left_out.items() if needed == need]
            lines.append(f"Not looked at: {', '.join(names)}. Type audit(..., {need}) for that.")
        if self.findings and self.given_as:
            lines.append(f"In the repairs {self.given_as}.")
        return lines

    def _repr_html_(self) -> str:
        colour = FOUND if self.findings else FINE
        scope = "<br>".join(html.escape(line) for line in self._scope())
        head = f"<b>{html.escape(self._summary())}</b><br><small>{scope}</small>"
        return _box(colour, head) + "".join(_box(FOUND, _inside(found)) for found in self.findings)

    def html(self, title: str = "Audit of a table") -> str:
        """Return a whole page, to be read without a network: nothing in it is fetched from elsewhere."""
        sections = (
            f"<section><h2>{i}. {html.escape(found.name)}</h2>\n{_inside(found, named=False)}</section>\n"
            for i, found in enumerate(self.findings, 1)
        )
        return PAGE.format(
            policy=POLICY,
            style=STYLE,
            title=html.escape(title),
            summary=html.escape(self._summary().rstrip(":.")) + ".",
            findings="".join(sections),
            scope="".join(f"<p>{html.escape(line)}</p>" for line in self._scope()),
        )

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the page to a file that does not exist yet, and return its path.

        Raises: FileExistsError if there is such a file, unless overwrite=True.
        """
        path = Path(path)
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} is there already. Type save({str(path)!r}, overwrite=True) to replace it.")
        path.write_text(self.html(), encoding="utf-8")
        return path


def _s(n: int) -> str:
    return "" if n == 1 else "s"


def _inside(found: Finding, named: bool = True) -> str:
    """Return a finding as HTML: colour alone would say nothing on grey paper, or to a reader of the screen."""
    name = f"<b>{html.escape(found.name)}</b>: " if named else ""
    return (
        f"<p>{name}{html.escape(found.sentence)}</p><dl><dt>evidence</dt><dd>{html.escape(found.evidence)}</dd>"
        f"<dt>consequence</dt><dd>{html.escape(found.consequence)}</dd>"
        f"<dt>repair</dt><dd><code>{html.escape(found.repair)}</code></dd></dl>"
    )


def _box(colour: str, inside: str) -> str:
    style = f"border-left: 5px solid {colour}; padding: 4px 12px; margin: 6px 0; line-height: 1.5"
    return f'<div style="{style}">{inside}</div>'
