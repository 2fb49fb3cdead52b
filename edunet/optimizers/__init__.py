"""Optimizers: how a gradient dw = ∂loss/∂w becomes a step of the weight w. Names and defaults are Keras's.

All numbers of a step are in the weight's precision; `learning_rate` (η) may be changed between batches, or follow
one of `edunet.schedules`, which stand here as `optimizers.schedules` too.
"""

from edunet.configs import described, is_description, made
from edunet.names import look_up, missing_name
from edunet.optimizers import schedules
from edunet.optimizers.optimizer import Optimizer
from edunet.optimizers.steps import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Nadam, RMSprop

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_BY_NAME = {
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamax": Adamax,
    "adamw": AdamW,
    "nadam": Nadam,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
_CLASSES = {kind.__name__: kind for kind in _BY_NAME.values()} | {
    name: getattr(schedules, name) for name in schedules.__all__
}


def get(optimizer) -> Optimizer:
    """Return an optimizer from its name, with Keras's defaults, or itself.

    >>> get("adam").learning_rate
    0.001
    """
    if isinstance(optimizer, str):
        return look_up("optimizer", _BY_NAME, optimizer.lower())()
    if isinstance(optimizer, Optimizer):
        return optimizer
    if is_description(optimizer):
        return deserialize(optimizer)
    raise TypeError(f"an optimizer is a name such as 'adam' or an object such as Adam(1e-3). Received: {optimizer!r}")


def serialize(optimizer) -> dict:
    """Return the optimizer as {"class_name": ..., "config": {...}}: what makes it again."""
    return described(optimizer)


def deserialize(config, custom_objects=None) -> Optimizer:
    """Return a new optimizer from what `serialize` returned; custom_objects, {name: class}, of those of your own."""
    return made("optimizer", _CLASSES, config, custom_objects)


def __getattr__(name):
    raise missing_name("edunet.optimizers", name, __all__)
