"""sepsis_course: the contract of a set, the chain, the measurements, the filter against all paths, weaker models."""

import itertools

import numpy as np
import pytest

from edunet.datasets import sepsis_course
from edunet.datasets.cohort import BLOCK
from edunet.datasets.sepsis_course import oracle_score

N = 10_000
P = np.array([[0.985, 0.015, 0], [0.03, 0.87, 0.10], [0, 0, 1]])
MEAN = [[80, 16, 36.9, 85, 97, np.log(1.2)], [88, 18.5, 37.3, 80, 96, np.log(1.6)], [104, 23, 38.2, 69, 94, np.log(3)]]
SD = [11, 3.2, 0.55, 9, 1.8, 0.45]
THERE = [0.95, 0.90, 0.35, 0.95, 0.95, 0.10]


@pytest.fixture(scope="module")
def patients():
    return sepsis_course.load(N, seed=1)


@pytest.fixture(scope="module")
def informative():
    return sepsis_course.load(N, seed=1, missing="informative")


# --- the contract -----------------------------------------------------------------------------------------------------


def test_form(patients):
    assert patients.x.shape == (N, 48, 6)
    assert patients.x.dtype == np.float32
    assert patients.y.shape == patients.asked.shape == patients.truth["risk"].shape == (N, 48)
    assert patients.y.dtype == np.uint8
    assert patients.asked.dtype == bool
    assert all(len(values) == N for values in patients.truth.values())
    assert len(patients.class_names) == 2


def test_first_rows_are_pinned():
    patients = sepsis_course.load(8)
    assert patients.truth["onset"].tolist() == [38, -1, -1, -1, -1, -1, -1, -1]
    assert patients.y.sum(1).tolist() == [6, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(patients.x[0, 0], [67.006866, 16.74729, np.nan, 75.23436, 93.839653, np.nan], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["risk"][:3, 20], [0.13914091, 0.030961031, 0.021674016], rtol=1e-6)


def test_everything_that_is_known_has_a_unit_and_nothing_else():
    patients = sepsis_course.load(2)
    assert set(patients.units) == {*patients.columns, *patients.truth}
    patients.units["risk"] = "furlong"
    assert sepsis_course.load(1).units["risk"] == "probability"


def test_says_that_it_is_synthetic():
    patients = sepsis_course.load(1)
    assert patients.synthetic is True
    assert all("SYNTHETIC" in text for text in (patients.note, repr(patients), sepsis_course.__doc__))
    assert "What is unrealistic:" in sepsis_course.__doc__
    assert "Measured with" in sepsis_course.__doc__


@pytest.mark.parametrize("missing", ["random", "informative"])
def test_larger_n_only_adds_patients(missing):
    few, many = (sepsis_course.load(n, seed=4, missing=missing) for n in (BLOCK - 7, 2 * BLOCK + 1))
    for name in ("x", "y", "asked", "patient_id", "site"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[: BLOCK - 7])
    for name, values in few.truth.items():
        np.testing.assert_array_equal(values, many.truth[name][: BLOCK - 7])


def test_ids_are_of_the_set_and_unique(patients):
    assert patients.patient_id[17] == "S1-000017"
    assert len(np.unique(patients.patient_id)) == N
    assert not patients.site.any()


def test_other_seed_other_patients():
    assert not (sepsis_course.load(100, seed=4).x == sepsis_course.load(100, seed=5).x).all((1, 2)).any()


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    sepsis_course.load(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(("n", "seed", "error"), [(0, 0, ValueError), ("10", 0, TypeError), (10, -1, ValueError)])
def test_n_and_seed_are_whole_numbers(n, seed, error):
    with pytest.raises(error, match="Type for example load"):
        sepsis_course.load(n, seed)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_first_states(patients):
    share = np.bincount(patients.truth["state"][:, 0], minlength=3) / N
    np.testing.assert_allclose(share, [0.95, 0.05, 0], atol=0.007)


def test_steps_of_the_chain(patients):
    state = patients.truth["state"].astype(int)
    steps = np.bincount((3 * state[:, :-1] + state[:, 1:]).ravel(), minlength=9).reshape(3, 3)
    np.testing.assert_allclose(steps / steps.sum(1, keepdims=True), P, atol=0.004)
    assert not steps[P == 0].any()


def test_onset_is_the_first_septic_hour(patients):
    for state, onset in zip(patients.truth["state"][:500], patients.truth["onset"][:500], strict=True):
        septic = np.flatnonzero(state == 2)
        assert onset == (septic[0] if len(septic) else -1)


def test_as_many_are_septic_within_two_days_as_the_chain_says(patients):
    expected = ([0.95, 0.05, 0] @ np.linalg.matrix_power(P, 47))[2]
    assert expected == pytest.approx(0.3816, abs=0.0001)
    assert (patients.truth["onset"] >= 0).mean() == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(N))


@pytest.mark.parametrize("state", [0, 1, 2])
def test_measurements_of_a_state(patients, state):
    values = patients.x[patients.truth["state"] == state].astype(float)
    values[:, 5] = np.log(values[:, 5])
    count = (~np.isnan(values)).sum(0)
    np.testing.assert_allclose(np.nanmean(values, 0), MEAN[state], atol=4.5 * max(np.array(SD) / np.sqrt(count)))
    np.testing.assert_allclose(np.nanstd(values, 0), SD, rtol=0.03)
    np.testing.assert_allclose(count / len(values), THERE, atol=0.01)


def test_observed_is_what_is_there(patients):
    np.testing.assert_array_equal(patients.truth["observed"], ~np.isnan(patients.x))


def test_asked_from_hour_5_until_septic_and_while_the_answer_is_within_the_record(patients):
    hour = np.arange(48)
    onset = np.where(patients.truth["onset"] < 0, 48, patients.truth["onset"])[:, None]
    np.testing.assert_array_equal(patients.asked, (hour >= 5) & (hour + 6 < 48) & (hour < onset))


def test_label_is_the_state_six_hours_later(patients):
    later = patients.truth["state"][:, 6:] == 2
    asked = patients.asked[:, :-6]
    np.testing.assert_array_equal(patients.y[:, :-6][asked], later[asked])
    assert not patients.y[~patients.asked].any()


def test_positive_hours(patients):
    assert patients.y[patients.asked].mean() == pytest.approx(0.0624, abs=0.0025)


def test_informative_missingness_changes_lactate_alone(patients, informative):
    np.testing.assert_array_equal(informative.truth["state"], patients.truth["state"])
    np.testing.assert_array_equal(informative.x[..., :5], patients.x[..., :5])
    both = patients.truth["observed"]
    np.testing.assert_array_equal(informative.x[both], patients.x[both])
    there = informative.truth["observed"][..., 5]
    often = [there[informative.truth["state"] == state].mean() for state in range(3)]
    np.testing.assert_allclose(often, [0.1, 0.5, 0.5], atol=0.01)


# --- the filter -------------------------------------------------------------------------------------------------------


def density(x, state, there):
    """p(x | state) of one hour, number by number."""
    p = 1.0
    for j, value in enumerate(x.tolist()):
        if np.isnan(value):
            p *= 1 - there[j]
        else:
            z = ((np.log(value) if j == 5 else value) - MEAN[state][j]) / SD[j]
            p *= there[j] * np.exp(-(z**2) / 2)
    return p


def risk_by_enumeration(x, missing):
    """P(septic six hours later | x, not septic yet), a sum over every path of states, 3^6 ways on from each."""
    there = [THERE, THERE, THERE]
    if missing == "informative":
        there = [THERE, [*THERE[:5], 0.5], [*THERE[:5], 0.5]]
    p_hour = [[density(x[t], state, there[state]) for state in range(2)] for t in range(len(x))]
    total = septic = 0.0
    for path in itertools.product(range(2), repeat=len(x)):
        p = [0.95, 0.05][path[0]] * np.prod([p_hour[t][state] for t, state in enumerate(path)])
        p *= np.prod([P[a, b] for a, b in itertools.pairwise(path)])
        total += p
        for way in itertools.product(range(3), repeat=6):
            if way[-1] == 2:
                septic += p * np.prod([P[a, b] for a, b in itertools.pairwise([path[-1], *way])])
    return septic / total


@pytest.mark.parametrize("missing", ["random", "informative"])
def test_risk_is_the_sum_over_all_paths(missing):
    patients = sepsis_course.load(30, seed=2, missing=missing)
    i = np.flatnonzero(patients.asked[:, 5])[-2:]
    expected = [risk_by_enumeration(patients.x[k, :6], missing) for k in i]
    np.testing.assert_allclose(patients.truth["risk"][i, 5], expected, rtol=1e-9)


@pytest.mark.parametrize("missing", ["random", "informative"])
def test_risk_is_calibrated(missing, request):
    """In ten groups of rising risk, as many hours are positive as the risks say; a patient's hours count as one."""
    patients = request.getfixturevalue("patients" if missing == "random" else "informative")
    who, hour = np.nonzero(patients.asked)
    risk, y = patients.truth["risk"][who, hour], patients.y[who, hour]
    group = np.digitize(risk, np.quantile(risk, np.arange(0.1, 1, 0.1)))
    for k in range(10):
        strays = np.bincount(who[group == k], (y - risk)[group == k], minlength=N)
        assert abs(strays.sum()) < 4 * np.sqrt((strays**2).sum())


def test_nothing_is_claimed_where_nothing_is_asked(patients):
    np.testing.assert_array_equal(np.isnan(patients.truth["risk"]), ~patients.asked)


def test_best_scores(patients, auc):
    score, error = oracle_score(patients.truth)
    assert score == pytest.approx(0.7957, abs=4 * error)
    score, error = oracle_score(patients.truth, "auprc")
    assert score == pytest.approx(0.2902, abs=4 * error)
    risk = patients.truth["risk"][patients.asked]
    assert auc(patients.y[patients.asked], risk) == pytest.approx(0.7957, abs=0.01)


def test_best_score_when_missing_tells_something(informative):
    score, error = oracle_score(informative.truth)
    assert score == pytest.approx(0.8125, abs=4 * error)


def evidence(patients, there):
    """Ln p(x_t | pre-septic)/p(x_t | stable), all that one hour can tell (n,48)."""
    likelihood = sepsis_course.log_likelihood(patients.x, there)
    return likelihood[..., 1] - likelihood[..., 0]


def test_current_hour_alone_falls_short(patients, auc):
    now = evidence(patients, sepsis_course.THERE)[patients.asked]
    assert auc(patients.y[patients.asked], now) == pytest.approx(0.722, abs=0.01)


def test_last_six_hours_are_not_enough(patients, auc):
    total = np.cumsum(evidence(patients, sepsis_course.THERE), axis=1)
    six = total[:, 5:] - np.pad(total, ((0, 0), (1, 0)))[:, :43]
    asked = patients.asked[:, 5:]
    assert auc(patients.y[:, 5:][asked], six[asked]) == pytest.approx(0.771, abs=0.01)


def test_filter_that_ignores_the_mask_falls_short(informative, auc):
    asked = informative.asked
    blind = sepsis_course.risk(informative.x, sepsis_course.THERE)[asked]
    best = informative.truth["risk"][asked]
    assert auc(informative.y[asked], blind) < auc(informative.y[asked], best) - 0.008


# --- the option -------------------------------------------------------------------------------------------------------


def test_unknown_mechanism():
    with pytest.raises(ValueError, match='missing="MNAR".*missing="random" or missing="informative"'):
        sepsis_course.load(1, missing="MNAR")


@pytest.mark.parametrize("missing", [None, True, 3, ["random"]])
def test_mechanism_is_a_name(missing):
    with pytest.raises(TypeError, match="name of a mechanism"):
        sepsis_course.load(1, missing=missing)
