"""Recurrent layers, with masks and states, and what is wrapped around them."""

import numpy as np

from edunet import activations, layers
from edunet.interop.onnx.graph import Value
from edunet.interop.onnx.pointwise import places
from edunet.interop.onnx.refusal import refuse
from edunet.tensor import as_array

__all__ = ["LAYERS", "mask_of_steps"]

OPERATORS = {"SimpleRNN": ("RNN", [0]), "GRU": ("GRU", [0, 1, 2]), "LSTM": ("LSTM", [0, 3, 1, 2])}  # i f c o -> i o f c
ACTIVATIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "softsign": "Softsign", "softplus": "Softplus"}


def _cell(layer):
    """Return what holds the weights: the layer itself, or the cell of an RNN, which does the same step by step."""
    cell = getattr(layer, "cell", layer)
    kind = type(cell).__name__
    if kind.removesuffix("Cell") not in OPERATORS or getattr(layers, kind, None) is not type(cell):
        raise refuse(
            layer, f"ONNX has no such recurrence ({kind}).", "Use SimpleRNN, GRU or LSTM, or one of their cells."
        )
    return cell, kind.removesuffix("Cell")


def recurrent(g, layer, x, initial_state=None, mask=None):
    y, states = _read(g, layer, x, initial_state)
    return (y, *states) if layer.return_state else y


def _read(g, layer, x, initial=None):
    """Return the names of the answer and of the last states, as `layer.call` gives them."""
    if layer.stateful:
        raise refuse(layer, "it keeps states from one call to the next.", "Make it with stateful=False.")
    steps, mask = x.name, x.mask
    if layer.go_backwards:
        steps, mask = g.flip(steps, 1), None if mask is None else _flipped(g, mask)
    starts = [] if initial is None else initial if isinstance(initial, (list, tuple)) else [initial]
    starts = [g.add("Unsqueeze", s.name, g.whole(0)) for s in starts]  # (1,N,U)
    lengths = None
    if mask is not None:
        steps, lengths = _counted_first(g, steps, mask)
    y, states = _operator(g, layer, steps, lengths, starts)
    if not layer.return_sequences and (mask is None or not (starts or layer.zero_output_for_mask)):
        return states[0], states
    y = g.transpose(g.add("Squeeze", y, g.whole(1)), (1, 0, 2))  # (T,1,N,U) -> (N,T,U)
    if mask is not None:
        y = _back_in_place(g, layer, y, mask, x.dtype)
    return (y if layer.return_sequences else g.add("Gather", y, g.scalar(-1, np.int64), axis=1)), states


def _operator(g, layer, steps, lengths, starts):
    """Add the operator; return all steps (T,1,N,U) and the last states (N,U)."""
    cell, kind = _cell(layer)
    op, order = OPERATORS[kind]
    weights = [_laid_out(w, order)[None] for w in (as_array(cell.kernel).T, as_array(cell.recurrent_kernel).T)]
    names = [g.constant(w, n) for w, n in zip(weights, ("kernel", "recurrent_kernel"), strict=True)]
    bias = None if cell.bias is None else g.constant(_biases(cell, order)[None], "bias")
    attributes = {"hidden_size": cell.units, "activations": _activations(layer, cell, kind)}
    if op == "GRU":
        attributes["linear_before_reset"] = int(cell.reset_after)
    outputs = 3 if op == "LSTM" else 2
    steps = g.transpose(steps, (1, 0, 2))
    made = g.several(op, steps, *names, bias, lengths, *starts, outputs=outputs, **attributes)
    return made[0], [g.add("Squeeze", s, g.whole(0)) for s in made[1:]]


def _laid_out(array, order):
    """Put the gates, the first axis, in ONNX's order."""
    parts = np.split(array, len(order))
    return np.ascontiguousarray(np.concatenate([parts[i] for i in order]))


def _biases(cell, order):
    """Return the bias of x W, then that of h R."""
    b = as_array(cell.bias)
    rows = b if b.ndim == 2 else [b, np.zeros_like(b)]
    return np.concatenate([_laid_out(row, order) for row in rows])


def _activations(layer, cell, kind):
    """Return the names of the gates' and the state's activations, as ONNX wants them."""
    state = _activation(layer, cell.activation)
    if kind == "SimpleRNN":
        return [state]
    gate = _activation(layer, cell.recurrent_activation)
    return [gate, state] if kind == "GRU" else [gate, state, state]


def _activation(layer, f):
    name = f if isinstance(f, str) else activations.name_of(f)
    if name not in ACTIVATIONS:
        raise refuse(layer, f"the activation {name!r} is not known here.", f"Use one of {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]


# ---------------------------------------------------------------- masks

# ONNX skips the end of a sequence only. A step that does not count leaves the state as it is: so the steps that count
# are put first, in their order, and afterwards every step shows the state of the last one that counted up to it.


def _counted_first(g, x, mask):
    """Return x (N,T,D) with the steps that count first, and how many they are, for each sequence."""
    place, length = places(g, mask, 1), g.size(mask, 1)
    keys = g.add("Where", mask, place, g.add("Add", place, length))
    _, order = g.several("TopK", keys, length, outputs=2, axis=1, largest=0, sorted=1)
    order = g.add("Expand", g.add("Unsqueeze", order, g.whole(-1)), g.add("Shape", x))
    lengths = g.add("ReduceSum", g.cast(mask, np.int32), g.whole(1), keepdims=0)
    return g.add("GatherElements", x, order, axis=1), lengths


def _back_in_place(g, layer, y, mask, dtype):
    """Return y (N,T,U) with each step's answer where the step stood, and 0 before the first that counts."""
    U = g.whole(_cell(layer)[0].units)
    begin = g.add("Expand", g.scalar(0, dtype), g.add("Concat", g.size(mask, 0), g.whole(1), U, axis=0))  # (N,1,U)
    seen = g.add("CumSum", g.cast(mask, np.int64), g.scalar(1, np.int64))  # (N,T)
    seen = g.add("Expand", g.add("Unsqueeze", seen, g.whole(-1)), g.add("Concat", g.add("Shape", mask), U, axis=0))
    y = g.add("GatherElements", g.add("Concat", begin, y, axis=1), seen, axis=1)
    if layer.zero_output_for_mask:
        y = g.add("Mul", y, g.cast(g.add("Unsqueeze", mask, g.whole(-1)), dtype))
    return y


def _flipped(g, mask):
    return g.cast(g.flip(g.cast(mask, np.int32), 1), bool)


def mask_of_steps(g, layer, x):
    """Return the mask of what a recurrent layer gives."""
    if x.mask is None or not layer.return_sequences:
        return None
    return _flipped(g, x.mask) if getattr(layer, "go_backwards", False) else x.mask


# ---------------------------------------------------------------- wrappers


def bidirectional(g, layer, x, initial_state=None, mask=None):
    parts = (layer.forward_layer, layer.backward_layer)
    half = len(initial_state or []) // 2
    starts = [initial_state[:half], initial_state[half:]] if initial_state else [None, None]
    (y, last), (z, others) = (_read(g, part, x, start) for part, start in zip(parts, starts, strict=True))
    if layer.return_sequences:
        z = g.flip(z, 1)
    states = (*last, *others) if layer.return_state else ()
    if layer.merge_mode is None:
        return (y, z, *states)
    merged = {
        "concat": lambda: g.add("Concat", y, z, axis=-1),
        "sum": lambda: g.add("Add", y, z),
        "mul": lambda: g.add("Mul", y, z),
        "ave": lambda: g.add("Mean", y, z),  # half of a sum, onnxruntime 1.32 loses on its way into an Attention
    }[layer.merge_mode]()
    return (merged, *states) if states else merged


def time_distributed(g, layer, x):
    """The steps of all sequences one below the other, then apart again."""
    shape = g.add("Shape", x.name)
    rest = g.add("Slice", shape, g.whole(2), g.whole(len(x.shape)), g.whole(0))
    rows = g.add("Reshape", x.name, g.add("Concat", g.whole(-1), rest, axis=0))
    y = g.layer(layer.layer, Value(rows, (None, *x.shape[2:]), x.dtype))
    rest = g.add("Shape", y, start=1)
    begin = g.add("Shape", x.name, start=0, end=2)
    return g.add("Reshape", y, g.add("Concat", begin, rest, axis=0))


LAYERS = {
    **dict.fromkeys([*OPERATORS, "RNN"], recurrent),
    "Bidirectional": bidirectional,
    "TimeDistributed": time_distributed,
}
