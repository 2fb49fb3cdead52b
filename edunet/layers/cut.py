"""A gradient that ends inside a layer unseen, because NumPy has computed what Tensors should have.

`Tensor(np.tanh(x.numpy()))` is the right number and a dead end: layers before it would never learn, and nobody would be
told. Here somebody is.
"""

import numpy as np

from edunet.layers.phase import trial
from edunet.layers.symbol import in_list, replace
from edunet.tensor import Tensor, as_array, is_recording, no_gradients

__all__ = ["is_remembered", "refuse_a_cut"]

NUDGE = 1e-3  # so small that signs, ranks and codes, which have no gradient anyway, mostly stay what they are


def is_remembered(y) -> bool:
    """Tell whether y is on the tape."""
    return isinstance(y, Tensor) and y.made_by is not None


def refuse_a_cut(layer, y, args: tuple, kwargs: dict) -> None:
    """Raise ValueError if y, what the layer's `call` gave, depends on Tensors or weights but is not on the tape.

    Whole numbers, the input itself, constants and what is drawn at random are let pass. A layer is looked at once.
    """
    parts = in_list(y)
    if not is_recording() or any(is_remembered(part) for part in parts) or not any(_is_float(part) for part in parts):
        return
    inputs: list = []
    replace((args, kwargs), inputs.append)
    on_tape = any(is_remembered(x) for x in inputs)
    weights = [] if on_tape else layer.trainable_weights
    if not (on_tape or weights) or any(y is x for x in inputs):
        return
    layer._gradient_seen = True
    before, again = _answers(layer, args, kwargs), _answers(layer, args, kwargs)
    if on_tape:
        after = _answers(layer, *replace((args, kwargs), _nudged))
    else:
        after = _with_other_weights(layer, weights, args, kwargs)
    if _same(before, again) and not _same(before, after):
        stop = "return y + 0 * x" if on_tape else f"type {type(layer).__name__}(trainable=False)"
        raise ValueError(
            f"{layer.name} ({type(layer).__name__}): no gradient goes back from what its call returned, for it was "
            f"computed with NumPy: {'the layers before it' if on_tape else 'its weights'} would never learn. In call "
            "use the arithmetic of Tensors (+, *, @, x.sum(), x[...]), edunet.ops and edunet.activations in place of "
            f"np.* and x.numpy(). If the gradient is to end here, {stop}."
        )


def _is_float(y) -> bool:
    return getattr(getattr(y, "dtype", None), "kind", None) == "f"


def _nudged(x):
    return Tensor(x.data * (1 + NUDGE) + NUDGE) if is_remembered(x) else x


def _answers(layer, args, kwargs) -> list[np.ndarray]:
    with trial(), no_gradients(), np.errstate(all="ignore"):
        y = layer.call(*args, **kwargs)
    return [np.array(as_array(part)) for part in in_list(y) if _is_float(part)]


def _with_other_weights(layer, weights, args, kwargs) -> list[np.ndarray]:
    kept = [w.data for w in weights]
    try:
        for w in weights:
            w.data = w.data * (1 + w.dtype.type(NUDGE)) + w.dtype.type(NUDGE)
        return _answers(layer, args, kwargs)
    finally:
        for w, data in zip(weights, kept, strict=True):
            w.data = data


def _same(a, b) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))
