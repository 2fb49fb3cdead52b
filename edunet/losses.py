"""Losses under Keras's names: the formula of `edunet.ops.loss`, averaged over the batch.

    loss = (1/n) Σ_i weight_i · loss_i              n examples (and places, where a prediction has several)
A loss first looks at the labels: most failed first trainings are labels of the wrong kind.
"""

import numpy as np

from edunet import ops
from edunet.names import look_up, missing_name
from edunet.tensor import Tensor, as_array, log, maximum

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "get",
]

EPSILON = 1e-7  # probabilities that come without their scores are kept this far from 0 and 1, as in Keras


class Loss:
    """Compare predictions with the truth: `loss(y_true, y_pred, sample_weight=None)` -> one number."""

    def __init__(self, name: str | None = None):
        self.name = name or type(self).__name__

    def __call__(self, y_true, y_pred, sample_weight=None):
        losses = self.per_example(self.align(np.asarray(y_true), y_pred), y_pred)  # (N,) or (N,T...)
        if sample_weight is not None:
            w = as_array(sample_weight).astype(losses.dtype)
            if w.ndim == losses.ndim + 1 and w.shape[-1] == 1:  # a column of weights
                w = w[..., 0]
            if w.ndim > losses.ndim:
                raise ValueError(f"{self.name}: expected one weight per example, {losses.shape}. Received {w.shape}.")
            losses = losses * np.ascontiguousarray(
                np.broadcast_to(w.reshape(w.shape + (1,) * (losses.ndim - w.ndim)), losses.shape)
            )
        mask = y_pred.mask if isinstance(y_pred, Tensor) else None
        if mask is not None and mask.shape == losses.shape:  # the mean over the steps that count
            return (losses * mask.astype(losses.dtype)).sum() / max(int(mask.sum()), 1)
        return losses.mean()

    def align(self, y_true: np.ndarray, y_pred) -> np.ndarray:
        """Give the truth the shape of the prediction where only an axis of length 1 differs."""
        if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
            y_true = y_true[..., None]
        elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
            y_true = y_true[..., 0]
        return y_true

    def per_example(self, y_true, y_pred):
        raise NotImplementedError(f"{type(self).__name__} must define per_example(y_true, y_pred)")

    def check(self, y: np.ndarray, output_shape: tuple) -> None:
        """Raise ValueError, with the repair, if labels y cannot be meant for a prediction of that shape."""
        y = self.align(y, np.empty((0, *output_shape[1:])))
        if y.shape[1:] != output_shape[1:]:
            raise ValueError(
                f"{self.name}: y has shape {y.shape}, but the model answers with {_rows(output_shape)}. "
                f"Expected one value for each output: y of shape {_rows(output_shape)}."
            )

    def get_config(self) -> dict:
        """Return the arguments that make this loss again."""
        return dict(vars(self))


def _over_outputs(losses):
    """Average over the last axis, the outputs of one example; a prediction (N,) has one output."""
    return losses if losses.ndim == 1 else losses.mean(axis=-1)


def _rows(shape):
    return f"(N{''.join(f', {n}' for n in shape[1:])}{',' if len(shape) == 1 else ''})"


def _scores_behind(p, activation):
    """Return z if the prediction was just computed as activation(z), else None: the fused loss wants z itself."""
    made_by = p.made_by if isinstance(p, Tensor) else None
    if made_by is None or made_by.op is not activation:
        return None
    return made_by.inputs[0] if made_by.options.get("axis", -1) in (-1, p.ndim - 1) else None


class MeanSquaredError(Loss):
    """Mean of (y_pred − y_true)²."""

    def per_example(self, y_true, y_pred):
        return _over_outputs(ops.squared_error(y_pred, target=y_true))


class MeanAbsoluteError(Loss):
    """Mean of |y_pred − y_true|."""

    def per_example(self, y_true, y_pred):
        return _over_outputs(ops.absolute_error(y_pred, target=y_true))


class Huber(Loss):
    """Squared error near the target, absolute error beyond delta."""

    def __init__(self, delta=1.0, name=None):
        super().__init__(name)
        self.delta = delta

    def per_example(self, y_true, y_pred):
        return _over_outputs(ops.huber(y_pred, target=y_true, delta=self.delta))


class BinaryCrossentropy(Loss):
    """−t ln p − (1 − t) ln(1 − p) for each output: one disease, or several that do not exclude each other.

    from_logits=True: predictions are scores z and p = σ(z).
    """

    def __init__(self, from_logits=False, name=None):
        super().__init__(name)
        self.from_logits = from_logits

    def per_example(self, y_true, y_pred):
        z = y_pred if self.from_logits else _scores_behind(y_pred, ops.sigmoid)
        if z is None:
            p = clip(y_pred)
            z = log(p) - log(1.0 - p)  # the inverse of σ
        return _over_outputs(ops.sigmoid_crossentropy(z, target=y_true))

    def check(self, y, output_shape):
        if output_shape[-1] > 1 and self.align(y, np.empty((0, *output_shape[1:]))).shape[1:] == ():
            raise ValueError(
                f"{self.name}: y holds one label per example, the model answers with {output_shape[-1]} values. "
                f"For {output_shape[-1]} classes that exclude each other use loss='sparse_categorical_crossentropy' "
                "and a softmax; for yes or no end the model with Dense(1, activation='sigmoid')."
            )
        super().check(y, output_shape)
        low, high = y.min(), y.max()
        if low < 0 or high > 1:
            raise ValueError(
                f"{self.name}: labels are 0 or 1 (or probabilities between). Received values from {low} to {high}. "
                + ("For labels -1 and 1 use (y + 1) / 2." if low == -1 and high == 1 else "")
                + ("For labels 1 and 2 use y - 1." if low == 1 and high == 2 else "")
                + (
                    "For more than two classes use loss='sparse_categorical_crossentropy'."
                    if high > 1 and (low, high) != (1, 2)
                    else ""
                )
            )


class CategoricalCrossentropy(Loss):
    """−Σ_k t_k ln p_k: classes that exclude each other, labels one-hot (one column per class)."""

    def __init__(self, from_logits=False, name=None):
        super().__init__(name)
        self.from_logits = from_logits

    def scores(self, y_pred):
        z = y_pred if self.from_logits else _scores_behind(y_pred, ops.softmax)
        return log(clip(y_pred)) if z is None else z  # softmax(ln p) is p, brought to sum 1

    def per_example(self, y_true, y_pred):
        return ops.softmax_crossentropy(self.scores(y_pred), target=y_true)

    def check(self, y, output_shape):
        _at_least_two_classes(self, output_shape)
        if y.shape[1:] != output_shape[1:]:
            whole = y.ndim == len(output_shape) - 1 or y.shape[-1] == 1
            raise ValueError(
                f"{self.name}: expected one column per class, y of shape {_rows(output_shape)}. Received {y.shape}. "
                + (
                    "For labels as whole numbers use loss='sparse_categorical_crossentropy', "
                    f"or utils.to_categorical(y, {output_shape[-1]})."
                    if whole
                    else ""
                )
            )
        if y.min() < 0 or not np.allclose(y.sum(axis=-1), 1, atol=1e-3):
            raise ValueError(
                f"{self.name}: each row of y must be shares that sum to 1. "
                f"Received a row like {y.reshape(-1, y.shape[-1])[0]}. "
                "For several findings at once use loss='binary_crossentropy' with a sigmoid."
            )


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """−ln p_label: classes that exclude each other, labels as whole numbers 0 ... K−1."""

    def align(self, y_true, y_pred):
        return y_true[..., 0] if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1 else y_true

    def per_example(self, y_true, y_pred):
        return ops.sparse_softmax_crossentropy(self.scores(y_pred), labels=y_true.astype(np.intp, copy=False))

    def check(self, y, output_shape):
        _at_least_two_classes(self, output_shape)
        classes = output_shape[-1]
        labels = self.align(y, np.empty((0, *output_shape[1:])))
        if y.shape == (len(y), *output_shape[1:]):
            raise ValueError(
                f"{self.name}: y of shape {y.shape} looks one-hot, expected whole numbers of shape "
                f"{_rows(output_shape[:-1])}. Use loss='categorical_crossentropy', or y.argmax(axis=-1)."
            )
        if labels.ndim == 1 and len(output_shape) > 2:
            raise ValueError(
                f"{self.name}: y holds one label per example, but the model answers with {_rows(output_shape)}. "
                "Put layers.Flatten() (or a global pooling) before the last Dense layers."
            )
        if labels.shape[1:] != output_shape[1:-1]:
            raise ValueError(
                f"{self.name}: expected labels of shape {_rows(output_shape[:-1])}. Received y of shape {y.shape}."
            )
        if not np.array_equal(labels, np.floor(labels)):
            raise ValueError(
                f"{self.name}: labels are whole numbers 0 to {classes - 1}; "
                f"received {labels[labels != np.floor(labels)][0]}. "
                "For predicting a quantity use loss='mse' and a linear output."
            )
        low, high = labels.min(), labels.max()
        if low < 0 or high >= classes:
            raise ValueError(
                f"{self.name}: labels run from {low:g} to {high:g}, but the model has {classes} outputs: expected "
                f"0 to {classes - 1}. "
                + ("If your classes are counted from 1, use y - 1. " if low == 1 and high == classes else "")
                + _more_outputs(labels, classes)
                + ("Classes may be renumbered by np.unique(y, return_inverse=True)[1]." if low < 0 else "")
            )


def _more_outputs(labels, classes) -> str:
    """Say what helps against labels that are too large."""
    high = int(labels.max())
    if labels.dtype.kind == "u" and high == np.iinfo(labels.dtype).max:
        return f"{high} is what -1 becomes in {labels.dtype}: use y.astype(int) before you subtract."
    return f"For {high + 1} classes end the model with Dense({high + 1}). " if high >= classes else ""


def clip(p):
    """Keep probabilities ε away from 0 and 1; where that changes p its gradient is 0."""
    return -maximum(-maximum(p, EPSILON), EPSILON - 1.0)  # min(p, 1 − ε), without rounding a small p


def _at_least_two_classes(loss, output_shape):
    if output_shape[-1] < 2:
        raise ValueError(
            f"{loss.name}: the model has one output, but this loss needs one per class. For yes or no use "
            "loss='binary_crossentropy' with Dense(1, activation='sigmoid'), or end with "
            "Dense(2, activation='softmax')."
        )


_BY_NAME = {
    "mse": MeanSquaredError,
    "mean_squared_error": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "mean_absolute_error": MeanAbsoluteError,
    "huber": Huber,
    "bce": BinaryCrossentropy,
    "binary_crossentropy": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
}


def get(loss) -> Loss:
    """Return a loss from its name, a function `f(y_true, y_pred)` of Tensors as a loss, or itself.

    >>> get("mse").name
    'mean_squared_error'
    """
    if isinstance(loss, str):
        made = look_up("loss", _BY_NAME, loss if loss in _BY_NAME else loss.lower())()
        made.name = next(name for name, kind in _BY_NAME.items() if kind is type(made) and len(name) > 3)
        return made
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, type) and issubclass(loss, Loss):
        raise TypeError(f"the loss is a class; make an object of it: {loss.__name__}()")
    if callable(loss):
        return _Function(loss)
    raise TypeError(f"a loss is a name such as 'mse', an object or a function(y_true, y_pred). Received: {loss!r}")


class _Function(Loss):
    def __init__(self, function):
        super().__init__(getattr(function, "__name__", "loss"))
        self.function = function

    def per_example(self, y_true, y_pred):
        return self.function(y_true, y_pred)

    def check(self, y, output_shape):
        """A learner's own loss decides for itself what its labels are."""


def __getattr__(name):
    raise missing_name("edunet.losses", name, __all__)
