"""allergy_record: the rule holds in every record, the best score, models without memory."""

import numpy as np
import pytest

from edunet.datasets import allergy_record
from edunet.datasets.allergy_record import oracle_score

N = 50_000


@pytest.fixture(scope="module")
def records():
    return allergy_record.load(N, seed=1)


def words(records):
    """+1 where the allergy is confirmed, -1 where it is ruled out, (n,60)."""
    return (records.x == 1).astype(int) - (records.x == 0)


def test_form(records):
    assert records.x.shape == (N, 60)
    assert records.x.dtype == np.int64
    assert records.truth.keys() == {"risk", "state", "latest", "delay"}


def test_first_rows_are_pinned():
    records = allergy_record.load(8)
    assert records.y.tolist() == [1, 0, 1, 0, 1, 1, 1, 0]
    assert records.truth["delay"].tolist() == [11, 19, 21, 19, 11, 38, 16, 10]
    assert records.x[0].tolist() == [
        34, 26, 21, 0, 0, 4, 5, 3, 1, 33, 27, 36, 21, 25, 38, 29, 26, 23, 0, 37, 13, 33, 27, 3, 17, 0, 0, 1, 31, 29,
        34, 9, 6, 34, 3, 23, 5, 14, 20, 18, 17, 4, 3, 7, 3, 27, 22, 26, 1, 25, 31, 17, 20, 39, 32, 39, 17, 28, 38,
        2,
    ]  # fmt: skip


def test_the_last_code_and_no_other_is_the_order(records):
    assert (records.x[:, -1] == 2).all()
    assert not (records.x[:, :-1] == 2).any()


def test_three_to_eight_words_on_the_allergy(records):
    counts = np.bincount(abs(words(records)).sum(1), minlength=9)
    assert not counts[:3].any()
    assert len(counts) == 9
    np.testing.assert_allclose(counts[3:] / N, 1 / 6, atol=0.01)


def test_no_word_in_the_last_ten_visits(records):
    where = abs(words(records)).mean(0)
    assert not where[50:].any()
    np.testing.assert_allclose(where[:50], 5.5 / 50, atol=0.01)


def test_other_codes_are_equally_frequent(records):
    counts = np.bincount(records.x.ravel(), minlength=40)[3:]
    assert len(counts) == 37
    np.testing.assert_allclose(counts / counts.mean(), 1, atol=0.03)


def test_state_is_the_latest_word(records):
    for i in range(500):
        said = [(t, code) for t, code in enumerate(records.x[i]) if code < 2]
        assert said[-1] == (records.truth["latest"][i], records.truth["state"][i])


def test_delay_is_counted_from_the_latest_word_to_the_order(records):
    delay = records.truth["delay"]
    np.testing.assert_array_equal(delay, 59 - records.truth["latest"])
    assert delay.min() == 10
    assert delay.max() <= 57  # three words at 0, 1 and 2
    assert np.median(delay) == 15


def test_one_label_in_twenty_is_flipped(records):
    flipped = records.y != records.truth["state"]
    assert flipped.mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / N))


def test_risk_follows_from_the_state(records):
    np.testing.assert_array_equal(records.truth["risk"], np.where(records.truth["state"], 0.95, 0.05))


def test_classes_are_balanced(records):
    assert records.y.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(N))


@pytest.mark.parametrize("metric", ["auc", "accuracy"])
def test_best_scores(records, metric):
    assert oracle_score(records.truth, metric).score == pytest.approx(0.95, abs=0.0005)


def test_state_reaches_the_best_auc(records, auc):
    assert auc(records.y, records.truth["state"]) == pytest.approx(0.95, abs=0.004)


def test_counting_words_is_poor(records, auc):
    assert auc(records.y, words(records).sum(1)) == pytest.approx(0.719, abs=0.009)


def test_a_linear_model_of_the_counts_is_poor(records, auc, logistic):
    counts = np.stack([(records.x[:20_000] == code).sum(1) for code in range(40)], axis=1)
    score = logistic(counts[:8000], records.y[:8000], counts[8000:])
    assert auc(records.y[8000:20_000], score) == pytest.approx(0.715, abs=0.015)


def test_a_window_of_twenty_visits_forgets(records, auc):
    assert auc(records.y, words(records)[:, -20:].sum(1)) == pytest.approx(0.852, abs=0.008)


def test_describe_tells_a_record_in_words(records):
    lines = allergy_record.describe(records.x[0]).splitlines()
    said = abs(words(records)[0]).sum()
    assert len(lines) == said + 2
    assert lines[-2] == "visit 59  drug order"
    assert lines[-1] == f"{59 - said} other codes"
    latest = f"visit {records.truth['latest'][0]:2d}  allergy {('ruled out', 'confirmed')[records.truth['state'][0]]}"
    assert lines[-3] == latest


# --- the delay --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [10, 30, 57])
def test_the_latest_word_stands_so_many_visits_before_the_order(delay):
    records = allergy_record.load(2000, seed=3, delay=delay)
    words = records.x < 2
    latest = 59 - words[:, ::-1].argmax(1)
    np.testing.assert_array_equal(latest, 59 - delay)
    np.testing.assert_array_equal(records.truth["latest"], latest)
    np.testing.assert_array_equal(records.truth["delay"], delay)
    np.testing.assert_array_equal(records.x[:, 59 - delay], records.truth["state"])
    assert set(words.sum(1).tolist()) == ({3} if delay == 57 else {3, 4, 5, 6, 7, 8})
    assert (records.y == records.truth["state"]).mean() == pytest.approx(0.95, abs=0.02)
    earlier = words[:, : 59 - delay].mean(0)
    np.testing.assert_allclose(earlier, earlier.mean(), atol=4 * np.sqrt(earlier.mean() / 2000))


def test_records_of_a_delay_are_added_at_the_end_too():
    few, many = (allergy_record.load(n, seed=3, delay=20) for n in (500, 1500))
    np.testing.assert_array_equal(few.x, many.x[:500])


@pytest.mark.parametrize(("delay", "error"), [(9, ValueError), (58, ValueError), (30.0, TypeError), (True, TypeError)])
def test_a_delay_that_no_record_has(delay, error):
    with pytest.raises(error, match=r"delay must be .*load\(delay=30\)"):
        allergy_record.load(10, delay=delay)
