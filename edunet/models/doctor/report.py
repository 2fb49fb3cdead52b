"""What the doctor says: findings, each a sentence with its evidence and its repair."""

import html
from dataclasses import dataclass

__all__ = ["Finding", "Report"]


@dataclass(frozen=True)
class Finding:
    """Something that will spoil the training, or its figures."""

    name: str  # "softmax twice"
    sentence: str
    evidence: str  # the numbers
    repair: str  # what to type

    def __str__(self):
        return f"{self.name}: {self.sentence}\n    evidence: {self.evidence}\n    repair:   {self.repair}"


@dataclass(frozen=True)
class Report:
    """The findings of `model.doctor`; as many as len(report), false if there are none."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]  # the names of all checks that were made

    def __len__(self):
        return len(self.findings)

    def __iter__(self):
        return iter(self.findings)

    def names(self) -> list[str]:
        """Return the names of the findings."""
        return [finding.name for finding in self.findings]

    def __str__(self):
        if not self.findings:
            return f"No finding. Looked at: {', '.join(self.looked_at)}."
        counted = [f"{i}. {finding}" for i, finding in enumerate(self.findings, 1)]
        return "\n".join([f"{len(self)} finding{'s' * (len(self) > 1)} before training:", *counted])

    __repr__ = __str__

    def _repr_html_(self):
        if not self.findings:
            looked_at = html.escape(", ".join(self.looked_at))
            return _box("#009E73", f"<b>No finding.</b> <span style='color: #555'>Looked at: {looked_at}.</span>")
        return "".join(
            _box(
                "#D55E00",
                f"<b>{html.escape(found.name)}</b>: {html.escape(found.sentence)}<br>"
                f"<span style='color: #555'>{html.escape(found.evidence)}</span><br>"
                f"<span style='color: #0072B2'>{html.escape(found.repair)}</span>",
            )
            for found in self.findings
        )


def _box(colour: str, inside: str) -> str:
    style = f"border-left: 5px solid {colour}; padding: 4px 12px; margin: 6px 0; line-height: 1.5"
    return f'<div style="{style}">{inside}</div>'
