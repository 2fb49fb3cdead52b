"""How many patients a lesson works with: fewer where nothing is compiled, few where it is only tested."""

import os

from edunet.backend import get_backend

__all__ = ["size"]

_said = False


def size(full, *, alone=None, quick=None) -> int:
    """Return how many patients, epochs ... to take here, and say once if they are fewer than usual.

    Args: full, with compiled kernels; alone, where NumPy alone computes (a quarter unless given); quick, where
    EDUNET_LESSON_QUICK=1 asks for a run in seconds that tries every line (a fortieth unless given, at least 1).

    >>> size(8000, alone=2000, quick=8000)
    8000
    """
    global _said
    if os.environ.get("EDUNET_LESSON_QUICK") == "1":
        return quick or max(1, full // 40)
    if get_backend() != "numpy":
        return full
    fewer = alone or max(1, full // 4)
    if fewer < full and not _said:
        _said = True
        print(
            "NumPy computes alone here (no compiled kernels, see edunet.info()): this lesson takes fewer patients and "
            "epochs, so that it stays short. Scores are a little worse than the text says."
        )
    return fewer
