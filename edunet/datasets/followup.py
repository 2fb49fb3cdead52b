"""Follow-up after a tumour was found: who lives how long, though the study ends first. SYNTHETIC.

The question: how long until death, when of half of the patients only "longer than so" is known? Equations:

    age ~ N(65, 10²), clipped to 35..90      sex ~ Bernoulli(½)      stage 1, 2, 3, 4 with 0.35, 0.30, 0.20, 0.15
    marker = 20·exp(0.8·z), z ~ N(0,1)       treated ~ Bernoulli(½), by lot
    η = 0.03·(age - 65) + g(stage) + 0.2·sex - 0.5·treated + 0.6·(z² - 1)      g = 0, 0.4, 0.9, 1.6
    S(t|x) = exp(-(t/12)^1.3·e^η)            Weibull, proportional hazards; t in years
    T from S(t|x)     C ~ Exponential(mean 15), moves away     A ~ Uniform(5, 10), the study ends
    time = min(T, C, A)     event = [T ≤ min(C, A)]

Patients enter over five years, so the end of the study meets them after 5 to 10. C and A know nothing of T, given x.
The marker harms at both ends: a Cox model that is linear in the columns, or in their logarithms, cannot see it.

    column     unit        middle 95 %    meaning
    age        years       45 .. 85       when the tumour was found
    sex        1 = male    0, 1
    stage      1 to 4      1 .. 4         how far the tumour has spread
    marker     U/ml        4.2 .. 96      of the tumour, in serum
    treated    1 = yes     0, 1           with the new drug

    y          unit
    time       years                      until death, or until the patient was seen last
    event      1 = died                   0: censored, alive when seen last

Truth, of T, as if nobody were ever censored: risk (n,), P(T ≤ 5 years); survival (n,4), S after 1, 2, 5 and 10 years,
HORIZONS; log_hazard (n,), η; median (n,) = 12·(ln 2·e^-η)^(1/1.3) and mean (n,) = 12·e^(-η/1.3)·Γ(1 + 1/1.3) survival;
event_time (n,), T; censoring_time (n,), min(C, A). `oracle_score(truth, "auc")` is the best area for death within five
years, `best_c_index(truth)` the best concordance.

Source: Weibull proportional hazards, D. R. Cox, Regression models and life-tables, Journal of the Royal Statistical
Society B 34 (1972) 187-220; drawn by inversion as in R. Bender, T. Augustin, M. Blettner, Generating survival times to
simulate Cox proportional hazards models, Statistics in Medicine 24 (2005) 1713-1723. The coefficients are invented for
teaching.

What is unrealistic: hazards stay proportional for ever; one cause of death; people move away whatever their state;
the columns are independent, measured once, without error; nobody dies at the door.

Measured with 100,000 patients: dead within five years 0.403, seen to die 0.431, five-year answer known 0.78; best
possible AUC at five years 0.793, Brier 0.1746; best concordance 0.750 on y, 0.721 on event_time. Trained on y
of 8,000: Cox model of the columns with ln marker 0.65, with its square as well 0.75; stage alone 0.62.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, split
from edunet.datasets.oracle import Oracle, oracle_score

__all__ = [
    "CLASS_NAMES", "COLUMNS", "HORIZONS", "TARGETS", "UNITS", "best_c_index", "load", "load_data", "oracle_score",
    "true_survival",
]  # fmt: skip

CLASS_NAMES: tuple[str, ...] = ()  # y is a time, and whether it was seen to end
COLUMNS = ("age", "sex", "stage", "marker", "treated")
TARGETS = ("time", "event")  # the columns of y
HORIZONS = (1, 2, 5, 10)  # years
UNITS = {
    "age": "years", "sex": "1 = male", "stage": "1 to 4", "marker": "U/ml", "treated": "1 = yes",
    "risk": "probability", "survival": "probability", "log_hazard": "1", "median": "years", "mean": "years",
    "event_time": "years", "censoring_time": "years", "time": "years", "event": "1 = died, 0 = censored",
}  # fmt: skip
NOTE = (
    "SYNTHETIC: drawn by edunet.datasets.followup from a formula; no patient, no real drug. Not for prognosis. "
    "y: time in years, event 1 = died, 0 = censored."
)

SHAPE, SCALE = 1.3, 12.0  # of the Weibull curve; years
STAGES = np.array([0, 0.4, 0.9, 1.6])  # g
MOVES_AFTER = 15.0  # years, mean
ENDS = 5.0, 10.0  # years
NEAREST = 5  # years, of risk
PARTNERS = 150  # of each patient, in the concordance


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients with a tumour, and how long each was seen alive.

        η = 0.03·(age - 65) + g(stage) + 0.2·sex - 0.5·treated + 0.6·(z² - 1),   S(t|x) = exp(-(t/12)^1.3·e^η)

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,5) float32 in the units of `units`; y (n,2) float32: time in years, event 0 or 1; truth
        as the module says. class_names is empty.
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: Weibull proportional hazards, see the top of this module.

    >>> patients = load(200, seed=1)
    >>> patients.x.shape, patients.y.shape, TARGETS
    ((200, 5), (200, 2), ('time', 'event'))
    >>> time, event = patients.y.T
    >>> bool((time[event == 1] <= 10).all()), patients.truth["survival"].shape
    (True, (200, 4))
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("F", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    A network that gives one number, the log hazard, can learn from y with the partial likelihood; one that answers
    "dead within five years?" needs those whose answer is known: time ≥ 5, or event.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,5) float32, y (..,2) float32: time, event.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(300)
    >>> x_train.shape, y_test.shape
    ((200, 5), (100, 2))
    """
    return split(load, n, seed)


def true_survival(log_hazard: np.ndarray, years: np.ndarray | float) -> np.ndarray:
    """Give S(t|x) = exp(-(t/12)^1.3·e^η) for η = truth["log_hazard"]; the two are broadcast against each other.

    >>> true_survival(np.zeros(1), np.array([0, 12])).round(3).tolist()
    [1.0, 0.368]
    """
    return np.exp(-((np.asarray(years, float) / SCALE) ** SHAPE) * np.exp(np.asarray(log_hazard, float)))


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients."""
    age = np.clip(rng.normal(65, 10, BLOCK), 35, 90)
    sex, treated = rng.integers(0, 2, (2, BLOCK))
    stage = rng.choice(4, p=[0.35, 0.3, 0.2, 0.15], size=BLOCK)
    z = rng.standard_normal(BLOCK)
    eta = 0.03 * (age - 65) + STAGES[stage] + 0.2 * sex - 0.5 * treated + 0.6 * (z**2 - 1)
    died = SCALE * (rng.standard_exponential(BLOCK) * np.exp(-eta)) ** (1 / SHAPE)  # T = S⁻¹(U), -ln U ~ Exponential
    left = np.minimum(MOVES_AFTER * rng.standard_exponential(BLOCK), rng.uniform(*ENDS, BLOCK))
    x = np.stack([age, sex, stage + 1, 20 * np.exp(0.8 * z), treated], axis=1).astype(np.float32)
    y = np.stack([np.minimum(died, left), died <= left], axis=1).astype(np.float32)
    survival = true_survival(eta[:, None], np.array(HORIZONS))
    return {
        "x": x,
        "y": y,
        "risk": 1 - survival[:, HORIZONS.index(NEAREST)],
        "survival": survival,
        "log_hazard": eta,
        "median": SCALE * (np.log(2) * np.exp(-eta)) ** (1 / SHAPE),
        "mean": SCALE * np.exp(-eta / SHAPE) * math.gamma(1 + 1 / SHAPE),
        "event_time": died,
        "censoring_time": left,
    }


def best_c_index(truth: Mapping[str, np.ndarray], *, censored: bool = True) -> Oracle:
    """Give the best concordance (Harrell's C) that a model can be expected to reach on these patients.

    Of two patients, i dies first with probability e^ηi/(e^ηi + e^ηj), whenever the first of them dies. So ranking by η
    is best, and

        C* = Σ_ij w_ij·max(e^ηi, e^ηj)/(e^ηi + e^ηj) / Σ_ij w_ij
        w_ij = 1                                                     censored=False: everybody is watched to the end
        w_ij = W(e^ηi + e^ηj),  W(r) = ∫ r·h(t)·e^(-r·H(t))·G(t)² dt    the first death is seen, and the other is there

    H(t) = (t/12)^1.3, h = H', and G(t) = e^(-t/15)·min(1, (10-t)/5) says who is still watched. Each patient meets the
    150 that follow, not all n: exact for up to 150 patients, and far within the standard error for more.

    Arguments: truth of `load`, with log_hazard (n,) of at least two patients; censored, whether the model is compared
        on y as it is, or on truth["event_time"].
    Returns: `Oracle(score, standard_error)`; the error is that of the score as a figure of the population.
    Raises: TypeError if truth has no log_hazard, ValueError for fewer than two patients, or one whose log hazard
        is no finite number.
    Source: F. E. Harrell et al., Evaluating the yield of medical tests, JAMA 247 (1982) 2543-2546.

    >>> round(best_c_index({"log_hazard": np.array([0, np.log(3)])}).score, 4)
    0.75
    """
    if not isinstance(truth, Mapping) or "log_hazard" not in truth:
        raise TypeError(
            "best_c_index wants the truth of followup.load(), a dict with 'log_hazard' in it. Received: "
            f"{type(truth).__name__}. Type best_c_index(load().truth)."
        )
    eta = np.asarray(truth["log_hazard"], float)
    if eta.ndim != 1 or len(eta) < 2:
        raise ValueError(
            f"best_c_index compares pairs: it wants log_hazard (n,) of two patients or more. Received: {eta.shape}."
        )
    if not np.isfinite(eta).all():
        raise ValueError(
            "best_c_index wants log hazards that are finite numbers. Received: "
            f"{eta[~np.isfinite(eta)][0]} in row {np.flatnonzero(~np.isfinite(eta))[0]}."
        )
    seen = seen_first(eta.min(), eta.max() + np.log(2))
    right, pairs = np.zeros(len(eta)), np.zeros(len(eta))  # of the pairs that a patient is part of
    for k in range(1, min(PARTNERS, len(eta) - 1) + 1):
        other = np.roll(eta, -k)
        weight = np.interp(np.logaddexp(eta, other), *seen) if censored else np.ones(len(eta))
        won = weight / (1 + np.exp(-abs(eta - other)))
        right += won + np.roll(won, k)
        pairs += weight + np.roll(weight, k)
    score = right.sum() / pairs.sum()
    return Oracle(float(score), float(2 * np.sqrt(np.sum((right - score * pairs) ** 2)) / pairs.sum()))


def seen_first(least: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Give a table of ln r, from least to most, and W(r), by the midpoint rule over 2,000 steps of the ten years."""
    step = ENDS[1] / 2000
    t = (np.arange(2000) + 0.5) * step
    watched = np.exp(-t / MOVES_AFTER) * np.minimum(1, (ENDS[1] - t) / (ENDS[1] - ENDS[0]))
    hazard = (t / SCALE) ** SHAPE  # H; and h = H·1.3/t
    log_rate = np.linspace(least, most, 200)
    rate = np.exp(log_rate)[:, None]
    first = rate * (hazard * SHAPE / t) * np.exp(-rate * hazard) * watched**2
    return log_rate, first.sum(1) * step
