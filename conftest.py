"""Examples in docstrings may use np, as NumPy's own do."""

import numpy as np
import pytest

collect_ignore = ["edunet/kernels"]  # no examples there, and Numba need not be installed


@pytest.fixture(autouse=True)
def _names_in_examples(doctest_namespace):
    doctest_namespace["np"] = np
