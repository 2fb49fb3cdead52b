"""Watcher: what EarlyStopping, ModelCheckpoint and ReduceLROnPlateau share."""

import inspect
import math
import re

import numpy as np

from edunet.callbacks.callback import Callback
from edunet.names import did_you_mean, refuse_unknown

__all__ = ["Watcher"]

RISING = ("acc", "accuracy", "auc", "precision", "recall", "sensitivity", "specificity", "f1", "f1_score")
FALLING = ("loss", "error", "mae", "mse", "crossentropy")


class Watcher(Callback):
    """Which of two values of a metric is better."""

    def __init__(self, monitor, mode, unknown):
        refuse_unknown(
            type(self).__name__, unknown, inspect.signature(type(self).__init__).parameters.keys() - {"self"}
        )
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"{type(self).__name__}: mode is 'auto', 'min' or 'max'. Received: {mode!r}")
        self.monitor = monitor
        if mode == "auto":
            stem = re.sub(r"_\d+$", "", monitor.lower())  # auc_1 is an auc
            if not stem.endswith(RISING + FALLING):
                raise ValueError(
                    f"{type(self).__name__}: is a large {monitor!r} good or bad? Add mode='max' or mode='min'."
                )
            mode = "max" if stem.endswith(RISING) else "min"
        self.mode = mode
        self.sign = 1.0 if mode == "max" else -1.0
        self._best = -math.inf  # of sign · value

    @property
    def best(self) -> float:
        """The best value so far."""
        return self.sign * self._best

    def is_better(self, value: float, min_delta: float = 0.0) -> bool:
        """Tell whether sign · value beats the best so far; the first always does, NaN never."""
        return value > self._best + (min_delta if self._best > -math.inf else 0)

    def value(self, logs) -> float:
        """Return sign · what is watched, or say what is measured instead."""
        if self.monitor not in logs:
            held_out = self.monitor.startswith("val_") and not any(k.startswith("val_") for k in logs)
            raise ValueError(
                f"{type(self).__name__}: nothing called {self.monitor!r} is measured; there are {sorted(logs)}."
                + (" Give fit a validation_split or validation_data." if held_out else did_you_mean(self.monitor, logs))
            )
        return self.sign * logs[self.monitor]

    def count(self, name: str, value, smallest: int = 0) -> int:
        """Return a whole number of epochs, or raise ValueError."""
        if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
            raise ValueError(
                f"{type(self).__name__}: {name} is a whole number of epochs >= {smallest}. Received: {value!r}"
            )
        return value

    def number(self, name: str, value) -> float:
        """Return a number, or raise ValueError."""
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
            raise ValueError(f"{type(self).__name__}: {name} is a number. Received: {value!r}")
        return float(value)
