"""edunet.models, under Keras's path."""

from edunet.models import (
    Input,
    Model,
    Sequential,
)

__all__ = [
    "Input",
    "Model",
    "Sequential",
]
