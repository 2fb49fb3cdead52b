"""Losses of classes that exclude each other."""

import numpy as np

from edunet import ops
from edunet.losses.binary import clip
from edunet.losses.loss import Loss, number, rows, scores_behind
from edunet.tensor import as_array, log, maximum

__all__ = [
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "KLDivergence",
    "SparseCategoricalCrossentropy",
]


class CategoricalCrossentropy(Loss):
    """−Σ_k t_k ln p_k: classes that exclude each other, labels one-hot (one column per class).

    from_logits=True: predictions are scores z and p = softmax(z).
    label_smoothing s: the targets are t(1 − s) + s/K for K classes.
    """

    def __init__(self, from_logits=False, label_smoothing=0.0, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number(self, "label_smoothing", label_smoothing, high=1)

    def scores(self, y_pred):
        z = y_pred if self.from_logits else scores_behind(y_pred, ops.softmax)
        return log(clip(y_pred)) if z is None else z  # softmax(ln p) is p, brought to sum 1

    def call(self, y_true, y_pred):
        s = self.label_smoothing
        t = y_true * (1 - s) + s / y_true.shape[-1] if s else y_true
        return ops.softmax_crossentropy(self.scores(y_pred), target=t)

    def check(self, y, output_shape):
        _at_least_two_classes(self, output_shape)
        if y.shape[1:] != output_shape[1:]:
            whole = y.ndim == len(output_shape) - 1 or y.shape[-1] == 1
            raise ValueError(
                f"{self.name}: expected one column per class, y of shape {rows(output_shape)}. Received {y.shape}. "
                + (
                    "For labels as whole numbers use loss='sparse_categorical_crossentropy', "
                    f"or utils.to_categorical(y, {output_shape[-1]})."
                    if whole
                    else ""
                )
            )
        if y.size and y.min() < 0:
            raise ValueError(self._no_shares(y, y < 0))

    def doubt(self, y):
        wrong = ~np.isclose(y.sum(axis=-1), 1, atol=1e-3)
        return self._no_shares(y, wrong[..., None]) if wrong.any() else ""

    def _no_shares(self, y, wrong) -> str:
        row = y[wrong.any(axis=-1)][0]
        return (
            f"{self.name}: each row of y must be shares that sum to 1. Received a row like {row}. "
            "For several findings at once use loss='binary_crossentropy' with a sigmoid."
        )


class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """−Σ_k α (1 − p_k)^γ t_k ln p_k: cross-entropy in which easy examples hardly count; labels one-hot.

    Source: Lin et al., Focal loss for dense object detection (2017).
    """

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        reduction="sum_over_batch_size",
        name=None,
    ):
        super().__init__(from_logits, label_smoothing, reduction, name)
        self.alpha, self.gamma = number(self, "alpha", alpha), number(self, "gamma", gamma)

    def call(self, y_true, y_pred):
        s = self.label_smoothing
        t = y_true * (1 - s) + s / y_true.shape[-1] if s else y_true
        p = clip(ops.softmax(self.scores(y_pred)))
        focus = as_array(t).astype(p.dtype) * self.alpha * (1.0 - p) ** self.gamma
        return -(focus * log(p)).sum(axis=-1)


class CategoricalHinge(CategoricalCrossentropy):
    """max(1 + largest score of the wrong classes − score of the right one, 0); labels one-hot."""

    def __init__(self, reduction="sum_over_batch_size", name=None):
        super().__init__(reduction=reduction, name=name)

    def call(self, y_true, y_pred):
        wrong = as_array(1 - y_true).astype(y_pred.dtype)
        scores = wrong * as_array(y_pred)
        ties = scores == scores.max(axis=-1, keepdims=True)
        largest = ties / np.maximum(ties.sum(axis=-1, keepdims=True), 1)  # equal ones share the gradient, as in Keras
        return maximum(1.0 + (y_pred * (largest * wrong - y_true).astype(y_pred.dtype)).sum(axis=-1), 0.0)

    def get_config(self):
        return {"reduction": self.reduction, "name": self.name}


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """−ln p_label: classes that exclude each other, labels as whole numbers 0 ... K−1.

    ignore_class: a label that is not learnt from, such as -1 or 255 for places nobody has looked at.
    """

    def __init__(self, from_logits=False, ignore_class=None, reduction="sum_over_batch_size", name=None):
        super().__init__(from_logits, 0.0, reduction, name)
        if ignore_class is not None and (
            isinstance(ignore_class, bool) or not isinstance(ignore_class, (int, np.integer))
        ):
            raise ValueError(
                f"{type(self).__name__}: ignore_class is a whole number or None. Received: {ignore_class!r}"
            )
        self.ignore_class = None if ignore_class is None else int(ignore_class)

    def mask(self, y_true, y_pred):
        steps = super().mask(y_true, y_pred)
        if self.ignore_class is None:
            return steps
        known = y_true != self.ignore_class
        return known if steps is None or steps.shape != known.shape else known & steps

    def align(self, y_true, y_pred):
        return y_true[..., 0] if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1 else y_true

    def call(self, y_true, y_pred):
        labels = y_true.astype(np.intp, copy=False)
        if self.ignore_class is None:
            return ops.sparse_softmax_crossentropy(self.scores(y_pred), labels=labels)
        known = labels != self.ignore_class
        losses = ops.sparse_softmax_crossentropy(self.scores(y_pred), labels=np.where(known, labels, 0))
        return losses * known.astype(losses.dtype)

    def get_config(self):
        return {k: v for k, v in super().get_config().items() if k != "label_smoothing"}

    def doubt(self, y):
        return ""

    def check(self, y, output_shape):
        _at_least_two_classes(self, output_shape)
        classes = output_shape[-1]
        labels = self.align(y, np.empty((0, *output_shape[1:])))
        if y.shape == (len(y), *output_shape[1:]):
            raise ValueError(
                f"{self.name}: y of shape {y.shape} looks one-hot, expected whole numbers of shape "
                f"{rows(output_shape[:-1])}. Use loss='categorical_crossentropy', or y.argmax(axis=-1)."
            )
        if labels.ndim == 1 and len(output_shape) > 2:
            raise ValueError(
                f"{self.name}: y holds one label per example, but the model answers with {rows(output_shape)}. "
                "Put layers.Flatten() (or a global pooling) before the last Dense layers."
            )
        if labels.shape[1:] != output_shape[1:-1]:
            raise ValueError(
                f"{self.name}: expected labels of shape {rows(output_shape[:-1])}. Received y of shape {y.shape}."
            )
        if self.ignore_class is not None:
            labels = labels[labels != self.ignore_class]
        if not labels.size:
            return
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


def _at_least_two_classes(loss, output_shape):
    if output_shape[-1] < 2:
        raise ValueError(
            f"{loss.name}: the model has one output, but this loss needs one per class. For yes or no use "
            "loss='binary_crossentropy' with Dense(1, activation='sigmoid'), or end with "
            "Dense(2, activation='softmax')."
        )


class KLDivergence(Loss):
    """Σ_k t_k ln(t_k / p_k) for shares t and p that sum to 1.   Formula: edunet.ops.kl_divergence"""

    def __init__(self, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return ops.kl_divergence(y_pred, target=y_true)
