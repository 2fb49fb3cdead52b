"""edunet.models, under Keras's path."""

from edunet.models import (
    Input,
    Model,
    Sequential,
    clone_model,
    load_model,
    save_model,
)

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "save_model",
]
