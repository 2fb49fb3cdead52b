"""One result of several imputed data sets, with the uncertainty of what was missing; and whether intervals keep faith.

    rubin       m estimates and their variances -> estimate, interval, degrees of freedom, share of information missing
    coverage    many intervals and the truth -> how often they held it

Sources: D. B. Rubin, Multiple Imputation for Nonresponse in Surveys (1987); J. Barnard, D. B. Rubin, Small-sample
degrees of freedom with multiple imputation, Biometrika 86 (1999) 948-955; S. van Buuren, Flexible Imputation of Missing
Data, 2nd ed. (2018), sections 2.3 and 2.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.preprocessing.given import is_number
from edunet.preprocessing.student import student_quantile

__all__ = ["Coverage", "Pooled", "coverage", "rubin"]


@dataclass(frozen=True)
class Pooled:
    """An estimate from m imputed data sets.

    Attributes: estimate; low, high, ends of its interval; variance, total, T; within, Ū, as if nothing were missing;
    between, B, of the m estimates; df, degrees of freedom; fmi, fraction of missing information; m; level.
    """

    estimate: float
    low: float
    high: float
    variance: float
    within: float
    between: float
    df: float
    fmi: float
    m: int
    level: float

    @property
    def standard_error(self) -> float:
        return math.sqrt(self.variance)

    @property
    def text(self) -> str:
        return (
            f"{self.estimate:.4g} [{self.low:.4g} to {self.high:.4g}], {100 * self.level:g} % interval of {self.m} "
            f"imputations, {self.df:.4g} degrees of freedom, {100 * self.fmi:.0f} % of the information missing"
        )

    def __str__(self) -> str:
        return self.text


def rubin(estimates, variances, n=None, parameters=1, level=0.95) -> Pooled:
    """Pool the estimates of m imputed data sets by Rubin's rules.

        Q̄ = mean(Q_i)     Ū = mean(U_i)     B = Σ (Q_i − Q̄)²/(m−1)     T = Ū + (1 + 1/m)B
        λ = (1 + 1/m)B/T        r = (1 + 1/m)B/Ū        ν = (m−1)/λ²
        with n:  ν_c = n − parameters,  ν_o = ν_c (ν_c+1)/(ν_c+3) · (1−λ),  1/ν becomes 1/ν + 1/ν_o
        interval Q̄ ± t_ν √T             fraction of missing information = (r + 2/(ν+3))/(r + 1)
    Args: estimates Q (m,), one of each imputed data set; variances U (m,), their squared standard errors; n, rows of
    the data, for the degrees of freedom of Barnard and Rubin, which never exceed those of complete data; parameters
    estimated from them: 1 for a mean, 2 for a line; level of the interval.
    Returns `Pooled`. Raises ValueError for fewer than 2 imputations, for NaN and negative variances, and for n not
    above parameters.

    The usual misuse: standard errors in the place of variances; to pool the imputed values instead of the estimates,
    which leaves B out and makes intervals too short; to pool an odds ratio or an AUC as it is, not its logarithm or
    logit; imputations that do not differ enough. scikit-learn's IterativeImputer(sample_posterior=True) draws values
    around one line: of 1,000 studies of 200 patients with 40 % gaps (mar, m = 5) 90.6 % of the 95 % intervals of a mean
    held the truth, and 89.0 % of a slope. Fitted each time to rows drawn with replacement, rows = rng.integers(0, n, n)
    and fit(x[rows]).transform(x), the line varies too: 95.0 % and 94.8 %. One draw alone, taken for measured: 82.9 %
    and 77.5 %; the mean in every gap: 4.2 % and 0 %.
    Sources: Rubin (1987); Barnard & Rubin (1999); see the module.

    >>> print(rubin([10.0, 11.0, 12.0], [1.0, 1.0, 1.0]))
    11 [7.281 to 14.72], 95 % interval of 3 imputations, 6.125 degrees of freedom, 67 % of the information missing
    >>> round(rubin([10.0, 11.0, 12.0], [1.0, 1.0, 1.0], n=50).df, 3)
    4.699
    """
    q, u = _checked(estimates, variances)
    complete = _complete_df(n, parameters)
    if not is_number(level) or not 0 < level < 1:
        raise ValueError(f"rubin: level lies between 0 and 1, such as 0.95. Received: {level!r:.40}.")
    m = len(q)
    within, between = float(u.mean()), float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    lam = extra / total if total > 0 else 0.0
    rate = lam**2 / (m - 1)  # 1/ν, as ν may be infinite
    if complete is not None:
        observed = complete * (complete + 1) / (complete + 3) * (1 - lam)
        rate = rate + 1 / observed if observed > 0 else math.inf
    df = math.inf if rate == 0 else 1 / rate if rate < math.inf else 0.0
    half = _half(total, df, float(level))
    fmi = lam + (1 - lam) * 2 / (df + 3)  # (r + 2/(ν+3))/(r + 1) with r = λ/(1-λ)
    estimate = float(q.mean())
    return Pooled(estimate, estimate - half, estimate + half, total, within, between, df, fmi, m, float(level))


def _half(total: float, df: float, level: float) -> float:
    if total == 0:
        return 0.0
    return student_quantile((1 + level) / 2, df) * math.sqrt(total) if df > 0 else math.inf


def _checked(estimates, variances) -> tuple[np.ndarray, np.ndarray]:
    try:
        q, u = np.asarray(estimates, np.float64), np.asarray(variances, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("rubin: estimates and variances are numbers, one of each imputed data set.") from error
    if q.ndim != 1 or q.shape != u.shape:
        raise ValueError(
            "rubin: expected estimates (m,) and variances (m,) of the same number. Received shapes "
            f"{q.shape} and {u.shape}. Of several coefficients pool one after the other: rubin(b[:, j], se[:, j]**2)."
        )
    if len(q) < 2:
        raise ValueError(
            f"rubin: expected at least 2 imputed data sets, better 20. Received: {len(q)}. One alone does not tell how "
            "uncertain the imputed values are. Draw several: IterativeImputer(sample_posterior=True, random_state=i)."
        )
    if not ((np.abs(q) < 1e150).all() and (u >= 0).all() and (u < 1e300).all()):  # NaN neither; squares stay finite
        raise ValueError("rubin: estimates are finite, variances (squared standard errors) finite and at least 0.")
    return q, u


def _complete_df(n, parameters) -> float | None:
    for name, value in (("n", n), ("parameters", parameters)):
        if value is not None and not (is_number(value) and 0 < value < math.inf):
            raise ValueError(f"rubin: {name} is a number > 0. Received: {value!r:.40}.")
    if n is None:
        return None
    if n <= parameters:
        raise ValueError(f"rubin: n is above parameters. Received: n={n}, parameters={parameters}.")
    return float(n - parameters)


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth.

    Attributes: share of them that did; standard_error of that share, √(s(1−s)/R); below and above, shares of those that
    lie below the truth and above it; width, mean of high − low; repeats, R.
    """

    share: float
    standard_error: float
    below: float
    above: float
    width: float
    repeats: int

    @property
    def text(self) -> str:
        return (
            f"{100 * self.share:.1f} % (± {100 * self.standard_error:.1f}) of {self.repeats:,} intervals hold the "
            f"truth, {100 * self.below:.1f} % lie below it, {100 * self.above:.1f} % above; mean width {self.width:.4g}"
        )

    def __str__(self) -> str:
        return self.text


def coverage(intervals, truth) -> Coverage:
    """Count how often intervals held the truth over repeats of the same study.

        share = #{r: low_r <= truth_r <= high_r}/R
    Args: intervals, of R repeats, pairs (low, high) or what has low and high, as `rubin` returns; truth, one number, or
    (R,), one for each repeat.
    Returns `Coverage`. Raises ValueError for no intervals, NaN, low above high, and for another number of truths.

    The usual misuse: to repeat the imputation alone, of one data set with one mask: intervals cover over new samples
    with new gaps. Fewer than about 500 repeats cannot tell 95 % from 93 %.
    Source: van Buuren (2018), section 2.5; see the module.

    >>> print(coverage([(0.1, 0.9), (0.3, 1.2), (1.1, 1.5), (0.8, 1.8)], truth=1.0))
    50.0 % (± 25.0) of 4 intervals hold the truth, 25.0 % lie below it, 25.0 % above; mean width 0.775
    """
    ends = _ends(intervals)
    low, high = ends.T
    try:
        true = np.asarray(truth, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"coverage: truth is a number, or one for each interval. Received: {truth!r:.40}.") from error
    if true.shape not in ((), low.shape) or not np.isfinite(true).all():
        raise ValueError(
            f"coverage: truth is a finite number, or ({len(low)},), one for each interval. Received shape {true.shape}."
        )
    below, above = float((high < true).mean()), float((low > true).mean())
    share = float(((low <= true) & (true <= high)).mean())
    return Coverage(
        share, math.sqrt(share * (1 - share) / len(low)), below, above, float((high - low).mean()), len(low)
    )


def _ends(intervals) -> np.ndarray:
    try:
        ends = np.array([(i.low, i.high) if hasattr(i, "low") else i for i in intervals], np.float64)
    except (TypeError, ValueError):
        ends = np.empty(0)
    if ends.ndim != 2 or ends.shape[1] != 2 or not len(ends):
        raise ValueError(
            "coverage: intervals are R pairs (low, high), at least one. Type np.column_stack([low, high])."
        )
    if not (ends[:, 0] <= ends[:, 1]).all():  # NaN neither
        row = int((~(ends[:, 0] <= ends[:, 1])).argmax())
        raise ValueError(f"coverage: expected low <= high. Received in repeat {row}: {ends[row, 0]}, {ends[row, 1]}.")
    return ends
