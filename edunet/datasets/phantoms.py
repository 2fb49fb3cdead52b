"""Pictures whose every pixel is known: heads in a CT scanner, stained sections, glowing cells. SYNTHETIC.

The questions: where is the nodule (kind="ct", the default)? is this field malignant, and where are its nuclei
("histology")? where are the cells, and how many ("cells")?

ct            Ellipses after Shepp and Logan, every head a little different, with 0 to 3 nodules. The scanner:

    p(θ,s) = ∫ µ along the ray,  N ~ Poisson(N0·e^-p),  µ̂ = filtered back-projection of -ln(max(N,1)/N0)

    60 views of 64 rays; N0 is `dose`, and `edunet.datasets.phantoms_ct` tells at which of them the noise is seen.
    The functions are public: `project`, `count_photons`, `reconstruct`, `render`.

histology     N ~ Poisson(λ) nuclei, ellipses with ln area ~ N(m, s²), eccentricity ~ Beta(a,b), set down one by one on
              squares of 2 µm that are at least 7 µm apart, anywhere in the square; a malignant one is four times as
              likely on a square within 14 µm of another. The light: I = exp(-h·v_H - e·v_E), `stain`, `unmix`.

                           λ    m     s     a    b      mean eccentricity
              benign       30   3.6   0.2   10   10     0.5
              malignant    45   3.9   0.4   14    6     0.7

cells         up to 12 discs of radius r and brightness A, at least a pixel apart; d is the distance to the middle:
              A·exp(-max(d - r, 0)²/2σ²), σ = 1.2 px, on 0.10, with noise of sd 0.08. In the mask no two cells share a
              side of a pixel, but some meet at a corner: count with 4 neighbours; 8 miscount 3.5 % of the fields.

    kind        x                            y
    ct          (n,64,64,1) float32, 1/cm    (n,64,64,1) uint8, 1 in a nodule; a pixel is 3.1 mm, water 0.2/cm
    histology   (n,96,96,3) uint8            (n,) uint8, benign or malignant; a pixel is 1 µm
    cells       (n,64,64,1) float32, 1       (n,64,64,1) uint8, 1 in a cell: d ≤ r

    truth of ct                      unit         meaning
    clean (n,64,64)                  1/cm         µ at the middle of each pixel
    count                            nodules
    ellipses (n,3,6)                 see project  of the nodules: A, a, b, x, y, turn; NaN where there is none
    truth of histology
    risk                             probability  of malignant, given the true list of nuclei
    log_likelihood_ratio             1            of that list, ln Λ
    mask (n,96,96)                   True/False   nuclei
    count                            nuclei
    row, col, area, eccentricity (n,90)   px, px, µm², 1    of each nucleus in the order they were set; then NaN
    truth of cells
    clean (n,64,64)                  1            the picture without noise
    count                            cells
    row, col, radius (n,12)          px           NaN where there is none

`risk` is an upper bound: it knows number, places, order, areas and eccentricities exactly, which no eye does in a
picture where nuclei are blurred, cut and overlap. It is exact for that list: the chance of each next place is a
ratio of two sums over a grid of 2 µm, and nothing else in the picture depends on the class. Segmentation has no such
figure, so ct and cells have no `oracle_score`; their best Dice is below 1 because noise and blur hide where a border
runs. What one threshold reaches, the best for all pictures: cells 0.73, smoothed 0.76, without noise 0.76, for they
are not equally bright; nodules, looked for well within the skull, 0.85. For cleaning pictures the best is
truth["clean"], with an error of 0.

Source: L. A. Shepp, B. F. Logan, IEEE Transactions on Nuclear Science 21 (1974) 21-43; contrast of P. Toft, The Radon
Transform, thesis, Technical University of Denmark 1996; A. C. Kak, M. Slaney, Principles of Computerized Tomographic
Imaging, IEEE Press 1988, chapter 3; A. C. Ruifrok, D. A. Johnston, Analytical and Quantitative Cytology and Histology
23 (2001) 291-299. Nodules, nuclei and cells are invented for teaching.

What is unrealistic: a head is ten ellipses, its skull attenuates twice as much as bone and its nodules stand out by
hundreds of Hounsfield units; one X-ray energy, no scatter, no motion, a coarse grid. Nuclei differ between the
classes far more, and more evenly, than in patients; glands, other cells and mitoses are missing. Cells glow evenly and
none covers another.

Measured with 1,000 histology fields: best possible AUC 1.0000 (the list decides every case), count of nuclei alone
0.96; what is hard are the masks and the laboratories. Filtered back-projection of the exact noiseless sinogram of Shepp
and Logan's head strays from it by 0.086 (64 pixels, 60 views), 0.060 (128 pixels, 180 views), 0.044 (256, 360), root
mean square where the skull is 1, most of it at the skull's edge. A thousand CT pictures take 1.0 s of one core, cells
0.6 s, histology 4.3 s.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

import numpy as np

from edunet.datasets import phantoms_cells, phantoms_heads, phantoms_histology
from edunet.datasets.cohort import Cohort, Drawn, KerasData, draw_patients, identify, split, whole_number
from edunet.datasets.oracle import Oracle
from edunet.datasets.oracle import oracle_score as best_score
from edunet.datasets.phantoms_ct import SHEPP_LOGAN, count_photons, project, reconstruct, render
from edunet.datasets.phantoms_histology import LABORATORIES, stain, unmix

__all__ = [
    "CLASS_NAMES", "COLUMNS", "KINDS", "UNITS", "load", "load_data", "oracle_score",
    "SHEPP_LOGAN", "count_photons", "project", "reconstruct", "render",  # tomography
    "stain", "unmix",  # histology
]  # fmt: skip

KINDS = ("ct", "histology", "cells")
CLASS_NAMES = {"ct": ("no nodule", "nodule"), "histology": ("benign", "malignant"), "cells": ("background", "cell")}
COLUMNS = {"ct": ("attenuation",), "histology": ("red", "green", "blue"), "cells": ("brightness",)}
UNITS = {
    "ct": {"attenuation": "1/cm", "clean": "1/cm", "count": "nodules", "ellipses": "1/cm, 10 cm (four), degrees"},
    "histology": {
        "red": "0 .. 255", "green": "0 .. 255", "blue": "0 .. 255", "risk": "probability", "log_likelihood_ratio": "1",
        "mask": "True/False", "count": "nuclei", "row": "px", "col": "px", "area": "µm²", "eccentricity": "1",
    },
    "cells": {"brightness": "1", "clean": "1", "count": "cells", "row": "px", "col": "px", "radius": "px"},
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.phantoms from geometry; no patient, no picture. Not for diagnosis."
DOSE = 100_000.0  # photons per ray


def load(
    n: int = 8000, seed: int = 0, *, kind: str = "ct", dose: float | None = None, laboratories: int | None = None
) -> Cohort:
    """Draw n SYNTHETIC pictures of a kind with their masks.

    The same seed gives the same pictures, and a larger n only adds some at the end. A thousand are drawn together, so
    the first takes as long as the thousandth.

    Arguments: n, number of pictures, at least 1; seed, a whole number from 0 up; kind, "ct", "histology" or "cells";
        dose, only of "ct", photons per ray N0 from 100 to 10¹² (None: 100,000); laboratories, only of "histology", 1 to
        8 of them stain, each in its own shade, in equal shares (None: 1); they are `site`.
    Returns: `Cohort`; the forms of x, y and truth of each kind stand at the top of this module.
    Raises: TypeError or ValueError if an argument is not such a number or word, or not one of this kind.
    Source: see the top of this module.

    >>> heads = load(3, seed=1)
    >>> heads.x.shape, heads.y.shape, heads.units["attenuation"]
    ((3, 64, 64, 1), (3, 64, 64, 1), '1/cm')
    """
    if not isinstance(kind, str):
        raise TypeError(f"kind must be one of {KINDS}. Received: {kind!r} ({type(kind).__name__}).")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}. Received: kind={kind!r}. Type load(kind='cells').")
    for name, value, owner in (("dose", dose, "ct"), ("laboratories", laboratories, "histology")):
        if value is not None and kind != owner:
            raise ValueError(f"{name} belongs to kind={owner!r}. Received: {name}={value!r} with kind={kind!r}.")
    drawn = draw_patients(drawer(kind, dose, laboratories), n, seed, options=1)
    x, y = drawn.pop("x"), drawn.pop("y")
    patient_id, site = identify("P", len(y), seed)
    site = drawn.pop("site", site)
    return Cohort(x, y, COLUMNS[kind], dict(UNITS[kind]), patient_id, site, drawn, CLASS_NAMES[kind], NOTE)


def load_data(
    n: int = 3000, seed: int = 0, *, kind: str = "ct", dose: float | None = None, laboratories: int | None = None
) -> KerasData:
    """Draw the same SYNTHETIC pictures as `load`: two thirds to train, one third to test.

    Arguments: n, number of pictures, at least 2; seed, a whole number from 0 up; kind, dose and laboratories, as those
        of `load`.
    Returns: (x_train, y_train), (x_test, y_test), for an encoder-decoder, as their y are masks; for "histology" for a
        classifier. The forms of x and y of each kind stand at the top of this module.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 64, 64, 1), (10, 64, 64, 1))
    """
    return split(functools.partial(load, kind=kind, dose=dose, laboratories=laboratories), n, seed)


def oracle_score(truth: Mapping[str, np.ndarray], metric: str | None = None) -> Oracle:
    """Give the best expected score on histology, as `edunet.datasets.oracle.oracle_score`; ct and cells have none.

    Arguments: truth, of load(kind="histology"); metric, "auc" unless given.
    Raises: TypeError if truth is that of ct or of cells; else as that function.

    >>> round(oracle_score({"risk": np.array([0.1, 0.1, 0.8])}, "accuracy").score, 4)
    0.8667
    """
    if isinstance(truth, Mapping) and "clean" in truth:
        raise TypeError(
            "oracle_score: only kind='histology' has a best possible score. Received: the truth of kind="
            f"{'ct' if 'ellipses' in truth else 'cells'!r}, whose y are masks: their best Dice is below 1 and not "
            "known, a picture cleaned perfectly is truth['clean']. Type oracle_score(load(kind='histology').truth)."
        )
    return best_score(truth, metric)


def drawer(kind: str, dose: object, laboratories: object) -> Callable[..., Drawn]:
    """Return what draws a block of this kind with its options, from two generators."""
    if kind == "ct":
        photons = DOSE if dose is None else checked_dose(dose)
        return lambda rng, _: phantoms_heads.draw_block(rng, photons)
    if kind == "cells":
        return lambda rng, _: phantoms_cells.draw_block(rng)
    count = whole_number("laboratories", 1 if laboratories is None else laboratories, 1)
    if count > LABORATORIES:
        raise ValueError(f"laboratories must be at most {LABORATORIES}. Received: laboratories={count}.")
    return functools.partial(phantoms_histology.draw_block, laboratories=count)


def checked_dose(dose: object) -> float:
    """Return the dose as a float, or say what is wrong with it."""
    example = "Type for example load(dose=1e4)."
    if isinstance(dose, bool) or not isinstance(dose, (int, float, np.integer, np.floating)):
        raise TypeError(f"dose must be a number of photons. Received: {dose!r} ({type(dose).__name__}). {example}")
    if not (math.isfinite(dose) and 100 <= dose <= 1e12):
        raise ValueError(f"dose must lie between 100 and 1e12 photons per ray. Received: dose={dose}. {example}")
    return float(dose)
