"""Layers that turn codes and places into vectors."""

import numpy as np

from edunet import constraints, initializers, ops, regularizers
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.tensor import add, as_array, multiply

__all__ = ["Embedding", "Masking", "PositionEmbedding", "SinePositionEncoding"]


class Embedding(Layer):
    """Look up a learned vector for each code: y[n,t] = w[x[n,t]].

    Args: input_dim V, how many codes there are; output_dim D; mask_zero, code 0 is padding: the steps that hold it are
    masked; input_length T, as older books give it, the same as input_shape=(T,);
    weights, a table (V,D) to begin with, or a list that holds it. Weights: embeddings (V,D).
    Shapes: (N,T) whole numbers 0 ... V−1 -> (N,T,D).   Formula: edunet.ops.embedding
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        input_length=None,
        **kwargs,
    ):
        if input_length is not None:
            kwargs.setdefault("input_shape", (whole("Embedding", "input_length", input_length),))
        self.input_length = input_length
        first = kwargs.pop("weights", None)  # no argument by name: the layer has its weights under that
        super().__init__(**kwargs)
        self.input_dim = whole("Embedding", "input_dim", input_dim)
        self.output_dim = whole("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.makes_mask = bool(mask_zero)
        self._first = None if first is None else self._table(first)

    def _table(self, given) -> np.ndarray:
        """Return the vectors to begin with, (V,D)."""
        table = np.asarray(given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given)
        if table.shape != (self.input_dim, self.output_dim) or table.dtype.kind not in "biuf":
            raise ValueError(
                f"Embedding: weights is a table {(self.input_dim, self.output_dim)}, or a list that holds it. "
                f"Received shape {table.shape}, dtype {table.dtype}."
            )
        return table

    def build(self, input_shape):
        shape = (self.input_dim, self.output_dim)
        self.embeddings = self.add_weight(
            shape,
            self.embeddings_initializer if self._first is None else initializers.Constant(self._first),
            name="embeddings",
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        self._first = None

    def compute_mask(self, inputs, mask=None):
        return np.asarray(inputs) != 0 if self.mask_zero else mask

    def call(self, x):
        codes = np.asarray(x)
        if codes.dtype.kind == "f" and np.array_equal(codes, np.floor(codes)):
            codes = codes.astype(np.intp)  # whole numbers that came as floats
        return ops.embedding(self.embeddings, indices=codes)


class Masking(Layer):
    """Say which steps are padding: those of which every number is mask_value. They become 0 and are masked.

    Args: mask_value. Shapes: (N,T,D) -> the same.

    >>> Masking()(np.array([[[1.0, 2.0], [0.0, 0.0]]])).mask
    array([[ True, False]])
    """

    supports_masking = makes_mask = True

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, x):
        if x.ndim < 3:
            raise ValueError(f"Masking: expected sequences (N, T, D). Received shape {tuple(x.shape)}.")
        return multiply(x, self.compute_mask(x)[..., None].astype(x.dtype))

    def compute_mask(self, inputs, mask=None):
        return (as_array(inputs) != self.mask_value).any(axis=-1)


class SinePositionEncoding(Layer):
    """Add to each place a pattern of sines that tells where it is: y = x + PE.

        PE[t, 2i] = sin(t / 10000^(2i/D))        PE[t, 2i+1] = cos(t / 10000^(2i/D))
    Shapes: (N,T,D) -> the same. (Keras Hub's layer of this name returns PE alone.)
    Source: Vaswani et al., Attention is all you need (2017).   Formula: edunet.ops.sine_positions
    """

    supports_masking = True

    def call(self, x):
        dtype = x.dtype if np.dtype(x.dtype).kind == "f" else self.dtype  # whole numbers have no room for sines
        return add(x, ops.sine_positions(x.shape[1], x.shape[2]).astype(dtype))


class PositionEmbedding(Layer):
    """Add to each place a vector that is learned for it: y[n,t] = x[n,t] + w[t].

    Args: sequence_length L, the longest sequence there will be; initializer.
    Weights: embeddings (L,D).
    Shapes: (N,T,D), T at most L -> the same. (Keras Hub's layer of this name returns w alone, to be added by hand; this
    one adds, as SinePositionEncoding does.)
    Source: Gehring et al., Convolutional sequence to sequence learning (2017).

    >>> PositionEmbedding(8)(np.zeros((2, 5, 4))).shape
    (2, 5, 4)
    """

    supports_masking = True

    def __init__(self, sequence_length, initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.sequence_length = whole("PositionEmbedding", "sequence_length", sequence_length)
        self.initializer = initializers.get(initializer)

    def build(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(f"PositionEmbedding: expected sequences (N, T, D). Received shape {tuple(input_shape)}.")
        self.embeddings = self.add_weight((self.sequence_length, input_shape[-1]), self.initializer, name="embeddings")

    def call(self, x):
        T = x.shape[1]
        if self.sequence_length < T:
            raise ValueError(
                f"PositionEmbedding: learned places for {self.sequence_length} steps, received {T}. "
                f"Type PositionEmbedding({T}), or cut the sequences."
            )
        return add(x, self.embeddings[:T])

    def _try_on(self, node, length):
        return super()._try_on(node, min(1 + length % 2, self.sequence_length))  # open axes: no longer than is learned
