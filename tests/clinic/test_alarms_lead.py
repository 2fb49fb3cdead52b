"""Alarms before an event: windows, events that nobody could find, patients without one."""

import math

import numpy as np
import pytest

from edunet.clinic.alarms_lead import lead_time
from edunet.datasets import sepsis_course

NONE = np.nan


def one(score, onset, **options):
    """The alarms of a single patient with hourly scores."""
    return lead_time(["a"], np.arange(len(score)), [score], 0.5, [onset], **{"within": 3, **options})


@pytest.mark.parametrize(
    ("score", "found", "false"),
    [
        ([0, 0, 0, 0, 1, 0], 1, 0),  # an hour before
        ([0, 0, 1, 0, 0, 0], 1, 0),  # at the edge of the window
        ([0, 1, 0, 0, 0, 0], 0, 1),  # too early
        ([0, 1, 1, 1, 0, 0], 1, 1),
        ([0, 0, 0, 0, 0, 1], 0, 0),  # at the event
    ],
    ids=["before", "edge", "early", "both", "at the event"],
)
def test_window(score, found, false):
    result = one(score, 5)
    assert result.found == found
    assert result.false_per_day == pytest.approx(24 * false / 5)


def test_lead_is_of_the_first_alarm_in_the_window():
    assert one([0, 1, 0, 1, 1, 0, 0], 6).lead == 3


def test_after_the_event_nobody_is_watched():
    """Three hours until the event; the alarms from then on count neither as true nor as false."""
    result = one([0, 1, 0, 1, 1, 1], 3)
    assert result.alarms_per_day == pytest.approx(24 / 3)
    assert result.false_per_true == 0


def test_an_early_alarm_may_silence_a_true_one():
    assert one([0, 1, 1, 0, 0], 4, within=2).found == 1
    assert one([0, 1, 1, 0, 0], 4, within=2, silence=4).found == 0


def test_a_window_in_tenths_of_an_hour():
    assert lead_time(["a"], [0.1, 0.2], [[1, 0]], 0.5, [0.4], within=0.3).found == 1


def test_patients_without_an_event():
    result = lead_time([1, 2, 3], range(4), [[0, 1, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0]], 0.5, [NONE] * 3, within=3)
    assert result.quiet == pytest.approx(1 / 3)
    assert result.false_per_day == result.alarms_per_day == 6
    assert (result.found.why, result.lead.why) == ("nobody had an event", "no event was found")
    assert result.false_per_true.why == "no alarm was true"


def test_everybody_had_an_event():
    assert one([0, 1, 0], 2).quiet.why == "everybody had an event"


def test_an_event_before_the_first_score_is_late():
    result = lead_time(["a", "b"], [5, 6], [[1, 1], [1, 1]], 0.5, [3.0, 7.0], within=3)
    assert (result.late, result.found.n) == (1, 1)
    assert str(result).endswith("1 with an event but no score before it are left out")


def test_an_event_of_a_patient_without_scores_is_late_too():
    assert lead_time(["a", "b"], [0, 1], [[NONE, NONE], [1, 1]], 0.5, [3.0, 2.0], within=3).late == 1


def test_a_missed_event_has_no_lead_but_counts():
    result = lead_time(["a", "b"], range(3), [[0, 1, 0], [0, 0, 0]], 0.5, [2.0, 2.0], within=3)
    assert (result.found, result.lead, result.lead.n) == (0.5, 1, 1)


WARD = sepsis_course.load(400, seed=4)
RISK, ONSET = WARD.truth["risk"], np.where(WARD.truth["onset"] < 0, NONE, WARD.truth["onset"])


def by_loop(threshold, within, silence):
    found = events = true = false = late = 0
    leads = []
    for score, onset in zip(RISK, ONSET, strict=True):
        hours = np.flatnonzero(~np.isnan(score) & ~(np.arange(48) >= onset))
        if not len(hours):
            late += 1
            continue
        quiet_until, first = -1, None
        for hour in hours:
            if score[hour] >= threshold and hour >= quiet_until:
                quiet_until = hour + silence
                if onset - hour <= within:
                    true, first = true + 1, hour if first is None else first
                else:
                    false += 1
        events += not np.isnan(onset)
        found += first is not None
        leads += [] if first is None else [onset - first]
    return found / events, np.median(leads), false / true, late


@pytest.mark.parametrize(("threshold", "within", "silence"), [(0.2, 12, 6), (0.1, 6, 0), (0.35, 48, 12)])
def test_equals_a_plain_loop_on_a_ward(threshold, within, silence):
    result = lead_time(WARD.patient_id, np.arange(48), RISK, threshold, ONSET, within=within, silence=silence)
    found = [result.found, result.lead, result.false_per_true, result.late]
    assert found == pytest.approx(by_loop(threshold, within, silence), rel=1e-12)
    for estimate in (result.found, result.false_per_true, result.alarms_per_day, result.false_per_day, result.quiet):
        assert estimate.low < estimate < estimate.high


def test_all_forms_of_data_and_onset_agree():
    hours = np.arange(48)
    patient, hour = np.repeat(WARD.patient_id, 48), np.tile(hours, 400)
    events = {who: t for who, t in zip(WARD.patient_id.tolist(), ONSET, strict=True) if not np.isnan(t)}
    mixed = np.random.default_rng(0).permutation(len(patient))
    options = {"within": 12, "silence": 6}
    wide = lead_time(WARD.patient_id, hours, RISK, 0.2, ONSET, **options)
    by_name = lead_time(WARD.patient_id, hours, RISK, 0.2, events, **options)
    long = lead_time(patient[mixed], hour[mixed], RISK.reshape(-1)[mixed], 0.2, np.repeat(ONSET, 48)[mixed], **options)
    assert str(wide) == str(by_name) == str(long)


@pytest.mark.parametrize(
    ("onset", "message"),
    [
        (np.array([-1, 3]), r"type np.where\(onset < 0|Type np.where\(onset < 0"),
        ([1.0], r"an hour, or nan, for each of 2 patients; or is \{patient: hour\}"),
        (["x", "y"], "an hour, or nan"),
        ({"c": 3.0}, "1 onsets are of no patient here, as that of 'c'"),
        ([0.0, 0.0], "all events come before the first score"),
    ],
    ids=["minus one", "too few", "words", "stranger", "all late"],
)
def test_what_is_no_onset(onset, message):
    with pytest.raises(ValueError, match=message):
        lead_time(["a", "b"], [1, 2], [[1, 1], [0, 0]], 0.5, onset, within=3)


def test_two_onsets_of_a_patient():
    with pytest.raises(ValueError, match="a patient has one onset. b has several"):
        lead_time(["a", "b", "b"], [1, 1, 2], [1, 1, 1], 0.5, [NONE, 3, 4], within=3)


def test_a_window_is_a_number_of_hours():
    with pytest.raises(ValueError, match="within is in hours, >= 0"):
        one([0, 1], 1, within=-3)


def test_one_patient_has_no_interval():
    assert math.isnan(one([0, 1, 0], 2).alarms_per_day.low)
