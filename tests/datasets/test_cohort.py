"""What the generated sets share: the form of a cohort, the errors."""

import inspect

import numpy as np
import pytest

from edunet.datasets import (
    allergy_record,
    blood_risk,
    cells10,
    clinic_records,
    cohort,
    doses,
    drug_order,
    epidemic,
    followup,
    glucose,
    heartbeats,
    hospitals,
    icu_course,
    lesions,
    molecules,
    sepsis_course,
)
from edunet.datasets.cohort import BLOCK

SETS = [blood_risk, lesions, allergy_record, doses, drug_order, hospitals, icu_course, molecules]


@pytest.fixture(scope="module", params=SETS, ids=lambda module: module.__name__.split(".")[-1])
def module(request):
    return request.param


@pytest.fixture(scope="module")
def few(module):
    return module.load(BLOCK - 7, seed=4)


def same(a, b, n):
    """Compare everything that is known of the first n patients."""
    for name in ("x", "y", "patient_id", "site"):
        np.testing.assert_array_equal(getattr(a, name)[:n], getattr(b, name)[:n])
    for name, values in a.truth.items():
        np.testing.assert_array_equal(values[:n], b.truth[name][:n])


# --- the contract, of every set ---------------------------------------------------------------------------------------


def test_one_row_for_every_patient(few):
    assert len(few) == BLOCK - 7
    for values in (few.x, few.y, few.patient_id, few.site, *few.truth.values()):
        assert len(values) == BLOCK - 7


def test_labels_are_two_named_classes(module, few):
    assert few.y.dtype == np.uint8
    assert set(few.y.tolist()) == {0, 1}
    assert few.class_names == module.CLASS_NAMES
    assert len(set(few.class_names)) == 2


def test_everything_that_is_known_has_a_unit_and_nothing_else(few):
    assert set(few.units) == {*few.columns, *few.truth}


def test_units_are_a_copy(module):
    module.load(1).units["risk"] = "furlong"
    assert module.load(1).units["risk"] == "probability"


def test_says_that_it_is_synthetic(module, few):
    assert few.synthetic is True
    assert "SYNTHETIC" in few.note
    assert "SYNTHETIC" in repr(few)
    assert "SYNTHETIC" in module.__doc__


def test_says_what_is_unrealistic_and_what_was_measured(module):
    assert "What is unrealistic:" in module.__doc__
    assert "Measured with" in module.__doc__
    assert "Source" in module.__doc__


def test_result_is_frozen(few):
    with pytest.raises(AttributeError):
        few.y = None


def test_default_is_8000_patients_of_seed_0(module):
    assert inspect.signature(module.load).parameters["n"].default == 8000
    assert module.load(1).patient_id[0].endswith("0-000000")


def test_same_seed_same_patients_and_a_larger_n_only_adds(module, few):
    same(few, module.load(BLOCK + 1, seed=4), BLOCK - 7)


def test_other_seed_other_patients(module, few):
    other = module.load(100, seed=5)
    assert not (few.x[:100] == other.x).reshape(100, -1).all(1).any()


def test_no_two_patients_share_an_id():
    sizes = {1: BLOCK, 11: 100}
    ids = np.concatenate([module.load(n, seed).patient_id for module in SETS for seed, n in sizes.items()])
    assert len(np.unique(ids)) == len(ids)


def test_there_is_one_site_unless_the_set_is_about_sites(module, few):
    assert few.site.any() == (module is hospitals)


def test_global_random_state_is_left_alone(module):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    module.load(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_risk_is_calibrated(module):
    """In ten groups of rising risk, as many are ill as the risks say, within four standard errors."""
    patients = module.load(6000, seed=6)
    order = np.argsort(patients.truth["risk"], kind="stable")
    risk, y = patients.truth["risk"][order].reshape(10, -1), patients.y[order].reshape(10, -1)
    error = np.sqrt((risk * (1 - risk)).sum(1)) / risk.shape[1]
    assert (abs(y.mean(1) - risk.mean(1)) < 4 * error + 1e-9).all()


LOAD_DATA = [
    (blood_risk, {"missing": "mnar", "unit_errors": True, "site_shift": 3, "prevalence": 0.3}),
    (lesions, {"amplitude": 2.0, "texture": "power_law", "confound": "marker"}),
    (heartbeats, {"noise": 0.3}),
    (allergy_record, {"delay": 30}),
    (sepsis_course, {"missing": "informative"}),
    (icu_course, {"missing": "informative"}),
    (epidemic, {"incubation": 3, "change": True}),
    *((module, {}) for module in (doses, drug_order, followup, glucose, hospitals)),
]


@pytest.mark.parametrize(("module", "options"), LOAD_DATA, ids=lambda value: getattr(value, "__name__", "")[16:])
def test_load_data_takes_the_options_of_load(module, options):
    assert inspect.signature(module.load_data).parameters.keys() == inspect.signature(module.load).parameters.keys()
    assert not options.keys() ^ (inspect.signature(module.load).parameters.keys() - {"n", "seed"})
    (x_train, y_train), (x_test, y_test) = module.load_data(100, seed=3, **options)
    assert len(x_train) == len(y_train) == 66
    patients, plain = module.load(100, seed=3, **options), module.load(100, seed=3)
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), patients.x)
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), patients.y)
    assert np.array_equal(patients.x, plain.x, equal_nan=True) != bool(options)


def test_load_data_trains_on_the_patients_of_load():
    (x_train, _), (x_test, _) = blood_risk.load_data()
    np.testing.assert_array_equal(x_train, blood_risk.load().x)
    assert len(x_test) == 4000


def test_numpy_integers_are_welcome(module):
    assert module.load(np.int64(3), seed=np.uint8(7)).patient_id[2].endswith("7-000002")


@pytest.mark.parametrize("n", [0, -3])
def test_too_few_patients(module, n):
    with pytest.raises(ValueError, match=f"at least 1.*n={n}"):
        module.load(n)


@pytest.mark.parametrize("n", [10.0, "10", None, True])
def test_n_must_be_a_whole_number(module, n):
    with pytest.raises(TypeError, match="n must be a whole number"):
        module.load(n)


def test_negative_seed(module):
    with pytest.raises(ValueError, match="seed must be at least 0"):
        module.load(10, seed=-1)


def test_one_patient_cannot_be_split(module):
    with pytest.raises(ValueError, match="n must be at least 2"):
        module.load_data(1)


def test_the_same_check_of_whole_numbers_everywhere():
    assert cells10.whole_number is cohort.whole_number


def test_more_than_fits_into_memory_is_refused_before_it_is_drawn(module):
    with pytest.raises(ValueError, match=r"GiB of memory for n=1000.*load\(n=\d+\)"):
        module.load(10**400)


def test_the_size_that_is_proposed_fits(monkeypatch):
    monkeypatch.setattr(cohort, "MOST_BYTES", 400_000)
    with pytest.raises(ValueError, match="GiB of memory") as refused:
        doses.load(5000)
    assert len(doses.load(int(str(refused.value).split("(n=")[1].split(")")[0]))) > 50


@pytest.mark.parametrize(("load", "option"), [
    (blood_risk.load, "unit_errors"), (clinic_records.load, "dirty"), (epidemic.load, "change"),
])  # fmt: skip
@pytest.mark.parametrize("value", ["no", "False", 0, 1, None, np.nan, []])
def test_a_switch_is_true_or_false(load, option, value):
    with pytest.raises(TypeError, match=rf"{option} must be True or False.*load\({option}=True\)"):
        load(10, **{option: value})


@pytest.mark.parametrize(("call", "example"), [
    (lambda: doses.curve(0), "curve(n=7000)"),
    (lambda: heartbeats.load_rhythm(0), "load_rhythm(n=7000)"),
    (lambda: heartbeats.signal(rate=250.5), "signal(rate=250)"),
    (lambda: heartbeats.signal(seed=-1), "signal(seed=0)"),
    (lambda: lesions.load(seed=-1), "load(seed=0)"),
    (lambda: lesions.load_data(1), "load_data(n=7000)"),
    (lambda: cells10.load_data(1), "load_data(n=7000)"),
    (lambda: cohort.whole_number("laboratories", 0, 1), "load(laboratories=1)"),
])  # fmt: skip
def test_the_example_in_a_refusal_works(call, example):
    with pytest.raises((TypeError, ValueError)) as refused:
        call()
    assert example in str(refused.value)


# --- small parts ------------------------------------------------------------------------------------------------------


def test_sigmoid_far_out_is_silent():
    np.testing.assert_allclose(cohort.sigmoid(np.array([-2000.0, 0, 2000])), [0, 0.5, 1])


@pytest.mark.parametrize("module", [allergy_record, drug_order])
def test_every_code_has_a_name_of_its_own(module):
    assert len(set(module.CODE_NAMES)) == len(module.CODE_NAMES) > module.load(2000).x.max()


@pytest.mark.parametrize("describe", [allergy_record.describe, drug_order.describe])
@pytest.mark.parametrize("record", [[0.0, 1.0], [[0, 1]], "01", 3])
def test_a_record_is_a_row_of_whole_numbers(describe, record):
    with pytest.raises(TypeError, match=r"describe\(x\[0\]\)"):
        describe(record)


@pytest.mark.parametrize("code", [-1, 100])
def test_a_code_without_name(code):
    with pytest.raises(ValueError, match=f"0 to 99.*{code}"):
        drug_order.describe([0, code])
