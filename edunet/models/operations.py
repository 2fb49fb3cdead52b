"""How much a layer has to compute for one example, read off the tape.

A multiplication and the addition after it are two operations, as is the custom; whatever is no product of matrices
counts one for each number that it makes; moving numbers counts nothing.
"""

import math

import numpy as np

from edunet.layers.phase import trial
from edunet.layers.symbol import Node, Symbol, in_list, replace
from edunet.tensor import Operation, Tensor, operations_behind

__all__ = ["STEPS", "operations_of"]

STEPS = 100  # an axis of any length is taken for as long as this
MOVING = {"concatenate", "embedding", "linear", "reshape", "take", "transpose"}  # linear: f(x) = x


def operations_of(node: Node) -> int:
    """Return how many operations one use of a layer takes for one example, forward.

    >>> from edunet import layers
    >>> x = layers.Input((30,))
    >>> operations_of(layers.Dense(16)(x).node)      # 30·16 products, as many sums
    960
    """

    def blank(x):
        if not isinstance(x, Symbol):
            return x
        zeros = np.zeros([1, *(STEPS if n is None else n for n in x.shape[1:])], x.dtype)
        if x.dtype.kind != "f":
            return zeros
        tensor = Tensor(zeros)
        tensor.mask = np.ones(zeros.shape[:2], bool) if x.masked else None
        return tensor

    args, kwargs = replace((node.args, node.kwargs), blank)
    with trial(), np.errstate(all="ignore"):
        y = node.layer(*args, **{k: v for k, v in kwargs.items() if k != "training"}, training=False)
    ends = [part for part in in_list(y) if isinstance(part, Tensor)]
    found = {op.number: op for end in ends for op in operations_behind(end)}
    return sum(_cost(op) for op in found.values())


def _cost(op: Operation) -> int:
    name = op.op.__name__
    shapes: list[tuple[int, ...]] = [() if t is None else t.shape for t in op.inputs]  # (): a constant, or nothing
    made = sum(math.prod(shape) for shape, _ in op.outputs)
    y = op.outputs[0][0]
    if name in MOVING:
        return 0
    if name in ("dense", "matmul"):
        return 2 * made * (shapes[0][-1] if shapes[0] else shapes[1][-2])
    if name == "conv2d":
        return 2 * made * math.prod(shapes[1][:3])
    if name == "depthwise_conv2d":
        return 2 * made * math.prod(shapes[1][:2])
    if name == "conv2d_transpose":
        return 2 * math.prod(shapes[0]) * math.prod(shapes[1][:3])
    if name in ("simple_rnn", "gru", "lstm"):
        return 2 * y[0] * y[1] * (math.prod(shapes[1]) + math.prod(shapes[2]))
    if name in ("attention", "attention_weights"):
        q, k = shapes[0] or shapes[1], shapes[1] or shapes[0]
        scores = math.prod(q[:-1]) * k[-2]
        return 2 * scores * q[-1] + (2 * scores * y[-1] if name == "attention" else 0)
    return made
