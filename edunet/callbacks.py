"""Callbacks: what happens around batches and epochs while a model learns. Names as in Keras."""

import inspect
import math
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from edunet.interrupt import finish_first
from edunet.names import did_you_mean, missing_name, refuse_unknown

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "ModelCheckpoint", "ProgressBar"]


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


class CallbackList:
    """Tell all callbacks at once."""

    def __init__(self, callbacks, model):
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(f"callbacks: expected a list of Callback objects. Received: {callback!r}")
            callback.model = model
        self.callbacks = list(callbacks)

    def call(self, moment: str, *args, **plan) -> None:
        """Call one method of every callback; the plan (steps, epochs) goes to progress bars."""
        for callback in self.callbacks:
            if isinstance(callback, ProgressBar) and plan:
                callback.plan(**plan)
            getattr(callback, moment)(*args)

    def give_up(self) -> None:
        """Leave the screen in order after Ctrl-C or an error."""
        for callback in self.callbacks:
            if isinstance(callback, ProgressBar):
                callback.close()

    def batch_end(self, step: int, results) -> bool:
        """Tell of one step, and return whether anybody could act on it; the means are worked out only for those."""
        acted = False
        for callback in self.callbacks:
            if isinstance(callback, ProgressBar):
                callback.tick(step, results)
            elif type(callback).on_train_batch_end is not Callback.on_train_batch_end:
                callback.on_train_batch_end(step, results())
                acted = True
        return acted


class History(Callback):
    """Remember the losses and metrics: `.history` is {name: [one value per epoch]}, `.epoch` the epoch numbers."""

    def __init__(self):
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def __repr__(self):
        last = _readable({name: values[-1] for name, values in self.history.items()})
        return f"<History of {len(self.epoch)} epochs{', at the end ' + last if last else ''}>"

    def on_epoch_end(self, epoch, logs=None):
        with finish_first():
            self.epoch.append(epoch)
            for name, value in (logs or {}).items():
                self.history.setdefault(name, []).append(value)


RISING = ("acc", "accuracy", "auc", "precision", "recall", "sensitivity", "specificity", "f1", "f1_score")
FALLING = ("loss", "error", "mae", "mse", "crossentropy")


class _Watcher(Callback):
    """What EarlyStopping and ModelCheckpoint share: which of two values of a metric is better."""

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
        self.sign = 1.0 if mode == "max" else -1.0
        self._best = -math.inf  # of sign · value

    @property
    def best(self) -> float:
        """The best value so far."""
        return self.sign * self._best

    def value(self, logs) -> float:
        if self.monitor not in logs:
            held_out = self.monitor.startswith("val_") and not any(k.startswith("val_") for k in logs)
            raise ValueError(
                f"{type(self).__name__}: nothing called {self.monitor!r} is measured; there are {sorted(logs)}."
                + (" Give fit a validation_split or validation_data." if held_out else did_you_mean(self.monitor, logs))
            )
        return self.sign * logs[self.monitor]


class EarlyStopping(_Watcher):
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


class ModelCheckpoint(_Watcher):
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


class ProgressBar(Callback):
    """One line that is written over while it grows: a line per epoch in a terminal, one line in all in a notebook."""

    def __init__(self):
        self.notebook = _in_notebook()
        self.bar: Any = None  # tqdm's, while a line grows

    @classmethod
    def wanted(cls, verbose) -> list["ProgressBar"]:
        """Return [] for verbose=0, else one progress bar."""
        if verbose not in ("auto", 0, 1, 2, False, True):
            raise ValueError(f"verbose is 'auto', 0 (silent), 1 or 2. Received: {verbose!r}")
        return [cls()] if verbose else []

    def plan(self, steps: int, epochs: int) -> None:
        """Learn how much there is to do."""
        self.steps, self.epochs = steps, epochs

    def _open(self, total):
        from tqdm import tqdm

        file = _NotebookLine() if self.notebook else sys.stdout
        self.bar = tqdm(
            total=total,
            bar_format="{desc} {n_fmt}/{total_fmt} [{elapsed}<{remaining}]{postfix}",
            file=file,
            mininterval=0.25,
            leave=self.notebook,  # in a terminal the finished line takes its place, at full length
            ncols=None if self.notebook else shutil.get_terminal_size().columns,
        )

    def on_epoch_begin(self, epoch, logs=None):
        self.title, self.began = f"Epoch {epoch + 1}/{self.epochs}", time.monotonic()
        if not (self.notebook or sys.stdout.isatty()):
            return  # a log file gets the finished lines only
        if self.bar is None:
            self._open(self.steps * (self.epochs - epoch) if self.notebook else self.steps)
        self.bar.set_description_str(self.title, refresh=True)

    def tick(self, step: int, results) -> None:
        """Count one step; the line is rewritten four times a second at most."""
        if self.bar is not None and self.bar.update():
            self.bar.set_postfix_str(_readable(results()), refresh=False)

    def on_epoch_end(self, epoch, logs=None):
        if self.notebook:
            self.bar.set_postfix_str(_readable(logs or {}), refresh=True)
            return
        self.close()
        self.say(f"{self.title} [{time.monotonic() - self.began:.0f} s]", logs or {})

    def on_train_end(self, logs=None):
        self.close()

    def close(self) -> None:
        """Take the line away, or leave it where it stands in a notebook."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def say(self, title: str, logs: dict) -> None:
        """Print one finished line."""
        print(f"{title}: {_readable(logs)}")


def _readable(logs: dict) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if abs(value) < 1e-3 else f"{name} {value:.4f}" for name, value in logs.items()
    )


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


class _NotebookLine:
    """A file that shows only its latest line, in one output of the cell, as plain text."""

    def __init__(self):
        from IPython.display import display

        self.handle = display(_Line(""), display_id=True)

    def write(self, text: str) -> None:
        line = text.strip("\r\n ")
        if line:
            self.handle.update(_Line(line))

    def flush(self) -> None:
        """Nothing waits."""


class _Line(str):
    """Text that a notebook shows without quotation marks."""

    def __repr__(self):
        return str(self)


def __getattr__(name):
    raise missing_name("edunet.callbacks", name, __all__)
