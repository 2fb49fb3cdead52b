"""Why two layers may compute something else: what is known to differ between libraries."""

import itertools

import numpy as np

from edunet import activations
from edunet.interop.rows import channels_first_rows

__all__ = ["likely_cause"]

# names of what decides the result: here and in Keras, in PyTorch
_SETTINGS = [
    ("epsilon", "eps"),
    ("strides", "stride"),
    ("dilation_rate", "dilation"),
    ("kernel_size", "kernel_size"),
    ("pool_size", "kernel_size"),
    ("negative_slope", "negative_slope"),
    ("padding", None),
    ("activation", None),
    ("reset_after", None),
    ("return_sequences", None),
    ("go_backwards", None),
]


def likely_cause(layer, other, shapes_differ: bool, weights: list[tuple], rows=None) -> str:
    """Return a sentence about two layers of which the outputs differ.

    Args: layer, other; shapes_differ; weights, pairs of arrays that should be equal; rows, the shape that was
    flattened before the layer, if one was.
    """
    torch = not hasattr(other, "get_config")
    found = _settings(layer, other, torch)
    odd = next(((a, b) for a, b in weights if a.shape != b.shape or not np.allclose(a, b, atol=1e-6)), None)
    if odd is not None:
        found.append(_about_weights(*odd, getattr(type(layer), "gates", 1), rows))
    if torch and getattr(layer, "padding", None) == "same" and max(np.ravel(getattr(layer, "strides", 1))) > 1:
        found.append(
            "padding='same' with strides > 1 may pad more at the end than at the beginning, PyTorch's padding=n does "
            "not: pad there with torch.nn.functional.pad first"
        )
    if not found and shapes_differ:
        found.append("the shapes differ: padding, strides, or the order of the axes")
    same = "the weights are the same, " if weights else ""
    return "; ".join(found) or f"none that is known: {same}look at the inputs and at settings that only one side has"


def _settings(layer, other, torch: bool) -> list[str]:
    """Return the settings that differ."""
    found = []
    for ours, theirs in _SETTINGS:
        here, there = getattr(layer, ours, None), getattr(other, (theirs or "") if torch else ours, None)
        if here is None or there is None:
            continue
        here, there = (activations.name_of(v) if callable(v) else v for v in (here, there))
        a, b = np.ravel(here), np.ravel(there)
        if a.dtype.kind in "ifb" and b.dtype.kind in "ifb":
            if len(a) != len(b):
                a, b = np.broadcast_arrays(a, b) if 1 in (len(a), len(b)) else (np.array(0), np.array(1))
            same = np.allclose(a, b, rtol=1e-6, atol=0)
        else:
            same = str(here) == str(there)
        if not same:
            found.append(f"{ours} is {here} here, {there} there")
    return found


def _about_weights(a, b, gates: int, rows) -> str:
    """Say how two arrays that should be equal differ. Gates lie along the first axis in PyTorch, else the last."""
    for axis in {0, a.ndim - 1} if gates > 1 and a.shape == b.shape else ():
        if a.shape[axis] % gates:
            continue
        blocks = np.split(a, gates, axis=axis)
        for order in itertools.permutations(range(gates)):
            if np.allclose(np.concatenate([blocks[i] for i in order], axis=axis), b, atol=1e-6):
                return "the gates stand in another order; the functions weights_to_... put them in theirs"
    if a.ndim == 2 and a.T.shape == b.shape and np.allclose(a.T, b, atol=1e-6):
        return "a matrix is transposed; the functions weights_to_... turn it"
    if rows is not None and a.ndim == 2 and a.shape == b.shape:
        unturned = channels_first_rows(b.T, rows).T  # b has its rows as they are here
        if np.allclose(unturned, a, atol=1e-6):
            return f"the rows after Flatten of {rows} stand in the order (H,W,C), PyTorch flattens (C,H,W)"
    return "the weights are not the same; the functions weights_to_... copy them"
