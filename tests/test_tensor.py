"""Tensors and their arithmetic: what comes in, which precision it keeps, what is refused."""

import numpy as np
import pytest

from edunet import tensor
from edunet.gradcheck import check_gradients
from edunet.tensor import Tensor, differentiable

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


def test_conversion_to_array_and_float():
    t = Tensor([[1.5]])
    assert np.asarray(t, dtype=np.float64).dtype == np.float64
    assert float(Tensor(2.5)) == 2.5
    assert "shape=(1, 1)" in repr(t)


def test_matmul_names_the_shapes():
    with pytest.raises(ValueError, match=r"a has shape \(3, 4\), b has shape \(3, 4\)"):
        tensor.matmul(A, A)


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


def test_what_gives_batches_is_to_be_collected_first():
    with pytest.raises(TypeError, match="expected an array, received generator. Collect what it gives first"):
        tensor.as_array(x for x in [[1.0]])


# ---------------------------------------------------------------- comparisons, and weights that are set


def test_comparisons_give_plain_arrays():
    x, y = Tensor([1.0, 2.0, 3.0]), Tensor([2.0, 2.0, 2.0])
    for compared, expected in [(x < y, [1, 0, 0]), (x <= 2, [1, 1, 0]), (x > y, [0, 0, 1]), (x >= 2, [0, 1, 1])]:
        assert compared.dtype == bool
        np.testing.assert_array_equal(compared, np.array(expected, bool))


def test_an_absolute_value_has_a_gradient():
    x = Tensor([-2.0, 3.0])
    abs(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [-1, 1])


def test_a_weight_is_set_in_place():
    w = Tensor([1.0, 2.0])
    data = w.data
    assert w.assign([3, 4]).assign_add(Tensor([1.0, 1.0])).assign_sub(np.ones(2)) is w
    np.testing.assert_array_equal(data, [3, 4])


def test_what_cannot_be_set():
    w = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"the weight has shape \(2,\). Received \(\)"):
        w.assign(1.0)
    with pytest.raises(ValueError, match="assign changes weights. This Tensor was computed"):
        (w * 2).assign([1.0, 2.0])


def test_where_in_the_order_of_numpy():
    a, b = Tensor([1.0, 2.0]), Tensor([5.0, 6.0])
    y = tensor.where(np.array([True, False]), a, b)
    np.testing.assert_array_equal(y, tensor.where(a, b, condition=np.array([True, False])))
    y.sum().backward()
    np.testing.assert_array_equal([a.grad, b.grad], [[1, 0], [0, 1]])
