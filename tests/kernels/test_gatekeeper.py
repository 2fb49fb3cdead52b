"""Arrays as users bring them: every op makes of them what its kernels need, and finds the same numbers."""

import numpy as np
import pytest

from edunet import ops
from edunet.tensor import Tensor

rng = np.random.default_rng(0)


def draw(*shapes):
    return [rng.normal(size=shape) for shape in shapes]


N = 6  # the length of batches, and of nothing else
MASK = rng.random((N, 4)) < 0.6
LOOKS = rng.random((3, 4)) < 0.6
CASES = {
    "conv1d": (ops.conv1d, draw((N, 9, 3), (3, 3, 5), (5,)), {"padding": "causal"}),
    "conv2d": (ops.conv2d, draw((N, 5, 7, 3), (3, 2, 3, 5), (5,)), {"padding": "same", "stride": 2, "relu": True}),
    "depthwise_conv2d": (ops.depthwise_conv2d, draw((N, 5, 7, 4), (3, 2, 4, 2), (8,)), {"dilation": 2}),
    "max_pool2d": (ops.max_pool2d, draw((N, 5, 7, 3)), {"window": 3, "stride": 2, "padding": "same"}),
    "avg_pool2d": (ops.avg_pool2d, draw((N, 5, 7, 3)), {"window": 3, "stride": 2, "padding": "same"}),
    "simple_rnn": (ops.simple_rnn, draw((N, 4, 5), (5, 7), (7, 7), (7,), (N, 7)), {"mask": MASK}),
    "gru": (ops.gru, draw((N, 4, 5), (5, 21), (7, 21), (2, 21), (N, 7)), {"mask": MASK}),
    "gru, first form": (ops.gru, draw((N, 4, 5), (5, 21), (7, 21), (21,), (N, 7)), {"reset_after": False}),
    "lstm": (ops.lstm, draw((N, 4, 5), (5, 28), (7, 28), (28,), (N, 7), (N, 7)), {"mask": MASK}),
    "attention": (ops.attention, draw((N, 2, 3, 5), (N, 2, 4, 5), (N, 2, 4, 7)), {"mask": LOOKS}),
    "causal attention": (ops.attention, draw((N, 4, 5), (N, 4, 5), (N, 4, 7)), {"causal": True}),
    "batch_norm": (ops.batch_norm, draw((N, 4, 5), (5,), (5,)), {}),
    "layer_norm": (ops.layer_norm, draw((N, 4, 5), (5,), (5,)), {}),
    "softmax_crossentropy": (ops.softmax_crossentropy, draw((N, 4, 5)), {"target": rng.random((N, 4, 5))}),
    "sparse_softmax_crossentropy": (ops.sparse_softmax_crossentropy, draw((N, 4)), {"labels": np.arange(N) % 4}),
    "sigmoid_crossentropy": (ops.sigmoid_crossentropy, draw((N, 4)), {"target": rng.random((N, 4))}),
}


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


def outcome(op, arrays, options, layout):
    """Return the outputs of an op and the gradients of all its inputs; what arrives is laid out in the same way."""
    tensors = [Tensor(layout(a)) for a in arrays]
    options = {name: layout(a) if isinstance(a, np.ndarray) else a for name, a in options.items()}
    y = op(*tensors, **options)
    outputs = y if isinstance(y, tuple) else (y,)
    gradients = []
    for output in outputs:
        output.backward(layout(np.cos(np.arange(output.size)).reshape(output.shape).astype(output.dtype)))
        gradients += [t.grad for t in tensors]
    return [output.numpy() for output in outputs] + gradients


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
