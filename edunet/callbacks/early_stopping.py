"""EarlyStopping: stop when a value has not become better for some epochs."""

import math

from edunet.callbacks.watcher import Watcher

__all__ = ["EarlyStopping"]


class EarlyStopping(Watcher):
    """Stop when a value has not become better for some epochs.

    Args: monitor, such as "val_loss"; min_delta, the smallest change that counts; patience, epochs to wait; mode "min"
    or "max" ("auto": by the name); restore_best_weights, go back to the best epoch at the end.
    Source: Prechelt, Early stopping - but when? (1998).
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0.0,
        patience=0,
        mode="auto",
        restore_best_weights=False,
        verbose=0,
        **unknown,
    ):
        super().__init__(monitor, mode, unknown)
        self.verbose = verbose
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 0:
            raise ValueError(f"EarlyStopping: patience is a whole number of epochs >= 0. Received: {patience!r}")
        self.min_delta, self.patience, self.restore_best_weights = abs(min_delta), patience, restore_best_weights

    def on_train_begin(self, logs=None):
        self._best, self.waited, self.best_weights, self.best_epoch, self.stopped_epoch = -math.inf, 0, None, 0, 0

    def on_epoch_end(self, epoch, logs=None):
        value = self.value(logs or {})
        if value > self._best + (self.min_delta if self._best > -math.inf else 0):
            self._best, self.waited, self.best_epoch = value, 0, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.verbose:
                print(f"Epoch {epoch + 1}: stopped early, {self.monitor} was best in epoch {self.best_epoch + 1}")

    def on_train_end(self, logs=None):
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
