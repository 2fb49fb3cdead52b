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

Truth: risk (n,), P(y=1 | what can be seen); logit (n,), of that risk. Without gaps it is p.

Options, each with numbers of its own, so that the patients stay who they are:

    prevalence=q      -2.6 becomes b, solved so that E[p] = q: by halving, on 100,000 patients of a fixed seed. The best
                      AUC changes with it: 0.90 at q = 0.05, 0.79 at 0.4
    site_shift=k      each patient comes to one of k hospitals; their laboratories report gain·value + offset,
                      gain = exp(0.08·N(0,1)), offset = 0.3 sd·|N(0,1)|, drawn once for each blood test and hospital;
                      hospital 0 is right. Truth: gain, offset (n,4)
    unit_errors=True  in 1 % of the rows creatinine stands in µmol/l (·88.42), in 1 % potassium in mg/dl (·3.91).
                      Truth: unit_error (n,), 0 none, 1 creatinine, 2 potassium
    missing="mar"     or "mcar", "mnar": 20 % of the four blood tests are NaN, by age or by their own z, as
                      `edunet.datasets.missing` says. truth["risk"] then is p with the z that are hidden integrated
                      out, given those that are seen, and under mnar which are not: a value that is likely to be hidden
                      for being high. How: `edunet.datasets.blood_risk_rule`. Truth: risk_complete (n,), p

With one of the last three, truth["complete"] (n,6) holds what x would be without them; they act in this order. Wrong
units and hospitals leave the risk as it is, for who looks closely can undo them: a wrong unit is seen by its size, more
than five standard deviations from all that is right, and gain and offset of a hospital are learnt from its many
patients. That takes `site`, which is no column of x: x alone allows less than truth["risk"] promises.

Source of the numbers: invented for teaching; middles and spreads are of the size seen in adults in hospital, the
coefficients are chosen so that a linear model fails. They were estimated from nobody.

What is unrealistic: the rules; blood tests that do not depend on age and sex; normal and log-normal, without outliers;
one hospital, one laboratory, nothing missing, nothing mistyped, unless asked for.

Measured with 4,000,000 patients: prevalence 0.135; best possible AUC 0.851, accuracy 0.899, Brier 0.0788, log loss
0.2730. Trained on 8,000: logistic regression AUC 0.60, a network of 32 and 16 units 0.84. With a fifth of the blood
tests missing, 100,000 patients: best possible AUC 0.818 under mcar, 0.817 under mar, 0.814 under mnar.
"""

from __future__ import annotations

import functools

import numpy as np

from edunet.datasets.blood_risk_rule import CORRELATION, INTERCEPT, risk_of_the_seen, rule
from edunet.datasets.cohort import (
    BLOCK,
    Cohort,
    Drawn,
    KerasData,
    draw_patients,
    identify,
    one_of_two,
    real_number,
    sigmoid,
    split,
    whole_number,
)
from edunet.datasets.missing import check_mechanism, hidden
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "COLUMNS", "UNITS", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("no harm", "harm")
COLUMNS = ("age", "sex", "potassium", "creatinine", "crp", "sbp")
UNITS = {
    "age": "years", "sex": "1 = male", "potassium": "mmol/l", "creatinine": "mg/dl", "crp": "mg/l", "sbp": "mmHg",
    "risk": "probability", "logit": "1",
    "risk_complete": "probability", "complete": "as x", "gain": "1", "offset": "as x",
    "unit_error": "0 none, 1 creatinine, 2 potassium",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.blood_risk from invented rules; no patient. Not for diagnosis."

TESTS = slice(2, 6)  # the columns that a laboratory reports
SPREAD = np.array([0.5, 0.36, 10, 18])  # of each blood test, about one standard deviation, in its unit
WRONG_UNIT = {1: (3, 88.42), 2: (2, 3.9098)}  # unit_error: column, factor; creatinine 113.12, potassium 39.098 g/mol
MOST_SITES = 200


def load(
    n: int = 8000,
    seed: int = 0,
    *,
    missing: str | None = None,
    unit_errors: bool = False,
    site_shift: int | None = None,
    prevalence: float | None = None,
) -> Cohort:
    """Draw n SYNTHETIC patients with age, sex and four blood tests, and whether they came to harm.

        logit p = -2.6 + 0.5·a + 0.9·(z₁² - 1) + 0.8·a·z₂ + 1.2·[z₃ > 1][z₄ < -½] + 0.15·sex      see the module

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up; missing, "mcar", "mar" or "mnar";
        unit_errors, whether 2 % of the rows have a value in the wrong unit; site_shift, number of hospitals, 1 to 200;
        prevalence, share of the patients that come to harm, 0.01 to 0.9. All four are explained in the module.
    Returns: `Cohort` with x (n,6) float32 in the units of `units`, y (n,) uint8, truth: risk (n,), logit (n,), and
        what the options add.
    Raises: TypeError or ValueError if n, seed or an option is not such a value.
    Source: invented for teaching, see the top of this module.

    >>> patients = load(400, seed=1)
    >>> patients.x.shape, patients.columns[2], patients.units["potassium"]
    ((400, 6), 'potassium', 'mmol/l')
    >>> 0 < oracle_score(patients.truth, "brier").score < 0.25
    True
    >>> gaps = load(400, seed=1, missing="mcar")
    >>> bool(np.isnan(gaps.x).any()), bool(np.isnan(gaps.truth["complete"]).any())
    (True, False)
    """
    check_mechanism(missing)
    sites = 0 if site_shift is None else checked_sites(site_shift)
    base = (
        INTERCEPT
        if prevalence is None
        else intercept_for(real_number("prevalence", prevalence, 0.01, 0.9, "load(prevalence=0.3)"))
    )
    wrong = one_of_two("unit_errors", unit_errors)
    draw = functools.partial(draw_block, missing=missing, unit_errors=wrong, sites=sites, intercept=base)
    drawn = draw_patients(draw, n, seed, options=3)
    x, y = drawn.pop("x"), drawn.pop("y")
    patient_id, site = identify("B", len(y), seed)
    units = {name: UNITS[name] for name in (*COLUMNS, *drawn) if name != "site"}
    return Cohort(x, y, COLUMNS, units, patient_id, drawn.pop("site", site), drawn, CLASS_NAMES, NOTE)


def load_data(
    n: int = 12_000,
    seed: int = 0,
    *,
    missing: str | None = None,
    unit_errors: bool = False,
    site_shift: int | None = None,
    prevalence: float | None = None,
) -> KerasData:
    """Draw the same SYNTHETIC patients as `load`: two thirds to train, one third to test.

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up; missing,
        unit_errors, site_shift and prevalence, as those of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,6) float32, y (..,) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(300)
    >>> x_train.shape, y_test.shape
    ((200, 6), (100,))
    """
    return split(
        functools.partial(load, missing=missing, unit_errors=unit_errors, site_shift=site_shift, prevalence=prevalence),
        n,
        seed,
    )


def draw_block(
    rng: np.random.Generator,
    rng_missing: np.random.Generator,
    rng_units: np.random.Generator,
    rng_site: np.random.Generator,
    *,
    missing: str | None = None,
    unit_errors: bool = False,
    sites: int = 0,
    intercept: float = INTERCEPT,
) -> Drawn:
    """Draw BLOCK patients, then let the options spoil what is seen of them."""
    age = np.clip(rng.normal(62, 14, BLOCK), 18, 95)
    sex = rng.integers(0, 2, BLOCK)
    z = np.linalg.cholesky(CORRELATION) @ rng.standard_normal((4, BLOCK))
    logit = intercept + rule(age, sex, z)
    risk = sigmoid(logit)
    y = (rng.random(BLOCK) < risk).astype(np.uint8)
    x = np.stack([age, sex, *measurements(z)], axis=1).astype(np.float32)
    drawn: Drawn = {"x": x, "y": y, "risk": risk, "logit": logit}
    if sites or unit_errors or missing:
        drawn["complete"] = x.copy()
    if sites:
        drawn["site"] = rng_site.integers(0, sites, BLOCK).astype(np.uint8)
        drawn["gain"], drawn["offset"] = (part[drawn["site"]] for part in calibrations(sites))
        x[:, TESTS] = drawn["gain"] * x[:, TESTS] + drawn["offset"]
    if unit_errors:
        drawn["unit_error"] = rng_units.choice(3, p=[0.98, 0.01, 0.01], size=BLOCK).astype(np.uint8)
        for kind, (column, factor) in WRONG_UNIT.items():
            x[drawn["unit_error"] == kind, column] *= factor
    if missing:
        gap = hidden(missing, (age - 62) / 14, z.T, rng_missing)
        x[:, TESTS][gap] = np.nan
        seen = risk_of_the_seen(age, sex, z, gap, missing, intercept)
        drawn |= {"risk": seen, "logit": np.log(seen) - np.log1p(-seen), "risk_complete": risk}
    return drawn


def measurements(z: np.ndarray) -> list[np.ndarray]:
    """Give potassium, creatinine, CRP and pressure in their units; z (4,n)."""
    z1, z2, z3, z4 = z
    return [4.2 + 0.5 * z1, np.exp(0.35 * z2), np.exp(np.log(6) + z3), 128 + 18 * z4]


# --- the options ------------------------------------------------------------------------------------------------------


@functools.cache
def calibrations(sites: int) -> tuple[np.ndarray, np.ndarray]:
    """Give gain (sites,4) and offset (sites,4); the same hospital has the same, whatever the seed of the patients."""
    normal = np.array([np.random.Generator(np.random.PCG64(site)).standard_normal((2, 4)) for site in range(sites)])
    normal[0] = 0  # the reference
    return np.exp(0.08 * normal[:, 0]), 0.3 * SPREAD * abs(normal[:, 1])


@functools.cache
def intercept_for(prevalence: float) -> float:
    """Solve E[sigmoid(b + rule)] = prevalence for b, by halving, on 100,000 patients of another seed."""
    logit = draw_patients(draw_block, 100_000, 1_000_003, options=3)["logit"] - INTERCEPT
    low, high = -20.0, 20.0
    for _ in range(50):
        b = (low + high) / 2
        low, high = (b, high) if sigmoid(b + logit).mean() < prevalence else (low, b)
    return (low + high) / 2


def checked_sites(site_shift: object) -> int:
    """Return the number of hospitals, or say what is wrong with it."""
    sites = whole_number("site_shift", site_shift, 1, "load(site_shift=4)")
    if sites > MOST_SITES:
        raise ValueError(f"site_shift must be at most {MOST_SITES} hospitals. Received: {sites}. Type site_shift=4.")
    return sites
