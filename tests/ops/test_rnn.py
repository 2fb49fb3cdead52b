import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.rnn import simple_rnn
from edunet.tensor import Tensor

N, T, D, U = 3, 5, 4, 2
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 1, 0], [0, 1, 1, 0, 0]], bool)
F = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "linear": lambda a: a,
}


def draw(seed=0):
    """Return x, wx, wh, b, h0."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in ((N, T, D), (D, U), (U, U), (U,), (N, U))]


def by_the_step(x, wx, wh, b, h0, f, mask):
    """The formula, one patient and one step at a time."""
    h = np.empty((N, T, U))
    for n in range(N):
        state = h0[n]
        for t in range(T):
            if mask[n, t]:
                state = f(x[n, t] @ wx + state @ wh + b)
            h[n, t] = state
    return h


@pytest.mark.parametrize("activation", F)
def test_states_follow_the_formula(backend, activation):
    arrays = draw()
    expected = by_the_step(*arrays, F[activation], np.ones((N, T), bool))
    np.testing.assert_allclose(simple_rnn(*arrays, activation=activation), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", F)
def test_gradients_are_right(backend, activation):
    check_gradients(simple_rnn, *draw(), activation=activation)


def test_skipped_steps_repeat_the_state():
    arrays = draw()
    np.testing.assert_allclose(simple_rnn(*arrays, mask=MASK), by_the_step(*arrays, np.tanh, MASK), rtol=1e-12)


@pytest.mark.parametrize("activation", F)
def test_gradients_with_skipped_steps_are_right(activation):
    check_gradients(simple_rnn, *draw(), activation=activation, mask=MASK)


def test_without_bias_and_state_they_are_zero():
    x, wx, wh, b, h0 = draw()
    np.testing.assert_array_equal(simple_rnn(x, wx, wh), simple_rnn(x, wx, wh, 0 * b, 0 * h0))


def test_gradients_without_bias_and_state_are_right():
    check_gradients(simple_rnn, *draw()[:3], None, None, mask=MASK)


def test_padding_changes_nothing():
    x, wx, wh, b, h0 = draw()
    padded = np.concatenate([x[:, :3], np.full((N, 2, D), 7.0)], axis=1)
    mask = np.arange(T) < np.full((N, 1), 3)
    h = simple_rnn(padded, wx, wh, b, h0, mask=mask)
    np.testing.assert_allclose(h[:, -1], simple_rnn(x[:, :3], wx, wh, b, h0)[:, -1], rtol=1e-14)


def test_gradients_do_not_see_nan_in_skipped_steps():
    x, wx, wh, b, h0 = draw()
    x[~MASK] = np.nan
    tensors = [Tensor(a) for a in (x, wx, wh, b, h0)]
    simple_rnn(*tensors, mask=MASK).sum().backward()
    assert all(np.isfinite(t.grad).all() for t in tensors)


def test_float32_stays_float32_and_close():
    arrays = draw()
    h = simple_rnn(*(a.astype(np.float32) for a in arrays), mask=MASK)
    assert h.dtype == np.float32
    np.testing.assert_allclose(h, simple_rnn(*arrays, mask=MASK), rtol=1e-5, atol=1e-6)


def test_float32_gradients_stay_float32():
    tensors = [Tensor(a.astype(np.float32)) for a in draw()]
    simple_rnn(*tensors, mask=MASK, activation="relu").sum().backward()
    assert {t.grad.dtype for t in tensors} == {np.dtype(np.float32)}


def test_sigmoid_is_finite_far_out():
    h = simple_rnn(np.array([[[-1000.0]], [[1000.0]]]), np.ones((1, 1)), np.ones((1, 1)), activation="sigmoid")
    np.testing.assert_array_equal(h.ravel(), [0, 1])


ones = np.ones


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((ones((T, D)), ones((D, U)), ones((U, U))), {}, r"expected x \(N, T, D\).*x\[None\]"),
        ((ones((N, 0, D)), ones((D, U)), ones((U, U))), {}, "at least one time step"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U + 1))), {}, r"expected wx \(D, U\) and wh \(U, U\)"),
        ((ones((N, D, T)), ones((D, U)), ones((U, U))), {}, r"5 features per step, wx expects 4.*transpose\(0, 2, 1\)"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U)), ones(3)), {}, r"one bias per unit, b \(2,\).*\(3,\)"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U)), None, ones(U)), {}, r"h0 \(N, U\) = \(3, 2\).*np.tile"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U))), {"activation": "tahn"}, "Did you mean 'tanh'"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U))), {"mask": MASK.T}, r"\(N, T\) = \(3, 5\).*mask\.T"),
        ((ones((N, T, D)), ones((D, U)), ones((U, U))), {"mask": MASK[..., None]}, r"mask\[\.\.\., 0\]"),
    ],
)
def test_wrong_sizes_are_explained(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        simple_rnn(*arrays, **options)


def test_a_mask_of_numbers_is_refused():
    x, wx, wh, *_ = draw()
    with pytest.raises(TypeError, match=r"True where a step counts.*mask\.astype\(bool\)"):
        simple_rnn(x, wx, wh, mask=MASK.astype(float))
