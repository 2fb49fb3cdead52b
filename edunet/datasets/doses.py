"""Doses over three days and what is left of them in the blood: recurrence as a differential equation. SYNTHETIC.

The question, asked after hour 71: does the drug harm? Equations, hour t = 0 .. 71:

    first dose at an hour of 0 .. 11, the next 4 .. 12 hours later, and so on, all equally frequent
    dose D = 0, 250 or 500 mg with probability 0.2, 0.6, 0.2            0: forgotten
    C_t = C_{t-1}·2^(-1/8) + D_t/35                                     half-life 8 h, volume 35 l
    logit p = (C_71 - 12)/1.5                                           half of the patients harmed at 12 mg/l
    y ~ Bernoulli(p)

This is one compartment with a bolus into the vein, dC/dt = -k·C, k = ln 2/8 per hour, solved exactly from hour to hour.
A recurrent layer with one linear unit does the same: its weight w should become 2^(-1/8) = 0.917, from which the
half-life is read, -ln 2/ln w hours.

    truth                 unit          meaning
    risk                  probability   p
    concentration (n,72)  mg/l          C_t, just after the dose of hour t

A second set, `curve`, is the tablet of a population: ka, clearance and volume differ from patient to patient, and three
samples tell something of them. Its equations stand in `edunet.datasets.doses_curve`.

Source: one-compartment model, M. Rowland, T. N. Tozer, Clinical Pharmacokinetics and Pharmacodynamics. The drug, its
8 h and 35 l are invented for teaching.

What is unrealistic: all patients have the same half-life and volume; the drug is in the blood at once; harm depends on
the last hour alone, not on the time above a limit; doses follow no plan and are independent of how the patient is.

Measured with 200,000 patients: prevalence 0.38; best possible AUC 0.933, accuracy 0.861; dose of the last 24 h 0.842,
total dose 0.729, last dose given 0.632.
"""

from __future__ import annotations

import numpy as np

from edunet.datasets.cohort import (
    BLOCK,
    Cohort,
    Drawn,
    KerasData,
    draw_patients,
    identify,
    sigmoid,
    split,
)
from edunet.datasets.doses_curve import concentration, curve, posterior
from edunet.datasets.oracle import oracle_score

__all__ = [
    "CLASS_NAMES", "COLUMNS", "UNITS", "load", "load_data", "oracle_score",
    "concentration", "curve", "posterior",  # a tablet
]  # fmt: skip

CLASS_NAMES = ("no harm", "harm")
COLUMNS = ("dose",)
UNITS = {"dose": "mg", "risk": "probability", "concentration": "mg/l"}
NOTE = "SYNTHETIC: drawn by edunet.datasets.doses from a formula; no patient, no real drug. Not for dosing."

HOURS = 72
FIRST = 12  # the first dose comes at an hour below this
SHORTEST, LONGEST = 4, 12  # hours between doses
MOST = 1 + (HOURS - 1) // SHORTEST  # doses
KEPT = 2 ** (-1 / 8)  # share of the drug left after an hour
VOLUME = 35  # l
MIDDLE, WIDTH = 12, 1.5  # mg/l, of the logistic curve


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients with the doses of 72 hours, and whether the drug harmed them.

        C_t = C_{t-1}·2^(-1/8) + D_t/35,   logit p = (C_71 - 12)/1.5      see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,72,1) float32 in mg, y (n,) uint8, truth: risk (n,), concentration (n,72).
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: one-compartment model, see the top of this module.

    >>> patients = load(10, seed=1)
    >>> patients.x.shape, sorted(set(patients.x.ravel().tolist()))
    ((10, 72, 1), [0.0, 250.0, 500.0])
    >>> patients.truth["concentration"].shape
    (10, 72)
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("D", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,72,1) float32, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 72, 1), (10,))
    """
    return split(load, n, seed)


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients."""
    hour = rng.integers(SHORTEST, LONGEST + 1, (BLOCK, MOST))
    hour[:, 0] = rng.integers(0, FIRST, BLOCK)
    hour = hour.cumsum(1)
    size = rng.choice([0, 250, 500], p=[0.2, 0.6, 0.2], size=(BLOCK, MOST))
    dose = np.zeros((BLOCK, HOURS))
    patient, number = np.nonzero(hour < HOURS)
    dose[patient, hour[patient, number]] = size[patient, number]
    concentration = dose / VOLUME
    for t in range(1, HOURS):
        concentration[:, t] += KEPT * concentration[:, t - 1]
    risk = sigmoid((concentration[:, -1] - MIDDLE) / WIDTH)
    y = (rng.random(BLOCK) < risk).astype(np.uint8)
    return {"x": dose[..., None].astype(np.float32), "y": y, "risk": risk, "concentration": concentration}
