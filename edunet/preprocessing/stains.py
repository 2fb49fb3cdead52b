"""Stained sections made comparable: what haematoxylin and eosin look like in this image, and the same image restained.

    OD = −ln(I/white)                              optical density (Beer and Lambert): stains add in it
    OD ≈ c_H·v_H + c_E·v_E                         so all pixels lie in a plane through 0, between two directions
    plane    the two largest right singular vectors of the pixels with ‖OD‖ > β
    v_E, v_H the directions in it at the 1st and 99th percentile of the angle, for the outermost pixels are noise
    c        least squares;  c' = c · (99th percentile of the reference / that of this image)
    I' = white · exp(−c'_H·v'_H − c'_E·v'_E)       with the vectors v' of the reference

β = 0.15 in logarithms to the base 10 is the paper's. Pixels are kept by the length of OD: to ask for β in each of red,
green and blue, as is often done, throws away pink pixels, for eosin takes little red, and the eosin found is then 17 to
34 degrees off on `datasets.phantoms`. By length it is less than 2 degrees off there and haematoxylin less than 4, and
fields of seven laboratories, 5 to 14 grey levels away from the same fields stained by the eighth, come within 2.
Source: M. Macenko et al., A method for normalizing histology slides for quantitative analysis, IEEE International
Symposium on Biomedical Imaging (2009) 1107-1110.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.given import array_of

__all__ = ["REFERENCE", "Stains", "macenko", "stains_of"]

BETA = 0.15 * math.log(10)  # ‖OD‖ below which a pixel counts as glass
ALPHA = 1.0  # per cent of the pixels on each side that are taken for noise
STAINED, FEWEST = 0.01, 25  # share of the pixels that must be stained, and so many of them at least
APART = 8.0  # degrees: nearer than that the two are one stain and noise; H&E are 20 to 60 apart


class Stains(NamedTuple):
    """What a laboratory's stains look like: unit vectors (2,3) of haematoxylin and eosin in red, green, blue; amounts.

    amounts (2,): the 99th percentile of how much of each there is.
    """

    vectors: np.ndarray
    amounts: np.ndarray


# The section to which M. Veta's implementation of the paper normalises: github.com/mitkovetta/staining-normalization
REFERENCE = Stains(np.array([[0.5626, 0.7201, 0.4062], [0.2159, 0.8012, 0.5581]]), np.array([1.9705, 1.0308]))


def macenko(image, reference=None, white=None) -> np.ndarray:
    """Restain a section by haematoxylin and eosin as the reference is stained.

        I' = white · exp(−c'_H·v'_H − c'_E·v'_E)      see the module
    Args: image (H,W,3) or (N,H,W,3), each treated by itself, RGB, uint8 or floats from 0 to 1; reference, `Stains` or
    an image of the laboratory that all shall look like (several are taken together); if its glass is not white,
    stains_of(theirs, white=240); without, Veta's section; white, the brightness of empty glass in image, 255 or 1.0 if
    not given.
    Returns an array of the same shape and dtype. Raises ValueError for grey and blank images, for one stain alone, and
    for other shapes, kinds and values of pixels, with what to type.

    The usual misuse: white=None where glass shines at 240: the grey is taken for stain, and eosin is off by 5 degrees;
    to normalise other stains than these two, or images of almost nothing but glass or blood; to forget that the amounts
    of every image are stretched to those of the reference, also where paleness is the finding; to believe that a model
    now serves every laboratory: test it on one that it has not met.
    Source: Macenko et al. (2009); see the module.

    >>> h, e = np.meshgrid(np.linspace(0, 1, 20), np.linspace(0, 1, 20))
    >>> ours = np.exp(-np.stack([h, e], -1) @ np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11]]))
    >>> theirs = np.exp(-np.stack([h, e], -1) @ np.array([[0.55, 0.63, 0.26], [0.02, 1.15, 0.16]]))
    >>> restained = macenko(theirs, reference=ours)
    >>> float(np.abs(theirs - ours).max().round(2)), float(np.abs(restained - ours).max().round(2))
    (0.08, 0.0)
    """
    x = _pixels("macenko", image)
    top = _white("macenko", x, white)
    if reference is None:
        reference = REFERENCE
    elif not isinstance(reference, Stains):
        reference = stains_of(reference)
    batch = x if x.ndim == 4 else x[None]
    made = np.empty_like(batch)
    for n, one in enumerate(batch):
        density = _density(one, top)
        own = _stains("macenko", density, f"image {n}" if x.ndim == 4 else "the image")
        amounts = density @ np.linalg.pinv(own.vectors) * (reference.amounts / own.amounts)
        light = np.clip(top * np.exp(-amounts @ reference.vectors), 0, _top(x)).reshape(one.shape)
        made[n] = np.rint(light) if x.dtype == np.uint8 else light
    return made if x.ndim == 4 else made[0]


def stains_of(image, white=None) -> Stains:
    """Find what haematoxylin and eosin look like in an image, or in several of one laboratory taken together.

    Args: image (H,W,3) or (N,H,W,3), RGB, uint8 or floats from 0 to 1; white, the brightness of empty glass, 255 or 1.0
    if not given.
    Returns `Stains`, haematoxylin first: it takes more red. Raises ValueError as `macenko` does.
    Source: Macenko et al. (2009); see the module.

    >>> h, e = np.meshgrid(np.linspace(0, 1, 20), np.linspace(0, 1, 20))
    >>> image = np.exp(-np.stack([h, e], -1) @ np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11]]))
    >>> stains_of(image).vectors.round(2)
    array([[0.65, 0.7 , 0.29],
           [0.07, 0.99, 0.11]])
    """
    x = _pixels("stains_of", image)
    return _stains("stains_of", _density(x, _white("stains_of", x, white)), "the image")


def _stains(name: str, density: np.ndarray, which: str) -> Stains:
    """Return the stains of pixels (n,3) in optical density."""
    stained = density[np.linalg.norm(density, axis=1) > BETA]
    if len(density) < FEWEST:
        raise ValueError(f"{name}: {which} has {len(density)} pixels, too few for two stains: give a larger field.")
    if len(stained) < max(FEWEST, STAINED * len(density)):
        raise ValueError(
            f"{name}: {which} is blank: only {len(stained):,} of {len(density):,} pixels are stained. Leave out images "
            "of glass, of x (N,H,W,3): x[(x.min(axis=-1) < 0.7 * x.max()).mean(axis=(1, 2)) > 0.05]."
        )
    _, _, right = np.linalg.svd(stained.T @ stained)  # the same right vectors as of the pixels, from a 3 × 3 table
    plane = right[:2] * np.sign(right[:2].sum(axis=1, keepdims=True) + 1e-300)  # the first one looks where pixels are
    along, across = plane @ stained.T
    angles = np.percentile(np.arctan2(across, along), [ALPHA, 100 - ALPHA])
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]) @ plane
    if math.degrees(angles[1] - angles[0]) < APART:
        raise ValueError(
            f"{name}: {which} holds one stain, not two: all pixels have nearly the same hue. Expected a section by "
            "haematoxylin and eosin: leave this one out, or give a larger field."
        )
    vectors = vectors[np.argsort(-vectors[:, 0])]
    amounts = np.percentile(density @ np.linalg.pinv(vectors), 99, axis=0)
    return Stains(vectors, amounts)


def _density(x: np.ndarray, white: float) -> np.ndarray:
    """Return −ln(I/white) of all pixels (n,3); black counts as 1 of 255."""
    light = x.reshape(-1, 3).astype(np.float64)
    return -np.log(np.maximum(light, _top(x) / 255) / white)


def _top(x: np.ndarray) -> float:
    return 255.0 if x.dtype == np.uint8 else 1.0


def _white(name: str, x: np.ndarray, white) -> float:
    if white is None:
        return _top(x)
    if (
        isinstance(white, bool)
        or not isinstance(white, (int, float, np.integer, np.floating))
        or not 0 < white <= _top(x)
    ):
        raise ValueError(f"{name}: white, of empty glass, is > 0 and at most {_top(x):g}. Received: {white!r:.40}.")
    return float(white)


def _pixels(name: str, image) -> np.ndarray:
    """Return the image, or say what is wrong with its shape, its kind or its colours."""
    x = array_of(name, "image", image)
    if x.ndim not in (3, 4) or x.shape[-1] != 3 or 0 in x.shape:
        raise ValueError(f"{name}: expected RGB, (H,W,3) or (N,H,W,3). Received shape {x.shape}.{_repair(x)}")
    if x.dtype != np.uint8 and x.dtype.kind != "f":
        raise ValueError(
            f"{name}: pixels are uint8, or floats from 0 to 1. Received: {x.dtype}. Type x.astype(np.uint8) for 0 to "
            "255, x / 65535 for 16 bits."
        )
    if x.dtype.kind == "f" and not ((x >= 0) & (x <= 1)).all():  # NaN neither
        raise ValueError(f"{name}: floats go from 0 to 1. Received: {x.min():g} to {x.max():g}. Type x / 255, no NaN.")
    if (x.max(axis=-1) == x.min(axis=-1)).all():
        raise ValueError(f"{name}: the image is grey: red, green and blue are equal. Stains need colours: load RGB.")
    return x


def _repair(x: np.ndarray) -> str:
    if x.ndim in (3, 4) and x.shape[-1] == 4:
        return " Leave the transparency out: x[..., :3]."
    if x.ndim in (3, 4) and x.shape[-3] == 3:
        return " Colours come last: np.moveaxis(x, -3, -1)."
    if x.ndim == 2 or x.shape[-1:] == (1,):
        return " The image is grey. Stains need the colours: load RGB, not grey."
    return ""
