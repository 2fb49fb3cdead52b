"""A number from a sample of patients: it never stands without its interval and its n."""

from __future__ import annotations

import math

__all__ = ["Z95", "Estimate", "undefined"]

Z95 = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


class Estimate(float):
    """A float that knows how far it can be trusted: `low` to `high` holds the true value 95 times of 100.

    Attributes: low, high, ends of the 95 % interval, nan where there is none; n, the patients it rests on; why, what
    keeps it from being computed, "" if nothing does; how, one sentence on how it was computed.

    >>> auc = Estimate(0.856, 0.83, 0.88, n=400, how="DeLong")
    >>> auc
    0.856 [0.830 to 0.880], n = 400
    >>> auc > 0.8, round(auc, 1)
    (True, 0.9)
    >>> undefined("nobody is ill", n=30)
    not computed: nobody is ill, n = 30
    """

    low: float
    high: float
    n: int
    why: str
    how: str

    def __new__(cls, value, low=math.nan, high=math.nan, n=0, *, why="", how=""):
        self = super().__new__(cls, value)
        self.low, self.high, self.n, self.why, self.how = float(low), float(high), int(n), why, how
        return self

    def __reduce__(self):
        return _again, (float(self), self.low, self.high, self.n, self.why, self.how)

    @property
    def interval(self) -> tuple[float, float]:
        return self.low, self.high

    def text(self, digits: int = 3) -> str:
        """Write the value with its interval, without n."""
        if math.isnan(self):
            return f"not computed: {self.why}" if self.why else "not computed"
        value = format(float(self), f".{digits}f")
        if math.isnan(self.low) or math.isnan(self.high):
            return value
        return f"{value} [{self.low:.{digits}f} to {self.high:.{digits}f}]"

    def __repr__(self):
        return f"{self.text()}, n = {self.n:,}"

    __str__ = __repr__


def _again(value, low, high, n, why, how) -> Estimate:
    return Estimate(value, low, high, n, why=why, how=how)


def undefined(why: str, n: int = 0, how: str = "") -> Estimate:
    """Return the estimate of something that cannot be computed, and why."""
    return Estimate(math.nan, n=n, why=why, how=how)
