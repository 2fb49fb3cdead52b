"""Kernels of the optimizers: entry by entry, in place, nothing else."""

import numpy as np
import pytest
from calls import KERNELS, fill, named, prepare
from checks import check_values

STEPS = [k for k in KERNELS if k.way == "update"]
EVERY = pytest.mark.parametrize("kernel", STEPS, ids=lambda k: k.name)
OPTIONS = {"momentum": 0.9, "nesterov": True, "rho": 0.9, "beta_1": 0.9, "beta_2": 0.999}


def sizes(kernel, size):
    return {"size": size, **{name: value for name, value in OPTIONS.items() if name in kernel.parameters}}


@EVERY
def test_every_tail_of_a_vector(backend, kernel):
    for size in range(68):
        check_values(kernel.function, prepare(kernel, sizes(kernel, size), np.float32))


@EVERY
def test_a_rate_of_zero_leaves_the_weights(backend, kernel):
    call = prepare(kernel, {**sizes(kernel, 37), "first": True}, np.float32, rate=0.0)
    np.testing.assert_array_equal(fill(kernel.function, call)["w"], call.given["w"])


@EVERY
def test_without_gradient_nothing_moves_at_the_first_step(backend, kernel):
    call = prepare(kernel, {**sizes(kernel, 37), "first": True}, np.float32, dw=np.zeros(37))
    np.testing.assert_array_equal(fill(kernel.function, call)["w"], call.given["w"])


def test_plain_descent_leaves_the_velocity(backend):
    kernel = named("sgd_update")
    call = prepare(kernel, {"size": 37, "momentum": 0.0, "nesterov": False}, np.float32)
    np.testing.assert_array_equal(fill(kernel.function, call)["m"], call.given["m"])


@EVERY
def test_numbers_that_are_nearly_nothing_do_not_break_a_step(backend, kernel):
    call = prepare(kernel, {**sizes(kernel, 37), "first": True}, np.float32, dw=np.full(37, 1e-30))
    made = fill(kernel.function, call)
    assert [name for name, a in made.items() if not np.isfinite(a).all()] == []


@EVERY
def test_a_part_of_the_weights_is_a_call_of_its_own(backend, kernel):
    call = prepare(kernel, sizes(kernel, 41), np.float32)
    whole = fill(kernel.function, call)
    part = fill(kernel.function, call.having(**{n: a[13:] for n, a in call.given.items() if isinstance(a, np.ndarray)}))
    for name, a in part.items():
        np.testing.assert_allclose(a, whole[name][13:], rtol=1e-6)


@EVERY
def test_the_gradient_may_be_read_only(backend, kernel):
    call = prepare(kernel, sizes(kernel, 37), np.float32)
    call.given["dw"].setflags(write=False)
    check_values(kernel.function, call)
