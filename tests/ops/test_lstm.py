import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.lstm import lstm
from edunet.tensor import Tensor

N, T, D, U = 3, 5, 4, 2
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 1, 0], [0, 1, 1, 0, 0]], bool)


def draw():
    """Return x, wx, wh, b, h0, c0."""
    rng = np.random.default_rng(0)
    shapes = ((N, T, D), (D, 4 * U), (U, 4 * U), (4 * U,), (N, U), (N, U))
    return [rng.normal(size=shape) for shape in shapes]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def by_the_step(x, wx, wh, b, h0, c0, mask):
    """The formulas, one patient and one step at a time."""
    h, last = np.empty((N, T, U)), np.empty((N, U))
    for n in range(N):
        state, cell = h0[n], c0[n]
        for t in range(T):
            if mask[n, t]:
                i, f, candidate, o = np.split(x[n, t] @ wx + state @ wh + b, 4)
                cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(candidate)
                state = sigmoid(o) * np.tanh(cell)
            h[n, t] = state
        last[n] = cell
    return h, last


def test_states_follow_the_formula(backend):
    arrays = draw()
    expected = by_the_step(*arrays, np.ones((N, T), bool))
    for got, want in zip(lstm(*arrays), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


def test_gradients_are_right(backend):
    check_gradients(lstm, *draw())


def test_skipped_steps_repeat_both_states():
    arrays = draw()
    for got, want in zip(lstm(*arrays, mask=MASK), by_the_step(*arrays, MASK), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


def test_gradients_with_skipped_steps_are_right():
    check_gradients(lstm, *draw(), mask=MASK)


def test_gradients_without_bias_and_states_are_right():
    check_gradients(lstm, *draw()[:3], None, None, None, mask=MASK)


@pytest.mark.parametrize("which", [0, 1])
def test_gradients_of_one_output_alone_are_right(which):
    def one(*arrays):
        return lstm(*arrays)[which]

    check_gradients(one, *draw())


def test_each_state_may_be_given_alone():
    x, wx, wh, b, h0, c0 = draw()
    for states in ((h0, None), (None, c0)):
        filled = [np.zeros((N, U)) if s is None else s for s in states]
        np.testing.assert_array_equal(lstm(x, wx, wh, b, *states)[0], lstm(x, wx, wh, b, *filled)[0])


def test_padding_changes_nothing():
    x, *rest = draw()
    padded = np.concatenate([x[:, :3], np.full((N, 2, D), 7.0)], axis=1)
    h, c = lstm(padded, *rest, mask=np.arange(T) < np.full((N, 1), 3))
    short_h, short_c = lstm(x[:, :3], *rest)
    np.testing.assert_allclose(np.concatenate([h[:, -1], c]), np.concatenate([short_h[:, -1], short_c]), rtol=1e-14)


def test_gradients_do_not_see_nan_in_skipped_steps():
    x, *rest = draw()
    x[~MASK] = np.nan
    tensors = [Tensor(a) for a in (x, *rest)]
    lstm(*tensors, mask=MASK)[0].sum().backward()
    assert all(np.isfinite(t.grad).all() for t in tensors)


def test_float32_stays_float32_and_close():
    arrays = draw()
    outputs = lstm(*(a.astype(np.float32) for a in arrays), mask=MASK)
    for got, want in zip(outputs, lstm(*arrays, mask=MASK), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_float32_gradients_stay_float32():
    tensors = [Tensor(a.astype(np.float32)) for a in draw()]
    lstm(*tensors, mask=MASK)[0].sum().backward()
    assert {t.grad.dtype for t in tensors} == {np.dtype(np.float32)}


def test_gates_far_out_keep_the_cell():
    wx = np.array([[-1000.0, 1000.0, 1.0, -1000.0]])  # write nothing, keep everything, show nothing
    h, c = lstm(np.ones((1, 4, 1)), wx, np.zeros((1, 4)), None, None, np.array([[0.3]]))
    np.testing.assert_array_equal([*h.ravel(), *c.ravel()], [0, 0, 0, 0, 0.3])


ones = np.ones


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((ones((T, D)), ones((D, 8)), ones((U, 8))), {}, r"lstm: expected x \(N, T, D\)"),
        ((ones((N, T, D)), ones((D, 6)), ones((U, 6))), {}, r"expected wx \(D, 4·U\) and wh \(U, 4·U\)"),
        ((ones((N, T, D)), ones((D, 8)), ones((U, 8)), ones(2)), {}, r"b \(4·U,\) = \(8,\).*b \(2,\)"),
        ((ones((N, T, D)), ones((D, 8)), ones((U, 8)), None, None, ones((1, U))), {}, r"c0 \(N, U\) = \(3, 2\)"),
        ((ones((N, T, D)), ones((D, 8)), ones((U, 8))), {"mask": ones((N, T, D), bool)}, r"mask\.any\(axis=-1\)"),
    ],
)
def test_wrong_sizes_are_explained(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        lstm(*arrays, **options)
