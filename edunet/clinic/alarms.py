"""What a score that is asked again and again costs the ward: alarms per patient and day."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.clinic.estimate import Estimate
from edunet.preprocessing.given import generator
from edunet.preprocessing.splits_groups import numbered

__all__ = ["Watch", "alarms_per_day", "hours", "number", "resampled_sums", "ringing", "watch"]

RESAMPLES = 1000
JUST = 1e-9  # hours: 0.1 + 0.2 is not before 0.3


def alarms_per_day(patient, time_hours, score, threshold, *, silence=0.0, covers=None, seed=0) -> Estimate:
    """Return how often an alarm rings per patient and day.

        an alarm rings at t if s(t) ≥ threshold and none has rung for this patient within the `silence` hours before
        rate = 24 Σ alarms / Σ hours watched              hours: those within `covers` hours after a score
    Args: score (n,T), a row for each patient, with patient (n,) and time_hours (T,) or (n,T); or all three (M,), a row
    for each score, in any order. nan in score: no score at that time; of hours that are not asked type
    np.where(asked, p, np.nan). threshold, one number; silence, hours >= 0; covers, for how many hours a score stands,
    unless the next comes first: the median step unless given. In a longer gap nobody is watched. seed of the 1,000
    resamples of patients for the interval.
    Raises ValueError for two scores of one patient at one time, times that are missing, no scores.
    The usual misuse: a specificity of 0.95 per hour, which sounds well and is more than one false alarm per patient and
    day; leaving the silence unsaid: 0 lets an alarm ring every hour of a bad night. Ten alarms a day that nobody
    answers find nobody.
    Source: Sendelbach & Funk, Alarm fatigue (2013); resamples of patients as Efron & Tibshirani, An introduction to the
    bootstrap (1993).

    >>> score = [[0.1, 0.9, 0.8, 0.2], [0.1, 0.1, 0.2, 0.1]]
    >>> float(alarms_per_day(["a", "b"], range(4), score, 0.5, silence=6))
    3.0
    >>> float(alarms_per_day(["b", "a", "a"], [0, 1, 0], [0.1, 0.9, 0.9], 0.5))
    16.0
    """
    seen = watch("alarms_per_day", patient, time_hours, score)
    threshold, silence = number("alarms_per_day", "threshold", threshold), hours("alarms_per_day", "silence", silence)
    days = np.bincount(seen.whose, seen.covered("alarms_per_day", covers)) / 24
    rang = np.bincount(seen.whose, ringing(seen, threshold, silence), len(seen.names))
    sums = resampled_sums(np.stack([rang, days], axis=1), generator("alarms_per_day", seed))
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5]) if len(sums) else (math.nan, math.nan)
    how = (
        f"{int(rang.sum()):,} alarms from {threshold:g} on in {days.sum():,.1f} patient-days, {silence:g} h of silence "
        f"after each; {RESAMPLES:,} resamples of patients, percentiles"
    )
    return Estimate(rang.sum() / days.sum(), low, high, len(days), how=how)


@dataclass(frozen=True)
class Watch:
    """Scores in the order of patients, and of time within them.

    names (P,); whose (M,), an index into them; time and score (M,).
    """

    names: np.ndarray
    whose: np.ndarray
    time: np.ndarray
    score: np.ndarray

    def covered(self, what: str, covers) -> np.ndarray:
        """Return for how many hours each score stands, (M,): until the patient's next, but `covers` at most."""
        last = np.append(self.whose[1:] != self.whose[:-1], True)
        steps = np.where(last, np.inf, np.append(np.diff(self.time), np.inf))
        if covers is None:
            if last.all():
                raise ValueError(f"{what}: every patient has one score. For how long does it stand? Type covers=hours.")
            covers = float(np.median(steps[~last]))
        elif hours(what, "covers", covers) == 0:
            raise ValueError(f"{what}: covers is for how many hours a score stands, > 0. Received: {covers!r}")
        return np.minimum(steps, covers)


def ringing(seen: Watch, threshold: float, silence: float) -> np.ndarray:
    """Return at which scores an alarm rings, (M,) bool."""
    rings = seen.score >= threshold
    if not silence:
        return rings
    rows = np.flatnonzero(rings)
    keep, now, last = [], -1, -math.inf
    for row, who, t in zip(rows.tolist(), seen.whose[rows].tolist(), seen.time[rows].tolist(), strict=True):
        if who != now or t - last >= silence - JUST:
            keep.append(row)
            now, last = who, t
    rings = np.zeros(len(rings), bool)
    rings[keep] = True
    return rings


def resampled_sums(table: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the column sums of 1,000 resamples of the rows (patients); none of a single row."""
    n = len(table)
    if n < 2:
        return np.empty((0, table.shape[1]))
    return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) @ table for _ in range(RESAMPLES)])


# ---------------------------------------------------------------- what is given


def watch(what: str, patient, time_hours, score) -> Watch:
    """Return the scores as a `Watch`, or say what is wrong with them."""
    score, time = np.asarray(score), np.asarray(time_hours)
    if score.dtype.kind not in "fbiu":
        raise ValueError(f"{what}: score holds numbers. Received an array of {score.dtype}.")
    if time.dtype.kind not in "biuf":
        repair = " Type (t - t[0]) / np.timedelta64(1, 'h')." * (time.dtype.kind in "mM")
        raise ValueError(f"{what}: time_hours holds numbers. Received an array of {time.dtype}.{repair}")
    if score.ndim not in (1, 2) or not score.size:
        raise ValueError(f"{what}: expected scores (n, T), or (M,) of the long form. Received shape {score.shape}.")
    if time.shape not in (score.shape, score.shape[-1:]):
        raise ValueError(
            f"{what}: expected time_hours of shape {score.shape}"
            + f", or {score.shape[-1:]} for all patients" * (score.ndim == 2)
            + f". Received {time.shape}."
        )
    whose, names = numbered(f"{what}: patient", patient, len(score))
    if score.ndim == 2:
        if len(names) < len(score):
            again = len(score) - len(names)
            raise ValueError(f"{what}: of scores (n, T) each row is another patient's; {again} patients repeat.")
        whose, time = np.repeat(whose, score.shape[1]), np.broadcast_to(time, score.shape).reshape(-1)
    time, score = time.astype(np.float64), score.reshape(-1).astype(np.float64)
    there = ~np.isnan(score)
    whose, time, score = whose[there], time[there], score[there]
    odd = np.count_nonzero(~np.isfinite(time)) + np.count_nonzero(np.isinf(score))
    if odd or not len(score):
        wrong = f"{odd} hours that are missing, or scores that are infinite" if odd else "nan only"
        raise ValueError(f"{what}: expected scores, each with the hour it was given at. Received {wrong}.")
    order = np.lexsort((time, whose))
    whose, time, score = whose[order], time[order], score[order]
    twice = np.flatnonzero((np.diff(time) == 0) & (np.diff(whose) == 0))
    if len(twice):
        raise ValueError(
            f"{what}: {len(twice)} scores stand beside another of the same patient and hour, such as "
            f"{names[whose[twice[0]]]!s:.40} at {time[twice[0]]:g}. Keep one, such as the last."
        )
    seen, whose = np.unique(whose, return_inverse=True)  # patients without any score are not watched
    return Watch(names[seen], whose, time, score)


def number(what: str, name: str, value) -> float:
    """Return a finite number as float, or say that it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
        raise ValueError(f"{what}: {name} is one number. Received: {value!r:.40}")
    return float(value)


def hours(what: str, name: str, value) -> float:
    """Return a number of hours as float, or say that it is none."""
    if number(what, name, value) < 0:
        raise ValueError(f"{what}: {name} is in hours, >= 0. Received: {value!r:.40}")
    return float(value)
