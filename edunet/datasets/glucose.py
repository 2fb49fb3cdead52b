"""Glucose after meals, seen through a sensor under the skin: recurrence as physiology. SYNTHETIC.

The question: what will the sensor read in 30 minutes? Equations, the minimal model of Bergman, t in minutes:

    G' = SG·(Gb - G) - X·G + R          glucose; R, how fast the meals reach the blood
    X' = k3·(SI·(I - Ib) - X)           what insulin does, after a delay
    I' = -n·(I - Ib) + g·max(G - Gb, 0) insulin
    R(t) = Σ_meals f·D/V·s/τ²·e^(-s/τ)  s = t - start of the meal >= 0; 80 % of it has come after 2 h
    sensor_k = G(5k) + e_k,   e_k = 0.7·e_{k-1} + √(1 - 0.7²)·N(0, 7²)          every 5 min, e of sd 7 mg/dl

The patient starts at rest, G = Gb, X = 0, I = Ib. Meals of 40 .. 80 g begin at a sample: the first within 4 h, further
ones 3 .. 5 h after the one before, none in the half hour that is forecast. The record, x, is 6 h long, 72 samples.

    column   unit    meaning
    sensor   mg/dl   what the sensor reads
    meal     g       carbohydrate of the meal that begins at this sample; 0: none

    truth         unit              normal   type 2   spread   meaning
    SG            1/min             0.026    0.026    15 %     glucose effectiveness
    SI            ml/µU/min         5e-4     SI/4     25 %     insulin sensitivity
    g             µU/ml/min/mg·dl   0.198    g/3      25 %     secretion
    Gb            mg/dl             92       140      6 %      glucose at rest
    type_2        1 = yes           half of the patients
    G (n,78)      mg/dl                                        at the 72 samples and the six to come
    X (n,78)      1/min                                        likewise
    I (n,78)      µU/ml                                        likewise
    noise (n,78)  mg/dl                                        e, likewise
    expected      mg/dl                                        G(t + 30) + 0.7⁶·e(t)
    sd            mg/dl                                        7·√(1 - 0.7¹²) = 6.95

    For all: k3 = 0.025/min, n = 0.3/min, Ib = 11 µU/ml, f = 0.8, V = 130 dl, τ = 40 min. The spread is log-normal.

`expected` and `sd` are exact: sd is the innovation of the sensor's noise over six steps, what is left when the
patient's own parameters, the state of the body and the noise of the last sample are all known. A model sees the record
alone, so even the best one stays somewhat above this floor.

`ivgtt` is the intravenous test for which the model was made: a known amount of glucose at once, then three hours.

Source: R. N. Bergman, Y. Z. Ider, C. R. Bowden, C. Cobelli, Quantitative estimation of insulin sensitivity, American
Journal of Physiology 236 (1979) E667-E677; G. Pacini, R. N. Bergman, MINMOD, Computer Methods and Programs in
Biomedicine 23 (1986) 113-122: SG, k3, SI, Gb, Ib and G0 of `ivgtt`; there the secretion grows with the time since the
injection, 0.0033·t·max(G - 89.5, 0): of a day with several meals we keep the factor of minute 60. Meals, spreads,
type 2 and the noise are invented for teaching.

What is unrealistic: the model was made for a test of three hours, not for days; secretion that only answers to glucose
(no incretins, no first phase), no sleep, no exercise, no pills and no injected insulin; all meals look alike and are
written down to the gram; nobody eats in the half hour that is forecast; the noise of the sensor has no drift, no delay
and no gaps.

Measured with 200,000 patients: RMSE of the floor 6.95 mg/dl, of the last value 23.2, of the straight line through the
last three values 31.0; ridge regression on the 144 numbers of 6,000 records 9.5. Glucose between 71 and 319 mg/dl;
after a meal the normal reach 160 mg/dl, those with type 2 235 (medians of the highest value).
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, real_number, split
from edunet.datasets.oracle import oracle_score
from edunet.datasets.runge_kutta import advance

__all__ = ["COLUMNS", "IVGTT", "UNITS", "ivgtt", "load", "load_data", "oracle_score"]

COLUMNS = ("sensor", "meal")
UNITS = {
    "y": "mg/dl",
    "sensor": "mg/dl", "meal": "g", "expected": "mg/dl", "sd": "mg/dl", "G": "mg/dl", "X": "1/min", "I": "µU/ml",
    "noise": "mg/dl", "SG": "1/min", "SI": "ml/µU/min", "g": "µU/ml/min per mg/dl", "Gb": "mg/dl", "type_2": "1 = yes",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.glucose from equations; no patient. Not for diagnosis, not for dosing."

EVERY = 5  # minutes between samples
RECORD, AHEAD = 72, 6  # samples that are seen, and those to the one that is asked for
SAMPLES = RECORD + AHEAD
FIRST, SHORTEST, LONGEST = 48, 36, 60  # samples: the first meal before, the next ones after
MEALS = 3  # as many fit in
LEAST, MOST = 40, 80  # g
K3, N, IB = 0.025, 0.3, 11.0
SECRETION, LATE, THRESHOLD = 0.0033, 60.0, 89.5  # per minute since the injection; the minute kept for meals; mg/dl
REACHES, VOLUME, TAU = 0.8, 130.0, 40.0  # share, dl, minutes
PHI, SD = 0.7, 7.0  # of the sensor's noise
STEP = 0.5  # minutes; halved, G, X and I change by less than 1e-6 of themselves
INJECTED = 403.0  # µU/ml at minute 0 of the test: 130 of it are left at minute 4, as Pacini & Bergman measured


class IVGTT(NamedTuple):
    """The course of an intravenous glucose tolerance test, at the times asked for."""

    G: np.ndarray  # (T,), mg/dl
    X: np.ndarray  # (T,), 1/min
    I: np.ndarray  # (T,), µU/ml


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients with six hours of sensor readings and meals, and the reading half an hour later.

        G' = SG·(Gb - G) - X·G + R,   X' = k3·(SI·(I - Ib) - X),   sensor = G + AR(1) noise      see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,72,2) float32, every 5 minutes, in the units of `units`; y (n,) float32, the sensor
        30 minutes after the last sample, mg/dl; truth, see the top of this module. `oracle_score(truth)` is the floor
        of the RMSE.
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: Bergman et al. 1979, Pacini & Bergman 1986.

    >>> patients = load(50, seed=1)
    >>> patients.x.shape, patients.y.shape, patients.truth["G"].shape
    ((50, 72, 2), (50,), (50, 78))
    >>> round(oracle_score(patients.truth, "rmse").score, 2)
    6.95
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("G", len(y), seed), drawn, (), NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,72,2) float32, y (..,) float32.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 72, 2), (10,))
    """
    return split(load, n, seed)


def ivgtt(
    time: np.ndarray,
    insulin: np.ndarray | None = None,
    *,
    SG: float = 0.026,
    k3: float = 0.025,
    SI: float = 5e-4,
    G0: float = 279.0,
    Gb: float = 92.0,
    Ib: float = 11.0,
) -> IVGTT:
    """Follow the intravenous glucose tolerance test: glucose is injected at minute 0, G(0) = G0, X(0) = 0.

        G' = SG·(Gb - G) - X·G,   X' = k3·(SI·(I - Ib) - X)
        I, the insulin that was measured, with straight lines between; or, unless it is given,
        I' = -0.3·(I - Ib) + 0.0033·t·max(G - 89.5, 0),   I(0) = 403 µU/ml

    Arguments: time (T,), minutes, rising from 0; insulin (T,), µU/ml at these times; SG and k3 in 1/min, SI in
        ml/µU/min; G0 and Gb in mg/dl, Ib in µU/ml: those of a healthy adult.
    Returns: `IVGTT(G, X, I)`, (T,) each.
    Raises: TypeError or ValueError if time does not rise from 0, insulin is not as long, or a number is below 0, not
        finite, or so large that steps of half a minute would miss the course: SG or k3 above 1, SI above 0.005, an
        insulin so high that SI·I is above 2/min.
    Source: Bergman et al. 1979; Pacini & Bergman 1986.

    >>> test = ivgtt(np.array([0, 20, 60, 180]))
    >>> test.G.round().astype(int).tolist()
    [279, 164, 90, 88]
    """
    t = np.asarray(time, np.float64)
    if t.ndim != 1 or not len(t) or t[0] != 0 or not (np.diff(t) > 0).all() or not np.isfinite(t).all():
        raise ValueError(
            f"ivgtt wants times that rise from 0, in minutes. Received: {t.shape} from {t.ravel()[:3].tolist()}. "
            "Type for example ivgtt(np.arange(0, 181, 10))."
        )
    measured = None if insulin is None else np.asarray(insulin, np.float64)
    if measured is not None and measured.shape != t.shape:
        raise ValueError(f"ivgtt wants one insulin for each time. Received: {measured.shape} for {t.shape} times.")

    real_number("SG", SG, 0, 1, "ivgtt(time, SG=0.026)")
    real_number("k3", k3, 0, 1, "ivgtt(time, k3=0.025)")
    real_number("SI", SI, 0, 0.005, "ivgtt(time, SI=5e-4)")
    real_number("G0", G0, 0, 1e4, "ivgtt(time, G0=279)")
    real_number("Gb", Gb, 0, 1e4, "ivgtt(time, Gb=92)")
    real_number("Ib", Ib, 0, 1e4, "ivgtt(time, Ib=11)")
    if measured is not None:
        wrong = np.flatnonzero(~((measured >= 0) & (measured < np.inf) & (SI * measured <= 2)))
        if len(wrong):
            raise ValueError(
                "ivgtt wants insulin in µU/ml, from 0 up, and SI times it at most 2/min. Received: "
                f"{measured[wrong[0]]} at minute {t[wrong[0]]:g}. Leave out what was not measured, time and insulin."
            )

    def slope(s: float, y: np.ndarray) -> np.ndarray:
        G, X, I = y
        I = I if measured is None else np.interp(s, t, measured)
        secreted = SECRETION * s * max(G - THRESHOLD, 0)
        return np.array([SG * (Gb - G) - X * G, k3 * (SI * (I - Ib) - X), -N * (I - Ib) + secreted])

    course = [np.array([G0, 0.0, INJECTED])]
    for start, end in itertools.pairwise(t):
        course.append(advance(slope, course[-1], start, end, STEP))
    G, X, I = np.array(course).T
    return IVGTT(G, X, I if measured is None else measured)


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients."""
    type_2 = rng.integers(0, 2, BLOCK)
    start = rng.integers(SHORTEST, LONGEST + 1, (BLOCK, MEALS))
    start[:, 0] = rng.integers(0, FIRST, BLOCK)
    start = start.cumsum(1)
    grams = rng.integers(LEAST, MOST + 1, (BLOCK, MEALS))
    spread = np.exp(rng.standard_normal((4, BLOCK)) * np.array([0.15, 0.25, 0.25, 0.06])[:, None])
    middle = np.array([[0.026, 5e-4, SECRETION * LATE, 92], [0.026, 5e-4 / 4, SECRETION * LATE / 3, 140]])
    SG, SI, g, Gb = middle[type_2].T * spread
    meal = np.zeros((BLOCK, SAMPLES))
    patient, number = np.nonzero(start < RECORD)
    meal[patient, start[patient, number]] = grams[patient, number]
    G, X, I = day(meal, SG, SI, g, Gb)
    noise = coloured(rng.standard_normal((BLOCK, SAMPLES)))
    sensor = G + noise
    expected = G[:, -1] + PHI**AHEAD * noise[:, RECORD - 1]
    return {
        "x": np.stack([sensor, meal], axis=-1)[:, :RECORD].astype(np.float32),
        "y": sensor[:, -1].astype(np.float32),
        "expected": expected,
        "sd": np.full(BLOCK, SD * np.sqrt(1 - PHI ** (2 * AHEAD))),
        **{"G": G, "X": X, "I": I, "noise": noise},
        **{"SG": SG, "SI": SI, "g": g, "Gb": Gb, "type_2": type_2},
    }


def day(meal, SG, SI, g, Gb, step: float = STEP) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give G, X and I (m,T) of m patients who eat meal (m,T) grams at the samples.

    The meal goes through two compartments, stomach and gut, q₁' = -q₁/τ, q₂' = (q₁ - q₂)/τ: together they pass it on
    as s/τ²·e^(-s/τ).
    """

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        G, X, I, stomach, gut = y
        dG = SG * (Gb - G) - X * G + gut / TAU
        dX = K3 * (SI * (I - IB) - X)
        dI = -N * (I - IB) + g * np.maximum(G - Gb, 0)
        return np.array([dG, dX, dI, -stomach / TAU, (stomach - gut) / TAU])

    zero = np.zeros_like(Gb)
    y = np.array([Gb, zero, zero + IB, zero, zero])
    course = []
    for eaten in meal.T:
        course.append(y[:3])
        y = y.copy()
        y[3] += 1000 * REACHES / VOLUME * eaten  # mg/dl
        y = advance(slope, y, 0, EVERY, step)
    G, X, I = np.stack(course, axis=-1)
    return G, X, I


def coloured(white: np.ndarray) -> np.ndarray:
    """Turn white noise (m,T) of sd 1 into AR(1) noise of sd SD that has always been there."""
    noise = SD * white
    for k in range(1, noise.shape[1]):
        noise[:, k] = PHI * noise[:, k - 1] + np.sqrt(1 - PHI**2) * noise[:, k]
    return noise
