"""The pictures of a report, drawn when they are asked for."""

from __future__ import annotations

import functools

from edunet.clinic.figures_paper import as_svg
from edunet.clinic.report_case import Case

__all__ = ["drawn", "later"]


def drawn(figure_of, *arguments, **options) -> str:
    """Draw a figure as SVG."""
    return as_svg(figure_of(*arguments, **options))


def later(case: Case, figure_of, *arguments, **options):
    """Return what draws the figure when it is asked for: who wants the numbers alone need not wait for it."""
    return functools.partial(drawn, figure_of, *arguments, synthetic=case.synthetic, **options)
