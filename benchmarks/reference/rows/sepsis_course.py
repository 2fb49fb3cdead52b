"""sepsis_course: a GRU of 32 units that answers every hour, and a model of the current hour alone."""

import numpy as np
from common import gap, one_cycle, start

from edunet import Sequential, layers
from edunet.datasets import sepsis_course
from edunet.demo.course import logged, network, series
from edunet.metrics import average_precision

TASK = "septic within six hours, asked every hour; 8,000 stays to learn, 20,000 fresh ones to judge"
MUST = "AUROC gap <= 0.010, AUPRC gap <= 0.015"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["gap"] <= 0.010 and mean["auprc_gap"] <= 0.015


def run(seed, data):
    start(seed)
    learn, judge = sepsis_course.load(8000, seed=100 + seed), sepsis_course.load(20_000, seed=900 + seed)
    mean, sd = np.nanmean(logged(learn.x), (0, 1)), np.nanstd(logged(learn.x), (0, 1))
    x, x_new = series(learn.x, mean, sd), series(judge.x, mean, sd)
    y, asked = learn.y[..., None].astype(np.float32), learn.asked.astype(np.float32)
    model = network(x.shape[1:])
    seconds = one_cycle(model, x, y, rate=1e-2, epochs=4, weight=asked)
    hour = Sequential([layers.Input(x.shape[1:]), layers.Dense(1, activation="sigmoid")])
    one_cycle(hour, x, y, rate=1e-2, epochs=4, weight=asked)
    truth, risk = judge.y[judge.asked], judge.truth["risk"][judge.asked]
    p, q = (part.predict(x_new)[..., 0][judge.asked] for part in (model, hour))
    area, best = average_precision(truth, p), average_precision(truth, risk)
    return gap(truth, p, risk) | {
        "auprc": area,
        "auprc_best": best,
        "auprc_gap": best - area,
        "current_hour_gap": gap(truth, q, risk)["gap"],
        "seconds": seconds,
        "parameters": model.count_params(),
    }
