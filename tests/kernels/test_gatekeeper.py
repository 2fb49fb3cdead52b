"""Arrays as users bring them: every op makes of them what its kernels need, and finds the same numbers."""

import numpy as np
import pytest

from edunet.tensor import Tensor
from edunet.verify import formulas, outcome

N = 6  # the length of batches, and of nothing else
CASES = formulas(N)


def strided(a):
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def backwards(a):
    return np.ascontiguousarray(a[..., ::-1])[..., ::-1]


def misaligned(a):
    """Return the same numbers one byte beside the places where numbers of their size begin."""
    room = np.zeros(a.nbytes + 1, np.uint8)[1:]
    beside = room.view(a.dtype).reshape(a.shape)
    beside[...] = a
    return beside


def read_only(a):
    a = a.copy()
    a.setflags(write=False)
    return a


def in_fortran_order(a):
    return np.asfortranarray(a)


def foreign_bytes(a):
    return a.astype(a.dtype.newbyteorder("S"))


LAYOUTS = [strided, backwards, misaligned, read_only, in_fortran_order, foreign_bytes]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("case", CASES)
def test_the_layout_of_arrays_does_not_matter(backend, case, layout):
    op, arrays, options = CASES[case]
    arrays = [a.astype(np.float32) for a in arrays]
    for a, b in zip(*(outcome(op, arrays, options, way) for way in (layout, np.array)), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6 * np.abs(b).max())


@pytest.mark.parametrize("layout", [misaligned, strided, backwards], ids=lambda f: f.__name__)
def test_the_layouts_are_what_they_say(layout):
    a = layout(np.arange(12.0).reshape(3, 4))
    np.testing.assert_array_equal(a, np.arange(12.0).reshape(3, 4))
    assert not (a.flags.aligned and a.flags.c_contiguous)


@pytest.mark.parametrize("case", sorted(CASES.keys() - {"batch_norm"}))
def test_an_empty_batch(backend, case):
    op, arrays, options = CASES[case]
    tensors = [Tensor(a[:0] if len(a) == N else a) for a in arrays]
    y = op(*tensors, **{n: a[:0] if isinstance(a, np.ndarray) and len(a) == N else a for n, a in options.items()})
    for output in y if isinstance(y, tuple) else (y,):
        assert len(output) == 0
        output.backward(np.zeros(output.shape))
        assert [t.grad.shape for t in tensors] == [t.shape for t in tensors]
        assert [t.grad.any() for t in tensors] == [False] * len(tensors)
