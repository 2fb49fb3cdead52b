"""Kaplan-Meier beside lifelines; the same patients through concordance, Brier score and AUC beside scikit-survival.

The reference numbers were computed once with lifelines 0.30.3 (KaplanMeierFitter, median_survival_times,
concordance_index) and scikit-survival 0.28.0 (brier_score, integrated_brier_score, cumulative_dynamic_auc). The latter
weighs an event with G after those lost on the same day; so it was given the censored a quarter of a day later.
"""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from edunet.clinic.proportion import wilson_interval
from edunet.clinic.survival import censoring_curve, kaplan_meier
from edunet.clinic.survival_concordance import c_index
from edunet.clinic.survival_horizon import auc_at, brier_at, integrated_brier
from edunet.datasets import followup

REAL = Path(__file__).parents[2].parent / "shared/data/longitudinal"


def column(name, column):
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"the real {name} is not beside the repository (shared/data/longitudinal)")
    with path.open() as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)])


def pbc():
    risk = np.log(column("pbc.csv", "bili")) + 0.04 * column("pbc.csv", "age")
    return column("pbc.csv", "time"), column("pbc.csv", "status") == 2, risk, 1.0


def rotterdam():
    risk = np.minimum(column("rotterdam.csv", "nodes"), 10) * 10 + column("rotterdam.csv", "age")
    return column("rotterdam.csv", "dtime"), column("rotterdam.csv", "death"), risk, 50.0


def generated():
    patients = followup.load(2000, seed=3)
    return *patients.y.T, patients.truth["log_hazard"], 1.0


SETS = {  # horizons; S(t), low, high at each; median, its interval; C; Brier and AUC at each; integrated; by half
    "pbc": {
        "read": pbc,
        "horizons": (1000, 2000, 3000),
        "curve": [
            (0.8165400954837421, 0.7757582925491376, 0.850626212486058),
            (0.6919922125720898, 0.6419866807589343, 0.7364838370750665),
            (0.5688740193502487, 0.5071974550968503, 0.6257919577472196),
        ],
        "median": (3395, 3086, 3839),
        "c": 0.813810548484571,
        "brier": (0.13383272613285133, 0.1773566983446655, 0.22145918122545286),
        "auc": (0.8581843311660172, 0.8902572395560981, 0.8254842895587906),
        "integrated": 0.17750132601190882,
        "trained": (0.06813665335734401, 0.8834678955540697),
    },
    "rotterdam": {
        "read": rotterdam,
        "horizons": (1000, 2000, 4000),
        "curve": [
            (0.8680322112866238, 0.8553126338250052, 0.8797135210300735),
            (0.7206706157161382, 0.7039865347972272, 0.7365978379101472),
            (0.5065167550858609, 0.48364410375217487, 0.5289141371589374),
        ],
        "median": (4033, 3885, 4239),
        "c": 0.6790051003013292,
        "brier": (0.147219022074745, 0.2455217002416209, 0.2958211057444979),
        "auc": (0.7241598090571681, 0.7102299215331793, 0.7129696336093017),
        "integrated": 0.24590438904810055,
        "trained": (0.2619039642560864, 0.6354093987904356),
    },
    "generated": {
        "read": generated,
        "horizons": (1, 5, 8),
        "curve": [
            (0.9044525079660263, 0.8904235283403616, 0.916770091463808),
            (0.581419835527477, 0.5574241895799164, 0.6046079666336928),
            (0.42674513618394627, 0.39749469285622285, 0.4556511320226427),
        ],
        "median": (6.261773109436035, 5.95038605, 6.75745296),
        "c": 0.7413670483128406,
        "brier": (0.07400569649432714, 0.19623601571502827, 0.18611934309812073),
        "auc": (0.8082496508084948, 0.7819957843938752, 0.818938211356117),
        "integrated": 0.15914520894834777,
        "trained": (0.19716906906636839, 0.7816760321294958),
    },
}


@pytest.fixture(params=SETS)
def cohort(request):
    """Reference numbers; time, event, risk; and survival (N,3), made up from the risk."""
    known = SETS[request.param]
    time, event, risk, scale = known["read"]()
    at_middle = 1 - 1 / (1 + np.exp(-(risk - np.median(risk)) / scale))
    horizons = np.array(known["horizons"])
    return known, time, event, risk, at_middle[:, None] ** (horizons / horizons[1])


def test_curve_and_its_interval_equal_lifelines(cohort):
    known, time, event, *_ = cohort
    curve = kaplan_meier(time, event)
    found = [(s, s.low, s.high) for s in map(curve.at, known["horizons"])]
    assert np.array(found) == pytest.approx(np.array(known["curve"]), rel=1e-11)


def test_median_and_its_interval_equal_lifelines(cohort):
    known, time, event, *_ = cohort
    median = kaplan_meier(time, event).median
    assert (median, median.low, median.high) == pytest.approx(known["median"], rel=1e-8)


def test_concordance_equals_lifelines(cohort):
    known, time, event, risk, _ = cohort
    assert float(c_index(time, event, risk)) == pytest.approx(known["c"], rel=1e-12)


def test_brier_equals_scikit_survival(cohort):
    known, time, event, _, survival = cohort
    found = [brier_at(time, event, s, t) for s, t in zip(survival.T, known["horizons"], strict=True)]
    assert found == pytest.approx(known["brier"], rel=1e-12)


def test_integrated_brier_equals_scikit_survival(cohort):
    known, time, event, _, survival = cohort
    found = integrated_brier(time, event, survival, known["horizons"])
    assert float(found) == pytest.approx(known["integrated"], rel=1e-12)


def test_auc_equals_scikit_survival(cohort):
    known, time, event, risk, _ = cohort
    assert [auc_at(time, event, risk, t) for t in known["horizons"]] == pytest.approx(known["auc"], rel=1e-11)


def test_weights_from_training_patients_equal_scikit_survival(cohort):
    known, time, event, risk, survival = cohort
    half = len(time) // 2
    test = (np.arange(len(time)) >= half) & (time <= time[:half].max())  # it wants no time beyond the training's
    train, horizon = (time[:half], event[:half]), known["horizons"][1]
    brier = brier_at(time[test], event[test], survival[test, 1], horizon, train=train)
    auc = auc_at(time[test], event[test], risk[test], horizon, train=train)
    assert (brier, auc) == pytest.approx(known["trained"], rel=1e-11)


def test_the_oracle_of_followup_is_the_concordance_of_the_true_hazard():
    patients = followup.load(8000, seed=1)
    c = c_index(*patients.y.T, patients.truth["log_hazard"])
    assert c.low < followup.best_c_index(patients.truth).score < c.high


def test_the_oracles_of_followup_are_those_at_five_years():
    patients = followup.load(8000, seed=1)
    brier = brier_at(*patients.y.T, patients.truth["survival"][:, 2], 5)
    auc = auc_at(*patients.y.T, patients.truth["risk"], 5)
    assert brier.low < followup.oracle_score(patients.truth, "brier").score < brier.high
    assert auc.low < followup.oracle_score(patients.truth, "auc").score < auc.high


def test_hazards_of_a_network_become_survival():
    """Intervals of a year, a true hazard of 0.2 in each: the score at three years is that of 0.8³."""
    rng = np.random.default_rng(0)
    died, left = rng.geometric(0.2, 4000), rng.integers(1, 8, 4000)
    time, event = np.minimum(died, left), died <= left
    survival = np.cumprod(1 - np.full((4000, 5), 0.2), axis=1)
    score = brier_at(time, event, survival[:, 2], 3)
    assert score.low < 0.8**3 * (1 - 0.8**3) < score.high


# ---------------------------------------------------------------- the curve by hand


def test_ties_of_events_and_censored():
    curve = kaplan_meier([2, 1, 2, 2, 3], [1, 1, 0, 1, 0])
    assert curve.times.tolist() == [1, 2, 3]
    assert curve.at_risk.tolist() == [5, 4, 1]
    assert curve.events.tolist() == [1, 2, 0]
    assert curve.survival == pytest.approx([0.8, 0.4, 0.4])


def test_the_censored_at_a_time_go_after_the_events():
    curve = censoring_curve([2, 1, 2, 2, 3], [1, 1, 0, 1, 0])
    assert curve.survival == pytest.approx([1, 0.5, 0])  # 1 of the 2 left after the events at time 2, then the last


@pytest.mark.parametrize(("t", "watched"), [(0.5, 4), (1, 4), (2.5, 3)])
def test_before_the_first_event_the_interval_is_wilsons(t, watched):
    """Lost at 1 and 2; nothing else is known of the four, then of the three, who were watched."""
    before = kaplan_meier([1, 2, 3, 4], [0, 0, 1, 0]).at(t)
    assert before == 1
    assert before.interval == pytest.approx(wilson_interval(watched, watched))


def test_once_nobody_is_left_there_is_no_interval():
    curve = kaplan_meier([1, 2], [1, 1])
    assert np.isnan([curve.low[-1], curve.high[-1]]).all()


def test_beyond_the_last_patient_nothing_is_known():
    late = kaplan_meier([1, 2], [1, 0]).at(3)
    assert math.isnan(late)
    assert late.why == "nobody was watched beyond 2"


def test_beyond_the_last_event_of_all_nobody_is_left():
    assert kaplan_meier([1, 2], [1, 1]).at(3) == 0


def test_a_median_that_was_not_reached_says_so():
    median = kaplan_meier([1, 2, 3], [1, 0, 0]).median
    assert median.why == "more than half are still without the event at 3, the last time"


@pytest.mark.parametrize("event", [0, 1], ids=["censored", "died"])
def test_one_patient(event):
    assert kaplan_meier([5], [event]).survival.tolist() == [1 - event]


def test_steps_and_numbers_at_risk_of_many_times():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])
    assert curve.steps([[0, 1], [3.9, 4]]).tolist() == [[1, 0.75], [0.5, 0]]
    assert curve.number_at_risk([1, 1.1]).tolist() == [4, 3]
    assert str(curve) == "3 events among 4 patients; median 2.000 [1.000 to inf]"


@pytest.mark.parametrize(
    ("time", "event", "message"),
    [
        ([-1.0, 2], [1, 0], r"counted from when a patient began to be watched, >= 0. Received -1 in row 0"),
        ([np.nan, 2], [1, 0], "1 of 2 times are NaN or infinite, the first in row 0"),
        ([1, 2, 3], [1, 0], r"a time for each of 2 events. Received shape \(3,\)"),
        ([1, 2], [1, 2], "labels are 0 or 1"),
        ([[1, 0], [2, 1]], [1, 0], "type time, event = y.T"),
        (["3 days", "4"], [1, 0], "time is in numbers"),
        (np.array([1, 2], "timedelta64[D]"), [1, 0], "for days"),
        ([], [], "at least one patient"),
    ],
    ids=["negative", "nan", "lengths", "event 2", "two columns", "words", "time spans", "nobody"],
)
def test_what_is_refused(time, event, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(time, event)


@pytest.mark.parametrize("t", [-1, np.inf, "5", None, True, [1, 2]], ids=str)
def test_a_horizon_is_one_time(t):
    with pytest.raises(ValueError, match="a horizon is one time >= 0"):
        kaplan_meier([1, 2], [1, 0]).at(t)
