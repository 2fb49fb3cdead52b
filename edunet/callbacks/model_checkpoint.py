"""ModelCheckpoint: the model in a file, after each epoch or each that was the best so far."""

from pathlib import Path

from edunet.callbacks.watcher import Watcher
from edunet.names import safetensors_name

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(Watcher):
    """Write the model to a file after each epoch, or after each epoch that was the best so far.

    Args: filepath, ending in .safetensors; {epoch} and {batch} (counted from 1) and {val_loss} and the like are filled
    in; monitor and mode, as EarlyStopping; save_best_only; save_weights_only, `model.save_weights(path)` in the place
    of `model.save(path)`; save_freq, "epoch" or a number of batches, whose logs are the means of the epoch so far;
    initial_value_threshold, the value that the first file must beat already.
    To go on with a training that was stopped, use `Checkpoint`.
    """

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
        **unknown,
    ):
        super().__init__(monitor, mode, unknown)
        self.verbose, self.save_weights_only = verbose, save_weights_only
        self.filepath, self.save_best_only = str(filepath), save_best_only
        if not self.filepath.endswith(".safetensors"):
            suggestion = safetensors_name(self.filepath)
            raise ValueError(
                f"ModelCheckpoint writes .safetensors files. Received {self.filepath!r}; use {suggestion!r}."
            )
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                f"ModelCheckpoint: save_freq is 'epoch' or a whole number of batches. Received: {save_freq!r}"
            )
        self.save_freq, self._batches = save_freq, 0
        if initial_value_threshold is not None:
            self._best = self.sign * self.number("initial_value_threshold", initial_value_threshold)

    def on_train_begin(self, logs=None):
        folder = Path(self.filepath).parent
        if not folder.is_dir():  # better now than after the first epoch
            raise FileNotFoundError(f"ModelCheckpoint: the folder {str(folder)!r} does not exist; make it first.")
        if not self.save_weights_only:
            try:
                self.model.get_config()  # as it will be written
            except TypeError as error:
                raise TypeError(f"ModelCheckpoint, without save_weights_only=True: {error}") from error

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch":
            self._write(epoch, logs or {})

    def tick(self, step, results):
        """Count the batches; the means are worked out only when a file is written."""
        if self.save_freq == "epoch":
            return
        self._batches += 1
        if self._batches >= self.save_freq:
            self._batches = 0
            self._write(self._epoch, results() | {"batch": step + 1})

    def _write(self, epoch, logs):
        if self.save_best_only:
            value = self.value(logs)
            if not self.is_better(value):
                return
            self._best = value
        try:
            path = self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            raise ValueError(
                f"ModelCheckpoint: {self.filepath!r} asks for {error}; there are {sorted(logs)}."
            ) from error
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: {'weights' if self.save_weights_only else 'model'} written to {path}")

    def get_state(self):
        return {"_best": self._best, "_batches": self._batches, "_epoch": getattr(self, "_epoch", 0)}
