"""What a model is trained for: a loss and metrics for each of its outputs."""

import math
import sys
import warnings

import numpy as np

from edunet import losses, metrics
from edunet.configs import is_description
from edunet.models.examples import as_list, in_pieces, is_on_disk
from edunet.tensor import as_array

__all__ = ["Objective"]


class Objective:
    """The losses and metrics of `compile`, spread over the outputs, and their running means over an epoch."""

    def __init__(self, loss, loss_weights, metric_names, weighted_names, outputs: list[str], shapes: list[tuple]):
        self.outputs = outputs
        self.no_weights = [None] * len(outputs)
        self.losses = [None if part is None else losses.get(part) for part in self._spread("loss", loss)]
        if all(part is None for part in self.losses):
            raise ValueError(f"loss: at least one of the outputs {outputs} needs a loss. Received: {loss!r}")
        self.loss_weights = [_share(w) for w in self._spread("loss_weights", loss_weights)]
        for loss_of_output in self.losses:
            if loss_of_output is not None and loss_of_output.reduction == "none":
                raise ValueError(
                    f"{loss_of_output.name}: reduction='none' gives a loss for each example, and a model learns from "
                    "one number. Leave reduction away."
                )
        self.shapes = shapes
        self.metrics = self._metrics("metrics", metric_names)
        self.weighted = self._metrics("weighted_metrics", weighted_names)  # these count examples by their weights
        self.told: set[str] = set()  # what has been warned of in this training: once, not batch by batch
        self.reset()

    def _metrics(self, what, wanted) -> list[list]:
        return [
            [metrics.get(m, a_loss, shape) for m in _listed(names)]
            for names, a_loss, shape in zip(
                self._spread(what, wanted, nested=True), self.losses, self.shapes, strict=True
            )
        ]

    def _spread(self, what, value, nested=False) -> list:
        """Return one entry per output from one for all, a list, or a dict by output name."""
        if isinstance(value, dict) and not is_description(value):
            unknown = set(value) - set(self.outputs)
            if unknown:
                raise ValueError(f"{what}: no output is called {sorted(unknown)[0]!r}; outputs are {self.outputs}.")
            return [value.get(name) for name in self.outputs]
        if len(self.outputs) == 1 and nested:
            return [value]
        if not isinstance(value, (list, tuple)):
            return [value] * len(self.outputs)
        if len(value) != len(self.outputs):
            raise ValueError(
                f"{what}: expected {len(self.outputs)}, one per output {self.outputs}. Received {len(value)}."
            )
        return list(value)

    def check(self, ys: list[np.ndarray]) -> None:
        """Look over the labels of every output before any time is spent on them."""
        if len(ys) != len(self.outputs):
            raise ValueError(
                f"y: expected {len(self.outputs)} arrays of labels, for {self.outputs}. Received {len(ys)}."
            )
        for y, loss, shape in zip(ys, self.losses, self.shapes, strict=True):
            if loss is None:
                continue
            # an axis of any length is as long as that of the labels
            known = [y.shape[i] if n is None and i < len(y.shape) else n or 1 for i, n in enumerate(shape)]
            for part in (part for _, part in in_pieces(y)) if is_on_disk(y) else (y,):
                loss.check(part, (None, *known[1:]))
                self._doubt(loss, part)

    def _doubt(self, loss, y) -> None:
        """Warn once of labels that can be learnt from, though hardly anybody means them."""
        what = f"labels of {loss.name}"
        if what not in self.told:
            self.warn_once(what, loss.doubt(y))

    def warn_once(self, what: str, told: str) -> None:
        """Warn of something, unless there is nothing to tell, or it has been told."""
        if told and what not in self.told:
            self.told.add(what)
            warnings.warn(told, UserWarning, stacklevel=1 + _calls_of_ours())

    def reset(self) -> None:
        """Begin a new epoch."""
        self.totals = np.zeros(1 + len(self.outputs))
        self.seen = 0
        for metric in (m for group in self.metrics + self.weighted for m in group):
            metric.reset_state()

    def total(self, ys, outputs, weights=None, penalties=()) -> tuple:
        """Return the weighted sum of the losses, and the penalties, as a Tensor; and the loss of each output.

        Args: weights, None, or those of the examples for each output.
        """
        weights = weights or self.no_weights
        parts = [
            0.0 if loss is None else loss(y, out, w)
            for loss, y, out, w in zip(self.losses, ys, outputs, weights, strict=True)
        ]
        shares = zip(self.losses, parts, self.loss_weights, strict=True)
        weighted = [part if w == 1 else part * w for loss, part, w in shares if loss is not None]
        return sum([*weighted[1:], *penalties], start=weighted[0]), parts

    def loss(self, ys, outputs, weights=None, penalties=()):
        """Return the same sum; remember it, and what the metrics say, for the epoch."""
        weights = weights or self.no_weights
        total, parts = self.total(ys, outputs, weights, penalties)
        n = len(ys[0])
        self.seen += n
        self.totals += n * np.array([float(total), *map(float, parts)])
        groups = zip(self.metrics, self.weighted, ys, outputs, weights, self.totals[1:].tolist(), strict=True)
        for plain, weighted, y, out, w, so_far in groups:
            if math.isnan(so_far):  # so are the metrics of this epoch; they refuse NaN
                continue
            mask = getattr(out, "mask", None)
            for metric in plain:
                metric.update_state(y, as_array(out), mask)
            for metric in weighted:
                metric.update_state(y, as_array(out), _masked(w, mask))
        return total

    def results(self) -> dict[str, float]:
        """Return the means so far: loss, the loss of each of several outputs, the metrics."""
        means = (self.totals / max(self.seen, 1)).tolist()
        several = len(self.outputs) > 1
        results = {"loss": means[0]}
        if several:
            judged = zip(self.outputs, self.losses, means[1:], strict=True)
            results |= {f"{name}_loss": mean for name, loss, mean in judged if loss is not None}
        for name, plain, weighted, mean in zip(self.outputs, self.metrics, self.weighted, means[1:], strict=True):
            names = [m.name for m in plain]
            names += [f"weighted_{m.name}" if m.name in names else m.name for m in weighted]
            for key, metric in zip(_distinct(names), plain + weighted, strict=True):
                value = mean if math.isnan(mean) else float(metric.result())
                results[f"{name}_{key}" if several else key] = value
        return results


def _calls_of_ours() -> int:
    """Return how many calls of this library lie between here and the learner's line, at which a warning points."""
    depth, frame = 0, sys._getframe().f_back
    while frame is not None and frame.f_globals.get("__name__", "").startswith("edunet."):
        depth, frame = depth + 1, frame.f_back
    return depth


def _share(weight) -> float:
    """Return the share of an output in the total as a number, 1 unless it is given."""
    if weight is None:
        return 1.0
    good = isinstance(weight, (int, float, np.number)) and not isinstance(weight, bool)
    if not good or not 0 <= weight < np.inf:
        raise ValueError(f"loss_weights: the share of an output is a number >= 0. Received: {weight!r:.80}")
    return float(weight)


def _distinct(names: list[str]) -> list[str]:
    """Number the repeated ones: precision, precision_1."""
    return [f"{name}_{n}" if (n := names[:i].count(name)) else name for i, name in enumerate(names)]


def _masked(weights, mask):
    """Return the weights of the steps that count."""
    if weights is None or mask is None:
        return mask if weights is None else weights
    return weights.reshape(weights.shape + (1,) * (mask.ndim - weights.ndim)) * mask


def _listed(names) -> list:
    return [] if names is None else list(names) if isinstance(names, (list, tuple)) else as_list(names)
