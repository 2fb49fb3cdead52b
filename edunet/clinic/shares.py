"""Shares and prevalences that are asked for: what is none, is refused."""

from __future__ import annotations

import math

__all__ = ["check_prevalence", "check_share"]


def check_prevalence(what: str, name: str, given) -> float:
    """Return a prevalence as a float, or raise ValueError for what is not between 0 and 1."""
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 < value < 1:
        raise ValueError(f"{what}: {name} is a share between 0 and 1, such as 0.02. Received: {given!r:.40}")
    return value


def check_share(what: str, name: str, given) -> float:
    """Return a share as a float, or raise ValueError for what is not above 0 and at most 1."""
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 < value <= 1:
        percent = f" For {value:g} % type {value / 100:g}." if 1 < value <= 100 else ""
        raise ValueError(f"{what}: {name} is a share above 0 and at most 1. Received: {given!r:.40}.{percent}")
    return value
