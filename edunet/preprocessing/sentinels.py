"""Numbers that stand for "not measured": -9, 99, -999, and a zero where nobody has zero. One column at a time.

Laboratories and statistical offices write such codes into a column of numbers; a network learns them as measurements.
`edunet.preprocessing.audit` and `Model.doctor` both ask here.
"""

from __future__ import annotations

import numpy as np

__all__ = ["CODES", "codes_in", "spikes_in", "zeros_stand_apart"]

CODES = (-1, *(sign * n for n in (9, 99, 999, 9999, 99999) for sign in (-1, 1)), 888, -888, 8888, -8888)
OFTEN = 3  # the same number so many times
FAR = 5  # standard deviations of the rest, from its mean
GAP = 0.5  # of the range of the rest, to its next value
GAP_BELOW_ZERO = 0.05  # enough where nothing else is negative
MANY = 20  # different values that a column has where -1 can be no class or score of its own
SPIKE = 10  # times a code is there, at least
HIGHER = 5  # times as often as any other value
STEPS = 5  # of the usual step between small values, from 0 to the smallest of them
BAND = 0.2  # of the middle value, to the smallest: the values are a band far from 0
SHARE, MANY_STEPS, FADING = 0.1, 10, 0.05  # of the values are zeros: then it may be nearer, if it is further in steps
SMALLEST = 20  # different values among which the usual step is looked up


def codes_in(values) -> list[int]:
    """Return the codes of CODES that stand for a missing value in one column, from outside inwards.

    A code is the smallest or largest value, at least 3 times there, and either the only negative number of a column
    that is otherwise 0 or more, or half a range and 5 standard deviations from all others.

    Args: values (N,), numbers; NaN and infinities are passed over.

    >>> codes_in([61.0, 72.5, -9, 58.0, -9, 66.5, -9, 70.0])
    [-9]
    """
    codes: list[int] = []
    values = np.asarray(values, np.float64)
    values = np.sort(values[np.isfinite(values)])
    while len(values):
        outer = [end for end in (values[0], values[-1]) if end in CODES and _is_code(values, end)]
        if not outer:
            break
        codes.append(int(outer[0]))
        values = values[values != outer[0]]
    return codes


def _is_code(values, code: float) -> bool:
    """Tell whether the smallest or largest of sorted values is far from all others, and there often."""
    rest = values[values != code]
    if len(values) - len(rest) < OFTEN or not len(rest) or rest[0] == rest[-1]:
        return False
    gap, spread = (rest[0] - code if code < rest[0] else code - rest[-1]), rest[-1] - rest[0]
    alone = code < 0 <= rest[0] and (code < -1 or len(np.unique(rest)) >= MANY)  # the only one below zero
    if alone and (gap > GAP_BELOW_ZERO * spread or (rest != np.floor(rest)).any()):
        return True
    return code != -1 and gap > GAP * spread and abs(code - rest.mean()) > FAR * rest.std()


def spikes_in(values) -> list[int]:
    """Return the codes of two digits and more that are among the values of one column, but far more often than others.

    Such a code is there at least 10 times, and 5 times as often as any other value: 999 of an insulin that reaches 900.

    Args: values (N,), numbers; NaN and infinities are passed over.

    >>> spikes_in([*range(14, 1200, 3), *[999] * 20])
    [999]
    """
    values = np.asarray(values, np.float64)
    different, count = np.unique(values[np.isfinite(values)], return_counts=True)
    is_code = np.isin(different, CODES) & (np.abs(different) > 9)
    usual = count[~is_code].max(initial=0)
    return [int(code) for code in different[is_code & (count >= SPIKE) & (count >= HIGHER * usual)] if usual]


def zeros_stand_apart(values) -> bool:
    """Tell whether the zeros of one column are cut off from its other values, as no measurement is.

    That is so where nothing is negative, at least 20 other values are different, and either the smallest of them is a
    fifth of the middle one and 5 times the usual step between the smallest 20; or it is a twentieth and 10 times, and
    zeros are a tenth of all. Counts (0, 1, 2, ...) and amounts that fade out towards 0 are not cut off. At these
    thresholds the zeros of the Pima set are found (5 to 374 of 768), and those of the Wisconsin set are not, where a
    nucleus without dents has none.

    Args: values (N,), numbers; NaN and infinities are passed over.

    >>> bmi = np.r_[np.linspace(18, 45, 100), 0, 0, 0]
    >>> zeros_stand_apart(bmi), zeros_stand_apart(bmi - 18)
    (True, False)
    """
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    other = np.unique(values)
    if not len(other) or other[0] != 0 or len(other) <= MANY:
        return False
    least, middle = other[1], np.median(values[values > 0])
    steps = least / np.median(np.diff(other[1 : SMALLEST + 1]))
    often = (values == 0).mean() >= SHARE and steps >= MANY_STEPS and least >= FADING * middle
    return bool(often or (steps >= STEPS and least >= BAND * middle))
