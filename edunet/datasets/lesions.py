"""A faint lesion somewhere in a noisy picture: the case for shared weights. SYNTHETIC.

The question: is there a lesion? Equations, for pixel u of a picture of 24x24:

    y ~ Bernoulli(½)                                     lesion or none
    t_k(u) = A·exp(-|u - k|²/2s²),  s = 1.5 px           a round blur around the pixel k
    k uniform on the 16x16 pixels in the middle          rows and columns 4 .. 19
    x(u) = y·t_k(u) + N(0, 1)                            white noise

The ideal observer knows all this except k, and sums it out; nobody can do better, and it is computed exactly:

    ln Λ = ln mean_k exp(Σ_u x(u)·t_k(u) - ½·Σ_u t_k(u)²)        risk = 1/(1 + 1/Λ)

Because t_k is a row times a column, all 256 sums Σ x·t_k are two products of matrices, G·X·Gᵀ. A convolution with one
filter 9x9, then log-mean-exp over the places, *is* this observer.

    truth                  unit          meaning
    risk                   probability   of a lesion, given the picture
    log_likelihood_ratio   1             ln Λ
    row, col               px            k, counted from 0; -1 without lesion
    amplitude              noise sd      A; 0 without lesion
    mask (n,24,24)         True/False    True within 2s = 3 px of k, 29 pixels: 98 % of Σ t_k²; empty without lesion

Source: signal known statistically, H. H. Barrett, K. J. Myers, Foundations of Image Science, Wiley 2004, chapter 13.
A, s and the sizes are invented for teaching.

What is unrealistic: white noise in place of tissue; one size, one shape and one strength of lesion, centred on a pixel;
at most one of them, half of the patients have it, the label is never wrong, the border never hides it.

Measured with 200,000 pictures: best possible AUC 0.897 at A = 1.2 (the default), 0.965 at 1.5, 0.992 at 1.8. At
A = 1.2: the largest of the 256 sums 0.892, mean grey 0.69, logistic regression on the pixels of 8,000 pictures
0.71 to 0.72, as its weight decay is chosen.
"""

from __future__ import annotations

import functools
import math

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

CLASS_NAMES = ("no lesion", "lesion")
COLUMNS = ("grey",)
UNITS = {
    "grey": "noise sd", "risk": "probability", "log_likelihood_ratio": "1", "row": "px", "col": "px",
    "amplitude": "noise sd", "mask": "True/False",
}  # fmt: skip
NOTE = "SYNTHETIC: blurs in white noise by edunet.datasets.lesions; no patient, no picture. Not for diagnosis."

SIDE = 24  # pixels
MARGIN = 4  # pixels between the border and the nearest centre
SPREAD = 1.5  # s, pixels
REACH = 2 * SPREAD  # of the mask, pixels


def load(n: int = 8000, seed: int = 0, *, amplitude: float = 1.2) -> Cohort:
    """Draw n SYNTHETIC pictures of noise, half of them with a lesion at an unknown place.

        x(u) = y·A·exp(-|u - k|²/2s²) + N(0, 1)      see the module

    The same seed gives the same noise and places, and a larger n only adds pictures at the end.

    Arguments: n, number of pictures, at least 1; seed, a whole number from 0 up; amplitude, A in standard deviations
        of the noise, from 0 (nothing to see) to 100.
    Returns: `Cohort` with x (n,24,24,1) float32, y (n,) uint8, truth (see the top of this module).
    Raises: TypeError or ValueError if an argument is not such a number.
    Source: Barrett & Myers 2004, chapter 13.

    >>> pictures = load(50, seed=0)
    >>> pictures.x.shape, pictures.class_names[pictures.y[0]]
    ((50, 24, 24, 1), 'lesion')
    >>> row, col = pictures.truth["row"][0], pictures.truth["col"][0]
    >>> bool(pictures.truth["mask"][0, row, col])
    True
    """
    drawn = draw_patients(functools.partial(draw_block, amplitude=strength(amplitude)), n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("L", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC pictures as `load`: two thirds to train, one third to test.

    Arguments: n, number of pictures, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,24,24,1) float32, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 24, 24, 1), (10,))
    """
    return split(load, n, seed)


def strength(amplitude: object) -> float:
    """Return the amplitude as a float, or say what is wrong with it."""
    example = "Type for example load(amplitude=1.2)."
    if isinstance(amplitude, bool) or not isinstance(amplitude, (int, float, np.integer, np.floating)):
        raise TypeError(f"amplitude must be a number. Received: {amplitude!r} ({type(amplitude).__name__}). {example}")
    if not (math.isfinite(amplitude) and 0 <= amplitude <= 100):
        raise ValueError(f"amplitude must lie between 0 and 100. Received: amplitude={amplitude}. {example}")
    return float(amplitude)


def profiles() -> np.ndarray:
    """(16,24): t_k along one axis for each centre, at A = 1; t_k(i,j) is the product of two of them."""
    centres = np.arange(MARGIN, SIDE - MARGIN)
    return np.exp(-((np.arange(SIDE) - centres[:, None]) ** 2) / (2 * SPREAD**2))


def draw_block(rng: np.random.Generator, amplitude: float) -> Drawn:
    """Draw BLOCK pictures and look at them as the ideal observer does."""
    y = rng.integers(0, 2, BLOCK).astype(np.uint8)
    row, col = rng.integers(MARGIN, SIDE - MARGIN, (2, BLOCK))
    noise = rng.standard_normal((BLOCK, SIDE, SIDE), dtype=np.float32)
    g = profiles()
    lesion = y[:, None, None] * amplitude * g[row - MARGIN, :, None] * g[col - MARGIN, None, :]
    x = (lesion + noise).astype(np.float32)
    ratio = log_likelihood_ratio(x, amplitude)
    axis = np.arange(SIDE)
    distance = np.hypot(axis[:, None] - row[:, None, None], axis - col[:, None, None])
    return {
        "x": x[..., None],
        "y": y,
        "risk": sigmoid(ratio),
        "log_likelihood_ratio": ratio,
        "row": np.where(y, row, -1),
        "col": np.where(y, col, -1),
        "amplitude": y * amplitude,
        "mask": (distance <= REACH) & (y == 1)[:, None, None],
    }


def log_likelihood_ratio(x: np.ndarray, amplitude: float) -> np.ndarray:
    """Ln Λ of pictures x (m,24,24): log-mean-exp over the 256 places of the lesion."""
    g = profiles()
    energy = (g**2).sum(1)
    evidence = amplitude * (g @ x @ g.T) - 0.5 * amplitude**2 * energy[:, None] * energy  # (m,16,16)
    evidence = evidence.reshape(len(x), -1)
    top = evidence.max(1, keepdims=True)  # keeps exp in range
    return top[:, 0] + np.log(np.exp(evidence - top).mean(1))
