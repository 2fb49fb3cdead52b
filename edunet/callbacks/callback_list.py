"""CallbackList: tells all callbacks at once, and asks nobody who does not listen."""

import inspect

from edunet.callbacks.callback import Callback

__all__ = ["CallbackList", "listed"]


def listed(callbacks) -> list[Callback]:
    """Return what was given as `callbacks` as a list: none, one, or several.

    Raises TypeError for what is no callback, and for one whose method does not take what it will be told.
    """
    wanted = [] if callbacks is None else list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    for callback in wanted:
        if isinstance(callback, type) and issubclass(callback, Callback):
            name = callback.__name__
            raise TypeError(f"callbacks: {name} is a class; make an object of it: callbacks=[{name}(...)].")
        if not isinstance(callback, Callback):
            raise TypeError(f"callbacks: expected a list of Callback objects. Received: {callback!r:.200}")
        for moment in (name for name in vars(Callback) if name.startswith("on_")):
            _check_takes(callback, moment)
    return wanted


def _check_takes(callback: Callback, moment: str) -> None:
    """Raise TypeError for a method of one's own that cannot be told (epoch, logs), (batch, logs) or (logs)."""
    method = getattr(callback, moment)
    if (getattr(method, "__module__", None) or "").startswith("edunet."):  # ours take them
        return
    told = list(inspect.signature(getattr(Callback, moment)).parameters)[1:]
    try:
        inspect.signature(method).bind(*told)
    except TypeError as error:
        raise TypeError(
            f"{type(callback).__name__}.{moment} is told {' and '.join(told)}. Write it as "
            f"def {moment}(self, {', '.join([*told[:-1], 'logs=None'])}): ... It does not take them: {error}."
        ) from error
    except ValueError:  # a method of C, which tells nothing of itself
        return


class CallbackList:
    """Tell all callbacks at once."""

    def __init__(self, callbacks, model, **params):
        self.callbacks = listed(list(callbacks))
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)
        # those heard at every batch are found once: most callbacks do not listen there
        self._begins = {phase: self._who_hears(f"on_{phase}_batch_begin") for phase in ("train", "test", "predict")}
        self._ends = {phase: self._who_hears(f"on_{phase}_batch_end") for phase in ("train", "test", "predict")}
        self._tickers = [c for c in self.callbacks if hasattr(c, "tick")]

    def _who_hears(self, moment: str) -> list:
        """Return the methods for one moment that somebody has written."""
        names = [moment, moment.replace("train_", "")]  # on_batch_end is heard through on_train_batch_end
        return [
            getattr(callback, moment)
            for callback in self.callbacks
            if any(getattr(getattr(callback, n, None), "__func__", None) is not vars(Callback).get(n) for n in names)
        ]

    def call(self, moment: str, *args) -> None:
        """Call one method of every callback."""
        for callback in self.callbacks:
            getattr(callback, moment)(*args)

    def give_up(self) -> None:
        """Leave the screen in order after Ctrl-C or an error."""
        for callback in self.callbacks:
            if hasattr(callback, "close"):
                callback.close()

    def batch_begin(self, phase: str, step: int) -> bool:
        """Tell that a batch comes ("train", "test" or "predict"), and return whether anybody could act on it."""
        for tell in self._begins[phase]:
            tell(step, {})
        return bool(self._begins[phase])

    def batch_end(self, phase: str, step: int, results) -> bool:
        """Tell of one batch, and return whether anybody could act on it; the means are worked out only for those."""
        if phase == "train":
            for callback in self._tickers:
                callback.tick(step, results)
        if not self._ends[phase]:
            return False
        logs = results()
        for tell in self._ends[phase]:
            tell(step, logs)
        return True
