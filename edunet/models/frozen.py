"""Models in which nothing can be learnt: all weights are frozen, or there are none."""

__all__ = ["nothing_to_learn"]


def nothing_to_learn(model) -> str:
    """Return why a training would change nothing, and what to type; empty if there are weights to learn.

    >>> from edunet import Sequential, layers
    >>> nothing_to_learn(Sequential([layers.Input((2,)), layers.Dense(1)]))
    ''
    """
    if model.trainable_weights:
        return ""
    if not model.weights:
        return (
            "Nothing can be learnt: the model has no weights. Give it a layer such as Dense. A layer of your own makes "
            "its layers and weights in __init__ or build: what call makes is new at every call."
        )
    if not model.trainable:
        who, repair = "the model", "model.trainable = True"
    else:
        who, repair = "every layer that has weights", "layer.trainable = True for those that shall learn"
    return f"Nothing can be learnt: {who} is frozen, trainable=False. Type {repair} before fit."
