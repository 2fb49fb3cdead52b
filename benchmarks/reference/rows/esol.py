"""ESOL: the SMILES text enters a recurrent network."""

import numpy as np
from sklearn.linear_model import Ridge
from texts import by_ngrams, five_folds

from edunet import Sequential, layers
from edunet.datasets import moleculenet

TASK = "log solubility of 1,128 molecules from their SMILES, 5-fold"
MUST = "RMSE <= 0.75 (Delaney's own equation 0.910)"
FILES = ("molecules/ESOL_delaney-processed.csv",)
SEEDS = 5


def reached(mean, results):
    return mean["rmse"] <= 0.75


def network(length, words):
    read = [layers.Embedding(words, 32, mask_zero=True), layers.Bidirectional(layers.GRU(48)), layers.Dropout(0.1)]
    return Sequential([layers.Input((length,)), *read, layers.Dense(32, activation="relu"), layers.Dense(1)])


def run(seed, data):
    table = moleculenet.load(data / FILES[0])
    y = table.y[:, 0]
    options = {"length": 120, "loss": "mse", "rate": 4e-3, "epochs": 50, "validation": 90, "patience": 15}
    answer, cost = five_folds(table.smiles, y, network, seed=seed, **options)
    line = by_ngrams(table.smiles, y, Ridge(3.0), seed=seed)

    def rmse(a):
        return float(np.sqrt(np.mean((a - y) ** 2)))

    return {"rmse": rmse(answer), "ngrams": rmse(line), "mean_of_all": float(y.std())} | cost
