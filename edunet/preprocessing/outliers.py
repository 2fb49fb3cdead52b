"""Values far from those of like patients: flagged, set missing or drawn in to the limit, and every one written down.

    low_g, high_g = median_g ∓ k · 1.4826 · MAD_g        MAD = median |x − median|, of the group g, such as men over 65

1.4826 makes the MAD the standard deviation of a normal distribution; unlike mean and sd, median and MAD stay where they
are until half of the values are wrong. A haemoglobin of 125 g/l is low for a man and common for a woman: what is far
depends on sex and age, so limits are those of the group.
Sources: F. R. Hampel, The influence curve and its role in robust estimation, Journal of the American Statistical
Association 69 (1974) 383-393; B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers (1993), for 3.5.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from edunet.preprocessing.columns import Columns, columns_of
from edunet.preprocessing.numeric_table import called
from edunet.preprocessing.outlier_groups import ALL, NAME, check_groups, group_labels
from edunet.preprocessing.step import Change, Step

__all__ = ["Limits", "Outlier", "RobustOutliers"]

ACTIONS = {"flag": "flagged", "missing": "set missing", "winsorise": "drawn in to the limit"}
SD = 1.4826  # of a normal distribution, in MADs
SHOWN = 12  # groups named in the text


class Limits(NamedTuple):
    """What counts as usual in a group: low to high, of n values; why these are not the group's own, "" if they are."""

    low: float
    high: float
    n: int
    why: str


class Outlier(NamedTuple):
    """A cell that lies outside: row from 0, column, group, its value, what becomes of it, and the limits."""

    row: int
    column: Any
    group: str
    value: float
    becomes: float
    low: float
    high: float


class RobustOutliers(Step):
    """Find values outside median ∓ k·1.4826·MAD of their group; the limits are those of the rows of `fit`.

    Args: columns, a name or several, which to look at; groups, columns of the same table that say who is alike: names,
    or with edges for bands, {"sex": None, "age": (40, 65)} for under 40, 40 to 65, and 65 and over; threshold k, in
    standard deviations by the MAD; action, "flag" leaves the table as it is (see `flags`), "missing" puts NaN,
    "winsorise" the nearer limit; smallest, how many values a group needs for limits of its own: smaller ones, groups
    first met in `transform`, rows without a group, and groups of which half the values are the same (MAD 0) take the
    limits of all rows. Where the MAD of all rows is 0, there are none. No row is ever dropped.
    After fit: limits_ {column: {group: `Limits`}}, log_, a list of `Outlier`, one for each cell outside; `log(x)` and
    `flags(x)` tell the same of further rows; text.
    Raises ValueError for columns that are not there or hold text, other actions and thresholds.

    The usual misuse: to fit on all patients, or on the test patients again; to take skewed values as they are: of CRP
    or creatinine the high ones are the sick, so take logarithms first; to winsorise what nobody looked at: a value
    outside may be the finding. Of 615 blood samples of the HCV data 72 have a GGT outside, by sex and age (under 40, 40
    to 60, 60 and over): 37 of the 82 from patients who are or may be ill, 35 of the 533 from donors.
    Source: see the module.

    >>> x = {"sex": ["F"] * 5 + ["M"] * 5, "hb": [130, 132, 128, 131, 90, 150, 152, 148, 151, 149]}
    >>> step = RobustOutliers("hb", groups="sex", smallest=5, action="winsorise").fit(x)
    >>> print(step.text)
    RobustOutliers, 10 rows: hb: 1 of 10 values drawn in to the limit (1 below, 0 above), beyond 3.5 standard deviations
    by the MAD. F 119.6 to 140.4: 1; M 144.8 to 155.2: 0.
    >>> step.transform({"sex": ["M"], "hb": [130.0]})["hb"].round(1)
    array([144.8])
    """

    def __init__(self, columns, groups=(), threshold=3.5, action="flag", smallest=20):
        self.columns = columns
        self.groups = groups
        self.threshold = threshold
        self.action = action
        self.smallest = smallest

    def flags(self, x) -> np.ndarray:
        """Return which values lie outside: (N, number of columns) bool."""
        self._check_fitted()
        columns = columns_of(NAME, x)
        labels, _ = group_labels(columns, self.groups)
        return np.column_stack([self._sides(columns, name, labels)[1] != 0 for name in self._names()])

    def log(self, x) -> list[Outlier]:
        """Return each cell of these rows that lies outside, and what `transform` makes of it."""
        self._check_fitted()
        return self._log(columns_of(NAME, x))

    # ------------------------------------------------------------ the step

    def _learn(self, columns: Columns) -> None:
        self._check_arguments()
        labels, there = group_labels(columns, self.groups)
        self.limits_ = {}
        for name in self._names():
            values = self._numbers(columns, name)
            whole = _limits(values, self.threshold)
            self.limits_[name] = {ALL: whole}
            for group in there:
                self.limits_[name][group] = self._own_limits(values[labels == group], whole)
        self.log_ = self._log(columns)

    def _own_limits(self, values: np.ndarray, whole: Limits) -> Limits:
        """Return the limits of a group, or those of all rows and why."""
        n = int(np.isfinite(values).sum())
        if n < self.smallest:
            return whole._replace(n=n, why=f"{n} values, fewer than {self.smallest}")
        own = _limits(values, self.threshold)
        return own if not own.why else whole._replace(n=n, why=own.why)

    def _clean(self, columns: Columns) -> list[Change]:
        labels, _ = group_labels(columns, self.groups)
        changes = []
        for name in self._names():
            values, sides, low, high = self._sides(columns, name, labels)
            given, outside = columns[name], sides != 0
            text = self._sentence(name, values, sides, labels)
            if self.action != "flag" and outside.any():
                new = self._becomes(values, sides, low, high)
                given = new.astype(given.dtype) if given.dtype.kind == "f" else new
            changes.append(Change(name, given, int(outside.sum()), text))
        return changes

    def _sides(self, columns: Columns, name, labels: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the values, -1 where one lies below its limits, 1 above, else 0, and the limits: (N,) each."""
        values, limits = self._numbers(columns, name), self.limits_[name]
        groups, which = np.unique(labels, return_inverse=True)
        ends = np.array([limits.get(group, limits[ALL])[:2] for group in groups], np.float64).reshape(-1, 2)
        low, high = ends[which].T
        return values, (values > high).astype(int) - (values < low), low, high

    def _becomes(self, values: np.ndarray, sides: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return what the action makes of the values."""
        if self.action == "flag":
            return values
        if self.action == "missing":
            return np.where(sides != 0, np.nan, values)
        return np.where(sides < 0, low, np.where(sides > 0, high, values))

    def _log(self, columns: Columns) -> list[Outlier]:
        labels, _ = group_labels(columns, self.groups)
        log = []
        for name in self._names():
            values, sides, low, high = self._sides(columns, name, labels)
            new = self._becomes(values, sides, low, high)
            rows = np.flatnonzero(sides)
            cells = (part[rows].tolist() for part in (labels, values, new, low, high))
            log += [Outlier(row, name, *cell) for row, *cell in zip(rows.tolist(), *cells, strict=True)]
        return log

    def _sentence(self, name, values: np.ndarray, sides: np.ndarray, labels: np.ndarray) -> str:
        """Say how many cells, and within which limits of which group."""
        limits = self.limits_[name]
        known, below, above = (~np.isnan(values)).sum(), (sides < 0).sum(), (sides > 0).sum()
        if limits[ALL].why and all(limit.why for limit in limits.values()):
            return f"{called(name)}: no limits, none of {known:,} values {ACTIONS[self.action]}: {limits[ALL].why}."
        own = [group for group, limit in limits.items() if group != ALL or len(limits) == 1]
        parts = [_of_group(group, limits[group], int((sides[labels == group] != 0).sum())) for group in own[:SHOWN]]
        rest = f"; and {len(own) - SHOWN} groups more" if len(own) > SHOWN else ""
        strange = int(((sides != 0) & ~np.isin(labels, own)).sum())
        if strange:
            parts.append(_of_group("no group of these", limits[ALL], strange))
        return (
            f"{called(name)}: {below + above:,} of {known:,} values {ACTIONS[self.action]} ({below:,} below, "
            f"{above:,} above), beyond {self.threshold:g} standard deviations by the MAD. {'; '.join(parts)}{rest}."
        )

    # ------------------------------------------------------------ what was asked for

    def _names(self) -> list:
        if isinstance(self.columns, (str, int, np.integer)):
            return [self.columns]
        return list(self.columns) if hasattr(self.columns, "__iter__") else []

    def _check_arguments(self) -> None:
        if self.action not in tuple(ACTIONS):
            raise ValueError(
                f'RobustOutliers: action is "flag", "missing" or "winsorise". Received: {self.action!r:.40}. Rows are '
                "never dropped: who is strange would go silently."
            )
        for name in ("threshold", "smallest"):
            value = getattr(self, name)
            number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
            if not number or not 0 < value < np.inf:
                raise ValueError(f"RobustOutliers: {name} is a number > 0. Received: {value!r:.40}.")
        if not self._names():
            raise ValueError('RobustOutliers: columns are one or more names, such as ["sodium"]. Received none.')
        check_groups(self.groups)


def _limits(values: np.ndarray, threshold: float) -> Limits:
    """Return median ∓ k·1.4826·MAD of what is finite; endless limits where that says nothing."""
    values = values[np.isfinite(values)]
    if not values.size:
        return Limits(-np.inf, np.inf, 0, "no value")
    with np.errstate(over="ignore"):  # of numbers that are too large limits are endless
        median = float(np.median(values))
        sd = SD * float(np.median(np.abs(values - median)))
    if sd == 0:
        return Limits(-np.inf, np.inf, len(values), f"half of the values or more are {median:g}, so the MAD is 0")
    return Limits(median - threshold * sd, median + threshold * sd, len(values), "")


def _of_group(group: str, limit: Limits, outside: int) -> str:
    if limit.why:
        own = "no limits" if np.isinf(limit.low) else f"limits of all rows, {limit.low:.4g} to {limit.high:.4g}"
        return f"{group} ({limit.why}: {own}): {outside:,}"
    return f"{group} {limit.low:.4g} to {limit.high:.4g}: {outside:,}"
