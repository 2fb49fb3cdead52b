"""edunet.utils, under Keras's path."""

from edunet.utils import (
    PyDataset,
    Sequence,
    clear_session,
    normalize,
    pad_sequences,
    plot_model,
    set_random_seed,
    to_categorical,
)

__all__ = [
    "PyDataset",
    "Sequence",
    "clear_session",
    "normalize",
    "pad_sequences",
    "plot_model",
    "set_random_seed",
    "to_categorical",
]
