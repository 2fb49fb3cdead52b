"""What an operator's function may answer instead of outputs, and how ONNX spells padding."""

import numpy as np

__all__ = ["Out", "channels_first", "channels_last", "refuse", "widths"]


class Out(Exception):
    """The formula does not cover this case: the reason."""


def refuse(**reasons) -> None:
    """Raise Out for the first reason that holds, underscores read as spaces."""
    for reason, holds in reasons.items():
        if holds:
            raise Out(reason.replace("_", " "))


def channels_last(x):
    return np.moveaxis(x, 1, -1)


def channels_first(y):
    return np.moveaxis(np.asarray(getattr(y, "data", y)), -1, 1)


def widths(attributes, image, window, stride, dilation):
    """Return how many places are added before and after each axis: [(before, after), ...]."""
    axes, kind = len(image), attributes.get("auto_pad", "NOTSET")
    if kind == "NOTSET":
        pads = attributes.get("pads", [0] * 2 * axes)
        return list(zip(pads[:axes], pads[axes:], strict=True))
    if kind == "VALID":
        return [(0, 0)] * axes
    added = []
    for n, u, s, d in zip(image, window, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (u - 1) * d + 1 - n, 0)
        less, more = total // 2, total - total // 2
        added.append((less, more) if kind == "SAME_UPPER" else (more, less))
    return added
