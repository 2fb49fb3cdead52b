"""Kernels of the GRU: both forms, masks, one step, saturation."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_values

FORWARD, BACKWARD = named("gru_forward"), named("gru_backward")
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
KERNELS = pytest.mark.parametrize("kernel", [FORWARD, BACKWARD], ids=["forward", "backward"])
FORMS = pytest.mark.parametrize("reset_after", [True, False], ids=["reset_after", "reset_before"])
PLACE = {"N": 3, "T": 4, "D": 5, "U": 7}


@FORMS
@DTYPES
@KERNELS
@pytest.mark.parametrize("size", [{"T": 1}, {"N": 1}, {"D": 1}, {"U": 1}, dict.fromkeys("NTDU", 1)], ids=str)
def test_edges(backend, reset_after, dtype, kernel, size):
    check_values(kernel.function, prepare(kernel, {**PLACE, "reset_after": reset_after, **size}, dtype))


@FORMS
@KERNELS
@pytest.mark.parametrize("axis", "NDU")
def test_every_tail_of_a_tile(backend, reset_after, kernel, axis):
    for n in range(1, 68):
        sizes = {**PLACE, "T": 2, "reset_after": reset_after, axis: n}
        check_values(kernel.function, prepare(kernel, sizes, np.float32))


@FORMS
def test_a_broken_number_stays_in_its_row_and_reaches_every_later_state(backend, reset_after):
    call = prepare(FORWARD, {**PLACE, "reset_after": reset_after}, np.float32)
    call.given["x"][1, 2, 0] = np.nan
    broken = np.isnan(fill(FORWARD.function, call)["h"])
    assert broken[1, 2:].all()
    assert broken.sum() == 2 * PLACE["U"]


@FORMS
def test_steps_that_do_not_count_leave_the_state_alone(backend, reset_after):
    nothing = np.zeros((PLACE["N"], PLACE["T"]), bool)
    call = prepare(FORWARD, {**PLACE, "reset_after": reset_after}, np.float32, mask=nothing)
    h = fill(FORWARD.function, call)["h"]
    np.testing.assert_array_equal(h, np.broadcast_to(call.given["h0"][:, None], h.shape))


@FORMS
def test_steps_that_do_not_count_hand_the_gradient_back(backend, reset_after):
    nothing = np.zeros((PLACE["N"], PLACE["T"]), bool)
    back = prepare(BACKWARD, {**PLACE, "reset_after": reset_after}, np.float32, mask=nothing)
    made = fill(BACKWARD.function, back)
    np.testing.assert_allclose(made.pop("dh0"), back.given["dh"].sum(axis=1), rtol=1e-6, atol=1e-6)
    assert [name for name, a in made.items() if a.any()] == []


@FORMS
@pytest.mark.parametrize("x", [np.inf, 1e30])
def test_the_largest_inputs_saturate(backend, reset_after, x):
    """z = 1 keeps the state; z = 0, r = 0 take the candidate, -1."""
    sizes = {"N": 2, "T": 1, "D": 1, "U": 19, "reset_after": reset_after}
    call = prepare(FORWARD, sizes, np.float32, x=np.array([[[x]], [[-x]]]), wx=np.ones((1, 57)))
    h = fill(FORWARD.function, call)["h"][:, 0]
    np.testing.assert_allclose(h, np.stack([call.given["h0"][0], np.full(19, -1)]), rtol=1e-6)
