"""Callbacks that change the learning rate: by a plan, or when nothing becomes better."""

import inspect
import math

import numpy as np

from edunet.callbacks.callback import Callback
from edunet.callbacks.watcher import Watcher

__all__ = ["LearningRateScheduler", "ReduceLROnPlateau"]


def _set_rate(callback, rate: float) -> None:
    """Give the optimizer another rate; an optimizer whose rate follows a schedule of its own refuses."""
    optimizer = callback.model.optimizer
    try:
        optimizer.learning_rate = rate
    except (TypeError, ValueError, AttributeError) as error:
        raise TypeError(
            f"{type(callback).__name__} sets the learning rate, but that of {type(optimizer).__name__} cannot be set: "
            f"it follows a schedule. Give the optimizer a number, or leave the callback out. ({error})"
        ) from error


def _check_rate(callback) -> None:
    """Raise TypeError before the first epoch if the rate follows a schedule."""
    rate = callback.model.optimizer.learning_rate
    if not isinstance(rate, (int, float, np.number)):
        raise TypeError(
            f"{type(callback).__name__} sets the learning rate, but it follows a {type(rate).__name__}. "
            "Give the optimizer a number, or leave the callback out."
        )
    _set_rate(callback, float(rate))


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch: η = schedule(epoch, η), or schedule(epoch).

    The rate of each epoch is noted in the History as "learning_rate".

    >>> halved = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    """

    def __init__(self, schedule, verbose=0):
        if not callable(schedule):
            raise TypeError(
                f"LearningRateScheduler: schedule is a function (epoch, rate) -> rate. Received: {schedule!r}"
            )
        self.schedule, self.verbose = schedule, verbose
        try:
            inspect.signature(schedule).bind(0, 0.1)
            self._takes_rate = True
        except (TypeError, ValueError):
            self._takes_rate = False

    def on_train_begin(self, logs=None):
        _check_rate(self)

    def on_epoch_begin(self, epoch, logs=None):
        before = float(self.model.optimizer.learning_rate)
        rate = self.schedule(epoch, before) if self._takes_rate else self.schedule(epoch)
        if isinstance(rate, bool) or not isinstance(rate, (int, float, np.number)) or not 0 <= rate < math.inf:
            raise ValueError(
                f"LearningRateScheduler: schedule({epoch}, {before:g}) must return a number >= 0. Received: {rate!r}"
            )
        _set_rate(self, float(rate))
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {float(rate):g}")

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class ReduceLROnPlateau(Watcher):
    """Make the learning rate smaller when a value has not become better for some epochs: η ← max(factor · η, min_lr).

    Args: monitor, mode, min_delta as EarlyStopping; factor, below 1; patience, epochs to wait; cooldown, epochs after a
    change in which nobody counts; min_lr, where it ends. The History notes "learning_rate".
    """

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
        **unknown,
    ):
        super().__init__(monitor, mode, unknown)
        self.verbose = verbose
        self.factor, self.min_lr = self.number("factor", factor), self.number("min_lr", min_lr)
        if not 0 <= self.factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor lies between 0 and 1, such as 0.1. Received: {factor!r}")
        self.min_delta = abs(self.number("min_delta", min_delta))
        self.patience, self.cooldown = self.count("patience", patience), self.count("cooldown", cooldown)
        self._begin()

    def _begin(self):
        self._best, self.wait, self.cooldown_counter = -math.inf, 0, 0

    def on_train_begin(self, logs=None):
        _check_rate(self)
        self._begin()

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        rate = logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        value = self.value(logs)
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(value, self.min_delta):
            self._best, self.wait = value, 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                smaller = max(rate * self.factor, self.min_lr)
                _set_rate(self, smaller)
                self.cooldown_counter, self.wait = self.cooldown, 0
                if self.verbose:
                    print(f"Epoch {epoch + 1}: {self.monitor} stands still, learning rate {smaller:g}")

    def get_state(self):
        return {"_best": self._best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}
