"""Exercises of lesson 10: scores, softmax, attention, its mask and its gradient, and how to read its map."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["EXERCISES"]


def _softmax(s, axis=-1):
    e = np.exp(s - np.max(s, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# ---------------------------------------------------------------- softmax_rows


def softmax_rows(s):
    return _softmax(s)


def _no_care(s, axis=-1):
    e = np.exp(s)
    return e / e.sum(axis=axis, keepdims=True)


def _shares(s, away):
    """Take another number away than the largest of the row; not to be trusted with large scores."""
    e = np.exp(s - away(s))
    return e / e.sum(axis=-1, keepdims=True)


def _row_largest(s):
    return s.max(axis=-1, keepdims=True)


def _square_only(s):
    """Write the shares into a table of T times T."""
    A = np.zeros((len(s), len(s)))
    A[:] = _softmax(s)
    return A


SOFTMAX_ROWS = Exercise(
    "softmax_rows",
    "10",
    "turn every row of scores into shares that sum to 1",
    softmax_rows,
    lambda rng, i: (rng.normal(size=(3 + i, 3 + i)) * 2 + 1,),
    (
        Mistake(
            "the formula is right, but e^1000 is too large for the computer, and inf/inf is nan. A share does not "
            "change if the same number is taken from all scores of its row: which number makes the largest e^0?",
            _no_care,
        ),
        Mistake(
            "the columns sum to 1, not the rows: a row is one query, and it is the query that shares out.",
            lambda s: _softmax(s, axis=0),
        ),
        Mistake(
            "the columns sum to 1, not the rows (a row is one query); and the largest scores of the trials overflow.",
            lambda s: _no_care(s, axis=0),
        ),
        Mistake(
            "the whole table sums to 1. Every row is a query of its own, and has a whole of its own to share out.",
            lambda s: _softmax(s, axis=None),
        ),
        Mistake(
            "the whole table sums to 1, every row should; and the largest scores of the trials overflow.",
            lambda s: _no_care(s, axis=None),
        ),
        Mistake(
            "the row sums lie in a row, not in a column (keepdims=True is missing), so NumPy divides every column by "
            "the sum of another row.",
            lambda s: (e := np.exp(s - s.max(axis=-1, keepdims=True))) / e.sum(axis=-1),
        ),
        Mistake(
            "the row sums lie in a row, not in a column: keepdims=True is missing (and large scores overflow).",
            lambda s: np.exp(s) / np.exp(s).sum(axis=-1),
        ),
        Mistake(
            "the exponentials are made, but not divided by their sum: shares must sum to 1.",
            lambda s: np.exp(s - s.max(axis=-1, keepdims=True)),
        ),
        Mistake("the exponentials are made, but not divided by their sum: shares must sum to 1 (no overflow).", np.exp),
        Mistake(
            "the scores themselves are divided by their sum; a share is never negative: e^s comes first.",
            lambda s: s / s.sum(axis=-1, keepdims=True),
        ),
        Mistake(
            "this is the logarithm of the softmax.", lambda s: np.log(np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True))
        ),
        Mistake(
            "the sigmoid gives each score a probability of its own; here the scores of a row share one whole.",
            lambda s: 1 / (1 + np.exp(-s)),
        ),
        Mistake(
            "the largest score of the whole table is taken away. In a row that lies far below it every e^s is then 0 "
            "for the computer, and 0/0 is nan. Each row is free to lose a number of its own.",
            lambda s: _shares(s, np.max),
        ),
        Mistake(
            "the mean of the row is taken away. That is allowed, but one score may lie 750 above it, and e^750 is too "
            "large. Which number of the row leaves no positive exponent?",
            lambda s: _shares(s, lambda s: s.mean(axis=-1, keepdims=True)),
        ),
        Mistake(
            "nothing overflows any more, but the whole table sums to 1. Every row has a whole of its own to share out.",
            lambda s: (e := np.exp(s - _row_largest(s))) / e.sum(),
        ),
        Mistake(
            "a number for each row lies in a row here, and NumPy fits it to the columns (or cannot: (2,) and (2, 3)). "
            "Let max and sum keep their axis.",
            lambda s: (e := np.exp(s - s.max(axis=-1))) / e.sum(axis=-1),
        ),
        Mistake(
            "scores are cut off where they are too large, and then 1000 and 999 are the same. Shift them, all by the "
            "same amount: their differences must stay.",
            lambda s: _no_care(np.minimum(s, 700)),
        ),
        Mistake(
            "nan is replaced by 0: the warning is silenced, the shares are lost. The overflow must not happen.",
            lambda s: np.nan_to_num(_no_care(s)),
        ),
        Mistake(
            "the scores are divided by the largest of the row. That changes the differences, and with them the shares.",
            lambda s: _softmax(s / _row_largest(s)),
        ),
        Mistake(
            "only the first row is filled: does `return` stand inside the loop?",
            lambda s: _softmax(s) * (np.arange(len(s)) == 0)[:, None],
        ),
        Mistake(
            "the winner takes all. That is a maximum; the soft one leaves something to the others.",
            lambda s: np.eye(s.shape[-1])[s.argmax(axis=-1)],
        ),
        Mistake(
            "your code expects as many keys as queries; a table of scores need not be square.",
            _square_only,
        ),
        Mistake(
            "there is 1 too much below the line, as in a sigmoid. A row's shares must sum to exactly 1.",
            lambda s: (e := np.exp(s - _row_largest(s))) / (1 + e.sum(axis=-1, keepdims=True)),
        ),
    ),
    (
        "First make every number positive with np.exp, then divide by the sum: of which numbers?",
        "The sum runs along the row, axis=-1; with keepdims=True it keeps a column's shape and divides every row by "
        "its own sum.",
        "Before np.exp take the row's largest score away (max, axis=-1, keepdims=True): then nothing can overflow.",
    ),
    known=(
        # exact: e^{ln a} = a
        ((np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 6.0]]),), np.array([[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]])),
        # 1/(1 + e^-1) with 40-digit arithmetic, rounded
        ((np.array([[1000.0, 999.0]]),), np.array([[0.7310585786300049, 0.2689414213699951]])),
        # the same shares far below: a row must not depend on the height of another
        (
            (np.array([[1000.0, 999.0], [-1000.0, -999.0], [0.0, 0.0]]),),
            np.array([[0.7310585786300049, 0.2689414213699951], [0.2689414213699951, 0.7310585786300049], [0.5, 0.5]]),
        ),
        # one score far above the mean of its row: e^-1000 is less than the smallest number of the computer
        ((np.array([[1000.0, 0.0, 0.0, 0.0]]),), np.array([[1.0, 0.0, 0.0, 0.0]])),
    ),
)


# ---------------------------------------------------------------- attention_scores


def attention_scores(q, k):
    return q @ k.T / np.sqrt(q.shape[-1])


def _queries_and_keys(rng, i):
    d, T = ((3, 3), (4, 5), (2, 3), (5, 2))[i]  # the first is square: there a forgotten transpose goes through
    return rng.normal(size=(T, d)), rng.normal(size=(T, d))


ATTENTION_SCORES = Exercise(
    "attention_scores",
    "10",
    "how well does every key answer every query?",
    attention_scores,
    _queries_and_keys,
    (
        Mistake("the scale is missing: the formula divides by √d_k.", lambda q, k: q @ k.T),
        Mistake("divided by d_k; the formula has its square root.", lambda q, k: q @ k.T / q.shape[-1]),
        Mistake("multiplied by √d_k; the formula divides.", lambda q, k: q @ k.T * np.sqrt(q.shape[-1])),
        Mistake(
            "divided by the root of the number of places. d_k is how many numbers one key holds: which axis is that?",
            lambda q, k: q @ k.T / np.sqrt(len(k)),
        ),
        Mistake(
            "k is not transposed. Each query is to meet each key: row times row, not row times column.",
            lambda q, k: q @ k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "queries and keys have changed places: row i of the scores belongs to query i.",
            lambda q, k: k @ q.T / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "q is transposed instead of k: this compares the numbers of a vector with each other, not the places.",
            lambda q, k: q.T @ k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "softmax is taken already: the scores themselves are wanted, also negative ones.",
            lambda q, k: softmax_rows(attention_scores(q, k)),
        ),
        Mistake("queries are compared with queries: the keys are not used.", lambda q, k: attention_scores(q, q)),
        Mistake(
            "each query meets only the key of its own place; every query should meet every key.",
            lambda q, k: np.sum(q * k, axis=-1) / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "the root is taken of the scores too, and a negative score has none. It is for d_k alone.",
            lambda q, k: np.sqrt(q @ k.T / q.shape[-1]),
        ),
        Mistake(
            "queries and keys are multiplied place by place (*); the formula has a matrix product.",
            lambda q, k: q * k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "** comes before /: d ** 1 / 2 is half of d. Brackets around the fraction, or another name for the root.",
            lambda q, k: q @ k.T / (q.shape[-1] / 2),
        ),
        Mistake(
            "** comes before /, and / goes from left to right: s / d ** 1 / 2 is s / d, halved.",
            lambda q, k: q @ k.T / q.shape[-1] / 2,
        ),
        Mistake(
            "d_k is how many numbers one key holds; `size` counts those of all keys together.",
            lambda q, k: q @ k.T / np.sqrt(k.size),
        ),
        Mistake(
            "these are cosines: the lengths of q and k are divided out. Here a long vector may speak louder.",
            lambda q, k: q @ k.T / np.outer(np.linalg.norm(q, axis=-1), np.linalg.norm(k, axis=-1)),
        ),
        Mistake(
            "the sum goes on from pair to pair: each pair of query and key begins at 0 again.",
            lambda q, k: np.cumsum(attention_scores(q, k).ravel()).reshape(len(q), len(k)),
        ),
        Mistake(
            "the root of 2 is fixed in your code: it fits vectors of two numbers only. How long are they here?",
            lambda q, k: q @ k.T / np.sqrt(2),
        ),
    ),
    (
        "Place (i, j) of the result is the dot product of query i with key j, divided by √d_k.",
        "One matrix product does it for all i and j, if k is turned first. How long is one key? k.shape tells.",
        "q @ k.T is (T, T); divide it by np.sqrt of the last number of q.shape.",
    ),
    known=(
        (
            (
                np.array([[1.0, 2.0, 0.0, 2.0], [0.0, 0.0, 2.0, 0.0]]),
                np.array([[2.0, 1.0, 5.0, 0.0], [0.0, -1.0, 1.0, 3.0]]),
            ),
            np.array([[2.0, 2.0], [5.0, 1.0]]),
        ),
    ),
)


# ---------------------------------------------------------------- attention


def attention(q, k, v):
    return softmax_rows(attention_scores(q, k)) @ v


def _self_attention(rng, i):
    d, T = ((3, 3), (4, 5), (2, 3), (5, 2))[i]
    return tuple(1.5 * rng.normal(size=(T, d)) for _ in range(3))


ATTENTION = Exercise(
    "attention",
    "10",
    "what every query brings back: Z = A V",
    attention,
    _self_attention,
    (
        Mistake(
            "softmax is missing: the scores weigh the values as they are.", lambda q, k, v: attention_scores(q, k) @ v
        ),
        Mistake(
            "the exponentials weigh the values, but are not divided by the sum of their row: shares must sum to 1.",
            lambda q, k, v: np.exp(attention_scores(q, k)) @ v,
        ),
        Mistake(
            "softmax runs over the queries: the shares of one query, a row of A, must sum to 1.",
            lambda q, k, v: _softmax(attention_scores(q, k), axis=0) @ v,
        ),
        Mistake(
            "softmax runs over the whole table: every query has a whole of its own to share out.",
            lambda q, k, v: _softmax(attention_scores(q, k), axis=None) @ v,
        ),
        Mistake("the scale 1/√d_k is missing inside the softmax.", lambda q, k, v: softmax_rows(q @ k.T) @ v),
        Mistake(
            "divided by d_k in all; the formula has its square root. Is the root forgotten, or is it there twice: does "
            "attention_scores divide already?",
            lambda q, k, v: softmax_rows(q @ k.T / q.shape[-1]) @ v,
        ),
        Mistake(
            "1/√d_k comes after the softmax: then it only makes everything smaller. It belongs to the scores.",
            lambda q, k, v: softmax_rows(q @ k.T) @ v / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "the weights mix the keys. Keys are there to be found; what is brought back are the values.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)) @ k,
        ),
        Mistake(
            "A is transposed: query i takes the shares of row i.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)).T @ v,
        ),
        Mistake(
            "queries and keys have changed places: the queries look, the keys are looked at.",
            lambda q, k, v: attention(k, q, v),
        ),
        Mistake(
            "this is A, the weights: the values are still to be mixed.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)),
        ),
        Mistake(
            "softmax is taken of the result instead of the scores.",
            lambda q, k, v: softmax_rows(attention_scores(q, k) @ v),
        ),
        Mistake(
            "the star of the article was read as element by element: Z = A * V is the matrix product.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)) * v,
        ),
        Mistake(
            "v stands before A. The shares of query i are row i of A, and that row is to meet the columns of v.",
            lambda q, k, v: v.T @ softmax_rows(attention_scores(q, k)),
        ),
        Mistake(
            "a mask is in it: later keys are not seen. Here everybody sees everybody; the mask comes in exercise 4.",
            lambda q, k, v: looking_back(attention_scores(q, k)) @ v,
        ),
        Mistake(
            "k and v have changed places: the order is q, k, v. (Keras has q, v, k.)",
            lambda q, k, v: attention(q, v, k),
        ),
        Mistake(
            "the query is added to what it brings back. Many networks do that, but outside: Z is the mixture alone.",
            lambda q, k, v: q + attention(q, k, v),
        ),
        Mistake(
            "each query takes its best value only. It should take a mean of all, weighed by its shares.",
            lambda q, k, v: v[attention_scores(q, k).argmax(axis=-1)],
        ),
    ),
    (
        "Three steps: scores (T, T), shares (T, T), then for each query the mean of the values, weighed by its shares.",
        "You have written the first two. The third is a matrix product: (T, T) with (T, d).",
        "softmax_rows of attention_scores of q and k gives A; then A @ v.",
    ),
    known=(
        # scores of the first query: 0 and ln 3, shares 1/4 and 3/4; of the second: 0 and 0, shares 1/2 and 1/2
        (
            (np.array([[np.log(3.0)], [0.0]]), np.array([[0.0], [1.0]]), np.array([[8.0], [4.0]])),
            np.array([[5.0], [6.0]]),
        ),
    ),
)


# ---------------------------------------------------------------- looking_back


def looking_back(s):
    return _softmax(np.where(np.tri(len(s), dtype=bool), s, -np.inf))


def _hidden(s, seen):
    return _softmax(np.where(seen, s, -np.inf))


LOOKING_BACK = Exercise(
    "looking_back",
    "10",
    "a table of attention in which nobody sees the future",
    looking_back,
    lambda rng, i: (2 * rng.normal(size=(3 + i, 3 + i)),),
    (
        Mistake(
            "the mask comes after the softmax: what was cut away is missing, and the rows no longer sum to 1. "
            "The future must be out of the running before the shares are made.",
            lambda s: _softmax(s) * np.tri(len(s)),
        ),
        Mistake(
            "the future is given the score 0, and e^0 = 1 is a share like any other. Which score has the share 0?",
            lambda s: _softmax(np.where(np.tri(len(s)), s, 0.0)),
        ),
        Mistake(
            "this looks forward: query i (row) sees the keys from i on. It should see those up to i.",
            lambda s: _hidden(s, np.tri(len(s)).T > 0),
        ),
        Mistake(
            "a place does not see itself here, and the first one sees nothing at all (0/0): key j = i is allowed.",
            lambda s: _hidden(s, np.tri(len(s), k=-1) > 0),
        ),
        Mistake("one place of the future is still seen: j ≤ i.", lambda s: _hidden(s, np.tri(len(s), k=1) > 0)),
        Mistake("nothing is masked: every place sees the whole record.", _softmax),
        Mistake("only the place itself is seen: all of the past may be looked at too.", lambda s: np.eye(len(s))),
        Mistake(
            "softmax runs over the queries: each row must sum to 1.",
            lambda s: _softmax(np.where(np.tri(len(s), dtype=bool), s, -np.inf), axis=0),
        ),
        Mistake(
            "the masked scores come back; the softmax over each row is still to be taken.",
            lambda s: np.where(np.tri(len(s), dtype=bool), s, -np.inf),
        ),
        Mistake(
            "the scores are ignored: the past is shared out evenly.",
            lambda s: np.tri(len(s)) / np.arange(1, len(s) + 1)[:, None],
        ),
        Mistake(
            "everything is nan: 0 · ∞ is no number for the computer, so the past is spoiled as well. Choose by a "
            "condition; do not multiply by infinity.",
            lambda s: np.full(s.shape, np.nan),
        ),
        Mistake(
            "a place does not see itself here, and the first one sees nothing: row i may use the keys up to i, i "
            "included.",
            lambda s: np.nan_to_num(_hidden(s, np.tri(len(s), k=-1) > 0)),
        ),
        Mistake(
            "the future gets a small share: −10 is low, but not −∞, and e^(−10) is not 0.",
            lambda s: _softmax(np.where(np.tri(len(s)) > 0, s, -10.0)),
        ),
    ),
    (
        "A key gets the share 0 exactly if its score is −∞: e^(−∞) = 0.",
        "np.tri(T) is a table with ones where j ≤ i. np.where(condition, a, b) takes a where it holds, else b.",
        "Put -np.inf into a copy of the scores wherever np.tri(T) is 0, then take your softmax_rows.",
    ),
    known=(
        (
            (np.log([[1.0, 9.0, 9.0], [1.0, 3.0, 9.0], [1.0, 4.0, 5.0]]),),
            np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.1, 0.4, 0.5]]),
        ),
    ),
)


# ---------------------------------------------------------------- row_entropy


def row_entropy(A):
    return -np.sum(A * np.log(np.where(A > 0, A, 1)), axis=-1)


def _past_only(rng, i):
    return (looking_back(2 * rng.normal(size=(3 + i, 3 + i))),)


ROW_ENTROPY = Exercise(
    "row_entropy",
    "10",
    "how widely does each query spread its attention?",
    row_entropy,
    _past_only,
    (
        Mistake(
            "0 · log 0 is nan for the computer; here it counts as 0: who gets nothing adds nothing. "
            "How can you keep the logarithm away from such a share?",
            lambda A: -np.sum(A * np.log(A), axis=-1),
        ),
        Mistake("the minus sign is missing: logarithms of shares are negative.", lambda A: -row_entropy(A)),
        Mistake(
            "this is in bits, with the logarithm to base 2; the formula has the natural one.",
            lambda A: row_entropy(A) / np.log(2),
        ),
        Mistake(
            "this is with the logarithm to base 10; the formula has the natural one.",
            lambda A: row_entropy(A) / np.log(10),
        ),
        Mistake("this is the mean over the keys; the formula has the sum.", lambda A: row_entropy(A) / A.shape[-1]),
        Mistake(
            "the columns are summed up: one number for each query is wanted, and a query is a row.",
            lambda A: -np.sum(A * np.log(np.where(A > 0, A, 1)), axis=0),
        ),
        Mistake(
            "a single number for the whole table comes out; every query has its own.",
            lambda A: float(row_entropy(A).sum()),
        ),
        Mistake(
            "the logarithms are added up without their weights: each counts with its share.",
            lambda A: -np.sum(np.log(np.where(A > 0, A, 1)), axis=-1),
        ),
        Mistake("these are the largest shares; the entropy takes all of them.", lambda A: A.max(axis=-1)),
        Mistake(
            "one number for each pair comes out: the sum over the keys is missing.",
            lambda A: -A * np.log(np.where(A > 0, A, 1)),
        ),
        Mistake(
            "rows with a 0 in them come out as 0: one nan has spoiled the sum, and then the sum was replaced. The rest "
            "of the row counts.",
            lambda A: np.nan_to_num(-np.sum(A * np.log(A), axis=-1)),
        ),
        Mistake(
            "this is e to the entropy, a number of keys. It is easy to picture, but the formula stops before it.",
            lambda A: np.exp(row_entropy(A)),
        ),
        Mistake(
            "this is the share of the largest possible entropy, log T; the formula does not divide.",
            lambda A: row_entropy(A) / np.log(A.shape[-1]),
        ),
    ),
    (
        "For each row: minus the sum of share times logarithm of the share.",
        "np.where(A > 0, A, 1) is safe to take the logarithm of, and log 1 = 0 adds nothing.",
        "Multiply A by that logarithm, sum over axis=-1, and change the sign.",
    ),
    # ln 2 and (ln 2)/2 + (ln 4)/2 = 3/2 ln 2, from a table of logarithms
    known=(
        (
            (np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.5, 0.25]]),),
            np.array([0.0, 0.6931471805599453, 1.0397207708399179]),
        ),
    ),
)


# ---------------------------------------------------------------- softmax_backward


def softmax_backward(dA, A):
    return A * (dA - np.sum(A * dA, axis=-1, keepdims=True))


SOFTMAX_BACKWARD = Exercise(
    "softmax_backward",
    "10",
    "the way back through a softmax: ds from dA",
    softmax_backward,
    lambda rng, i: (rng.normal(size=(3 + i, 3 + i)), _softmax(rng.normal(size=(3 + i, 3 + i)))),
    (
        Mistake(
            "the sum is missing. If one share grows, the others of the row must shrink: take away from dA what the row "
            "gains on average.",
            lambda dA, A: A * dA,
        ),
        Mistake(
            "only the diagonal is here, A (1 − A): how a score changes its own share. It changes all others of its row "
            "as well.",
            lambda dA, A: A * (1 - A) * dA,
        ),
        Mistake(
            "the sum runs down the columns; the shares of one query are a row (axis=-1).",
            lambda dA, A: A * (dA - np.sum(A * dA, axis=0, keepdims=True)),
        ),
        Mistake(
            "the sum runs over the whole table; every row is a softmax of its own.",
            lambda dA, A: A * (dA - np.sum(A * dA)),
        ),
        Mistake(
            "the plain sum of dA is taken away; each dA counts with its share A.",
            lambda dA, A: A * (dA - np.sum(dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the plain mean of dA is taken away; each dA counts with its share A.",
            lambda dA, A: A * (dA - np.mean(dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the factor A in front is missing: a key that got no share cannot feel anything.",
            lambda dA, A: dA - np.sum(A * dA, axis=-1, keepdims=True),
        ),
        Mistake(
            "the factor A stands in front of dA only; it belongs in front of the whole bracket.",
            lambda dA, A: A * dA - np.sum(A * dA, axis=-1, keepdims=True),
        ),
        Mistake("a plus stands where a minus should.", lambda dA, A: A * (dA + np.sum(A * dA, axis=-1, keepdims=True))),
        Mistake(
            "the sum lies in a row, not in a column (keepdims=True is missing), so each row gets the sums of others.",
            lambda dA, A: A * (dA - np.sum(A * dA, axis=-1)),
        ),
        Mistake(
            "A and dA have changed places in front and inside: a key without a share feels nothing, so which one "
            "stands in front?",
            lambda dA, A: dA * (A - np.sum(A * dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "softmax is taken of A once more; A holds shares already.",
            lambda dA, A: softmax_backward(dA, softmax_rows(A)),
        ),
        Mistake(
            "there is a root below; it belongs to the scores, and comes one door later.",
            lambda dA, A: softmax_backward(dA, A) / np.sqrt(A.shape[-1]),
        ),
        Mistake(
            "the products A · dA are averaged. The shares weigh already, and sum to 1: nothing more is to be divided.",
            lambda dA, A: A * (dA - np.mean(A * dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the shares of the first row are used for all; every query has shares of its own.",
            lambda dA, A: softmax_backward(dA, np.tile(A[:1], (len(A), 1))),
        ),
    ),
    (
        "Two effects meet in every score: its own share grows, and all shares of the row are divided by a larger sum.",
        "For each row compute one number: the mean of dA, weighed by the shares A. What a key gets back is its share "
        "times (its dA minus that number).",
        "The number is np.sum(A * dA, axis=-1, keepdims=True); A times (dA minus it).",
    ),
    # shares 1/4, 3/4; dA 4, 0: the weighed mean is 1
    known=(((np.array([[4.0, 0.0]]), np.array([[0.25, 0.75]])), np.array([[0.75, -0.75]])),),
)


# ---------------------------------------------------------------- attention_backward


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


# ---------------------------------------------------------------- found


def found(A, looks, wanted):
    rows = A[np.arange(len(A)), looks]
    return float(np.mean(rows.argmax(axis=-1) == wanted))


def _maps(rng, i):
    """Draw maps of which about half find what is wanted, never none and never all."""
    N, T = 20 + 10 * i, 4 + i
    A = _softmax(2 * rng.normal(size=(N, T, T)))
    looks, wanted = rng.integers(T, size=N), rng.integers(T, size=N)
    n = np.arange(0, N, 2)
    wanted[n] = A[n, looks[n]].argmax(axis=-1)
    wanted[1] = (A[1, looks[1]].argmax() + 1) % T
    return A, looks, wanted


FOUND = Exercise(
    "found",
    "10",
    "in what share of the records does the map look where it should?",
    found,
    _maps,
    (
        Mistake(
            "this is a number of records; divide it by how many there are.",
            lambda A, looks, wanted: found(A, looks, wanted) * len(A),
        ),
        Mistake(
            "this is the share of those that do not find it.", lambda A, looks, wanted: 1 - found(A, looks, wanted)
        ),
        Mistake(
            "rows and columns have changed places: who looks is the row of A, who is looked at is the column.",
            lambda A, looks, wanted: found(A.swapaxes(1, 2), looks, wanted),
        ),
        Mistake("`looks` and `wanted` have changed places.", lambda A, looks, wanted: found(A, wanted, looks)),
        Mistake(
            "this is the mean weight on the wanted key; asked is how often it is the largest of its row.",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks, wanted])),
        ),
        Mistake(
            "counted are the weights above one half; the largest of a row may be smaller than that.",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks, wanted] > 0.5)),
        ),
        Mistake(
            "all rows of all records are counted; in each record only one query is asked for, `looks`.",
            lambda A, looks, wanted: float(np.mean(A.argmax(axis=-1) == wanted[:, None])),
        ),
        Mistake(
            "one answer for each record comes out; the mean over the records is missing.",
            lambda A, looks, wanted: A[np.arange(len(A)), looks].argmax(axis=-1) == wanted,
        ),
        Mistake(
            "only the first record is used: A[0]. Every record has a map of its own.",
            lambda A, looks, wanted: float(np.mean(A[0][looks].argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "the largest number itself is compared with `wanted`, which is a place. Where does the largest stand?",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks].max(axis=-1) == wanted)),
        ),
        Mistake(
            "// cuts the fraction off: only 0 or 1 can come out.",
            lambda A, looks, wanted: float(found(A, looks, wanted) == 1),
        ),
        Mistake(
            "A[:, looks] takes the rows of all `looks` in every record, N times N of them. Each record has one row "
            "only.",
            lambda A, looks, wanted: float(np.mean(A[:, looks].argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "the largest number of the whole map is sought; asked is the one of row looks[n].",
            lambda A, looks, wanted: float(np.mean(A.reshape(len(A), -1).argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "only the first record is counted: does `return` stand inside the loop?",
            lambda A, looks, wanted: found(A[:1], looks[:1], wanted[:1]) / len(A),
        ),
        Mistake(
            "divided by the number of places; asked is the share of the records.",
            lambda A, looks, wanted: found(A, looks, wanted) * len(A) / A.shape[-1],
        ),
        Mistake(
            "the last record is left out of the count: range(n) already stops before n.",
            lambda A, looks, wanted: found(A[:-1], looks[:-1], wanted[:-1]) * (len(A) - 1) / len(A),
        ),
    ),
    (
        "For each record n take one row of its map: A[n, looks[n]]. Where is its largest number? Is that wanted[n]?",
        "A loop over n and a counter will do. Or all rows at once: A[np.arange(len(A)), looks] has shape (N, T).",
        "argmax(axis=-1) of those rows, compared with wanted by ==; np.mean counts the share that is True.",
    ),
    known=(
        (
            (
                np.array([[[1.0, 0.0], [0.3, 0.7]], [[1.0, 0.0], [0.6, 0.4]], [[1.0, 0.0], [0.9, 0.1]]]),
                np.array([1, 1, 1]),
                np.array([0, 0, 0]),
            ),
            2 / 3,
        ),
        # both find it
        ((np.array([[[0.3, 0.7], [0.5, 0.5]], [[0.6, 0.4], [0.5, 0.5]]]), np.array([0, 0]), np.array([1, 0])), 1.0),
    ),
)

EXERCISES = (
    SOFTMAX_ROWS,
    ATTENTION_SCORES,
    ATTENTION,
    LOOKING_BACK,
    ROW_ENTROPY,
    SOFTMAX_BACKWARD,
    ATTENTION_BACKWARD,
    FOUND,
)
