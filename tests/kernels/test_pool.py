"""Pooling kernels: adjoints, ties, borders, infinity."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_adjoint, check_values
from hypothesis import given
from hypothesis import strategies as st

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
OPS = pytest.mark.parametrize("op", ["max_pool2d", "avg_pool2d"])
PLACE = {"N": 2, "room": (2, 3), "window": (2, 3), "stride": (1, 1), "padding": "valid", "C": 3}


@OPS
@DTYPES
@given(data=st.data())
def test_backward_is_the_adjoint_of_forward(backend, op, dtype, data):
    """For the maximum: of the choice of the winners."""
    backward, forward = named(f"{op}_backward"), named(f"{op}_forward")
    sizes = data.draw(forward.op.drawn, label="sizes")
    call = prepare(forward, sizes, dtype)
    y = fill(forward.function, call)["y"]
    back = prepare(backward, sizes, dtype, run=lambda call: fill(forward.function, call))
    check_adjoint(op, [(y, back.given["dy"]), (call.given["x"], fill(backward.function, back)["dx"])])


EDGES = {
    "1x1 image": {"room": (0, 0), "window": (1, 1)},
    "1x1 image, padded": {"room": (0, 0), "padding": "same"},
    "window as large as the image": {"room": (0, 0), "window": (5, 4)},
    "window larger than the image": {"room": (1, 1), "window": (7, 5), "padding": "same"},
    "windows that overlap": {"room": (5, 6), "window": (4, 4)},
    "stride beyond the window": {"window": (1, 2), "stride": (3, 5), "room": (7, 9)},
    "stride beyond the image": {"room": (1, 1), "stride": (9, 9), "padding": "same"},
}


@pytest.mark.parametrize("edge", EDGES)
@OPS
@DTYPES
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_edges(backend, edge, op, dtype, way):
    kernel = named(f"{op}_{way}")
    check_values(kernel.function, prepare(kernel, PLACE | EDGES[edge], dtype))


@OPS
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_every_number_of_channels(backend, op, way):
    kernel = named(f"{op}_{way}")
    for C in range(1, 68):
        check_values(kernel.function, prepare(kernel, {**PLACE, "C": C}, np.float32))


def test_the_first_pixel_of_a_tie_wins(backend):
    kernel = named("max_pool2d_forward")
    call = prepare(kernel, {**PLACE, "room": (0, 0), "C": 5}, np.float32)
    call.given["x"][...] = -1
    call.given["x"][:, 0, 2, :] = call.given["x"][:, 1, 1, :] = 7
    assert (fill(kernel.function, call)["winner"] == 2).all()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_the_maximum_passes_on_what_is_not_finite(backend, value):
    kernel = named("max_pool2d_forward")
    call = prepare(kernel, {**PLACE, "room": (0, 1), "C": 19}, np.float32)
    call.given["x"][0, ..., 3] = value
    y = fill(kernel.function, call)["y"]
    np.testing.assert_array_equal(y[0, ..., 3], np.full(y.shape[1:3], value))
    assert np.isfinite(np.delete(y[0], 3, axis=-1)).all()


@pytest.mark.parametrize("at", range(6))
def test_a_broken_number_anywhere_in_a_window_is_its_maximum(backend, at):
    kernel = named("max_pool2d_forward")
    call = prepare(kernel, {**PLACE, "N": 1, "room": (0, 0), "C": 2}, np.float32)
    call.given["x"].reshape(6, 2)[at, 0] = np.nan
    assert np.isnan(fill(kernel.function, call)["y"]).ravel().tolist() == [True, False]
