"""Kernels of normalisation: far from zero, without spread, single rows."""

import numpy as np
import pytest
from calls import defined, fill, named, prepare
from checks import check_values

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
OPS = pytest.mark.parametrize("op", ["batch_norm", "layer_norm"])
WAYS = pytest.mark.parametrize("way", ["forward", "backward"])


@OPS
@DTYPES
@WAYS
@pytest.mark.parametrize("size", [{"M": 1}, {"C": 1}, {"M": 1, "C": 1}, {"M": 2, "C": 2}], ids=str)
def test_edges(backend, op, dtype, way, size):
    kernel = named(f"{op}_{way}")
    check_values(kernel.function, prepare(kernel, {"M": 5, "C": 7, **size}, dtype))


@OPS
@WAYS
@pytest.mark.parametrize("axis", "MC")
def test_every_tail_of_a_vector(backend, op, way, axis):
    kernel = named(f"{op}_{way}")
    for n in range(1, 68):
        check_values(kernel.function, prepare(kernel, {"M": 5, "C": 7, axis: n}, np.float32))


@OPS
def test_a_variance_far_from_zero_is_not_lost(backend, op):
    """The mean of x² minus the square of the mean would lose it."""
    kernel = named(f"{op}_forward")
    x = 1000 + np.random.default_rng(0).normal(size=(50, 40))
    call = prepare(kernel, {"M": 50, "C": 40}, np.float32, x=x)
    np.testing.assert_allclose(fill(kernel.function, call)["variance"], defined(call)["variance"], rtol=1e-3)


def test_the_mean_of_a_long_column_is_not_lost(backend):
    """Added up in float32, a hundred thousand numbers near 1000 would end some parts in a thousand away."""
    kernel = named("batch_norm_forward")
    x = 1000 + np.random.default_rng(0).normal(size=(100_000, 3))
    call = prepare(kernel, {"M": 100_000, "C": 3}, np.float32, x=x)
    made, expected = fill(kernel.function, call), defined(call)
    np.testing.assert_allclose(made["mean"], expected["mean"], rtol=1e-6)
    np.testing.assert_allclose(made["variance"], expected["variance"], rtol=1e-4)


@OPS
def test_without_spread_there_is_only_beta(backend, op):
    kernel = named(f"{op}_forward")
    call = prepare(kernel, {"M": 4, "C": 19}, np.float32, x=np.full((4, 19), 3.0))
    y = fill(kernel.function, call)["y"]
    np.testing.assert_allclose(y, np.broadcast_to(call.given["beta"], y.shape), atol=1e-5)


@OPS
def test_a_shift_of_x_changes_nothing(backend, op):
    """So the gradient has no part along it."""
    kernel = named(f"{op}_backward")
    dx = fill(kernel.function, prepare(kernel, {"M": 9, "C": 19}, np.float64))["dx"]
    np.testing.assert_allclose(dx.sum(axis=0 if op == "batch_norm" else 1), 0, atol=1e-12)
