"""History: the losses and metrics of each epoch."""

from edunet.callbacks.callback import Callback
from edunet.callbacks.progress import readable
from edunet.interrupt import finish_first

__all__ = ["History"]


class History(Callback):
    """Remember the losses and metrics: `.history` is {name: [one value per epoch]}, `.epoch` the epoch numbers.

    A validation that is not made in every epoch leaves shorter lists.
    """

    def __init__(self):
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
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
                    self._noted[1].add(name)

    def get_state(self):
        return {"history": {name: list(values) for name, values in self.history.items()}, "epoch": list(self.epoch)}
