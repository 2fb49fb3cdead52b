"""Matrix products: NumPy's numbers, edunet's threads, and OpenBLAS left as it was found."""

import threading

import numpy as np
import pytest

import edunet
from edunet import blas, split, threads


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(split, "CHUNK", 1000)
    monkeypatch.setattr(split, "LARGE", 1000)
    monkeypatch.setattr(blas, "WIDTH", 2)
    monkeypatch.setattr(blas, "ALONE", 0)
    monkeypatch.setattr(threads, "_threads", 1)
    monkeypatch.setattr(threads, "_asked", True)


SHAPES = [(0, 3, 4), (3, 0, 4), (1, 1, 1), (1, 50, 60), (70, 3, 1), (33, 40, 37), (9, 20, 61)]


@pytest.mark.parametrize(("M", "K", "N"), SHAPES)
def test_product_is_that_of_numpy_and_the_same_on_every_number_of_threads(M, K, N):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(M, K)).astype(np.float32), rng.normal(size=(N, K)).astype(np.float32).T
    expected = blas.matmul(a, b)
    np.testing.assert_allclose(expected, a @ b, rtol=1e-5, atol=1e-5)
    for n in (2, 3, 5):
        edunet.set_num_threads(n)
        assert blas.matmul(a, b).tobytes() == expected.tobytes()


def test_dtypes_are_those_of_numpy():
    whole, real = np.arange(400).reshape(20, 20), np.ones((20, 20), np.float32)
    for a, b in ((whole, whole), (whole, real), (real, real)):
        assert blas.matmul(a, b).dtype == (a @ b).dtype


@pytest.fixture
def openblas(monkeypatch):
    """An OpenBLAS that notes what it is told."""
    told = [4]
    monkeypatch.setattr(blas, "_threads_of_openblas", lambda: (lambda: told[-1], told.append))
    return told


def test_openblas_has_one_thread_for_the_time_of_a_product(openblas, monkeypatch):
    within = []
    monkeypatch.setattr(blas, "run", lambda part, parts: within.append(openblas[-1]))
    blas.matmul(np.ones((40, 40)), np.ones((40, 40)))
    assert within == [1]
    assert openblas == [4, 1, 4]


def test_openblas_gets_its_threads_back_after_an_error(openblas):
    with pytest.raises(ValueError, match="matmul"):
        blas.matmul(np.ones((2, 3)), np.ones((2, 3)))
    assert openblas == [4, 1, 4]


def test_who_has_one_thread_keeps_it(openblas):
    openblas[:] = [1]
    blas.matmul(np.ones((2, 2)), np.ones((2, 2)))
    assert openblas == [1]


def test_another_blas_keeps_its_ways(monkeypatch):
    monkeypatch.setattr(blas, "_threads_of_openblas", lambda: None)
    np.testing.assert_array_equal(blas.matmul(np.ones((50, 40)), np.ones((40, 60))), np.full((50, 60), 40.0))


def test_for_little_openblas_is_left_alone(openblas, monkeypatch):
    monkeypatch.setattr(blas, "ALONE", 9000)
    before = list(openblas)
    blas.matmul(np.ones((4, 30)), np.ones((30, 60)))
    assert openblas == before


def test_two_threads_that_multiply_at_once_give_openblas_back_together(openblas, monkeypatch):
    both, within = threading.Barrier(2), []

    def one_after_the_other(part, parts):
        both.wait(timeout=30)
        if threading.current_thread() is threading.main_thread():
            other.join(timeout=30)  # it has left before us
        within.append(openblas[-1])

    monkeypatch.setattr(blas, "run", one_after_the_other)
    other = threading.Thread(target=blas.matmul, args=(np.ones((40, 40)), np.ones((40, 40))))
    other.start()
    blas.matmul(np.ones((40, 40)), np.ones((40, 40)))
    assert within == [1, 1]
    assert openblas == [4, 1, 4]
