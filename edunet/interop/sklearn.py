"""Networks as scikit-learn knows estimators: for Pipeline, GridSearchCV, cross_val_score, clone and joblib.

>>> from sklearn.datasets import load_breast_cancer
>>> from sklearn.pipeline import make_pipeline
>>> from sklearn.preprocessing import StandardScaler
>>> X, y = load_breast_cancer(return_X_y=True)
>>> network = NeuralClassifier(hidden_layer_sizes=(8,), epochs=30, random_state=0)
>>> make_pipeline(StandardScaler(), network).fit(X, y).score(X, y) > 0.95
True

Estimators are pickled where joblib sends them to its processes. As a file that is kept a pickle is no choice: whoever
opens one runs what it says, and it is bound to the versions that wrote it. Keep `estimator.model_` by its own methods.
"""

import numpy as np

try:
    from sklearn.base import ClassifierMixin, MultiOutputMixin, RegressorMixin
    from sklearn.utils import column_or_1d
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import validate_data

    from edunet.interop.estimator import Neural, weighed
except ImportError as error:
    raise ImportError(f'scikit-learn 1.6 or newer is needed: pip install "edunet-med[interop]" ({error})') from error

__all__ = ["NeuralClassifier", "NeuralRegressor"]


class NeuralClassifier(ClassifierMixin, Neural):
    """A network that tells classes apart, two or more, with any labels.

    Args: hidden_layer_sizes, units of the Dense layers before the last; activation and dropout after each of them;
    optimizer, a name or an object; learning_rate, the optimizer's own unless given; batch_size, "auto" is 200 or all;
    epochs; early_stopping, judge by validation_fraction of the rows of each class, one at least, wait `patience`
    epochs, go back to the best;
    class_weight, {label: weight} or "balanced"; random_state, a number for the same result each time (None: from the
    generator that `edunet.set_random_seed` starts); verbose, 0 for silence.
    build, a function(shape, outputs) that returns a Model in the place of that network: shape is that of one row of X,
    outputs is 1 for two classes (sigmoid), else their number (softmax). X may then have more axes, such as images.
    A Model that is compiled keeps its optimizer and loss.
    After fit: classes_, model_, history_ {name: one value per epoch}, n_iter_ epochs, n_features_in_.
    Raises ValueError or TypeError for data and parameters that cannot be learnt from or with.

    A row with weight 2 counts as two rows, a row with weight 0 as none; exactly so if a batch holds all rows.

    >>> X, y = np.array([[0.0], [0.1], [0.9], [1.0]]), ["well", "well", "ill", "ill"]
    >>> model = NeuralClassifier(hidden_layer_sizes=(), optimizer="sgd", learning_rate=1.0, random_state=0).fit(X, y)
    >>> model.predict([[0.95]])
    array(['ill'], dtype='<U4')
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
        class_weight=None,
        build=None,
        random_state=None,
        verbose=0,
    ):
        learning = (optimizer, learning_rate, batch_size, epochs, early_stopping, validation_fraction, patience)
        super().__init__(hidden_layer_sizes, activation, dropout, *learning, build, random_state, verbose)
        self.class_weight = class_weight

    def _last_activation(self, outputs):
        return "sigmoid" if outputs == 1 else "softmax"

    def _loss(self, columns):
        return "binary_crossentropy" if columns == 1 else "sparse_categorical_crossentropy"

    def _check_outputs(self, first, outputs):
        fits = first.ndim == 2 and (first.shape[1] == outputs or (outputs == 1 and first.shape[1] == 2))
        sums_up = fits and (first.shape[1] == 1 or abs(first.sum() - 1) < 1e-3)
        if not fits or not sums_up or first.min() < 0 or first.max() > 1:
            kind = f"Dense({outputs}, activation={self._last_activation(outputs)!r})"
            raise ValueError(
                f"build: for {len(self.classes_)} classes the model gives (N, {outputs}) probabilities; end it with "
                f"{kind}. Received outputs of shape {first.shape[1:]}, the first {np.round(first.ravel()[:3], 3)}."
            )

    def fit(self, X, y, sample_weight=None):
        """Learn from rows X (N,D) and their labels y (N,); sample_weight (N,) says how much each row counts."""
        X, y = validate_data(self, X, y, **self._how_checked())
        check_classification_targets(y)
        X, y, weights = weighed(X, column_or_1d(y, warn=True), sample_weight)
        self.classes_, codes = np.unique(y, return_inverse=True)
        classes = len(self.classes_)
        if classes < 2:
            raise ValueError(f"y holds one class only, {self.classes_[0]!r}: nothing can be told apart.")
        if self.class_weight is not None:
            weights = self._by_class(codes, np.ones(len(y)) if weights is None else weights).astype(X.dtype)
        return self._learn(X, codes, 1 if classes == 2 else classes, weights, strata=codes)

    def _by_class(self, codes, weights):
        """Return the weights of the rows times those of their classes; a row with weight 2 is counted twice."""
        given = self.class_weight
        if isinstance(given, str) and given == "balanced":
            counts = np.bincount(codes, weights)
            factors = counts.sum() / (len(counts) * counts)
        else:
            factors = _class_factors(given, self.classes_)
        if not (weights * factors[codes]).any():
            raise ValueError(f"class_weight={given!r} leaves no row to learn from: all weights are zero.")
        return weights * factors[codes]

    def predict_proba(self, X):
        """Return the probability of each class, (N, classes), in the order of classes_."""
        p = self._outputs(X)
        return np.hstack([1 - p, p]) if p.shape[1] == 1 else p

    def predict(self, X):
        """Return the most probable label of each row."""
        p = self.predict_proba(X)
        return self.classes_[p.argmax(axis=1)]


class NeuralRegressor(MultiOutputMixin, RegressorMixin, Neural):
    """A network that estimates numbers, one or several for each row, by the mean squared error.

    Args: as NeuralClassifier, without class_weight; `build` gets the number of columns of y as outputs. Numbers far
    from 0 and 1, such as a blood pressure in mmHg, are best scaled: sklearn's TransformedTargetRegressor does it.
    After fit: model_, history_, n_iter_, n_features_in_.

    >>> X = np.linspace(-1, 1, 40).reshape(-1, 1)
    >>> line = NeuralRegressor(hidden_layer_sizes=(), optimizer="sgd", learning_rate=0.5, random_state=0)
    >>> line.fit(X, 2 * X.ravel() + 1).predict([[0.5]]).round(3)
    array([2.])
    """

    def _last_activation(self, outputs):
        return None

    def _loss(self, columns):
        return "mean_squared_error"

    def _check_outputs(self, first, outputs):
        if first.shape != (1, outputs):
            raise ValueError(
                f"build: the model must give (N, {outputs}), a column for each of y; end it with Dense({outputs}). "
                f"Received outputs of shape {first.shape[1:]}."
            )

    def fit(self, X, y, sample_weight=None):
        """Learn from rows X (N,D) and numbers y (N,) or (N,K); sample_weight (N,) says how much each row counts."""
        X, y = validate_data(self, X, y, y_numeric=True, multi_output=True, **self._how_checked())
        X, y, weights = weighed(X, y, sample_weight)
        self._y_ndim = y.ndim
        return self._learn(X, y.reshape(len(y), -1).astype(X.dtype), 1 if y.ndim == 1 else y.shape[1], weights)

    def predict(self, X):
        """Return the numbers estimated for each row, in the shape that y had."""
        y = self._outputs(X)
        return y.ravel() if self._y_ndim == 1 else y


def _class_factors(given, classes) -> np.ndarray:
    """Return the weight of each class from {label: weight}; a label that is not named has 1."""
    if not isinstance(given, dict):
        raise ValueError(f"class_weight is {{label: weight}}, 'balanced' or None. Received: {given!r}")
    factors = np.array([given.get(label, 1) for label in classes.tolist()], float)
    strange = [label for label in given if label not in classes.tolist()]
    if strange or not np.isfinite(factors).all() or (factors < 0).any():
        raise ValueError(
            f"class_weight holds for each label of y, {classes.tolist()}, a finite number >= 0. Received: {given!r}"
        )
    return factors
