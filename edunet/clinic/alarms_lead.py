"""Does the alarm come before the event, how long before, and how many come for nothing?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edunet.clinic.alarms import JUST, RESAMPLES, Watch, hours, number, resampled_sums, ringing, watch
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.proportion import wilson_interval
from edunet.preprocessing.given import generator
from edunet.preprocessing.splits_groups import numbered

__all__ = ["LeadTime", "lead_time"]


@dataclass(frozen=True, repr=False)
class LeadTime:
    """What alarms were worth.

    Attributes, `Estimate`s: found, share of patients with an event who had an alarm in the window before it; lead, the
    median of hours from the first of these alarms to the event; false_per_true, alarms for nothing for each alarm in a
    window; alarms_per_day and false_per_day, per patient; quiet, share of patients without an event who had no alarm.
    late, patients with an event but no score before it: they could not be found, and are in none of these.
    """

    found: Estimate
    lead: Estimate
    false_per_true: Estimate
    alarms_per_day: Estimate
    false_per_day: Estimate
    quiet: Estimate
    late: int

    def __str__(self):
        lines = {
            "events found before": self.found,
            "hours before, median": self.lead,
            "false alarms per true one": self.false_per_true,
            "alarms per patient-day": self.alarms_per_day,
            "false alarms per patient-day": self.false_per_day,
            "without event, no alarm": self.quiet,
        }
        late = f"\n{self.late} with an event but no score before it are left out" if self.late else ""
        return "\n".join(f"{name:<30}{value}" for name, value in lines.items()) + late

    __repr__ = __str__


def lead_time(patient, time_hours, score, threshold, onset, *, within, silence=0.0, covers=None, seed=0) -> LeadTime:
    """Return the share of events with an alarm before them, how many hours before, and the false alarms that it costs.

        true alarm: onset − within ≤ t < onset         false alarm: any other before the onset, or without an event
        lead = onset − first true alarm
    Nobody is watched from the event on. An early false alarm may silence a true one.
    Args: patient, time_hours, score, threshold, silence, covers and seed as for `alarms_per_day`; onset, the hour of
    the event on the clock of time_hours, (n,) for each patient, or (M,) for each row in the long form, nan for patients
    without; or {patient: hour} of those with an event; within, hours, how early an alarm may be and still be meant for
    this event. Raises ValueError as `alarms_per_day` does, and for several onsets of a patient.
    The usual misuse: a window without end, in which every alarm of who falls ill some day is true; counting hours
    instead of patients: a long illness gives many right hours; a lead time of those found without the share found; an
    onset that is the doctors' own answer (the order of a blood culture), which the score then merely follows.
    Source: Hyland et al., Early prediction of circulatory failure in the intensive care unit using machine learning
    (2020), on alarms and silencing; Wilson's interval for shares, resamples of patients for the others.

    >>> found = lead_time(["a", "b"], range(6), [[0, 0, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0]], 0.5, [5, np.nan], within=4)
    >>> float(found.found), float(found.lead), float(found.false_per_true)
    (1.0, 3.0, 0.5)
    """
    seen = watch("lead_time", patient, time_hours, score)
    threshold = number("lead_time", "threshold", threshold)
    silence, within = hours("lead_time", "silence", silence), hours("lead_time", "within", within)
    rng = generator("lead_time", seed)
    onsets = _onsets(patient, np.asarray(score).shape, onset)  # {patient: hour}
    event = np.array([onsets.get(name, np.inf) for name in seen.names.tolist()])
    early = event[seen.whose] - seen.time  # hours before the event, inf without one
    covered, before = np.minimum(seen.covered("lead_time", covers), early), early > 0
    if not before.any():
        raise ValueError("lead_time: all events come before the first score. Is onset on the clock of time_hours?")
    kept, whose = np.unique(seen.whose[before], return_inverse=True)
    seen, event = Watch(seen.names[kept], whose, seen.time[before], seen.score[before]), event[kept]
    early, days = early[before], np.bincount(whose, covered[before]) / 24
    rang = ringing(seen, threshold, silence)
    hit = rang & (early <= within + JUST)
    true, wrong = (np.bincount(seen.whose, which, len(event)) for which in (hit, rang & ~hit))
    lead = np.zeros(len(event))
    np.maximum.at(lead, seen.whose[hit], early[hit])
    ill = np.isfinite(event)
    setting = f"from {threshold:g} on, {silence:g} h of silence, {within:g} h before the event"
    sums = resampled_sums(np.stack([true, wrong, true + wrong, days], axis=1), rng)
    totals = np.array([true.sum(), wrong.sum(), true.sum() + wrong.sum(), days.sum()])

    def ratio(part, whole):
        return _ratio(totals[[part, whole]], sums[:, [part, whole]], len(event), setting)

    return LeadTime(
        found=_share(true[ill] > 0, setting, "nobody had an event"),
        lead=_median(lead[true > 0], rng, setting),
        false_per_true=ratio(1, 0),
        alarms_per_day=ratio(2, 3),
        false_per_day=ratio(1, 3),
        quiet=_share(wrong[~ill] == 0, setting, "everybody had an event"),
        late=len(onsets) - int(np.count_nonzero(ill)),
    )


# ---------------------------------------------------------------- how it is done


def _onsets(patient, shape, onset) -> dict:
    """Return the hour of the event of each patient who had one."""
    whose, names = numbered("lead_time: patient", patient, shape[0])
    if isinstance(onset, Mapping):
        strangers = onset.keys() - set(names.tolist())
        if strangers:
            one = repr(strangers.pop())
            raise ValueError(f"lead_time: {len(strangers) + 1} onsets are of no patient here, as that of {one:.40}.")
        whose, given = np.arange(len(names)), np.array([onset.get(name, np.nan) for name in names.tolist()], np.float64)
    else:
        given = np.asarray(onset)
    if given.shape != whose.shape or given.dtype.kind not in "biuf":
        each = "patients" if len(shape) == 2 else "rows"
        raise ValueError(
            f"lead_time: onset holds an hour, or nan, for each of {len(whose)} {each}; or is {{patient: hour}}. "
            f"Received an array of {given.dtype}, {given.shape}."
        )
    if given.dtype.kind in "iu" and (given == -1).any():
        raise ValueError("lead_time: is an onset of -1 no event? Type np.where(onset < 0, np.nan, onset).")
    hour = np.full(len(names), np.nan)
    hour[whose] = given
    other = ~((hour[whose] == given) | (np.isnan(hour[whose]) & np.isnan(given)))
    if other.any():
        raise ValueError(f"lead_time: a patient has one onset. {names[whose[other.argmax()]]!s:.40} has several.")
    return {name: t for name, t in zip(names.tolist(), hour.tolist(), strict=True) if not math.isnan(t)}


def _share(right, setting, why) -> Estimate:
    n, hits = len(right), int(np.count_nonzero(right))
    how = f"{hits:,} of {n:,} patients, {setting}; Wilson's interval"
    return Estimate(hits / n, *wilson_interval(hits, n), n, how=how) if n else undefined(why, 0, how)


def _ratio(totals, sums, n, setting) -> Estimate:
    how = f"{setting}; {RESAMPLES:,} resamples of patients, percentiles"
    if not totals[1]:
        return undefined("no alarm was true", n, how)
    low = high = math.nan
    if len(sums):  # a resample without a true alarm has infinitely many false ones for it
        ratios = np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.inf), where=sums[:, 1] > 0)
        low, high = np.percentile(ratios, [2.5, 97.5], method="inverted_cdf")
    return Estimate(totals[0] / totals[1], low, high, n, how=how)


def _median(lead, rng, setting) -> Estimate:
    how = f"of those found, {setting}; {RESAMPLES:,} resamples of them, percentiles"
    n = len(lead)
    if not n:
        return undefined("no event was found", 0, how)
    low = high = math.nan
    if n > 1:
        low, high = np.percentile([np.median(lead[rng.integers(0, n, n)]) for _ in range(RESAMPLES)], [2.5, 97.5])
    return Estimate(float(np.median(lead)), low, high, n, how=how)
