"""The average precision with its interval."""

import math

import numpy as np
import pytest

from edunet.clinic.auprc import auprc


def test_interval_is_boyds():
    y, p = np.arange(40) < 10, np.sin(np.arange(40.0)) + (np.arange(40) < 10)
    found = auprc(y, p)
    middle, half = math.log(found / (1 - found)), 1.959963984540054 / math.sqrt(10 * found * (1 - found))
    assert found.interval == pytest.approx([1 / (1 + math.exp(-middle - s * half)) for s in (-1, 1)], rel=1e-12)


def test_prevalence_stands_beside_it():
    assert "prevalence, 0.250" in auprc([0, 0, 0, 1], [0.1, 0.2, 0.9, 0.8]).how


def test_perfect_is_not_certain():
    found = auprc([0, 0, 1, 1, 1], [0.1, 0.2, 0.7, 0.8, 0.9])
    assert (float(found), found.high) == (1, 1)
    assert found.low == pytest.approx(3 / (3 + 1.96**2), abs=1e-3)


@pytest.mark.parametrize(("y", "why"), [([], "no patients"), ([0, 0], "nobody is ill"), ([1, 1], "nobody is healthy")])
def test_not_computed(y, why):
    assert why in auprc(y, np.zeros(len(y))).why
