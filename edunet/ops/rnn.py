"""The simple recurrence h_t = f(x_t·W_x + h_{t−1}·W_h + b): a network that remembers the step before."""

import numpy as np

from edunet.backend import kernels
from edunet.names import did_you_mean
from edunet.tensor import differentiable

__all__ = ["simple_rnn"]

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")


@differentiable
def simple_rnn(x, wx, wh, b=None, h0=None, *, activation="tanh", mask=None):
    """Read a sequence step by step; every state is made from the input and from the state before.

        a_t = x_t W_x + h_{t-1} W_h + b                     h_t = f(a_t)
        f is "tanh", "relu", "sigmoid" or "linear"; the state before the first step is h0, or 0
    The article prints h_t = f(Σ w·h_{t-1} + b). As printed there the formula never sees the input x_t: every patient
    would get the same states. Here stands the usual form (Elman), with x_t W_x.
    Gradients (backpropagation through time), given dh = ∂loss/∂h, from the last step to the first:
        da_t = (dh_t + da_{t+1} W_hᵀ) ⊙ f'(a_t)             f' from h: tanh 1 − h², sigmoid h(1 − h), relu [h > 0]
        dx_t = da_t W_xᵀ            dW_x = Σ_t x_tᵀ da_t            dW_h = Σ_t h_{t-1}ᵀ da_t
        db   = Σ_nt da_t            dh0  = da_1 W_hᵀ
    Shapes: x (N,T,D), wx (D,U), wh (U,U), b (U,) or None, h0 (N,U) or None, h (N,T,U).
    mask (N,T), True where a step counts: elsewhere h_t = h_{t-1} and x_t is not looked at, not even if it is NaN.
    Raises ValueError for a wrong rank or size or an unknown activation, TypeError for a mask that is not boolean.
    Source: Elman, Finding structure in time (1990).   Tutorial: notebooks/08_rnn.ipynb

    >>> x = np.array([[[1.0], [0.0], [0.0]]])           # one patient, a dose at the first of three steps
    >>> simple_rnn(x, np.array([[1.0]]), np.array([[0.5]]), activation="linear")[0, :, 0]
    array([1.  , 0.5 , 0.25])
    """
    check_sequence("simple_rnn", x, wx, wh, h0=h0)
    if activation not in ACTIVATIONS:
        known = ", ".join(map(repr, ACTIVATIONS))
        hint = did_you_mean(activation, ACTIVATIONS)
        raise ValueError(f"simple_rnn: activation is one of {known}. Received: {activation!r}.{hint}")
    U = wh.shape[0]
    if b is not None and b.shape != (U,):
        raise ValueError(f"simple_rnn: expected one bias per unit, b ({U},). Received b {b.shape}.")
    x, steps = skip_steps("simple_rnn", x, mask)
    bias = np.zeros(U, x.dtype) if b is None else b
    state = np.zeros((len(x), U), x.dtype) if h0 is None else h0
    h = np.empty((*x.shape[:2], U), x.dtype)
    k = kernels("rnn")
    k.simple_rnn_forward(x, wx, wh, bias, state, steps, activation, h)

    def backward(dh, *, wanted=(True,) * 5):
        dx = np.empty(x.shape if wanted[0] else (0, 0, 0), x.dtype)  # size zero: not wanted
        dwx, dwh, db, dh0 = (np.empty_like(a) for a in (wx, wh, bias, state))
        k.simple_rnn_backward(dh, x, wx, wh, state, steps, activation, h, dx, dwx, dwh, db, dh0)
        return dx, dwx, dwh, None if b is None else db, None if h0 is None else dh0

    return h, backward


# ---------------------------------------------------------------- sequences, shared with GRU and LSTM


def check_sequence(op, x, wx, wh, *, gates=1, **states):
    """Refuse what cannot be read step by step, with the repair in the message."""
    if x.ndim != 3:
        hint = " For a single patient type x[None], for one measurement per step x[..., None]." if x.ndim == 2 else ""
        raise ValueError(f"{op}: expected x (N, T, D), 3 axes. Received x of shape {x.shape}.{hint}")
    if x.shape[1] == 0:
        raise ValueError(f"{op}: expected at least one time step. Received x of shape {x.shape}.")
    times = f"{gates}·" if gates > 1 else ""
    if wx.ndim != 2 or wh.ndim != 2 or wh.shape[1] != gates * wh.shape[0] or wx.shape[1] != wh.shape[1]:
        raise ValueError(
            f"{op}: expected wx (D, {times}U) and wh (U, {times}U). Received wx {wx.shape}, wh {wh.shape}."
        )
    if x.shape[2] != wx.shape[0]:
        swapped = " Time and features seem exchanged: use x.transpose(0, 2, 1)." if x.shape[1] == wx.shape[0] else ""
        raise ValueError(
            f"{op}: x has {x.shape[2]} features per step, wx expects {wx.shape[0]}. "
            f"Received x {x.shape}, wx {wx.shape}; features are the last axis of x.{swapped}"
        )
    expected = (x.shape[0], wh.shape[0])
    for name, state in states.items():
        if state is not None and state.shape != expected:
            hint = ""
            if state.shape == expected[1:]:
                hint = f" To start every sequence alike: np.tile({name}, ({expected[0]}, 1))."
            raise ValueError(f"{op}: expected {name} (N, U) = {expected}. Received {name} {state.shape}.{hint}")


def skip_steps(op, x, mask):
    """Return x with zeros at the steps that do not count, and the mask as kernels want it: (N,T) or size zero."""
    if mask is None:
        return x, np.zeros((0, 0), bool)
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            f"{op}: expected a mask of True and False, True where a step counts. Received dtype {mask.dtype}. "
            "For 1 and 0 type mask.astype(bool); for lengths, np.arange(T) < lengths[:, None]."
        )
    if mask.shape != x.shape[:2]:
        hint = " One flag per step, not per measurement: mask.any(axis=-1)." if mask.shape == x.shape else ""
        hint = " Use mask.T." if mask.T.shape == x.shape[:2] else hint
        hint = " Use mask[..., 0]." if mask.shape == (*x.shape[:2], 1) else hint
        raise ValueError(f"{op}: expected a mask (N, T) = {x.shape[:2]}. Received a mask of shape {mask.shape}.{hint}")
    return np.where(mask[..., None], x, 0), np.ascontiguousarray(mask)
