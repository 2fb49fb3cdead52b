"""Attention, written out: products, a softmax, and zeros where nobody may look."""

from dataclasses import replace
from functools import reduce

import numpy as np

from edunet.interop.onnx.graph import Value
from edunet.interop.onnx.pointwise import places
from edunet.tensor import as_array

__all__ = ["LAYERS"]

FAR_BELOW = -1e30  # e to this is 0, and 0 times it is 0: -inf in a row without any key would give NaN


def attention(g, layer, inputs, mask=None, use_causal_mask=False, return_attention_scores=False):
    query, value, key = inputs if len(inputs) == 3 else (*inputs, inputs[1])
    looks = _looks(g, query.mask, value.mask)
    q = query.name
    if layer.scale is not None:
        q = g.add("Mul", q, g.constant(layer.scale, "scale"))
    keys = g.transpose(key.name, (0, 2, 1))
    z, A = _attend(g, q, keys, value.name, query, query.shape[-1], looks, use_causal_mask)
    return (z, A) if return_attention_scores else z


def multi_head_attention(
    g,
    layer,
    query,
    value,
    key=None,
    query_mask=None,
    value_mask=None,
    key_mask=None,
    attention_mask=None,
    return_attention_scores=False,
    use_causal_mask=False,
):
    masks = [value.mask] if key is None else [value.mask, key.mask]
    looks = _looks(g, query.mask, *masks, axis=1)
    if attention_mask is not None:
        theirs = _name(g, attention_mask)
        rank = len(attention_mask.shape)
        theirs = g.add("Unsqueeze", theirs, g.whole(1)) if rank == 3 else theirs
        looks = theirs if looks is None else g.add("And", looks, theirs)
    key = value if key is None else key
    q = _heads(g, layer, query, "query", (0, 2, 1, 3))
    k = _heads(g, layer, key, "key", (0, 2, 3, 1))
    v = _heads(g, layer, value, "value", (0, 2, 1, 3))
    z, A = _attend(g, q, k, v, query, layer.key_dim, looks, use_causal_mask)
    merged = g.add("Reshape", g.transpose(z, (0, 2, 1, 3)), g.whole(0, 0, layer.num_heads * layer.value_dim))
    w = as_array(layer.output_kernel)
    y = g.add("MatMul", merged, g.constant(w.reshape(merged_width(layer), -1), "output_kernel"))
    if layer.output_bias is not None:
        y = g.add("Add", y, g.constant(as_array(layer.output_bias).reshape(-1), "output_bias"))
    if w.ndim > 3:
        y = g.add("Reshape", y, g.whole(0, 0, *w.shape[2:]))
    return (y, A) if return_attention_scores else y


def merged_width(layer) -> int:
    return layer.num_heads * layer.value_dim


def _heads(g, layer, x, name, axes):
    """(N,T,D) -> (N,heads,T,d), or (N,heads,d,T) for keys."""
    w, b = as_array(getattr(layer, f"{name}_kernel")), getattr(layer, f"{name}_bias")
    y = g.add("MatMul", x.name, g.constant(w.reshape(len(w), -1), f"{name}_kernel"))
    if b is not None:
        y = g.add("Add", y, g.constant(as_array(b).reshape(-1), f"{name}_bias"))
    return g.transpose(g.add("Reshape", y, g.whole(0, 0, *w.shape[1:])), axes)


def _name(g, x) -> str:
    return x.name if isinstance(x, Value) else g.constant(np.asarray(x, bool), "attention_mask")


def _looks(g, query_mask, *key_masks, axis=None):
    """Return flags (N,T,S), or (N,1,T,S), of who may look at whom; None if all may."""
    parts = [] if query_mask is None else [g.add("Unsqueeze", query_mask, g.whole(2))]
    parts += [g.add("Unsqueeze", m, g.whole(1)) for m in key_masks if m is not None]
    looks = reduce(lambda a, b: g.add("And", a, b), parts) if parts else None
    return looks if looks is None or axis is None else g.add("Unsqueeze", looks, g.whole(axis))


def _attend(g, q, keys, v, query, width, looks, causal):
    """Return softmax(q keys / √width) v and the softmax; keys stand with their steps last."""
    dtype = query.dtype
    scores = g.add("Mul", g.add("MatMul", q, keys), g.scalar(1 / np.sqrt(width), dtype))
    if causal:
        t, s = places(g, scores, -2), places(g, scores, -1)
        before = g.add("LessOrEqual", s, g.add("Unsqueeze", t, g.whole(1)))  # (T,S)
        looks = before if looks is None else g.add("And", looks, before)
    if looks is None:
        A = g.add("Softmax", scores, axis=-1)
    else:
        A = g.add("Softmax", g.add("Where", looks, scores, g.scalar(FAR_BELOW, dtype)), axis=-1)
        A = g.add("Mul", A, g.cast(looks, dtype))
    return g.add("MatMul", A, v), A


# ---------------------------------------------------------------- the block around it


def transformer_encoder(
    g,
    layer,
    x,
    mask=None,
    padding_mask=None,
    attention_mask=None,
    use_causal_mask=None,
    return_attention_scores=False,
):
    if padding_mask is not None and x.mask is None:
        x = replace(x, mask=_name(g, padding_mask))

    def like_x(name):
        return replace(x, name=name)

    causal = layer.use_causal_mask if use_causal_mask is None else use_causal_mask
    h = like_x(g.layer(layer.attention_norm, x)) if layer.normalize_first else x
    found = g.layer(layer.attention, h, h, attention_mask=attention_mask, use_causal_mask=causal,
                    return_attention_scores=return_attention_scores)  # fmt: skip
    h, *scores = found if return_attention_scores else (found,)
    y = like_x(g.add("Add", x.name, h))
    if not layer.normalize_first:
        y = like_x(g.layer(layer.attention_norm, y))
    h = like_x(g.layer(layer.feedforward_norm, y)) if layer.normalize_first else y
    wide = Value(g.layer(layer.intermediate, h), (*x.shape[:-1], layer.intermediate_dim), x.dtype)
    y = like_x(g.add("Add", y.name, g.layer(layer.output_dense, wide)))
    made = y.name if layer.normalize_first else g.layer(layer.feedforward_norm, y)
    return (made, *scores) if return_attention_scores else made


def position_embedding(g, layer, x):
    table = g.constant(layer.embeddings, "embeddings")
    return g.add("Add", x.name, g.add("Slice", table, g.whole(0), g.size(x.name, 1), g.whole(0)))


LAYERS = {
    "Attention": attention,
    "MultiHeadAttention": multi_head_attention,
    "TransformerEncoder": transformer_encoder,
    "PositionEmbedding": position_embedding,
}
