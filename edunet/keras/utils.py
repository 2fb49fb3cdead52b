"""edunet.utils, under Keras's path."""

from edunet.utils import (
    plot_model,
    set_random_seed,
    to_categorical,
)

__all__ = [
    "plot_model",
    "set_random_seed",
    "to_categorical",
]
