"""Weights in files: the safetensors format, which holds numbers and nothing that could be run."""

import os
import secrets
from pathlib import Path

import numpy as np

__all__ = ["load_weights", "save_weights"]


def _named(model) -> dict:
    """Return every weight under a name that says where it stands: "2.kernel" is the kernel of the third layer."""
    names = {}
    for i, layer in enumerate(model.layers):
        for j, weight in enumerate(layer.weights):
            name = f"{i}.{weight.name or j}"
            names[name if name not in names else f"{name}.{j}"] = weight
    return names


def save_weights(model, path) -> None:
    """Write all weights to `path`: into a temporary file beside it, which then takes its place."""
    from safetensors.numpy import save

    path = Path(path)
    if path.suffix != ".safetensors":
        suggestion = path.with_suffix("").with_suffix(".safetensors").name
        raise ValueError(f"weights are written as .safetensors files. Received {path.name!r}; use {suggestion!r}.")
    if not model.built:
        raise ValueError(f"{model.name} has no weights yet: give it an input_shape, or call fit or build first.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"the folder {str(path.parent)!r} does not exist; make it first, or choose another path."
        )
    content = save(
        {name: np.ascontiguousarray(w.data) for name, w in _named(model).items()}, {"format": "edunet weights 1"}
    )
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load_weights(model, path) -> None:
    """Set all weights from a file of `save_weights`; nothing is changed unless every name and shape agrees."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {str(path)!r}. Weights are written by model.save_weights(path).")
    if not model.built:
        raise ValueError(f"{model.name} has no weights to fill yet: give it an input_shape, or build it first.")
    try:
        arrays = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{str(path)!r} is not a safetensors file, or is damaged: {error}") from error
    weights = _named(model)
    if set(arrays) != set(weights):
        missing, extra = sorted(set(weights) - set(arrays)), sorted(set(arrays) - set(weights))
        raise ValueError(
            f"{str(path)!r} belongs to another architecture: "
            f"the file lacks {missing[:3] or 'nothing'}, the model lacks {extra[:3] or 'nothing'}."
        )
    for name, weight in weights.items():
        if arrays[name].shape != weight.shape:
            raise ValueError(f"{str(path)!r}: {name} has shape {arrays[name].shape}, the model needs {weight.shape}.")
    for name, weight in weights.items():
        weight.data[...] = arrays[name]
