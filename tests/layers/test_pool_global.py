import numpy as np
import pytest

from edunet import layers
from edunet.layers import GlobalAveragePooling1D, GlobalMaxPooling1D, GlobalMaxPooling2D
from edunet.tensor import Tensor

X = np.random.default_rng(0).normal(size=(3, 6, 2)).astype(np.float32)
LENGTHS = np.array([6, 2, 4])


@pytest.mark.parametrize("kind", [GlobalAveragePooling1D, GlobalMaxPooling1D])
def test_a_padded_sequence_gives_what_it_gives_alone(kind):
    padded = Tensor(X)
    padded.mask = np.arange(6) < LENGTHS[:, None]
    y = kind()(padded)
    assert y.mask is None
    for n, length in enumerate(LENGTHS):
        np.testing.assert_allclose(y.numpy()[n], kind()(X[n : n + 1, :length])[0], atol=1e-6)


def test_axes_may_stay():
    assert GlobalMaxPooling2D(keepdims=True)(X[:, :, None]).shape == (3, 1, 1, 2)
    assert GlobalAveragePooling1D(keepdims=True)(X).shape == (3, 1, 2)


def test_names_as_keras_also_spells_them():
    for short, long in (("Avg", "Average"), ("Max", "Max")):
        for axes in ("1D", "2D"):
            assert getattr(layers, f"Global{short}Pool{axes}") is getattr(layers, f"Global{long}Pooling{axes}")
            assert getattr(layers, f"{short}Pool{axes}") is getattr(layers, f"{long}Pooling{axes}")
