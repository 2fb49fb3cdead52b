"""Checkpoint: everything that a training needs to go on after a stop, in one file."""

import os
import time
from pathlib import Path

from edunet.callbacks.callback import Callback
from edunet.names import refuse_unknown

__all__ = ["BackupAndRestore", "Checkpoint"]


class Checkpoint(Callback):
    """Write all that a training needs to go on: after a stop, `fit(..., resume=path)` gives bitwise the same weights.

        keep = Checkpoint("run.safetensors", every_batches=100)
        model.fit(x, y, epochs=50, callbacks=[keep])
        model.fit(x, y, epochs=50, callbacks=[keep], resume="run.safetensors")      after a stop, in a new process

    In the file: the weights, and which layers are frozen; the optimizer's running values, steps, rate and options; the
    order of the rows and the place in it; the means so far; the History; what `get_state` of callbacks returns; the
    states of stateful layers; every numpy.random.Generator that is an attribute of a layer, and the library's own.
    Not in the file: other attributes of your own layers (counters, arrays), of callbacks without `get_state`, and of an
    object that makes batches, unless it has `get_state()` and `set_state(state)`; NumPy's old np.random.seed.
    Model, loss, metrics, optimizer, callbacks and data must be given again, and are compared: functions and classes of
    your own by name; arrays by dtype, shape and 64 rows; an object that makes batches by its class and their number,
    not by what is in them; callbacks that have `get_state`, LearningRateScheduler and TerminateOnNaN, in their order.
    What differs is refused, and nothing is put back. More epochs may be given. Weights are not compared, those of the
    file win: also over what `Normalization.adapt` has learnt from other data.
    The file is replaced as a whole: a process may be killed at any moment.
    Args: path, ending in .safetensors; one of every_batches, every_epochs (1 unless another is given), every_seconds;
    and at the end.
    Raises ValueError for several of them; TypeError, when training begins, for data to learn from or to judge by from
    a generator, where it stands cannot be written down, and for a metric that holds what a file cannot. Warns of
    batches that change themselves.
    """

    def __init__(self, path, every_batches=None, every_epochs=None, every_seconds=None):
        self.path = _checked_path("Checkpoint", path)
        if self.path.suffix != ".safetensors":
            suggestion = self.path.with_suffix(".safetensors").name
            raise ValueError(f"Checkpoint writes a .safetensors file. Received {self.path.name!r}; use {suggestion!r}.")
        given = {"every_batches": every_batches, "every_epochs": every_epochs, "every_seconds": every_seconds}
        chosen = {name: value for name, value in given.items() if value is not None} or {"every_epochs": 1}
        if len(chosen) > 1:
            raise ValueError(f"Checkpoint: give one of {sorted(given)}. Received: {sorted(chosen)}")
        [(self.unit, self.every)] = chosen.items()
        kinds = (int, float) if self.unit == "every_seconds" else (int,)
        if isinstance(self.every, bool) or not isinstance(self.every, kinds) or not self.every > 0:
            raise ValueError(f"Checkpoint: {self.unit} is a number > 0. Received: {self.every!r}")
        self._count = 0

    def on_train_begin(self, logs=None):
        if not self.path.parent.is_dir():
            raise FileNotFoundError(f"Checkpoint: the folder {str(self.path.parent)!r} does not exist; make it first.")
        self.model.check_resumable(self.path)
        self._count, self._written = 0, time.monotonic()

    def tick(self, step, results):
        """Count the batches; the file is written after all other callbacks have heard of the batch."""
        self._count += self.unit == "every_batches"

    def is_due(self) -> bool:
        """Return whether a file is due after this batch; begins to count anew if so."""
        if self.unit == "every_seconds":
            due = time.monotonic() - self._written >= self.every
        else:
            due = self.unit == "every_batches" and self._count >= self.every
        if due:
            self._count, self._written = 0, time.monotonic()
        return due

    def on_epoch_end(self, epoch, logs=None):
        last = epoch + 1 >= self.params["epochs"] or self.model.stop_training  # then the file tells that it is through
        if last or (self.unit == "every_epochs" and (epoch + 1) % self.every == 0):
            self.model.save_checkpoint(self.path)


def _checked_path(kind: str, path) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{kind}: expected a path, a text. Received: {path!r:.80}")
    return Path(os.fsdecode(path))


class BackupAndRestore(Checkpoint):
    """Write a checkpoint into a folder; the same `fit`, called again after a stop, goes on from there. As in Keras.

    Args: backup_dir, which is made if it is not there; save_freq, "epoch" or a number of batches; delete_checkpoint,
    take the file away once the training is through.
    """

    def __init__(self, backup_dir, save_freq="epoch", delete_checkpoint=True, **unknown):
        refuse_unknown("BackupAndRestore", unknown, ("backup_dir", "save_freq", "delete_checkpoint"))
        backup_dir = _checked_path("BackupAndRestore", backup_dir)
        batches = None if save_freq == "epoch" else save_freq
        super().__init__(Path(backup_dir) / "checkpoint.safetensors", every_batches=batches)
        self.delete_checkpoint = delete_checkpoint

    @classmethod
    def found(cls, callbacks) -> Path | None:
        """Return the file from which a training goes on, or None."""
        return next((c.path for c in callbacks if isinstance(c, cls) and c.path.exists()), None)

    def on_train_begin(self, logs=None):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        super().on_train_begin(logs)

    def on_train_end(self, logs=None):
        if self.delete_checkpoint:
            self.path.unlink(missing_ok=True)
