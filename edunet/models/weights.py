"""Weights by name: where each stands in its model, and setting all of them at once or none."""

from pathlib import Path

import numpy as np

from edunet.models.files import checked_path
from edunet.names import did_you_mean, safetensors_name

__all__ = ["fill_weights", "named_weights", "safetensors_path", "without_weights"]


def named_weights(model) -> dict:
    """Return every weight under a name that says where it stands: "2.kernel" is the kernel of the third layer."""
    names: dict = {}
    for i, layer in enumerate(model.sublayers()):
        for j, weight in enumerate(layer.weights):
            name = f"{i}.{weight.name or j}"
            names[name if name not in names else f"{name}.{j}"] = weight
    return names


def safetensors_path(path) -> Path:
    """Return the path of a file, or raise: ValueError with the ending that it should have, for a folder OSError."""
    path = checked_path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the name of a file in it, {path / 'm.safetensors'}.")
    if path.suffix != ".safetensors":
        raise ValueError(
            f"files are written as .safetensors. Received {path.name!r}; use {safetensors_name(path.name)!r}."
        )
    return path


def without_weights(model) -> ValueError:
    """Return the error for a model that does not know the shape of its data yet."""
    return ValueError(f"{model.name} has no weights yet: give it an input_shape, or call fit or build first.")


def fill_weights(model, arrays: dict[str, np.ndarray], needs: str, path: str = "") -> None:
    """Set all weights from arrays of the same names and shapes.

    Raises ValueError, before anything is changed, that says in what the file differs from what `needs` it.
    """
    weights = named_weights(model)
    start = f"{path!r}: " if path else ""
    if arrays.keys() != weights.keys():
        missing, extra = sorted(weights.keys() - arrays.keys()), sorted(arrays.keys() - weights.keys())
        raise ValueError(
            f"{repr(path) if path else 'it'} belongs to another architecture: "
            f"the file lacks {missing[:3] or 'nothing'}, {needs} lacks {extra[:3] or 'nothing'}."
            + _foreign(arrays, weights)
        )
    for name, w in weights.items():
        if arrays[name].dtype.kind != "f":
            raise ValueError(f"{start}{name} holds {arrays[name].dtype}, not the numbers of a weight.")
        if arrays[name].shape != w.shape:
            raise ValueError(
                f"{start}{name} has shape {arrays[name].shape}, {needs} needs {w.shape}."
                + _channels(name, arrays[name].shape, w.shape, list(weights))
            )
        _check_range(f"{start}{name}", arrays[name], w.dtype)
    for name, w in weights.items():
        w.data[...] = arrays[name]


def _check_range(name: str, a: np.ndarray, dtype) -> None:
    """Raise ValueError for numbers that would become infinite in the precision of the weight."""
    if a.dtype == dtype:
        return
    try:
        with np.errstate(over="raise"):
            a.astype(dtype)
    except FloatingPointError:
        raise ValueError(
            f"{name} holds {np.abs(a[np.isfinite(a)]).max():.3g}, and a weight of {dtype} at most "
            f"{np.finfo(dtype).max:.3g}: it would become infinite."
        ) from None


def _channels(name, theirs, ours, names) -> str:
    """Say it in the words of the data, if the first kernel of both takes in another number of channels."""
    if name != names[0] or len(theirs) != len(ours) or len(ours) < 2:
        return ""
    if theirs[:-2] != ours[:-2] or theirs[-1] != ours[-1]:
        return ""
    what = "input features" if len(ours) == 2 else "input channels"
    return f" This file was trained with {theirs[-2]} {what}, the model expects {ours[-2]}."


def _foreign(arrays, weights) -> str:
    """Say what to do with a file that another program has named, such as PyTorch's conv1.weight."""
    if arrays and not any(name.split(".")[0].isdigit() for name in arrays):
        return " The names are those of another program: hand its arrays, in order, to model.set_weights([...])." + (
            " (PyTorch keeps the weights of a linear layer transposed.)" if any("weight" in n for n in arrays) else ""
        )
    if len(arrays) == len(weights):
        first = next((name for name in arrays if name not in weights), "")
        return did_you_mean(first, weights.keys() - arrays.keys())
    return ""
