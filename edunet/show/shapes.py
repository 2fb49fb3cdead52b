"""From shape to shape: what every layer makes of the size of one example, and why it is that number."""

from edunet import layers
from edunet.models import Model

__all__ = ["shapes"]

HEAD = ("Layer", "Kind", "Gives", "Because")


def shapes(model) -> str:
    """Tell, layer by layer, which shape one example has after it, and how the numbers come about.

        valid    I = ⌊(H − reach) / s⌋ + 1        same    I = ⌈H / s⌉        s stride, reach = d·(u − 1) + 1
    of windows of size u with dilation d; "any" stands for an axis of any length. The batch axis is left out.
    Args: model, drawn or built. Returns text, for `print`.
    Raises TypeError for what is no model, ValueError for one that is not built yet.

    >>> from edunet import models
    >>> x = layers.Input((28, 28, 1), name="image")
    >>> y = layers.Flatten(name="row")(layers.Conv2D(8, 3, name="look")(x))
    >>> print(shapes(models.Model(x, y, name="small")))
    Shapes of one example in 'small'
    Layer  Kind     Gives        Because
    image  Input    (28, 28, 1)
    look   Conv2D   (26, 26, 8)  28 − 3 + 1 = 26
    row    Flatten  (5408,)      26 · 26 · 8 = 5408
    """
    if not isinstance(model, Model):
        raise TypeError(f"shapes: expected a model. Received: {model!r}.")
    if not model.inputs:
        raise ValueError(
            f"shapes: {model.name} is not drawn yet. Give its first layer an input_shape, or fit it; a subclass with "
            "its own call has no drawing."
        )
    named = zip(model.input_names or [], model.inputs, strict=True)
    rows = [HEAD, *((name, "Input", _shape(symbol), "") for name, symbol in named)]
    before = None
    for node in model.nodes:
        sources = [s.node.layer.name if s.node else s.name or "input" for s in node.inputs]
        chain = len(sources) == 1 and (node.inputs[0].node is before)
        because = [] if chain else [f"from {', '.join(sources)}"]
        gives = " ".join(map(_shape, node.outputs))
        why = "; ".join([part for part in (_why(node), *because) if part])
        rows.append((node.layer.name, type(node.layer).__name__, gives, why))
        before = node
    wide = [max(len(row[i]) for row in rows) + 2 for i in range(3)]
    lines = ["".join(f"{cell:<{w}}" for cell, w in zip(row, wide, strict=False)) + row[3] for row in rows]
    return "\n".join([f"Shapes of one example in {model.name!r}", *(line.rstrip() for line in lines)])


def _shape(symbol) -> str:
    sizes = ["any" if n is None else str(n) for n in symbol.shape[1:]]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _why(node) -> str:
    """Return how the sizes of the output come about, or nothing where that is plain."""
    layer, x, y = node.layer, node.inputs[0].shape[1:], node.outputs[0].shape[1:]
    if isinstance(layer, layers.Flatten):
        return "" if None in x or len(x) < 2 else f"{' · '.join(map(str, x))} = {y[0]}"
    if isinstance(layer, layers.Concatenate):
        lengths = [s.shape[layer.axis] for s in node.inputs]
        return "" if None in lengths else f"{' + '.join(map(str, lengths))} = {sum(lengths)}"
    for kinds, rule in _RULES:
        if isinstance(layer, kinds):
            before = [rule(layer, axis, "any" if n is None else n) for axis, n in enumerate(x[:-1])]
            after = ["" if n is None else str(n) for n in y[:-1]]
            texts = [a + b if b else a.removesuffix(" = ") for a, b in zip(before, after, strict=True)]
            return ", ".join(dict.fromkeys(texts))
    return ""


def _of(layer, name: str, axis: int):
    """Return an argument for one axis; along time it may be a plain number."""
    value = getattr(layer, name, 1)
    return value[axis] if isinstance(value, (tuple, list)) else value


def _window(layer, axis, n) -> str:
    u = _of(layer, "kernel_size" if hasattr(layer, "kernel_size") else "pool_size", axis)
    s, reach = _of(layer, "strides", axis), (u - 1) * _of(layer, "dilation_rate", axis) + 1
    if layer.padding == "valid":
        return f"{n} − {reach} + 1 = " if s == 1 else f"⌊({n} − {reach}) / {s}⌋ + 1 = "
    return f"{layer.padding}, " if s == 1 else f"⌈{n} / {s}⌉ = "


def _transposed(layer, axis, n) -> str:
    u, s = _of(layer, "kernel_size", axis), _of(layer, "strides", axis)
    reach = (u - 1) * _of(layer, "dilation_rate", axis) + 1
    if layer.output_padding is not None:
        added = layer.output_padding[axis]
        return f"({n} − 1) · {s} + {reach if layer.padding == 'valid' else reach % 2} + {added} = "
    return f"({n} − 1) · {s} + {max(reach, s)} = " if layer.padding == "valid" else f"{n} · {s} = "


def _larger(layer, axis, n) -> str:
    return f"{n} · {_of(layer, 'size', axis)} = "


def _edges(layer, axis, n) -> str:
    grows = hasattr(layer, "padding")
    ends = layer.padding if grows else layer.cropping
    first, last = ends[axis] if isinstance(ends[0], (tuple, list)) else ends
    sign = "+" if grows else "−"
    return f"{n} {sign} {first} {sign} {last} = "


_CONVOLUTIONS = (layers.Conv1D, layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)
_POOLS = (layers.MaxPooling1D, layers.MaxPooling2D, layers.AveragePooling1D, layers.AveragePooling2D)

_RULES: list = [  # (layers, (layer, axis, size) -> what stands before the new size)
    (_CONVOLUTIONS + _POOLS, _window),
    ((layers.Conv1DTranspose, layers.Conv2DTranspose), _transposed),
    ((layers.UpSampling1D, layers.UpSampling2D), _larger),
    ((layers.ZeroPadding1D, layers.ZeroPadding2D, layers.Cropping1D, layers.Cropping2D), _edges),
]
