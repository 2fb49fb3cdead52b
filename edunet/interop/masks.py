"""Masks, which flow from layer to layer in edunet as in Keras, but not everywhere in the same way."""

import inspect

from edunet.models import Model

__all__ = ["given_arguments", "refuse_other_masks", "takes_states"]


def takes_states(layer) -> bool:
    return "initial_state" in inspect.signature(layer.call).parameters


def given_arguments(node, layer) -> dict:
    """Return the named arguments of a call in a Keras model, without the masks that flow by themselves in ours.

    Args: node, of Keras; layer, ours. Raises ValueError where Keras loses a mask.
    """
    flowing = [getattr(tensor, "_keras_mask", None) for tensor in node.input_tensors]
    given = {key: value for key, value in node.arguments.kwargs.items() if value is not None and key != "training"}
    if takes_states(layer) and len(flowing) > 1 and flowing[0] is not None and "mask" not in given:
        raise ValueError(
            f"from_keras: {node.operation.name} gets states, and Keras then loses the mask of its steps. Give it in "
            "Keras, mask=x._keras_mask, or leave it away, mask_zero=False and no Masking."
        )
    return {key: value for key, value in given.items() if not _all_among(value, flowing)}


def _all_among(value, masks: list) -> bool:
    parts = value if isinstance(value, (list, tuple)) else [value]
    return all(part is None or any(part is mask for mask in masks) for part in parts)


def refuse_other_masks(where: str, model, masked: bool = False) -> None:
    """Raise ValueError for the first layer of a drawn model that a mask reaches and Keras treats otherwise.

    masked tells whether the inputs of the model carry masks, which those of a model inside another one may.
    """
    for node in model._nodes:
        reached = masked or any(symbol.masked for symbol in node.inputs)
        if isinstance(node.layer, Model):
            refuse_other_masks(where, node.layer, reached)
        why = _difference(node) if reached else None
        if why is not None:
            raise ValueError(
                f"{where}: {node.layer.name} ({type(node.layer).__name__}) gets a mask: {why}. Leave the mask away, "
                "mask_zero=False and no Masking, or use another layer there."
            )


def _difference(node) -> str | None:
    layer, kind = node.layer, type(node.layer).__name__
    if kind == "GlobalMaxPooling1D":
        return "masked steps take part in Keras, in edunet they do not"
    if kind == "Conv1D":
        return "edunet makes masked steps zeros for it and hands the mask on, Keras drops it"
    if kind in ("Add", "Multiply") and {symbol.masked for symbol in node.inputs} == {True, False}:
        return "one input has none: edunet hands it on, Keras drops it"
    if getattr(layer, "go_backwards", False) and getattr(layer, "return_sequences", False):
        return "in edunet the mask of its output turns with the steps, in Keras it does not"
    return None
