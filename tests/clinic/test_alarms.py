"""Alarms with a silence after each: by hand, by a plain loop, in both forms of data, with gaps."""

import math

import numpy as np
import pytest

from edunet.clinic.alarms import alarms_per_day, ringing, watch
from edunet.datasets import sepsis_course

HOURS = np.arange(6)
ONE = [[0, 1, 1, 0, 1, 1]]


@pytest.mark.parametrize(
    ("silence", "alarms"), [(0, 4), (1, 4), (2, 2), (3, 2), (3.5, 2), (4, 2), (4.5, 1), (99, 1)], ids=str
)
def test_silence_by_hand(silence, alarms):
    """Above at 1, 2, 4, 5: after 1 hour all ring; after 2 those at 1 and 4; after 4 those at 1 and 5."""
    assert alarms_per_day(["a"], HOURS, ONE, 0.5, silence=silence) == 4 * alarms


def test_only_an_alarm_that_rang_silences():
    """The score at 2 does not ring, so that the one at 3 may."""
    seen = watch("test", ["a"], range(5), [[0, 1, 1, 1, 0]])
    assert np.flatnonzero(ringing(seen, 0.5, 2)).tolist() == [1, 3]


def test_silence_in_tenths_of_an_hour():
    seen = watch("test", ["a"], 0.1 * np.arange(4), [[1, 1, 1, 1]])
    assert np.flatnonzero(ringing(seen, 0.5, 0.3)).tolist() == [0, 3]


def test_a_score_at_the_threshold_rings():
    assert alarms_per_day(["a"], HOURS, np.full((1, 6), 0.5), 0.5) == 24


def by_loop(patients, score, threshold, silence):
    alarms = 0
    for who in range(len(patients)):
        quiet_until = -math.inf
        for hour, s in enumerate(score[who]):
            if s >= threshold and hour >= quiet_until:
                alarms, quiet_until = alarms + 1, hour + silence
    return alarms / (np.count_nonzero(~np.isnan(score)) / 24)


WARD = sepsis_course.load(300, seed=2)
RISK = WARD.truth["risk"]


@pytest.mark.parametrize("silence", [0, 6])
def test_equals_a_plain_loop_on_a_ward(silence):
    found = alarms_per_day(WARD.patient_id, np.arange(48), RISK, 0.2, silence=silence)
    assert float(found) == pytest.approx(by_loop(WARD.patient_id, RISK, 0.2, silence), rel=1e-12)
    assert found.low < found < found.high


def test_the_long_form_in_any_order_gives_the_same():
    patient, hour = np.repeat(WARD.patient_id, 48), np.tile(np.arange(48), 300)
    mixed = np.random.default_rng(0).permutation(len(patient))
    long = alarms_per_day(patient[mixed], hour[mixed], RISK.reshape(-1)[mixed], 0.2, silence=6)
    assert long.text() == alarms_per_day(WARD.patient_id, np.arange(48), RISK, 0.2, silence=6).text()


def test_patients_without_any_score_are_not_watched():
    score = np.array([[0.9, 0.1], [np.nan, np.nan]])
    assert alarms_per_day(["a", "b"], [0, 1], score, 0.5).n == 1


def test_in_a_gap_nobody_is_watched():
    """Scores at 0, 1, 2 and at 50: four hours, of one alarm."""
    assert alarms_per_day(["a"] * 4, [0, 1, 2, 50], [0, 0, 0, 1], 0.5) == 6


def test_covers_says_for_how_long_a_score_stands():
    assert alarms_per_day(["a"] * 4, [0, 1, 2, 50], [0, 0, 0, 1], 0.5, covers=11) == 1  # 1 + 1 + 11 + 11 hours


def test_times_of_each_patient():
    assert alarms_per_day(["a", "b"], [[0, 1], [10, 11]], [[1, 1], [0, 1]], 0.5, silence=5) == 12


def test_a_lone_patient_has_no_interval():
    assert math.isnan(alarms_per_day(["a"], HOURS, ONE, 0.5).low)


def test_interval_holds_the_true_rate_when_patients_differ():
    """Wards of 30 patients, in half of whom it never rings: the rate of 12 a day is within most intervals."""
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(40):
        restless = rng.random(30) < 0.5
        score = rng.random((30, 24)) < restless[:, None]
        rate = alarms_per_day(np.arange(30), np.arange(24), score, 0.5)
        inside += rate.low < 12 < rate.high
    assert inside >= 34


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"], HOURS, [["x"] * 6], 0.5), "score holds numbers"),
        ((["a"], HOURS, np.full((1, 6), np.nan), 0.5), "Received nan only"),
        ((["a"], HOURS, [[0, 1, np.inf, 0, 0, 0]], 0.5), "scores that are infinite"),
        ((["a"], [0, 1, 2, 3, 4, np.nan], ONE, 0.5), "1 hours that are missing"),
        ((["a"], range(5), ONE, 0.5), r"time_hours of shape \(1, 6\), or \(6,\) for all patients. Received \(5,\)"),
        ((["a"], np.array(HOURS, "M8[h]"), ONE, 0.5), r"np.timedelta64\(1, 'h'\)"),
        ((["a", "a"], HOURS, ONE * 2, 0.5), "each row is another patient's; 1 patients repeat"),
        ((["a", None], HOURS, ONE * 2, 0.5), "1 of 2 groups are missing"),
        ((["a", "a"], [3, 3], [0.1, 0.2], 0.5), "1 scores stand beside another of the same patient and hour, such as"),
        ((["a"], HOURS, ONE, "0.5"), "threshold is one number"),
        ((["a"], HOURS, ONE, np.nan), "threshold is one number"),
        ((["a", "b"], [1, 2], [0.1, 0.2], 0.5), "For how long does it stand. Type covers=hours"),
        (([], [], [], 0.5), "expected scores"),
    ],
    ids=[
        "words", "nan", "infinite", "hour missing", "hours too few", "dates", "patient twice", "patient missing",
        "hour twice", "threshold word", "threshold nan", "single scores", "none",
    ],
)  # fmt: skip
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        alarms_per_day(*arguments)


@pytest.mark.parametrize(
    ("option", "message"),
    [({"silence": -1}, "silence is in hours"), ({"covers": 0}, "covers is for how many"), ({"seed": "a"}, "seed")],
    ids=["silence", "covers", "seed"],
)
def test_options_that_are_refused(option, message):
    with pytest.raises((ValueError, TypeError), match=message):
        alarms_per_day(["a"], HOURS, ONE, 0.5, **option)
