"""One heartbeat in one lead of an ECG, somewhere in a noisy second: the case for 1-D convolution. SYNTHETIC.

The question: which kind of beat is it? Equations, j = 0 .. 124 samples at 125 Hz, millivolts and seconds:

    y uniform on four kinds                              shift k uniform on the whole numbers -24 .. 24
    t_c(τ) = Σ_w A_w·exp(-(τ - m_w)²/2s_w²)              the waves w of kind c; R stands at τ = 0
    x_j = t_y((j - 50 - k)/125) + N(0, noise²)           white noise, 0.15 mV unless you say otherwise

    kind             waves (A mV, m s, s s)
    normal           P (0.15, -0.20, 0.025)   Q (-0.10, -0.03, 0.010)   R (1.00, 0, 0.012)   S (-0.25, 0.03, 0.010)
                     T (0.30, 0.28, 0.050)
    ST elevation     normal, and between S and T (0.12, 0.14, 0.045): as in an infarction that has just begun
    atrial beat      normal with P turned over, (-0.10, -0.20, 0.020): it starts low in the atrium
    ventricular beat no P; wide QRS (1.10, 0, 0.035) (-0.35, 0.09, 0.040), T turned over (-0.30, 0.32, 0.060)

The Bayes classifier knows all this except y and k, and sums k out; nobody can do better, and it is computed exactly:

    P(y=c | x) = Σ_k L_ck / Σ_c' Σ_k L_c'k               ln L_ck = (Σ_j x_j·t_ckj - ½·Σ_j t_ckj²) / noise²

A convolution with the four kinds as filters, then log-sum-exp over the places, *is* this classifier.

    truth                unit          meaning
    probability (n,4)    probability   of each kind, given x and the noise
    shift                samples       k; R stands at sample 50 + k
    clean (n,125)        mV            the beat without the noise

Sources: idea of a sum of Gaussians per beat, P. E. McSharry, G. D. Clifford, L. Tarassenko, L. A. Smith, A dynamical
model for generating synthetic electrocardiogram signals, IEEE Transactions on Biomedical Engineering 50 (2003) 289-294.
Heights and times are of the size that textbooks give for lead II; they were measured on nobody.

What is unrealistic: one lead; every beat of a kind has the same shape, in every patient; all kinds equally frequent;
white noise in place of muscle, breathing and mains; R on a sample; a beat alone, without its neighbours. A score on
these beats says nothing about real ECGs.

Measured with 100,000 beats: best possible accuracy 0.984 at noise 0.10, 0.932 at 0.15 (the default), 0.870 at 0.20.
Softmax regression on the samples of 8,000 beats: 0.84, 0.75, 0.69. Two convolutions of 32 filters 0.926 at 0.15.

Two more of the heart: `load_rhythm`, records of intervals between beats, best read by a memory
(`edunet.datasets.heartbeats_rhythm`), and `signal`, minutes of continuous ECG (`edunet.datasets.heartbeats_signal`).
"""

from __future__ import annotations

import functools

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, real_number, split
from edunet.datasets.heartbeats_rhythm import load_rhythm, load_rhythm_data
from edunet.datasets.heartbeats_signal import Signal, signal
from edunet.datasets.oracle import oracle_score

__all__ = [
    "CLASS_NAMES", "COLUMNS", "UNITS", "Signal", "load", "load_data", "load_rhythm", "load_rhythm_data", "oracle_score",
    "signal",
]  # fmt: skip

COLUMNS = ("potential",)
UNITS = {"potential": "mV", "probability": "probability", "shift": "samples", "clean": "mV"}
NOTE = "SYNTHETIC: beats drawn by edunet.datasets.heartbeats from formulas; no patient. Not for diagnosis."

P, QRS, T = (0.15, -0.20, 0.025), [(-0.10, -0.03, 0.010), (1.00, 0, 0.012), (-0.25, 0.03, 0.010)], (0.30, 0.28, 0.050)
WAVES = {  # A mV, m s, s s
    "normal": [P, *QRS, T],
    "ST elevation": [P, *QRS, (0.12, 0.14, 0.045), T],
    "atrial beat": [(-0.10, -0.20, 0.020), *QRS, T],
    "ventricular beat": [(1.10, 0, 0.035), (-0.35, 0.09, 0.040), (-0.30, 0.32, 0.060)],
}
CLASS_NAMES = tuple(WAVES)

RATE = 125  # Hz
SAMPLES = 125
R_AT = 50  # sample of R in a beat that is not shifted
REACH = 24  # samples, the largest shift


def load(n: int = 8000, seed: int = 0, *, noise: float = 0.15) -> Cohort:
    """Draw n SYNTHETIC heartbeats of four kinds, a second each, at an unknown place in noise.

        x_j = t_y((j - 50 - k)/125) + N(0, noise²)      see the module

    The same seed gives the same beats whatever the noise, and a larger n only adds beats at the end.

    Arguments: n, number of beats, one for each patient, at least 1; seed, a whole number from 0 up; noise, its standard
        deviation in mV, from 0.01 to 10.
    Returns: `Cohort` with x (n,125,1) float32 in mV, y (n,) uint8, truth (see the top of this module).
    Raises: TypeError or ValueError if an argument is not such a number.
    Source: McSharry et al. 2003 for the form, invented numbers, see the module.

    >>> beats = load(50, seed=0)
    >>> beats.x.shape, beats.class_names[beats.y[0]]
    ((50, 125, 1), 'ventricular beat')
    >>> 0.85 < oracle_score(beats.truth, "accuracy").score < 1
    True
    """
    sd = real_number("noise", noise, 0.01, 10, "load(noise=0.15)")
    drawn = draw_patients(functools.partial(draw_block, noise=sd), n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("H", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0, *, noise: float = 0.15) -> KerasData:
    """Draw the same SYNTHETIC beats as `load`: two thirds to train, one third to test.

    Arguments: n, number of beats, at least 2; seed, a whole number from 0 up; noise, in mV,
        as that of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,125,1) float32, y (..,) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 125, 1), (10,))
    """
    return split(functools.partial(load, noise=noise), n, seed)


@functools.cache
def templates() -> np.ndarray:
    """(4,49,125): every kind of beat at every shift, in mV."""
    shift = np.arange(-REACH, REACH + 1)
    time = (np.arange(SAMPLES) - R_AT - shift[:, None]) / RATE  # since R, (49,125)
    return np.stack([
        sum(a * np.exp(-((time - m) ** 2) / (2 * s**2)) for a, m, s in waves) for waves in WAVES.values()
    ])  # fmt: skip


def draw_block(rng: np.random.Generator, noise: float) -> Drawn:
    """Draw BLOCK beats, and look at them as the Bayes classifier does."""
    y = rng.integers(0, len(WAVES), BLOCK).astype(np.uint8)
    shift = rng.integers(-REACH, REACH + 1, BLOCK)
    white = rng.standard_normal((BLOCK, SAMPLES), dtype=np.float32)
    clean = templates()[y, shift + REACH]
    x = (clean + noise * white).astype(np.float32)
    return {
        "x": x[..., None],
        "y": y,
        "probability": posterior(x, noise),
        "shift": shift,
        "clean": clean.astype(np.float32),
    }


def posterior(x: np.ndarray, noise: float) -> np.ndarray:
    """P(y=c | x), (m,4), of beats x (m,125): likelihoods of all shifts, summed."""
    t = templates().reshape(-1, SAMPLES)  # (196,125)
    evidence = (x @ t.T - 0.5 * (t**2).sum(1)) / noise**2  # ln L but for what all share
    likelihood = np.exp(evidence - evidence.max(1, keepdims=True))  # the largest is 1: keeps exp in range
    kinds = likelihood.reshape(len(x), len(WAVES), -1).sum(2)
    return kinds / kinds.sum(1, keepdims=True)
