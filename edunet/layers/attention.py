"""Attention layers, Z = softmax(QKᵀ/√d_k) V."""

import math

from edunet import initializers, ops
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.tensor import reshape

__all__ = ["Attention", "MultiHeadAttention"]


class Attention(Layer):
    """Let every query look at all keys and bring back a mixture of the values: no weights of its own.

    `call([query, value])` or `[query, value, key]`, shapes (N,T,d), (N,S,e), (N,S,d) -> (N,T,e); with
    use_causal_mask=True no place sees a later one. The scores are divided by √d, as the formula says
    (Keras's layer of this name leaves that out).   Formula: edunet.ops.attention
    """

    def call(self, inputs, mask=None, use_causal_mask=False):
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ValueError("Attention takes a list: Attention()([query, value]), or ([query, value, key]).")
        query, value, key = inputs if len(inputs) == 3 else (*inputs, inputs[1])
        return ops.attention(query, key, value, mask=mask, causal=use_causal_mask)


class MultiHeadAttention(Layer):
    """Attention with several heads, each with its own view of queries, keys and values.

        head_h = softmax(Q_h K_hᵀ/√d) V_h,  Q_h = q W_q[:,h] + b_q[h], ...         y = Σ_h head_h W_o[h] + b_o
    `call(query, value, key=None)`; self-attention is mha(x, x).
    Args: num_heads; key_dim d; value_dim, key_dim unless given. `attention_mask` (N,T,S) or (N,heads,T,S), True = may
    look; return_attention_scores adds the weights (N,heads,T,S).
    Weights: query, key, value kernels (D,heads,d) with biases (heads,d), output kernel (heads,d,D) with bias (D,);
    D is the width of the input in question, at the output that of the query.
    Source: Vaswani et al., Attention is all you need (2017).   Formula: edunet.ops.attention
    """

    def __init__(
        self, num_heads, key_dim, value_dim=None, use_bias=True, kernel_initializer="glorot_uniform", **kwargs
    ):
        super().__init__(**kwargs)
        self.num_heads = whole("MultiHeadAttention", "num_heads", num_heads)
        self.key_dim = whole("MultiHeadAttention", "key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else whole("MultiHeadAttention", "value_dim", value_dim)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)

    def build(self, query_shape, value_shape=None, key_shape=None):
        value_shape = value_shape or query_shape
        key_shape = key_shape or value_shape
        heads = self.num_heads
        self.query_kernel, self.query_bias = self._projection("query", query_shape[-1:], (heads, self.key_dim))
        self.key_kernel, self.key_bias = self._projection("key", key_shape[-1:], (heads, self.key_dim))
        self.value_kernel, self.value_bias = self._projection("value", value_shape[-1:], (heads, self.value_dim))
        self.output_kernel, self.output_bias = self._projection("output", (heads, self.value_dim), query_shape[-1:])

    def _projection(self, name, inputs, outputs):
        def draw(shape, dtype):  # as the matrix that it is: its fans are all inputs and all outputs
            return self.kernel_initializer((math.prod(inputs), math.prod(outputs)), dtype).reshape(shape)

        kernel = self.add_weight((*inputs, *outputs), draw, name=f"{name}_kernel")
        return kernel, self.add_weight(outputs, "zeros", name=f"{name}_bias") if self.use_bias else None

    def call(  # type: ignore[override]  # other layers have one input; __call__ hands on whatever comes
        self, query, value, key=None, attention_mask=None, use_causal_mask=False, return_attention_scores=False
    ):
        key = value if key is None else key
        q = self._heads(query, self.query_kernel, self.query_bias)  # (N,heads,T,d)
        k = self._heads(key, self.key_kernel, self.key_bias)
        v = self._heads(value, self.value_kernel, self.value_bias)
        if attention_mask is not None and attention_mask.ndim == 3:
            attention_mask = attention_mask[:, None]
        z = ops.attention(q, k, v, mask=attention_mask, causal=use_causal_mask)
        w = reshape(self.output_kernel, shape=(-1, self.output_kernel.shape[-1]))
        y = ops.dense(ops.merge_heads(z), w, self.output_bias)
        if return_attention_scores:
            return y, ops.attention_weights(q, k, mask=attention_mask, causal=use_causal_mask)
        return y

    def _heads(self, x, w, b):
        flat = None if b is None else reshape(b, shape=(-1,))
        return ops.split_heads(ops.dense(x, reshape(w, shape=(w.shape[0], -1)), flat), heads=self.num_heads)
