"""Recurrence and attention: ONNX puts time first, gates in another order, and has room for more than edunet."""

import numpy as np
from onnx_words import refuse

from edunet import ops

__all__ = ["OPERATORS"]


def _recurrent(a, standard, x, w, r, b, lengths, states, step):
    """Run `step(x, w, r, b, states, mask)` -> (h, last states) for each direction and lay the results out as ONNX."""
    batch_first = a.get("layout", 0) == 1
    direction = a.get("direction", "forward")
    refuse(
        a_limit_on_what_the_gates_see=a.get("clip"),
        other_activations=a.get("activations", standard * len(w)) != standard * len(w),
    )
    x = x if batch_first else x.swapaxes(0, 1)  # (N,T,D)
    N, T = x.shape[:2]
    lengths = np.full(N, T) if lengths is None else lengths
    mask = np.arange(T) < lengths[:, None]
    backwards = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[direction]
    b = [None] * len(w) if b is None else b
    states = [[None] * len(w) if s is None else s.swapaxes(0, 1) if batch_first else s for s in states]
    all_h, last = [], []
    for i, reverse in enumerate(backwards):
        order = np.where(mask, lengths[:, None] - 1 - np.arange(T), np.arange(T)) if reverse else np.arange(T)
        order = np.broadcast_to(order, (N, T))[..., None]
        h, *ends = step(np.take_along_axis(x, order, 1), w[i], r[i], b[i], [s[i] for s in states], mask)
        all_h.append(np.take_along_axis(h * mask[..., None], order, 1))
        last.append([h[:, -1], *ends])
    y = np.stack(all_h)  # (directions,N,T,U)
    outputs = [y.transpose(1, 2, 0, 3) if batch_first else y.transpose(2, 0, 1, 3)]
    outputs += [np.stack(s, 1 if batch_first else 0) for s in zip(*last, strict=True)]
    return outputs[: len(a["outputs"])]


def rnn(a, x, w, r, b=None, lengths=None, h0=None):
    activation = a.get("activations", [b"Tanh"])[0].decode().lower()

    def step(x, w, r, b, states, mask):
        b = None if b is None else b[: len(b) // 2] + b[len(b) // 2 :]
        return [ops.simple_rnn(x, w.T, r.T, b, *states, activation=activation, mask=mask)]

    known = [activation.capitalize().encode()]
    return _recurrent(a, known, x, w, r, b, lengths, [h0], step)


def gru(a, x, w, r, b=None, lengths=None, h0=None):
    after = a.get("linear_before_reset", 0) == 1

    def step(x, w, r, b, states, mask):
        if b is not None:
            b = b.reshape(2, -1) if after else b.reshape(2, -1).sum(axis=0)
        return [ops.gru(x, w.T, r.T, b, *states, reset_after=after, mask=mask)]

    return _recurrent(a, [b"Sigmoid", b"Tanh"], x, w, r, b, lengths, [h0], step)


def lstm(a, x, w, r, b=None, lengths=None, h0=None, c0=None, peepholes=None):
    refuse(gates_that_see_the_cell_peepholes=peepholes is not None, coupled_gates=a.get("input_forget"))

    def ours(m):  # i o f c -> i f c o
        return np.concatenate([np.split(m, 4)[k] for k in (0, 2, 3, 1)])

    def step(x, w, r, b, states, mask):
        b = None if b is None else ours(b[: len(b) // 2] + b[len(b) // 2 :])
        return ops.lstm(x, ours(w).T, ours(r).T, b, *states, mask=mask)

    return _recurrent(a, [b"Sigmoid", b"Tanh", b"Tanh"], x, w, r, b, lengths, [h0, c0], step)


def attention(a, q, k, v, mask=None, past_key=None, past_value=None, lengths=None):
    in_3d = q.ndim == 3
    heads = (a["q_num_heads"], a["kv_num_heads"]) if in_3d else (q.shape[1], k.shape[1])
    refuse(
        keys_kept_from_before=past_key is not None,
        groups_of_heads_that_share_keys=heads[0] != heads[1],
        softcap=a.get("softcap"),
    )
    if in_3d:
        q, k, v = (np.asarray(ops.split_heads(x, heads=heads[0])) for x in (q, k, v))
    looks = _may_look(a, q.shape[2], k.shape[2], lengths)
    options = {"mask": looks, "causal": bool(a.get("is_causal")) and lengths is None, "scale": a.get("scale")}
    if mask is not None:
        missing = [*[(0, 0)] * (mask.ndim - 1), (0, k.shape[2] - mask.shape[-1])]  # keys beyond the mask are not seen
        if mask.dtype == bool:
            options["mask"] = np.pad(mask, missing) & (True if looks is None else looks)
        else:
            options["bias"] = np.pad(mask, missing, constant_values=-np.inf)
    y = np.asarray(ops.attention(q, k, v, **options))
    outputs = [np.asarray(ops.merge_heads(y)) if in_3d else y]
    if len(a["outputs"]) == 4:  # the fourth: the weights, or the scores before the softmax, which stay inside
        weights = a.get("qk_matmul_output_mode", 0) == 3
        outputs += [None, None, np.asarray(ops.attention_weights(q, k, **options)) if weights else None]
    return outputs[: len(a["outputs"])]


def _may_look(a, T, S, lengths):
    """Return ONNX's windows and lengths as a mask (T,S) or (N,1,T,S), True where query i may look at key j; or None.

    Lengths are how many keys each sequence has; the queries are then the last T of its steps.
    """
    left, right = a.get("left_window_size", -1), a.get("right_window_size", -1)
    if lengths is None and left < 0 and right < 0:
        return None
    i, j = np.arange(T)[:, None], np.arange(S)
    looks = np.ones((T, S), bool)
    if lengths is not None:
        lengths = lengths.reshape(-1, 1, 1, 1)
        i = i + lengths - T
        looks = looks & (j < lengths) & ((j <= i) | (not a.get("is_causal")))
    looks = looks if left < 0 else looks & (j >= i - left)
    return looks if right < 0 else looks & (j <= i + right)


OPERATORS = {"RNN": rnn, "GRU": gru, "LSTM": lstm, "Attention": attention}
