"""Stays in intensive care: measured now and then, for 12 to 48 hours; who dies? SYNTHETIC.

The question, asked at the end of the record: does this patient die in hospital? Equations, hour t = 0 .. L - 1:

    length of the record L uniform on 12 .. 48 h
    severity z_0 ~ N(0, 1),  z_t = φ·z_{t-1} + √(1 - φ²)·N(0, 1),  φ = 0.95      unseen; half forgotten in 13 h
    measurement j = a_j + b_j·z_t + s_j·N(0, 1), of ln j where it says so
    at most one of each kind in an hour, with the probability q_j, at a minute that is uniform in the hour
    y = 1 if z_{L-1} + 0.6·N(0, 1) > 1.26

    column            unit     a           b       s      q
    heart_rate        1/min    86          6       14     0.90
    map               mmHg     79          -5      13     0.88   mean arterial pressure
    respiratory_rate  1/min    19.5        1.5     4.5    0.24
    temperature       °C       37.1        -0.1    0.8    0.37
    urine             ml       75 (ln)     -0.35   0.8    0.68   of the hour
    creatinine        mg/dl    1.1 (ln)    0.3     0.5    0.07
    bun               mg/dl    20 (ln)     0.3     0.5    0.07   blood urea nitrogen
    lactate           mmol/l   2.0 (ln)    0.4     0.45   0.04

With missing="informative" the severely ill are measured more often: logit q_j + γ·z_t in place of logit q_j, γ = 0.7.

The same stays in two forms. `load(n).x` is a grid of hours, NaN where nothing was measured and after the end. `events`
gives the list as it stands in the files of PhysioNet 2012: patient, hour, variable, value. The minutes tell nothing, so
both forms know the same.

Who knows the equations believes a density in the severity, and can do no better than Bayes' filter:

    b_t(z) ∝ p(x_t | z)·∫ b_{t-1}(r)·N(z; φ·r, 1 - φ²) dr
    risk   = ∫ b_{L-1}(z)·Φ((z - 1.26)/0.6) dz

With missing="random" all these are normal and the filter is Kalman's. Here one piece of code does both: a sum over 61
severities from -6 to 6, whose error is below 1e-6.

    truth                unit          meaning
    risk                 probability   P(y = 1 | x, L)
    risk_by_hour (n,48)  probability   P(y = 1 | x_0 .. x_t, t < L), L yet unknown; NaN after the end
    severity (n,48)      1             z_t; NaN after the end
    length               h             L: no secret, a model may know it
    time (n,48,8)        h             when the value in x was measured; NaN where it was not

A network wants numbers: give it three for each column, the scaled value with 0 where it is missing, 1 where it is
there, and the hours since it was.

Source of the form: I. Silva et al., Predicting in-hospital mortality of ICU patients: the PhysioNet/Computing in
Cardiology Challenge 2012, Computing in Cardiology 39 (2012) 245-248. Source of the numbers: a, s, q and the prevalence
are of the size measured in its set-a; φ, b, γ and the threshold are invented for teaching. Filter: R. E. Kalman,
Journal of Basic Engineering 82 (1960) 35-45.

What is unrealistic: one number is all there is to severity, and moves without treatment; every patient has the same
normal values; measurements of one hour are independent given the severity, without outliers and typing errors, and
normal: two respiratory rates in 100,000 are below 0; the length of the record has nothing to do with the patient; no
age, no diagnosis, one hospital.

Measured with 100,000 patients: 14.0 % die, 97 measurements in a stay; best possible AUC 0.864, area under precision and
recall 0.537, Brier 0.0876. The best at hour 0, 11, 23, 35 of the stays that last longer: AUC 0.56, 0.67, 0.72, 0.77.
Logistic regression, trained on 8,000: last value of each column 0.799, mean of the stay 0.779, mean of its last 12
hours 0.840, these and the counts together 0.848. With missing="informative" the best is 0.888 and 0.602, these together
reach 0.859, the counts alone 0.779.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from edunet.datasets.cohort import (
    BLOCK,
    Cohort,
    Drawn,
    KerasData,
    draw_patients,
    identify,
    split,
)
from edunet.datasets.oracle import oracle_score
from edunet.datasets.ordering import is_informative

__all__ = ["CLASS_NAMES", "COLUMNS", "UNITS", "Events", "events", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("survived", "died")
COLUMNS = ("heart_rate", "map", "respiratory_rate", "temperature", "urine", "creatinine", "bun", "lactate")
UNITS = {
    "heart_rate": "1/min", "map": "mmHg", "respiratory_rate": "1/min", "temperature": "°C", "urine": "ml",
    "creatinine": "mg/dl", "bun": "mg/dl", "lactate": "mmol/l", "risk": "probability", "risk_by_hour": "probability",
    "severity": "1", "length": "h", "time": "h",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.icu_course from a formula; no patient, no hospital. Not for diagnosis."

SHORTEST, HOURS = 12, 48  # of a record
KEPT = 0.95  # φ
MOVED = math.sqrt(1 - KEPT**2)
LUCK, LIMIT = 0.6, 1.26  # who dies: z + LUCK·N(0,1) > LIMIT
WORRY = 0.7  # γ

LOG = np.array([False, False, False, False, True, True, True, True])
MIDDLE = np.array([86, 79, 19.5, 37.1, np.log(75), np.log(1.1), np.log(20), np.log(2.0)])  # a
SLOPE = np.array([6, -5, 1.5, -0.1, -0.35, 0.3, 0.3, 0.4])  # b
SD = np.array([14, 13, 4.5, 0.8, 0.8, 0.5, 0.5, 0.45])  # s
THERE = np.array([0.90, 0.88, 0.24, 0.37, 0.68, 0.07, 0.07, 0.04])  # q

SEVERITIES = np.linspace(-6, 6, 61)  # where the filter looks


class Events(NamedTuple):
    """m measurements in the order of patients and of time."""

    patient: np.ndarray  # (m,) int, row of the cohort
    hour: np.ndarray  # (m,) float, since admission
    variable: np.ndarray  # (m,) int, index into columns
    value: np.ndarray  # (m,) float32, in the unit of the column


def load(n: int = 8000, seed: int = 0, *, missing: str = "random") -> Cohort:
    """Draw n SYNTHETIC stays in intensive care with what was measured, and who died.

        z_t = φ·z_{t-1} + √(1 - φ²)·N(0, 1),  x_t = a + b·z_t + s·N(0, 1),  y = [z_{L-1} + 0.6·N(0, 1) > 1.26]

    The same seed gives the same stays, and a larger n only adds stays at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up; missing, "random", or "informative":
        the severely ill are measured more often.
    Returns: `Cohort` with x (n,48,8) float32 in the units of `units`, NaN where nothing was measured and after the end
        of the record, y (n,) uint8, truth (see the top of this module).
    Raises: TypeError or ValueError if an argument is no such number or name.
    Source: the form of PhysioNet 2012, see the top of this module.

    >>> stays = load(10, seed=1)
    >>> stays.x.shape, stays.columns[4], stays.units["urine"]
    ((10, 48, 8), 'urine', 'ml')
    >>> length = stays.truth["length"][0]
    >>> bool(np.isnan(stays.x[0, length:]).all())
    True
    """
    drawn = draw_patients(functools.partial(draw_block, worry=WORRY * is_informative(missing)), n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("I", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0, *, missing: str = "random") -> KerasData:
    """Draw the same SYNTHETIC stays as `load`: two thirds to train, one third to test.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up; missing, as that
        of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,48,8) float32 with NaN, y (..,) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 48, 8), (10,))
    """
    return split(functools.partial(load, missing=missing), n, seed)


def events(stays: Cohort) -> Events:
    """List what was measured, one measurement after the other, as in the files of PhysioNet 2012.

    Arguments: stays, what `load` returns.
    Returns: `Events(patient, hour, variable, value)`, sorted by patient and hour.
    Raises: TypeError if stays is no cohort with the truth "time".

    >>> stays = load(2, seed=0)
    >>> listed = events(stays)
    >>> for i in range(3):
    ...     print(f"{listed.hour[i]:.2f} h  {stays.columns[listed.variable[i]]}  {listed.value[i]:.1f}")
    0.08 h  heart_rate  65.0
    0.20 h  bun  41.9
    0.57 h  map  58.8
    """
    if not isinstance(stays, Cohort) or "time" not in stays.truth:
        raise TypeError(
            "events wants stays with the times of their measurements. Received: "
            f"{type(stays).__name__}. Type events(icu_course.load())."
        )
    patient, row, variable = np.nonzero(~np.isnan(stays.x))
    hour = stays.truth["time"][patient, row, variable]
    order = np.lexsort((hour, patient))
    patient, row, variable = patient[order], row[order], variable[order]
    return Events(patient, hour[order], variable, stays.x[patient, row, variable])


def draw_block(rng: np.random.Generator, worry: float) -> Drawn:
    """Draw BLOCK stays, and filter what is seen of them."""
    length = rng.integers(SHORTEST, HOURS + 1, BLOCK)
    z = rng.standard_normal((BLOCK, HOURS))
    for t in range(1, HOURS):
        z[:, t] = KEPT * z[:, t - 1] + MOVED * z[:, t]
    last = z[np.arange(BLOCK), length - 1]
    y = last + LUCK * rng.standard_normal(BLOCK) > LIMIT

    value = MIDDLE + SLOPE * z[..., None] + SD * rng.standard_normal((BLOCK, HOURS, len(COLUMNS)))
    value = np.where(LOG, np.exp(value * LOG), value)
    ended = np.arange(HOURS) >= length[:, None]
    there = (rng.random(value.shape) < often(z, worry)) & ~ended[..., None]
    minute = rng.integers(0, 60, value.shape)
    x = np.where(there, value, np.nan).astype(np.float32)
    risk, by_hour = risks(x, length, worry)
    return {
        "x": x,
        "y": y.astype(np.uint8),
        "risk": risk,
        "risk_by_hour": by_hour,
        "severity": np.where(ended, np.nan, z),
        "length": length,
        "time": np.where(there, np.arange(HOURS)[:, None] + minute / 60, np.nan),
    }


def often(z: np.ndarray, worry: float) -> np.ndarray:
    """How often each column is measured in an hour at the severities z (...): (...,8)."""
    odds = THERE / (1 - THERE) * np.exp(worry * z[..., None])
    return odds / (1 + odds)


# --- the filter, m patients, G severities -----------------------------------------------------------------------------


def risks(x: np.ndarray, length: np.ndarray, worry: float) -> tuple[np.ndarray, np.ndarray]:
    """Give P(y=1 | x, length) (m,) and P(y=1 | x_0 .. x_t) (m,T), NaN after the end."""
    dies = death()
    later = averaged_over_length(dies)
    told, terms = what_is_told(x), likelihood_terms(worry)
    risk, by_hour = np.empty(len(x)), np.full(x.shape[:2], np.nan)
    belief = normal(SEVERITIES)  # b, (G,), from the first hour on (m,G)
    for t in range(x.shape[1]):
        if t:
            belief = belief @ STEP
        evidence = told[:, t] @ terms  # ln p(x_t | z), up to what all z share
        belief = belief * np.exp(evidence - evidence.max(1, keepdims=True))
        belief /= belief.sum(1, keepdims=True)
        by_hour[t < length, t] = (belief @ later[t])[t < length]
        risk[length == t + 1] = (belief @ dies)[length == t + 1]
    return risk, by_hour


def what_is_told(x: np.ndarray) -> np.ndarray:
    """Sum up x (m,T,8) for the filter: Σ b·(x - a)/s², Σ b²/s² and what is there, and 1: (m,T,11)."""
    seen = ~np.isnan(x)
    value = x.astype(np.float64)
    value[..., LOG] = np.log(value[..., LOG])
    pull = np.where(seen, (value - MIDDLE) * SLOPE / SD**2, 0).sum(-1, keepdims=True)
    weight = (seen * (SLOPE / SD) ** 2).sum(-1, keepdims=True)
    return np.concatenate([pull, weight, seen, np.ones_like(pull)], axis=-1)


def likelihood_terms(worry: float) -> np.ndarray:
    """What each of them adds to ln p(x_t | z) at all severities (11,G): z, -z²/2, ln(q/(1 - q)) and Σ ln(1 - q)."""
    q = often(SEVERITIES, worry).T  # (8,G)
    return np.stack([SEVERITIES, -(SEVERITIES**2) / 2, *(np.log(q) - np.log1p(-q)), np.log1p(-q).sum(0)])


def death() -> np.ndarray:
    """P(y=1 | z at the end) = Φ((z - LIMIT)/LUCK) for all severities (G,)."""
    return np.array([math.erfc((LIMIT - z) / (LUCK * math.sqrt(2))) / 2 for z in SEVERITIES])


def averaged_over_length(dies: np.ndarray) -> np.ndarray:
    """P(y=1 | z_t, L > t) for all hours and severities (T,G): the mean over the lengths that are still possible."""
    in_hours = [dies]  # P(y=1 | z_t, L = t+1+k), k = 0, 1, ...
    for _ in range(1, HOURS):
        in_hours.append(STEP @ in_hours[-1])
    return np.stack([np.mean(in_hours[max(SHORTEST - 1 - t, 0) : HOURS - t], axis=0) for t in range(HOURS)])


def normal(z: np.ndarray) -> np.ndarray:
    """Density of N(0,1), up to a factor."""
    return np.exp(-(z**2) / 2)


def transition() -> np.ndarray:
    """P(z_t | z_{t-1}) on the grid (G,G), from row to column."""
    step = normal((SEVERITIES - KEPT * SEVERITIES[:, None]) / MOVED)
    return step / step.sum(1, keepdims=True)


STEP = transition()
