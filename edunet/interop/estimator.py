"""What a network is as an estimator of scikit-learn, whatever it estimates: its parameters, and how it learns.

Imported by `edunet.interop.sklearn` alone, which says what to install where scikit-learn is missing.
"""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from edunet import activations, layers, optimizers
from edunet.backend import default_rng, use_rng
from edunet.callbacks import EarlyStopping
from edunet.models import Model, Sequential

__all__ = ["Neural", "weighed"]


class Neural(BaseEstimator):
    """What a classifier and a regressor share: the network, and how it learns.

    A subclass says how the network ends (`_last_activation`), by which loss it learns (`_loss`), and what a model of
    `build` must give (`_check_outputs`); its `fit` looks at X and y and calls `_learn`.
    """

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        dropout=0.0,
        optimizer="adam",
        learning_rate=None,
        batch_size="auto",
        epochs=200,
        early_stopping=False,
        validation_fraction=0.1,
        patience=10,
        build=None,
        random_state=None,
        verbose=0,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.build = build
        self.random_state = random_state
        self.verbose = verbose

    def _how_checked(self) -> dict:
        """Return how X becomes an array of floats; only a model of `build` knows what to do with further axes."""
        own = self.build is not None
        return {"dtype": (np.float64, np.float32), "ensure_2d": not own, "allow_nd": own}

    def _network(self, shape: tuple, outputs: int, dtype) -> Model:
        """Return the model of `build`, or that of the parameters, in the precision of the data."""
        if self.build is not None:
            if isinstance(self.build, Model) or not callable(self.build):
                raise TypeError(
                    "build: expected a function(shape, outputs) that returns a new Model each time. Received: "
                    f"{type(self.build).__name__}"
                )
            model = self.build(shape, outputs)
            if not isinstance(model, Model):
                raise TypeError(f"build: expected a function(shape, outputs) that returns a Model. It gave: {model!r}")
            if model is getattr(self, "model_", None) or getattr(model, "_learnt_in_an_estimator", False):
                raise ValueError(
                    "build returned a model that has learnt already: each fit and each fold needs a new one. Make the "
                    "layers inside the function, or return models.clone_model(net)."
                )
            vars(model)["_learnt_in_an_estimator"] = True
            return model
        model = Sequential([layers.Input(shape, dtype)])
        for size in self._sizes():
            model.add(layers.Dense(size, activation=self.activation, dtype=dtype))
            if self.dropout:
                model.add(layers.Dropout(self.dropout, dtype=dtype))
        model.add(layers.Dense(outputs, activation=self._last_activation(outputs), dtype=dtype))
        return model

    def _optimizer(self):
        """Return an optimizer that is this fit's own; the one among the parameters stays as it is."""
        optimizer = optimizers.get(self.optimizer)
        rate = {} if self.learning_rate is None else {"learning_rate": self.learning_rate}
        return type(optimizer)(**optimizer.get_config() | rate)

    def _learn(self, X, y, outputs: int, weights, strata=None):
        """Make the network and let it learn, with random numbers of its own."""
        self._check_parameters()
        seed = _seed(self.random_state)
        held_out, watchers = None, [EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True)]
        if self.early_stopping:
            X, y, weights, held_out = _held_out(X, y, weights, strata, self.validation_fraction, seed)
        else:
            watchers = []
        batch_size = min(200, len(X)) if self.batch_size == "auto" else self.batch_size
        with use_rng(np.random.default_rng(seed)):
            model = self._network(X.shape[1:], outputs, X.dtype)
            first = model.predict_on_batch(X[:1])
            self._check_outputs(first, outputs)
            if model.optimizer is None:
                model.compile(self._optimizer(), self._loss(first.shape[-1]))
            history = model.fit(
                X,
                y,
                batch_size=batch_size,
                epochs=self.epochs,
                verbose=self.verbose,
                sample_weight=weights,
                validation_data=held_out,
                callbacks=watchers,
            )
        self.model_ = model
        self.history_ = history.history
        self.n_iter_ = len(history.epoch)
        return self

    def _sizes(self) -> list:
        """Return the units of each hidden layer."""
        sizes = self.hidden_layer_sizes
        if isinstance(sizes, (str, dict)) or not (np.iterable(sizes) or isinstance(sizes, (int, np.integer))):
            raise ValueError(
                "hidden_layer_sizes holds the units of each hidden layer, such as (100,) or (64, 16); () for none. "
                f"Received: {sizes!r}"
            )
        return list(sizes) if np.iterable(sizes) else [sizes]

    def _check_parameters(self) -> None:
        """Raise ValueError for a parameter that cannot be meant, also if this fit does without it."""
        self._sizes()
        activations.get(self.activation)
        share, dropout = self.validation_fraction, self.dropout
        if isinstance(share, bool) or not isinstance(share, (int, float, np.number)) or not 0 < share < 1:
            raise ValueError(f"validation_fraction is a share of the rows between 0 and 1. Received: {share!r}")
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float, np.number)) or not 0 <= dropout < 1:
            raise ValueError(f"dropout is a share from 0 to just under 1. Received: {dropout!r}")
        if not isinstance(self.early_stopping, (bool, np.bool_)):
            raise ValueError(f"early_stopping is True or False. Received: {self.early_stopping!r}")

    def _outputs(self, X) -> np.ndarray:
        """Return what the network gives for the rows of X, (N, columns)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, **self._how_checked())
        return self.model_.predict(X, batch_size=256)


def weighed(X, y, sample_weight):
    """Return the rows that count, and their weights, 1 in the mean."""
    if sample_weight is None:
        return X, y, None
    weights = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
    counts = weights > 0
    if not counts.any():
        raise ValueError("sample_weight: all weights are zero, so there is nothing to learn from.")
    return X[counts], y[counts], weights[counts] / weights[counts].mean()


def _held_out(X, y, weights, strata, share, seed):
    """Return what is left to learn from, X, y and weights, and what is not: to validate by.

    Each class gives its share, and one row at least; without classes all rows do.
    """
    strata = np.zeros(len(X), int) if strata is None else strata
    fewest = np.bincount(strata).min()
    if fewest < 2:
        raise ValueError(
            "early_stopping judges by some rows and learns from others, of each class alike: at least 2 are needed. "
            f"Received n_samples = {len(X)}, {fewest} of the rarest class. Give more rows, or early_stopping=False."
        )
    rng = np.random.default_rng(seed)
    aside = np.zeros(len(X), bool)
    for k in range(strata.max() + 1):
        rows = rng.permutation(np.flatnonzero(strata == k))
        aside[rows[: min(max(round(share * len(rows)), 1), len(rows) - 1)]] = True
    parts = [X, y] if weights is None else [X, y, weights]
    learnt = [part[~aside] for part in parts]
    return *learnt, *[None] * (3 - len(learnt)), tuple(part[aside] for part in parts)


def _seed(random_state) -> int:
    """Return a seed from a number, a RandomState, or for None from edunet's own generator."""
    if random_state is None:
        return int(default_rng().integers(2**31))
    return int(check_random_state(random_state).randint(2**31 - 1))
