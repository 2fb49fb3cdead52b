"""drug_order: the rule holds in every record, the bag of codes tells nothing, places tell a little."""

import numpy as np
import pytest

from edunet.datasets import drug_order
from edunet.datasets.drug_order import oracle_score

N = 50_000


@pytest.fixture(scope="module")
def records():
    return drug_order.load(N, seed=1)


def test_form(records):
    assert records.x.shape == (N, 64)
    assert records.x.dtype == np.int64
    assert records.truth["pairs"].shape == (N, 2)
    assert records.truth["flipped"].dtype == bool


def test_first_rows_are_pinned():
    records = drug_order.load(8)
    assert records.y.tolist() == [0, 1, 1, 0, 1, 0, 0, 1]
    assert records.truth["pairs"][:3].tolist() == [[32, 29], [10, 57], [45, 43]]
    assert records.x[0].tolist() == [
        87, 69, 58, 38, 41, 19, 22, 17, 30, 84, 70, 92, 58, 7, 97, 77, 69, 61, 63, 94, 39, 84, 72, 16, 49, 88, 62,
        18, 80, 10, 87, 30, 2, 88, 17, 6, 22, 41, 56, 51, 8, 18, 16, 26, 16, 13, 3, 70, 37, 67, 80, 48, 54, 99, 83,
        98, 47, 73, 9, 70, 86, 73, 75, 48,
    ]  # fmt: skip


def test_four_drugs_of_each_kind_each_once(records):
    for first in (0, 8):
        counts = np.stack([(records.x == code).sum(1) for code in range(first, first + 8)])
        assert counts.max() == 1
        assert (counts.sum(0) == 4).all()


def test_exactly_one_index_is_shared(records):
    both = np.stack([(records.x == i).any(1) & (records.x == 8 + i).any(1) for i in range(8)], axis=1)
    assert (both.sum(1) == 1).all()
    np.testing.assert_array_equal(both.argmax(1), records.truth["shared"])


def test_pairs_are_the_places_of_the_two(records):
    codes = np.take_along_axis(records.x, records.truth["pairs"], axis=1)
    np.testing.assert_array_equal(codes[:, 0], records.truth["shared"])
    np.testing.assert_array_equal(codes[:, 1], records.truth["shared"] + 8)


def test_label_is_the_order_unless_flipped(records):
    order = records.truth["pairs"][:, 0] < records.truth["pairs"][:, 1]
    np.testing.assert_array_equal(records.truth["order"], order)
    np.testing.assert_array_equal(records.y, order ^ records.truth["flipped"])
    assert records.truth["flipped"].mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / N))


def test_risk_follows_from_the_order(records):
    np.testing.assert_array_equal(records.truth["risk"], np.where(records.truth["order"], 0.95, 0.05))


def test_drugs_stand_anywhere(records):
    np.testing.assert_allclose((records.x < 16).mean(0), 8 / 64, atol=0.008)


def test_every_index_is_shared_equally_often(records):
    np.testing.assert_allclose(np.bincount(records.truth["shared"]) / N, 1 / 8, atol=0.008)


def test_other_codes_are_equally_frequent(records):
    counts = np.bincount(records.x.ravel(), minlength=100)[16:]
    assert len(counts) == 84
    np.testing.assert_allclose(counts / counts.mean(), 1, atol=0.03)


def test_bag_of_codes_is_the_same_in_both_classes(records):
    """Means of all 100 counts, and of all products of two drugs, differ by chance only."""
    bag = np.stack([(records.x == code).sum(1) for code in range(100)], axis=1).astype(np.float32)
    drugs = bag[:, :16]
    features = np.column_stack([bag, (drugs[:, :, None] * drugs[:, None, :]).reshape(N, -1)])
    ill, healthy = features[records.y == 1], features[records.y == 0]
    spread = np.sqrt(ill.var(0) / len(ill) + healthy.var(0) / len(healthy))
    assert (abs(ill.mean(0) - healthy.mean(0)) <= 4.5 * spread + 1e-6).all()


def test_a_linear_model_of_the_bag_is_chance(records, auc, logistic):
    bag = np.stack([(records.x[:28_000] == code).sum(1) for code in range(100)], axis=1)
    score = logistic(bag[:8000], records.y[:8000], bag[8000:])
    assert auc(records.y[8000:28_000], score) == pytest.approx(0.5, abs=0.017)


def test_a_linear_model_of_codes_and_places_is_poor(records, auc, logistic):
    place = np.arange(64) - 31.5
    features = np.stack([(records.x[:28_000] == code) @ place for code in range(16)], axis=1)
    score = logistic(features[:8000], records.y[:8000], features[8000:])
    assert auc(records.y[8000:28_000], score) == pytest.approx(0.71, abs=0.015)


@pytest.mark.parametrize("metric", ["auc", "accuracy"])
def test_best_scores(records, metric):
    assert oracle_score(records.truth, metric).score == pytest.approx(0.95, abs=0.0005)


def test_order_reaches_the_best_auc(records, auc):
    assert auc(records.y, records.truth["order"]) == pytest.approx(0.95, abs=0.004)


def test_describe_tells_a_record_in_words(records):
    lines = drug_order.describe(records.x[0]).splitlines()
    assert len(lines) == 9
    assert lines[-1] == "56 other codes"
    place = records.truth["pairs"][0, 0]
    assert f"place {place:2d}  drug A{records.truth['shared'][0]}" in lines
