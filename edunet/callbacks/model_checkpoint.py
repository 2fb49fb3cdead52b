"""ModelCheckpoint: the model in a file, after each epoch or each that was the best so far."""

from pathlib import Path

from edunet.callbacks.watcher import Watcher

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(Watcher):
    """Write the weights to a file after each epoch, or after each epoch that was the best so far.

    Args: filepath, ending in .safetensors; {epoch} (counted from 1) and {val_loss} and the like are filled in;
    monitor and mode, as EarlyStopping; save_best_only. Read back with `model.load_weights(path)`.
    """

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        save_best_only=False,
        save_weights_only=True,
        mode="auto",
        verbose=0,
        **unknown,
    ):
        super().__init__(monitor, mode, unknown)
        self.verbose = verbose
        self.filepath, self.save_best_only = str(filepath), save_best_only
        if not self.filepath.endswith(".safetensors"):
            suggestion = Path(self.filepath).with_suffix("").with_suffix(".safetensors")
            raise ValueError(
                f"ModelCheckpoint writes .safetensors files. Received {self.filepath!r}; use {str(suggestion)!r}."
            )
        if not save_weights_only:
            raise ValueError("ModelCheckpoint writes weights only: leave save_weights_only=True.")

    def on_train_begin(self, logs=None):
        folder = Path(self.filepath).parent
        if not folder.is_dir():  # better now than after the first epoch
            raise FileNotFoundError(f"ModelCheckpoint: the folder {str(folder)!r} does not exist; make it first.")

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self.save_best_only:
            value = self.value(logs)
            if not value > self._best:
                return
            self._best = value
        try:
            path = self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            raise ValueError(
                f"ModelCheckpoint: {self.filepath!r} asks for {error}; there are {sorted(logs)}."
            ) from error
        self.model.save_weights(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: weights written to {path}")
