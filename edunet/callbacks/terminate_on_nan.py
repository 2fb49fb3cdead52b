"""TerminateOnNaN: stop at the first loss that is no number, and say where it came from."""

from typing import Any

import numpy as np

from edunet.backend import default_rng
from edunet.callbacks.callback import Callback
from edunet.tensor import as_array, no_gradients

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stop at the first loss that is NaN or infinite, and say which layer first gave such a value.

    That step is not taken: the weights stay those of the last loss that was a number. A weight that becomes NaN by a
    step although the loss was a number is found as well. The sentence is printed, and kept as `.message`.
    Difference to Keras, which tells only the batch.
    """

    message: str | None = None

    def on_train_begin(self, logs=None):
        self.message, self._batch = None, -1
        self.model.sentinel = self
        self._rng_before: Any = {}

    def on_train_end(self, logs=None):
        self.close()

    def close(self) -> None:
        """Watch no longer."""
        if self.model is not None and self.model.sentinel is self:
            self.model.sentinel = None

    def on_train_batch_begin(self, batch, logs=None):
        self._batch, self._rng_before = batch, default_rng().bit_generator.state

    def allows(self, loss: float, xs: list) -> bool:
        """Return whether a step with this loss may be taken; otherwise find the layer."""
        if np.isfinite(loss):
            return True
        self._stop(f"the loss of batch {self._batch + 1} is {loss}. {self._first_layer(xs)}")
        return False

    def after_step(self) -> None:
        """Look at the weights after a step."""
        for layer in self.model.with_inner():
            for w, _ in layer._own():
                if w.data.dtype.kind == "f" and not np.isfinite(np.add.reduce(w.data, axis=None)) and _lost(w.data):
                    self._stop(
                        f"the step after batch {self._batch + 1} made {_lost(w.data)} of {w.size} numbers of the "
                        f"weight {w.name!r} of layer {layer.name!r} NaN or infinite, though the loss was a number: its "
                        "gradient was not. Try a smaller learning_rate, or clipnorm=1.0."
                    )
                    return

    def _stop(self, message: str) -> None:
        self.message = f"TerminateOnNaN: {message.strip()}"
        self.model.stop_training = True
        print(self.message)

    def _first_layer(self, xs) -> str:
        """Compute the batch again, with the same random numbers, and watch every layer."""
        found: list[str] = []
        layers = [layer for layer in self.model.with_inner() if layer is not self.model]
        now = default_rng().bit_generator.state
        for layer in layers:
            layer.call = _watched(layer, found)
        try:
            default_rng().bit_generator.state = self._rng_before
            with no_gradients(), np.errstate(all="ignore"):
                self.model(xs[0] if len(xs) == 1 else xs, training=True)
        finally:
            default_rng().bit_generator.state = now
            for layer in layers:
                del layer.call
        if found:
            return found[0]
        return "Every layer gave numbers: it came from the loss, or from a penalty."


def _watched(layer, found: list[str]):
    """Return the layer's call, which notes the first value that is no number; inner layers are done first."""
    call = layer.call

    def watched(*args, **kwargs):
        outputs = call(*args, **kwargs)
        for part in outputs if isinstance(outputs, (tuple, list)) else (outputs,):
            y = as_array(part)
            if not found and y.dtype.kind == "f" and _lost(y):
                place = ", ".join(str(int(i)) for i in np.argwhere(~np.isfinite(y))[0])
                found.append(
                    f"The first layer that gave NaN or infinity is {layer.name!r} ({type(layer).__name__}): "
                    f"{_lost(y)} of {y.size} values, the first at [{place}]. {_inputs(args)}{_weights(layer)}"
                )
        return outputs

    return watched


def _lost(a) -> int:
    return int(a.size - np.count_nonzero(np.isfinite(a)))


def _inputs(args) -> str:
    arrays = [as_array(a) for arg in args for a in (arg if isinstance(arg, (tuple, list)) else (arg,)) if a is not None]
    arrays = [a for a in arrays if a.dtype.kind in "biuf" and a.size]
    if any(_lost(a) for a in arrays if a.dtype.kind == "f"):
        return "Its input was not finite either: the data hold such values. "
    if not arrays:
        return ""
    return (
        f"Its input was still finite, from {min(a.min() for a in arrays):.4g} to {max(a.max() for a in arrays):.4g}. "
    )


def _weights(layer) -> str:
    lost = [w.name or "?" for w in layer.weights if w.data.dtype.kind == "f" and _lost(w.data)]
    return f"Its weight {lost[0]!r} was not finite before." if lost else ""
