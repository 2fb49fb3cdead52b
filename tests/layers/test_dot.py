import numpy as np
import pytest

from edunet import layers
from edunet.gradcheck import check_gradients
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
A, B, C = rng.normal(size=(3, 2, 4, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("a", "b", "axes", "formula"),
    [
        (A[:, 0], B[:, 0], 1, "nk,nk->n"),
        (A[:, 0], B[:, 0], -1, "nk,nk->n"),
        (A, B, 2, "nik,njk->nij"),
        (A, B, 1, "nki,nkj->nij"),
        (A, np.swapaxes(B, 1, 2), (2, 1), "nik,nkj->nij"),
        (A, np.swapaxes(B, 1, 2), (-1, -2), "nik,nkj->nij"),
        (A[:, 0], B, (1, 2), "nk,njk->nj"),
        (A, B[:, 0], (2, 1), "nik,nk->ni"),
    ],
)
def test_dot(a, b, axes, formula):
    expected = np.einsum(formula, a, b).reshape(2, *(np.einsum(formula, a, b).shape[1:] or (1,)))
    np.testing.assert_allclose(layers.Dot(axes)([a, b]), expected, atol=1e-6)
    np.testing.assert_allclose(layers.dot([a, b], axes), expected, atol=1e-6)


def test_dot_of_directions():
    a, b = A[:, 0], B[:, 0]
    cosine = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    np.testing.assert_allclose(layers.Dot(1, normalize=True)([a, b])[:, 0], cosine, rtol=1e-5)


def test_dot_of_nothing_has_no_direction_and_a_gradient():
    x = Tensor(np.zeros((1, 3), np.float32))
    layers.Dot(1, normalize=True)([x, A[:1, 0]]).sum().backward()
    assert np.isfinite(x.grad).all()


def test_dot_sends_the_gradient_back():
    assert check_gradients(lambda a, b: layers.Dot((2, 1), dtype="float64")([a, b]), A, B.swapaxes(1, 2)) < 1e-6


@pytest.mark.parametrize(
    ("axes", "inputs", "error", "message"),
    [
        (0, [A, B], ValueError, "axes are counted from 1: axis 0 is the batch. Received: 0"),
        ("last", [A, B], TypeError, r"axes is a whole number or two. Received: 'last'"),
        ((1, 2, 3), [A, B], TypeError, r"axes is a whole number or two. Received: \(1, 2, 3\)"),
        (1, [A, B, C], ValueError, "Dot takes two inputs. Received 3"),
        (3, [A, B], ValueError, r"axis 3 does not exist in \(2, 4, 3\)"),
        ((1, 2), [A, B], ValueError, r"axis 1 of \(2, 4, 3\) is 4 long, axis 2 of \(2, 4, 3\) is 3"),
        (1, [A[..., None], B], ValueError, r"inputs are \(N, D\) or \(N, T, D\). Received \(2, 4, 3, 1\)"),
    ],
)
def test_what_cannot_be_a_dot(axes, inputs, error, message):
    with pytest.raises(error, match=message):
        layers.Dot(axes)(inputs)
