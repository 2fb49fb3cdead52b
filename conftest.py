"""Examples in docstrings may use np, as NumPy's own do. What a test registers is forgotten after it."""

import numpy as np
import pytest

from edunet import backend

# no examples there; Numba need not be installed, nor PyTorch and Keras
collect_ignore = ["edunet/kernels", "edunet/bench/workers"]


@pytest.fixture(autouse=True)
def _names_in_examples(doctest_namespace):
    doctest_namespace["np"] = np


@pytest.fixture(autouse=True)
def no_registered_kernels_stay():
    """Forget the backends of its own that a test or an example has registered."""
    yield
    if backend._registered:
        backend._registered.clear()
        backend._ready.cache_clear()
