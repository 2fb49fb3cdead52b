"""Exercise sigmoid: squeeze any number into the range from 0 to 1."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["SIGMOID"]


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def _only_by_size(z):
    return 1 / (1 + np.exp(-np.abs(z)))


SIGMOID = Exercise(
    "sigmoid",
    "01",
    "squeeze any number into the range from 0 to 1",
    sigmoid,
    lambda rng, i: (3 * rng.normal(size=(2 + i, 3)) if i % 2 else 3 * rng.normal(size=5 + i),),
    (
        Mistake(
            "a minus sign is missing: this is σ(−z). It falls where it should rise.", lambda z: 1 / (1 + np.exp(z))
        ),
        Mistake(
            "brackets: 1 / 1 + e^(−z) is 1 + e^(−z). Python divides before it adds: 1 / (1 + ...).",
            lambda z: 1 / 1 + np.exp(-z),
        ),
        Mistake("this is tanh, the sigmoid's cousin from −1 to 1.", np.tanh),
        Mistake(
            "this is the slope of the sigmoid, which belongs to the way back.", lambda z: sigmoid(z) * (1 - sigmoid(z))
        ),
        Mistake("e is cut off: 2.71 or 2.718 is not exact enough. np.exp knows it.", lambda z: 1 / (1 + 2.71 ** (-z))),
        Mistake("e is cut off: 2.718 is not exact enough. np.exp knows all digits.", lambda z: 1 / (1 + 2.718 ** (-z))),
        Mistake("this is relu: it cuts off below 0, but has no upper limit.", lambda z: np.maximum(z, 0)),
        Mistake("1 − e^(−z) should be 1 + e^(−z).", lambda z: 1 / (1 - np.exp(-z))),
        Mistake(
            "this is softmax: the numbers share one whole. Here each has a probability of its own.",
            lambda z: np.exp(z) / np.exp(z).sum(),
        ),
        Mistake("this is the logarithm of 1 + e^z (softplus).", lambda z: np.log1p(np.exp(z))),
        Mistake("it is right for z ≥ 0 only: the sign of z has got lost (abs?).", _only_by_size),
        Mistake("2^(−z) stands where e^(−z) should: use np.exp.", lambda z: 1 / (1 + 2.0 ** (-z))),
    ),
    (
        "At z = 0 the answer is one half; far to the right it is nearly 1, far to the left nearly 0.",
        "Write the fraction of the formula with np.exp, which takes a whole array at once.",
        "One over a bracket; in the bracket stand 1 and np.exp of minus z.",
    ),
    # 40-digit arithmetic (Python's decimal), rounded
    known=(((np.array([0.0, 1.0, -2.0]),), np.array([0.5, 0.7310585786300049, 0.11920292202211755])),),
)
