"""Kernels of the simple recurrence: exact adjointness where it is linear, masks, one step, saturation."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_adjoint, check_values
from hypothesis import given
from hypothesis import strategies as st

FORWARD, BACKWARD = named("simple_rnn_forward"), named("simple_rnn_backward")
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
ACTIVATIONS = pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
PLACE = {"N": 3, "T": 4, "D": 5, "U": 7}


@DTYPES
@given(data=st.data())
def test_backward_is_the_adjoint_of_a_linear_recurrence(backend, dtype, data):
    """h is linear in x, h0 and b together."""
    sizes = data.draw(FORWARD.op.drawn, label="sizes") | {"activation": "linear"}
    call, back = prepare(FORWARD, sizes, dtype), prepare(BACKWARD, sizes, dtype)
    made, dh = fill(BACKWARD.function, back), back.given["dh"]
    h = fill(FORWARD.function, call)["h"]
    linear = np.concatenate([(call.given[name] * made[f"d{name}"]).ravel() for name in ("x", "h0", "b")])
    check_adjoint("simple_rnn", [(h, dh), (linear, np.ones_like(linear))])


@ACTIVATIONS
@DTYPES
@pytest.mark.parametrize("kernel", [FORWARD, BACKWARD], ids=["forward", "backward"])
@pytest.mark.parametrize("size", [{"T": 1}, {"N": 1}, {"D": 1}, {"U": 1}, dict.fromkeys("NTDU", 1)], ids=str)
def test_edges(backend, activation, dtype, kernel, size):
    check_values(kernel.function, prepare(kernel, {**PLACE, "activation": activation, **size}, dtype))


@pytest.mark.parametrize("kernel", [FORWARD, BACKWARD], ids=["forward", "backward"])
@pytest.mark.parametrize("axis", "NDU")
def test_every_tail_of_a_tile(backend, kernel, axis):
    for n in range(1, 68):
        check_values(kernel.function, prepare(kernel, {**PLACE, "T": 2, axis: n}, np.float32))


@ACTIVATIONS
def test_a_broken_number_stays_in_its_row_and_reaches_every_later_state(backend, activation):
    call = prepare(FORWARD, {**PLACE, "activation": activation}, np.float32)
    call.given["x"][1, 2, 0] = np.nan
    broken = np.isnan(fill(FORWARD.function, call)["h"])
    assert broken[1, 2:].all()
    assert broken.sum() == 2 * PLACE["U"]


def test_steps_that_do_not_count_leave_the_state_alone(backend):
    nothing = np.zeros((PLACE["N"], PLACE["T"]), bool)
    call = prepare(FORWARD, PLACE, np.float32, mask=nothing)
    h = fill(FORWARD.function, call)["h"]
    np.testing.assert_array_equal(h, np.broadcast_to(call.given["h0"][:, None], h.shape))


def test_steps_that_do_not_count_hand_the_gradient_back(backend):
    back = prepare(BACKWARD, PLACE, np.float32, mask=np.zeros((PLACE["N"], PLACE["T"]), bool))
    made = fill(BACKWARD.function, back)
    np.testing.assert_allclose(made.pop("dh0"), back.given["dh"].sum(axis=1), rtol=1e-6, atol=1e-6)
    assert [name for name, a in made.items() if a.any()] == []


@pytest.mark.parametrize(("activation", "low"), [("tanh", -1), ("sigmoid", 0), ("relu", 0), ("linear", -np.inf)])
@pytest.mark.parametrize("x", [np.inf, 1e30])
def test_the_largest_inputs_saturate(backend, activation, low, x):
    high = {"tanh": 1, "sigmoid": 1}.get(activation, np.inf)
    sizes = {"N": 2, "T": 1, "D": 1, "U": 19, "activation": activation}
    call = prepare(FORWARD, sizes, np.float32, x=np.array([[[x]], [[-x]]]), wx=np.ones((1, 19)))
    h = fill(FORWARD.function, call)["h"][:, 0]
    if x == np.inf or np.isfinite(high):
        np.testing.assert_array_equal(h, np.broadcast_to([[high], [low]], h.shape))
    else:
        np.testing.assert_allclose(h, np.broadcast_to([[x], [low and -x]], h.shape), rtol=1e-6)
