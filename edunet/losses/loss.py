"""What all losses share: labels brought to the shape of the prediction, weights, masks, and the mean over the batch."""

import math

import numpy as np

from edunet.names import look_up, snake_case
from edunet.tensor import Tensor, as_array

__all__ = ["EPSILON", "Loss", "number", "over_outputs", "rows", "scores_behind"]

EPSILON = 1e-7  # probabilities that come without their scores are kept this far from 0 and 1, as in Keras
REDUCTIONS = dict.fromkeys(("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"))


class Loss:
    """Compare predictions with the truth: `loss(y_true, y_pred, sample_weight=None)` -> one number.

    A loss of your own defines `call(y_true, y_pred)`, one value per example, (N,) or (N,T...).
    Args: reduction, what becomes of these values: "sum_over_batch_size" or "mean", Σ weight·loss / n;
    "mean_with_sample_weight", Σ weight·loss / Σ weight; "sum"; "none", each by itself. name.
    Steps that a mask leaves out count in none of them.
    """

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size"):
        if name is not None and not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}: name is a text. Received: {name!r}")
        self.name = name or snake_case(type(self).__name__)
        self.reduction = "none" if reduction is None else reduction
        look_up("reduction", REDUCTIONS, str(self.reduction))

    def __call__(self, y_true, y_pred, sample_weight=None):
        y_true = self.align(np.asarray(y_true), y_pred)
        losses = self.call(y_true, y_pred)  # (N,) or (N,T...)
        self._refuse_no_values(losses, sample_weight)
        weights = None if sample_weight is None else self._weights(as_array(sample_weight), losses)
        mask = self.mask(y_true, y_pred)
        if mask is not None:
            mask = self._spread(mask, losses)
            counted = mask.astype(losses.dtype)
            weights = counted if weights is None else weights * counted
        if weights is not None:
            losses = losses * weights
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return losses.sum()
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            return losses.sum() / max(float(weights.sum(dtype=np.float64)), 1e-300)
        return losses.mean() if mask is None else losses.sum() / max(int(mask.sum()), 1)

    def _refuse_no_values(self, losses, sample_weight) -> None:
        """Say what a loss of one's own has to return."""
        example = "one value per example, such as ((y_pred - y_true) ** 2).mean(axis=-1)"
        if not hasattr(losses, "shape"):
            forgot = (
                "Is its return missing?" if losses is None else "Calculate with Tensors: no float(...), no .item()."
            )
            raise TypeError(f"{self.name}: a loss returns {example}. Received: {losses!r:.80}. {forgot}")
        if losses.shape == () and sample_weight is not None:
            raise ValueError(
                f"{self.name}: with sample_weight or class_weight a loss returns {example}. It returned a single "
                "number, in which no example can be weighed any more: take the mean over axis=-1 only."
            )

    def _spread(self, mask, losses):
        """Return the mask (N,T) in the shape of the losses (N,T...)."""
        if losses.shape[: mask.ndim] != mask.shape:
            raise ValueError(
                f"{self.name}: the prediction is masked step by step, {mask.shape}, but has a loss for each example "
                f"only, {losses.shape}: padded steps would count. Give every step an axis of outputs (N, T, K), or end "
                "with a layer that makes one answer of a sequence."
            )
        return np.broadcast_to(mask.reshape(mask.shape + (1,) * (losses.ndim - mask.ndim)), losses.shape)

    def _weights(self, w, losses):
        """Return the weights in the shape of the losses."""
        w = w.astype(losses.dtype)
        if w.ndim == losses.ndim + 1 and w.shape[-1] == 1:  # a column of weights
            w = w[..., 0]
        if w.ndim > losses.ndim:
            raise ValueError(f"{self.name}: expected one weight per example, {losses.shape}. Received {w.shape}.")
        return np.ascontiguousarray(np.broadcast_to(w.reshape(w.shape + (1,) * (losses.ndim - w.ndim)), losses.shape))

    def mask(self, y_true, y_pred) -> np.ndarray | None:
        """Return which losses count: the mask that the prediction carries."""
        return y_pred.mask if isinstance(y_pred, Tensor) else None

    def align(self, y_true: np.ndarray, y_pred) -> np.ndarray:
        """Give the truth the shape of the prediction where only an axis of length 1 differs."""
        if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
            y_true = y_true[..., None]
        elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
            y_true = y_true[..., 0]
        return y_true

    def call(self, y_true, y_pred):
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred)")

    def check(self, y: np.ndarray, output_shape: tuple) -> None:
        """Raise ValueError, with the repair, if labels y cannot be meant for a prediction of that shape."""
        y = self.align(y, np.empty((0, *output_shape[1:])))
        if y.shape[1:] != output_shape[1:]:
            raise ValueError(
                f"{self.name}: y has shape {y.shape}, but the model answers with {rows(output_shape)}. "
                f"Expected one value for each output: y of shape {rows(output_shape)}."
            )

    def doubt(self, y: np.ndarray) -> str:
        """Return what is odd about labels that `check` lets pass, with the repair; empty if nothing is."""
        return ""

    def get_config(self) -> dict:
        """Return the arguments that make this loss again."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict):
        """Return a new loss from what `get_config` returned."""
        return cls(**config)


def over_outputs(losses):
    """Average over the last axis, the outputs of one example; a prediction (N,) has one output."""
    return losses if losses.ndim == 1 else losses.mean(axis=-1)


def rows(shape):
    return f"(N{''.join(f', {n}' for n in shape[1:])}{',' if len(shape) == 1 else ''})"


def scores_behind(p, activation):
    """Return z if the prediction was just computed as activation(z), else None: the fused loss wants z itself."""
    made_by = p.made_by if isinstance(p, Tensor) else None
    if made_by is None or made_by.op is not activation:
        return None
    return made_by.inputs[0] if made_by.options.get("axis", -1) in (-1, p.ndim - 1) else None


def number(loss, name, value, low=0.0, high=math.inf):
    """Return an argument as Python's own number between low and high, or raise ValueError."""
    good = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not good or not low <= value <= high or value == math.inf:
        bounds = f">= {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
        raise ValueError(f"{type(loss).__name__}: {name} is a number {bounds}. Received: {value!r}")
    return value.item() if isinstance(value, np.number) else value
