"""audit_ranks: AUC, rank correlation and shares against their definitions, and how often chance reaches them."""

import numpy as np
import pytest

from edunet.preprocessing.audit_ranks import (
    areas,
    chance,
    chance_of_shares,
    held_out_rates,
    mid_ranks,
    rank_correlation,
)


def by_pairs(values, ill):
    pairs = values[ill][:, None] - values[~ill]
    return ((pairs > 0) + (pairs == 0) / 2).mean()


@pytest.mark.parametrize("kinds", [3, 1000], ids=["ties", "none"])
def test_the_area_is_the_share_of_pairs_in_the_right_order(kinds):
    rng = np.random.default_rng(kinds)
    values, classes = rng.integers(0, kinds, 90).astype(float), rng.integers(0, 3, 90)
    auc, _ = areas(values, classes, 3)
    assert auc == pytest.approx([by_pairs(values, classes == c) for c in range(3)])


def test_the_area_is_undefined_without_rows_on_one_side():
    auc, z = areas(np.array([1.0, 2.0]), np.array([1, 1]), 3)
    assert np.isnan(auc).all()
    assert (z == 0).all()


def test_z_is_standard_normal_where_nothing_is_told():
    rng = np.random.default_rng(1)
    z = np.array([areas(rng.integers(0, 5, 60).astype(float), np.arange(60) % 3, 3)[1] for _ in range(400)])
    assert abs(z.mean()) < 0.1
    assert z.std() == pytest.approx(1, abs=0.08)


def test_a_column_that_does_not_vary_is_half_and_not_sure():
    auc, z = areas(np.ones(10), np.arange(10) % 2, 2)
    assert auc.tolist() == [0.5, 0.5]
    assert z.tolist() == [0, 0]


def test_mid_ranks_share_the_middle():
    rank, ties = mid_ranks(np.array([2.0, 2.0, 1.0, 2.0]))
    assert rank.tolist() == [3, 3, 1, 3]
    assert ties == 24


def test_many_rare_categories_tell_nothing_held_out():
    ill = np.random.default_rng(0).random(2000) < 0.3
    rate = held_out_rates(np.arange(2000) // 2, ill)
    assert areas(rate, ill.astype(int), 2)[0][1] == pytest.approx(0.5, abs=0.05)


def test_few_categories_that_tell_do_so_held_out():
    codes = np.arange(600) % 3
    ill = codes == 1
    assert areas(held_out_rates(codes, ill), ill.astype(int), 2)[0][1] == 1


def test_a_patient_is_not_in_two_folds():
    patient = np.arange(900) // 3
    ill = np.random.default_rng(0).random(300)[patient] < 0.5  # the same at every visit
    by_rows, by_patients = held_out_rates(patient, ill), held_out_rates(patient, ill, patient)
    assert areas(by_rows, ill.astype(int), 2)[0][1] > 0.9
    assert np.ptp(by_patients) == 0


def test_rank_correlation_is_spearmans():
    # scipy.stats.spearmanr([1, 2, 2, 4, 5], [2, 1, 4, 4, 9]).statistic, SciPy 1.17
    rho, _ = rank_correlation(np.array([1.0, 2, 2, 4, 5]), np.array([2.0, 1, 4, 4, 9]))
    assert rho == pytest.approx(0.7631578947368423)


@pytest.mark.parametrize("n", [0, 2, 10])
def test_rank_correlation_of_what_does_not_vary_is_undefined(n):
    rho, z = rank_correlation(np.ones(n), np.arange(float(n)))
    assert np.isnan(rho)
    assert z == 0


def test_chance_counts_the_comparisons():
    assert chance(2.575829) == pytest.approx(0.01, rel=1e-4)
    assert chance(2.575829, 7) == pytest.approx(0.07, rel=1e-4)
    assert chance(0, 7) == 1


def test_chance_of_shares_is_the_tail_of_chi_square():
    # scipy.stats.chi2_contingency([[30, 40, 30], [50, 30, 20]], correction=False).pvalue, SciPy 1.17
    assert chance_of_shares(np.array([30, 40, 30]), np.array([50, 30, 20])) == pytest.approx(0.014783, rel=0.02)


def test_rare_categories_are_put_together():
    here, there = np.array([50, *[1] * 30]), np.array([50, *[0] * 15, *[2] * 15])
    assert chance_of_shares(here, there) > 0.5


@pytest.mark.parametrize(("here", "there"), [([0, 0], [0, 0]), ([3], [5]), ([3, 0], [0, 4])], ids=["0", "one", "few"])
def test_too_little_to_compare_is_chance(here, there):
    assert chance_of_shares(np.array(here), np.array(there)) == 1


def test_chance_of_two_shares_is_exact():
    # scipy.stats.chi2_contingency([[30, 70], [55, 45]], correction=False).pvalue, SciPy 1.17
    assert chance_of_shares(np.array([30, 70]), np.array([55, 45])) == pytest.approx(0.0003489013882650477)


def test_z_is_that_of_mann_and_whitney():
    # scipy.stats.mannwhitneyu([1,2,2,5,7,8], [2,3,3,4,9,9,9,10], method="asymptotic", use_continuity=False), SciPy 1.17
    values = np.array([1.0, 2, 2, 5, 7, 8, 2, 3, 3, 4, 9, 9, 9, 10])
    auc, z = areas(values, np.repeat([0, 1], [6, 8]), 2)
    assert auc[0] == pytest.approx(13 / 48)
    assert chance(z[0]) == pytest.approx(0.1514722283731966)


def test_a_category_of_its_own_gets_the_share_of_all():
    ill = np.arange(50) % 5 == 0
    np.testing.assert_allclose(held_out_rates(np.arange(50), ill), 0.2)


def test_held_out_rates_are_those_of_the_other_folds():
    ill = np.random.default_rng(0).random(40) < 0.4
    fold = np.random.default_rng(0).permutation(40) % 5
    wanted = [(ill[fold != f].sum() + 2 * ill.mean()) / ((fold != f).sum() + 2) for f in fold]
    np.testing.assert_allclose(held_out_rates(np.zeros(40, int), ill), wanted)
