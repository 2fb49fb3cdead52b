"""Attention layers, Z = softmax(QKᵀ/√d_k) V."""

import math
from functools import reduce

import numpy as np

from edunet import constraints, initializers, ops, regularizers
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.layers.regularize import Dropout
from edunet.tensor import matmul, multiply, reshape

__all__ = ["Attention", "MultiHeadAttention"]


class Attention(Layer):
    """Let every query look at all keys and bring back a mixture of the values.

    `call([query, value])` or `[query, value, key]`, shapes (N,T,d), (N,S,e), (N,S,d) -> (N,T,e); with
    use_causal_mask=True no place sees a later one; return_attention_scores=True adds the weights A (N,T,S), before
    dropout. The scores are divided by √d, as the formula says (Keras's layer of this name leaves that out).
    Args: use_scale, multiply the scores by a learned number besides, `scale` (), 1 at first; dropout, the share of A
    that is silenced while learning. No weights unless use_scale.
    Masks: `mask` is a list [query_mask, value_mask]; nobody looks at a masked value, a masked query brings back 0.
    Formula: edunet.ops.attention
    """

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        if score_mode != "dot":
            raise ValueError(
                f"Attention: score_mode is 'dot', q·k; Bahdanau's sum, 'concat', is not there. Received: {score_mode!r}"
            )
        self.score_mode = score_mode
        self.use_scale = bool(use_scale)
        self.dropout, self.silence = dropout, Dropout(dropout, dtype=self.dtype)

    def build(self, input_shape):
        self.scale = self.add_weight((), "ones", name="scale") if self.use_scale else None

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else _checked_masks(inputs, mask)[0]

    def call(self, inputs, mask=None, use_causal_mask=False, return_attention_scores=False, training=False):
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ValueError("Attention takes a list: Attention()([query, value]), or ([query, value, key]).")
        query, value, key = inputs if len(inputs) == 3 else (*inputs, inputs[1])
        query_mask, value_mask = _checked_masks(inputs, mask)
        looks = _looks("Attention", query, value, query_mask, {"value": value_mask})
        if self.scale is not None:
            query = multiply(query, self.scale)
        options = {"mask": looks, "causal": use_causal_mask}
        return _attend(query, key, value, options, self.silence if training else None, return_attention_scores)


class MultiHeadAttention(Layer):
    """Attention with several heads, each with its own view of queries, keys and values.

        head_h = softmax(Q_h K_hᵀ/√d) V_h,  Q_h = q W_q[:,h] + b_q[h], ...         y = Σ_h head_h W_o[h] + b_o
    `call(query, value, key=None)`; self-attention is mha(x, x).
    Args: num_heads; key_dim d; value_dim, key_dim unless given; dropout, the share of the weights that is silenced
    while learning; output_shape D, the width of the query unless given; initializers, regularizers and constraints.
    Masks: `attention_mask` (N,T,S) or (N,heads,T,S), True = may look, is combined with the masks that query, value and
    key carry and with use_causal_mask=True; the output carries that of the query. A place that may look at nothing
    gets 0 from every head. return_attention_scores=True adds the weights (N,heads,T,S), before dropout.
    Weights: query, key, value kernels (D,heads,d) with biases (heads,d), output kernel (heads,d,D) with bias (D,);
    D is the width of the input in question.
    Source: Vaswani et al., Attention is all you need (2017).   Formula: edunet.ops.attention
    """

    def __init__(
        self,
        num_heads,
        key_dim,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        output_shape=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = whole("MultiHeadAttention", "num_heads", num_heads)
        self.key_dim = whole("MultiHeadAttention", "key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else whole("MultiHeadAttention", "value_dim", value_dim)
        self.dropout, self.silence = dropout, Dropout(dropout, dtype=self.dtype)
        self.use_bias = bool(use_bias)
        axes = [output_shape] if isinstance(output_shape, (int, np.integer)) else output_shape
        self.output_shape = axes and tuple(whole("MultiHeadAttention", "output_shape", n) for n in axes)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, query_shape, value_shape=None, key_shape=None):
        value_shape = value_shape or query_shape
        key_shape = key_shape or value_shape
        heads, made = self.num_heads, self.output_shape or query_shape[-1:]
        self.query_kernel, self.query_bias = self._projection("query", query_shape[-1:], (heads, self.key_dim))
        self.key_kernel, self.key_bias = self._projection("key", key_shape[-1:], (heads, self.key_dim))
        self.value_kernel, self.value_bias = self._projection("value", value_shape[-1:], (heads, self.value_dim))
        self.output_kernel, self.output_bias = self._projection("output", (heads, self.value_dim), made)

    def _projection(self, name, inputs, outputs):
        def draw(shape, dtype):  # as the matrix that it is: its fans are all inputs and all outputs
            return self.kernel_initializer((math.prod(inputs), math.prod(outputs)), dtype).reshape(shape)

        kernel = self.add_weight(
            (*inputs, *outputs),
            draw,
            name=f"{name}_kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        bias = self.use_bias and self.add_weight(
            outputs,
            self.bias_initializer,
            name=f"{name}_bias",
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        return kernel, None if bias is False else bias

    def call(  # type: ignore[override]  # other layers have one input; __call__ hands on whatever comes
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        attention_mask=None,
        return_attention_scores=False,
        training=False,
        use_causal_mask=False,
    ):
        looks = _looks("MultiHeadAttention", query, value, query_mask, {"value": value_mask, "key": key_mask})
        looks = _both(None if looks is None else looks[:, None], attention_mask)
        key = value if key is None else key
        q = self._heads(query, self.query_kernel, self.query_bias)  # (N,heads,T,d)
        k = self._heads(key, self.key_kernel, self.key_bias)
        v = self._heads(value, self.value_kernel, self.value_bias)
        options = {"mask": looks, "causal": use_causal_mask}
        found = _attend(q, k, v, options, self.silence if training else None, return_attention_scores)
        z, *scores = found if return_attention_scores else (found,)
        w = reshape(self.output_kernel, shape=(self.num_heads * self.value_dim, -1))
        y = ops.dense(ops.merge_heads(z), w, _flat(self.output_bias))
        if self.output_shape and len(self.output_shape) > 1:
            y = reshape(y, shape=(*y.shape[:2], *self.output_shape))
        return (y, *scores) if return_attention_scores else y

    def _heads(self, x, w, b):
        return ops.split_heads(ops.dense(x, reshape(w, shape=(w.shape[0], -1)), _flat(b)), heads=self.num_heads)


def _flat(b):
    return None if b is None else reshape(b, shape=(-1,))


def _attend(q, k, v, options, silence, scores):
    """Return what the queries bring back, and the weights A with it if scores asks for them."""
    silence = silence if silence is not None and silence.rate else None
    A = ops.attention_weights(q, k, **options) if scores or silence else None
    z = matmul(silence(A), v) if silence else ops.attention(q, k, v, **options)
    return (z, A) if scores else z


def _checked_masks(inputs, mask):
    """Return the masks of query and value from the list that Attention takes."""
    if mask is None:
        return None, None
    if not isinstance(mask, (list, tuple)) or len(mask) not in (2, 3):
        raise ValueError(
            "Attention: mask is a list [query_mask, value_mask], with None where there is none. "
            f"Received: {type(mask).__name__} for {len(inputs)} inputs."
        )
    return mask[0], mask[1]


def _looks(layer, query, value, query_mask, key_masks):
    """Return who may look at whom, as the masks of the inputs have it: None, or flags that broadcast to (N,T,S)."""
    flags = [] if query_mask is None else [_flags(layer, "query", query_mask, query)[:, :, None]]
    flags += [_flags(layer, name, m, value)[:, None] for name, m in key_masks.items() if m is not None]
    return reduce(np.logical_and, flags) if flags else None


def _flags(layer, name, mask, x):
    mask = np.asarray(mask, bool)
    if mask.shape != tuple(x.shape[:2]):
        raise ValueError(
            f"{layer}: expected a mask of the {name} (N, T) = {tuple(x.shape[:2])}, one flag for each step. "
            f"Received shape {mask.shape}."
        )
    return mask


def _both(looks, attention_mask):
    """Combine flags (N,1,T,S) with an attention_mask (N,T,S), or (N,heads,T,S) for each head its own."""
    if attention_mask is None:
        return looks
    attention_mask = np.asarray(attention_mask)
    if attention_mask.ndim == 3:
        attention_mask = attention_mask[:, None]
    if looks is None or attention_mask.dtype != bool:  # what is not boolean the formula refuses
        return attention_mask
    return looks & attention_mask
