"""Kernels of the LSTM: two states, masks, one step, saturation."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_values

FORWARD, BACKWARD = named("lstm_forward"), named("lstm_backward")
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
KERNELS = pytest.mark.parametrize("kernel", [FORWARD, BACKWARD], ids=["forward", "backward"])
PLACE = {"N": 3, "T": 4, "D": 5, "U": 7}
NOTHING = np.zeros((3, 4), bool)


@DTYPES
@KERNELS
@pytest.mark.parametrize("size", [{"T": 1}, {"N": 1}, {"D": 1}, {"U": 1}, dict.fromkeys("NTDU", 1)], ids=str)
def test_edges(backend, dtype, kernel, size):
    check_values(kernel.function, prepare(kernel, {**PLACE, **size}, dtype))


@KERNELS
@pytest.mark.parametrize("axis", "NDU")
def test_every_tail_of_a_tile(backend, kernel, axis):
    for n in range(1, 68):
        check_values(kernel.function, prepare(kernel, {**PLACE, "T": 2, axis: n}, np.float32))


@pytest.mark.parametrize("state", ["h", "c"])
def test_a_broken_number_stays_in_its_row_and_reaches_every_later_state(backend, state):
    call = prepare(FORWARD, PLACE, np.float32)
    call.given["x"][1, 2, 0] = np.nan
    broken = np.isnan(fill(FORWARD.function, call)[state])
    assert broken[1, 2:].all()
    assert broken.sum() == 2 * PLACE["U"]


@pytest.mark.parametrize("state", ["h", "c"])
def test_steps_that_do_not_count_leave_the_states_alone(backend, state):
    call = prepare(FORWARD, PLACE, np.float32, mask=NOTHING)
    a = fill(FORWARD.function, call)[state]
    np.testing.assert_array_equal(a, np.broadcast_to(call.given[f"{state}0"][:, None], a.shape))


def test_steps_that_do_not_count_hand_the_gradients_back(backend):
    back = prepare(BACKWARD, PLACE, np.float32, mask=NOTHING)
    made = fill(BACKWARD.function, back)
    np.testing.assert_allclose(made.pop("dh0"), back.given["dh"].sum(axis=1), rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(made.pop("dc0"), back.given["dc"])
    assert [name for name, a in made.items() if a.any()] == []


@pytest.mark.parametrize("x", [np.inf, 1e30])
def test_the_largest_inputs_saturate(backend, x):
    """All gates 1: the cell grows by 1. All gates 0: it is forgotten, and nothing is shown."""
    sizes = {"N": 2, "T": 1, "D": 1, "U": 19}
    call = prepare(FORWARD, sizes, np.float32, x=np.array([[[x]], [[-x]]]), wx=np.ones((1, 76)))
    made = fill(FORWARD.function, call)
    np.testing.assert_allclose(made["c"][:, 0], np.stack([call.given["c0"][0] + 1, np.zeros(19)]), rtol=1e-6)
    np.testing.assert_allclose(made["h"][:, 0], np.tanh(made["c"][:, 0]), rtol=1e-6)
