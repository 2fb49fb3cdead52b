"""DeLong's variance by ranks is DeLong's variance by all pairs; with one row a patient Obuchowski's is the same."""

import numpy as np
import pytest

from edunet.clinic.delong import covariance, independent_pairs, placements


def all_pairs(y, score):
    """ψ(ill i, healthy j), (m, n)."""
    ill, healthy = score[y][:, np.newaxis], score[~y]
    return (ill > healthy) + 0.5 * (ill == healthy)


@pytest.fixture
def two_models():
    rng = np.random.default_rng(3)
    y = np.arange(37) % 3 == 0
    return y, np.round(rng.normal(size=(2, 37)) + y, 1)  # with ties


def test_placements_are_means_over_all_pairs(two_models):
    y, scores = two_models
    placed, pairs = placements(y, scores[0]), all_pairs(y, scores[0])
    np.testing.assert_allclose(placed[y], pairs.mean(axis=1), rtol=1e-14)
    np.testing.assert_allclose(placed[~y], pairs.mean(axis=0), rtol=1e-14)


def test_covariance_is_that_of_the_article(two_models):
    y, scores = two_models
    v10 = np.stack([all_pairs(y, one).mean(axis=1) for one in scores])
    v01 = np.stack([all_pairs(y, one).mean(axis=0) for one in scores])
    expected = np.cov(v10) / y.sum() + np.cov(v01) / (~y).sum()
    found = covariance(y, np.stack([placements(y, one) for one in scores]))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_one_row_a_patient_gives_the_same_with_groups(two_models):
    y, scores = two_models
    placed = np.stack([placements(y, one) for one in scores])
    found = covariance(y, placed, np.random.default_rng(0).permutation(len(y)))
    np.testing.assert_allclose(found, covariance(y, placed), rtol=1e-12)


def test_groups_as_obuchowski_writes_it(two_models):
    y, scores = two_models
    score, whose = scores[0], np.arange(len(y)) // 4  # most patients have ill and healthy rows
    placed = placements(y, score)
    area, m, n = placed[y].mean(), y.sum(), (~y).sum()
    ill = [placed[y & (whose == i)] for i in range(whose.max() + 1)]
    healthy = [placed[~y & (whose == i)] for i in range(whose.max() + 1)]
    a = np.array([v.sum() - len(v) * area for v in ill])
    b = np.array([v.sum() - len(v) * area for v in healthy])
    some_ill, some_healthy, all_of_them = sum(map(bool, map(len, ill))), sum(map(bool, map(len, healthy))), len(a)
    s10 = some_ill / ((some_ill - 1) * m) * np.sum(a**2)
    s01 = some_healthy / ((some_healthy - 1) * n) * np.sum(b**2)
    s11 = all_of_them / (all_of_them - 1) * np.sum(a * b)
    expected = s10 / m + s01 / n + 2 * s11 / (m * n)
    assert covariance(y, placed[np.newaxis], whose)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_every_row_ten_times_changes_the_plain_variance_only(two_models):
    y, scores = two_models
    many, whose = np.repeat(y, 10), np.repeat(np.arange(len(y)), 10)
    once = covariance(y, placements(y, scores[0])[np.newaxis])[0, 0]
    placed = placements(many, np.repeat(scores[0], 10))[np.newaxis]
    assert covariance(many, placed, whose)[0, 0] == pytest.approx(once, rel=1e-12)
    assert covariance(many, placed)[0, 0] < once / 9


def test_hanley_and_mcneils_109_images():
    """Their table of 1982, rated from 1 to 5; Stata's roctab prints area 0.8932, DeLong's standard error 0.0307."""
    y = np.repeat([False, True], [58, 51])
    rating = np.repeat([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], [33, 6, 6, 11, 2, 3, 2, 2, 11, 33])
    placed = placements(y, rating)
    assert placed[y].mean() == pytest.approx(0.8932, abs=5e-5)
    assert np.sqrt(covariance(y, placed[np.newaxis])[0, 0]) == pytest.approx(0.0307, abs=5e-5)


@pytest.mark.parametrize(
    ("y", "whose", "pairs"),
    [
        ([1, 0, 0], None, 1),
        ([1, 1, 0, 0], [0, 1, 2, 3], 2),
        ([1, 0, 1, 0], [0, 0, 1, 1], 1),
        ([1, 0, 1, 0], [0, 0, 0, 0], 0),
        ([1, 1, 0, 0], [0, 0, 1, 2], 1),
    ],
    ids=["one ill", "alone", "two with both", "one patient", "one ill patient"],
)
def test_pairs_without_a_common_patient(y, whose, pairs):
    assert independent_pairs(np.array(y, bool), None if whose is None else np.array(whose)) == pairs
