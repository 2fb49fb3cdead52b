"""edunet.utils, under Keras's path."""

from edunet.utils import (
    PyDataset,
    Sequence,
    clear_session,
    normalize,
    pad_sequences,
    plot_model,
    set_random_seed,
    timeseries_dataset_from_array,
    to_categorical,
)
from edunet.utils.session import missing

__all__ = [
    "PyDataset",
    "Sequence",
    "clear_session",
    "normalize",
    "pad_sequences",
    "plot_model",
    "set_random_seed",
    "timeseries_dataset_from_array",
    "to_categorical",
]


def __getattr__(name):
    raise missing("edunet.keras.utils", name, __all__)
