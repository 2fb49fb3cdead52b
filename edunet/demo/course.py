"""The task "course": sepsis six hours ahead, asked every hour, by a GRU. SYNTHETIC."""

import numpy as np

from edunet import Sequential, clinic, layers
from edunet.datasets import sepsis_course
from edunet.demo.task import Prepared, Task
from edunet.preprocessing import time_since_last

__all__ = ["TASK", "logged", "network", "series"]

LACTATE = -1  # its column
QUIET = 6  # hours after an alarm, as far as the question looks ahead


def logged(x):
    """Return x (n,T,6) with ln of lactate, which is log-normal."""
    x = x.copy()
    x[..., LACTATE] = np.log(x[..., LACTATE])
    return x


def series(x, mean, sd):
    """Return x (n,T,C), NaN where nothing was measured, as (n,T,3C): value, 0 if missing; 1 if there; days since."""
    there = ~np.isnan(x)
    since = np.nan_to_num(time_since_last(there, step=1 / 24), nan=1.0)
    return np.concatenate([np.nan_to_num((logged(x) - mean) / sd), there, since], axis=-1).astype(np.float32)


def network(shape):
    """Return a GRU of 32 units that answers at every hour; shape (T,3C)."""
    answer = layers.Dense(1, activation="sigmoid")
    return Sequential([layers.Input(shape), layers.GRU(32, return_sequences=True), answer])


def prepare(cohort, train) -> Prepared:
    known = logged(cohort.x[train])
    mean, sd = np.nanmean(known, (0, 1)), np.nanstd(known, (0, 1))
    x = series(cohort.x, mean, sd)
    scales = ", ".join(f"{name} {m:.4g} ± {s:.2g}" for name, m, s in zip(cohort.columns, mean, sd, strict=True))
    trail = [
        "Lactate: natural logarithm.",
        f"Values measured, to mean 0 and variance 1 by those of the training part: {scales}.",
        "Missing values: 0, beside a 1 for each value that is there, and the days since it last was (1 if never).",
        "Hours at which nothing is asked (the first five, from sepsis on, the last six) weigh nothing.",
    ]
    return Prepared(x, network(x.shape[1:]), trail)


def subgroups(cohort):
    n, T = cohort.y.shape
    hour = np.broadcast_to(np.arange(T), (n, T))
    band = np.select([hour < 12, hour < 24], ["5 to 11", "12 to 23"], "24 to 41")
    since = time_since_last(~np.isnan(cohort.x[..., LACTATE:]))[..., 0]  # steps; NaN: never
    return {"hour on the ward": band, "lactate": np.where(since <= 6, "measured in the last 6 h", "not measured")}


def alarms(cohort, rows, p, threshold) -> str:
    """Tell how often it rings; p, the answers at the hours that are asked."""
    asked = cohort.asked[rows]
    score = np.full(asked.shape, np.nan)
    score[asked] = p
    hour = np.arange(asked.shape[1])
    rate = clinic.alarms_per_day(cohort.patient_id[rows], hour, score, threshold, silence=QUIET)
    return f"alarms a patient and day, {QUIET} quiet hours after each: {rate}"


TASK = Task(
    name="course",
    title="Sepsis six hours ahead, asked every hour",
    question=(
        "Will this patient on the ward be septic in six hours? What one hour measures tells little, and three\n"
        "values in ten are missing; a GRU keeps a memory of the hours before."
    ),
    unit="patients",
    generator="sepsis_course",
    draw=sepsis_course.load,
    prepare=prepare,
    subgroups=subgroups,
    epochs=4,
    rate=1e-2,
    decay=0.0,
    sensitivity=0.8,
    why_sensitivity="every alarm takes a nurse's time, and the next hour asks again",
    also=alarms,
)
