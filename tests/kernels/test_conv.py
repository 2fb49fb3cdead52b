"""Convolution kernels: the backward pass is the adjoint of the forward pass; borders, tails of tiles, relu."""

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_adjoint, check_values
from hypothesis import given
from hypothesis import strategies as st

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
OPS = pytest.mark.parametrize("op", ["conv2d", "depthwise_conv2d"])
PLACE = {"N": 2, "room": (2, 3), "window": (2, 3), "stride": (1, 1), "padding": "valid", "C": 3}


def channels(op, number):
    return {"F": number} if op == "conv2d" else {"multiplier": number}


@OPS
@DTYPES
@given(data=st.data())
def test_backward_is_the_adjoint_of_forward(backend, op, dtype, data):
    backward, forward = named(f"{op}_backward"), named(f"{op}_forward")
    sizes = data.draw(forward.op.drawn, label="sizes") | ({"relu": False} if op == "conv2d" else {})
    call = prepare(forward, sizes, dtype)
    call = call.having(b=np.zeros_like(call.given["b"]))
    y = fill(forward.function, call)["y"]
    back = prepare(backward, sizes, dtype)
    made, dy = fill(backward.function, back), back.given["dy"]
    check_adjoint(op, [(y, dy), (back.given["x"], made["dx"]), (back.given["w"], made["dw"])])


EDGES = {
    "1x1 image": {"room": (0, 0), "window": (1, 1)},
    "1x1 image, padded": {"room": (0, 0), "padding": "same"},
    "filter as large as the image": {"room": (0, 0)},
    "filter larger than the image": {"room": (1, 1), "window": (7, 5), "padding": "same"},
    "1x1 filter": {"window": (1, 1)},
    "one row": {"window": (1, 3), "room": (0, 9)},
    "one column": {"window": (3, 1), "room": (9, 0)},
    "stride beyond the filter": {"window": (1, 2), "stride": (3, 5), "room": (7, 9)},
    "stride beyond the image": {"room": (1, 1), "stride": (9, 9), "padding": "same"},
    "dilation beyond the image": {"room": (1, 2), "window": (3, 3), "dilation": (9, 9), "padding": "same"},
}


@pytest.mark.parametrize("edge", EDGES)
@OPS
@DTYPES
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_edges(backend, edge, op, dtype, way):
    check_values(
        named(f"{op}_{way}").function, prepare(named(f"{op}_{way}"), PLACE | channels(op, 2) | EDGES[edge], dtype)
    )


@OPS
@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("axis", ["channels of x", "channels of y", "pixels"])
def test_every_tail_of_a_tile(backend, op, way, axis):
    kernel = named(f"{op}_{way}")
    for n in range(1, 68):
        sizes = {"channels of x": {"C": n}, "channels of y": channels(op, n), "pixels": {"room": (0, n)}}[axis]
        check_values(
            kernel.function, prepare(kernel, {**PLACE, "N": 1, "room": (0, 1), **channels(op, 3), **sizes}, np.float32)
        )


def test_relu_passes_a_broken_number_on(backend):
    kernel = named("conv2d_forward")
    call = prepare(kernel, {**PLACE, "F": 19, "relu": True}, np.float32)
    call.given["x"][0, 0, 0, 0] = np.nan
    broken = np.isnan(fill(kernel.function, call)["y"])
    assert broken[0, 0, 0].all()
    assert broken.sum() == 19


def test_relu_passes_infinity_on(backend):
    kernel = named("conv2d_forward")
    call = prepare(
        kernel,
        {**PLACE, "C": 1, "F": 2, "relu": True},
        np.float32,
        w=np.stack([np.ones((2, 3, 1)), -np.ones((2, 3, 1))], -1),
    )
    call.given["x"][0, 0, 0, 0] = np.inf
    y = fill(kernel.function, call)["y"]
    assert y[0, 0, 0].tolist() == [np.inf, 0]
    assert np.isfinite(y[1]).all()
