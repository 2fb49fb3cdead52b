"""Layers that turn codes and places into vectors."""

import numpy as np

from edunet import initializers, ops
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.tensor import add

__all__ = ["Embedding", "SinePositionEncoding"]


class Embedding(Layer):
    """Look up a learned vector for each code: y[n,t] = w[x[n,t]].

    Args: input_dim V, how many codes there are; output_dim D. Weights: embeddings (V,D).
    Shapes: (N,T) whole numbers 0 ... V−1 -> (N,T,D).   Formula: edunet.ops.embedding
    """

    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform", **kwargs):
        super().__init__(**kwargs)
        self.input_dim = whole("Embedding", "input_dim", input_dim)
        self.output_dim = whole("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)

    def build(self, input_shape):
        shape = (self.input_dim, self.output_dim)
        self.embeddings = self.add_weight(shape, self.embeddings_initializer, name="embeddings")

    def call(self, x):
        codes = np.asarray(x)
        if codes.dtype.kind == "f" and np.array_equal(codes, np.floor(codes)):
            codes = codes.astype(np.intp)  # whole numbers that came as floats
        return ops.embedding(self.embeddings, indices=codes)


class SinePositionEncoding(Layer):
    """Add to each place a pattern of sines that tells where it is: y = x + PE.

        PE[t, 2i] = sin(t / 10000^(2i/D))        PE[t, 2i+1] = cos(t / 10000^(2i/D))
    Shapes: (N,T,D) -> the same. (Keras Hub's layer of this name returns PE alone.)
    Source: Vaswani et al., Attention is all you need (2017).   Formula: edunet.ops.sine_positions
    """

    def call(self, x):
        return add(x, ops.sine_positions(x.shape[1], x.shape[2]).astype(x.dtype))
