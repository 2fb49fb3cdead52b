"""Global pooling against the definition, with gradients, masks and errors."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import pool_global as pool
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
MASK = np.array([[True, True, True, False, False], [False, True, False, True, False], [False] * 5])


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (pool.global_max_pool2d, lambda x: x.max(axis=(1, 2))),
        (pool.global_avg_pool2d, lambda x: x.mean(axis=(1, 2))),
        (pool.global_max_pool1d, lambda x: x.max(axis=1)),
        (pool.global_avg_pool1d, lambda x: x.mean(axis=1)),
    ],
)
def test_global(op, expected):
    x = rng.normal(size=(2, 5, 4, 3) if "2d" in op.__name__ else (2, 5, 3))
    np.testing.assert_allclose(op(x), expected(x), rtol=1e-12)
    assert check_gradients(op, x) < 1e-6


@pytest.mark.parametrize(("op", "best"), [(pool.global_max_pool1d, np.max), (pool.global_avg_pool1d, np.mean)])
def test_steps_that_a_mask_hides_take_no_part(op, best):
    x = rng.normal(size=(3, 5, 4)) - 3
    y = op(x, mask=MASK)
    np.testing.assert_allclose(y[:2], [best(x[n, MASK[n]], axis=0) for n in range(2)], rtol=1e-12)
    np.testing.assert_array_equal(y[2], 0)
    assert check_gradients(op, x, mask=MASK) < 1e-6
    x[~MASK] = np.nan  # not measured
    np.testing.assert_array_equal(op(x, mask=MASK), y)
    wide, narrow = Tensor(x), op(x.astype(np.float32), mask=MASK)
    op(wide, mask=MASK).sum().backward()
    assert not wide.grad[~MASK].any()
    assert narrow.dtype == np.float32


def test_a_broken_step_that_counts_stays_visible():
    x = np.zeros((3, 5, 1))
    x[0, 1] = np.nan
    for op in (pool.global_max_pool1d, pool.global_avg_pool1d):
        np.testing.assert_array_equal(np.isnan(op(x, mask=MASK)).ravel(), [True, False, False])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pool.global_avg_pool2d(np.zeros((4, 4))), r"global_avg_pool2d: expected x \(N, H, W, C\)"),
        (lambda: pool.global_max_pool1d(np.zeros((3, 5))), r"global_max_pool1d: expected x \(N, T, C\)"),
        (lambda: pool.global_avg_pool1d(np.zeros((3, 4, 1)), mask=MASK), r"a mask \(3, 4\).*Received \(3, 5\)"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("kind", ["avg", "max"])
@pytest.mark.parametrize("shape", [(2, 0, 3), (2, 0, 4, 3), (2, 4, 0, 3)])
def test_an_axis_without_entries(kind, shape):
    op = getattr(pool, f"global_{kind}_pool{len(shape) - 2}d")
    with pytest.raises(ValueError, match=rf"{op.__name__}: an axis without entries has no mean .* Received x \(2, "):
        op(np.zeros(shape))
