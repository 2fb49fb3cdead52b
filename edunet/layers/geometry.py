"""What layers for images and signals are told: sizes along each axis, padding, the order of the axes."""

from edunet.layers.dense import whole
from edunet.names import did_you_mean
from edunet.ops.conv import pair

__all__ = ["along", "axes_of", "channels_last", "edges", "word"]

EXPECTED = {1: "(N, T, C)", 2: "(N, H, W, C)"}


def along(layer: str, name: str, value, axes: int) -> tuple[int, ...]:
    """Return one whole number >= 1 for each axis; of one axis it may come in a tuple of one."""
    if axes == 2:
        return pair(f"{layer}: {name}", value)
    single = isinstance(value, (tuple, list)) and len(value) == 1
    return (whole(layer, name, value[0] if single else value),)


def word(layer: str, name: str, value, known: tuple[str, ...]) -> str:
    """Return a value that is one of the known words, "SAME" for "same", or raise ValueError."""
    if isinstance(value, str) and value.lower() in known:
        return value.lower()
    raise ValueError(f"{layer}: {name} is one of {known}. Received: {value!r}." + did_you_mean(value, known))


def channels_last(layer: str, data_format) -> str:
    """Return "channels_last"; raise ValueError for another order, which is not computed here."""
    if data_format not in (None, "channels_last"):
        raise ValueError(
            f"{layer}: data_format is 'channels_last', images (N, H, W, C) and signals (N, T, C). Turn yours before: "
            f"x.transpose(0, 2, 3, 1), or Permute((2, 3, 1)) as the first layer. Received: {data_format!r}"
        )
    return "channels_last"


def axes_of(layer: str, input_shape, axes: int) -> None:
    """Refuse an input that is no batch of images (axes=2) or signals (axes=1)."""
    if len(input_shape) != axes + 2:
        raise ValueError(
            f"{layer}: expected input {EXPECTED[axes]}, {axes + 2} axes. Received shape {input_shape}."
            + (
                " For a single example add the batch axis, x[None]; for grey images the channel axis, x[..., None]."
                if len(input_shape) == axes + 1
                else ""
            )
        )


def edges(layer: str, name: str, value, axes: int):
    """Return ((top, bottom), (left, right)), or (before, after) of one axis, from Keras's shorter ways to say it."""
    if axes == 1:
        return _both_ends(layer, name, value, value)
    first, second = value if isinstance(value, (tuple, list)) and len(value) == 2 else (value, value)
    return _both_ends(layer, name, first, value), _both_ends(layer, name, second, value)


def _both_ends(layer, name, value, whole_value):
    ends = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(ends) != 2 or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in ends):
        raise ValueError(
            f"{layer}: {name} is a whole number >= 0 or a pair of them, for images ((top, bottom), (left, right)). "
            f"Received: {whole_value!r}"
        )
    return ends
