"""Pictures of a recurrence: what its units remember, and what its gates do, step by step for one patient."""

import copy

import numpy as np

from edunet import ops
from edunet.canvas import LOOKS, blank_figure, shades
from edunet.layers import GRU, LSTM, Layer
from edunet.layers.recurrent import Recurrent
from edunet.tensor import Tensor, no_gradients

__all__ = ["gates", "hidden_states"]

MEANINGS = {
    "z": "update gate z: 1 keeps the old state",
    "r": "reset gate r: 0 hides the old state from the candidate",
    "i": "input gate i: 1 writes",
    "f": "forget gate f: 1 keeps the cell",
    "o": "output gate o: 1 shows the cell",
    "c": "cell state c: the memory",
    "h": "hidden state h: the output",
}


def hidden_states(layer, x=None, *, names=None, events=None, time="step", synthetic=False):
    """Draw the states of a recurrent layer over time: lines for up to 4 units, else one row of shades for each unit.

    Args: layer, a SimpleRNN, GRU or LSTM that reads x (T,D), the measurements of one patient; or, without x, states
    (T,U); names, one for each unit; events, words for steps, {5: "antibiotic"}; time, what a step is, such as "hour".
    Steps are counted from 0. Raises TypeError for another layer, ValueError for wrong shapes or steps.

    >>> states = np.tanh(np.random.default_rng(0).normal(size=(12, 2)))
    >>> hidden_states(states, events={5: "fever"}, time="day").axes[0].get_xlabel()
    'day'
    """
    if isinstance(layer, Layer):
        states = _states(layer, x)
    elif x is not None:
        raise TypeError(f"hidden_states: expected a layer before x. Received: {layer!r}.")
    else:
        states = _one_patient("hidden_states", layer, "(T, U)")
    title = f"What {states.shape[1]} unit{'s' * (states.shape[1] > 1)} remember{'s' * (states.shape[1] == 1)}"
    return _panels("hidden_states", {"h": states}, title, names, events, time, synthetic)


def gates(layer, x, *, names=None, events=None, time="step", synthetic=False):
    """Draw what the gates of a GRU or LSTM do while it reads one patient, and the states that come of it.

    GRU: update gate z, reset gate r, state h. LSTM: input gate i, forget gate f, output gate o, cell c, state h.
    Args: layer, that has its weights; x (T,D), the measurements of one patient; names, events, time: as hidden_states.
    Raises TypeError for another layer, ValueError for wrong shapes or steps.   Formulas: edunet.ops.gru, .lstm

    >>> from edunet import layers
    >>> layer, x = layers.GRU(2), np.ones((6, 3))
    >>> h = layer(x[None])                                         # now it has weights
    >>> [axes.get_title(loc="left")[:13] for axes in gates(layer, x).axes]
    ['update gate z', 'reset gate r:', 'hidden state ']
    """
    _check_layer("gates", layer, (GRU, LSTM), "GRU or LSTM")
    x = _one_patient("gates", x, "(T, D)")
    if x.shape[1] != layer.kernel.shape[0]:
        raise ValueError(f"gates: {layer.name!r} reads {layer.kernel.shape[0]} measurements. Received x {x.shape}.")
    if not layer.has_kernel:
        raise ValueError(f"gates: {layer.name!r} has other activations than tanh and sigmoid, which are drawn here.")
    values = _of_gru(layer, x) if isinstance(layer, GRU) else _of_lstm(layer, x)
    return _panels("gates", values, f"Inside {layer.name!r}", names, events, time, synthetic)


def _check_layer(op, layer, kinds, expected):
    if not isinstance(layer, kinds):
        hint = " Take the layer out of the model: model.layers[0]." if hasattr(layer, "layers") else ""
        raise TypeError(f"{op}: expected a {expected}. Received: {layer!r}.{hint}")
    if not layer.built:
        raise ValueError(f"{op}: {layer.name!r} has no weights yet. Call it on data, or fit the model first.")
    if layer.go_backwards:
        raise ValueError(f"{op}: {layer.name!r} goes backwards; its steps are not those of the picture.")


def _states(layer, x):
    """Return the states (T,U) of a layer at every step."""
    _check_layer("hidden_states", layer, Recurrent, "SimpleRNN, GRU or LSTM")
    if x is None:
        raise ValueError("hidden_states: of which patient? Type hidden_states(layer, x) with x (T, D).")
    every_step = copy.copy(layer)  # it shares the weights
    every_step.return_sequences, every_step.return_state, every_step.stateful = True, False, False
    with no_gradients():
        return np.asarray(every_step(_one_patient("hidden_states", x, "(T, D)")[None]))[0]


def _one_patient(op, x, expected):
    """Return an array of two axes, time first; one patient in a batch, (1,T,D), will do."""
    x = np.asarray(x.data if isinstance(x, Tensor) else x)
    if x.ndim == 3 and len(x) == 1:
        x = x[0]
    if x.ndim != 2 or not x.size:
        hint = {1: " One number per step is x[:, None].", 3: " For the first patient type x[0]."}.get(x.ndim, "")
        raise ValueError(f"{op}: expected {expected}, one patient. Received shape {x.shape}.{hint}")
    return x


def _of_gru(layer, x):
    """Return z, r and h (T,U), by the formulas of ops.gru."""
    wx, wh, U = layer.kernel.data, layer.recurrent_kernel.data, layer.units
    b = np.zeros(layer.bias_shape(), wx.dtype) if layer.bias is None else layer.bias.data
    b, c = b if layer.reset_after else (b, np.zeros_like(b))
    h, steps = np.zeros(U, wx.dtype), []
    for a in x @ wx + b:
        z = ops.sigmoid(a[:U] + h @ wh[:, :U] + c[:U])
        r = ops.sigmoid(a[U : 2 * U] + h @ wh[:, U : 2 * U] + c[U : 2 * U])
        inner = r * (h @ wh[:, 2 * U :] + c[2 * U :]) if layer.reset_after else (r * h) @ wh[:, 2 * U :]
        h = z * h + (1 - z) * np.tanh(a[2 * U :] + inner)
        steps.append((z, r, h))
    return dict(zip("zrh", np.array(steps).swapaxes(0, 1), strict=True))


def _of_lstm(layer, x):
    """Return i, f, o, c and h (T,U), by the formulas of ops.lstm."""
    wx, wh = layer.kernel.data, layer.recurrent_kernel.data
    c = h = np.zeros(layer.units, wx.dtype)
    steps = []
    for a in x @ wx + (0 if layer.bias is None else layer.bias.data):
        to_i, to_f, to_c, to_o = np.split(a + h @ wh, 4)
        i, f, o = ops.sigmoid(to_i), ops.sigmoid(to_f), ops.sigmoid(to_o)
        c = f * c + i * np.tanh(to_c)
        h = o * np.tanh(c)
        steps.append((i, f, o, c, h))
    return dict(zip("ifoch", np.array(steps).swapaxes(0, 1), strict=True))


def _panels(op, values, title, names, events, time, synthetic):
    """Draw arrays (T,U), one under the other."""
    T, U = values["h"].shape
    names = [f"unit {u}" for u in range(U)] if names is None else [str(name) for name in names]
    if len(names) != U:
        raise ValueError(f"{op}: expected one name for each of {U} units. Received {len(names)}.")
    events = dict(events or {})
    for step in events:
        if not isinstance(step, (int, np.integer)) or not 0 <= step < T:
            raise ValueError(f"{op}: events are {{step: word}}, steps from 0 to {T - 1}. Received step {step!r}.")
    lines = len(LOOKS) >= U
    height = 1.55 if lines else min(max(0.8 + 0.14 * U, 1.4), 4)
    single = len(values) == 1
    figure = blank_figure(8, (max(height, 2.6) if single else height * len(values)) + 0.8, synthetic)
    rows = figure.subplots(len(values), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (symbol, array) in zip(rows, values.items(), strict=True):
        (_as_lines if lines else _as_shades)(axes, array, symbol, names)
        axes.set_title(MEANINGS[symbol], fontsize=10, loc="left")
        for step in events:
            if not lines:
                axes.axvline(step, color="white", linewidth=2.6)  # a rim that shows on dark shades
            axes.axvline(step, color="black", linewidth=1.2, linestyle=(0, (4, 3)))
    if lines:
        rows[0].legend(loc="upper left", bbox_to_anchor=(1.01, 1), fontsize=9)
    rows[-1].set_xlabel(time, labelpad=_write_events(rows[-1], events, T))
    rows[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.suptitle(title, fontsize=11)
    return figure


def _write_events(axes, events, T):
    """Write words under their steps, in two rows where they would meet; return how much room they took, in points."""
    low, before, room = False, -T, 4
    for step in sorted(events):
        low = not low and step - before < T / 6
        before, room = step, max(room, 28 if low else 16)
        place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center", "va": "top"}
        axes.annotate(str(events[step]), (step, 0), (0, -32 if low else -20), **place, fontsize=9, fontweight="bold")
    return room


def _as_lines(axes, array, symbol, names):
    every = max(len(array) // 12, 1)  # markers stay apart
    for look, name, values in zip(LOOKS, names, array.T, strict=False):
        axes.plot(range(len(array)), values, label=name, markersize=4, markevery=every, **look)
    axes.set_ylabel(symbol)
    axes.grid(alpha=0.3)
    if symbol in "zrifo":
        axes.set_ylim(-0.05, 1.05)


def _as_shades(axes, array, symbol, names):
    gate = symbol in "zrifo"
    scale = {"cmap": "gray", "vmin": 0, "vmax": 1} if gate else shades(array)
    drawn = axes.imshow(array.T, aspect="auto", interpolation="nearest", **scale)
    step = -(-len(names) // 16)  # so many names are readable
    axes.set_yticks(range(0, len(names), step), names[::step], fontsize=8)
    axes.figure.colorbar(drawn, ax=axes, label=symbol, pad=0.01)
