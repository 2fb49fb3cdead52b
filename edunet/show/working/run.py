"""Running what is explained: the chosen output, and the gradients that the tape sends back from it."""

import numpy as np

from edunet.tensor import Tensor, as_array, gradients

__all__ = ["answer", "inputs", "on_tape", "one_of", "place"]

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def inputs(what, arrays, names) -> list[np.ndarray]:
    """Return the arrays that a topic needs, or say which. Raises TypeError or ValueError."""
    if len(arrays) != len(names):
        wanted = f"{len(names)} array{'s' * (len(names) > 1)}, {', '.join(names)}"
        raise TypeError(f"working: {what} works on {wanted}. Received {len(arrays)}.")
    found = [as_array(a) for a in arrays]
    for name, a in zip(names, found, strict=True):
        if not np.isfinite(a).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(a))[0])
            raise ValueError(f"working: {name}{list(where)} is {a[where]}: there is nothing to work out with it.")
    return found


def place(at, y, axes, what="y", choice="the output of the first example that is furthest from 0"):
    """Return the chosen place of an output, and a sentence about the choice if it was ours.

    Without `at` it is where most happens: the number furthest from 0 in the first example, or in all if y has one axis.
    Raises ValueError for a place outside the shape, TypeError for what is no place.
    """
    if 0 in y.shape:
        raise ValueError(f"working: {what} has shape {y.shape}: there is no number in it to work out.")
    if at is None:
        among = y if y.ndim == 1 else y[0]
        found = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(among)), among.shape))
        at = found if y.ndim == 1 else (0, *found)
        return at, f"No place was given: at={at[0] if y.ndim == 1 else at} is {choice}."
    given = at if isinstance(at, (tuple, list)) else (at,)
    if not all(isinstance(i, (int, np.integer)) and not isinstance(i, bool) for i in given):
        raise TypeError(f"working: at is a place of {what}, whole numbers ({axes}). Received: {at!r}")
    if len(given) != len(y.shape):
        raise ValueError(
            f"working: at={at}: {what} has shape {y.shape}, so a place in it has {len(y.shape)} numbers, ({axes})."
        )
    for ordinal, i, n in zip(ORDINALS, given, y.shape, strict=False):
        if not -n <= i < n:
            ordinal = "the index" if len(given) == 1 else f"the {ordinal} index"
            raise ValueError(f"working: at={at}: {what} has shape {y.shape}; {ordinal} goes from 0 to {n - 1}.")
    return tuple(int(i) % n for i, n in zip(given, y.shape, strict=True)), ""


def one_of(y, at, dy):
    """Return the gradient that is dy at one place, or in one row, and 0 elsewhere."""
    chosen = np.zeros(y.shape, y.dtype)
    chosen[at] = dy
    return chosen


def on_tape(y, what) -> Tensor:
    """Return y, if the gradient can go back from it. Raises TypeError that says why it cannot."""
    if isinstance(y, Tensor) and y.made_by is not None:
        return y
    raise TypeError(
        f"working: no gradient can go back from what {what} returned. Leave `with no_gradients():`; "
        "a layer of your own computes with Tensors and edunet.ops in its call(), not with NumPy."
    )


def answer(layer, x):
    """Return x as the layer takes it, its output, and a function that sends dy back from one place.

    The function returns the gradients for x and for each weight, arrays in the order of `layer.weights`.
    """
    x = Tensor(x.astype(layer.dtype))
    y = on_tape(layer(x), type(layer).__name__)

    def back(at, dy):
        return gradients(y, [x, *layer.weights], one_of(y, at, dy))

    return x.data, y.data, back
