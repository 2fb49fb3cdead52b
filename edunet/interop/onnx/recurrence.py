"""Recurrent layers, with masks and states, and what is wrapped around them."""

import numpy as np

from edunet import activations
from edunet.interop.onnx.graph import Value
from edunet.interop.onnx.pointwise import places
from edunet.interop.onnx.refusal import refuse
from edunet.tensor import as_array

__all__ = ["LAYERS", "mask_of_steps"]

OPERATORS = {"SimpleRNN": ("RNN", [0]), "GRU": ("GRU", [0, 1, 2]), "LSTM": ("LSTM", [0, 3, 1, 2])}  # i f c o -> i o f c
ACTIVATIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "softsign": "Softsign", "softplus": "Softplus"}


def recurrent(g, layer, x, initial_state=None, mask=None):
    y, states = _read(g, layer, x, initial_state)
    return (y, *states) if getattr(layer, "return_state", False) else y


def _read(g, layer, x, initial=None):
    """Return the names of the answer and of the last states, as `layer.call` gives them."""
    if getattr(layer, "stateful", False):
        raise refuse(layer, "it keeps states from one call to the next.", "Make it with stateful=False.")
    steps, mask = x.name, x.mask
    if getattr(layer, "go_backwards", False):
        steps, mask = g.flip(steps, 1), None if mask is None else _flipped(g, mask)
    starts = [] if initial is None else initial if isinstance(initial, (list, tuple)) else [initial]
    starts = [g.add("Unsqueeze", s.name, g.whole(0)) for s in starts]  # (1,N,U)
    lengths = None
    if mask is not None:
        steps, lengths = _counted_first(g, steps, mask)
    y, states = _operator(g, layer, steps, lengths, starts)
    if not layer.return_sequences:
        return states[0], states
    y = g.transpose(g.add("Squeeze", y, g.whole(1)), (1, 0, 2))  # (T,1,N,U) -> (N,T,U)
    if mask is not None:
        y = _back_in_place(g, layer, y, mask, starts, x.dtype)
    return y, states


def _operator(g, layer, steps, lengths, starts):
    """Add the operator; return all steps (T,1,N,U) and the last states (N,U)."""
    op, order = OPERATORS[type(layer).__name__]
    weights = [_laid_out(layer, w, order, axis=0)[None] for w in (as_array(layer.kernel).T, _t(layer.recurrent_kernel))]
    names = [g.constant(w, n) for w, n in zip(weights, ("kernel", "recurrent_kernel"), strict=True)]
    bias = None if layer.bias is None else g.constant(_biases(layer, order)[None], "bias")
    attributes = {"hidden_size": layer.units, "activations": _activations(layer)}
    if op == "GRU":
        attributes["linear_before_reset"] = int(layer.reset_after)
    made = g.several(
        op,
        g.transpose(steps, (1, 0, 2)),
        *names,
        bias,
        lengths,
        *starts,
        outputs=3 if op == "LSTM" else 2,
        **attributes,
    )
    return made[0], [g.add("Squeeze", s, g.whole(0)) for s in made[1:]]


def _t(w):
    return as_array(w).T


def _laid_out(layer, array, order, axis):
    """Put the gates in ONNX's order."""
    parts = np.split(array, len(order), axis)
    return np.ascontiguousarray(np.concatenate([parts[i] for i in order], axis))


def _biases(layer, order):
    """Return the bias of x W, then that of h R."""
    b = as_array(layer.bias)
    rows = b if b.ndim == 2 else [b, np.zeros_like(b)]
    return np.concatenate([_laid_out(layer, row, order, axis=0) for row in rows])


def _activations(layer):
    """Return the names of the gates' and the state's activations, as ONNX wants them."""
    kind = type(layer).__name__
    state = _activation(layer, getattr(layer, "activation", "tanh"))
    if kind == "SimpleRNN":
        return [state]
    gate = _activation(layer, getattr(layer, "recurrent_activation", "sigmoid"))
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


def _back_in_place(g, layer, y, mask, starts, dtype):
    """Return y (N,T,U) with each step's answer where the step stood."""
    U = g.whole(layer.units)
    first = g.add("Concat", g.size(mask, 0), g.whole(1), U, axis=0)  # (N,1,U): what stands before all steps
    begin = g.transpose(starts[0], (1, 0, 2)) if starts else g.add("Expand", g.scalar(0, dtype), first)
    seen = g.add("CumSum", g.cast(mask, np.int64), g.scalar(1, np.int64))  # (N,T)
    seen = g.add("Expand", g.add("Unsqueeze", seen, g.whole(-1)), g.add("Concat", g.add("Shape", mask), U, axis=0))
    y = g.add("GatherElements", g.add("Concat", begin, y, axis=1), seen, axis=1)
    if getattr(layer, "zero_output_for_mask", False):
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
    for part in parts:
        if type(part).__name__ not in OPERATORS:
            raise refuse(part, "ONNX has no such recurrence.", "Use SimpleRNN, GRU or LSTM.")
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
        "ave": lambda: g.add("Mul", g.add("Add", y, z), g.scalar(0.5, x.dtype)),
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
    **dict.fromkeys(OPERATORS, recurrent),
    "Bidirectional": bidirectional,
    "TimeDistributed": time_distributed,
}
