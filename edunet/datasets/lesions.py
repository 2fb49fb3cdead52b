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

texture="power_law": tissue in place of white noise, as a mammogram has it. The same numbers are filtered to a spectrum

    λ(f) ∝ |f|^-3,  λ(0) = λ(1/24 per px),  mean λ = 1      of the 24x24 periodic picture: the sd of a pixel stays 1

The covariance C is then circular, known exactly and inverted by Fourier transform, and the ideal observer prewhitens:
Σ x·t_k and Σ t_k² become xᵀC⁻¹t_k and t_kᵀC⁻¹t_k. The blur is not periodic and need not be.

confound="marker": a shortcut. A bright square of 3x3 pixels, 5 noise sd high, is added in the upper left corner of
90 % of the pictures with a lesion and of 5 % of the others. What can be seen is then x = y·t_k + m·M + noise, and

    Λ = Σ_m P(m|1)·p(x - m·M | lesion) / Σ_m P(m|0)·p(x - m·M | none)

A model that learns the marker does well here and fails on load(n, seed, confound=None): the same noise, places and
labels, no marker; there and in `risk_without_marker` only the lesion counts.

    truth                  unit          meaning
    risk                   probability   of a lesion, given the picture with all that is in it
    log_likelihood_ratio   1             ln Λ, of that risk
    row, col               px            k, counted from 0; -1 without lesion
    amplitude              noise sd      A; 0 without lesion
    mask (n,24,24)         True/False    True within 2s = 3 px of k, 29 pixels: 98 % of Σ t_k²; empty without lesion
    with confound="marker" also
    marker                 True/False    m
    risk_without_marker    probability   of a lesion, given the same picture less its marker: what the lesion says

Source: signal known statistically, H. H. Barrett, K. J. Myers, Foundations of Image Science, Wiley 2004, chapter 13.
The exponent 3: A. E. Burgess, F. L. Jacobson, P. F. Judy, Medical Physics 28 (2001) 419-437. A, s, the sizes and the
marker are invented for teaching.

What is unrealistic: noise, white or filtered, in place of tissue, and the filtered wraps around; one size, one shape
and one strength of lesion, centred on a pixel; at most one of them, half of the patients have it, the label is never
wrong, the border never hides it.

Measured with 200,000 pictures: best possible AUC 0.897 at A = 1.2 (the default), 0.965 at 1.5, 0.992 at 1.8. At
A = 1.2: the largest of the 256 sums 0.892, mean grey 0.69, logistic regression on the pixels of 8,000 pictures
0.71 to 0.72, as its weight decay is chosen. With the marker: best possible 0.981, marker alone 0.924,
lesion alone 0.897. In power-law noise, where the same blur hides, with 40,000: best possible 0.634 at A = 1.2, 0.843
at 2, 0.925 at 2.4, 0.973 at 2.8; at 2.4 the largest of the sums 0.924 if prewhitened, 0.634 if not.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from edunet.datasets.cohort import (
    BLOCK,
    Cohort,
    Drawn,
    KerasData,
    draw_patients,
    identify,
    real_number,
    sigmoid,
    split,
)
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "COLUMNS", "UNITS", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("no lesion", "lesion")
COLUMNS = ("grey",)
UNITS = {
    "grey": "noise sd", "risk": "probability", "log_likelihood_ratio": "1", "row": "px", "col": "px",
    "amplitude": "noise sd", "mask": "True/False", "marker": "True/False", "risk_without_marker": "probability",
}  # fmt: skip
NOTE = "SYNTHETIC: blurs in noise by edunet.datasets.lesions; no patient, no picture. Not for diagnosis."

SIDE = 24  # pixels
MARGIN = 4  # pixels between the border and the nearest centre
SPREAD = 1.5  # s, pixels
REACH = 2 * SPREAD  # of the mask, pixels
TEXTURES = ("white", "power_law")
CONFOUNDS = (None, "marker")
EXPONENT = 3  # of the power law
MARKED = (0.05, 0.90)  # P(marker | none), P(marker | lesion)
MARKER = np.zeros((SIDE, SIDE), np.float32)
MARKER[:3, :3] = 5  # noise sd


def load(
    n: int = 8000, seed: int = 0, *, amplitude: float = 1.2, texture: str = "white", confound: str | None = None
) -> Cohort:
    """Draw n SYNTHETIC pictures of noise, half of them with a lesion at an unknown place.

        x(u) = y·A·exp(-|u - k|²/2s²) + noise of sd 1 (+ a marker)      see the module

    The same seed gives the same places and labels whatever the options, and a larger n only adds pictures at the end.

    Arguments: n, number of pictures, at least 1; seed, a whole number from 0 up; amplitude, A in standard deviations
        of the noise, from 0 (nothing to see) to 100; texture, "white" or "power_law"; confound, None or "marker".
    Returns: `Cohort` with x (n,24,24,1) float32, y (n,) uint8, truth (see the top of this module).
    Raises: TypeError or ValueError if an argument is not such a number or none of these words.
    Source: Barrett & Myers 2004, chapter 13; Burgess, Jacobson & Judy 2001.

    >>> pictures = load(50, seed=0)
    >>> pictures.x.shape, pictures.class_names[pictures.y[0]]
    ((50, 24, 24, 1), 'lesion')
    >>> row, col = pictures.truth["row"][0], pictures.truth["col"][0]
    >>> bool(pictures.truth["mask"][0, row, col])
    True
    >>> load(50, seed=0, confound="marker").truth["marker"][:5]  # three lesions, two without
    array([ True,  True,  True, False, False])
    """
    amplitude = real_number("amplitude", amplitude, 0, 100, "load(amplitude=1.2)")
    texture, confound = one_of("texture", texture, TEXTURES), one_of("confound", confound, CONFOUNDS)
    draw = functools.partial(draw_block, amplitude=amplitude, texture=texture, confound=confound)
    drawn = draw_patients(draw, n, seed, options=1)
    x, y = drawn.pop("x"), drawn.pop("y")
    units = {name: UNITS[name] for name in (*COLUMNS, *drawn)}
    return Cohort(x, y, COLUMNS, units, *identify("L", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(
    n: int = 12_000, seed: int = 0, *, amplitude: float = 1.2, texture: str = "white", confound: str | None = None
) -> KerasData:
    """Draw the same SYNTHETIC pictures as `load`: two thirds to train, one third to test.

    Arguments: n, number of pictures, at least 2; seed, a whole number from 0 up; amplitude,
        texture and confound, as those of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,24,24,1) float32, y (..,) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 24, 24, 1), (10,))
    """
    return split(functools.partial(load, amplitude=amplitude, texture=texture, confound=confound), n, seed)


def one_of(name: str, value: object, words: tuple) -> Any:
    """Return value if it is one of the words, or say which there are."""
    if not (value is None or isinstance(value, str)):
        raise TypeError(f"{name} must be one of {words}. Received: {value!r} ({type(value).__name__}).")
    if value not in words:
        raise ValueError(f"{name} must be one of {words}. Received: {name}={value!r}. Type load({name}={words[-1]!r}).")
    return value


def profiles() -> np.ndarray:
    """(16,24): t_k along one axis for each centre, at A = 1; t_k(i,j) is the product of two of them."""
    centres = np.arange(MARGIN, SIDE - MARGIN)
    return np.exp(-((np.arange(SIDE) - centres[:, None]) ** 2) / (2 * SPREAD**2))


def spectrum() -> np.ndarray:
    """(24,13): the eigenvalues λ(f) of the covariance of power-law noise, in the order of rfft2; their mean is 1."""
    f = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE))
    f[0, 0] = 1 / SIDE  # the mean grey strays as much as the longest wave
    power = f**-EXPONENT
    return (power / power.mean())[:, : SIDE // 2 + 1]


def filtered(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Multiply the Fourier transform of pictures (m,24,24) by gain (24,13)."""
    return np.fft.irfft2(np.fft.rfft2(x.astype(float)) * gain, s=(SIDE, SIDE))


def draw_block(
    rng: np.random.Generator, rng_marker: np.random.Generator, amplitude: float, texture: str, confound: str | None
) -> Drawn:
    """Draw BLOCK pictures and look at them as the ideal observer does."""
    y = rng.integers(0, 2, BLOCK).astype(np.uint8)
    row, col = rng.integers(MARGIN, SIDE - MARGIN, (2, BLOCK))
    noise = rng.standard_normal((BLOCK, SIDE, SIDE), dtype=np.float32)
    if texture == "power_law":
        noise = filtered(noise, np.sqrt(spectrum()))
    g = profiles()
    lesion = y[:, None, None] * amplitude * g[row - MARGIN, :, None] * g[col - MARGIN, None, :]
    x = (lesion + noise).astype(np.float32)
    ratio = log_likelihood_ratio(x, amplitude, texture)
    seen: Drawn = {}
    if confound == "marker":
        marker = rng_marker.random(BLOCK) < np.array(MARKED)[y]
        seen = {"marker": marker, "risk_without_marker": sigmoid(ratio)}
        x += marker[:, None, None] * MARKER
        ratio = with_marker(x, amplitude, texture)
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
        **seen,
    }


def log_likelihood_ratio(x: np.ndarray, amplitude: float, texture: str = "white") -> np.ndarray:
    """Ln Λ of pictures x (m,24,24) without marker: log-mean-exp over the 256 places of the lesion."""
    g = profiles()
    if texture == "white":
        energy = (g**2).sum(1)
        energy = energy[:, None] * energy  # (16,16), Σ t_k² at A = 1
    else:
        t = g[:, None, :, None] * g[None, :, None, :]  # (16,16,24,24)
        energy = (filtered(t, 1 / spectrum()) * t).sum((2, 3))  # t_kᵀC⁻¹t_k
        x = filtered(x, 1 / spectrum())  # C⁻¹x
    evidence = amplitude * (g @ x @ g.T) - 0.5 * amplitude**2 * energy  # (m,16,16)
    evidence = evidence.reshape(len(x), -1)
    top = evidence.max(1, keepdims=True)  # keeps exp in range
    return top[:, 0] + np.log(np.exp(evidence - top).mean(1))


def with_marker(x: np.ndarray, amplitude: float, texture: str) -> np.ndarray:
    """Ln Λ of pictures x (m,24,24) that may hold a marker: it is summed out, as likely as each class has it."""
    white = MARKER if texture == "white" else filtered(MARKER, 1 / spectrum())  # C⁻¹M
    there = (x * white).sum((1, 2), dtype=float) - 0.5 * (MARKER * white).sum()  # ln p(x - M | none)/p(x | none)
    none, lesion = MARKED
    bare, less = (log_likelihood_ratio(part, amplitude, texture) for part in (x, x - MARKER))
    ill = np.logaddexp(np.log(lesion) + there + less, np.log(1 - lesion) + bare)
    return ill - np.logaddexp(np.log(none) + there, np.log(1 - none))
