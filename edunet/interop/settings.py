"""Settings without weights that PyTorch's modules have too: with other ones, equal weights compute something else."""

import numpy as np

from edunet import activations

__all__ = ["refuse_other_settings"]

BACKWARDS = "go_backwards=True has no counterpart there; turn x over before both, x[:, ::-1]"


def refuse_other_settings(model, module, found: list[tuple]) -> None:
    """Raise ValueError for the first pair (layer, modules, part) of which the settings differ where both have them.

    part tells whether the layer is one half of a Bidirectional. What stands in a forward method cannot be seen.
    """
    ours, theirs = model.with_inner(), list(module.modules())
    pads_here = any("ZeroPadding" in type(layer).__name__ for layer in ours)
    crops_here = any("Cropping" in type(layer).__name__ for layer in ours)
    told = all(type(m).__name__ == "Sequential" for m in theirs if list(m.children()))  # what is called is in the list
    pads_there = not told or any("Pad" in type(m).__name__ for m in theirs)
    holds = any(m._buffers and "BatchNorm" not in type(m).__name__ for m in theirs)
    for layer in ours:
        if type(layer).__name__ == "Normalization" and not layer.weights and not holds:
            raise ValueError(
                f"{layer.name} (Normalization) has a mean and a variance, the module has no place for them: copy the "
                "rest without this layer and give the module x after it."
            )
    halves = {part for layer in ours if type(layer).__name__ == "Bidirectional" for part in layer.with_inner()}
    for layer in ours:
        if type(layer).__name__ == "RNN" and layer.go_backwards and layer not in halves:
            raise ValueError(f"{layer.name} (RNN): {BACKWARDS}.")
    for layer, modules, part in found:
        other, *second = modules
        why = next(iter(_differing(layer, other, part, (pads_here or crops_here, pads_there))), None)
        if second and (set(second[0].stride) != {1} or second[0].padding not in ((0, 0), "valid", "same")):
            why = "the second convolution goes by single places, stride=1 and padding=0"
        elif second and other.bias is not None:
            why = "the first convolution has a bias; make it with bias=False"
        if why is not None:
            raise ValueError(f"{layer.name} ({type(layer).__name__}) and {type(other).__name__}: {why}.")


def _differing(layer, other, part: bool, pads: tuple[bool, bool]):
    """Hand out what differs, as sentences."""
    inside = getattr(other, "self_attn", other)
    if getattr(inside, "batch_first", True) is False:
        yield "the module reads (T,N,C); make it with batch_first=True"
    kind = next(name for name in _kinds(layer) if not name.startswith("_"))
    if hasattr(other, "weight_ih_l0"):
        yield from _recurrent(layer, other, part)
    elif kind == "TransformerEncoder":
        yield from _values("normalize_first", layer.normalize_first, "norm_first", other.norm_first)
        yield from _values("activation", activations.name_of(layer.activation), "activation", _function(other))
    elif kind.endswith("Normalization"):
        yield from _normalised(layer, kind)
    if kind == "GroupNormalization":
        groups = len(layer.gamma if layer.gamma is not None else other.weight) if layer.groups == -1 else layer.groups
        yield from _values("groups", groups, "num_groups", other.num_groups)
    elif kind == "Embedding" and other.max_norm is not None:
        yield "the module shortens its rows, max_norm; make it without"
    elif "Conv" in kind:
        yield from _convolution(layer, other, kind, pads)


def _kinds(layer) -> list[str]:
    return [kind.__name__ for kind in type(layer).__mro__ if kind.__module__.startswith("edunet.")]


def _values(name, here, there_name, there):
    if here != there:
        yield f"{name} is {here!r} here, {there_name} {there!r} there; make both the same"


def _normalised(layer, kind: str):
    """Say which axis the module normalises: of (N,T,C) the first of the two, if it reads x as it is."""
    known = getattr(layer, "_built_for", None)
    if layer.axis == -1 or not known:
        return
    rank = len(known[0])
    axis, by_row = layer.axis % rank, kind == "LayerNormalization"
    if axis != rank - 1 and (by_row or (rank, axis) != (3, 1)):
        what = "the last axis" if by_row else "the channels"
        yield f"it normalises axis {axis}, the module {what}: make it with axis=-1, between two Permute"


def _recurrent(layer, other, part: bool):
    if not hasattr(layer, "activation"):  # a Bidirectional, which is compared by its halves
        return
    if hasattr(other, "nonlinearity"):
        yield from _values("activation", activations.name_of(layer.activation), "nonlinearity", other.nonlinearity)
    else:
        yield from _values("activation", activations.name_of(layer.activation), "it", "tanh")
        gates = activations.name_of(layer.recurrent_activation)
        yield from _values("recurrent_activation", gates, "it", "sigmoid")
    if getattr(layer, "go_backwards", False) and not part:  # a cell has none: the RNN around it is asked
        yield BACKWARDS


def _function(other) -> str:
    """Return the name of a module's activation."""
    f = other.activation
    name = getattr(f, "__name__", type(f).__name__).lower()
    return name if getattr(f, "approximate", "none") == "none" else f"{name}, approximate={f.approximate}"


def _convolution(layer, other, kind: str, pads: tuple[bool, bool]):
    sizes = [len(other.kernel_size) * (1,), tuple(other.kernel_size)]
    strides, dilation = (np.ravel(n) * sizes[0] for n in (layer.strides, layer.dilation_rate))
    yield from _values("strides", _plain(strides), "stride", tuple(other.stride))
    yield from _values("dilation_rate", _plain(dilation), "dilation", tuple(other.dilation))
    if "Transpose" not in kind:
        if not kind.startswith(("Depthwise", "Separable")):
            yield from _values("groups", layer.groups, "groups", other.groups)
        if other.padding_mode != "zeros":
            yield f"the module pads with {other.padding_mode!r}, here there are zeros"
    known = getattr(layer, "_built_for", None)
    length = known[0][1:-1] if known and len(known[0]) == len(sizes[1]) + 2 else (None,) * len(sizes[1])
    for axis, n in enumerate(length):
        k, stride = (sizes[1][axis] - 1) * int(dilation[axis]) + 1, int(strides[axis])
        there = other.padding if isinstance(other.padding, str) else other.padding[axis]
        more = ""
        if "Transpose" in kind:
            longer = None if layer.output_padding is None else layer.output_padding[axis]
            fits = _turned_padding(layer.padding, longer, there, other.output_padding[axis], k, stride, pads[0])
            more = f", output_padding {layer.output_padding} here, {other.output_padding} there"
        else:
            fits = _padding(layer.padding, there, n, k, stride, pads)
        if not fits:
            yield (
                f"padding is {layer.padding!r} here, {other.padding!r} there{more}: with kernel_size {sizes[1]} and "
                f"stride {tuple(other.stride)} that is not the same"
            )
            return


def _plain(numbers) -> tuple:
    return tuple(int(n) for n in numbers)


def _padding(here, there, n, k, stride, pads) -> bool:
    """Tell whether both pad alike, or may do so by other layers. k, what the kernel spans; n, the length, if known."""
    there = {"valid": 0}.get(there, there)
    if there == 0:
        return here == "valid" or k == 1 or pads[1]
    if here != "same":
        return pads[0] and here == "valid"
    if there == "same" or (n is None and stride > 1):
        return True
    n = 1000 if n is None else n
    stops = -(-n // stride)
    before = max((stops - 1) * stride + k - n, 0) // 2
    return (there == before and (n + 2 * there - k) // stride + 1 == stops) or pads[0]


def _turned_padding(here, longer, there, extra, k, stride, crops) -> bool:
    """Tell whether both keep the same part of the whole answer, which is (n − 1)·stride + k long for n places."""
    if longer is None:
        kept = stride if here == "same" else max(k, stride)  # beside (n − 1)·stride
    else:
        kept = longer + (k % 2 if here == "same" else k)
    before = max(k - kept, 0) // 2 if here == "same" else 0
    return (there == before and k - 2 * there + extra == kept) or (crops and here == "valid")
