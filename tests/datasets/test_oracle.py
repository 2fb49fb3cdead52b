"""The best score that anybody can reach: each formula against its definition, each error against the spread."""

import numpy as np
import pytest

from edunet.datasets.oracle import oracle_score


def brute_auc(p):
    """The definition, pair by pair."""
    wins = pairs = 0.0
    for i in range(len(p)):
        for j in range(len(p)):
            if i != j:
                weight = p[i] * (1 - p[j])
                pairs += weight
                wins += weight * ((p[i] > p[j]) + 0.5 * (p[i] == p[j]))
    return wins / pairs


@pytest.mark.parametrize("levels", [3, 1000])
def test_auc_is_the_sum_over_pairs(levels):
    rng = np.random.Generator(np.random.PCG64(0))
    p = rng.integers(0, levels, 60) / levels  # 3 levels: full of ties
    assert oracle_score({"risk": p}).score == pytest.approx(brute_auc(p), rel=1e-12)


def test_auc_is_what_the_risk_reaches_on_average_over_labels(auc):
    rng = np.random.Generator(np.random.PCG64(1))
    p = rng.random(400) ** 2
    reached = [auc(rng.random(400) < p, p) for _ in range(400)]
    assert np.mean(reached) == pytest.approx(oracle_score({"risk": p}).score, abs=4 * np.std(reached) / 20)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("accuracy", (0.9 + 0.6 + 1.0) / 3),
        ("brier", (0.1 * 0.9 + 0.6 * 0.4) / 3),
        ("log_loss", -(0.1 * np.log(0.1) + 0.9 * np.log(0.9) + 0.6 * np.log(0.6) + 0.4 * np.log(0.4)) / 3),
    ],
)
def test_means(metric, expected):
    assert oracle_score({"risk": np.array([0.1, 0.6, 1.0])}, metric).score == pytest.approx(expected)


@pytest.mark.parametrize("metric", ["auc", "auprc", "accuracy", "brier", "log_loss"])
def test_standard_error_is_the_spread_over_draws_of_patients(metric):
    rng = np.random.Generator(np.random.PCG64(2))
    draws = [oracle_score({"risk": rng.beta(0.7, 2, 300)}, metric) for _ in range(600)]
    spread = np.std([draw.score for draw in draws])
    assert np.mean([draw.standard_error for draw in draws]) == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("metric", ["auc", "auprc", "accuracy", "brier", "log_loss"])
def test_hours_of_a_patient_are_not_independent(metric):
    """The same risk ten times is one patient, not ten; hours at which nothing is asked count for nothing."""
    p = np.random.Generator(np.random.PCG64(3)).beta(0.7, 2, 200)
    hours = np.repeat(p[:, None], 12, axis=1)
    hours[:, 10:] = np.nan
    once, often = oracle_score({"risk": p}, metric), oracle_score({"risk": hours}, metric)
    assert often.score == pytest.approx(once.score, abs=0.005)  # the AUC compares an hour with others of its patient
    assert often.standard_error == pytest.approx(once.standard_error, rel=0.05)


def test_auprc_is_what_the_risk_reaches_on_average_over_labels():
    rng = np.random.Generator(np.random.PCG64(4))
    p = rng.random(2000) ** 2

    def average_precision(y):
        found = y[np.argsort(-p)]
        return (found.cumsum() / np.arange(1, len(y) + 1))[found == 1].mean()

    reached = [average_precision((rng.random(2000) < p).astype(int)) for _ in range(200)]
    best = oracle_score({"risk": p}, "auprc").score
    assert best == pytest.approx(np.mean(reached), abs=4 * np.std(reached) / np.sqrt(200) + 0.001)


def test_auprc_of_equal_risks_is_the_prevalence():
    assert oracle_score({"risk": np.full(40, 0.3)}, "auprc") == pytest.approx((0.3, 0.0))


def test_auprc_needs_ill_patients():
    with pytest.raises(ValueError, match="all are certainly healthy"):
        oracle_score({"risk": np.zeros(4)}, "auprc")


def test_of_several_classes_the_likeliest_is_answered():
    truth = {"probability": np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])}
    assert oracle_score(truth).score == pytest.approx(0.75)
    entropy = -(0.2 * np.log(0.2) + 0.5 * np.log(0.5) + 0.3 * np.log(0.3))
    assert oracle_score(truth, "log_loss").score == pytest.approx(entropy / 2)


def test_of_a_quantity_the_noise_is_left():
    assert oracle_score({"sd": np.array([3.0, 4.0])}).score == pytest.approx(np.sqrt(12.5))
    assert oracle_score({"sd": np.array([[3.0, np.nan], [4.0, 4.0]])}, "rmse").score == pytest.approx(np.sqrt(41 / 3))


def test_standard_error_of_a_root_is_the_spread_over_draws():
    rng = np.random.Generator(np.random.PCG64(5))
    draws = [oracle_score({"sd": rng.gamma(3, 1, 200)}) for _ in range(600)]
    spread = np.std([draw.score for draw in draws])
    assert np.mean([draw.standard_error for draw in draws]) == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("probability", [[[0.5, 0.5]], [[0.5, 0.6], [0.5, 0.5]], [[1.5, -0.5], [0.5, 0.5]], [0.5, 0.5]])
def test_probabilities_of_classes_sum_to_one(probability):
    with pytest.raises(ValueError, match="rows that sum to 1"):
        oracle_score({"probability": np.array(probability)})


@pytest.mark.parametrize("sd", [[1.0], [-1.0, 1.0], [np.inf, 1.0], [np.nan, np.nan]])
def test_standard_deviations_are_not_negative(sd):
    with pytest.raises(ValueError, match="standard deviations >= 0"):
        oracle_score({"sd": np.array(sd)})


def test_a_metric_of_another_truth():
    with pytest.raises(ValueError, match="\"rmse\" of a truth with 'sd'.*'auc'"):
        oracle_score({"sd": np.array([1.0, 2.0])}, "auc")


def test_auc_of_equal_risks_is_a_half():
    assert oracle_score({"risk": np.full(10, 0.3)}) == pytest.approx((0.5, 0.0))


def test_certain_risks_are_ranked_without_fail():
    truth = {"risk": np.array([0, 1, 1])}
    assert [oracle_score(truth, metric).score for metric in ("auc", "accuracy", "brier", "log_loss")] == [1, 1, 0, 0]


@pytest.mark.parametrize("risk", [np.zeros(4), np.ones(4)])
def test_auc_needs_both_classes(risk):
    with pytest.raises(ValueError, match="all are certainly the same"):
        oracle_score({"risk": risk})


def test_unknown_metric_lists_those_there_are():
    with pytest.raises(ValueError, match=r'"auc", "auprc", "accuracy", "brier", "log_loss".*AUROC'):
        oracle_score({"risk": np.array([0.1, 0.2])}, "AUROC")


@pytest.mark.parametrize("metric", [3, ["auc"]])
def test_metric_that_is_no_name(metric):
    with pytest.raises(ValueError, match="knows the metrics"):
        oracle_score({"risk": np.array([0.1, 0.2])}, metric)


@pytest.mark.parametrize("truth", [np.array([0.1, 0.2]), {"logit": np.zeros(2)}, None])
def test_truth_without_risk(truth):
    with pytest.raises(TypeError, match=r"oracle_score\(load\(\)\.truth\)"):
        oracle_score(truth)


@pytest.mark.parametrize("risk", [[0.5], [], [[0.1, 0.2]], [0.1, 1.1], [-0.1, 0.5], [0.1, np.nan]])
def test_risks_are_probabilities_of_two_patients_or_more(risk):
    with pytest.raises(ValueError, match="at least two patients"):
        oracle_score({"risk": np.array(risk)})


@pytest.mark.parametrize("sd", [[np.nan, 1], [1, np.inf], [-1, 1]])
def test_one_sd_for_every_patient(sd):
    with pytest.raises(ValueError, match="standard deviations >= 0"):
        oracle_score({"sd": np.array(sd)})
