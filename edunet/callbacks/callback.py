"""Callback: what may happen around batches and epochs while a model learns."""

from typing import Any

from edunet.names import refuse_unknown

__all__ = ["Callback", "LambdaCallback"]


class Callback:
    """Do something at certain moments of `fit`, `evaluate` and `predict`; override what you need.

    `self.model` is the model, `self.params` a dict: "epochs", "steps" (of one epoch; None if nobody knows), "verbose".
    `get_state` and `set_state` let a training go on from a `Checkpoint` as if it had never stopped.
    """

    model: Any = None  # a Model, from the beginning of `fit` on
    params: Any = None  # a dict

    def set_model(self, model) -> None:
        """Learn which model it is."""
        self.model = model

    def set_params(self, params: dict) -> None:
        """Learn how much there is to do."""
        self.params = params

    def get_state(self) -> dict:
        """Return what must be known to go on after a stop: numbers, texts, arrays, lists, dicts by name."""
        return {}

    def check_state(self, state: dict) -> None:
        """Raise ValueError if `set_state` could not go on from that; asked before anything is put back."""
        expected = self.get_state().keys()
        if type(self).set_state is Callback.set_state and state.keys() != expected:
            raise ValueError(f"{type(self).__name__} remembers {sorted(expected)}. Received: {sorted(state)!r:.200}")

    def set_state(self, state: dict) -> None:
        """Go on from what `get_state` returned. Comes after `on_train_begin`, in the place of `on_epoch_begin`.

        Sets the attributes that `get_state` names, and no others; raises ValueError for others.
        """
        unknown = state.keys() - self.get_state().keys()
        if unknown:
            raise ValueError(f"{type(self).__name__} does not remember {sorted(unknown)!r:.200}.")
        vars(self).update(state)

    def on_train_begin(self, logs=None):
        """Before the first epoch."""

    def on_train_end(self, logs=None):
        """After the last epoch, with its logs; not after Ctrl-C or an error."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch; epochs count from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch and its validation; logs holds the losses and metrics."""

    def on_train_batch_begin(self, batch, logs=None):
        """Before each step; also heard by a method called on_batch_begin."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        """After each step; logs holds the means of the epoch so far. Also heard by on_batch_end."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch, logs=None):
        """Before each step: a shorter name for on_train_batch_begin."""

    def on_batch_end(self, batch, logs=None):
        """After each step: a shorter name for on_train_batch_end."""

    def on_test_begin(self, logs=None):
        """Before `evaluate`, and before the validation of an epoch."""

    def on_test_end(self, logs=None):
        """After `evaluate` or a validation; logs holds the losses and metrics."""

    def on_test_batch_begin(self, batch, logs=None):
        """Before each batch of `evaluate` or a validation."""

    def on_test_batch_end(self, batch, logs=None):
        """After each batch of `evaluate` or a validation; logs holds the means so far."""

    def on_predict_begin(self, logs=None):
        """Before `predict`."""

    def on_predict_end(self, logs=None):
        """After `predict`."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Before each batch of `predict`."""

    def on_predict_batch_end(self, batch, logs=None):
        """After each batch of `predict`; logs["outputs"] is what the model gave."""


class LambdaCallback(Callback):
    """A callback from functions: `LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))`.

    Args: functions by the names of the moments of `Callback`; they take (epoch, logs), (batch, logs) or (logs).
    Raises TypeError for a moment that there is not.
    """

    def __init__(self, **functions):
        moments = sorted(name for name in vars(Callback) if name.startswith("on_"))
        refuse_unknown("LambdaCallback", [name for name in functions if name not in moments], moments)
        for moment, function in functions.items():
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"LambdaCallback: {moment} is a function. Received: {function!r}")
            setattr(self, moment, function)
