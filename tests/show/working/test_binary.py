"""A worked cross-entropy of yes or no: its numbers are those of the definition in float64."""

import math

import numpy as np

from edunet import losses, ops
from edunet.show import working

Z = np.array([[0.3], [-1.2], [2.0]])
P = 1 / (1 + np.exp(-Z))
T = np.array([1.0, 0.0, 0.0])
EACH = -T[:, None] * np.log(P) - (1 - T[:, None]) * np.log(1 - P)


def test_scores(agree):
    page = working(losses.BinaryCrossentropy(from_logits=True), T, Z, at=(2, 0), dy=3.0)
    agree(page, loss=EACH.mean(), dz=P[2, 0])
    assert f"p[2,0] = 1 / (1 + e^(−2.000)) = {P[2, 0]:#.4g}" in page.text
    assert f"= {EACH[2, 0]:#.4g}" in page.text


def test_probabilities(agree):
    page = working(losses.BinaryCrossentropy(), T, P, at=(0, 0))
    agree(page, loss=EACH.mean(), dp=-1 / P[0, 0] / 3)


def test_one_output_as_a_plain_list(agree):
    agree(working(losses.BinaryCrossentropy(), T, P[:, 0], at=1), loss=EACH.mean(), dp=1 / (1 - P[1, 0]) / 3)


def test_an_op_has_no_mean(agree):
    agree(working(ops.sigmoid_crossentropy, Z[:, 0], T, at=0), loss=-math.log(P[0, 0]), dz=P[0, 0] - 1)


def test_near_certainty_in_single_precision():
    p = np.array([1e-6, 1 - 1e-6, 0.5, 0.0, 1.0], np.float32)
    assert "What BinaryCrossentropy says" in working(losses.BinaryCrossentropy(), [0, 1, 1, 0, 1], p, at=0).text
