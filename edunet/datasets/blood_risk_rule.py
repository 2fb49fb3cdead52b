"""The rule of blood_risk, and what it says of a patient whose panel has gaps.

    logit p = b + 0.5·a + 0.9·(z₁² - 1) + 0.8·a·z₂ + 1.2·[z₃ > 1][z₄ < -½] + 0.15·sex
    a = (age - 62)/14,   z ~ N(0, R)

Who sees only some of the z, o, and misses the others, h, can do no better than integrate these out:

    risk = ∫ sigmoid(logit p)·f(z)·Π_h q(z_j) dz_h / ∫ f(z)·Π_h q(z_j) dz_h,   f(z) = exp(-½·zᵀR⁻¹z)

q is the probability that a value is hidden, given the value (mnar). Under mcar and mar it does not depend on z, and
cancels: the gap tells nothing then, but where values are missing for being high, it does.

The integral is a sum over fixed nodes: f splits into exp(-½·z_hᵀΩz_h), Ω = R⁻¹, the same for all patients with these
gaps, and exp(-z_j·Σ_o Ω_jo·z_o), a factor for each hidden value. So it is a product of matrices, in which the nodes of
z₃ and z₄, of whom only [z₃ > 1][z₄ < -½] counts, are summed first. Its error is below 1e-5.
"""

from __future__ import annotations

import functools

import numpy as np

from edunet.datasets.cohort import sigmoid
from edunet.datasets.missing import hiding_probability

__all__ = ["CORRELATION", "INTERCEPT", "risk_of_the_seen", "rule"]

CORRELATION = np.array([[1, 0.2, 0.1, 0], [0.2, 1, 0.3, 0.1], [0.1, 0.3, 1, 0.2], [0, 0.1, 0.2, 1]])  # R
PRECISION = np.linalg.inv(CORRELATION)  # Ω
INTERCEPT = -2.6
HIGH, LOW, INFLAMED = 1, -0.5, 1.2  # thresholds of z₃ and z₄, and what they add to the logit together
MALE = 0.15
FAR, SMOOTH, LEGENDRE = 6, 37, 12  # the nodes go from -6 to 6: how many of z₁ and z₂, and on each side of a threshold


def rule(age: np.ndarray, sex: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Give the logit of the risk without its intercept; age in years, sex (n,), z (4,n)."""
    z1, z2, z3, z4 = z
    return smooth_part(age, z1, z2) + INFLAMED * inflamed(z3, z4) + MALE * sex


def smooth_part(age: np.ndarray, z1: np.ndarray, z2: np.ndarray) -> np.ndarray:
    """Give the rule without its threshold and sex."""
    a = (age - 62) / 14
    return 0.5 * a + 0.9 * (z1**2 - 1) + 0.8 * a * z2


def inflamed(z3: np.ndarray, z4: np.ndarray) -> np.ndarray:
    """Tell whether CRP is high while the pressure falls."""
    return (z3 > HIGH) & (z4 < LOW)


def risk_of_the_seen(
    age: np.ndarray, sex: np.ndarray, z: np.ndarray, gap: np.ndarray, mechanism: str, intercept: float
) -> np.ndarray:
    """Give P(y=1 | age, sex, the z that are seen, and which are not), exactly, (n,).

    Arguments: age in years, sex (n,); z (4,n), of which those that are hidden are not looked at; gap (n,4) bool, True
        where z is hidden, by one of the mechanisms of `edunet.datasets.missing`; intercept, b.

    >>> z = np.array([[0.0, 0], [0, 0], [2, 2], [-1, -1]])
    >>> gap = np.array([[False] * 4, [False, False, False, True]])  # the second pressure is hidden
    >>> risk_of_the_seen(np.full(2, 62.0), np.zeros(2), z, gap, "mcar", INTERCEPT).round(3).tolist()
    [0.091, 0.041]
    """
    risk = sigmoid(intercept + rule(age, sex, z))
    of_pattern = gap @ (1 << np.arange(4))
    for pattern in np.unique(of_pattern[of_pattern > 0]):
        some = of_pattern == pattern
        hidden = tuple(np.flatnonzero(gap[some.argmax()]).tolist())
        risk[some] = integrate(age[some, None], sex[some, None], z[:, some, None], hidden, mechanism, intercept)
    return risk


def integrate(
    age: np.ndarray, sex: np.ndarray, z: np.ndarray, hidden: tuple[int, ...], mechanism: str, intercept: float
) -> np.ndarray:
    """Give the risk of m patients with the same gaps; age, sex (m,1), z (4,m,1)."""
    first, last, density = table(hidden, mechanism == "mnar")
    seen = [j for j in range(4) if j not in hidden]
    pull = np.tensordot(PRECISION[:, seen], z[seen], 1)  # Σ_o Ω_jo·z_o, (4,m,1)
    z1, z2 = (first.get(j, z[j]) for j in (0, 1))  # (N,) nodes, or (m,1) the patients' own
    z3, z4 = (last.get(j, z[j]) for j in (2, 3))  # (M,) or (m,1)
    before = np.exp(-sum(pull[j] * nodes for j, nodes in last.items()))  # (m,M), or 1
    after = np.exp(-sum(pull[j] * nodes for j, nodes in first.items()))  # (m,N), or 1
    ill = inflamed(z3, z4)
    weight = [(before * part) @ density * after for part in (~ill, ill)]  # (m,N) each
    logit = intercept + smooth_part(age, z1, z2) + MALE * sex
    harmed = weight[0] * sigmoid(logit) + weight[1] * sigmoid(logit + INFLAMED)
    return harmed.sum(1) / (weight[0] + weight[1]).sum(1)


@functools.cache
def table(hidden: tuple[int, ...], by_value: bool) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray], np.ndarray]:
    """Give the nodes of hidden z₁, z₂ (N,) and of z₃, z₄ (M,), by index, and exp(-½·z_hᵀΩz_h)·Π q·weights (M,N)."""
    rules = [smooth_nodes(), smooth_nodes(), nodes_split_at(HIGH), nodes_split_at(LOW)]
    points = np.meshgrid(*(rules[j][0] for j in hidden), indexing="ij")
    weights = np.meshgrid(*(rules[j][1] for j in hidden), indexing="ij")
    n = int(np.prod([len(rules[j][0]) for j in hidden if j < 2]))
    z = np.array([part.ravel() for part in points]).reshape(len(hidden), -1)  # (k,N·M), z₁ and z₂ go slowest
    density = np.prod([part.ravel() for part in weights], axis=0) * np.exp(
        -0.5 * np.einsum("jp,jk,kp->p", z, PRECISION[np.ix_(hidden, hidden)], z)
    )
    if by_value:
        density = density * hiding_probability("mnar", np.zeros(z.shape[1]), z.T).prod(1)
    grid = z.reshape(len(hidden), n, -1)
    first = {j: grid[i, :, 0] for i, j in enumerate(hidden) if j < 2}
    last = {j: grid[i, 0] for i, j in enumerate(hidden) if j >= 2}
    return first, last, density.reshape(n, -1).T.copy()


def smooth_nodes() -> tuple[np.ndarray, np.ndarray]:
    """Give nodes and weights of the trapezoidal rule: of what falls off like exp(-½·z²) it is exact to many digits."""
    return np.linspace(-FAR, FAR, SMOOTH), np.full(SMOOTH, 2 * FAR / (SMOOTH - 1))


def nodes_split_at(threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Give nodes and weights of Gauss and Legendre on both sides of a threshold."""
    node, weight = np.polynomial.legendre.leggauss(LEGENDRE)
    parts = [((low + high) / 2, (high - low) / 2) for low, high in ((-FAR, threshold), (threshold, FAR))]
    return (
        np.concatenate([middle + half * node for middle, half in parts]),
        np.concatenate([half * weight for _, half in parts]),
    )
