"""phantoms, kind histology: the stains, the list of nuclei and what it says, laboratories."""

import math

import numpy as np
import pytest

from edunet.datasets import phantoms
from edunet.datasets.phantoms import stain, unmix
from edunet.datasets.phantoms_histology import vectors


@pytest.fixture(scope="module")
def plain():
    return phantoms.load(1000, kind="histology")


@pytest.fixture(scope="module")
def fields():
    return phantoms.load(1000, kind="histology", laboratories=3)


@pytest.mark.parametrize("laboratory", range(8))
def test_stains_come_back_from_the_colours(laboratory):
    h, e = np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 4))
    back = unmix(stain(h, e, laboratory), laboratory)
    np.testing.assert_allclose(back, (h, e), atol=1e-9)


def test_light_is_multiplied_where_stains_add():
    np.testing.assert_allclose(stain(0.3, 0.4), stain(0.3, 0.0) * stain(0.0, 0.4))
    np.testing.assert_allclose(stain(1.0, 0.0), np.exp([-0.65, -0.70, -0.29]))
    np.testing.assert_allclose(stain(0.0, 0.0), 1)


def test_laboratories_differ_and_stay_themselves():
    assert len({vectors(k).tobytes() for k in range(8)}) == 8
    np.testing.assert_array_equal(vectors(3), vectors(3))
    with pytest.raises(ValueError, match="0 to 7.*8"):
        vectors(8)


def test_counts_areas_and_eccentricities_are_those_of_the_table(fields):
    truth = fields.truth
    for label, (count, m, s, e) in enumerate([(30, 3.6, 0.2, 0.5), (45, 3.9, 0.4, 0.7)]):
        mine = fields.y == label
        assert truth["count"][mine].mean() == pytest.approx(count, abs=4 * np.sqrt(count / mine.sum()))
        log_area = np.log(truth["area"][mine])
        assert np.nanmean(log_area) == pytest.approx(m, abs=0.02)
        assert np.nanstd(log_area) == pytest.approx(s, abs=0.01)
        assert np.nanmean(truth["eccentricity"][mine]) == pytest.approx(e, abs=0.01)


def test_nuclei_keep_apart_and_malignant_ones_crowd(fields):
    row, col = fields.truth["row"], fields.truth["col"]
    apart = np.hypot(row[:, :, None] - row[:, None], col[:, :, None] - col[:, None])
    apart[:, np.eye(90, dtype=bool)] = np.nan
    assert np.nanmin(apart) >= 4
    near = np.nansum(apart < 14, axis=2) > 0
    alone = [1 - near[(fields.y == k)][~np.isnan(row[fields.y == k])].mean() for k in (0, 1)]
    assert alone[1] < alone[0] / 2


def density(label, truth, i):
    """Ln density of one list, nucleus by nucleus in plain loops."""
    rate, m, s, a, b = [(30, 3.6, 0.2, 10, 10), (45, 3.9, 0.4, 14, 6)][label]
    n = truth["count"][i]
    total = n * math.log(rate) - rate - math.lgamma(n + 1)
    set_down = []
    for k in range(n):
        area, e = truth["area"][i, k], truth["eccentricity"][i, k]
        total += -0.5 * ((math.log(area) - m) / s) ** 2 - math.log(s * area * math.sqrt(2 * math.pi))
        total += (
            math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + (a - 1) * math.log(e) + (b - 1) * math.log(1 - e)
        )
        weight = np.ones((48, 48))
        for p, q in set_down:
            d = np.hypot(np.arange(48)[:, None] - p, np.arange(48) - q)
            if label:
                weight[(d < 7) & (weight == 1)] = 4
        for p, q in set_down:
            weight[np.hypot(np.arange(48)[:, None] - p, np.arange(48) - q) < 3.5] = 0
        here = int((truth["row"][i, k] + 0.5) // 2), int((truth["col"][i, k] + 0.5) // 2)
        total += math.log(weight[here] / weight.sum())
        set_down.append(here)
    return total


@pytest.mark.parametrize("i", range(6))
def test_likelihood_ratio_is_that_of_the_two_ways_to_draw_the_list(fields, i):
    expected = density(1, fields.truth, i) - density(0, fields.truth, i)
    assert fields.truth["log_likelihood_ratio"][i] == pytest.approx(expected, rel=1e-9, abs=1e-8)


def test_the_list_tells_the_class_for_certain(fields, auc):
    assert phantoms.oracle_score(fields.truth).score > 0.9999
    assert auc(fields.y, fields.truth["count"]) == pytest.approx(0.96, abs=0.02)


def test_nuclei_are_dark_in_haematoxylin(fields):
    reference = fields.site == 0
    h, _ = unmix(np.maximum(fields.x[reference], 1) / 245)
    mask = fields.truth["mask"][reference]
    assert h[mask].mean() > 0.6
    assert abs(h[~mask].mean()) < 0.15


def test_the_mask_covers_about_what_the_nuclei_measure(fields):
    measured, listed = fields.truth["mask"].sum((1, 2)), np.nansum(fields.truth["area"], axis=1)
    share = (measured / listed)[fields.y == 0].mean()  # the rest overlaps or lies outside
    assert 0.88 < share < 1


def test_three_laboratories_in_equal_shares(fields):
    assert np.bincount(fields.site).tolist() == pytest.approx([333] * 3, abs=60)


def test_laboratories_change_the_shade_and_nothing_else(fields, plain):
    np.testing.assert_array_equal(plain.y, fields.y)
    np.testing.assert_array_equal(plain.truth["mask"], fields.truth["mask"])
    assert not plain.site.any()


def test_fields_of_the_first_laboratory_are_those_of_the_default(fields, plain):
    """Its camera too: an option takes numbers from a generator of its own."""
    reference = fields.site == 0
    np.testing.assert_array_equal(fields.x[reference], plain.x[reference])


@pytest.mark.parametrize("amounts", [(1, 0), (np.array([1]), np.array([0])), ("1", "0"), (True, False)])
def test_stain_wants_real_numbers(amounts):
    with pytest.raises(TypeError, match=r"stain wants amounts in real numbers.*Type for example stain\("):
        stain(*amounts)


@pytest.mark.parametrize("function", [lambda laboratory: stain(1.0, 0.5, laboratory), vectors])
def test_a_laboratory_has_a_whole_number(function):
    with pytest.raises(TypeError, match=r"laboratory must be a whole number.*1\.5"):
        function(1.5)
    with pytest.raises(ValueError, match="laboratory must be at least 0.*-1"):
        function(-1)


def test_first_field_is_pinned(plain):
    assert plain.y[:3].tolist() == [1, 1, 1]
    assert plain.truth["count"][:3].tolist() == [59, 47, 52]
    np.testing.assert_allclose(plain.truth["area"][0, :3], [22.920221, 31.221691, 23.89133], rtol=1e-6)
