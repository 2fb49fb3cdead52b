"""BBBP: the SMILES text enters a convolution."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from texts import by_ngrams, five_folds, folds

from edunet import Sequential, layers
from edunet.datasets import moleculenet
from edunet.metrics import roc_auc

TASK = "does a molecule pass into the brain? 2,050 molecules from their SMILES, 5-fold"
MUST = "AUC >= 0.90 (forest on fingerprints 0.911, character n-grams 0.948)"
FILES = ("molecules/BBBP.csv",)
SEEDS = 5


def reached(mean, results):
    return mean["auc"] >= 0.90


def network(length, words):
    read = [layers.Embedding(words, 32), layers.Conv1D(96, 6, activation="relu"), layers.GlobalMaxPooling1D()]
    answer = [layers.Dropout(0.3), layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")]
    return Sequential([layers.Input((length,)), *read, *answer])


def run(seed, data):
    table = moleculenet.load(data / FILES[0])
    y = table.y[:, 0]
    loss = "binary_crossentropy"
    options = {"length": 250, "loss": loss, "rate": 4e-3, "epochs": 14, "validation": 160, "patience": 5}
    answer, cost = five_folds(table.smiles, y, network, seed=seed, **options)
    line = by_ngrams(table.smiles, y, LogisticRegression(max_iter=500), seed=seed)

    def auc(a):
        return float(np.mean([roc_auc(y[fold], a[fold]) for fold in folds(len(y), seed)]))

    return {"auc": auc(answer), "ngrams": auc(line), "prevalence": y.mean()} | cost
