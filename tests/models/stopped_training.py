"""A training that is stopped after some batches, with callbacks that all have something to remember."""

import numpy as np

import edunet
from edunet import callbacks, layers, models
from edunet.callbacks import Callback, Checkpoint

__all__ = ["BATCHES", "EPOCHS", "WEIGHTS", "Stop", "X", "Y", "assert_same", "model", "train", "watchers"]

rng = np.random.default_rng(3)
X = rng.normal(size=(44, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
WEIGHTS = np.linspace(0.5, 2, len(X))
BATCHES, EPOCHS = 6, 3  # of 8 rows, the last of 4


def model(optimizer="adam"):
    made = models.Sequential(
        [
            layers.Dense(8, activation="tanh", kernel_regularizer="l2", input_shape=(4,)),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(1, activation="sigmoid", bias_constraint="non_neg"),
        ]
    )
    made.compile(optimizer, "binary_crossentropy", metrics=["accuracy", "auc"], weighted_metrics=["precision"])
    return made


class Stop(Callback):
    """Breaks off after so many batches."""

    def __init__(self, after=None):
        self.after, self.seen = after, 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen == self.after:
            raise RuntimeError("power cut")


def watchers(folder, stop, **every):
    """Return callbacks that all have something to remember."""
    return [
        callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True),
        callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.2),
        callbacks.ModelCheckpoint(
            folder / "best.safetensors", "val_loss", save_best_only=True, save_weights_only=True, save_freq="epoch"
        ),
        callbacks.CSVLogger(folder / "log.csv"),
        callbacks.TerminateOnNaN(),
        Checkpoint(folder / "run.safetensors", **every),
        Stop(stop),
    ]


def train(folder, seed=0, stop=None, resume=None, optimizer="adam", every=None, **options):
    """Train with all watchers; `stop` breaks off after so many batches, `resume` goes on."""
    edunet.set_random_seed(seed)
    made = model(optimizer)
    given = {"batch_size": 8, "epochs": EPOCHS, "verbose": 0, "validation_data": (X[:10], Y[:10])} | options
    every = every or {"every_batches": 1}
    made.fit(X, Y, sample_weight=WEIGHTS, callbacks=watchers(folder, stop, **every), resume=resume, **given)
    return made


def assert_same(one, other):
    """Both trainings have come to the same: weights, history, optimizer."""
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history.history == other.history.history
    assert one.history.epoch == other.history.epoch
    assert one.optimizer.iterations == other.optimizer.iterations
    assert one.optimizer.learning_rate == other.optimizer.learning_rate
    for a, b in zip(one.trainable_weights, other.trainable_weights, strict=True):
        for p, q in zip(one.optimizer.state[a], other.optimizer.state[b], strict=True):
            np.testing.assert_array_equal(p, q)
