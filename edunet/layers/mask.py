"""How masks travel: which steps of a padded sequence count, handed from layer to layer.

A mask (N,T) is False where a sequence is only padded. It is carried by the Tensor, `y.mask`. A layer gets the masks
that its `call` asks for: `mask` that of its first argument, `value_mask` that of the argument `value`. A layer that
asks for none must say `supports_masking = True`: each step is then treated by itself, and the mask travels on. Else it
raises: padding that is computed with as if it had been measured is the mistake that nobody sees.

Inside a `call` a mask is kept by what leaves every step where it is: arithmetic (+, *, ...), activations, dropout and
noise, `x @ w` with one matrix, `ops.dense`, `ops.layer_norm`, softmax and concatenate along the features, and slices:
x[:, 1:] has the mask of these steps, x[..., 0] all of it. What mixes, drops or reorders steps ends it: sums and means,
reshape, transpose, x[:, -1], convolution, pooling. Two masks that meet leave the steps that count in both.
"""

import numpy as np

from edunet.backend import use_rng
from edunet.layers.phase import trial
from edunet.layers.symbol import in_list
from edunet.tensor import Tensor, as_array, no_gradients

__all__ = ["carry", "hand_over", "mask_of", "refuse_a_mixer"]


def mask_of(x):
    """Return the mask that an argument carries: an array or None; of a list or dict of inputs one, if any has one."""
    if isinstance(x, Tensor):
        return x.mask
    if isinstance(x, dict):
        named = {key: mask_of(part) for key, part in x.items()}
        return named if any(mask is not None for mask in named.values()) else None
    if isinstance(x, (tuple, list)):
        masks = [mask_of(part) for part in x]
        return masks if any(mask is not None for mask in masks) else None
    return None


def hand_over(layer, names: list[str], args: tuple, kwargs: dict):
    """Add to kwargs the masks that `call` asks for, unless somebody gave them; return the mask of the first argument.

    Raises ValueError for a layer that can do nothing with a mask.
    """
    first = kwargs.get("mask")
    for i, (name, value) in enumerate([*zip(names, args, strict=False), *list(kwargs.items())]):
        mask = mask_of(value)
        if mask is None:
            continue
        asked = "mask" if i == 0 and "mask" in names else f"{name}_mask"
        if asked in names:
            if kwargs.get(asked) is None:
                kwargs[asked] = mask
            mask = kwargs[asked]
        elif not layer.supports_masking:
            raise ValueError(
                f"{type(layer).__name__} cannot honour the mask of its input: padded steps would count as measured. "
                "Put a layer before it that makes one answer of a sequence (LSTM, GRU, GlobalAveragePooling1D), or "
                "leave the mask away (mask_zero=False). A layer of your own takes it by call(self, x, mask=None), or "
                "says supports_masking = True if it treats every step by itself."
            )
        if i == 0:
            first = mask
    return first


def carry(y, mask):
    """Return the output of a layer with its mask on it; of several outputs each has one in a list, or the first."""
    if mask is None:
        return y
    if isinstance(y, dict):
        masks = list(mask.values()) if isinstance(mask, dict) else mask
        return dict(zip(y, carry(tuple(y.values()), masks), strict=True))
    if isinstance(y, (tuple, list)):
        masks = mask if isinstance(mask, (tuple, list)) else [mask, *[None] * (len(y) - 1)]
        return type(y)(carry(part, one) for part, one in zip(y, masks, strict=True))
    y = y if isinstance(y, Tensor) else Tensor(y)
    y.mask = mask
    return y


def refuse_a_mixer(layer, symbol) -> None:
    """Raise ValueError for a learner's own layer that says supports_masking and lets padding into measured steps.

    Nobody can see it in the code: the layer is tried on two sequences that differ in their padding only.
    """
    shape = (2, *(6 if n is None else n for n in symbol.shape[1:]))
    if symbol.dtype.kind != "f" or len(shape) < 2 or shape[1] < 2:
        return
    rng, measured = np.random.default_rng(0), shape[1] // 2
    one = rng.normal(size=shape).astype(symbol.dtype)
    other = one.copy()
    other[:, measured:] = rng.normal(size=other[:, measured:].shape)
    mask = np.broadcast_to(np.arange(shape[1]) < measured, shape[:2])
    try:
        a, b = (_tried(layer, x, mask) for x in (one, other))
    except Exception:  # whatever a layer of one's own raises for data that are made up: nothing is known then
        return
    for y, z in zip(a, b, strict=True):
        if y.shape[1:2] == shape[1:2]:  # else it has made one answer of the sequence
            y, z = y[:, :measured], z[:, :measured]
        near = 1e-4 * np.nanmax(np.abs(y), initial=1e-6)
        if not np.allclose(y, z, rtol=0, atol=near, equal_nan=True):
            raise ValueError(
                f"{type(layer).__name__} says supports_masking = True, that every step is treated by itself, but what "
                "stands in padded steps changes its answer for measured ones. Leave that away, and take the mask: "
                "call(self, x, mask=None)."
            )


def _tried(layer, x, mask) -> list[np.ndarray]:
    with trial(), no_gradients(), use_rng(np.random.default_rng(0)), np.errstate(all="ignore"):
        return [as_array(y) for y in in_list(layer(carry(x, mask), training=False))]
