"""EarlyStopping: stop when a value has not become better for some epochs."""

import math

from edunet.callbacks.watcher import Watcher

__all__ = ["EarlyStopping"]


class EarlyStopping(Watcher):
    """Stop when a value has not become better for some epochs.

    Args: monitor, such as "val_loss"; min_delta, the smallest change that counts; patience, epochs to wait; mode "min"
    or "max" ("auto": by the name); baseline, a value that must be beaten as well, or waiting goes on;
    restore_best_weights, go back to the best epoch at the end; start_from_epoch, the first epoch that is watched.
    Source: Prechelt, Early stopping - but when? (1998).
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0.0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
        **unknown,
    ):
        super().__init__(monitor, mode, unknown)
        self.verbose, self.restore_best_weights = verbose, restore_best_weights
        self.min_delta = abs(self.number("min_delta", min_delta))
        self.patience = self.count("patience", patience)
        self.start_from_epoch = self.count("start_from_epoch", start_from_epoch)
        self.baseline = None if baseline is None else self.number("baseline", baseline)
        self._begin()

    def _begin(self):
        self._best, self.wait, self.best_weights, self.best_epoch, self.stopped_epoch = -math.inf, 0, None, 0, 0

    def on_train_begin(self, logs=None):
        self._begin()

    def on_epoch_end(self, epoch, logs=None):
        if epoch < self.start_from_epoch:
            return
        value = self.value(logs or {})
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.is_better(value, self.min_delta):
            self._best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or value > self.sign * self.baseline + self.min_delta:
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.verbose:
                print(f"Epoch {epoch + 1}: stopped early, {self.monitor} was best in epoch {self.best_epoch + 1}")

    def on_train_end(self, logs=None):
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)

    def get_state(self):
        names = ("_best", "wait", "best_weights", "best_epoch", "stopped_epoch")
        return {name: getattr(self, name) for name in names}

    def check_state(self, state):
        super().check_state(state)
        best = state["best_weights"]
        if best is not None:
            forms = [[(a.shape, a.dtype) for a in arrays] for arrays in (best, self.model.get_weights())]
            if forms[0] != forms[1]:
                raise ValueError("EarlyStopping: the best weights have other shapes than those of the model")
