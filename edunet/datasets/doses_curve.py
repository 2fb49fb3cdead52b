"""A tablet's way through the blood, and what three samples tell of it: pharmacokinetics of a population. SYNTHETIC.

The question: which concentration will the laboratory measure 12 h after the third sample? One compartment, the drug
taken by mouth once, at hour 0:

    C(t) = F·D·ka/(V·(ka - ke))·(e^(-ke·t) - e^(-ka·t)),   ke = CL/V,   F = 1
    measured = C(t) + N(0, s²),   s = 0.5 mg/l + 0.05·C(t)

    parameter   unit     median   spread   meaning
    ka          1/h      1.5      0.7      absorption
    CL          l/h/kg   0.043    0.27     clearance
    V           l/kg     0.46     0.15     volume; all three log-normal and independent, spread is the sd of ln

    column                  unit    drawn
    dose                    mg/kg   uniform 3 .. 6
    time_1, time_2, time_3  h       a quarter hour of 0.25 .. 2, of 2.25 .. 6, of 6.25 .. 13
    concentration_1 .. _3   mg/l    measured then

    truth          unit     meaning
    ka, CL, V      as above
    curve (n,26)   mg/l     C at the hours 0 .. 25
    ahead          mg/l     C, 12 h after the third sample
    expected       mg/l     mean of y, given x
    sd             mg/l     spread of y, given x

`expected` is the posterior mean under the true population, the best that anybody can answer, and `sd` what is left: the
parameters are still not quite known, and the laboratory errs again. Both by importance sampling, see `posterior`.

Source: least squares on the 12 volunteers of Theoph (R. J. Boeckmann, L. B. Sheiner, S. L. Beal, NONMEM Users Guide V,
1994) has the medians ka 1.42, CL 0.043, V 0.463, ke 0.090 and an error of 0.49 mg/l; the formula is that of
M. Rowland, T. N. Tozer, Clinical Pharmacokinetics and Pharmacodynamics.

What is unrealistic: one dose, all of it absorbed, without delay; clearance that depends on no age, smoking, organ or
other drug; normal errors, so that a measured concentration may be below 0, where a laboratory would write "not found".

Measured with 80,000 patients: RMSE of the posterior mean 0.77 mg/l, of which the laboratory alone has 0.58; of the
curve of the median patient 0.95, of the mean of all 1.02, of the third sample, fading with the median half-life, 0.80.
The Monte-Carlo error of `expected` is 2 % of `sd` in half of the patients, over 11 % in one of a hundred; of one in
4,000 it is unknown, as hardly a candidate fits.
"""

from __future__ import annotations

import itertools
import warnings
from typing import NamedTuple

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, draw_patients, identify, whole_number

__all__ = ["CURVE_COLUMNS", "CURVE_UNITS", "Posterior", "concentration", "curve", "posterior"]

CURVE_COLUMNS = ("dose", "time_1", "concentration_1", "time_2", "concentration_2", "time_3", "concentration_3")
CURVE_UNITS = {
    "y": "mg/l",
    "dose": "mg/kg", "time_1": "h", "concentration_1": "mg/l", "time_2": "h", "concentration_2": "mg/l", "time_3": "h",
    "concentration_3": "mg/l", "ka": "1/h", "CL": "l/h/kg", "V": "l/kg", "curve": "mg/l", "ahead": "mg/l",
    "expected": "mg/l", "sd": "mg/l",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.doses from a formula; no patient, no real drug. Not for dosing."

Number = float | np.ndarray

MEDIAN = np.array([1.5, 0.043, 0.46])  # ka, CL, V
SPREAD = np.array([0.7, 0.27, 0.15])  # sd of their logarithms
FLOOR, SHARE = 0.5, 0.05  # mg/l and share of C, of the laboratory's error
AHEAD = 12  # hours from the third sample to the question
QUARTERS = (1, 9, 25, 53)  # the three samples: from each of these up to the next, in quarters of an hour
DRAWS = 4000
FEWEST = 2  # candidates, by their weight, from which an error can be told
SOME = 100  # patients weighed together, so that memory stays small


class Posterior(NamedTuple):
    """What can be known of the concentration to come."""

    mean: np.ndarray  # (n,), mg/l, of y given x
    sd: np.ndarray  # (n,), mg/l, of y given x: parameters and laboratory
    error: np.ndarray  # (n,), mg/l, Monte-Carlo standard error of mean; inf where it cannot be told


def concentration(time: Number, dose: Number, ka: Number, CL: Number, V: Number) -> np.ndarray:
    """Give the concentration at a time after a dose by mouth.

        C(t) = D·ka/(V·(ka - ke))·(e^(-ke·t) - e^(-ka·t)),   ke = CL/V      D·ka·t/V·e^(-ka·t) where ka = ke

    Arguments: time, h; dose, mg/kg; ka, 1/h; CL, l/h/kg; V, l/kg: numbers or arrays that broadcast. The volume is above
        0, the others are from 0 up.
    Returns: mg/l.
    Raises: TypeError or ValueError if an argument is not such a number, as a time before the dose.

    >>> concentration(np.array([0, 2, 24]), 4.0, ka=1.5, CL=0.043, V=0.46).round(1).tolist()
    [0.0, 7.2, 1.0]
    """
    time, dose, ka, CL = (from_0_up(*pair) for pair in (("time", time), ("dose", dose), ("ka", ka), ("CL", CL)))
    V = from_0_up("V", V)
    if not V.all():
        raise ValueError("concentration wants a V above 0 l/kg. Received: V=0. Type for example V=0.46.")
    ke = CL / V
    gap = abs(ka - ke)  # the two rates change places in the formula: the slower one fades, whichever it is
    equal = gap == 0
    late = np.where(equal, time, -np.expm1(-gap * time) / np.where(equal, 1, gap))  # ∫ e^(-gap·s) ds, 0 .. t
    return dose * ka / V * np.exp(-np.minimum(ka, ke) * time) * late


def from_0_up(name: str, value: Number) -> np.ndarray:
    """Return value as an array of float64, or say what is wrong with it."""
    a = np.asarray(value)
    if a.dtype.kind not in "fiu":
        raise TypeError(f"concentration wants numbers. Received: {name}, {a.dtype}.")
    if not ((a >= 0) & (a < np.inf)).all():
        raise ValueError(
            f"concentration wants a {name} from 0 up, and finite. Received: {name} from {a.min():g} to {a.max():g}."
        )
    return a.astype(np.float64)


def curve(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC patients who took a tablet: dose, three samples, and what is measured 12 h after the third.

        C(t) = D·ka/(V·(ka - ke))·(e^(-ke·t) - e^(-ka·t)),   ka, CL, V log-normal      see edunet.datasets.doses_curve

    The same seed gives the same patients, and a larger n only adds patients at the end.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,7) float32 in the order of `columns`, y (n,) float32, mg/l; truth: ka, CL, V, ahead,
        expected, sd, all (n,), and curve (n,26). `oracle_score(truth)` is the RMSE of the posterior mean.
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: fits to Theoph, see the top of edunet.datasets.doses_curve.

    >>> patients = curve(20, seed=1)
    >>> patients.x.shape, patients.y.shape, patients.truth["curve"].shape
    ((20, 7), (20,), (20, 26))
    """
    drawn = draw_patients(draw_block, n, seed, function="curve")
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, CURVE_COLUMNS, dict(CURVE_UNITS), *identify("DC", len(y), seed), drawn, (), NOTE)


def posterior(x: np.ndarray, ahead: float | np.ndarray = AHEAD, *, draws: int = DRAWS, seed: int = 0) -> Posterior:
    """Answer as one who knows the population: the mean of the concentration to come, given dose and three samples.

        candidates θ = (ka, CL, V) from the population,   w(θ) = Π_j N(c_j; C(t_j; θ), s²)
        mean = Σ w·C(t₃ + 12)/Σ w,   error = √(Σ w²·(C - mean)²)/Σ w,   sd² = Σ w·(C² + s²)/Σ w - mean²

    The same candidates weigh all patients. The fewer of them fit a patient, the larger is the error; it falls as
    1/√draws. Where so few fit that they count as less than two, 1/Σ w² < 2 with Σ w = 1, nothing is known of the error:
    it is inf, and a warning says so. That befalls one patient of `curve` in 4,000, and whoever is none of this
    population: another drug, another unit.

    Arguments: x (n,7), as of `curve`; ahead, hours after the third sample, from 0 up, a number or (n,); draws, how many
        candidates, at least 100; seed, of the candidates.
    Returns: `Posterior(mean, sd, error)`, (n,) each, mg/l.
    Raises: ValueError if x is not such a table of finite numbers, or a dose, a time or ahead is below 0; TypeError or
        ValueError for draws and seed.
    Source: A. Gelman et al., Bayesian Data Analysis, 3rd edition 2013, section 10.4.

    >>> patients = curve(20, seed=1)
    >>> best = posterior(patients.x, draws=1000)
    >>> bool((best.error < 0.3 * best.sd).all())
    True
    """
    x = np.asarray(x)
    if x.dtype.kind not in "fiu" or x.ndim != 2 or x.shape[1] != len(CURVE_COLUMNS) or not np.isfinite(x).all():
        raise ValueError(f"posterior wants x (n,7) of finite numbers: {CURVE_COLUMNS}. Received: shape {x.shape}.")
    if (x[:, [0, 1, 3, 5]] < 0).any():
        raise ValueError("posterior wants doses and times from 0 up. Received: a negative one in x, mg/kg and hours.")
    ahead = np.asarray(ahead, np.float64)
    if ahead.shape not in ((), (len(x),)) or not ((ahead >= 0) & (ahead < np.inf)).all():
        raise ValueError(
            f"posterior wants ahead from 0 hours up, a number or one for each of {len(x)} patients. Received: "
            f"{ahead.ravel()[:3].tolist()} of shape {ahead.shape}. Type ahead=12."
        )
    best = weighed(
        x,
        ahead,
        whole_number("draws", draws, 100, f"posterior(x, draws={DRAWS})"),
        whole_number("seed", seed, 0, "posterior(x, seed=0)"),
    )
    lost = np.flatnonzero(np.isinf(best.error))
    if len(lost):
        warnings.warn(
            f"posterior: hardly a candidate of {draws} fits {len(lost)} of {len(x)} patients, rows "
            f"{lost[:5].tolist()}: their error is unknown, and given as inf. Look whether doses are in mg/kg and "
            f"concentrations in mg/l; if so, type draws={10 * draws}.",
            RuntimeWarning,
            stacklevel=2,
        )
    return best


def weighed(x: np.ndarray, ahead: float | np.ndarray, draws: int, seed: int) -> Posterior:
    """Draw the candidates and weigh them for every patient."""
    x = x.astype(np.float64)
    rng = np.random.Generator(np.random.PCG64(seed))
    population = (MEDIAN * np.exp(SPREAD * rng.standard_normal((draws, 3)))).T
    times = np.column_stack([x[:, 1::2], x[:, 5] + ahead])  # (n,4)
    hours, at = np.unique(times, return_inverse=True)
    table = concentration(hours[:, None], 1.0, *population)  # (hours,draws), for 1 mg/kg
    at = at.reshape(times.shape)
    parts = [weigh(x[i : i + SOME], table, at[i : i + SOME]) for i in range(0, len(x), SOME)]
    return Posterior(*np.concatenate(parts, axis=1))


def weigh(x: np.ndarray, table: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Give mean, sd and error (3,m) of m patients, from C at the hours table[at] of every candidate."""
    dose = x[:, :1]
    fit = np.zeros((len(x), table.shape[1]))
    for j in range(3):
        C = dose * table[at[:, j]]
        s = FLOOR + SHARE * C
        fit -= 0.5 * ((x[:, 2 + 2 * j, None] - C) / s) ** 2 + np.log(s)
    w = np.exp(fit - fit.max(1, keepdims=True))
    w /= w.sum(1, keepdims=True)
    C = dose * table[at[:, 3]]
    mean = (w * C).sum(1, keepdims=True)
    variance = (w * ((C - mean) ** 2 + (FLOOR + SHARE * C) ** 2)).sum(1)
    error = np.sqrt((w**2 * (C - mean) ** 2).sum(1))
    return np.array([mean[:, 0], np.sqrt(variance), np.where((w**2).sum(1) > 1 / FEWEST, np.inf, error)])


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK patients."""
    ka, CL, V = (MEDIAN * np.exp(SPREAD * rng.standard_normal((BLOCK, 3)))).T
    dose = rng.uniform(3, 6, BLOCK)
    quarters = [rng.integers(first, last, BLOCK) for first, last in itertools.pairwise(QUARTERS)]
    time = np.stack([*quarters, quarters[-1] + 4 * AHEAD], axis=1) / 4  # (BLOCK,4)
    C = concentration(time, *(values[:, None] for values in (dose, ka, CL, V)))
    measured = C + (FLOOR + SHARE * C) * rng.standard_normal((BLOCK, 4))
    x = np.empty((BLOCK, len(CURVE_COLUMNS)), np.float32)
    x[:, 0], x[:, 1::2], x[:, 2::2] = dose, time[:, :3], measured[:, :3]
    best = weighed(x, AHEAD, DRAWS, 0)
    return {
        "x": x,
        "y": measured[:, 3].astype(np.float32),
        **{"ka": ka, "CL": CL, "V": V, "ahead": C[:, 3], "expected": best.mean, "sd": best.sd},
        "curve": concentration(np.arange(26.0), *(values[:, None] for values in (dose, ka, CL, V))),
    }
