"""History: the losses and metrics of each epoch."""

import numpy as np

from edunet.callbacks.callback import Callback
from edunet.callbacks.progress import readable
from edunet.canvas import LOOKS, blank_figure
from edunet.interrupt import finish_first

__all__ = ["History", "draw"]


class History(Callback):
    """Remember the losses and metrics: `.history` is {name: [one value per epoch]}, `.epoch` the epoch numbers.

    A validation that is not made in every epoch leaves shorter lists: `.epochs_of` is
    {name: [the epoch of each value]}.
    """

    def __init__(self):
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.epochs_of: dict[str, list[int]] = {}
        self.on_train_begin()

    def __repr__(self):
        last = readable({name: values[-1] for name, values in self.history.items()})
        return f"<History of {len(self.epoch)} epochs{', at the end ' + last if last else ''}>"

    def on_train_begin(self, logs=None):
        self._noted: tuple[int | None, set[str]] = (None, set())  # the latest epoch, and what is known of it

    def on_epoch_end(self, epoch, logs=None):
        """Note what is new; heard twice, before other callbacks can fail, and after they have added to the logs."""
        with finish_first():
            if self._noted[0] != epoch:
                self.epoch.append(epoch)
                self._noted = (epoch, set())
            for name, value in (logs or {}).items():
                if name not in self._noted[1]:
                    self.history.setdefault(name, []).append(value)
                    self.epochs_of.setdefault(name, []).append(epoch)
                    self._noted[1].add(name)

    def plot(self, *, synthetic=False):
        """Draw how loss and metrics went, and return the figure: learning solid, validation dashed.

        Args: synthetic, mark the figure as made from generated data. Raises ValueError if no epoch was finished.
        """
        return draw(self, synthetic)

    def get_state(self):
        return {
            "history": {name: list(values) for name, values in self.history.items()},
            "epoch": list(self.epoch),
            "epochs_of": {name: list(epochs) for name, epochs in self.epochs_of.items()},
        }

    def check_state(self, state):
        super().check_state(state)
        values, epochs = state["history"], state["epochs_of"]
        if not isinstance(values, dict) or not isinstance(epochs, dict) or values.keys() != epochs.keys():
            raise ValueError("History: expected the same names in history and epochs_of")
        lists = [state["epoch"], *values.values(), *epochs.values()]
        if not all(isinstance(part, list) for part in lists):
            raise ValueError("History: expected lists, one entry per epoch")
        whole = all(type(n) is int for n in (*state["epoch"], *(n for part in epochs.values() for n in part)))
        if not whole or any(len(values[name]) != len(epochs[name]) for name in values):
            raise ValueError("History: expected the number of an epoch for each value")


def draw(told: History | dict, synthetic: bool):
    """Return a figure of a History, or of {name: [one value per epoch]}: a picture for each name and its val_name."""
    history: dict = told.history if isinstance(told, History) else told
    epochs_of: dict = getattr(told, "epochs_of", {})
    if not history:
        raise ValueError("the history is empty: no epoch was finished.")
    names = [name for name in history if not name.startswith("val_")]
    figure = blank_figure(4.5 * len(names), 3.4, synthetic)
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names, strict=True):
        for look, (key, label) in zip(LOOKS, ((name, "training"), (f"val_{name}", "validation")), strict=False):
            if key in history:
                values = history[key]
                epochs = epochs_of.get(key, ())
                places = [e + 1 for e in epochs] if len(epochs) == len(values) else range(1, len(values) + 1)
                axes.plot(places, values, label=label, markersize=4, **look)
        axes.set_xlabel("epoch")
        axes.set_ylabel(f"{name} (share that is right)" if name.endswith(("acc", "accuracy")) else name)
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        if len({x for line in axes.lines for x in line.get_xdata()}) == 1:  # a single epoch: no ticks at 0.96 ... 1.04
            axes.set_xticks(axes.lines[0].get_xdata())
        axes.grid(alpha=0.3)
        if len(axes.lines) > 1:
            axes.legend()
    return figure
