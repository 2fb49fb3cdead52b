"""Examples in docstrings may use np, as NumPy's own do."""

import numpy as np
import pytest

# no examples there; Numba need not be installed, nor PyTorch and Keras
collect_ignore = ["edunet/kernels", "edunet/bench/workers"]


@pytest.fixture(autouse=True)
def _names_in_examples(doctest_namespace):
    doctest_namespace["np"] = np
