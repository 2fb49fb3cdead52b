"""Kernels of the losses: scores that are huge, infinite, or the only ones."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_values

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
WAYS = pytest.mark.parametrize("way", ["forward", "backward"])
SOFTMAX = pytest.mark.parametrize("op", ["softmax_crossentropy", "sparse_softmax_crossentropy"])
ONE_HOT = {"target": np.eye(3)[[0, 2]], "labels": np.array([0, 2])}


@SOFTMAX
@DTYPES
@WAYS
@pytest.mark.parametrize("size", [{"M": 1}, {"K": 1}, {"K": 2}, {"M": 1, "K": 1}], ids=str)
def test_edges(backend, op, dtype, way, size):
    kernel = named(f"{op}_{way}")
    check_values(kernel.function, prepare(kernel, {"M": 5, "K": 7, **size}, dtype))


@SOFTMAX
@WAYS
def test_every_number_of_classes(backend, op, way):
    kernel = named(f"{op}_{way}")
    for K in range(1, 68):
        check_values(kernel.function, prepare(kernel, {"M": 3, "K": K}, np.float32))


@WAYS
def test_every_number_of_patients(backend, way):
    kernel = named(f"sigmoid_crossentropy_{way}")
    for M in range(68):
        check_values(kernel.function, prepare(kernel, {"M": M}, np.float32))


@SOFTMAX
@DTYPES
def test_huge_scores(backend, op, dtype):
    kernel = named(f"{op}_forward")
    z = np.array([[1e4, -1e4, 0], [1e4, 1e4, -1e4]])
    made = fill(kernel.function, prepare(kernel, {"M": 2, "K": 3}, dtype, z=z, **ONE_HOT))
    np.testing.assert_allclose(made["loss"], [0, 2e4 + np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(made["p"], [[1, 0, 0], [0.5, 0.5, 0]], rtol=1e-6)


@SOFTMAX
@DTYPES
def test_a_score_of_minus_infinity_is_a_class_that_is_ruled_out(backend, op, dtype):
    kernel = named(f"{op}_forward")
    z = np.array([[1.0, -np.inf, 1.0], [-np.inf, -np.inf, 5.0]])
    made = fill(kernel.function, prepare(kernel, {"M": 2, "K": 3}, dtype, z=z, **ONE_HOT))
    np.testing.assert_allclose(made["loss"], [np.log(2), 0], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(made["p"], [[0.5, 0, 0.5], [0, 0, 1]], rtol=1e-6)


def test_the_true_class_ruled_out_is_an_infinite_loss(backend):
    kernel = named("sparse_softmax_crossentropy_forward")
    z = np.array([[-np.inf, 0.0, 1.0], [0.0, 1.0, 2.0]])
    loss = fill(kernel.function, prepare(kernel, {"M": 2, "K": 3}, np.float32, z=z, **ONE_HOT))["loss"]
    assert loss[0] == np.inf
    assert np.isfinite(loss[1])


@DTYPES
def test_sigmoid_of_huge_scores(backend, dtype):
    kernel = named("sigmoid_crossentropy_forward")
    z, target = np.array([1e4, -1e4, 1e4, -1e4, 0.0]), np.array([1.0, 0, 0, 1, 0.5])
    made = fill(kernel.function, prepare(kernel, {"M": 5}, dtype, z=z, target=target))
    np.testing.assert_allclose(made["loss"], [0, 0, 1e4, 1e4, np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(made["p"], [1, 0, 1, 0, 0.5], rtol=1e-6)


@DTYPES
def test_small_losses_keep_their_digits(backend, dtype):
    """ln(1 + e^-30) is not 0."""
    kernel = named("sigmoid_crossentropy_forward")
    call = prepare(kernel, {"M": 2}, dtype, z=np.array([30.0, -30.0]), target=np.array([1.0, 0.0]))
    np.testing.assert_allclose(fill(kernel.function, call)["loss"], np.exp(-30), rtol=1e-5)
