"""Models in files: architecture, weights and what was compiled, in one .safetensors file that holds no code.

The weights are the arrays "2.kernel" (layer, weight); the architecture is a note in JSON, see `models/architecture.py`;
arrays among the arguments of layers are "config.0", the running values of the optimizer "optimizer.2.kernel.0".
"""

import json
import math

import numpy as np

from edunet.interrupt import finish_first
from edunet.layers.phase import weights_from
from edunet.models import files
from edunet.models.architecture import describe, make
from edunet.models.gate import check_kinds
from edunet.models.model import Model
from edunet.models.strict_json import parse
from edunet.models.values import MOST_METRICS, Reader, Writer
from edunet.models.weights import fill_weights, named_weights, safetensors_path, without_weights

__all__ = ["clone_model", "from_config", "get_config", "load_model", "load_weights", "save_model", "save_weights"]

WEIGHTS, MODEL = "edunet weights 1", "edunet model 1"
DEEPEST = 64


# ---------------------------------------------------------------- whole models


def get_config(model) -> dict:
    """Return a model's architecture: a dict of numbers, texts and lists, and the arrays among its arguments."""
    layers, writer = describe(model)
    return {"layers": layers, "arrays": writer.arrays}


def from_config(config: dict, custom_objects: dict | None = None) -> Model:
    """Return a new model of that architecture, with weights as its initializers draw them."""
    if not isinstance(config, dict) or "layers" not in config:
        raise ValueError(f"expected what model.get_config() returns. Received: {config!r:.80}")
    return make(config["layers"], Reader(config.get("arrays", {}), _given(custom_objects)))


def clone_model(model) -> Model:
    """Return a model of the same architecture with new weights. Nothing is compiled.

    >>> from edunet import layers, models
    >>> first = models.Sequential([layers.Dense(3, input_shape=(4,))])
    >>> models.clone_model(first).count_params()
    15
    """
    layers, writer = describe(model)
    return make(layers, Reader(writer.arrays, writer.own))


def save_model(model, path, include_optimizer: bool = True, overwrite: bool = True) -> None:
    """Write a whole model to a .safetensors file, from which `load_model` makes it again.

    Layers of your own are made again from the arguments that they keep as attributes of the same name, or that their
    get_config() returns; their weights are those made by `add_weight`. Other arrays and numbers that they keep and
    change are not in the file, and nobody can tell. Nor are the states of stateful layers, or how far the generator of
    a layer with a seed has come: these begin anew. (`callbacks.Checkpoint` holds them.)
    Args: overwrite, False refuses a path where a file is already.
    Raises TypeError for what a file cannot hold or would make differently; FileExistsError; OSError.
    """
    path = safetensors_path(path)
    if not overwrite and path.exists():
        raise FileExistsError(f"{str(path)!r} is there already; choose another path, or give overwrite=True.")
    layers, writer = describe(model)
    description = {"layers": layers, "own": sorted(writer.own), "compile": _compiled(model, writer)}
    arrays = {name: w.data for name, w in named_weights(model).items()} if model.built else {}
    if include_optimizer and model.optimizer is not None:
        description["iterations"] = model.optimizer.iterations
        arrays |= _running_values(model)
    text = json.dumps(description, separators=(",", ":"))
    parse(text.encode(), DEEPEST)  # as it will be read
    files.write(path, arrays | writer.arrays, MODEL, text)


def load_model(path, custom_objects: dict | None = None, compile: bool = True) -> Model:
    """Return the model that `model.save(path)` wrote, ready to predict or to go on learning.

    A file names layers, it holds none of their code: those of this library are looked up in a closed list, those of
    your own are handed over by name.
    Args: path; custom_objects {"Scale": Scale}, the layers, losses and functions that you have written; compile, False
    leaves optimizer, loss and metrics away.
    Raises FileNotFoundError; ValueError that names the file and says what is wrong with it or missing; TypeError for
    custom_objects that are no dict.

    >>> import tempfile
    >>> from edunet import layers, models
    >>> model = models.Sequential([layers.Dense(3, input_shape=(4,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/model.safetensors")
    ...     same = load_model(f"{folder}/model.safetensors")
    >>> np.array_equal(same.predict(np.ones((2, 4))), model.predict(np.ones((2, 4))))
    True
    """
    custom = _given(custom_objects)
    arrays, notes = files.read(path)
    files.refuse_checkpoint(path, notes)
    if MODEL not in notes:
        raise ValueError(
            f"{str(path)!r} holds weights only, not the layers they belong to. Build the model as it was built when "
            "they were saved, then type model.load_weights(path). (Whole models are written by model.save(path).)"
        )
    try:
        return _model_from(arrays, notes[MODEL], custom, compile)
    except RecursionError as error:
        raise ValueError(f"{str(path)!r} cannot be loaded: what it describes is nested too deep.") from error
    except (ValueError, TypeError) as error:
        raise ValueError(f"{str(path)!r} cannot be loaded: {error}") from error


def _model_from(arrays, text: str, custom, compile) -> Model:
    description = parse(text.encode(), DEEPEST)
    _check_given(description.get("own"), custom)
    weights = {name: a for name, a in arrays.items() if name.split(".")[0].isdigit()}
    reader = Reader(arrays, custom)
    with weights_from(_Budget(sum(a.nbytes for a in weights.values()))):
        model = make(description.get("layers"), reader)
    if model.built or weights:
        fill_weights(model, weights, "its architecture")
    if compile and description.get("compile") is not None:
        model.compile(**_arguments_of_compile(reader, description["compile"]))
        _set_running_values(model, arrays, description.get("iterations", 0))
    return model


def _check_given(own, custom: dict) -> None:
    """Raise ValueError that names all layers and functions at once that are still to be handed over."""
    names = [name for name in own or () if isinstance(name, str) and name.isidentifier() and name not in custom]
    if names:
        raise ValueError(
            f"it holds {', '.join(names)}, which this library does not have. If you have written that, type "
            f"load_model(path, custom_objects={{{', '.join(f'{n!r}: {n}' for n in names)}}})"
        )


class _Budget:
    """Blank weights, as many as the file fills: an architecture that asks for more is refused before they are made."""

    def __init__(self, size: int):
        self.left = size

    def __call__(self, shape, dtype) -> np.ndarray:
        self.left -= math.prod(shape) * np.dtype(dtype).itemsize
        if self.left < 0:
            raise ValueError(f"its layers ask for more weights than the file holds, here for the shape {tuple(shape)}")
        return np.zeros(shape, dtype)


def _given(custom_objects) -> dict:
    if custom_objects is None:
        return {}
    if not isinstance(custom_objects, dict):
        raise TypeError(f"custom_objects is a dict such as {{'Scale': Scale}}. Received: {custom_objects!r:.80}")
    return custom_objects


# ---------------------------------------------------------------- what was compiled


COMPILED = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")


def _compiled(model, writer: Writer):
    if model.optimizer is None:
        return None
    said = dict(zip(COMPILED, (model.optimizer, *model._compiled), strict=True))
    return writer.config(model, said)


def _arguments_of_compile(reader: Reader, described) -> dict:
    arguments = reader.config(described)
    if arguments.keys() != set(COMPILED):
        raise ValueError(f"compile does not take {sorted(arguments)!r:.200}")
    check_kinds("compile", arguments)
    if max(_count(arguments[name]) for name in ("metrics", "weighted_metrics")) > MOST_METRICS:
        raise ValueError(f"compile: a file holds at most {MOST_METRICS} metrics")
    return arguments


def _count(value) -> int:
    """Return how many things stand in nested lists and dicts."""
    if isinstance(value, (list, tuple, dict)):
        return sum(map(_count, value.values() if isinstance(value, dict) else value))
    return 1


def _running_values(model) -> dict[str, np.ndarray]:
    """Return the optimizer's arrays, each under the name of its weight and its place among them."""
    state = model.optimizer.state
    pairs = [(name, state[w]) for name, w in named_weights(model).items() if w in state]
    return {f"optimizer.{name}.{k}": a for name, running in pairs for k, a in enumerate(running)}


def _set_running_values(model, arrays, iterations) -> None:
    if type(iterations) is not int or not 0 <= iterations < 2**63:
        raise ValueError(f"the optimizer has taken {iterations!r:.40} steps")
    model.optimizer.iterations = iterations
    names = {name for name in arrays if name.startswith("optimizer.")}
    for name, w in named_weights(model).items() if names else ():
        slots = [f"optimizer.{name}.{k}" for k in range(len(model.optimizer.slots))]
        found = [arrays[slot] for slot in slots if slot in names]
        names -= set(slots)
        if not found:
            continue  # a frozen weight
        if len(found) != len(slots) or any(a.shape != w.shape or a.dtype != w.dtype for a in found):
            raise ValueError(f"the optimizer's running values of {name} do not fit that weight")
        model.optimizer.state[w] = [a.copy() for a in found]
    if names:
        raise ValueError(f"there is no weight for {min(names)!r:.80}")


# ---------------------------------------------------------------- weights alone


def save_weights(model, path) -> None:
    """Write all weights to a .safetensors file."""
    path = safetensors_path(path)
    if not model.built:
        raise without_weights(model)
    files.write(path, {name: w.data for name, w in named_weights(model).items()}, WEIGHTS)


def load_weights(model, path) -> None:
    """Set all weights from a file of `save_weights` or `save`; nothing changes unless all names and shapes agree."""
    if not model.built and files.checked_path(path).is_file():
        raise without_weights(model)
    arrays, notes = files.read(path)
    files.refuse_checkpoint(path, notes)
    if MODEL in notes:
        arrays = {name: a for name, a in arrays.items() if name.split(".")[0].isdigit()}
    with finish_first():
        fill_weights(model, arrays, "the model", str(path))
