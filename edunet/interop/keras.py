"""Weights to and from Keras 3. They lie in the same order and shape on both sides, so they are only handed over.

Where two models part although their weights are the same, `edunet.interop.compare_with` finds out.
"""

from edunet.interrupt import finish_first
from edunet.layers.layer import Layer

__all__ = ["expect_keras", "pairs", "weights_from_keras", "weights_to_keras"]


def weights_from_keras(model, keras_model):
    """Copy the weights of a Keras layer or model into the one of the same architecture here; return it.

    Args: model, a layer or model that is built; keras_model, of Keras 3, on any of its backends.
    Raises ValueError, before anything is changed, for the first layer whose weights have other shapes.
    """
    _expect_ours("weights_from_keras", model)
    expect_keras("weights_from_keras", keras_model)
    found = pairs(model, keras_model)
    arrays = [theirs.get_weights() for _, theirs in found]
    with finish_first():
        for (ours, _), values in zip(found, arrays, strict=True):
            ours.set_weights(values)
    return model


def weights_to_keras(model, keras_model):
    """Copy the weights of a layer or model into the Keras one of the same architecture; return that.

    Raises ValueError, before anything is changed, for the first layer whose weights have other shapes.
    """
    _expect_ours("weights_to_keras", model)
    expect_keras("weights_to_keras", keras_model)
    with finish_first():
        for ours, theirs in pairs(model, keras_model):
            theirs.set_weights(ours.get_weights())
    return keras_model


def expect_keras(where: str, keras_model) -> None:
    """Raise TypeError for what is no layer or model of Keras."""
    if not any(kind.__module__.split(".")[0] == "keras" for kind in type(keras_model).__mro__):
        raise TypeError(f"{where}: expected a layer or model of Keras 3. Received: {type(keras_model).__name__}")


def _expect_ours(where: str, model) -> None:
    if not isinstance(model, Layer):
        raise TypeError(f"{where}: expected a layer or model of edunet first. Received: {type(model).__name__}")


def pairs(model, keras_model) -> list[tuple]:
    """Return the layers with weights, each with that of Keras, after a look at all shapes."""
    ours, theirs = _with_weights(model), _with_weights(keras_model)
    names = [", ".join(type(layer).__name__ for layer in side) or "nothing" for side in (ours, theirs)]
    both = f" With weights, in order, here: {names[0]}; in Keras: {names[1]}."
    for a, b in zip(ours, theirs, strict=False):
        here, there = ([tuple(w.shape) for w in layer.weights] for layer in (a, b))
        if here != there:
            raise ValueError(
                f"{a.name} ({type(a).__name__}) has weights of shapes {here}; {b.name} ({type(b).__name__}) in Keras "
                f"has {there}.{both}"
            )
    if len(ours) != len(theirs):
        more, where = (ours, "here") if len(ours) > len(theirs) else (theirs, "in Keras")
        extra = more[min(len(ours), len(theirs))]
        hint = "" if ours and theirs else " A model has no weights before it is built: give it an input_shape."
        raise ValueError(f"{extra.name} ({type(extra).__name__}) is {where} only.{hint}{both}")
    return list(zip(ours, theirs, strict=True))


def _with_weights(model) -> list:
    """Return the layers of a model that have weights, nested models as one; of a layer, itself."""
    parts = getattr(model, "layers", None) or [model]
    return [layer for layer in parts if layer.weights]
