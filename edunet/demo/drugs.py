"""The task "drugs": a structural alert for toxicity in SMILES texts, by a GRU in both directions. SYNTHETIC."""

import dataclasses

import numpy as np

from edunet import Sequential, layers
from edunet.datasets import molecules
from edunet.demo.task import Prepared, Task
from edunet.preprocessing import SmilesTokenizer

__all__ = ["TASK", "network"]


def distinct(n, seed):
    """Draw n molecules that are all different: one that stands in two parts would be known by heart."""
    drawn = molecules.load(n + n // 2, seed)  # about one in seven comes again
    first = np.sort(np.unique(drawn.x, return_index=True)[1])[:n]
    truth = {name: values[first] for name, values in drawn.truth.items()}
    rows = {name: getattr(drawn, name)[first] for name in ("x", "y", "patient_id", "site")}
    return dataclasses.replace(drawn, truth=truth, **rows)


def network(length, words):
    """Return a reader of texts of so many tokens, out of so many: the alert joins tokens that stand far apart."""
    read = [layers.Embedding(words, 24, mask_zero=True), layers.Bidirectional(layers.GRU(32))]
    answer = [layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")]
    return Sequential([layers.Input((length,), dtype="int32"), *read, *answer])


def prepare(cohort, train) -> Prepared:
    length = max(len(molecules.tokens(text)) for text in cohort.x)  # padding, which the network does not see
    tokenizer = SmilesTokenizer(length).fit(cohort.x[train])
    words = len(tokenizer.vocabulary)
    trail = [
        "Every text once; the same molecule may still come again under another text, about one in eighteen does.",
        f"SMILES cut into tokens, numbered by the {words - 2} that the training part has; any other is 'unknown'.",
        f"Texts filled up to {length} tokens; the filling is masked.",
    ]
    return Prepared(tokenizer.transform(cohort.x).astype(np.int32), network(length, words), trail)


def subgroups(cohort):
    size = np.array([len(molecules.tokens(text)) for text in cohort.x])
    return {
        "halogen": np.where(cohort.truth["n_halogen"] > 0, "with F, Cl or Br", "without"),
        "length of the text": np.select([size < 20, size < 35], ["<20 tokens", "20-<35 tokens"], "35+ tokens"),
    }


TASK = Task(
    name="drugs",
    title="A toxicity alert from SMILES",
    question=(
        "Is this molecule toxic? The alert is a nitro group on an aromatic ring, or N and a halogen on one such\n"
        "ring: which atoms there are does not tell, how they hang together does. A GRU reads it in both directions."
    ),
    unit="molecules",
    generator="molecules",
    draw=distinct,
    prepare=prepare,
    subgroups=subgroups,
    epochs=8,
    rate=8e-3,
    decay=0.0,
    sensitivity=0.8,
    why_sensitivity="one label in twenty is wrong, so no more than 86 % of the toxic ones carry the alert",
)
