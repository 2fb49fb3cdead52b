"""The block that Transformers are stacked from: attention, then a small network for each place by itself."""

from edunet import activations, initializers
from edunet.layers.attention import MultiHeadAttention
from edunet.layers.dense import Dense, whole
from edunet.layers.layer import Layer
from edunet.layers.mask import carry
from edunet.layers.norm import LayerNormalization
from edunet.layers.regularize import Dropout
from edunet.tensor import add

__all__ = ["TransformerEncoder"]


class TransformerEncoder(Layer):
    """Look at all places, then think at each: attention and a network of two Dense layers, with a way round both.

        post-norm (as published)          h = norm(x + attention(x, x))           y = norm(h + f(h))
        pre-norm, normalize_first=True    h = x + attention(norm x, norm x)       y = h + f(norm h)
        f(h) = W₂ φ(W₁ h + b₁) + b₂
    Args: intermediate_dim, the width between the two Dense layers; num_heads, which divides the width D of x; dropout;
    activation φ; layer_norm_epsilon; initializers; normalize_first; use_causal_mask, True: no place sees a later one.
    `call(x, attention_mask=None, use_causal_mask=None, return_attention_scores=False)`; the scores (N,heads,T,T) come
    as second output. padding_mask (N,T), True where there is a step, in place of a mask that x carries.
    Weights: those of MultiHeadAttention, its norm, the norm of f, the two Dense layers.
    Shapes: (N,T,D) -> the same. Raises ValueError if num_heads does not divide D.
    Source: Vaswani et al. (2017); Xiong et al., On layer normalization in the Transformer architecture (2020).

    >>> import numpy as np
    >>> TransformerEncoder(16, num_heads=2)(np.zeros((3, 5, 8))).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        intermediate_dim,
        num_heads,
        dropout=0.0,
        activation="relu",
        layer_norm_epsilon=1e-5,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        normalize_first=False,
        use_causal_mask=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.intermediate_dim = whole("TransformerEncoder", "intermediate_dim", intermediate_dim)
        self.num_heads = whole("TransformerEncoder", "num_heads", num_heads)
        self.dropout, self.silence = dropout, Dropout(dropout, dtype=self.dtype)
        self.activation = activations.get(activation)
        self.layer_norm_epsilon = layer_norm_epsilon
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.normalize_first = bool(normalize_first)
        self.use_causal_mask = bool(use_causal_mask)

    def build(self, input_shape):
        if len(input_shape) != 3 or input_shape[-1] is None:
            raise ValueError(f"TransformerEncoder: expected sequences (N, T, D). Received shape {tuple(input_shape)}.")
        width = input_shape[-1]
        if width % self.num_heads:
            fitting = [n for n in range(1, width + 1) if width % n == 0]
            raise ValueError(
                f"TransformerEncoder: {self.num_heads} heads do not divide the width {width} of x; {fitting} would do. "
                "A Dense layer before it brings x to another width."
            )
        norm = {"epsilon": self.layer_norm_epsilon, "dtype": self.dtype}
        made = {
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
            "dtype": self.dtype,
        }
        self.attention = MultiHeadAttention(self.num_heads, width // self.num_heads, dropout=self.dropout, **made)
        self.attention_norm = LayerNormalization(**norm)
        self.feedforward_norm = LayerNormalization(**norm)
        self.intermediate = Dense(self.intermediate_dim, activation=self.activation, **made)
        self.output_dense = Dense(width, **made)
        for layer in (self.attention, self.attention_norm, self.feedforward_norm, self.intermediate):
            layer.build(tuple(input_shape))
        self.output_dense.build((*input_shape[:-1], self.intermediate_dim))

    def call(
        self,
        inputs,
        mask=None,
        padding_mask=None,
        attention_mask=None,
        use_causal_mask=None,
        return_attention_scores=False,
    ):
        mask = padding_mask if mask is None else mask
        look = {"query_mask": mask, "value_mask": mask, "attention_mask": attention_mask}
        look["use_causal_mask"] = self.use_causal_mask if use_causal_mask is None else use_causal_mask

        h = self.attention_norm(inputs) if self.normalize_first else inputs
        found = self.attention(h, h, return_attention_scores=return_attention_scores, **look)
        h, *scores = found if return_attention_scores else (found,)
        x = add(inputs, self.silence(h))
        if not self.normalize_first:
            x = self.attention_norm(x)

        h = self.feedforward_norm(x) if self.normalize_first else x
        y = add(x, self.silence(self.output_dense(self.intermediate(h))))
        if not self.normalize_first:
            y = self.feedforward_norm(y)
        y = carry(y, mask)
        return (y, *scores) if return_attention_scores else y
