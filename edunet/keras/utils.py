"""edunet.utils, under Keras's path."""

from edunet.utils import (
    pad_sequences,
    plot_model,
    set_random_seed,
    to_categorical,
)

__all__ = [
    "pad_sequences",
    "plot_model",
    "set_random_seed",
    "to_categorical",
]
