"""Two days on a ward, hour by hour, until sepsis or not: recurrence as Bayes' filter. SYNTHETIC.

The question, asked every hour: will this patient be septic six hours from now? Equations, hour t = 0 .. 47:

    state s_t = stable, pre-septic, septic: a Markov chain with the steps P, started from (0.95, 0.05, 0)

    P from \\ to     stable   pre-septic   septic
    stable          0.985    0.015        0
    pre-septic      0.03     0.87         0.10
    septic          0        0            1            nobody comes back within the two days

    x_t ~ N(mean of the state, sd²), each measurement for itself; lactate: its logarithm
    each value is there with the probability in the last column, else NaN
    y_t = 1 if s_{t+6} is septic

    column            unit     stable   pre-septic   septic   sd           there
    heart_rate        1/min    80       88           104      11           0.95
    respiratory_rate  1/min    16       18.5         23       3.2          0.90
    temperature       °C       36.9     37.3         38.2     0.55         0.35
    map               mmHg     85       80           69       9            0.95    mean arterial pressure
    spo2              %        97       96           94       1.8          0.95    oxygen saturation
    lactate           mmol/l   1.2      1.6          3        0.45 (ln)    0.10

Asked are the hours 5 .. 41 of a patient who is not septic yet: `asked`. At all others y is 0, and means nothing.

Who knows the table can do no better than the forward filter, a recurrent network of two numbers. It believes b in the
states that are possible while the question is asked, r and s = stable, pre-septic:

    b_t(s) ∝ p(x_t | s)·Σ_r b_{t-1}(r)·P(r,s)         p: product over the values that are there
    risk_t = Σ_s b_t(s)·P⁶(s, septic)

With missing="informative", lactate is measured five times as often, 0.50, once the patient is pre-septic or septic.
Then it tells something whether a value is there, and the filter takes that into p(x_t | s).

    truth                unit          meaning
    risk (n,48)          probability   P(y_t = 1 | x_0 .. x_t, not septic at t); NaN where nothing is asked
    state (n,48)         0, 1, 2       s_t
    observed (n,48,6)    True/False    there in x
    onset                h             first septic hour; -1: none

A network wants numbers: give it three for each column, the scaled value with 0 where it is missing, 1 where it is
there, and the hours since it was; and `asked` as sample_weight.

Source: hidden Markov models, L. R. Rabiner, Proceedings of the IEEE 77 (1989) 257-286. The numbers are invented for
teaching, of the size seen on wards.

What is unrealistic: 38 % are septic within two days, on real wards a few in a hundred; every patient has the same
normal values, and values of one hour are independent given the state; the steps do not depend on how long a state
lasted; nobody is treated, dies or goes home; no outliers, SpO₂ passes 100 %. The hour of sepsis is known: real labels
depend on what doctors ordered, and models of them have failed in other hospitals (A. Wong et al., JAMA Internal
Medicine 181 (2021) 1065-1070).

Measured with 200,000 patients: septic within the two days 38.2 % (exact), positive hours 6.2 % of those asked; best
possible AUC 0.796, area under precision and recall 0.290, Brier 0.0493. The best that the current hour alone can do is
AUC 0.722; its evidence summed over six hours 0.772. With missing="informative" 0.813 and 0.317; the same filter without
a look at what is missing 0.799, the current hour 0.756.
"""

from __future__ import annotations

import functools

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

__all__ = ["CLASS_NAMES", "COLUMNS", "STATES", "UNITS", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("not septic in 6 h", "septic in 6 h")
COLUMNS = ("heart_rate", "respiratory_rate", "temperature", "map", "spo2", "lactate")
STATES = ("stable", "pre-septic", "septic")
UNITS = {
    "heart_rate": "1/min", "respiratory_rate": "1/min", "temperature": "°C", "map": "mmHg", "spo2": "%",
    "lactate": "mmol/l", "risk": "probability", "state": "0 = stable, 1 = pre-septic, 2 = septic",
    "observed": "True/False", "onset": "h, -1 = none",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.sepsis_course from a Markov chain; no patient. Not for diagnosis."

HOURS = 48
FIRST = 5  # hour at which the question is asked for the first time
AHEAD = 6  # hours from question to answer
SEPTIC = 2

START = np.array([0.95, 0.05, 0])
STEP = np.array([[0.985, 0.015, 0], [0.03, 0.87, 0.10], [0, 0, 1]])  # P
MEAN = np.array([
    [80, 16, 36.9, 85, 97, np.log(1.2)],
    [88, 18.5, 37.3, 80, 96, np.log(1.6)],
    [104, 23, 38.2, 69, 94, np.log(3)],
])  # fmt: skip
SD = np.array([11, 3.2, 0.55, 9, 1.8, 0.45])
THERE = np.tile([0.95, 0.90, 0.35, 0.95, 0.95, 0.10], (3, 1))  # (state, column)
THERE_INFORMATIVE = THERE.copy()
THERE_INFORMATIVE[1:, -1] *= 5


def load(n: int = 8000, seed: int = 0, *, missing: str = "random") -> Cohort:
    """Draw n SYNTHETIC patients with the measurements of 48 hours, and whether they are septic six hours later.

        s_t Markov chain,  x_t ~ N(mean of s_t, sd²),  y_t = [s_{t+6} septic]      see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up; missing, "random", or "informative":
        lactate is measured more often in those who are ill.
    Returns: `Cohort` with x (n,48,6) float32 in the units of `units`, NaN where nothing was measured, y (n,48) uint8,
        asked (n,48) bool, truth (see the top of this module).
    Raises: TypeError or ValueError if an argument is no such number or name.
    Source: hidden Markov model, see the top of this module.

    >>> patients = load(10, seed=1)
    >>> patients.x.shape, patients.y.shape, patients.columns[3], patients.units["map"]
    ((10, 48, 6), (10, 48), 'map', 'mmHg')
    >>> bool(np.isnan(patients.truth["risk"]).all()), patients.asked[0, :7].tolist()
    (False, [False, False, False, False, False, True, True])
    """
    drawn = draw_patients(functools.partial(draw_block, informative=is_informative(missing)), n, seed)
    x, y, asked = (drawn.pop(name) for name in ("x", "y", "asked"))
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("S", len(y), seed), drawn, CLASS_NAMES, NOTE, asked)


def load_data(n: int = 12_000, seed: int = 0, *, missing: str = "random") -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    At the hours that are not asked y is 0 and means nothing, and this form has no place for them. Let them weigh
    nothing, in training and in the score: they are those of `load` with the same arguments, in the same order.

        asked = load(12_000).asked
        model.fit(x_train, y_train[..., None], sample_weight=asked[:8000].astype("float32"))
        roc_auc(y_test[asked[8000:]], model.predict(x_test)[..., 0][asked[8000:]])

    x still has NaN where nothing was measured: fill them first, as the module says.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up; missing, as that
        of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,48,6) float32 with NaN, y (..,48) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 48, 6), (10, 48))
    """
    return split(functools.partial(load, missing=missing), n, seed)


def draw_block(rng: np.random.Generator, informative: bool) -> Drawn:
    """Draw BLOCK patients, and filter what is seen of them."""
    state = walk(rng.random((HOURS, BLOCK)))
    value = MEAN[state] + SD * rng.standard_normal((BLOCK, HOURS, len(COLUMNS)))
    value[..., -1] = np.exp(value[..., -1])
    there = THERE_INFORMATIVE if informative else THERE
    observed = rng.random(value.shape) < there[state]
    x = np.where(observed, value, np.nan).astype(np.float32)

    septic = state == SEPTIC
    asked, y = np.zeros((2, BLOCK, HOURS), bool)
    asked[:, FIRST:-AHEAD] = ~septic[:, FIRST:-AHEAD]
    y[:, :-AHEAD] = septic[:, AHEAD:]
    return {
        "x": x,
        "y": (y & asked).astype(np.uint8),
        "asked": asked,
        "risk": np.where(asked, risk(x, there), np.nan),
        "state": state,
        "observed": observed,
        "onset": np.where(septic.any(1), septic.argmax(1), -1),
    }


def walk(u: np.ndarray) -> np.ndarray:
    """Walk through the states (m,T) as the numbers u (T,m) from 0 to 1 decide."""
    state = np.empty(u.T.shape, np.uint8)
    state[:, 0] = (u[0, :, None] >= START.cumsum()[:-1]).sum(1)
    upto = STEP.cumsum(1)[:, :-1]
    for t in range(1, len(u)):
        state[:, t] = (u[t, :, None] >= upto[state[:, t - 1]]).sum(1)
    return state


def log_likelihood(x: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Ln p(x_t | s) of x (m,T,6) for each state, up to what all states share: (m,T,3)."""
    value = x.astype(np.float64)
    value[..., -1] = np.log(value[..., -1])
    seen = ~np.isnan(value)
    terms = [
        np.where(seen, np.log(q) - ((value - mean) / SD) ** 2 / 2, np.log1p(-q))
        for mean, q in zip(MEAN, there, strict=True)
    ]
    return np.stack([term.sum(-1) for term in terms], axis=-1)


def risk(x: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Filter x (m,T,6): P(septic at t+6 | x_0 .. x_t, not septic at t), (m,T)."""
    evidence = log_likelihood(x, there)[..., :SEPTIC]
    likelihood = np.exp(evidence - evidence.max(-1, keepdims=True))
    step = STEP[:SEPTIC, :SEPTIC]
    belief = np.empty_like(likelihood)  # b, (m,T,2)
    now = START[:SEPTIC] * likelihood[:, 0]
    for t in range(x.shape[1]):
        if t:
            now = (now @ step) * likelihood[:, t]
        now = now / now.sum(1, keepdims=True)
        belief[:, t] = now
    return belief @ np.linalg.matrix_power(STEP, AHEAD)[:SEPTIC, SEPTIC]
