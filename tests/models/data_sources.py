"""Data of every kind, small models that learn from them, and what was learnt compared."""

import numpy as np

import edunet
from edunet import layers, models

__all__ = [
    "LABELS",
    "PARTS",
    "OnDisk",
    "Sequence",
    "X",
    "Y",
    "assert_same",
    "classifier",
    "endless",
    "fitted",
    "two_by_two",
]

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
PARTS = [X[:, :3], X[:, 3:]]
LABELS = [Y, X[:, 2]]


def classifier(**options):
    """Return a model of one layer; the same each time."""
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Dense(2, activation="softmax", input_shape=(4,))])
    made.compile("sgd", "sparse_categorical_crossentropy", **options)
    return made


def two_by_two(**options):
    """Return a model with two inputs and two outputs, for PARTS and LABELS."""
    edunet.set_random_seed(0)
    blood, age = layers.Input((3,), name="blood"), layers.Input((1,), name="age")
    h = layers.Concatenate()([blood, age])
    outputs = [layers.Dense(1, activation="sigmoid", name="ill")(h), layers.Dense(1, name="days")(h)]
    made = models.Model([blood, age], outputs)
    made.compile("sgd", {"ill": "binary_crossentropy", "days": "mse"}, **options)
    return made


def fitted(x, y=None, **options):
    """Return the classifier after two epochs."""
    made = classifier()
    made.fit(x, y, verbose=0, **{"batch_size": 8, "epochs": 2} | options)
    return made


def assert_same(one, other):
    """Both models have learnt the same, bit by bit."""
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history.history == other.history.history


class OnDisk:
    """Rows are read like those of a dataset of h5py: slices, or places in rising order."""

    def __init__(self, a):
        self.a, self.shape, self.dtype, self.most = a, a.shape, a.dtype, 0

    def __len__(self):
        return len(self.a)

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("read as a whole")

    def __getitem__(self, rows):
        assert isinstance(rows, slice) or (np.diff(rows) > 0).all(), "places must rise"
        part = self.a[rows]
        self.most = max(self.most, len(part))
        return part


class Sequence:
    """Makes batches, as a PyDataset of Keras does."""

    def __init__(self, x, y, size=8, weights=None):
        self.x, self.y, self.size, self.weights, self.ends = x, y, size, weights, 0

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, i):
        rows = slice(i * self.size, (i + 1) * self.size)
        batch = (self.x[rows], self.y[rows])
        return batch if self.weights is None else (*batch, self.weights[rows])

    def on_epoch_end(self):
        self.ends += 1


def endless(x, y, size=8):
    """Give the batches of a Sequence again and again."""
    while True:
        yield from (Sequence(x, y, size)[i] for i in range(-(-len(x) // size)))
