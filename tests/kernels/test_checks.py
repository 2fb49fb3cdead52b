"""The checks themselves: each of them must see a kernel that is wrong in its own way."""

import itertools

import numpy as np
import pytest
from calls import fill, named, prepare
from checks import check_adjoint, check_equal, check_nan, check_pieces, check_repeats, check_slope, check_values

CONV = named("conv2d_forward")
SIZES = {"N": 3, "room": (2, 3), "window": (2, 2), "stride": (1, 1), "padding": "valid", "C": 3, "F": 4}
CALL = prepare(CONV, SIZES, np.float32)
right = CONV.definition


def spoilt(change):
    """Return a convolution after which something happens to its input x or its output y."""

    def kernel(x, w, b, stride, dilation, pad, relu, y):
        right(x, w, b, stride, dilation, pad, relu, y)
        return change(x, y)

    return kernel


def after(statement):
    def change(x, y):
        exec(statement, {"x": x, "y": y, "np": np})

    return spoilt(change)


def test_the_right_kernel_passes():
    check_values(right, CALL)
    check_equal(right, right, CALL)
    check_repeats(right, CALL)
    check_pieces(right, CALL, 1, exact=False)
    check_nan(right, CALL, "x", 1)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("y[-1, -1, -1, -1] = np.nan", "1 of 144 places are NaN or not filled, the first is (2, 2, 3, 3)"),
        ("y[0, 1, 2, 3] *= 1.001", r"1 of 144 are wrong; at (0, 1, 2, 3)"),
        ("y += 1e-3 * np.abs(y).max()", "144 of 144 are wrong"),
        ("y[0, 0, 0, 0] = np.inf", "1 of 144 are wrong"),
        ("x[0, 0, 0, 0] += 1", "writes to its input x"),
    ],
)
def test_wrong_values_are_seen(statement, message):
    with pytest.raises(AssertionError) as error:
        check_values(after(statement), prepare(CONV, SIZES, np.float32))
    assert message in str(error.value)


def test_a_kernel_that_returns_something_is_seen():
    with pytest.raises(AssertionError, match="conv2d_forward returns ndarray"):
        check_values(spoilt(lambda x, y: y), CALL)


def test_a_kernel_that_adds_to_what_stood_there_is_seen():
    def adding(x, w, b, stride, dilation, pad, relu, y):
        before = y.copy()
        right(x, w, b, stride, dilation, pad, relu, y)
        y += before

    with pytest.raises(AssertionError, match="144 of 144 places are NaN or not filled"):
        check_values(adding, CALL)


def test_float32_inside_a_float64_kernel_is_seen():
    with pytest.raises(AssertionError, match="are wrong"):
        check_values(after("y[:] = y.astype(np.float32)"), prepare(CONV, SIZES, np.float64))


def test_a_wrong_winner_is_seen():
    kernel = named("max_pool2d_forward")

    def last_of_a_tie(x, window, stride, pad, y, winner):
        kernel.definition(x, window, stride, pad, y, winner)
        winner[...] = window[0] * window[1] - 1

    call = prepare(kernel, {**{n: SIZES[n] for n in SIZES if n != "F"}, "ties": True}, np.float32)
    with pytest.raises(AssertionError, match="max_pool2d_forward: winner"):
        check_values(last_of_a_tie, call)


def test_a_twin_that_differs_is_seen():
    with pytest.raises(AssertionError, match="are wrong"):
        check_equal(right, after("y[0, 0, 0, 0] += 1"), CALL)


def test_a_kernel_with_a_memory_is_seen():
    runs = itertools.count()
    with pytest.raises(AssertionError, match="y differs from one run to the next"):
        check_repeats(spoilt(lambda x, y: y.fill(next(runs))), CALL)


@pytest.mark.parametrize("exact", [True, False])
def test_rows_that_depend_on_their_batch_are_seen(exact):
    with pytest.raises(AssertionError, match="depend on the size of the batch" if exact else "of two pieces"):
        check_pieces(after("y += 1e-3 * len(y)"), CALL, 1, exact)


def test_a_gradient_of_weights_that_is_a_mean_is_seen():
    kernel = named("conv2d_backward")

    def mean(dy, x, w, stride, dilation, pad, relu, y, dx, dw, db):
        kernel.definition(dy, x, w, stride, dilation, pad, relu, y, dx, dw, db)
        dw /= len(x)

    with pytest.raises(AssertionError, match="dw of two pieces"):
        check_pieces(mean, prepare(kernel, SIZES, np.float32), 1, exact=False)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("np.nan_to_num(y, copy=False)", "NaN in x does not reach y"),
        ("y += np.isnan(y).any()", "changes other rows of y"),
        ("y[1] += np.sum(y[1])", "spreads to y"),
    ],
)
def test_a_broken_number_that_is_lost_or_spreads_is_seen(statement, message):
    with pytest.raises(AssertionError, match=message):
        check_nan(after(statement), CALL, "x", 1)


def wrong_backward(statement):
    kernel = named("simple_rnn_backward")

    def backward(dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0):
        kernel.definition(dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0)
        exec(statement, {"dx": dx, "dwx": dwx, "dwh": dwh, "db": db, "dh0": dh0})

    return backward


@pytest.mark.parametrize(
    "statement", ["dx *= 1.001", "dwx[0] = 0", "dwh *= -1", "db += 0.01", "dh0[:] = dh0[::-1].copy()"]
)
def test_a_gradient_that_does_not_follow_the_slope_is_seen(statement):
    forward = named("simple_rnn_forward")
    sizes = {"N": 3, "T": 4, "D": 2, "U": 5}
    check_slope(forward.definition, named("simple_rnn_backward").definition, forward.op, sizes)
    with pytest.raises(AssertionError, match="slope"):
        check_slope(forward.definition, wrong_backward(statement), forward.op, sizes)


def test_a_backward_pass_that_is_not_the_adjoint_is_seen():
    y, dy = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
    check_adjoint("conv2d", [(y, dy), (dy, y)])
    with pytest.raises(AssertionError, match="conv2d: inner products"):
        check_adjoint("conv2d", [(y, dy), (dy, y * np.float32(1.001))])


def test_every_place_is_poisoned_before_a_kernel_runs():
    made = fill(
        lambda *arrays: None, prepare(named("max_pool2d_forward"), {n: SIZES[n] for n in SIZES if n != "F"}, np.float32)
    )
    assert np.isnan(made["y"]).all()
    assert (made["winner"] == -1).all()
