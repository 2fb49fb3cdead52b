"""Callback: what may happen around batches and epochs while a model learns."""

from typing import Any

__all__ = ["Callback"]


class Callback:
    """Do something at certain moments of `fit`; override what you need. `self.model` is the model that learns."""

    model: Any = None  # a Model, from `fit` on

    def on_train_begin(self, logs=None):
        """Before the first epoch."""

    def on_train_end(self, logs=None):
        """After the last epoch; not after Ctrl-C or an error."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch; epochs count from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch and its validation; logs holds the losses and metrics."""

    def on_train_batch_end(self, batch, logs=None):
        """After each step; logs holds the means of the epoch so far."""
