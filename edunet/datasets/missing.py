"""Three reasons why a value is missing, as equations: by chance, by what is seen, by the value itself.

Cell j of patient i is hidden with probability q_ij, independently of the others, 20 % of the cells in all:

    mcar   q_ij = 0.2                           missing completely at random: a tube broke
    mar    q_ij = sigmoid(c + 1.5·s_i)          missing at random: s is a score that everybody sees, as the age
    mnar   q_ij = sigmoid(c + 1.5·v_ij)         missing not at random: v is the hidden value itself

s and v are standard normal, and c solves E[sigmoid(c + 1.5·v)] = 0.2, so c = -1.92. Who fills the gaps with the mean
errs under mar and mnar; who models the value from what is seen is right under mcar and mar; under mnar no model of the
seen values is, but the gap itself then tells something.

Sources: D. B. Rubin, Inference and missing data, Biometrika 63 (1976) 581-592, for the three kinds; R. M. Schouten,
P. Lugtig, G. Vink, Generating missing values for simulation purposes: a multivariate amputation procedure, Journal of
Statistical Computation and Simulation 88 (2018) 2909-2930, for hiding by a logistic curve.
"""

from __future__ import annotations

import functools

import numpy as np

from edunet.datasets.cohort import sigmoid

__all__ = ["MECHANISMS", "SHARE", "SLOPE", "check_mechanism", "hidden", "hiding_probability"]

MECHANISMS = ("mcar", "mar", "mnar")
SHARE = 0.2  # of the cells
SLOPE = 1.5  # of the logit, per standard deviation


def check_mechanism(missing: object) -> None:
    """Say which mechanisms there are, if missing is none of them, and not None."""
    if missing is not None and missing not in MECHANISMS:
        raise ValueError(
            f'missing must be None, "mcar", "mar" or "mnar". Received: missing={missing!r}. '
            'Type for example load(missing="mar").'
        )


def hiding_probability(mechanism: str, seen: np.ndarray, own: np.ndarray, share: float = SHARE) -> np.ndarray:
    """Give the probability that each cell is hidden.

        mcar share      mar sigmoid(c + 1.5·seen)      mnar sigmoid(c + 1.5·own)      see the module

    Arguments: mechanism, "mcar", "mar" or "mnar"; seen (n,), a standard normal score that is never hidden; own (n,k),
        the values that may be hidden, as standard normal scores; share of the cells to hide, between 0 and 1.
    Returns: (n,k).
    Raises: ValueError for another mechanism or share, or if the shapes do not fit.

    >>> old, values = np.array([-2.0, 2.0]), np.zeros((2, 1))
    >>> hiding_probability("mcar", old, values).ravel().tolist()
    [0.2, 0.2]
    >>> hiding_probability("mar", old, values).ravel().round(3).tolist()
    [0.007, 0.747]
    """
    if mechanism is None:
        raise ValueError('hiding needs a mechanism: "mcar", "mar" or "mnar". Received: None.')
    check_mechanism(mechanism)
    seen, own = np.asarray(seen, float), np.asarray(own, float)
    if own.ndim != 2 or seen.shape != own.shape[:1]:
        raise ValueError(
            f"hiding needs own (n,k) and seen (n,) of the same n. Received: own {own.shape}, seen {seen.shape}."
        )
    if not 0 < share < 1:
        raise ValueError(f"share of the cells to hide must be between 0 and 1. Received: {share}. Type share=0.2.")
    if mechanism == "mcar":
        return np.full(own.shape, float(share))
    score = own if mechanism == "mnar" else np.broadcast_to(seen[:, None], own.shape)
    return sigmoid(intercept(share) + SLOPE * score)


def hidden(
    mechanism: str, seen: np.ndarray, own: np.ndarray, rng: np.random.Generator, share: float = SHARE
) -> np.ndarray:
    """Draw which cells are hidden: (n,k) bool, each True with its `hiding_probability`.

    Arguments: as those of `hiding_probability`; rng, from which n·k numbers are drawn, whatever the mechanism.
    Raises: ValueError, as `hiding_probability`.

    >>> rng = np.random.default_rng(0)
    >>> z = rng.standard_normal((50_000, 3))
    >>> [round(float(hidden(name, z[:, 0], z[:, 1:], rng).mean()), 2) for name in MECHANISMS]
    [0.2, 0.2, 0.2]
    """
    q = hiding_probability(mechanism, seen, own, share)
    return rng.random(q.shape) < q


@functools.cache
def intercept(share: float) -> float:
    """Solve E[sigmoid(c + 1.5·v)] = share, v ~ N(0,1), by halving; expectation by 41 points of Gauss and Hermite."""
    v, weight = np.polynomial.hermite_e.hermegauss(41)
    low, high = -30.0, 30.0
    for _ in range(60):
        c = (low + high) / 2
        low, high = (c, high) if weight @ sigmoid(c + SLOPE * v) < share * weight.sum() else (low, c)
    return (low + high) / 2
