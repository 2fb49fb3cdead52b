"""Was the right area drawn? Overlap of masks, case by case."""

import math

import numpy as np

from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.means import mean_estimate
from edunet.metrics.labels import check_answers
from edunet.preprocessing.splits_groups import numbered

__all__ = ["dice", "iou", "over_cases", "two_masks"]


def dice(mask, prediction) -> Estimate:
    """Return twice the common area over the sum of both areas, of one case.

        Dice = 2 |A ∩ B| / (|A| + |B|)              both empty: 1, rightly nothing was drawn; one empty: 0
    Args: mask, the truth, and prediction, of one case, both (H,W) or (D,H,W), 0 or 1. Raises ValueError for other
    values (probabilities, 255, several classes) and for shapes that differ.
    The usual misuse: counting the pixels of all cases together, as `metrics.DiceScore` does in training: one large
    lesion then hides ten small ones that were missed. Average over cases: `over_cases([dice(m, p) for m, p in ...])`.
    Dice is harder for small areas: one pixel missed costs 0.2 of a lesion of 3 pixels, nothing of a liver. With many
    empty cases, the rule for them decides the mean: report detection apart.
    Source: Dice, Measures of the amount of ecologic association between species (1945); Maier-Hein et al., Metrics
    reloaded (2024).

    >>> dice([[1, 1, 0, 0]], [[1, 0, 1, 0]])
    0.500, n = 1
    >>> float(dice([[0, 0]], [[0, 0]]))
    1.0
    """
    a, b = two_masks("dice", mask, prediction)
    both = np.count_nonzero(a) + np.count_nonzero(b)
    return Estimate(2 * np.count_nonzero(a & b) / both if both else 1.0, n=1, how="one case; both masks empty: 1")


def iou(mask, prediction) -> Estimate:
    """Return the common area over the joint area (intersection over union, Jaccard), of one case.

        IoU = |A ∩ B| / |A ∪ B| = Dice / (2 − Dice)              both empty: 1; one empty: 0
    Args and errors as for `dice`. The usual misuse: comparing an IoU with another paper's Dice: 0.82 and 0.90 are the
    same drawing.
    Source: Jaccard, Distribution de la flore alpine (1901).

    >>> round(iou([[1, 1, 0, 0]], [[1, 0, 1, 0]]), 3)
    0.333
    """
    a, b = two_masks("iou", mask, prediction)
    joint = np.count_nonzero(a | b)
    return Estimate(np.count_nonzero(a & b) / joint if joint else 1.0, n=1, how="one case; both masks empty: 1")


def over_cases(values, *, groups=None, bounds=(0.0, math.inf)) -> Estimate:
    """Return the mean of a measure over cases, with the interval in which the mean of all such cases lies.

        x̄ ± t s / √n              Student's t with n − 1 degrees of freedom
    Args: values (N,), one for each case, as `dice` or `hausdorff95` return them; groups (N,), whose each case is: the
    cases of a patient are averaged first, n is then the number of patients; bounds, what the measure cannot leave, for
    Dice and IoU (0, 1), at which the interval is cut.
    A case that could not be computed (nan) is left out, and `how` says how many were. Undefined if none is left.
    Raises ValueError for an infinite value.
    The usual misuse: a mean distance of the cases that have one. A lesion that was missed altogether has none, so that
    missing more makes the mean better: state how many, beside it.
    Source: Student, The probable error of a mean (1908).

    >>> over_cases([0.9, 0.7, 0.8], bounds=(0, 1))
    0.800 [0.552 to 1.000], n = 3
    """
    values = list(values) if hasattr(values, "__iter__") else [[values]]
    if any(np.ndim(v) for v in values):
        raise ValueError("over_cases: expected one number for each case, such as [dice(m, p) for m, p in zip(...)].")
    why = next((v.why for v in values if isinstance(v, Estimate) and v.why), "")
    numbers = np.asarray([float(v) for v in values])
    there = ~np.isnan(numbers)
    check_answers("over_cases", numbers[there], finite=True)
    how = "mean over cases, Student's t"
    if not there.all():
        how += f"; {np.count_nonzero(~there)} of {len(numbers)} cases left out{': ' * bool(why)}{why}"
    if not there.any():
        return undefined(why or "no case has a value", 0, how)
    numbers = numbers[there]
    if groups is not None:
        whose, _ = numbered("over_cases", groups, len(there))
        _, whose = np.unique(whose[there], return_inverse=True)
        numbers = np.bincount(whose, weights=numbers) / np.bincount(whose)
        how = how.replace("over cases", "over patients", 1)
    return mean_estimate(numbers, how, bounds)


def two_masks(what: str, mask, prediction) -> tuple[np.ndarray, np.ndarray]:
    """Return both masks of a case as bool, or say what is wrong with them."""
    a, b = _mask(what, "mask", mask), _mask(what, "prediction", prediction)
    if a.shape != b.shape:
        raise ValueError(f"{what}: mask and prediction are alike in shape. Received {a.shape} and {b.shape}.")
    if a.ndim not in (2, 3):
        raise ValueError(
            f"{what}: expected one case, (H, W) or (D, H, W). Received shape {a.shape}. For many cases type "
            f"over_cases([{what}(m, p) for m, p in zip(masks, predictions)])."
        )
    if a.ndim == 3 and a.shape[-1] == 1:
        raise ValueError(f"{what}: of shape {a.shape} the last axis is a channel. Type mask[..., 0] of both.")
    return a, b


def _mask(what: str, name: str, given) -> np.ndarray:
    mask = np.asarray(given)
    if mask.dtype == bool:
        return mask
    if mask.dtype.kind not in "iuf":
        raise ValueError(f"{what}: {name} is 0 or 1. Received an array of {mask.dtype}.")
    other = (mask != 0) & (mask != 1)
    if other.any():
        values = mask[other]
        if np.isnan(values).any():
            repair = "NaN is neither"
        elif values.min() > 0 and values.max() < 1:
            repair = f"Probabilities are cut: {name} > 0.5"
        elif (values == 255).all():
            repair = f"Of a picture type {name} > 0"
        else:
            repair = f"Of several classes take one: {name} == k"
        raise ValueError(
            f"{what}: {name} is 0 or 1. Received {values.size} of {mask.size} other values, such as "
            f"{values.flat[0]:g}. {repair}."
        )
    return mask.astype(bool)
