"""Who is alike: one label for each row, made of the columns that groups name."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from edunet.preprocessing.columns import Columns, as_numbers
from edunet.preprocessing.numeric_table import called, place
from edunet.preprocessing.splits_groups import missing

__all__ = ["ALL", "NAME", "check_groups", "group_labels"]

ALL = "all rows"
NAME = "RobustOutliers"

AS_TYPED = 'Type groups="sex", groups=["sex", "ward"] or groups={"sex": None, "age": (40, 65)}.'


def check_groups(groups) -> None:
    """Raise ValueError unless groups are a name, several, or names with edges."""
    if isinstance(groups, np.ndarray) or hasattr(groups, "iloc"):
        raise ValueError(
            f"{NAME}: groups are names of columns of the table, for the test patients have groups too. Received "
            f"an array. Put it into the table, such as x.assign(band=...), and type groups='band'. {AS_TYPED}"
        )
    for name, edges in _pairs(groups):
        if edges is None:
            continue
        try:
            cuts = np.asarray(edges, np.float64)
        except (TypeError, ValueError):
            cuts = np.empty(0)
        if cuts.ndim != 1 or not len(cuts) or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
            raise ValueError(
                f"{NAME}: edges of bands of {called(name)} rise, such as (40, 65). Received: {edges!r:.60}. {AS_TYPED}"
            )


def group_labels(columns: Columns, groups) -> tuple[np.ndarray, list[str]]:
    """Return a label for each row (N,), such as "F, age 40 to 65", and the labels there are, bands in rising order.

    `ALL` without groups, or where one is missing; it is not among the labels.
    """
    n = len(next(iter(columns.values()))) if columns else 0
    if not _pairs(groups):
        return np.full(n, ALL, object), []
    parts, ranks, gone = [], [], np.zeros(n, bool)
    for name, edges in _pairs(groups):
        place(NAME, list(columns), name)  # or says which there are
        if edges is None:
            gone |= missing(columns[name])
            part = [value if isinstance(value, str) else f"{called(name)} {_plain(value)}" for value in columns[name]]
            ranks.append(np.unique(np.array(part, str), return_inverse=True)[1].reshape(-1))
        else:
            values = as_numbers(NAME, name, columns[name])
            gone |= np.isnan(values)
            ranks.append(np.digitize(values, np.asarray(edges, np.float64)))
            part = np.array(_bands(called(name), edges), object)[ranks[-1]].tolist()
        parts.append(part)
    labels = np.array([", ".join(row) for row in zip(*parts, strict=True)], object)
    labels[gone] = ALL
    in_order = labels[np.lexsort(ranks[::-1])]
    return labels, [label for label in dict.fromkeys(in_order.tolist()) if label != ALL]


def _pairs(groups) -> list[tuple]:
    if isinstance(groups, dict):
        return list(groups.items())
    names = [groups] if isinstance(groups, (str, int, np.integer)) else list(groups or ())
    return [(name, None) for name in names]


def _plain(value) -> str:
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def _bands(name: str, edges) -> list[str]:
    inner = [f"{name} {low:g} to {high:g}" for low, high in pairwise(edges)]
    return [f"{name} under {edges[0]:g}", *inner, f"{name} {edges[-1]:g} and over"]
