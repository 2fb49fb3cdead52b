"""Kernels are tested on examples that Hypothesis draws: the same ones in every run, so that a failure can be repeated.

HYPOTHESIS_PROFILE=search pytest tests/kernels          other examples each time, and many more
HYPOTHESIS_PROFILE=few                                  where every line takes long
"""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("calls", "checks")

# The fixture `backend` serves all examples of a test; the first example may have to wait for a compiler.
COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("kernels", derandomize=True, max_examples=20, **COMMON)
settings.register_profile("few", derandomize=True, max_examples=3, **COMMON)
settings.register_profile("search", max_examples=400, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "kernels"))
