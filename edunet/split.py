"""Splitting: a compiled kernel becomes one that shares its work among threads. A formula never sees them.

The names in a kernel's signature say what goes to whom:
    rows      Every array that is no weight has the batch first. A chunk of the batch is a call with slices of them.
    weights   belong to all, and their gradients are sums over the batch: each chunk fills arrays of its own, which are
              added in the order of the chunks.
How many chunks there are depends on the problem, never on the number of threads, wherever sums are formed; elsewhere no
row looks at another. So the number of threads does not change the last bit of a result.

NumPy's kernels are not split: its matrix product has threads of its own. The recurrences of Numba are split if their
steps are long: Python walks through their time, and two walkers wait for each other at every short step.
Kernels of which COST knows nothing are not split either: batch normalisation, which needs the whole batch, and the
steps of the optimizers.
"""

import functools
import inspect
import math
from types import ModuleType

import numpy as np

from edunet.threads import get_num_threads, run

__all__ = ["split"]

WEIGHTS = {"w", "b", "wx", "wh", "gamma", "beta"}
SUMS = {"d" + name for name in WEIGHTS}
CHUNK = 2e6  # floating-point operations, 0.02 to 0.04 ms: a thread that is awake takes it up within 0.01
LARGE = 10e6  # the same where sums are formed, and for a single image: there more is to be done besides
MOST = 8  # chunks that form sums
PER_WEIGHT = 500  # operations in a chunk for each number that is then to be added: 2 to 6 % of its time
# Operations of a step that Python takes: two walkers need 0.5 to 0.9 of the time of one, but up to 2.2 of it for less.
STEP = 10e6
TOGETHER = {"simple_rnn": 6, "gru": 6, "lstm": 6}  # rows that a kernel likes to take through time side by side


def places(a):
    """Return how many vectors there are, of channels or features."""
    return math.prod(a.shape[:-1])


def recurrent_forward(x, wx, wh):
    return 4 * places(x) * (wx.size + wh.size)


def recurrent_backward(x, wx, wh):
    return 2 * recurrent_forward(x, wx, wh)


# About how many floating-point operations a call is. What is bound by memory, exp or comparisons counts as the
# multiplications and additions that take as long.
COST = {
    "conv2d_forward": lambda w, y: 2 * places(y) * w.size + 20 * y.size,
    "conv2d_backward": lambda dy, w: 4 * places(dy) * w.size + 80 * dy.size,
    "depthwise_conv2d_forward": lambda w, y: 8 * y.size * w.shape[0] * w.shape[1],
    "depthwise_conv2d_backward": lambda dy, w: 16 * dy.size * w.shape[0] * w.shape[1],
    "max_pool2d_forward": lambda window, y: 15 * y.size * math.prod(window),
    "max_pool2d_backward": lambda dy, dx: 10 * (dy.size + dx.size),
    "avg_pool2d_forward": lambda window, y: 15 * y.size * math.prod(window),
    "avg_pool2d_backward": lambda dy, window: 15 * dy.size * math.prod(window),
    "simple_rnn_forward": recurrent_forward,
    "simple_rnn_backward": recurrent_backward,
    "gru_forward": recurrent_forward,
    "gru_backward": recurrent_backward,
    "lstm_forward": recurrent_forward,
    "lstm_backward": recurrent_backward,
    "layer_norm_forward": lambda x: 40 * x.size,
    "layer_norm_backward": lambda x: 60 * x.size,
    "softmax_crossentropy_forward": lambda z: 70 * z.size + 4000 * len(z),
    "softmax_crossentropy_backward": lambda p: 20 * p.size,
    "sparse_softmax_crossentropy_forward": lambda z: 70 * z.size + 4000 * len(z),
    "sparse_softmax_crossentropy_backward": lambda p: 20 * p.size,
    "sigmoid_crossentropy_forward": lambda z: 100 * z.size,
    "sigmoid_crossentropy_backward": lambda p: 20 * p.size,
}


def split(module: ModuleType, walked: bool = False) -> ModuleType:
    """Return a module with the same names, whose kernels share their work among the threads.

    walked: whether Python walks through the time of its sequences, step by step.
    """
    made = ModuleType(module.__name__, module.__doc__)
    kernels = vars(made)
    kernels.update(vars(module))
    for name, kernel in vars(module).items():
        if name in COST:
            kernels[name] = _split_rows(kernel, COST[name], TOGETHER.get(name.rpartition("_")[0], 1), walked)
        if name == "conv2d_forward":
            kernels[name] = _split_image(kernel, kernels[name])
        elif name == "attention_forward":
            kernels[name] = _split_attention_forward(kernel)
        elif name == "attention_backward":
            kernels[name] = _split_attention_backward(kernel)
    return made


def _split_rows(kernel, cost, together, walked):
    names = list(inspect.signature(getattr(kernel, "py_func", kernel)).parameters)  # py_func: what Numba compiled
    costly = [names.index(n) for n in inspect.signature(cost).parameters]
    sums = [place for place, n in enumerate(names) if n in SUMS]
    rows = [place for place, n in enumerate(names) if n not in WEIGHTS | SUMS]
    x = names.index("x") if walked else None

    @functools.wraps(kernel)
    def on_threads(*given):
        N = len(given[0])
        if N < 2:  # it wants its answer at once
            return kernel(*given)
        work = cost(*[given[place] for place in costly])
        if work < 2 * CHUNK or (x is not None and work < STEP * given[x].shape[1]):
            return kernel(*given)
        groups = -(-N // together)
        if sums:
            weights = sum(given[place].size for place in sums)
            parts = parts_of(work, min(groups if together == 1 else groups // 2, work / (PER_WEIGHT * weights)))
        else:
            parts = min(get_num_threads(), int(work / CHUNK), groups)
        if parts == 1:
            return kernel(*given)
        cuts = [slice(g.start * together, min(g.stop * together, N)) for g in ranges(groups, parts)]
        calls = [list(given) for _ in cuts]
        for place in rows:
            a = given[place]
            if isinstance(a, np.ndarray) and a.size:
                for call, cut in zip(calls, cuts, strict=True):
                    call[place] = a[cut]
        for call in calls[1:]:
            for place in sums:
                call[place] = np.empty_like(given[place])
        run(lambda i: kernel(*calls[i]), parts)
        for call in calls[1:]:
            for place in sums:
                given[place][...] += call[place]
        return None

    return on_threads


def _split_image(kernel, on_batches):
    """A single large image is cut into bands: each call makes some rows of y, from the rows of x that they look at."""

    @functools.wraps(kernel)
    def conv2d_forward(x, w, b, stride, dilation, pad, relu, y):
        if len(x) != 1:
            return on_batches(x, w, b, stride, dilation, pad, relu, y)
        parts = min(get_num_threads(), int(2 * y.size // w.shape[3] * w.size / LARGE), y.shape[1])
        if parts < 2:
            return kernel(x, w, b, stride, dilation, pad, relu, y)
        calls = []
        for rows in ranges(y.shape[1], parts):
            first = rows.start * stride[0] - pad[0]
            behind = (rows.stop - 1) * stride[0] - pad[0] + (w.shape[0] - 1) * dilation[0] + 1
            part = x[:, max(first, 0) : behind]
            calls.append((part, w, b, stride, dilation, (max(-first, 0), pad[1]), relu, y[:, rows]))
        return run(lambda i: kernel(*calls[i]), parts)

    return conv2d_forward


# ---------------------------------------------------------------- attention


def attention_work(q, k, v, horizon, products):
    """About how many operations: so many numbers per score multiplied and added, and one exp, which counts as 100."""
    (B, T, _), S = q.shape, k.shape[1]
    seen = min(S, horizon + 1 + T / 2)  # keys, on average
    return B * T * seen * (2 * products + 100)


def _split_attention_forward(kernel):
    """Batch and heads, B, are cut like any batch; where they are few, each one's queries are cut instead."""

    @functools.wraps(kernel)
    def attention_forward(q, k, v, mask, horizon, z, lse):
        B, T = lse.shape
        work = attention_work(q, k, v, horizon, q.shape[2] + v.shape[2])
        if work < 2 * CHUNK:
            return kernel(q, k, v, mask, horizon, z, lse)
        calls = []
        for heads, queries in attention_tasks(B, T, work):
            at = heads, queries
            looks = mask[at] if mask.size else mask
            calls.append((q[at], k[heads], v[heads], looks, horizon + queries.start, z[at], lse[at]))
        return run(lambda i: kernel(*calls[i]), len(calls))

    return attention_forward


def _split_attention_backward(kernel):
    """As forward; each part of the queries has its share of dk and dv."""

    @functools.wraps(kernel)
    def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
        B, T = lse.shape
        work = attention_work(q, k, v, horizon, 3 * q.shape[2] + 2 * v.shape[2])
        if work < 2 * CHUNK:
            return kernel(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv)
        calls, made = [], {}  # (head, first query): dk, dv
        for heads, queries in attention_tasks(B, T, work):
            at = heads, queries
            looks = mask[at] if mask.size else mask
            dkv = dk[heads], dv[heads]
            if queries.start:
                dkv = made[heads.start, queries.start] = np.empty_like(dkv[0]), np.empty_like(dkv[1])
            inputs = dz[at], q[at], k[heads], v[heads], looks, horizon + queries.start, z[at], lse[at]
            calls.append((*inputs, dq[at], *dkv))
        run(lambda i: kernel(*calls[i]), len(calls))
        for (b, _), (one_dk, one_dv) in sorted(made.items(), key=lambda item: item[0]):
            dk[b] += one_dk[0]
            dv[b] += one_dv[0]
        return None

    return attention_backward


def attention_tasks(B, T, work):
    """Return pairs of some of B and some queries.

    How queries are cut depends on the problem alone: dk and dv are sums over them; and a hidden key that is NaN, with
    its weight 0, makes NaN of those whose block it is in. The last come first: a causal mask leaves them most to do.
    """
    few = 4 if B <= 2 else 2 if B < 8 else 1  # not more: each part turns all keys, and costs another dk and dv
    parts = parts_of(work / B, min(few, T)) if B else 1
    if parts == 1:
        return [(heads, slice(0, T)) for heads in ranges(B, min(B, get_num_threads()))]
    return [(slice(b, b + 1), queries) for queries in reversed(ranges(T, parts)) for b in range(B)]


# ---------------------------------------------------------------- counting


def ranges(n, parts):
    """Cut 0 ... n − 1 into slices, as equal as can be."""
    return [slice(n * i // parts, n * (i + 1) // parts) for i in range(parts)]


def parts_of(work, most):
    """Return into how many parts so much work is cut on any machine: a power of two up to 8, and not above most.

    The more work, the more parts, but the larger, too: each costs 0.02 ms of preparation, and the sum of its weights.
    """
    if work < 4 * LARGE:
        return 1
    parts = int(min(math.sqrt(work / LARGE), MOST, most))
    return 1 << max(parts.bit_length() - 1, 0)
