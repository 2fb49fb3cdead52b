"""How findings write numbers, shares and lists of names."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["listed", "number", "share"]

FEW = 6  # names that are written out


def number(value: float) -> str:
    """Write a number as people do.

    >>> number(1200), number(0.25)
    ('1,200', '0.25')
    """
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def share(part: float, whole: float) -> str:
    """Write a part of a whole in per cent.

    >>> share(374, 768), share(1, 2000)
    ('49 %', '0.05 %')
    """
    percent = 100 * part / whole if whole else 0.0
    return f"{percent:.0f} %" if percent >= 9.5 or percent == round(percent) else f"{percent:.1g} %"


def listed(names: Sequence[str], few: int = FEW) -> str:
    """Write names after each other, the first few of many.

    >>> listed(["a", "b", "c"]), listed("abcdefgh", 2)
    ('a, b and c', 'a, b and 6 more')
    """
    names = list(names)
    if len(names) > few:
        return f"{', '.join(names[:few])} and {len(names) - few} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
