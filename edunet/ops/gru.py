"""The gated recurrent unit: a recurrence that decides how much of its memory to keep."""

import numpy as np

from edunet.backend import kernels
from edunet.ops.rnn import check_sequence, skip_steps
from edunet.tensor import differentiable

__all__ = ["gru"]


@differentiable
def gru(x, wx, wh, b=None, h0=None, *, reset_after=True, mask=None):
    """Read a sequence; a gate z keeps the old state or lets a candidate in, a gate r says how much the candidate knows.

        z_t = σ(x_t W_z + b_z + h_{t-1} R_z + c_z)          keep (update gate)
        r_t = σ(x_t W_r + b_r + h_{t-1} R_r + c_r)          remember (reset gate)
        ĥ_t = tanh(x_t W_h + b_h + r_t ⊙ (h_{t-1} R_h + c_h))       reset_after=True, as in Keras and PyTorch
        ĥ_t = tanh(x_t W_h + b_h + (r_t ⊙ h_{t-1}) R_h)             reset_after=False, as first published; no c
        h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ ĥ_t
    Gradients, from the last step to the first, with δ_t = dh_t + what step t+1 sends back, and d for the gradient of
    what stands in a pair of brackets above:
        dz = δ ⊙ (h_{t-1} − ĥ) ⊙ z(1 − z)                   dĥ = δ ⊙ (1 − z) ⊙ (1 − ĥ²)
        dr = dĥ ⊙ (h_{t-1} R_h + c_h) ⊙ r(1 − r)
        sent back to h_{t-1}: δ ⊙ z + dz R_zᵀ + dr R_rᵀ + (dĥ ⊙ r) R_hᵀ
        dx_t = [dz dr dĥ] Wᵀ        dW = Σ_t x_tᵀ [dz dr dĥ]            db = Σ_nt [dz dr dĥ]
                                    dR = Σ_t h_{t-1}ᵀ [dz dr dĥ⊙r]      dc = Σ_nt [dz dr dĥ⊙r]
    and for reset_after=False
        dr = dĥ R_hᵀ ⊙ h_{t-1} ⊙ r(1 − r)                   dR_h = Σ_t (r ⊙ h_{t-1})ᵀ dĥ
        sent back to h_{t-1}: δ ⊙ z + dz R_zᵀ + dr R_rᵀ + r ⊙ (dĥ R_hᵀ)
    Shapes: x (N,T,D), wx (D,3U) = W_z W_r W_h side by side, wh (U,3U) = R_z R_r R_h, h0 (N,U) or None, h (N,T,U);
        b (2,3U), rows b and c, for reset_after=True; (3U,) for reset_after=False; or None.
    mask (N,T), True where a step counts: elsewhere h_t = h_{t-1} and x_t is not looked at, not even if it is NaN.
    Raises ValueError for a wrong rank or size, TypeError for a mask that is not boolean.
    Source: Cho et al., Learning phrase representations using RNN encoder-decoder (2014).
    Tutorial: lesson 09

    >>> wx, wh = np.zeros((1, 3)), np.zeros((1, 3))      # with zero weights z = ½: half of the memory fades each step
    >>> gru(np.zeros((1, 3, 1)), wx, wh, None, np.ones((1, 1)))[0, :, 0]
    array([0.5  , 0.25 , 0.125])
    """
    check_sequence("gru", x, wx, wh, gates=3, h0=h0)
    U = wh.shape[0]
    bias = _two_rows(b, U, reset_after, x.dtype)
    x, steps = skip_steps("gru", x, mask)
    state = np.zeros((len(x), U), x.dtype) if h0 is None else h0
    h, gates, inner = (np.empty((*x.shape[:2], width), x.dtype) for width in (U, 3 * U, U))
    k = kernels("gru")
    k.gru_forward(x, wx, wh, bias, state, steps, bool(reset_after), h, gates, inner)

    def backward(dh, *, wanted=(True,) * 5):
        dx = np.empty(x.shape if wanted[0] else (0, 0, 0), x.dtype)  # size zero: not wanted
        dwx, dwh, db, dh0 = made = [np.empty_like(a) for a in (wx, wh, bias, state)]
        k.gru_backward(dh, x, wx, wh, state, steps, bool(reset_after), h, gates, inner, dx, *made)
        db = None if b is None else db if reset_after else db[0]
        return dx, dwx, dwh, db, None if h0 is None else dh0

    return h, backward


def _two_rows(b, U, reset_after, dtype):
    """Return the bias as (2,3U): what is added to x W, and what is added to h U."""
    if b is None:
        return np.zeros((2, 3 * U), dtype)
    expected = (2, 3 * U) if reset_after else (3 * U,)
    if b.shape != expected:
        hint = ""
        if reset_after and b.shape == (3 * U,):
            hint = " The second row is the bias of h U: type np.stack([b, np.zeros_like(b)]), or use reset_after=False."
        elif not reset_after and b.shape == (2, 3 * U):
            hint = " These weights belong to reset_after=True."
        raise ValueError(f"gru: reset_after={reset_after} expects b {expected}. Received b {b.shape}.{hint}")
    return b if reset_after else np.stack([b, np.zeros_like(b)])
