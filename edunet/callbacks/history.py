"""History: the losses and metrics of each epoch."""

from edunet.callbacks.callback import Callback
from edunet.callbacks.progress import readable
from edunet.interrupt import finish_first

__all__ = ["History"]


class History(Callback):
    """Remember the losses and metrics: `.history` is {name: [one value per epoch]}, `.epoch` the epoch numbers."""

    def __init__(self):
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def __repr__(self):
        last = readable({name: values[-1] for name, values in self.history.items()})
        return f"<History of {len(self.epoch)} epochs{', at the end ' + last if last else ''}>"

    def on_epoch_end(self, epoch, logs=None):
        with finish_first():
            self.epoch.append(epoch)
            for name, value in (logs or {}).items():
                self.history.setdefault(name, []).append(value)
