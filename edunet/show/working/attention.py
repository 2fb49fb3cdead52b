"""A worked row of attention: the scores of one query, its shares, what it brings back; and the way back."""

import math

import numpy as np

from edunet import ops
from edunet.layers.attention import Attention, MultiHeadAttention
from edunet.show.working.activation import shares
from edunet.show.working.page import Page
from edunet.show.working.run import inputs, on_tape, one_of, place
from edunet.show.working.symbols import bracket, index, number
from edunet.tensor import Tensor, as_array, gradients

__all__ = ["attention"]


def attention(what, arrays, at, dy):
    """Work out A_ij = softmax_j(q_i · k_j / √d) and z_i = Σ_j A_ij v_j for one query i."""
    name = getattr(what, "__name__", type(what).__name__)
    q, k, v, z, A = _run(what, name, arrays)
    rows = np.abs(z.data).sum(axis=-1)  # a place is a query
    choice = "the query that brings back the largest numbers"
    at, chosen = place(at, rows, _axes(what, z.ndim), "the table of queries", choice)
    dz = one_of(z, at, dy)
    from_layer = gradients(z, [q, k, v], dz)
    lead, i = at[:-1], at[-1]
    hand = _by_hand(q.data[at], k.data[lead], v.data[lead], dy)

    page = Page(f"{name}: what query {index(*at)} brings back", name)
    _symbols(page, lead, i, q.shape[-1], chosen)
    _shapes(page, q.shape, k.shape, v.shape)
    _forward(page, hand, lead, i)
    _backward(page, hand, lead, i, dy)
    _compare(page, hand, at, (z.data, A), from_layer)
    return page.finish()


def _run(what, name, arrays):
    """Return q, k, v and z on the tape, and the table A as the library gives it."""
    if len(arrays) == 1 and isinstance(arrays[0], (list, tuple)):
        arrays = arrays[0]
    if isinstance(what, MultiHeadAttention):
        query, value, *keys = inputs(name, arrays, ("query", "value", "key")[: max(2, len(arrays))])
        query, value = query.astype(what.dtype), value.astype(what.dtype)
        key = keys[0].astype(what.dtype) if keys else value
        _, A = what(query, value, key, return_attention_scores=True)
        q, k, v = (
            Tensor(what._heads(Tensor(x), w, b).data)
            for x, w, b in (
                (query, what.query_kernel, what.query_bias),
                (key, what.key_kernel, what.key_bias),
                (value, what.value_kernel, what.value_bias),
            )
        )
        return q, k, v, on_tape(ops.attention(q, k, v), name), as_array(A)
    if isinstance(what, Attention):
        query, value, *keys = inputs(name, arrays, ("query", "value", "key")[: max(2, len(arrays))])
        q, v, k = (Tensor(a.astype(what.dtype)) for a in (query, value, keys[0] if keys else value))
        return q, k, v, on_tape(what([q, v, k]), name), ops.attention_weights(q.data, k.data)
    q, k, v = (Tensor(a) for a in inputs(f"ops.{name}", arrays, ("q", "k", "v")))
    return q, k, v, on_tape(what(q, k, v), name), ops.attention_weights(q.data, k.data)


def _axes(what, axes):
    return "n, head, i" if isinstance(what, MultiHeadAttention) else "i" if axes == 2 else "n, ..., i"


def _by_hand(q, k, v, dy):
    """Return every step of one query in float64: q (d,), k (S,d), v (S,e)."""
    q, k, v = (a.astype(float) for a in (q, k, v))
    root = math.sqrt(len(q))
    scores = k @ q / root
    e = np.exp(scores - scores.max())
    A = e / e.sum()
    dA = dy * v.sum(axis=1)
    ds = A * (dA - A @ dA)
    back = {"q": ds @ k / root, "k": np.outer(ds, q) / root, "v": dy * np.outer(A, np.ones(v.shape[1]))}
    return {"q": q, "k": k, "v": v, "scores": scores, "A": A, "z": A @ v, "dA": dA, "ds": ds, "back": back}


def _symbols(page, lead, i, d, chosen):
    s, A = index(*lead, i, "j"), index(*lead, i, "j")
    page.section("Symbols")
    page.line(f"s{s} = Σ_c q{index(*lead, i, 'c')} · k{index(*lead, 'j', 'c')} / √({d})")
    page.line(f"A{A} = e^(s{s}) / Σ_m e^(s{index(*lead, i, 'm')})")
    page.line(f"z{index(*lead, i, 'e')} = Σ_j A{A} · v{index(*lead, 'j', 'e')}")
    page.say(chosen or "The query asks every key j; the answers are shares.")


def _shapes(page, q, k, v):
    letters = ("", "N,", "N,heads,")[len(q) - 2] if len(q) < 5 else "...,"
    axes = {"q": f"{letters}T,d", "k": f"{letters}S,d", "v": f"{letters}S,e", "z": f"{letters}T,e"}
    shapes = {"q": q, "k": k, "v": v, "z": (*q[:-1], v[-1])}
    meaning = "T queries and S keys of d numbers each; each key has a value of e numbers."
    page.shapes(meaning, **{name: (axes[name], shapes[name]) for name in axes})


def _forward(page, hand, lead, i):
    best = int(np.argmax(hand["A"]))
    q, k, v, d = hand["q"], hand["k"][best], hand["v"], len(hand["q"])
    page.section("Forward, in numbers")
    page.say(f"The score of key {best}, which gets the largest share:")
    rows = [(str(c), *map(float, three)) for c, three in enumerate(zip(q, k, q * k, strict=True))]
    dot, score = float(q @ k), f"s{index(*lead, i, best)}"
    heads = ("c", f"q{index(*lead, i, 'c')}", f"k{index(*lead, best, 'c')}", "product")
    page.terms(heads, rows, [("sum", dot)], add=True)
    page.line(f"{score} = {bracket(number(dot))} / √({d}) = {number(hand['scores'][best])}")
    page.say("All keys j:")
    shares(page, f"s{index(*lead, i, 'j')}", f"A{index(*lead, i, 'j')}", hand["scores"], index="j")
    e = int(np.argmax(np.abs(hand["z"])))
    page.say(f"The values are mixed by these shares; here for number e = {e} of the {v.shape[1]} that each value has:")
    rows = [
        (str(j), *map(float, row)) for j, row in enumerate(zip(hand["A"], v[:, e], hand["A"] * v[:, e], strict=True))
    ]
    heads = ("j", f"A{index(*lead, i, 'j')}", f"v{index(*lead, 'j', e)}", "product")
    page.terms(heads, rows, [(f"z{index(*lead, i, e)}", float(hand["z"][e]))], add=True)


def _backward(page, hand, lead, i, dy):
    A, dA, ds = hand["A"], hand["dA"], hand["ds"]
    row, ij = index(*lead, i, "e"), index(*lead, i, "j")
    page.section("Backward, in numbers")
    page.say(f"Suppose the loss has the gradient `dz{row} = {number(dy)}` for every number e of this row, else 0.")
    page.line(f"dA{ij} = Σ_e dz{row} · v{index(*lead, 'j', 'e')}")
    page.line(f"ds{ij} = A{ij} · (dA{ij} − Σ_m A{index(*lead, i, 'm')} · dA{index(*lead, i, 'm')})")
    page.line(f"Σ_m A{index(*lead, i, 'm')} · dA{index(*lead, i, 'm')} = {number(A @ dA)}")
    rows = [(str(j), *map(float, three)) for j, three in enumerate(zip(A, dA, ds, strict=True))]
    page.terms(("j", f"A{ij}", f"dA{ij}", f"ds{ij}"), rows)
    page.say(
        "A key whose value raises the loss more than the mixture does has `ds > 0`: a step makes its score smaller."
    )
    page.say("Back to the query:")
    jc, ic = index(*lead, "j", "c"), index(*lead, i, "c")
    page.line(f"dq{ic} = Σ_j ds{ij} · k{jc} / √({len(hand['q'])})")
    page.terms(("c", f"dq{ic}"), [(str(c), float(g)) for c, g in enumerate(hand["back"]["q"])])
    page.line(f"dk{jc} = ds{ij} · q{ic} / √({len(hand['q'])})        dv{index(*lead, 'j', 'e')} = A{ij} · dz{row}")


def _compare(page, hand, at, outputs, from_layer):
    lead, (z, A) = at[:-1], outputs
    size = float(np.abs(hand["v"]).max())
    page.compare("z", hand["z"], z[at], lead=at, size=size)
    page.compare("A", hand["A"], A[at], lead=at, size=1.0)
    dq, dk, dv = from_layer
    size = float(np.abs(hand["dA"]).max() * max(1, np.abs(hand["q"]).max(), np.abs(hand["k"]).max()))
    for name, found, place_ in (("q", dq, at), ("k", dk, lead), ("v", dv, lead)):
        whole = np.zeros(found.shape)
        whole[place_] = hand["back"][name]
        page.compare(f"d{name}", whole, found, size=size)
