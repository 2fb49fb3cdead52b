"""A training and a test part with the same share of every class."""

from __future__ import annotations

import numpy as np

from edunet.datasets.cohort import whole_number

__all__ = ["stratified"]


def stratified(y: np.ndarray, test_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the training part and those of the test part.

    Each class is shuffled and round(test_share · size) of it goes to the test part; then each part is shuffled.

    Arguments: y (N,) whole numbers; test_share, between 0 and 1; seed, from 0 up.
    Raises: TypeError or ValueError for a share that leaves a part without a class, or a seed that is no whole number.
    """
    if isinstance(test_share, bool) or not isinstance(test_share, (int, float, np.number)):
        raise TypeError(f"test_share must be a number between 0 and 1. Received: test_share={test_share!r}.")
    if not 0 < test_share < 1:
        hint = f" Did you mean test_share={test_share / 100:g}?" if 1 < test_share < 100 else " Type test_share=0.2."
        raise ValueError(f"test_share must lie between 0 and 1. Received: test_share={test_share!r}.{hint}")
    rng = np.random.Generator(np.random.PCG64(whole_number("seed", seed, 0)))
    train, test = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        cut = round(test_share * len(rows))
        if cut in (0, len(rows)):
            raise ValueError(f"test_share={test_share!r} leaves a part without class {label}. Type test_share=0.2.")
        test.append(rows[:cut])
        train.append(rows[cut:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
