"""CallbackList: tells all callbacks at once."""

from edunet.callbacks.callback import Callback
from edunet.callbacks.progress import ProgressBar

__all__ = ["CallbackList"]


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
