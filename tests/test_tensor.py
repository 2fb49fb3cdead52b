"""The tape: gradients meet, chains are long, nothing is lost and nothing is kept."""

import gc
import threading
import weakref

import numpy as np
import pytest

from edunet import ops, tensor
from edunet.gradcheck import check_gradients
from edunet.tensor import Tensor, differentiable, gradients, no_gradients

rng = np.random.default_rng(1)
A, B, ROW = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)) + 3, rng.normal(size=4)


ARITHMETIC = [tensor.add, tensor.subtract, tensor.multiply, tensor.divide, tensor.maximum, tensor.minimum]


@pytest.mark.parametrize("op", ARITHMETIC)
@pytest.mark.parametrize("other", [B, ROW + 4, np.array([[2.5], [1.5], [3.0]]), np.array(2.0)], ids=str)
def test_arithmetic_broadcasts_and_has_the_right_gradient(op, other):
    assert check_gradients(op, A, other) < 1e-7
    assert check_gradients(op, other, A + 9) < 1e-7


@pytest.mark.parametrize(
    ("op", "arrays", "options"),
    [
        (tensor.power, [B], {"exponent": 3}),
        (tensor.exp, [A], {}),
        (tensor.log, [np.abs(B)], {}),
        (tensor.absolute, [A], {}),
        (tensor.matmul, [A, A.T], {}),
        (tensor.matmul, [rng.normal(size=(2, 3, 4)), A.T], {}),
        (tensor.sum, [A], {"axis": 0}),
        (tensor.sum, [A], {"axis": (0, 1), "keepdims": True}),
        (tensor.mean, [A], {"axis": 1}),
        (tensor.reshape, [A], {"shape": (2, 6)}),
        (tensor.transpose, [rng.normal(size=(2, 3, 4))], {"axes": (2, 0, 1)}),
        (tensor.take, [A], {"key": (slice(None), [0, 0, 2])}),
        (tensor.take, [A], {"key": (slice(None, None, -2), 1)}),
        (tensor.concatenate, [A, B, A], {"axis": 0}),
        (tensor.where, [A, ROW], {"condition": A > 0}),
        (tensor.stack, [A, B], {"axis": 1}),
        (tensor.unstack, [A], {"axis": 1}),
    ],
)
def test_gradient_of_each_operation(op, arrays, options):
    assert check_gradients(op, *arrays, **options) < 1e-7


def test_operators_compute_what_they_say():
    x = Tensor([2.0, 4.0])
    y = (1 - x) * 3 / (x + 1) + (-x) ** 2 - 2 / x
    np.testing.assert_allclose(y.numpy(), [(1 - v) * 3 / (v + 1) + v * v - 2 / v for v in (2.0, 4.0)], rtol=1e-6)


def test_array_on_the_left_stays_on_the_tape():
    x = Tensor([1.0, 2.0])
    y = np.array([3.0, 4.0]) * x
    assert isinstance(y, Tensor)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


def test_gradients_that_meet_are_added():
    x = Tensor(3.0)
    h = x * x
    (h * x + h).backward()
    assert x.grad == 3 * 9 + 2 * 3


def test_backward_sets_gradients_afresh():
    x = Tensor([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    loss.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


def test_chain_of_100_000_operations_works_and_is_freed():
    x = Tensor(1.0)
    y = x
    for _ in range(100_000):
        y = y + 0.0
    y.backward()
    assert x.grad == 1.0
    del y


def test_wide_sharing_is_walked_once():
    x = Tensor(1.0)
    y = x
    for _ in range(60):  # 2^60 paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_graph_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        w = Tensor(np.ones(3))
        h = w * 2.0
        middle = weakref.ref(h)
        loss = (h * h).sum()
        loss.backward()
        del h, loss
        assert middle() is None
    finally:
        gc.enable()


def test_gradients_of_intermediate_results():
    x = Tensor([3.0])
    h = x * x
    loss = (h * h).sum()
    dh, dx = gradients(loss, [h, x])
    assert (dh[0], dx[0]) == (18.0, 108.0)


def test_gradient_of_what_the_loss_ignores_is_zero():
    x, unused = Tensor([3.0]), Tensor([1.0, 1.0])
    np.testing.assert_array_equal(gradients(x.sum(), [unused])[0], [0.0, 0.0])


def test_one_output_of_several_gives_zeros_for_the_others():
    @differentiable
    def both(x):
        return (x * 2, x * 3), lambda da, db: 2 * da + 3 * db

    x = Tensor([1.0])
    second = both(x)[1]
    second.sum().backward()
    assert x.grad == [3.0]


def test_backward_needs_one_number():
    with pytest.raises(ValueError, match=r"starts at one number, a loss; received shape \(2,\)"):
        Tensor([1.0, 2.0]).backward()


def test_no_gradients_remembers_nothing_and_ends():
    x = Tensor(1.0)
    with no_gradients():
        assert (x * 2).made_by is None
    assert (x * 2).made_by is not None


def test_no_gradients_holds_for_its_own_thread_only():
    seen = []
    with no_gradients():
        thread = threading.Thread(target=lambda: seen.append((Tensor(1.0) * 2).made_by))
        thread.start()
        thread.join()
    assert seen[0] is not None


def test_arrays_in_arrays_out():
    y = tensor.add(np.ones(2), 1.0)
    assert type(y) is np.ndarray


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_plain_numbers_do_not_change_the_precision(dtype):
    assert (Tensor(np.ones(2, dtype)) * 2.5 + 1).dtype == dtype


def test_integers_become_floatx():
    assert Tensor(np.arange(3, dtype=np.uint8)).dtype == np.float32


def test_text_is_refused_with_the_repair():
    with pytest.raises(TypeError, match=r"expected numbers, received an array of dtype <U3.*np.unique"):
        Tensor(["ill", "not"])


def test_numpy_functions_refuse_tensors_instead_of_losing_the_gradient():
    with pytest.raises(TypeError):
        np.exp(Tensor(1.0))


def test_a_tensor_as_option_is_refused():
    with pytest.raises(TypeError, match=r"axes is an option and cannot carry a gradient. Pass axes.numpy\(\)"):
        tensor.transpose(Tensor(A), axes=Tensor([1.0, 0.0]))


def test_inputs_may_be_given_by_name_or_left_out():
    @differentiable
    def shift(x, w, b=None):
        return x * w + (0 if b is None else b), lambda dy: (dy * w, dy * x, None if b is None else dy)

    x, b = Tensor([2.0]), Tensor([1.0])
    shift(x, w=np.array([3.0])).backward()
    assert x.grad == [3.0]
    shift(x, np.array([3.0]), b=b).backward()
    assert b.grad == [1.0]
    with pytest.raises(TypeError, match="shift: the input w is missing"):
        shift(x)


def test_non_contiguous_arrays_reach_the_op_contiguous():
    @differentiable
    def look(x):
        assert x.flags.c_contiguous
        return x, lambda dy: dy

    look(Tensor(A.T))
    look(A[:, ::2])


def test_contiguous_arrays_reach_the_op_uncopied_and_others_as_copies():
    a = np.arange(6.0).reshape(2, 3)
    protected = a.copy()
    protected.flags.writeable = False
    misaligned = np.frombuffer(b"." + a.tobytes(), np.uint8)[1:].view(a.dtype)
    assert tensor.for_kernels(a, a.dtype) is a
    assert np.shares_memory(tensor.for_kernels(protected, a.dtype), protected)
    for other in (a.T, a[:, ::2], a.astype(np.float32), misaligned):
        prepared = tensor.for_kernels(other, a.dtype)
        assert prepared.flags.carray
        assert prepared.dtype == a.dtype
        np.testing.assert_array_equal(prepared, other)


def test_numbers_alone_become_floatx_and_arrays_without_axes_promote():
    assert tensor.add(1.0, 2).dtype == np.float32
    single, double = np.float32([1.0]), np.array(2.0)
    assert tensor.add(single, 2.0).dtype == np.float32
    assert tensor.add(single, double).dtype == np.float64


def test_a_gradient_asked_for_twice_and_on_the_way_to_another():
    x = Tensor([3.0])
    h = x * x
    found = gradients((h * h).sum(), [h, x, h])
    assert [g.tolist() for g in found] == [[18.0], [108.0], [18.0]]


def test_conversion_to_array_and_float():
    t = Tensor([[1.5]])
    assert np.asarray(t, dtype=np.float64).dtype == np.float64
    assert float(Tensor(2.5)) == 2.5
    assert "shape=(1, 1)" in repr(t)


def test_matmul_names_the_shapes():
    with pytest.raises(ValueError, match=r"a has shape \(3, 4\), b has shape \(3, 4\)"):
        tensor.matmul(A, A)


@pytest.mark.parametrize("dy", [np.ones(2), np.ones((3, 1)), 1.0])
def test_dy_has_the_shape_of_its_output(dy):
    with pytest.raises(ValueError, match=r"dy needs the shape of what it is the gradient of, \(3,\)"):
        (Tensor(np.ones(3)) * 2.0).backward(dy)


def test_a_gradient_of_another_shape_than_its_input_is_refused():
    @differentiable
    def careless(x, b):
        return x + b, lambda dy: (dy, dy)  # the sum over the rows is missing

    with pytest.raises(
        ValueError, match=r"careless: backward returned a gradient of shape \(4, 3\) for an input of shape"
    ):
        careless(Tensor(np.ones((4, 3))), Tensor(np.ones(3))).sum().backward()


def test_gradients_wants_a_list():
    x = Tensor([1.0])
    with pytest.raises(TypeError, match=r"type gradients\(y, \[w\]\)"):
        gradients(x * 2.0, x)


def test_leaves_do_not_share_one_gradient_array():
    @differentiable
    def plus(a, b):
        return a + b, lambda dy: (dy, dy)

    a, b = Tensor([1.0]), Tensor([2.0])
    plus(a, b).backward()
    a.grad *= 5
    assert b.grad == [1.0]


def test_numpy_scalars_as_options_do_not_change_the_precision():
    assert (Tensor(np.ones(2, np.float32)) ** np.float64(2)).dtype == np.float32


def test_other_byte_orders_keep_their_precision():
    assert Tensor(np.array([1.1], ">f8")).dtype == np.float64


def test_power_zero_is_flat_everywhere():
    x = Tensor([0.0])
    (x**0).backward()
    assert x.grad == [0.0]


def test_truth_of_one_number():
    assert bool(Tensor(2.0))
    assert not Tensor(0.0)


# ---------------------------------------------------------------- only what somebody asked for


@pytest.fixture
def flags():
    """Return a list of the flags that were seen, and an op y = a + b + c that writes them down."""
    seen = []

    @differentiable
    def plus(a, b, c=None):
        def backward(dy, *, wanted=(True, True, True)):
            seen.append(wanted)
            return tuple(dy if asked else None for asked in wanted)

        return a + b + (0 if c is None else c), backward

    return seen, plus


def test_a_plain_array_or_an_absent_input_is_not_wanted(flags):
    seen, plus = flags
    x = Tensor([1.0])
    plus(x, np.ones(1)).backward()
    plus(np.ones(1), np.ones(1), x).backward()
    assert seen == [(True, False, False), (False, False, True)]
    assert x.grad == [1.0]


def test_backward_wants_every_tensor(flags):
    seen, plus = flags
    a, b = Tensor([1.0]), Tensor([1.0])
    plus(plus(a, b), b, a).backward()
    assert seen == [(True, True, True), (True, True, False)]
    assert (a.grad, b.grad) == ([2.0], [2.0])


def test_gradients_wants_the_ways_to_what_is_asked_for(flags):
    seen, plus = flags
    a, b, c, d = (Tensor([1.0]) for _ in range(4))
    first = plus(a, b)
    second = plus(c, d)
    assert gradients(plus(first, second, a), [c])[0] == [1.0]
    assert seen == [(False, True, False), (True, False, False)]  # first is not computed at all
    assert a.grad is None


def test_the_operation_behind_a_wanted_result_is_skipped(flags):
    seen, plus = flags
    a, b = Tensor([1.0]), Tensor([1.0])
    h = plus(a, b)
    y = plus(h, b)
    assert gradients(y, [h])[0] == [1.0]
    assert seen == [(True, False, False)]
    assert gradients(y, [h, a]) == [[1.0], [1.0]]
    assert seen[1:] == [(True, False, False), (True, False, False)]


def test_gradient_of_a_result_for_itself():
    x = Tensor([2.0])
    y = x * 3.0
    assert gradients(y, [y, x]) == [[1.0], [3.0]]
    assert gradients(x, [x]) == [[1.0]]


def test_a_closure_without_the_keyword_is_not_told():
    @differentiable
    def double(x):
        return 2 * x, lambda dy: 2 * dy

    x = Tensor([1.0])
    double(x).backward()
    assert x.grad == [2.0]


def test_what_is_returned_for_an_unwanted_input_is_not_looked_at():
    @differentiable
    def times(x, w):
        return x * w, lambda dy, *, wanted=(True, True): (np.empty((7, 7)), dy * x)

    w = Tensor([2.0])
    assert gradients(times(Tensor([3.0]), w), [w])[0] == [3.0]


@pytest.mark.parametrize("op", ["conv2d", "depthwise_conv2d", "dense", "simple_rnn", "gru", "lstm"])
def test_the_gradient_of_data_is_formed_only_if_it_is_asked_for(op):
    shapes = {
        "conv2d": ((2, 4, 4, 2), (3, 3, 2, 3)),
        "depthwise_conv2d": ((2, 4, 4, 2), (3, 3, 2, 3)),
        "dense": ((5, 4), (4, 3)),
        "simple_rnn": ((2, 3, 4), (4, 5), (5, 5)),
        "gru": ((2, 3, 4), (4, 15), (5, 15)),
        "lstm": ((2, 3, 4), (4, 20), (5, 20)),
    }[op]
    arrays = [np.random.default_rng(0).normal(size=shape) for shape in shapes]
    x, *weights = map(Tensor, arrays)

    def score(x):
        y = getattr(ops, op)(x, *weights)
        y = y[0] if isinstance(y, tuple) else y
        return y, (y * y).sum()

    y, loss = score(x)
    full = gradients(loss, [x, *weights])
    assert np.abs(full[0]).min() > 0  # a saliency map: x is a Tensor like any other
    y, loss = score(arrays[0])
    for dw, again in zip(full[1:], gradients(loss, weights), strict=True):
        np.testing.assert_array_equal(dw, again)
    dys = [np.ones(shape) for shape, _ in y.made_by.outputs]
    others = (True,) * (len(y.made_by.inputs) - 1)
    dx, *_ = y.made_by.backward(*dys, wanted=(False, *others))
    assert dx is None or dx.size == 0


def test_what_gives_batches_is_to_be_collected_first():
    with pytest.raises(TypeError, match="expected an array, received generator. Collect what it gives first"):
        tensor.as_array(x for x in [[1.0]])
