"""A small classifier and its data, for tests of training."""

import numpy as np

import edunet
from edunet import layers, models, optimizers

__all__ = ["X", "Y", "classifier"]

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def classifier(**options):
    """Return a model of two layers that learns X and Y in a few epochs; the same each time."""
    edunet.set_random_seed(0)
    model = models.Sequential(
        [layers.Dense(16, activation="tanh", input_shape=(4,)), layers.Dense(2, activation="softmax")]
    )
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model
