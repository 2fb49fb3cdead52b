"""edunet.optimizers, under Keras's path."""

from edunet.optimizers import (
    SGD,
    Adam,
    AdamW,
    Optimizer,
    RMSprop,
    get,
)

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "get",
]
