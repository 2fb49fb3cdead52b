"""Risk from blood tests: six measurements, and a rule that no straight line draws. SYNTHETIC.

The question: will this patient come to harm? Equations, z ~ N(0, R) with the correlations R:

    a = (age - 62)/14        age ~ N(62, 14²) years, clipped to 18..95;    sex ~ Bernoulli(½)
    potassium = 4.2 + 0.5·z₁      creatinine = exp(0.35·z₂)      crp = exp(ln 6 + z₃)      sbp = 128 + 18·z₄
    logit p = -2.6 + 0.5·a + 0.9·(z₁² - 1) + 0.8·a·z₂ + 1.2·[z₃ > 1][z₄ < -½] + 0.15·sex
    y ~ Bernoulli(p)

In words: potassium harms at both ends, age multiplies what the kidney does, inflammation together with low pressure is
a threshold (CRP above 16.3 mg/l and systolic pressure below 119 mmHg).

    column       unit        middle 95 %   meaning
    age          years       35 .. 89
    sex          1 = male    0, 1
    potassium    mmol/l      3.2 .. 5.2    in serum
    creatinine   mg/dl       0.5 .. 2.0    in serum; rises as the kidney fails
    crp          mg/l        0.8 .. 43     C-reactive protein, rises with inflammation
    sbp          mmHg        93 .. 163     systolic blood pressure

    R            z₁    z₂    z₃    z₄
    potassium    1     0.2   0.1   0
    creatinine   0.2   1     0.3   0.1
    crp          0.1   0.3   1     0.2
    sbp          0     0.1   0.2   1

Truth: risk (n,), p; logit (n,), of p.

Source of the numbers: invented for teaching; middles and spreads are of the size seen in adults in hospital, the
coefficients are chosen so that a linear model fails. They were estimated from nobody.

What is unrealistic: the rules; blood tests that do not depend on age and sex; normal and log-normal, without outliers;
one hospital, one laboratory, nothing missing, nothing mistyped.

Measured with 4,000,000 patients: prevalence 0.135; best possible AUC 0.851, accuracy 0.899, Brier 0.0788, log loss
0.2730. Trained on 8,000: logistic regression AUC 0.60, a network of 32 and 16 units 0.84.
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
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "COLUMNS", "UNITS", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("no harm", "harm")
COLUMNS = ("age", "sex", "potassium", "creatinine", "crp", "sbp")
UNITS = {
    "age": "years", "sex": "1 = male", "potassium": "mmol/l", "creatinine": "mg/dl", "crp": "mg/l", "sbp": "mmHg",
    "risk": "probability", "logit": "1",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.blood_risk from invented rules; no patient. Not for diagnosis."

CORRELATION = np.array([[1, 0.2, 0.1, 0], [0.2, 1, 0.3, 0.1], [0.1, 0.3, 1, 0.2], [0, 0.1, 0.2, 1]])  # R


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients with age, sex and four blood tests, and whether they came to harm.

        logit p = -2.6 + 0.5·a + 0.9·(z₁² - 1) + 0.8·a·z₂ + 1.2·[z₃ > 1][z₄ < -½] + 0.15·sex      see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,6) float32 in the units of `units`, y (n,) uint8, truth: risk (n,), logit (n,).
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: invented for teaching, see the top of this module.

    >>> patients = load(400, seed=1)
    >>> patients.x.shape, patients.columns[2], patients.units["potassium"]
    ((400, 6), 'potassium', 'mmol/l')
    >>> 0 < oracle_score(patients.truth, "brier").score < 0.25
    True
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("B", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,6) float32, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(300)
    >>> x_train.shape, y_test.shape
    ((200, 6), (100,))
    """
    return split(load, n, seed)


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients."""
    age = np.clip(rng.normal(62, 14, BLOCK), 18, 95)
    sex = rng.integers(0, 2, BLOCK)
    z1, z2, z3, z4 = np.linalg.cholesky(CORRELATION) @ rng.standard_normal((4, BLOCK))
    a = (age - 62) / 14
    inflamed = (z3 > 1) & (z4 < -0.5)  # and the pressure falls
    logit = -2.6 + 0.5 * a + 0.9 * (z1**2 - 1) + 0.8 * a * z2 + 1.2 * inflamed + 0.15 * sex
    risk = sigmoid(logit)
    y = (rng.random(BLOCK) < risk).astype(np.uint8)
    tests = [4.2 + 0.5 * z1, np.exp(0.35 * z2), np.exp(np.log(6) + z3), 128 + 18 * z4]
    x = np.stack([age, sex, *tests], axis=1).astype(np.float32)
    return {"x": x, "y": y, "risk": risk, "logit": logit}
