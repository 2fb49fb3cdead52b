"""ProgressBar: how far the training is, and how long it will take."""

import sys
import time
from typing import Any

from edunet.callbacks.callback import Callback

__all__ = ["ProgressBar", "readable"]

OPEN_END = "{desc} batch {n_fmt} [{elapsed}]{postfix}"  # nobody knows how many batches come


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

    def _open(self, total):
        import shutil

        from tqdm import tqdm

        file = _NotebookLine() if self.notebook else sys.stdout
        self.bar = tqdm(
            total=total,
            bar_format="{desc} {n_fmt}/{total_fmt} [{elapsed}<{remaining}]{postfix}" if total else OPEN_END,
            file=file,
            mininterval=0.25,
            leave=self.notebook,  # in a terminal the finished line takes its place, at full length
            ncols=None if self.notebook else shutil.get_terminal_size().columns,
        )

    def on_epoch_begin(self, epoch, logs=None):
        steps, epochs = self.params["steps"], self.params["epochs"]
        self.title, self.began = f"Epoch {epoch + 1}/{epochs}", time.monotonic()
        if not (self.notebook or sys.stdout.isatty()):
            return  # a log file gets the finished lines only
        if self.bar is None:
            self._open(steps and (steps * (epochs - epoch) if self.notebook else steps))
        self.bar.set_description_str(self.title, refresh=True)

    def tick(self, step: int, results) -> None:
        """Count one step; the line is rewritten four times a second at most."""
        if self.bar is not None and self.bar.update():
            self.bar.set_postfix_str(readable(results()), refresh=False)

    def on_epoch_end(self, epoch, logs=None):
        if self.notebook:
            self.bar.set_postfix_str(readable(logs or {}), refresh=True)
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
        print(f"{title}: {readable(logs)}")


def readable(logs: dict) -> str:
    """Return "loss 0.1234, accuracy 0.9000"."""
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
