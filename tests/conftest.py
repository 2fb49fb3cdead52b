"""Shared by all tests: the fixture `backend` runs a test once on each set of kernels.

EDUNET_TEST_BACKENDS="cython" pytest       on these only
"""

import os

import pytest

from edunet.backend import available_backends, use_backend


@pytest.fixture(params=os.environ.get("EDUNET_TEST_BACKENDS", "numpy numba cython").split())
def backend(request):
    """Compute with one backend; skip, with the reason, if it is missing on this machine."""
    state = available_backends()[request.param]
    if state != "ready":
        pytest.skip(f"{request.param} is {state}")
    with use_backend(request.param):
        yield request.param
