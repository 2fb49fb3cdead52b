"""phantoms: the contract of every kind, the words it refuses, the cells."""

import inspect

import numpy as np
import pytest

from edunet.datasets import cohort, oracle, phantoms, phantoms_cells, phantoms_heads, phantoms_histology

KINDS = phantoms.KINDS
BLOCK = 100  # pictures drawn together in this file, instead of 1000: the same code in a tenth of the time


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        for module in (cohort, phantoms_cells, phantoms_heads, phantoms_histology):
            patch.setattr(module, "BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def sets(small_blocks):
    """Each kind once: BLOCK + 5 pictures of seed 4."""
    return {kind: phantoms.load(BLOCK + 5, seed=4, kind=kind) for kind in KINDS}


@pytest.fixture(scope="module")
def first(small_blocks):
    """Each kind again, 20 pictures of the same seed, and of another."""
    return {kind: (phantoms.load(20, seed=4, kind=kind), phantoms.load(20, seed=5, kind=kind)) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_for_every_picture(sets, kind):
    p = sets[kind]
    for values in (p.x, p.y, p.patient_id, p.site, *p.truth.values()):
        assert len(values) == BLOCK + 5


@pytest.mark.parametrize("kind", KINDS)
def test_everything_known_has_a_unit_and_nothing_else(sets, kind):
    assert set(sets[kind].units) == {*sets[kind].columns, *sets[kind].truth}


@pytest.mark.parametrize("kind", KINDS)
def test_says_that_it_is_synthetic(sets, kind):
    assert sets[kind].synthetic is True
    assert "SYNTHETIC" in repr(sets[kind])


def test_says_what_is_unrealistic_and_what_was_measured():
    for word in ("SYNTHETIC", "What is unrealistic:", "Measured with", "Source"):
        assert word in phantoms.__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_pictures_and_larger_n_only_adds(sets, first, kind):
    few, many = first[kind][0], sets[kind]
    for name in ("x", "y", "patient_id", "site"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:20])
    for name, values in few.truth.items():
        np.testing.assert_array_equal(values, many.truth[name][:20])


@pytest.mark.parametrize("kind", KINDS)
def test_other_seed_other_pictures(first, kind):
    a, b = first[kind]
    assert not (a.x == b.x).reshape(20, -1).all(1).any()


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique(sets, first, kind):
    ids = np.concatenate([sets[kind].patient_id, first[kind][1].patient_id])
    assert len(np.unique(ids)) == len(ids)
    assert ids[0] == "P4-000000"


def test_form(sets):
    for kind in ("ct", "cells"):
        assert sets[kind].x.shape == sets[kind].y.shape == (BLOCK + 5, 64, 64, 1)
        assert sets[kind].x.dtype == np.float32
        assert sets[kind].y.dtype == np.uint8
        assert set(np.unique(sets[kind].y)) == {0, 1}
    assert sets["histology"].x.shape == (BLOCK + 5, 96, 96, 3)
    assert sets["histology"].x.dtype == sets["histology"].y.dtype == np.uint8
    assert sets["histology"].y.shape == (BLOCK + 5,)


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    phantoms.load(1, kind="cells")
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    "options", [{}, {"dose": 1e3}, {"kind": "histology", "laboratories": 3}, {"kind": "cells"}], ids=str
)
def test_load_data_takes_the_options_of_load(options):
    assert inspect.signature(phantoms.load_data).parameters.keys() == inspect.signature(phantoms.load).parameters.keys()
    (x_train, y_train), (x_test, y_test) = phantoms.load_data(30, seed=4, **options)
    assert len(x_train) == len(y_train) == 20
    pictures = phantoms.load(30, seed=4, **options)
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), pictures.x)
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), pictures.y)


@pytest.mark.parametrize("kind", ["ct", "cells"])
def test_masks_have_no_best_score_and_it_says_who_has(sets, kind):
    with pytest.raises(TypeError, match=f"only kind='histology' has.*kind='{kind}'.*Dice.*truth\\['clean'\\]"):
        phantoms.oracle_score(sets[kind].truth)


def test_best_score_of_histology_is_that_of_the_oracle(sets):
    truth = sets["histology"].truth
    assert phantoms.oracle_score(truth, "brier") == oracle.oracle_score(truth, "brier")
    assert phantoms.oracle_score(truth) == oracle.oracle_score(truth, "auc")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "n must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"kind": "mri"}, "kind must be one of.*mri"),
        ({"dose": 10}, "between 100 and 1e12.*dose=10"),
        ({"dose": np.nan}, "between 100 and 1e12"),
        ({"kind": "cells", "dose": 1e4}, "dose belongs to kind='ct'"),
        ({"laboratories": 2}, "laboratories belongs to kind='histology'"),
        ({"kind": "histology", "laboratories": 9}, "at most 8.*laboratories=9"),
        ({"kind": "histology", "laboratories": 0}, "laboratories must be at least 1"),
    ],
)
def test_wrong_value(options, message):
    with pytest.raises(ValueError, match=message):
        phantoms.load(**{"n": 1, **options})


@pytest.mark.parametrize("options", [{"n": 1.0}, {"kind": 3}, {"dose": "low"}, {"dose": True}])
def test_wrong_type(options):
    with pytest.raises(TypeError, match=f"{next(iter(options))} must be"):
        phantoms.load(**{"n": 1, **options})


# --- cells ------------------------------------------------------------------------------------------------------------


def test_mask_of_cells_is_the_discs_that_the_truth_lists(sets):
    cells = sets["cells"]
    i, j = np.mgrid[:64, :64]
    for k in range(20):
        drawn = np.zeros((64, 64), bool)
        for row, col, radius in zip(*(cells.truth[name][k] for name in ("row", "col", "radius")), strict=True):
            if not np.isnan(row):
                drawn |= np.hypot(i - row, j - col) <= radius
        np.testing.assert_array_equal(cells.y[k, ..., 0], drawn)


def test_cells_do_not_touch_and_are_counted(sets):
    truth = sets["cells"].truth
    np.testing.assert_array_equal(truth["count"], (~np.isnan(truth["row"])).sum(1))
    gap = np.hypot(*(truth[k][:, :, None] - truth[k][:, None] for k in ("row", "col")))
    gap -= truth["radius"][:, :, None] + truth["radius"][:, None]
    assert np.nanmin(gap[:, ~np.eye(12, dtype=bool)]) >= 1


def test_pixels_of_two_cells_share_no_side(sets):
    """So that groups of 4 neighbours are the cells."""
    truth = sets["cells"].truth
    i, j = np.mgrid[:64, :64]
    apart = np.hypot(i - truth["row"][..., None, None], j - truth["col"][..., None, None])
    owner = np.where(apart <= truth["radius"][..., None, None], np.arange(1, 13)[:, None, None], 0).max(1)
    for a, b in ((owner[:, 1:], owner[:, :-1]), (owner[:, :, 1:], owner[:, :, :-1])):
        assert not ((a > 0) & (b > 0) & (a != b)).any()


def test_noise_of_cells(sets):
    noise = sets["cells"].x[..., 0] - sets["cells"].truth["clean"]
    assert noise.std() == pytest.approx(0.08, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=1e-3)
