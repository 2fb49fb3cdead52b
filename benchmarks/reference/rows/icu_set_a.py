"""PhysioNet 2012 set-a: a GRU on values, masks and hours since, logistic regression on summaries beside it."""

import time
import warnings

import numpy as np
from common import start
from sklearn.linear_model import LogisticRegression

from edunet import Model, callbacks, layers, optimizers
from edunet.datasets import physionet2012
from edunet.metrics import average_precision, roc_auc
from edunet.preprocessing import carry_forward, grouped_kfold, patient_split, to_grid

TASK = "death in hospital from 48 hours of intensive care, set-a, 5-fold by patient"
MUST = "AUROC >= 0.835 (logistic regression on summaries 0.845)"
FILES = ("icu2012/set-a.tar.xz",)
SEEDS = 1

HOURS = 48


def reached(mean, results):
    return mean["auroc"] >= 0.835


def series(stays):
    """(N,48,3V+D): the last value, carried over gaps; 1 where measured; days since; and who the patient is."""
    N, V = len(stays), len(stays.variables)
    grid = to_grid(stays.patient, stays.minute / 60, stays.variable, stays.value, shape=(N, HOURS, V), how="mean")
    described = np.stack([stays.descriptors[name] for name in stays.descriptors], axis=1)
    return carry_forward(grid.values), grid.mask, np.minimum(grid.since, HOURS) / 24, grid.counts, described


def scaled(values, rows):
    """Standardise with mean and deviation of some rows; what is missing becomes 0, what is far out is cut."""
    known = values[rows].reshape(-1, values.shape[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a column of which these rows know nothing
        mean, sd = np.nanmean(known, 0), np.nanstd(known, 0)
    return np.clip(np.nan_to_num((values - mean) / np.where(sd > 0, sd, 1)), -4, 4).astype(np.float32)


def summaries(values, counts, described):
    """Last, least, largest and mean of every variable, and how often it was measured."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = [values[:, -1], np.nanmin(values, 1), np.nanmax(values, 1), np.nanmean(values, 1)]
    return np.concatenate([*parts, np.log1p(counts.sum(1)), described], axis=1)


def network(shape, described):
    x, who = layers.Input(shape), layers.Input((described,))
    h = layers.GRU(48, recurrent_dropout=0.0)(layers.Dropout(0.2)(x))
    h = layers.Dropout(0.4)(layers.Concatenate()([h, layers.Dense(16, activation="relu")(who)]))
    model = Model([x, who], layers.Dense(1, activation="sigmoid")(h))
    model.compile(optimizers.AdamW(1e-3, weight_decay=1e-2, clipnorm=1.0), "binary_crossentropy")
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
        x = np.concatenate([scaled(values, train), mask, np.nan_to_num(since, nan=2.0)], axis=2).astype(np.float32)
        who, table = scaled(described, train), scaled(flat, train)
        learn, judge = (train[part] for part in patient_split(train, y[train], stays.record_id[train], seed=seed))
        model = network(x.shape[1:], who.shape[1])
        stop = callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True)
        held_out = ([x[judge], who[judge]], y[judge, None])
        data_in = [x[learn], who[learn]]
        model.fit(data_in, y[learn, None], 64, 30, validation_data=held_out, callbacks=[stop], verbose=0)
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
