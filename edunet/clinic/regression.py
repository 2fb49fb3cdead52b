"""A quantity was predicted, or measured by another device: how far is it from the reference?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.means import mean_estimate
from edunet.clinic.proportion import wilson_interval
from edunet.metrics import MeanAbsoluteError, RootMeanSquaredError
from edunet.metrics.labels import check_answers, check_labels, like
from edunet.names import look_up
from edunet.preprocessing.student import student_quantile

__all__ = ["Agreement", "bland_altman", "mae", "mard", "rmse", "within_iso15197"]


def mae(y, p, *, groups=None) -> Estimate:
    """Return the mean distance of predictions from the truth, in the unit of y.

        MAE = 1/N Σ |p_i − y_i|              interval by Student's t over rows, or over patients
    Args: y (N,), p (N,), finite numbers; groups (N,), whose each row is: rows of one patient resemble each other, and
    the interval is then that of so many patients. Raises ValueError for NaN and unequal lengths.
    The usual misuse: without the error of a trivial guess beside it (the last value, the mean); in a mixture of units.
    Source: edunet.metrics.MeanAbsoluteError, one copy of the formula; Cameron & Miller, A practitioner's guide to
    cluster-robust inference (2015), for groups.

    >>> mae([1.0, 2.0, 4.0], [1.5, 2.0, 3.0])
    0.500 [0.000 to 1.742], n = 3
    """
    y, p = _pairs("mae", y, p)
    spread = mean_estimate(np.abs(p - y), "Student's t", (0, math.inf), groups)
    if not len(y):
        return spread
    return Estimate(MeanAbsoluteError()(y, p), spread.low, spread.high, spread.n, how=spread.how)


def rmse(y, p, *, groups=None) -> Estimate:
    """Return the root of the mean squared distance of predictions from the truth, in the unit of y.

        RMSE = √(1/N Σ (p_i − y_i)²)         the roots of the ends of the interval of the mean square
    Args and errors as for `mae`. The usual misuse: comparing RMSE between data of different spread; R² or a correlation
    in its place: both rise when patients differ more, at equal error, and a correlation of 1 is kept by predictions
    that are all twice too high.
    Source: edunet.metrics.RootMeanSquaredError, one copy of the formula.

    >>> round(rmse([1.0, 2.0, 4.0], [1.5, 2.0, 3.0]), 3)
    0.645
    """
    y, p = _pairs("rmse", y, p)
    square = mean_estimate((p - y) ** 2, "Student's t on the squares", (0, math.inf), groups)
    if not len(y):
        return square
    return Estimate(
        RootMeanSquaredError()(y, p), math.sqrt(square.low), math.sqrt(square.high), square.n, how=square.how
    )


@dataclass(frozen=True, repr=False)
class Agreement:
    """How two ways of measuring agree: `bias`, and the limits `lower` and `upper` of 95 % of their differences.

    For the plot: means (N,), ½ (a + b), and differences (N,), b − a.
    """

    bias: Estimate
    lower: Estimate
    upper: Estimate
    means: np.ndarray
    differences: np.ndarray

    def __str__(self):
        return f"bias {self.bias.text()}, limits of agreement {self.lower.text()} and {self.upper.text()}"

    __repr__ = __str__


def bland_altman(reference, measured) -> Agreement:
    """Return the mean difference of two ways of measuring, and the limits between which 95 % of differences lie.

        d_i = measured_i − reference_i         bias = d̄         limits = d̄ ± 1.96 s
        SE(bias) = s/√N         SE(limit) = s √(1/N + 1.96²/(2 (N − 1)))         intervals with t of N − 1 degrees
    Args: reference, measured (N,), one pair for each patient, in one unit. Raises ValueError for NaN and unequal
    lengths. Undefined for fewer than two patients.
    The usual misuse: a correlation in the place of limits. It says that two methods measure the same thing, not that
    they give the same number, and is high whenever patients differ much. Limits are not judged by statistics: before
    looking, write down what difference would not change a treatment. If differences grow with the mean, take
    logarithms first. Several pairs of one patient make the limits too narrow.
    Source: Bland & Altman, Statistical methods for assessing agreement between two methods of clinical measurement
    (1986); Measuring agreement in method comparison studies (1999).

    >>> print(bland_altman([100, 110, 120, 130], [102, 111, 124, 131]))
    bias 2.000 [-0.250 to 4.250], limits of agreement -0.772 [-5.018 to 3.475] and 4.772 [0.525 to 9.018]
    """
    a, b = _pairs("bland_altman", reference, measured)
    difference, n = b - a, len(a)
    bias = mean_estimate(difference, "Student's t over patients")
    if n < 2:
        none = undefined("limits need two patients or more", n)
        return Agreement(bias, none, none, (a + b) / 2, difference)
    s = float(difference.std(ddof=1))
    half = student_quantile(0.975, n - 1) * s * math.sqrt(1 / n + Z95**2 / (2 * (n - 1)))
    limits = (bias + sign * Z95 * s for sign in (-1, 1))
    how = "normal limits; Bland and Altman's standard error, Student's t"
    lower, upper = (Estimate(limit, limit - half, limit + half, n, how=how) for limit in limits)
    return Agreement(bias, lower, upper, (a + b) / 2, difference)


def mard(reference, measured, *, groups=None) -> Estimate:
    """Return the mean absolute relative difference from the reference, in percent, as for glucose sensors.

        MARD = 100/N Σ |measured_i − reference_i| / reference_i
    Args: reference, measured (N,), > 0 in one unit; groups as for `mae`: with a sensor for days on one patient they are
    needed. Raises ValueError for a reference that is not > 0.
    The usual misuse: one MARD for all ranges: 10 % are harmless at 250 mg/dl and decide about sweets at 60; it also
    looks better in patients with high values. Give it beside the share within limits, `within_iso15197`, by range.
    Source: Reiterer et al., Significance and reliability of MARD for the accuracy of CGM systems (2017).

    >>> mard([100, 200], [110, 190])
    7.500 [0.000 to 39.266], n = 2
    """
    reference, measured = _pairs("mard", reference, measured)
    _positive("mard", reference)
    return mean_estimate(100 * np.abs(measured - reference) / reference, "Student's t", (0, math.inf), groups)


UNITS = {"mg/dl": 1.0, "mmol/l": 18.016}  # mg/dl in one, of glucose


def within_iso15197(reference, measured, *, unit="mg/dl", limit=15) -> Estimate:
    """Return the share of glucose values within ±15 mg/dl of a reference below 100 mg/dl, and ±15 % from there on.

        |m − r| ≤ 15 mg/dl (0.83 mmol/l) if r < 100 mg/dl (5.55 mmol/l), else |m − r| ≤ 0.15 r
    ISO 15197 asks this of 95 % of a meter's values (and of 99 % to lie in zones A and B of the consensus error grid,
    which is not looked at here).
    Args: reference, measured (N,), > 0; unit, "mg/dl" or "mmol/l"; limit, 15, or 20 for "20/20" of sensors. Raises
    ValueError for other units, and for values that look like those of the other unit. Wilson's interval: for one pair
    of values from each patient.
    The usual misuse: reading the standard's 95 % as met when it lies within the interval; few values below 70 mg/dl.
    Source: ISO 15197:2013, In vitro diagnostic test systems, 6.3.3.

    >>> within_iso15197([70, 90, 200, 300], [84, 110, 229, 346])
    0.500 [0.150 to 0.850], n = 4
    """
    look_up("unit", dict.fromkeys(UNITS), unit)
    if isinstance(limit, bool) or not isinstance(limit, (int, float, np.number)) or not 0 < limit < 100:
        raise ValueError(f"within_iso15197: limit is in mg/dl and percent, such as 15. Received: {limit!r:.40}")
    reference, measured = _pairs("within_iso15197", reference, measured)
    _positive("within_iso15197", reference)
    other = "mmol/l" if unit == "mg/dl" else "mg/dl"
    if len(reference) and (reference.max() < 35 if unit == "mg/dl" else reference.max() > 60):
        raise ValueError(
            f"within_iso15197: references up to {reference.max():g} are no glucose in {unit}. Type unit={other!r} if "
            "they are in that."
        )
    how = f"within {limit:g} mg/dl below 100 mg/dl, {limit:g} % above; Wilson's interval"
    if not len(reference):
        return undefined("no values", 0, how)
    step, border = round(limit / UNITS[unit], 2), round(100 / UNITS[unit], 2)
    allowed = np.where(reference < border, step, limit / 100 * reference)
    hits = int(np.count_nonzero(np.abs(measured - reference) <= allowed * (1 + 1e-9)))
    return Estimate(hits / len(reference), *wilson_interval(hits, len(reference)), len(reference), how=how)


# ---------------------------------------------------------------- what is expected


def _pairs(what, y, p) -> tuple[np.ndarray, np.ndarray]:
    y, p = np.asarray(y), np.asarray(p)
    check_answers(what, p, finite=True)
    check_labels(what, y)
    y = like(what, y, p)
    if p.ndim != 1 and p.shape != (len(p), 1):
        raise ValueError(f"{what}: expected one number for each row, (N,). Received shape {p.shape}. Take one column.")
    return y.reshape(-1).astype(np.float64), p.reshape(-1).astype(np.float64)


def _positive(what, reference) -> None:
    if len(reference) and reference.min() <= 0:
        raise ValueError(
            f"{what}: references are > 0. Received {reference.min():g} in row {int(reference.argmin())}. Is it missing?"
        )
