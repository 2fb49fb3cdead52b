"""The long short-term memory: a recurrence with a cell, a memory that only gates can change."""

import numpy as np

from edunet.backend import kernels
from edunet.ops.rnn import check_sequence, skip_steps
from edunet.tensor import differentiable

__all__ = ["lstm"]


@differentiable
def lstm(x, wx, wh, b=None, h0=None, c0=None, *, mask=None):
    """Read a sequence with two states: the cell c, which is only added to, and h, the part of it that is shown.

        i_t = σ(x_t W_i + h_{t-1} R_i + b_i)                write (input gate)
        f_t = σ(x_t W_f + h_{t-1} R_f + b_f)                keep (forget gate)
        c̃_t = tanh(x_t W_c + h_{t-1} R_c + b_c)             what could be written
        o_t = σ(x_t W_o + h_{t-1} R_o + b_o)                show (output gate)
        c_t = f_t ⊙ c_{t-1} + i_t ⊙ c̃_t                     h_t = o_t ⊙ tanh(c_t)
    Gradients, from the last step to the first, with δ_t = dh_t + what step t+1 sends back to h_t, γ_t = what it sends
    back to c_t, and d for the gradient of what stands in a pair of brackets above:
        γ ← γ + δ ⊙ o ⊙ (1 − tanh²c_t)
        di = γ ⊙ c̃ ⊙ i(1 − i)                               df = γ ⊙ c_{t-1} ⊙ f(1 − f)
        dc̃ = γ ⊙ i ⊙ (1 − c̃²)                               do = δ ⊙ tanh(c_t) ⊙ o(1 − o)
        sent back: to c_{t-1} γ ⊙ f, to h_{t-1} [di df dc̃ do] Rᵀ
        dx_t = [di df dc̃ do] Wᵀ                             dW = Σ_t x_tᵀ [di df dc̃ do]
        db   = Σ_nt [di df dc̃ do]                           dR = Σ_t h_{t-1}ᵀ [di df dc̃ do]
    Shapes: x (N,T,D), wx (D,4U) = W_i W_f W_c W_o side by side, wh (U,4U), b (4U,) or None, h0 and c0 (N,U) or None.
    Returns h (N,T,U), all steps, and c (N,U), the cell after the last one.
    mask (N,T), True where a step counts: elsewhere both states stay and x_t is not looked at, not even if it is NaN.
    Raises ValueError for a wrong rank or size, TypeError for a mask that is not boolean.
    Source: Hochreiter & Schmidhuber, Long short-term memory (1997); Gers et al., Learning to forget (2000).
    Tutorial: lesson 09

    >>> wx, wh = np.zeros((1, 4)), np.zeros((1, 4))      # with zero weights every gate is ½: the cell halves each step
    >>> h, c = lstm(np.zeros((1, 3, 1)), wx, wh, None, None, np.ones((1, 1)))
    >>> c
    array([[0.125]])
    """
    check_sequence("lstm", x, wx, wh, gates=4, h0=h0, c0=c0)
    U = wh.shape[0]
    if b is not None and b.shape != (4 * U,):
        raise ValueError(f"lstm: expected one bias per gate and unit, b (4·U,) = ({4 * U},). Received b {b.shape}.")
    x, steps = skip_steps("lstm", x, mask)
    bias = np.zeros(4 * U, x.dtype) if b is None else b
    state, cell = (np.zeros((len(x), U), x.dtype) if a is None else a for a in (h0, c0))
    h, c, gates = (np.empty((*x.shape[:2], width), x.dtype) for width in (U, U, 4 * U))
    k = kernels("lstm")
    k.lstm_forward(x, wx, wh, bias, state, cell, steps, h, c, gates)

    def backward(dh, dc, *, wanted=(True,) * 6):
        dx = np.empty(x.shape if wanted[0] else (0, 0, 0), x.dtype)  # size zero: not wanted
        dwx, dwh, db, dh0, dc0 = made = [np.empty_like(a) for a in (wx, wh, bias, state, cell)]
        k.lstm_backward(dh, dc, x, wx, wh, state, cell, steps, h, c, gates, dx, *made)
        db = None if b is None else db
        return dx, dwx, dwh, db, None if h0 is None else dh0, None if c0 is None else dc0

    return (h, c[:, -1].copy()), backward
