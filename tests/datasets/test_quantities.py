"""What the generated sets of quantities share: the form of a cohort, the same patients for a seed, the errors."""

import sys

import numpy as np
import pytest

from edunet.datasets import cohort, doses, epidemic, glucose
from edunet.datasets.cohort import BLOCK
from edunet.datasets.oracle import oracle_score

SETS = [glucose.load, epidemic.load, doses.curve]


@pytest.fixture(scope="module", params=SETS, ids=lambda load: load.__module__.split(".")[-1])
def load(request):
    return request.param


@pytest.fixture(scope="module")
def patients(load):
    return load(BLOCK - 7, seed=4)


def test_one_row_for_every_patient(patients):
    assert len(patients) == BLOCK - 7
    for values in (patients.x, patients.y, patients.patient_id, patients.site, *patients.truth.values()):
        assert len(values) == BLOCK - 7
        assert values.dtype.kind == "U" or np.isfinite(values).all()
    assert not patients.site.any()
    assert patients.class_names == ()


def test_everything_that_is_known_has_a_unit_and_nothing_else(patients):
    assert set(patients.units) == {"y", *patients.columns, *patients.truth}


def test_truth_knows_what_to_expect_and_how_far_it_strays(patients):
    assert patients.truth["expected"].shape == patients.truth["sd"].shape == patients.y.shape
    assert oracle_score(patients.truth, "rmse").score > 0
    z = (patients.y - patients.truth["expected"]) / patients.truth["sd"]
    assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(len(patients)))
    assert z.std() == pytest.approx(1, abs=0.1)


def test_says_that_it_is_synthetic_and_what_is_unrealistic(load, patients):
    page = sys.modules[load.__module__].__doc__
    assert patients.synthetic is True
    assert "SYNTHETIC" in patients.note
    assert "SYNTHETIC" in repr(patients)
    for part in ("SYNTHETIC", "What is unrealistic:", "Measured with", "Source"):
        assert part in page


def test_same_seed_same_patients_and_a_larger_n_only_adds(load, patients):
    few, many = patients, load(BLOCK + 1, seed=4)
    for name in ("x", "y", "patient_id"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[: len(few)])
    for name, values in few.truth.items():
        np.testing.assert_array_equal(values, many.truth[name][: len(few)])


def test_other_seed_other_patients(load, patients):
    assert not (patients.x[:100] == load(100, seed=5).x).reshape(100, -1).all(1).any()


def test_no_two_patients_share_an_id():
    ids = np.concatenate([load(5, seed=seed).patient_id for load in (*SETS, doses.load) for seed in (1, 11)])
    assert len(np.unique(ids)) == len(ids)


def test_global_random_state_is_left_alone(load):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    load(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("n", [0, -3])
def test_too_few_patients(load, n):
    with pytest.raises(ValueError, match=f"at least 1.*n={n}"):
        load(n)


@pytest.mark.parametrize("n", [10.0, "10", None, True])
def test_n_must_be_a_whole_number(load, n):
    with pytest.raises(TypeError, match="n must be a whole number"):
        load(n)


def test_negative_seed(load):
    with pytest.raises(ValueError, match="seed must be at least 0"):
        load(10, seed=-1)


def test_the_same_check_of_whole_numbers_everywhere():
    assert epidemic.whole_number is cohort.whole_number
