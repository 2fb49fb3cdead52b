"""edunet.utils, under Keras's path."""

from edunet.utils import (
    set_random_seed,
    to_categorical,
)

__all__ = [
    "set_random_seed",
    "to_categorical",
]
