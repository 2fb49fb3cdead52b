"""The small logistic regressions under calibration: exact where others stop, and finite where numbers are not."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from edunet.clinic.logistic import EDGE, fit_logistic, log_odds, overlap, sigmoid


def test_log_odds_and_sigmoid_are_inverse():
    p = np.linspace(0.001, 0.999, 41)
    z, moved = log_odds(p)
    np.testing.assert_allclose(sigmoid(z), p, atol=1e-15)
    assert moved == ""


def test_log_odds_of_the_ends_are_finite():
    z, moved = log_odds([0, 0.5, 1, EDGE / 2])
    np.testing.assert_allclose(z, [np.log(1e-8), 0, -np.log(1e-8), np.log(1e-8)], rtol=1e-7)
    assert moved == "3 of 4 predictions nearer to 0 or 1 than 1e-08 were taken as 1e-08 from it"


def test_sigmoid_does_not_overflow():
    assert sigmoid(np.array([-1e308, -1000, 0, 1000, 1e308])).tolist() == [0, 0, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("z", "y", "expected"),
    [
        ([1, 2, 3], [0, 1, 0], True),
        ([1, 2, 3], [0, 1, 1], False),
        ([1, 2, 3], [1, 1, 0], False),
        ([1, 2, 2, 3], [0, 0, 1, 1], False),
        ([1, 1, 1], [0, 1, 0], False),
        ([1, 2], [1, 1], False),
        ([], [], False),
    ],
    ids=["overlap", "apart", "upside down", "they touch", "all equal", "one kind", "nobody"],
)
def test_overlap(z, y, expected):
    assert overlap(np.array(z, float), np.array(y, bool)) is expected


def columns():
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(300), rng.normal(size=(300, 3)) * [1, 10, 0.01]])
    return x, rng.random(300) < sigmoid(x @ [-1, 0.5, 0.1, 50])


def test_coefficients_are_scikit_learns():
    x, y = columns()
    expected = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-12, solver="newton-cholesky").fit(x, y)
    np.testing.assert_allclose(fit_logistic(x, y)[0], expected.coef_[0], rtol=1e-6)


def test_covariance_is_the_inverse_of_the_information():
    x, y = columns()
    b, covariance = fit_logistic(x, y)
    mean = sigmoid(x @ b)
    np.testing.assert_allclose(covariance @ (x.T * (mean * (1 - mean))) @ x, np.eye(4), atol=1e-6)


def test_an_offset_is_held():
    x, y = columns()
    b, _ = fit_logistic(x, y)
    rest, _ = fit_logistic(x[:, :2], y, x[:, 2:] @ b[2:])
    np.testing.assert_allclose(rest, b[:2], atol=1e-9)


@pytest.mark.parametrize("shift", [-18.4, 18.4])
def test_a_start_from_which_newton_would_leap_away(shift):
    """All predictions are as far off as log_odds allows: the likelihood is flat where the search begins."""
    y = np.arange(20) < 5
    b, _ = fit_logistic(np.ones((20, 1)), y, np.full(20, shift))
    assert b[0] + shift == pytest.approx(np.log(5 / 15))
