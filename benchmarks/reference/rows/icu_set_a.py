"""PhysioNet 2012 set-a: a GRU on values, masks and hours since, logistic regression on summaries beside it.

Width, rate, epochs, length of a cell and what stands for several measurements in it were chosen on a fifth of each
training part, set aside by patient; then the network learns from the whole training part.
"""

import time
import warnings

import numpy as np
from common import start
from sklearn.linear_model import LogisticRegression

from edunet import Model, layers, optimizers, schedules
from edunet.datasets import physionet2012
from edunet.metrics import average_precision, roc_auc
from edunet.preprocessing import carry_forward, grouped_kfold, to_grid

TASK = "death in hospital from 48 hours of intensive care, set-a, 5-fold by patient"
MUST = "AUROC >= 0.835 (published: GRU-D 0.842, logistic regression on summaries 0.845)"
FILES = ("icu2012/set-a.tar.xz",)
SEEDS = 5

CELLS, HOURS = 12, 4
EPOCHS, BATCH = 8, 64
# what no living patient has (a disconnected sensor, a pH written as 735) counts as not measured
POSSIBLE = {
    "pH": (6.5, 8), "Temp": (25, 45), "Weight": (20, 300), "HR": (10, 300), "RespRate": (1, 100), "PaO2": (10, 600),
    "PaCO2": (5, 200), "SysABP": (10, 300), "NISysABP": (10, 300), "DiasABP": (5, 300), "NIDiasABP": (5, 300),
    "MAP": (5, 300), "NIMAP": (5, 300),
}  # fmt: skip
SKEWED = {
    "ALP", "ALT", "AST", "Bilirubin", "BUN", "Creatinine", "FiO2", "Glucose", "Lactate", "PaO2", "Platelets",
    "TroponinI", "TroponinT", "Urine", "WBC",
}  # fmt: skip


def reached(mean, results):
    return mean["auroc"] >= 0.835


def cleaned(stays):
    """The values (E,): the impossible as NaN, the skewed as logarithms."""
    value = stays.value.astype(np.float64)
    for v, name in enumerate(stays.variables):
        rows = stays.variable == v
        low, high = POSSIBLE.get(name, (-np.inf, np.inf))
        x = np.where((low <= value[rows]) & (value[rows] <= high), value[rows], np.nan)
        value[rows] = np.log(np.maximum(x, 0) + 0.1) if name in SKEWED else x
    return value


def series(stays):
    """Mean, least and largest of each four hours, carried over gaps (N,12,3V); 1 where measured; days since; counts."""
    shape = (len(stays), CELLS, len(stays.variables))
    events = (stays.patient, stays.minute / 60, stays.variable, cleaned(stays))
    grids = [to_grid(*events, shape=shape, step=HOURS, how=how) for how in ("mean", "min", "max")]
    values = np.concatenate([carry_forward(grid.values) for grid in grids], axis=2)
    since = np.nan_to_num(np.minimum(grids[0].since, 48) / 24, nan=2.0)
    described = np.stack([stays.descriptors[name] for name in stays.descriptors], axis=1)
    return values, grids[0].mask, since, grids[0].counts, described


def scaled(values, rows):
    """Standardise with mean and deviation of some rows; what is missing becomes 0, what is far out is cut."""
    known = values[rows].reshape(-1, values.shape[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a column of which these rows know nothing
        mean, sd = np.nanmean(known, 0), np.nanstd(known, 0)
    return np.clip(np.nan_to_num((values - mean) / np.where(sd > 0, sd, 1)), -4, 4).astype(np.float32)


def summaries(values, counts, described):
    """Last, least, largest, mean and change of every variable, and how often it was measured."""
    mean, least, largest = np.split(values, 3, axis=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = [mean[:, -1], np.nanmin(least, 1), np.nanmax(largest, 1), np.nanmean(mean, 1), mean[:, -1] - mean[:, 0]]
    return np.concatenate([*parts, np.log1p(counts.sum(1)), described, np.isnan(described)], axis=1)


def network(shape, described, patients):
    x, who = layers.Input(shape), layers.Input((described,))
    h = layers.GRU(24)(layers.Dropout(0.2)(x))
    h = layers.Dropout(0.4)(layers.Concatenate()([h, layers.Dense(16, activation="relu")(who)]))
    model = Model([x, who], layers.Dense(1, activation="sigmoid")(h))
    rate = schedules.CosineDecay(5e-3, EPOCHS * -(-patients // BATCH))
    model.compile(optimizers.AdamW(rate, weight_decay=1e-2, clipnorm=1.0), "binary_crossentropy")
    return model


def calibration_slope(y, p):
    """b of logit P(y) = a + b·logit p; below 1 the model is too sure."""
    logit = np.log(p / (1 - p))[:, None]
    return float(LogisticRegression(C=1e6).fit(logit, y).coef_[0, 0])


def run(seed, data):
    start(seed)
    began = time.perf_counter()
    stays = physionet2012.load(data / FILES[0], progress=False)
    y = stays.outcomes["In-hospital_death"].astype(int)
    values, mask, since, counts, described = series(stays)
    flat = summaries(values, counts, described)
    p, q = np.empty(len(y)), np.empty(len(y))
    for train, test in grouped_kfold(y, y, stays.record_id, k=5, seed=seed):
        parts = [scaled(values, train), mask, since, np.log1p(counts)]
        x = np.concatenate(parts, axis=2).astype(np.float32)
        who = np.concatenate([scaled(described, train), np.isnan(described)], axis=1).astype(np.float32)
        table = scaled(flat, train)
        model = network(x.shape[1:], who.shape[1], len(train))
        model.fit([x[train], who[train]], y[train, None], BATCH, EPOCHS, verbose=0)
        p[test] = model.predict([x[test], who[test]])[:, 0]
        q[test] = LogisticRegression(C=0.01, max_iter=2000).fit(table[train], y[train]).predict_proba(table[test])[:, 1]
    return {
        "auroc": roc_auc(y, p),
        "auprc": average_precision(y, p),
        "calibration_slope": calibration_slope(y, np.clip(p, 1e-6, 1 - 1e-6)),
        "logistic_auroc": roc_auc(y, q),
        "logistic_auprc": average_precision(y, q),
        "prevalence": float(y.mean()),
        "seconds": time.perf_counter() - began,
        "parameters": model.count_params(),
    }
