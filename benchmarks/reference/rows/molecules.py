"""molecules: a GRU in both directions for toxicity, a convolution for solubility; counts of tokens beside each."""

import numpy as np
from common import gap, one_cycle, start

from edunet import Model, Sequential, layers, metrics, tensor
from edunet.datasets import molecules
from edunet.demo import drugs
from edunet.preprocessing import SmilesTokenizer

TASK = "toxic? how soluble? from SMILES; 8,000 molecules to learn, 20,000 fresh ones to judge, for each question"
MUST = "toxicity: AUC gap <= 0.02; solubility: RMSE <= 0.34 (best 0.30)"
FILES = ()
SEEDS = 3

LENGTH = 100  # of 280,000 texts the longest has 87 tokens


def reached(mean, results):
    return mean["toxicity_gap"] <= 0.02 and mean["solubility_rmse"] <= 0.34


class GlobalSum1D(layers.Layer):
    """Add up over the places, as solubility adds up over atoms: (N,T,C) -> (N,C)."""

    def call(self, x):
        return tensor.sum(x, axis=1)


def counter(words):
    """Three tokens tell a group; the sum says how many there are, the maximum whether there is one."""
    codes = layers.Input((LENGTH,), dtype="int32")
    groups = layers.Conv1D(32, 3, padding="same", activation="relu")(layers.Embedding(words, 24)(codes))
    pooled = layers.Concatenate()([GlobalSum1D()(groups), layers.GlobalMaxPooling1D()(groups)])
    return Model(codes, layers.Dense(1)(layers.Dense(32, activation="relu")(pooled)))


def prepared(task, seed):
    """Molecules to learn from and to judge by, their codes, and how often each token stands in a text."""
    learn, judge = molecules.load(8000, seed=100 + seed, task=task), molecules.load(20_000, seed=900 + seed, task=task)
    tokenizer = SmilesTokenizer(length=LENGTH).fit(learn.x)
    codes = [tokenizer.transform(part.x).astype(np.int32) for part in (learn, judge)]
    words = len(tokenizer.vocabulary)
    counts = [np.stack([(x == k).sum(1) for k in range(1, words)], axis=1).astype(np.float32) for x in codes]
    return learn, judge, codes, counts, words


def toxicity(seed):
    learn, judge, (x, x_new), (counts, counts_new), words = prepared("toxicity", seed)
    y, risk = learn.y[:, None], judge.truth["risk"]
    start(seed)
    model = drugs.network(LENGTH, words)
    seconds = one_cycle(model, x, y, rate=8e-3, epochs=8)
    linear = Sequential([layers.Input(counts.shape[1:]), layers.Dense(1, activation="sigmoid")])
    one_cycle(linear, counts, y, rate=1e-2, epochs=20)
    found = gap(judge.y, model.predict(x_new), risk)
    found |= {"linear_auc": metrics.roc_auc(judge.y, linear.predict(counts_new)[:, 0])}
    return found | {"seconds": seconds, "parameters": model.count_params()}


def solubility(seed):
    learn, judge, (x, x_new), (counts, counts_new), words = prepared("solubility", seed)
    middle, spread = learn.y.mean(), learn.y.std()
    start(seed)
    model = counter(words)
    seconds = one_cycle(model, x, (learn.y[:, None] - middle) / spread, rate=5e-3, epochs=20, loss="mse")
    weights = np.linalg.lstsq(np.insert(counts, 0, 1, axis=1), learn.y, rcond=None)[0]
    answers = {
        "rmse": model.predict(x_new)[:, 0] * spread + middle,
        "best": judge.truth["expected"],
        "linear_rmse": np.insert(counts_new, 0, 1, axis=1) @ weights,
    }
    found = {name: float(np.sqrt(np.mean((answer - judge.y) ** 2))) for name, answer in answers.items()}
    return found | {"seconds": seconds, "parameters": model.count_params()}


def run(seed, data):
    parts = {"toxicity": toxicity(seed), "solubility": solubility(seed)}
    return {f"{task}_{name}": value for task, found in parts.items() for name, value in found.items()}
