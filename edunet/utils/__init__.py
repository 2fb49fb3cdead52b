"""Keras's public helpers, and nothing else."""

from typing import TYPE_CHECKING

import numpy as np

from edunet.backend import set_random_seed
from edunet.utils.batches import PyDataset, timeseries_dataset_from_array
from edunet.utils.session import clear_session, missing

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

Sequence = PyDataset  # its older name


def to_categorical(x, num_classes=None) -> np.ndarray:
    """Turn class numbers into one-hot rows: y[i, k] = 1 where k = x[i], else 0.

    Args: x, whole numbers (...); num_classes K, one more than the largest unless given. Returns (..., K) float32.
    Raises ValueError for labels that are not whole numbers 0 ... K−1.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    x = np.asarray(x)
    if x.ndim > 1 and x.shape[-1] == 1:
        x = x[..., 0]
    if x.dtype.kind not in "biuf" or not np.array_equal(x, np.floor(x)):
        odd = x[x != np.floor(x)] if x.dtype.kind == "f" else x
        raise ValueError(
            f"to_categorical: expected whole numbers. Received dtype {x.dtype}, values such as {odd.item(0)!r}. "
            "Names of classes become numbers with np.unique(labels, return_inverse=True)[1]."
        )
    x = x.astype(np.intp)
    k = int(x.max(initial=-1)) + 1 if num_classes is None else int(num_classes)
    if x.size and (x.min() < 0 or x.max() >= k):
        expected = "0 or more" if num_classes is None else f"0 to {k - 1}"
        raise ValueError(f"to_categorical: labels run from {x.min()} to {x.max()}; expected {expected}.")
    return np.eye(k, dtype=np.float32)[x]


def normalize(x, axis=-1, order=2) -> np.ndarray:
    """Divide by the length along an axis: y = x / (Σ |x|ᵖ)^(1/p), p the order; what is 0 throughout stays 0.

    Each row gets another factor, and how rows compare is lost: columns of measurements are brought to one scale by
    `layers.Normalization().adapt(x)`, images by `layers.Rescaling(1 / 255)`.
    Raises ValueError for what is no numbers, an axis that does not exist, an order below 1.

    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]])
    """
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"normalize: expected numbers. Received dtype {x.dtype}.")
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"normalize: axis {axis} does not exist in {x.shape}.")
    if not order >= 1:
        raise ValueError(f"normalize: order is a number of at least 1. Received: {order!r}")
    lengths = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(lengths == 0, 1, lengths)


def plot_model(
    model,
    to_file="model.png",
    show_shapes=False,
    show_dtype=False,
    show_layer_names=True,
    rankdir="TB",
    expand_nested=False,
    dpi=200,
    show_layer_activations=False,
    show_trainable=False,
):
    """Draw a model into a picture file, as `edunet.show.graph` draws it, and return the figure.

    Args: model, drawn or built; to_file, its ending names the format, None writes no file; show_shapes;
    show_layer_names; dpi, dots per inch. The others may be given, as for Keras, and change nothing: inputs stand at the
    top, a model inside is one box, and `model.summary(expand_nested=True, show_trainable=True)` tells the rest.
    Raises what `edunet.show.graph` raises.
    """
    from edunet.show import graph  # loads matplotlib

    figure = graph(model, shapes=bool(show_shapes), names=bool(show_layer_names))
    if to_file is not None:
        figure.savefig(to_file, dpi=dpi)
    return figure


if TYPE_CHECKING:
    from edunet.preprocessing.sequence import pad_sequences


def __getattr__(name):
    if name == "pad_sequences":  # of a room that is loaded when it is first named
        from edunet.preprocessing.sequence import pad_sequences

        return pad_sequences
    raise missing("edunet.utils", name, __all__)
