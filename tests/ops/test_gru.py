import numpy as np
import pytest

from edunet.backend import kernels
from edunet.gradcheck import check_gradients
from edunet.ops.gru import gru
from edunet.tensor import Tensor

N, T, D, U = 3, 5, 4, 2
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 1, 0], [0, 1, 1, 0, 0]], bool)
both_forms = pytest.mark.parametrize("reset_after", [True, False])


def draw(reset_after):
    """Return x, wx, wh, b, h0."""
    rng = np.random.default_rng(0)
    bias = (2, 3 * U) if reset_after else (3 * U,)
    return [rng.normal(size=shape) for shape in ((N, T, D), (D, 3 * U), (U, 3 * U), bias, (N, U))]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def by_the_step(x, wx, wh, b, h0, reset_after, mask):
    """The formulas, one patient and one step at a time."""
    Wz, Wr, Wh = np.split(wx, 3, axis=1)
    Uz, Ur, Uh = np.split(wh, 3, axis=1)
    bz, br, bh = np.split(b[0] if reset_after else b, 3)
    cz, cr, ch = np.split(b[1] if reset_after else 0 * b, 3)
    h = np.empty((N, T, U))
    for n in range(N):
        state = h0[n]
        for t in range(T):
            if mask[n, t]:
                z = sigmoid(x[n, t] @ Wz + bz + state @ Uz + cz)
                r = sigmoid(x[n, t] @ Wr + br + state @ Ur + cr)
                inner = r * (state @ Uh + ch) if reset_after else (r * state) @ Uh
                state = z * state + (1 - z) * np.tanh(x[n, t] @ Wh + bh + inner)
            h[n, t] = state
    return h


@both_forms
def test_states_follow_the_formula(backend, reset_after):
    arrays = draw(reset_after)
    expected = by_the_step(*arrays, reset_after, np.ones((N, T), bool))
    np.testing.assert_allclose(gru(*arrays, reset_after=reset_after), expected, rtol=1e-12)


@both_forms
def test_gradients_are_right(backend, reset_after):
    check_gradients(gru, *draw(reset_after), reset_after=reset_after)


@both_forms
def test_skipped_steps_repeat_the_state(reset_after):
    arrays = draw(reset_after)
    expected = by_the_step(*arrays, reset_after, MASK)
    np.testing.assert_allclose(gru(*arrays, reset_after=reset_after, mask=MASK), expected, rtol=1e-12)


@both_forms
def test_gradients_with_skipped_steps_are_right(reset_after):
    check_gradients(gru, *draw(reset_after), reset_after=reset_after, mask=MASK)


@both_forms
def test_gradients_without_bias_and_state_are_right(reset_after):
    check_gradients(gru, *draw(reset_after)[:3], None, None, reset_after=reset_after, mask=MASK)


@both_forms
def test_without_bias_and_state_they_are_zero(reset_after):
    x, wx, wh, b, h0 = draw(reset_after)
    expected = gru(x, wx, wh, 0 * b, 0 * h0, reset_after=reset_after)
    np.testing.assert_array_equal(gru(x, wx, wh, reset_after=reset_after), expected)


@both_forms
def test_padding_changes_nothing(reset_after):
    x, wx, wh, b, h0 = draw(reset_after)
    padded = np.concatenate([x[:, :3], np.full((N, 2, D), 7.0)], axis=1)
    mask = np.arange(T) < np.full((N, 1), 3)
    h = gru(padded, wx, wh, b, h0, reset_after=reset_after, mask=mask)
    expected = gru(x[:, :3], wx, wh, b, h0, reset_after=reset_after)
    np.testing.assert_allclose(h[:, -1], expected[:, -1], rtol=1e-14)


@both_forms
def test_gradients_do_not_see_nan_in_skipped_steps(reset_after):
    x, *rest = draw(reset_after)
    x[~MASK] = np.nan
    tensors = [Tensor(a) for a in (x, *rest)]
    gru(*tensors, reset_after=reset_after, mask=MASK).sum().backward()
    assert all(np.isfinite(t.grad).all() for t in tensors)


@both_forms
def test_float32_stays_float32_and_close(reset_after):
    arrays = draw(reset_after)
    h = gru(*(a.astype(np.float32) for a in arrays), reset_after=reset_after, mask=MASK)
    assert h.dtype == np.float32
    np.testing.assert_allclose(h, gru(*arrays, reset_after=reset_after, mask=MASK), rtol=1e-5, atol=1e-6)


@both_forms
def test_float32_gradients_stay_float32(reset_after):
    tensors = [Tensor(a.astype(np.float32)) for a in draw(reset_after)]
    gru(*tensors, reset_after=reset_after, mask=MASK).sum().backward()
    assert {t.grad.dtype for t in tensors} == {np.dtype(np.float32)}


def test_without_reset_after_both_bias_rows_are_added():
    x, wx, wh, b, h0 = draw(False)
    kernel, every_step = kernels("gru"), np.zeros((0, 0), bool)
    rows = np.stack([0.25 * b, 0.75 * b])
    h, gates, inner = np.empty((N, T, U)), np.empty((N, T, 3 * U)), np.empty((N, T, U))
    kernel.gru_forward(x, wx, wh, rows, h0, every_step, False, h, gates, inner)
    np.testing.assert_allclose(h, gru(x, wx, wh, b, h0, reset_after=False), rtol=1e-12)


def test_a_gate_far_out_keeps_the_state():
    wx, wh = np.array([[1000.0, -1000.0, 1.0]]), np.zeros((1, 3))
    h = gru(np.ones((1, 4, 1)), wx, wh, None, np.array([[0.3]]))
    np.testing.assert_array_equal(h.ravel(), [0.3] * 4)


ones = np.ones


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((ones((T, D)), ones((D, 6)), ones((U, 6))), {}, r"gru: expected x \(N, T, D\)"),
        ((ones((N, T, D)), ones((D, 8)), ones((U, 8))), {}, r"expected wx \(D, 3·U\) and wh \(U, 3·U\)"),
        ((ones((N, T, 1)), ones((D, 6)), ones((U, 6))), {}, "1 features per step, wx expects 4"),
        ((ones((N, T, D)), ones((D, 6)), ones((U, 6)), ones(6)), {}, r"expects b \(2, 6\).*np\.stack"),
        (
            (ones((N, T, D)), ones((D, 6)), ones((U, 6)), ones((2, 6))),
            {"reset_after": False},
            r"expects b \(6,\).*belong to reset_after=True",
        ),
        ((ones((N, T, D)), ones((D, 6)), ones((U, 6)), None, ones((N, 3))), {}, r"h0 \(N, U\) = \(3, 2\)"),
        ((ones((N, T, D)), ones((D, 6)), ones((U, 6))), {"mask": MASK[:, :4]}, r"mask \(N, T\) = \(3, 5\)"),
    ],
)
def test_wrong_sizes_are_explained(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        gru(*arrays, **options)
