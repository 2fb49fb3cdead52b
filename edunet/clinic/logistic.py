"""The small logistic regressions on which calibration stands: one or two coefficients, by Newton's method."""

import numpy as np

__all__ = ["EDGE", "fit_logistic", "log_odds", "overlap", "sigmoid"]

EDGE = 1e-8  # log-odds of exactly 0 or 1 are infinite: probabilities nearer to them than this are moved to here


def log_odds(p) -> tuple[np.ndarray, str]:
    """Return log(p / (1−p)) of probabilities, and a sentence on how many were moved away from 0 or 1; "" if none."""
    p = np.asarray(p, np.float64)
    inside = np.clip(p, EDGE, 1 - EDGE)
    moved = int(np.count_nonzero(inside != p))
    said = f"{moved:,} of {p.size:,} predictions nearer to 0 or 1 than {EDGE:g} were taken as {EDGE:g} from it"
    return np.log(inside) - np.log1p(-inside), said if moved else ""


def sigmoid(z) -> np.ndarray:
    """Return 1 / (1 + e^−z), without overflow for any z."""
    shrunk = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, shrunk) / (1 + shrunk)


def overlap(z, y) -> bool:
    """Tell whether ill and healthy overlap in z; if not, no finite slope is the most likely one.

    Source: Albert & Anderson, On the existence of maximum likelihood estimates in logistic regression models (1984).
    """
    ill, well = z[y > 0.5], z[y <= 0.5]
    return bool(ill.size and well.size and ill.min() < well.max() and well.min() < ill.max())


def fit_logistic(design, y, offset=0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely coefficients b (D,) of logit P(y = 1) = offset + X b, and their covariance (D,D).

        gradient = Xᵀ(y − μ)        information = Xᵀ diag(μ(1−μ)) X        b ← b + information⁻¹ gradient
    Args: design X (N,D); y (N,), 0 to 1; offset (N,), such as `log_odds` gives. A step that lowers the likelihood is
    halved. The caller has made sure that the most likely b is finite.
    """
    b = np.zeros(design.shape[1])
    now = _likelihood(design, y, offset, b)
    for _ in range(200):
        mean = sigmoid(offset + design @ b)
        information = (design * (mean * (1 - mean))[:, None]).T @ design
        step = np.linalg.lstsq(information, design.T @ (y - mean), rcond=None)[0]
        step *= min(1.0, 8.0 / max(float(np.abs(design @ step).max()), 1e-300))  # far out the curve is flat: go slowly
        least = now - 1e-13 * abs(now)  # rounding is no loss
        while (then := _likelihood(design, y, offset, b + step)) < least and np.abs(step).max() > 1e-13:
            step /= 2
        b, now = b + step, max(then, now)
        if np.abs(step).max() <= 1e-10 * (1 + np.abs(b).max()):
            break
    return b, np.linalg.pinv(information, hermitian=True)


def _likelihood(design, y, offset, b) -> float:
    z = offset + design @ b
    return float(np.sum(y * z - np.logaddexp(0.0, z)))
