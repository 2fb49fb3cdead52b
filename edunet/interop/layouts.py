"""How the weights of a layer lie in PyTorch's module of the same kind: a line for each layer.

layer                    here, as in Keras                   PyTorch
Dense                    (in, out)                           (out, in)
Conv1D, Conv2D           (size..., in, out)                  (out, in, size...)
DepthwiseConv2D          (h, w, in, multiplier)              (in·multiplier, 1, h, w), groups = in
Conv1D/2DTranspose       (size..., out, in)                  (in, out, size...)
SimpleRNN, LSTM, GRU     (in, gates·U), gates i f c o; z r h (gates·U, in), gates i f g o; r z n
their cells, RNN(cell)   the same                            the same, without "_l0" in the names
their biases             one, of GRU two (2, 3U)             two, which are added
PReLU                    alpha (1, ..., channels)            (channels,)
MultiHeadAttention       q, k, v (D, heads, d); (heads, d, D)  in_proj (3D, D), out_proj (D, D)
BatchNormalization       momentum 0.99: what is kept         momentum 0.01: what is taken in
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["LAYOUTS", "PARTS", "Layout", "Rule", "kind_of"]


class Rule(NamedTuple):
    """Some weights of a layer, the tensors of the module that hold the same numbers, and the ways between them."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]  # "a|b": whichever the module has
    there: Callable  # (layer, *ours) -> theirs
    back: Callable  # (layer, *theirs) -> ours


class Layout(NamedTuple):
    """The module that a layer is in PyTorch, or the modules, one after the other."""

    modules: tuple[str, ...]  # "A|B": one of these
    rules: tuple[Rule, ...]
    numbers: tuple[tuple[str, str, Callable], ...] = ()  # hyper-parameters that the result depends on
    refuse: Callable[[Any, Any], str | None] = lambda layer, module: None  # why the two cannot be the same


def _same(ours: str, theirs: str) -> Rule:
    return Rule((ours,), (theirs,), lambda layer, w: (w,), lambda layer, w: (w,))


def _axes(ours: str, theirs: str, *order: int) -> Rule:
    """Reorder the axes of one weight."""
    inverse = tuple(int(i) for i in np.argsort(order))
    return Rule((ours,), (theirs,), lambda layer, w: (w.transpose(order),), lambda layer, w: (w.transpose(inverse),))


def _depthwise(ours: str, theirs: str) -> Rule:
    def there(layer, w):
        h, wide, channels, multiplier = w.shape
        return (w.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, h, wide),)

    def back(layer, w):
        h, wide, channels, multiplier = getattr(layer, ours).shape
        return (w.reshape(channels, multiplier, h, wide).transpose(2, 3, 0, 1),)

    return Rule((ours,), (theirs,), there, back)


def _gates(*order: int) -> tuple[Rule, ...]:
    """The weights of a recurrent layer; order, where each gate of PyTorch stands here."""
    inverse = [int(i) for i in np.argsort(order)]

    def reordered(w, gates):  # along the last axis
        blocks = np.split(w, len(gates), axis=-1)
        return np.concatenate([blocks[i] for i in gates], axis=-1)

    def two_biases(layer, b):
        b = reordered(b, order)
        return (b[0], b[1]) if b.ndim == 2 else (b, np.zeros_like(b))

    def one_bias(layer, b, c):
        b = np.stack([b, c]) if layer.bias.ndim == 2 else b + c
        return (reordered(b, inverse),)

    matrices = [
        Rule(
            (ours,),
            (theirs,),
            lambda layer, w: (reordered(w, order).T,),
            lambda layer, w: (reordered(w.T, inverse),),
        )
        for ours, theirs in (("kernel", "weight_ih_l0|weight_ih"), ("recurrent_kernel", "weight_hh_l0|weight_hh"))
    ]
    return (*matrices, Rule(("bias",), ("bias_ih_l0|bias_ih", "bias_hh_l0|bias_hh"), two_biases, one_bias))


_PARTS = ("query", "key", "value")


def _joined(layer, *parts):
    """Lay query, key and value one below the other: kernels (D,heads,d) -> (3·heads·d, D), biases likewise."""
    if parts[0].ndim == 3:
        return (np.concatenate([w.reshape(len(w), -1).T for w in parts]),)
    return (np.concatenate([b.reshape(-1) for b in parts]),)


def _parted(layer, joined):
    shape = layer.query_kernel.shape if joined.ndim == 2 else layer.query_kernel.shape[1:]
    return tuple(part.T.reshape(shape) for part in np.split(joined, 3))


def _into_one(layer, w):
    return (w.reshape(-1, w.shape[-1]).T,)


def _into_heads(layer, w):
    return (w.T.reshape(layer.output_kernel.shape),)


def _refuse_rnn(layer, module):
    if getattr(module, "num_layers", 1) != 1:  # a cell has no such thing
        return f"it has {module.num_layers} layers; make one module for each, num_layers=1"
    if getattr(module, "proj_size", 0):
        return "it has a proj_size, which no layer here has"
    return None


def _refuse_gru(layer, module):
    if not layer.reset_after:
        return "PyTorch's GRU resets after the product: it needs reset_after=True here"
    return _refuse_rnn(layer, module)


def _channels(layer, alpha):
    return (alpha.reshape(-1),)


def _shared(layer, slopes):
    return (slopes.reshape(layer.alpha.shape),)


def _refuse_slopes(layer, module):
    if max(layer.alpha.shape[:-1], default=1) > 1:
        axes = list(range(1, layer.alpha.ndim))
        return f"PyTorch has one slope for each channel, or one for all: make the layer with PReLU(shared_axes={axes})"
    return None


def _refuse_attention(layer, module):
    if module.num_heads != layer.num_heads:
        return f"it has {module.num_heads} heads, the layer {layer.num_heads}"
    if module.in_proj_weight is None or layer.key_dim != layer.value_dim:
        return "queries, keys and values must have one width: no kdim or vdim there, value_dim = key_dim here"
    if module.bias_k is not None or module.add_zero_attn:
        return "add_bias_kv and add_zero_attn have no counterpart here"
    return None


_BIAS = _same("bias", "bias")
_SCALE = (_same("gamma", "weight"), _same("beta", "bias"))
_EPSILON = ("epsilon", "eps", lambda number: number)
_MOMENTUM = ("momentum", "momentum", lambda number: 1 - number)

LAYOUTS = {
    "Dense": Layout(("Linear",), (_axes("kernel", "weight", 1, 0), _BIAS)),
    "Conv1D": Layout(("Conv1d",), (_axes("kernel", "weight", 2, 1, 0), _BIAS)),
    "Conv2D": Layout(("Conv2d",), (_axes("kernel", "weight", 3, 2, 0, 1), _BIAS)),
    "DepthwiseConv2D": Layout(("Conv2d",), (_depthwise("kernel", "weight"), _BIAS)),
    "SeparableConv2D": Layout(
        ("Conv2d", "Conv2d"),
        (
            _depthwise("depthwise_kernel", "0.weight"),
            _axes("pointwise_kernel", "1.weight", 3, 2, 0, 1),
            _same("bias", "1.bias"),
        ),
    ),
    "Conv1DTranspose": Layout(("ConvTranspose1d",), (_axes("kernel", "weight", 2, 1, 0), _BIAS)),
    "Conv2DTranspose": Layout(("ConvTranspose2d",), (_axes("kernel", "weight", 3, 2, 0, 1), _BIAS)),
    "BatchNormalization": Layout(
        ("BatchNorm1d|BatchNorm2d",),
        (*_SCALE, _same("moving_mean", "running_mean"), _same("moving_variance", "running_var")),
        (_EPSILON, _MOMENTUM),
    ),
    "LayerNormalization": Layout(("LayerNorm",), _SCALE, (_EPSILON,)),
    "GroupNormalization": Layout(("GroupNorm",), _SCALE, (_EPSILON,)),
    "Embedding": Layout(("Embedding",), (_same("embeddings", "weight"),)),
    "PositionEmbedding": Layout(("Embedding",), (_same("embeddings", "weight"),)),
    "PReLU": Layout(("PReLU",), (Rule(("alpha",), ("weight",), _channels, _shared),), refuse=_refuse_slopes),
    "SimpleRNN": Layout(("RNN",), _gates(0), refuse=_refuse_rnn),
    "LSTM": Layout(("LSTM",), _gates(0, 1, 2, 3), refuse=_refuse_rnn),
    "GRU": Layout(("GRU",), _gates(1, 0, 2), refuse=_refuse_gru),
    "SimpleRNNCell": Layout(("RNNCell|RNN",), _gates(0), refuse=_refuse_rnn),  # RNN(cell) is a layer there
    "LSTMCell": Layout(("LSTMCell|LSTM",), _gates(0, 1, 2, 3), refuse=_refuse_rnn),
    "GRUCell": Layout(("GRUCell|GRU",), _gates(1, 0, 2), refuse=_refuse_gru),
    "MultiHeadAttention": Layout(
        ("MultiheadAttention",),
        (
            Rule(tuple(f"{p}_kernel" for p in _PARTS), ("in_proj_weight",), _joined, _parted),
            Rule(tuple(f"{p}_bias" for p in _PARTS), ("in_proj_bias",), _joined, _parted),
            Rule(("output_kernel",), ("out_proj.weight",), _into_one, _into_heads),
            _same("output_bias", "out_proj.bias"),
        ),
        refuse=_refuse_attention,
    ),
}

# Layers made of layers: where each part is found in the module, and what the names of its weights end with.
PARTS = {
    "Bidirectional": ("RNN|LSTM|GRU", (("forward_layer", "", ""), ("backward_layer", "", "_reverse"))),
    "TransformerEncoder": (
        "TransformerEncoderLayer",
        (
            ("attention", "self_attn", ""),
            ("attention_norm", "norm1", ""),
            ("feedforward_norm", "norm2", ""),
            ("intermediate", "linear1", ""),
            ("output_dense", "linear2", ""),
        ),
    ),
}


def kind_of(layer) -> str:
    """Return the name under which a layer, or the layer of ours that it inherits from, has a line above; or nothing."""
    ours = [kind.__name__ for kind in type(layer).__mro__ if kind.__module__.startswith("edunet.")]
    return next((name for name in ours if name in LAYOUTS or name in PARTS), "")
