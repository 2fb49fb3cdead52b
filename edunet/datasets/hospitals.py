"""Four hospitals, one biology: the rule of blood_risk, seen through four laboratories. SYNTHETIC.

The question: will a model that was made in one hospital work in the next? Equations, patient i lies in hospital
k = i mod 4, z ~ N(m_k, R) and the function rule() of `edunet.datasets.blood_risk_rule`:

    age ~ N(μ_k, σ_k²), clipped to 18..95       sex ~ Bernoulli(f_k), male
    logit p = b_k + rule(age, sex, z)           y ~ Bernoulli(p)
    value = potassium, creatinine, CRP, pressure of z, true
    reported = max(limit, round(gain·value + offset + noise·N(0,1)))
    hidden with share q_k, by one of the mechanisms of `edunet.datasets.missing`; mar by age

    hospital                   0 university    1 town            2 coast           3 referral
    age μ_k, σ_k               62, 14          72, 10            55, 16            66, 13
    male f_k                   0.5             0.45              0.55              0.6
    means m_k of z             0, 0, 0, 0      0, 0.2, 0, 0      0, -0.2, 0, 0.2   0.3, 0.5, 0.6, -0.4
    intercept b_k              -2.6            -2.6              -2.0              -2.9
    potassium, mmol/l          right           +0.3 (old tubes)  ·0.97             ·1.04, noise 0.1
    creatinine                 mg/dl           mg/dl, ·1.1       µmol/l (·88.42)   mg/dl, +0.1
    CRP, mg/l                  right           ·1.25             right             never below 5
    pressure, mmHg             right           rounded to 5      +8 (cuff)         right
    missing                    none            mcar 0.1          mar 0.2           mnar 0.3

So hospital 1 has other patients and the same rule (covariate shift), 2 and 3 also another intercept, for what nobody
measured (concept shift); 2 reports creatinine in another unit and says so in no column. HOSPITALS holds this table.

Truth: risk (n,), p, and logit (n,), exact given the true values and the hospital; complete (n,6), the true values, in
the units of blood_risk. In hospital 0 x is complete. Elsewhere noise, rounding and gaps take something away, so the
score of truth["risk"] is above what x allows.

Source of the numbers: invented for teaching. Kinds of shift as in A. Subbaswamy, S. Saria, From development to
deployment: dataset shift, causality, and shift-stable models in health AI, Biostatistics 21 (2020) 345-352.

What is unrealistic: hospitals differ in a few numbers only, which never drift; the rule is the same everywhere up to
its intercept; every patient is seen once, in one hospital; four hospitals of the same size.

Measured with 400,000 patients, hospitals 0 to 3: prevalence 0.135, 0.179, 0.177, 0.163; AUC of the true risk 0.850,
0.846, 0.837, 0.874. A logistic regression of the right terms, trained on 8,000 patients of hospital 0, gaps filled with
its middle values: AUC 0.85, 0.77, 0.59, 0.68; with the true values instead of the reported ones 0.85, 0.85, 0.84, 0.87,
while it foretells 0.139, 0.184, 0.129, 0.198 of the patients: repaired units mend the ranking, not the calibration.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edunet.datasets import blood_risk
from edunet.datasets.blood_risk_rule import CORRELATION, INTERCEPT, rule
from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, sigmoid, split
from edunet.datasets.missing import hidden
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "COLUMNS", "HOSPITALS", "UNITS", "Hospital", "load", "load_data", "oracle_score"]

CLASS_NAMES = blood_risk.CLASS_NAMES
COLUMNS = blood_risk.COLUMNS
UNITS = {name: blood_risk.UNITS[name] for name in (*COLUMNS, "risk", "logit")} | {
    "creatinine": "mg/dl; µmol/l in hospital 2",
    "complete": "age years, sex, potassium mmol/l, creatinine mg/dl, crp mg/l, sbp mmHg",
}
NOTE = "SYNTHETIC: drawn by edunet.datasets.hospitals from invented rules; no patient, no hospital. Not for diagnosis."


class Hospital(NamedTuple):
    """What is special about one hospital; the fours are potassium, creatinine, CRP, pressure."""

    name: str
    age: tuple[float, float] = (62, 14)  # mean, sd; years
    male: float = 0.5
    mean: tuple[float, ...] = (0, 0, 0, 0)  # of z
    intercept: float = INTERCEPT
    gain: tuple[float, ...] = (1, 1, 1, 1)
    offset: tuple[float, ...] = (0, 0, 0, 0)
    noise: tuple[float, ...] = (0, 0, 0, 0)  # sd
    step: tuple[float, ...] = (0, 0, 0, 0)  # values are rounded to multiples of it
    limit: tuple[float, ...] = (0, 0, 0, 0)  # what lies below is reported as this
    missing: str | None = None
    share: float = 0  # of the cells that are missing


HOSPITALS = (
    Hospital("university"),
    Hospital(
        "town",
        age=(72, 10),
        male=0.45,
        mean=(0, 0.2, 0, 0),
        gain=(1, 1.1, 1.25, 1),
        offset=(0.3, 0, 0, 0),
        step=(0, 0, 0, 5),
        missing="mcar",
        share=0.1,
    ),
    Hospital(
        "coast",
        age=(55, 16),
        male=0.55,
        mean=(0, -0.2, 0, 0.2),
        intercept=-2.0,
        gain=(0.97, 88.42, 1, 1),
        offset=(0, 0, 0, 8),
        missing="mar",
        share=0.2,
    ),
    Hospital(
        "referral",
        age=(66, 13),
        male=0.6,
        mean=(0.3, 0.5, 0.6, -0.4),
        intercept=-2.9,
        gain=(1.04, 1, 1, 1),
        offset=(0, 0.1, 0, 0),
        noise=(0.1, 0, 0, 0),
        limit=(0, 0, 5, 0),
        missing="mnar",
        share=0.3,
    ),
)
N_SITES = len(HOSPITALS)


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients, a quarter in each of four hospitals; patient i in hospital i mod 4.

        logit p = b_k + rule(age, sex, z),   reported = max(limit, round(gain·value + offset + noise))    see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients in all hospitals together, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,6) float32, NaN where nothing was measured; y (n,) uint8; site (n,) uint8, 0 .. 3, index
        into HOSPITALS; truth: risk (n,), logit (n,), complete (n,6).
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: invented for teaching, see the top of this module.

    >>> patients = load(400, seed=1)
    >>> np.bincount(patients.site).tolist(), patients.columns[3]
    ([100, 100, 100, 100], 'creatinine')
    >>> coast = patients.site == 2
    >>> bool(np.nanmedian(patients.x[coast, 3]) > 40 * np.nanmedian(patients.x[~coast, 3]))
    True
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y, site = drawn.pop("x"), drawn.pop("y"), drawn.pop("site")
    return Cohort(x, y, COLUMNS, dict(UNITS), identify("W", len(y), seed)[0], site, drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test, all hospitals in both.

    To train in one hospital and test in the others, take them apart by `load(n, seed).site`.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,6) float32 with NaN, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(300)
    >>> x_train.shape, y_test.shape
    ((200, 6), (100,))
    """
    return split(load, n, seed)


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients, those of each hospital together, then deal them in turn: 0, 1, 2, 3, 0, 1, ..."""
    parts = [draw_hospital(rng, hospital, BLOCK // N_SITES) for hospital in HOSPITALS]
    drawn = {name: np.stack([part[name] for part in parts], axis=1) for name in parts[0]}  # (BLOCK/4,4,...)
    block = {name: values.reshape(BLOCK, *values.shape[2:]) for name, values in drawn.items()}
    return block | {"site": np.tile(np.arange(N_SITES, dtype=np.uint8), BLOCK // N_SITES)}


def draw_hospital(rng: np.random.Generator, hospital: Hospital, m: int) -> Drawn:
    """Draw m patients of one hospital."""
    age = np.clip(rng.normal(*hospital.age, m), 18, 95)
    sex = (rng.random(m) < hospital.male).astype(int)
    centred = np.linalg.cholesky(CORRELATION) @ rng.standard_normal((4, m))
    z = centred + np.array(hospital.mean)[:, None]
    logit = hospital.intercept + rule(age, sex, z)
    risk = sigmoid(logit)
    y = (rng.random(m) < risk).astype(np.uint8)
    value = np.stack(blood_risk.measurements(z), axis=1)
    reported = report(value, hospital, rng.standard_normal((m, 4)))
    gap = np.zeros((m, 4), bool) if hospital.missing is None else gaps(rng, hospital, age, centred)
    seen = np.where(gap, np.nan, reported)
    x, complete = (np.column_stack([age, sex, tests]).astype(np.float32) for tests in (seen, value))
    return {"x": x, "y": y, "risk": risk, "logit": logit, "complete": complete}


def report(value: np.ndarray, hospital: Hospital, normal: np.ndarray) -> np.ndarray:
    """Give what the laboratory reports for the true values (m,4)."""
    reading = np.array(hospital.gain) * value + np.array(hospital.offset) + np.array(hospital.noise) * normal
    for j, step in enumerate(hospital.step):
        if step:
            reading[:, j] = step * np.round(reading[:, j] / step)
    return np.maximum(reading, np.array(hospital.limit))


def gaps(rng: np.random.Generator, hospital: Hospital, age: np.ndarray, centred: np.ndarray) -> np.ndarray:
    """Draw which of the values (m,4) were never measured."""
    mean, sd = hospital.age
    return hidden(str(hospital.missing), (age - mean) / sd, centred.T, rng, hospital.share)
