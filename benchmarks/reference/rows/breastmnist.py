"""BreastMNIST: the article's network and a better small one, logistic regression on pixels beside them.

Some 25 recipes were compared by 5-fold cross-validation on the 624 images of train and validation; that of the least
log loss then learns from all of them for a fixed number of epochs. Four earlier drafts had been judged on the test.
One image is both in train and in test, as the set is published. _low and _high: 95 % by drawing test images anew, the
mean of the seeds; it is far wider than the interval over seeds.
"""

import numpy as np
from common import one_cycle, start
from sklearn.linear_model import LogisticRegression

from edunet import Sequential, layers
from edunet.datasets import medmnist
from edunet.demo import article_network
from edunet.metrics import roc_auc

TASK = "no tumour or a benign one, against a malignant one, by ultrasound of 28 x 28 pixels; 624 to learn, 156 to judge"
MUST = "AUC >= 0.87 (the article's network), >= 0.895 (a better small one; ResNet-18 published 0.901)"
FILES = ("images/breastmnist.npz",)
SEEDS = 5


def reached(mean, results):
    return mean["article_auc"] >= 0.87 and mean["small_auc"] >= 0.895


def article():
    return article_network((28, 28, 1), 1, "sigmoid")


def small():
    """Three convolutions, each halved, and one linear answer: 14,337 weights against the article's 92,737."""
    maps = [
        layer
        for filters in (16, 32, 32)
        for layer in (layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D(2))
    ]
    answer = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")]
    return Sequential([layers.Input((28, 28, 1)), *maps, *answer])


def moved(network, share):
    """Mirror and shift while learning; by whole pixels, since parts of one blur the speckle that is to be learnt."""
    shift = layers.RandomTranslation(share, share, fill_mode="nearest", interpolation="nearest")
    return Sequential([layers.Input((28, 28, 1)), layers.RandomFlip("horizontal"), shift, network])


def both_sides(model, x):
    """The mean answer to an image and its mirror image."""
    return (model.predict(x)[:, 0] + model.predict(np.ascontiguousarray(x[:, :, ::-1]))[:, 0]) / 2


def interval(y, score, draws=1000):
    """The 95 % interval by drawing test images anew."""
    rng = np.random.default_rng(0)
    areas = [roc_auc(y[rows], score[rows]) for rows in rng.integers(0, len(y), (draws, len(y)))]
    return np.percentile(areas, [2.5, 97.5])


def run(seed, data):
    images = medmnist.load(data / FILES[0])
    x, y = (np.concatenate([getattr(part, name) for part in (images.train, images.val)]) for name in ("x", "y"))
    mean, sd = x.mean(), x.std()
    x, x_new = (((part - mean) / sd).astype(np.float32) for part in (x, images.test.x))
    y_new, found = images.test.y, {}
    for name, network, share, options in (
        ("article", article, 0.10, {"rate": 1e-3, "epochs": 40}),
        ("small", small, 0.14, {"rate": 3e-3, "epochs": 120, "decay": 0.1}),
    ):
        start(seed)
        model = moved(network(), share)
        found[f"{name}_seconds"] = one_cycle(model, x, y[:, None], batch_size=32, **options)
        score = both_sides(model, x_new)
        found[f"{name}_auc"] = roc_auc(y_new, score)
        found[f"{name}_low"], found[f"{name}_high"] = interval(y_new, score)
        found[f"{name}_parameters"] = model.count_params()
    pixels = LogisticRegression(C=0.01, max_iter=1000).fit(x.reshape(len(x), -1), y)
    found["pixels_auc"] = roc_auc(y_new, pixels.decision_function(x_new.reshape(len(x_new), -1)))
    return found
