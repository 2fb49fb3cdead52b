"""The same formulas in PyTorch: outputs and all gradients must agree, in both precisions.

A case is our formula, theirs, and the arrays both start from. Ours takes Tensors, theirs takes torch tensors in *our*
layout and turns them itself, so that its gradients come back in our layout too. To add a case, add a line to CASES.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

import edunet
from edunet import layers, ops, tensor
from edunet.demo import article_network
from edunet.ops.attention import attention, merge_heads, split_heads
from edunet.ops.conv import conv1d, conv2d
from edunet.ops.dense import dense
from edunet.ops.gru import gru
from edunet.ops.lstm import lstm
from edunet.ops.norm import batch_norm, layer_norm
from edunet.ops.rnn import simple_rnn

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-peers")
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


PARTS = ("kernel", "recurrent_kernel", "bias")


def our_bidirectional(x, *given):
    """Ours: the layer, with the six weights and four states that are given. Returns y, then both h and both c."""
    layer = layers.Bidirectional(layers.LSTM(U, return_sequences=True, return_state=True))
    weights, states = given[:6], list(given[6:])
    for part, own in ((layer.forward_layer, weights[:3]), (layer.backward_layer, weights[3:])):
        part.built = True
        vars(part).update(zip(PARTS, own, strict=True))
    y, h, c, h_back, c_back = layer.call(x, initial_state=states)
    return y, h, h_back, c, c_back


def torch_bidirectional(x, *given):
    weights = {}
    for suffix, (wx, wh, b) in (("l0", given[:3]), ("l0_reverse", given[3:6])):
        both = {"weight_ih": wx.T, "weight_hh": wh.T, "bias_ih": b, "bias_hh": torch.zeros_like(b)}
        weights |= {f"{name}_{suffix}": w for name, w in both.items()}
    h, c, h_back, c_back = given[6:]
    net = torch.nn.LSTM(D, U, batch_first=True, bidirectional=True, dtype=x.dtype)
    start = torch.stack([h, h_back]), torch.stack([c, c_back])
    y, (h, c) = torch.func.functional_call(net, weights, (x, start))
    return y, *h, *c


def our_places(x, w):
    """Ours: the layer, with the vectors w of more places than x has."""
    layer = layers.PositionEmbedding(len(w))
    layer.built, layer.embeddings = True, w
    return layer.call(x)


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


def channels_first(theirs):
    """Turn an image operation of PyTorch to our layout."""
    return lambda x: theirs(x.movedim(3, 1)).movedim(1, 3)


# ---------------------------------------------------------------- the cases

PIXELS = {"x": (2, 8, 9, 3)}
SCORES = {"z": (6, 4)}
LABELS = np.array([0, 3, 1, 2, 2, 0])
SHARES = np.random.default_rng(2).dirichlet(np.ones(4), size=6)
IMAGE = {"x": (2, 8, 9, 3), "w": (3, 2, 3, 5), "b": (5,)}
NORM = {"x": (N, 4, 5, 6), "gamma": (6,), "beta": (6,)}
HEAD = {"q": (N, HEADS, T, D), "k": (N, HEADS, S, D), "v": (N, HEADS, S, 3)}
MULTI = {"q": (N, T, 8), "k": (N, S, 8), "wq": (8, 8), "wk": (8, 8), "wv": (8, 8), "wo": (8, 8), "b": (8,)}


def sequence(gates, bias_rows=1, states=1):
    bias = (gates * U,) if bias_rows == 1 else (bias_rows, gates * U)
    shapes = {"x": (N, T, D), "wx": (D, gates * U), "wh": (U, gates * U), "b": bias}
    return shapes | {f"{name}0": (N, U) for name in "hc"[:states]}


TWO_LSTMS = {"x": (N, T, D)} | {
    f"{name}{way}": shape
    for way in (1, 2)
    for name, shape in {"wx": (D, 4 * U), "wh": (U, 4 * U), "b": (4 * U,)}.items()
}
TWO_LSTMS |= {f"{name}{way}": (N, U) for way in (1, 2) for name in "hc"}


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
    "conv2d asymmetric": Case(
        given(conv2d, padding=((1, 2), (0, 1)), stride=2),
        lambda x, w, b: torch_conv2d(stride=2)(F.pad(x, (0, 0, 0, 1, 1, 2)), w, b),
        IMAGE,
    ),
    "depthwise_conv2d": Case(
        given(ops.depthwise_conv2d, stride=2),
        lambda x, w, b: F.conv2d(
            x.movedim(3, 1), w.flatten(2).permute(2, 0, 1)[:, None], b, stride=2, groups=3
        ).movedim(1, 3),
        {"x": (2, 8, 9, 3), "w": (3, 2, 3, 2), "b": (6,)},
    ),
    "conv2d_transpose": Case(
        given(ops.conv2d_transpose, stride=(2, 3), dilation=2, padding=((1, 1), (0, 0)), output_padding=(1, 2)),
        lambda x, w, b: F.conv_transpose2d(
            x.movedim(3, 1), w.permute(3, 2, 0, 1), b, (2, 3), (1, 0), (1, 2), dilation=2
        ).movedim(1, 3),
        {"x": (2, 5, 4, 3), "w": (3, 2, 6, 3), "b": (6,)},
    ),
    "upsample2d bilinear": Case(
        given(ops.upsample2d, size=(2, 3), interpolation="bilinear"),
        channels_first(lambda x: F.interpolate(x, scale_factor=(2, 3), mode="bilinear")),
        PIXELS,
    ),
    "upsample2d nearest": Case(
        given(ops.upsample2d, size=3), channels_first(lambda x: F.interpolate(x, scale_factor=3)), PIXELS
    ),
    "avg_pool2d counting zeros": Case(
        given(ops.avg_pool2d, window=3, stride=2, padding=((1, 1), (1, 1)), count_padding=True),
        channels_first(lambda x: F.avg_pool2d(x, 3, 2, 1)),
        PIXELS,
    ),
    "group_norm": Case(
        given(ops.group_norm, groups=3),
        lambda x, gamma, beta: F.group_norm(x.movedim(3, 1), 3, gamma, beta, 1e-3).movedim(1, 3),
        NORM,
    ),
    "batch_norm": Case(batch_norm, torch_batch_norm, NORM),
    "layer_norm": Case(layer_norm, lambda x, gamma, beta: F.layer_norm(x, (6,), gamma, beta, 1e-3), NORM),
    "simple_rnn": Case(simple_rnn, torch_recurrence(torch.nn.RNN), sequence(1)),
    "simple_rnn relu": Case(
        given(simple_rnn, activation="relu"), torch_recurrence(torch.nn.RNN, nonlinearity="relu"), sequence(1)
    ),
    "gru": Case(gru, torch_recurrence(torch.nn.GRU, reset_gate_first), sequence(3, bias_rows=2)),
    "lstm": Case(lstm, torch_recurrence(torch.nn.LSTM), sequence(4, states=2)),
    "Bidirectional LSTM, states": Case(our_bidirectional, torch_bidirectional, TWO_LSTMS),
    "attention": Case(attention, F.scaled_dot_product_attention, HEAD),
    "attention mask": Case(
        given(attention, mask=LOOKS),
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, torch.from_numpy(LOOKS)),
        HEAD,
    ),
    "attention causal": Case(
        given(attention, causal=True), lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEAD
    ),
    "attention bias": Case(
        attention,
        lambda q, k, v, bias: F.scaled_dot_product_attention(q, k, v, bias),
        HEAD | {"bias": (N, 1, T, S)},
    ),
    "attention scale": Case(
        given(attention, scale=0.7), lambda q, k, v: F.scaled_dot_product_attention(q, k, v, scale=0.7), HEAD
    ),
    "multi-head attention": Case(multi_head, torch_multi_head, MULTI),
    "max_pool2d": Case(ops.max_pool2d, channels_first(lambda x: F.max_pool2d(x, 2)), PIXELS),
    "max_pool2d overlapping": Case(
        given(ops.max_pool2d, window=3, stride=2), channels_first(lambda x: F.max_pool2d(x, 3, 2)), PIXELS
    ),
    "avg_pool2d": Case(given(ops.avg_pool2d, window=(2, 3)), channels_first(lambda x: F.avg_pool2d(x, (2, 3))), PIXELS),
    "global_max_pool2d": Case(ops.global_max_pool2d, lambda x: x.amax(dim=(1, 2)), PIXELS),
    "global_avg_pool2d": Case(ops.global_avg_pool2d, lambda x: x.mean(dim=(1, 2)), PIXELS),
    "relu": Case(ops.relu, F.relu, SCORES),
    "leaky_relu": Case(ops.leaky_relu, lambda z: F.leaky_relu(z, 0.2), SCORES),
    "elu": Case(ops.elu, F.elu, SCORES),
    "gelu": Case(ops.gelu, F.gelu, SCORES),
    "gelu approximate": Case(given(ops.gelu, approximate=True), lambda z: F.gelu(z, approximate="tanh"), SCORES),
    "sigmoid": Case(ops.sigmoid, torch.sigmoid, SCORES),
    "tanh": Case(ops.tanh, torch.tanh, SCORES),
    "softplus": Case(ops.softplus, F.softplus, SCORES),
    "softmax": Case(ops.softmax, lambda z: z.softmax(-1), SCORES),
    "log_softmax": Case(ops.log_softmax, lambda z: z.log_softmax(-1), SCORES),
    "softmax_crossentropy": Case(
        given(ops.softmax_crossentropy, target=SHARES),
        lambda z: F.cross_entropy(z, torch.from_numpy(SHARES).to(z.dtype), reduction="none"),
        SCORES,
    ),
    "sparse_softmax_crossentropy": Case(
        given(ops.sparse_softmax_crossentropy, labels=LABELS),
        lambda z: F.cross_entropy(z, torch.from_numpy(LABELS), reduction="none"),
        SCORES,
    ),
    "sigmoid_crossentropy": Case(
        given(ops.sigmoid_crossentropy, target=SHARES),
        lambda z: F.binary_cross_entropy_with_logits(z, torch.from_numpy(SHARES).to(z.dtype), reduction="none"),
        SCORES,
    ),
    "huber": Case(
        given(ops.huber, target=SHARES),
        lambda z: F.huber_loss(z, torch.from_numpy(SHARES).to(z.dtype), reduction="none"),
        SCORES,
    ),
    "PositionEmbedding": Case(
        our_places, lambda x, w: x + F.embedding(torch.arange(T), w), {"x": (N, T, D), "w": (T + 2, D)}
    ),
    "prelu": Case(ops.prelu, F.prelu, SCORES | {"alpha": (4,)}),
    "embedding": Case(
        given(ops.embedding, indices=LABELS), lambda w: F.embedding(torch.from_numpy(LABELS), w), {"w": (4, 3)}
    ),
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


def torch_article(x, w1, b1, w2, b2, w3, b3, w4, b4, w5, b5):
    """The article's network, channels last on the outside; Flatten reads row by row, channels fastest, as ours."""
    x = x.movedim(3, 1)
    for w, b, pool in ((w1, b1, True), (w2, b2, True), (w3, b3, False)):
        x = F.relu(F.conv2d(x, w.permute(3, 2, 0, 1), b))
        x = F.max_pool2d(x, 2) if pool else x
    x = F.relu(F.linear(x.movedim(1, 3).flatten(1), w4.T, b4))
    return F.linear(x, w5.T, b5)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)])
def test_the_articles_network_and_all_its_gradients_agree(backend, dtype, tolerance):
    edunet.set_floatx(dtype)
    try:
        edunet.set_random_seed(0)
        model = article_network()
        rng = np.random.default_rng(0)
        x, y = rng.random((16, 28, 28, 1)).astype(dtype), rng.integers(0, 10, 16)
        p = model(x, training=True)
        loss = edunet.losses.get("sparse_categorical_crossentropy")(y, p)
        ours = [p.numpy(), *edunet.gradients(loss, model.trainable_weights)]
    finally:
        edunet.set_floatx("float32")
    weights = [torch.from_numpy(w).requires_grad_() for w in model.get_weights()]
    z = torch_article(torch.from_numpy(x), *weights)
    grads = torch.autograd.grad(F.cross_entropy(z, torch.from_numpy(y)), weights)
    theirs = [z.softmax(-1).detach().numpy(), *(g.numpy() for g in grads)]
    assert float(loss) == pytest.approx(F.cross_entropy(z, torch.from_numpy(y)).item(), rel=tolerance)
    for a, b in zip(ours, theirs, strict=True):
        assert np.abs(a - b).max() <= tolerance * np.abs(b).max()


# ---------------------------------------------------------------- a block of a Transformer


def torch_encoder(weights, activation, normalize_first):
    """Return PyTorch's layer with our weights, every array as a leaf of its own in our layout."""
    wq, bq, wk, bk, wv, bv, wo, bo, g1, b1, g2, b2, w3, b3, w4, b4 = weights
    D, wide = wq.shape[0], w3.shape[1]
    module = torch.nn.TransformerEncoderLayer(
        D, HEADS, wide, 0.0, activation, 1e-5, batch_first=True, norm_first=normalize_first, dtype=wq.dtype
    ).train()  # so that PyTorch does not take its shortcut without gradients
    state = {
        "self_attn.in_proj_weight": torch.cat([w.reshape(D, -1).T for w in (wq, wk, wv)]),
        "self_attn.in_proj_bias": torch.cat([b.reshape(-1) for b in (bq, bk, bv)]),
        "self_attn.out_proj.weight": wo.reshape(-1, D).T,
        "self_attn.out_proj.bias": bo,
        "norm1.weight": g1, "norm1.bias": b1, "norm2.weight": g2, "norm2.bias": b2,
        "linear1.weight": w3.T, "linear1.bias": b3, "linear2.weight": w4.T, "linear2.bias": b4,
    }  # fmt: skip
    return lambda x, **masks: torch.func.functional_call(module, state, (x,), masks)


@pytest.mark.parametrize("normalize_first", [False, True], ids=["post-norm", "pre-norm"])
@pytest.mark.parametrize("causal", [False, True], ids=["all", "causal"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_the_transformer_block_and_all_its_gradients_agree(dtype, activation, causal, normalize_first):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 6, 8)).astype(dtype)
    real = np.arange(6) < np.array([[6], [4], [1]])
    layer = edunet.layers.TransformerEncoder(
        12, HEADS, activation=activation, normalize_first=normalize_first, use_causal_mask=causal, dtype=dtype
    )
    layer(x)
    layer.set_weights([0.5 * rng.normal(size=w.shape).astype(dtype) for w in layer.weights])
    r = rng.normal(size=x.shape).astype(dtype) * real[..., None]  # what stands in the padding is asked by nobody
    ours_x = tensor.Tensor(x)
    y = layer(ours_x, mask=real)
    ours = [y.numpy() * real[..., None], *tensor.gradients((y * r).sum(), [ours_x, *layer.weights])]

    leaves = [torch.from_numpy(a.copy()).requires_grad_() for a in (x, *layer.get_weights())]
    later = torch.from_numpy(~np.tri(6, dtype=bool)) if causal else None
    theirs = torch_encoder(leaves[1:], activation, normalize_first)
    z = theirs(leaves[0], src_mask=later, src_key_padding_mask=torch.from_numpy(~real))
    grads = torch.autograd.grad((z * torch.from_numpy(r)).sum(), leaves)
    expected = [z.detach().numpy() * real[..., None], *(g.numpy() for g in grads)]
    largest = max(abs(g).max() for g in expected[1:])
    for name, a, b in zip(["y", "dx", *(w.name for w in layer.weights)], ours, expected, strict=True):
        size = largest if name == "key_bias" else abs(b).max()  # that bias changes nothing: its gradient is rounding
        assert abs(a - b).max() <= TOLERANCE[dtype] * size, name
