"""What the rows share: a learning rate that warms up and falls, and areas by ranks."""

import time

import numpy as np

import edunet
from edunet import metrics
from edunet.demo import one_cycle as recipe


def one_cycle(model, x, y, *, rate, epochs, batch_size=64, loss="binary_crossentropy", decay=0.0, weight=None):
    """Train with AdamW; the rate rises over a fifth of the steps and falls as a cosine. Return the seconds it took.

    decay: weight decay; weight: sample_weight. Gradients are clipped to the norm 1.
    """
    model.compile(recipe.one_cycle(rate, epochs * -(-len(y) // batch_size), decay), loss)
    start = time.perf_counter()
    model.fit(x, y, sample_weight=weight, batch_size=batch_size, epochs=epochs, verbose=0)
    return time.perf_counter() - start


def gap(y, score, risk) -> dict[str, float]:
    """Return the AUC of a model, that of the true risk on the same patients, and what lies between."""
    auc, best = (float(metrics.roc_auc(y, np.ravel(p))) for p in (score, risk))
    return {"auc": auc, "best": best, "gap": best - auc}


def start(seed: int) -> None:
    """Begin a run."""
    edunet.set_random_seed(seed)
