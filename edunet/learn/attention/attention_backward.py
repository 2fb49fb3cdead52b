"""Exercise attention_backward: the way back through attention: dq, dk and dv from dz."""

import numpy as np

from edunet.learn.attention.attention_scores import attention_scores
from edunet.learn.attention.softmax_backward import softmax_backward
from edunet.learn.attention.softmax_rows import softmax_rows
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["ATTENTION_BACKWARD"]


def attention_backward(dz, q, k, v):
    return _back(dz, q, k, v)


def _back(dz, q, k, v, *, dA=None, ds=softmax_backward, scale=None):
    """Return dq, dk, dv, with one step of it exchanged for another."""
    A = softmax_rows(attention_scores(q, k))
    scale = 1 / np.sqrt(q.shape[-1]) if scale is None else scale
    s = ds(dz @ v.T if dA is None else dA(dz, v), A) * scale
    return s @ k, s.T @ q, A.T @ dz


def _dq_dk_dv(change):
    def wrong(dz, q, k, v):
        A = softmax_rows(attention_scores(q, k))
        ds = softmax_backward(dz @ v.T, A) / np.sqrt(q.shape[-1])
        return change(dz, q, k, v, A, ds)

    return wrong


def _with_weights(dz, q, k, v, A):
    ds = softmax_backward(dz @ v.T, A) / np.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, A.T @ dz


ATTENTION_BACKWARD = Exercise(
    "attention_backward",
    "10",
    "the way back through attention: dq, dk and dv from dz",
    attention_backward,
    lambda rng, i: tuple(rng.normal(size=((3, 3), (5, 4), (3, 2), (2, 5))[i]) for _ in range(4)),
    (
        Mistake(
            "dv: A is not transposed. Every query i used value j with the share A_ij: dv_j collects a column of A.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k, ds.T @ q, A @ dz)),
        ),
        Mistake(
            "1/√d_k is forgotten on the way back: the scores were divided by it, so their gradients are too.",
            lambda dz, q, k, v: _back(dz, q, k, v, scale=1.0),
        ),
        Mistake(
            "divided by d_k on the way back; forward it was √d_k.",
            lambda dz, q, k, v: _back(dz, q, k, v, scale=1 / q.shape[-1]),
        ),
        Mistake(
            "multiplied by √d_k on the way back; forward it was divided, and so it is here.",
            lambda dz, q, k, v: _back(dz, q, k, v, scale=np.sqrt(q.shape[-1])),
        ),
        Mistake(
            "softmax is left out: dA is taken for ds. Between the two stands your softmax_backward.",
            lambda dz, q, k, v: _back(dz, q, k, v, ds=lambda dA, A: dA),
        ),
        Mistake(
            "in ds the sum over the row is missing: use softmax_backward.",
            lambda dz, q, k, v: _back(dz, q, k, v, ds=lambda dA, A: A * dA),
        ),
        Mistake(
            "dk: ds is not transposed. Key j was seen by every query i: it collects a column of ds.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k, ds @ q, A.T @ dz)),
        ),
        Mistake(
            "dq meets the queries and dk the keys; each should meet the other: in q · k a query feels the key.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ q, ds.T @ k, A.T @ dz)),
        ),
        Mistake(
            "dq: ds is transposed; query i collects row i.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds.T @ k, ds.T @ q, A.T @ dz)),
        ),
        Mistake(
            "dA: v is not transposed. Share A_ij brought value j to query i, so dA_ij is dz_i · v_j.",
            lambda dz, q, k, v: _back(dz, q, k, v, dA=lambda dz, v: dz @ v),
        ),
        Mistake(
            "dA is computed with the keys; the shares A mixed the values.",
            lambda dz, q, k, v: _back(dz, q, k, v, dA=lambda dz, v: dz @ k.T),
        ),
        Mistake(
            "dv is dz itself: each query took only a share of each value.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k, ds.T @ q, dz)),
        ),
        Mistake(
            "dq has no 1/√d_k. The scores were divided by it, and both q and k made the scores.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k * np.sqrt(q.shape[-1]), ds.T @ q, A.T @ dz)),
        ),
        Mistake(
            "dk has no 1/√d_k. The scores were divided by it, and both q and k made the scores.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k, ds.T @ q * np.sqrt(q.shape[-1]), A.T @ dz)),
        ),
        Mistake(
            "dv is divided by √d_k too; the values were never scaled.",
            _dq_dk_dv(lambda dz, q, k, v, A, ds: (ds @ k, ds.T @ q, A.T @ dz / np.sqrt(q.shape[-1]))),
        ),
        Mistake(
            "softmax_backward has got its two arguments in the other order: first the gradient, then the shares.",
            lambda dz, q, k, v: _back(dz, q, k, v, ds=lambda dA, A: softmax_backward(A, dA)),
        ),
        Mistake(
            "dA is transposed: its row i belongs to query i, as that of A does.",
            lambda dz, q, k, v: _back(dz, q, k, v, dA=lambda dz, v: v @ dz.T),
        ),
        Mistake(
            "A is not the one of the way forward: there the scores were divided by √d_k before the softmax.",
            lambda dz, q, k, v: _with_weights(dz, q, k, v, softmax_rows(q @ k.T)),
        ),
        Mistake(
            "the scores are taken for A: the softmax is missing when A is computed again.",
            lambda dz, q, k, v: _with_weights(dz, q, k, v, attention_scores(q, k)),
        ),
    ),
    (
        "Walk back one step at a time, as in the text: Z = A V gives dv and dA; the softmax gives ds; the scores give "
        "dq and dk.",
        "Compute A again. dA is (T, T): dz with the values turned. Your softmax_backward makes ds of it; divide ds by "
        "√d_k. Every gradient has the shape of the thing itself.",
        "dv: A turned, times dz. dq: ds times k. dk: ds turned, times q.",
    ),
    returns=("dq", "dk", "dv"),
    # two queries, two keys, one number each, by hand. Query 1: A = (1/4, 3/4), dA = (8, 4), weighed mean 5,
    # ds = (3/4, -3/4); query 2, with q = 0: A = (1/2, 1/2), dA = (16, 8), weighed mean 12, ds = (2, -2)
    known=(
        (
            (
                np.array([[1.0], [2.0]]),
                np.array([[np.log(3.0)], [0.0]]),
                np.array([[0.0], [1.0]]),
                np.array([[8.0], [4.0]]),
            ),
            (
                np.array([[-0.75], [-2.0]]),
                np.array([[0.8239592165010823], [-0.8239592165010823]]),  # 3/4 ln 3, from a table of logarithms
                np.array([[1.25], [1.75]]),
            ),
        ),
    ),
)
