"""Answers of a model in batches, the truth and weights, for tests of metrics."""

import numpy as np

__all__ = ["CALLED", "SAID", "TRUE", "WEIGHTS", "P", "W", "Y", "over_batches"]

rng = np.random.default_rng(0)
SIZES = (5, 7, 3)  # batches of different size: a mean of means would be wrong
TRUE = [rng.integers(0, 2, (n, 1)) for n in SIZES]
SAID = [rng.random((n, 1)) for n in SIZES]
WEIGHTS = [rng.random(n) for n in SIZES]
Y, P, W = (np.concatenate(parts).ravel() for parts in (TRUE, SAID, WEIGHTS))
CALLED = P > 0.5


def over_batches(metric, *parts):
    """Show the metric one batch after the other; return its result."""
    for part in zip(*parts, strict=True):
        metric.update_state(*part)
    return metric.result()
