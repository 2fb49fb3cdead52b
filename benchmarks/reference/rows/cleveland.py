"""Cleveland: a network with a hidden layer behind scikit-learn's preparation, logistic regression beside it."""

import time

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import edunet
from edunet import layers, models
from edunet.datasets import heart
from edunet.metrics import roc_auc

TASK = "heart disease from 13 columns, 303 patients, 10-fold, everything fitted inside the folds"
MUST = "AUC >= 0.89"
FILES = ("tabular/processed.cleveland.data",)
SEEDS = 5  # each folds anew

KINDS = ["cp", "restecg", "slope", "thal"]


def reached(mean, results):
    return mean["auc"] >= 0.89


def preparation():
    kinds = [heart.COLUMNS.index(name) for name in KINDS]
    amounts = [k for k in range(13) if k not in kinds]
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), amounts),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), kinds),
        sparse_threshold=0,
    )


def network(n):
    hidden = layers.Dense(16, activation="relu", kernel_regularizer=edunet.regularizers.L2(0.01))
    answer = layers.Dense(1, activation="sigmoid")
    model = models.Sequential([layers.Input((n,)), hidden, layers.Dropout(0.3), answer])
    model.compile(edunet.optimizers.Adam(0.005), "binary_crossentropy")
    return model


def run(seed, data):
    began = time.perf_counter()
    patients = heart.load(data / FILES[0])
    net, line = np.zeros(len(patients)), np.zeros(len(patients))
    for train, test in StratifiedKFold(10, shuffle=True, random_state=seed).split(patients.x, patients.y):
        prepared = preparation().fit(patients.x[train])
        a, b = (prepared.transform(patients.x[rows]).astype(np.float32) for rows in (train, test))
        edunet.set_random_seed(seed)
        model = network(a.shape[1])
        model.fit(a, patients.y[train], epochs=40, batch_size=32, verbose=0)
        net[test] = model.predict(b)[:, 0]
        line[test] = LogisticRegression(C=0.3, max_iter=1000).fit(a, patients.y[train]).predict_proba(b)[:, 1]
    return {
        "auc": roc_auc(patients.y, net),
        "logistic": roc_auc(patients.y, line),
        "seconds": time.perf_counter() - began,
        "parameters": model.count_params(),
    }
