"""Layers that treat masked steps otherwise than Keras does: with equal weights they compute something else."""

from edunet.models import Model

__all__ = ["refuse_other_masks"]


def refuse_other_masks(where: str, model, masked: bool = False) -> None:
    """Raise ValueError for the first layer of a drawn model that a mask reaches and that honours it otherwise.

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
