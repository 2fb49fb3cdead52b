"""The same formulas in PyTorch: outputs and all gradients must agree, in both precisions.

A case is our formula, theirs, and the arrays both start from. Ours takes Tensors, theirs takes torch tensors in *our*
layout and turns them itself, so that its gradients come back in our layout too. To add a case, add a line to CASES.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from edunet import tensor
from edunet.ops.attention import attention, merge_heads, split_heads
from edunet.ops.conv import conv1d, conv2d
from edunet.ops.dense import dense
from edunet.ops.gru import gru
from edunet.ops.lstm import lstm
from edunet.ops.norm import batch_norm, layer_norm
from edunet.ops.rnn import simple_rnn

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
F = torch.nn.functional

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}  # of the largest number in PyTorch's answer
N, T, S, D, U, HEADS = 3, 6, 5, 4, 7, 2
LOOKS = np.random.default_rng(1).random((N, 1, T, S)) < 0.6
LOOKS[..., 0] = True


class Case(NamedTuple):
    ours: Callable
    theirs: Callable
    shapes: dict[str, tuple]


# ---------------------------------------------------------------- theirs


def torch_conv2d(padding="valid", stride=1, dilation=1):
    def theirs(x, w, b):
        y = F.conv2d(x.movedim(3, 1), w.permute(3, 2, 0, 1), b, stride, padding, dilation)
        return y.movedim(1, 3)

    return theirs


def torch_conv1d(x, w, b):
    x = F.pad(x.movedim(2, 1), (2 * (w.shape[0] - 1), 0))  # causal: all zeros before the first sample
    return F.conv1d(x, w.permute(2, 1, 0), b, dilation=2).movedim(1, 2)


def torch_batch_norm(x, gamma, beta):
    y = F.batch_norm(x.movedim(3, 1), None, None, gamma, beta, training=True, eps=1e-3)
    variance, mean = torch.var_mean(x, dim=(0, 1, 2), correction=0)
    return y.movedim(1, 3), mean, variance


def torch_recurrence(module, reorder=lambda w: w, **options):
    """Feed our weights to a recurrent module; `reorder` puts our gates, the last axis, in its order."""

    def theirs(x, wx, wh, b, *states):
        b_input, b_state = b if b.ndim == 2 else (b, torch.zeros_like(b))
        weights = {
            "weight_ih_l0": reorder(wx).T,
            "weight_hh_l0": reorder(wh).T,
            "bias_ih_l0": reorder(b_input),
            "bias_hh_l0": reorder(b_state),
        }
        states = tuple(s[None] for s in states)
        net = module(x.shape[2], wh.shape[0], batch_first=True, dtype=x.dtype, **options)
        start = states if len(states) > 1 else states[0]
        h, last = torch.func.functional_call(net, weights, (x, start))
        return (h, last[1][0]) if isinstance(last, tuple) else h

    return theirs


def reset_gate_first(w):
    z, r, candidate = w.chunk(3, dim=-1)
    return torch.cat([r, z, candidate], dim=-1)


def multi_head(q, k, wq, wk, wv, wo, b):
    """Ours: the core of a multi-head attention layer."""
    q, k, v = (split_heads(dense(x, w, None), heads=HEADS) for x, w in ((q, wq), (k, wk), (k, wv)))
    return dense(merge_heads(attention(q, k, v)), wo, b)


def torch_multi_head(q, k, wq, wk, wv, wo, b):
    weights = torch.cat([wq.T, wk.T, wv.T])
    q, k = q.movedim(0, 1), k.movedim(0, 1)  # time first
    options = {"add_zero_attn": False, "dropout_p": 0.0, "training": False, "need_weights": False}
    z, _ = F.multi_head_attention_forward(
        q, k, k, q.shape[2], HEADS, weights, None, None, None, out_proj_weight=wo.T, out_proj_bias=b, **options
    )
    return z.movedim(1, 0)


# ---------------------------------------------------------------- the cases

IMAGE = {"x": (2, 8, 9, 3), "w": (3, 2, 3, 5), "b": (5,)}
NORM = {"x": (N, 4, 5, 6), "gamma": (6,), "beta": (6,)}
HEAD = {"q": (N, HEADS, T, D), "k": (N, HEADS, S, D), "v": (N, HEADS, S, 3)}
MULTI = {"q": (N, T, 8), "k": (N, S, 8), "wq": (8, 8), "wk": (8, 8), "wv": (8, 8), "wo": (8, 8), "b": (8,)}


def sequence(gates, bias_rows=1, states=1):
    bias = (gates * U,) if bias_rows == 1 else (bias_rows, gates * U)
    shapes = {"x": (N, T, D), "wx": (D, gates * U), "wh": (U, gates * U), "b": bias}
    return shapes | {f"{name}0": (N, U) for name in "hc"[:states]}


def given(op, **options):
    """Our op with its options fixed."""
    return lambda *arrays: op(*arrays, **options)


CASES = {
    "dense": Case(dense, lambda x, w, b: F.linear(x, w.T, b), {"x": (N, T, D), "w": (D, U), "b": (U,)}),
    "conv2d": Case(conv2d, torch_conv2d(), IMAGE),
    "conv2d same": Case(given(conv2d, padding="same"), torch_conv2d("same"), IMAGE | {"w": (3, 3, 3, 5)}),
    "conv2d strides": Case(given(conv2d, stride=(2, 3)), torch_conv2d(stride=(2, 3)), IMAGE),
    "conv2d dilated": Case(given(conv2d, dilation=2), torch_conv2d(dilation=2), IMAGE),
    "conv1d causal dilated": Case(
        given(conv1d, padding="causal", dilation=2), torch_conv1d, {"x": (N, 11, 2), "w": (3, 2, 5), "b": (5,)}
    ),
    "batch_norm": Case(batch_norm, torch_batch_norm, NORM),
    "layer_norm": Case(layer_norm, lambda x, gamma, beta: F.layer_norm(x, (6,), gamma, beta, 1e-3), NORM),
    "simple_rnn": Case(simple_rnn, torch_recurrence(torch.nn.RNN), sequence(1)),
    "simple_rnn relu": Case(
        given(simple_rnn, activation="relu"), torch_recurrence(torch.nn.RNN, nonlinearity="relu"), sequence(1)
    ),
    "gru": Case(gru, torch_recurrence(torch.nn.GRU, reset_gate_first), sequence(3, bias_rows=2)),
    "lstm": Case(lstm, torch_recurrence(torch.nn.LSTM), sequence(4, states=2)),
    "attention": Case(attention, F.scaled_dot_product_attention, HEAD),
    "attention mask": Case(
        given(attention, mask=LOOKS),
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, torch.from_numpy(LOOKS)),
        HEAD,
    ),
    "attention causal": Case(
        given(attention, causal=True), lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEAD
    ),
    "multi-head attention": Case(multi_head, torch_multi_head, MULTI),
}


# ---------------------------------------------------------------- the test


def as_tuple(y):
    return tuple(y) if isinstance(y, (tuple, list)) else (y,)


def our_answers(case, arrays, weights):
    """Return {name: outputs and gradients of Σ weights · outputs}."""
    inputs = [tensor.Tensor(a) for a in arrays]
    outputs = as_tuple(case.ours(*inputs))
    loss = sum(((y * r).sum() for y, r in zip(outputs, weights, strict=True)), start=0.0)
    grads = tensor.gradients(loss, inputs)
    return name_answers(case, [y.numpy() for y in outputs], grads)


def their_answers(case, arrays, weights):
    inputs = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
    outputs = as_tuple(case.theirs(*inputs))
    loss = sum((y * torch.from_numpy(r)).sum() for y, r in zip(outputs, weights, strict=True))
    grads = torch.autograd.grad(loss, inputs)
    return name_answers(case, [y.detach().numpy() for y in outputs], [g.numpy() for g in grads])


def name_answers(case, outputs, grads):
    answers = {f"output {i}": y for i, y in enumerate(outputs)}
    return answers | {f"d{name}": g for name, g in zip(case.shapes, grads, strict=True)}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_outputs_and_gradients_agree_with_pytorch(case, dtype):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape).astype(dtype) for shape in case.shapes.values()]
    weights = [rng.normal(size=y.shape).astype(dtype) for y in as_tuple(case.ours(*arrays))]
    ours, theirs = our_answers(case, arrays, weights), their_answers(case, arrays, weights)
    for name, expected in theirs.items():
        assert ours[name].dtype == dtype, name
        assert ours[name].shape == expected.shape, name
        worst = np.abs(ours[name] - expected).max() / np.abs(expected).max()
        assert worst <= TOLERANCE[dtype], f"{name} differs by {worst:.2g} of its largest number"
