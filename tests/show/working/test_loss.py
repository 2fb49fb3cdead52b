"""A worked cross-entropy of classes or of yes and no: its numbers are those of the definition in float64."""

import math

import numpy as np
import pytest

from edunet import losses, ops
from edunet.show import working

RNG = np.random.default_rng(7)
Z = RNG.normal(size=(3, 4)).astype(np.float32)
P = np.exp(Z.astype(float)) / np.exp(Z.astype(float)).sum(axis=1, keepdims=True)
LABELS = np.array([1, 0, 3])
T = np.eye(4)[LABELS]
MEAN = -np.mean(np.log(P[range(3), LABELS]))


def test_scores_to_probabilities_to_loss(agree, table):
    page = working(losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, Z, at=2)
    agree(page, loss=MEAN)
    rows = np.array(table(page, "k z[2,k] e^(z[2,k]"))
    np.testing.assert_allclose(rows[:, 3], P[2], rtol=6e-4)
    assert f"loss[2] = −ln({P[2, 3]:#.4g}) = {-math.log(P[2, 3]):#.4g}" in page.text


def test_the_mean_shares_the_gradient_among_the_examples(agree, table):
    page = working(losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, Z, at=1, dy=6.0)
    rows = np.array(table(page, "k p[1,k] t[1,k] p − t dz[1,k]"))
    np.testing.assert_allclose(rows[:, 4], 6 * (P[1] - T[1]) / 3, rtol=6e-4)
    assert "The loss is the mean of 3 examples" in page.text


def test_an_op_has_no_mean(agree, table):
    page = working(ops.sparse_softmax_crossentropy, Z, LABELS, at=1)
    agree(page, loss=-math.log(P[1, 0]))
    np.testing.assert_allclose(np.array(table(page, "k p[1,k]"))[:, 4], P[1] - T[1], rtol=6e-4)
    assert "mean" not in page.text


def test_probabilities_and_their_gradient(agree, table):
    page = working(losses.SparseCategoricalCrossentropy(), LABELS, P, at=0)
    agree(page, loss=MEAN)
    np.testing.assert_allclose(np.array(table(page, "k p[0,k] t[0,k] p − t"))[:, 5], (P - T)[0] / P[0] / 3, rtol=6e-4)


@pytest.mark.parametrize("target", [T, 0.9 * T + 0.025])
def test_shares_as_target(target, agree):
    expected = -np.mean(np.sum(target * np.log(P), axis=1))
    agree(working(losses.CategoricalCrossentropy(from_logits=True), target, Z), loss=expected)
    page = working(ops.softmax_crossentropy, Z, target, at=1)
    agree(page, loss=-np.sum(target[1] * np.log(P[1])))


def test_the_default_is_the_example_with_the_largest_loss():
    page = working(losses.SparseCategoricalCrossentropy(), LABELS, P)
    assert f"at={np.argmin(P[range(3), LABELS])} is the example with the largest loss" in page.text


def test_a_certain_mistake_stays_finite(agree):
    page = working(losses.SparseCategoricalCrossentropy(from_logits=True), [0], np.array([[0.0, 1000.0]]))
    agree(page, loss=1000.0, dz=-1.0)


def test_an_example_that_is_not_there():
    with pytest.raises(ValueError, match=r"at=3: the table of losses has shape \(3,\); the index goes from 0 to 2"):
        working(losses.SparseCategoricalCrossentropy(), LABELS, P, at=3)


def test_labels_are_checked_as_by_the_loss_itself():
    with pytest.raises(ValueError, match="If your classes are counted from 1, use y - 1"):
        working(losses.SparseCategoricalCrossentropy(), LABELS + 1, P)


def test_sequences_of_scores_are_refused():
    with pytest.raises(ValueError, match=r"expected y_pred \(N, K\), a row for each example. Received \(2, 3, 4\)"):
        working(losses.SparseCategoricalCrossentropy(), LABELS, np.stack([P, P]))


@pytest.mark.parametrize(
    "loss", [losses.CategoricalCrossentropy(label_smoothing=0.1), losses.BinaryFocalCrossentropy()]
)
def test_an_option_that_is_not_written_out_is_refused(loss):
    with pytest.raises(ValueError, match="is written out in its plain form only, without (label_smoothing|gamma)"):
        working(loss, T, P)
