"""Ready before the lesson begins: use every kernel once.

Numba compiles a kernel at its first call, which takes about a second for each family on a new machine and a fraction of
it later, when the compiled code is read from disk. A class does not have to watch that.
"""

import time

import numpy as np

from edunet import ops, optimizers
from edunet.backend import get_backend
from edunet.tensor import Tensor, gradients

__all__ = ["warmup"]


def warmup(verbose: bool = True) -> dict[str, float]:
    """Call each kernel of the backend in use once, forward and backward, in float32; return {family: seconds}.

    Args: verbose, False for silence.

    >>> sorted(warmup(verbose=False))[:3]
    ['attention', 'conv', 'gru']
    """
    seconds = {}
    for family, use in _USES.items():
        start = time.perf_counter()
        use()
        seconds[family] = time.perf_counter() - start
        if verbose:
            print(f"\r{get_backend()}: {', '.join(seconds)} ready ({sum(seconds.values()):.1f} s)", end="", flush=True)
    if verbose:
        print()
    return seconds


def _ones(*shape) -> Tensor:
    return Tensor(np.ones(shape, np.float32))


def _there_and_back(op, *inputs, **options) -> None:
    y = op(*inputs, **options)
    y = y[0] if isinstance(y, tuple) else y
    gradients(y, list(inputs), np.ones(y.shape, np.float32))


def _conv():
    _there_and_back(ops.conv2d, _ones(1, 3, 3, 1), _ones(2, 2, 1, 1), _ones(1))
    _there_and_back(ops.depthwise_conv2d, _ones(1, 3, 3, 1), _ones(2, 2, 1, 1), _ones(1))


def _pool():
    _there_and_back(ops.max_pool2d, _ones(1, 2, 2, 1))
    _there_and_back(ops.avg_pool2d, _ones(1, 2, 2, 1))


def _rnn():
    for activation in ("tanh", "relu", "sigmoid", "linear"):
        _there_and_back(ops.simple_rnn, _ones(1, 2, 1), _ones(1, 1), _ones(1, 1), activation=activation)


def _gru():
    for reset_after in (True, False):
        _there_and_back(ops.gru, _ones(1, 2, 1), _ones(1, 3), _ones(1, 3), reset_after=reset_after)


def _lstm():
    _there_and_back(ops.lstm, _ones(1, 2, 1), _ones(1, 4), _ones(1, 4))


def _attention():
    _there_and_back(ops.attention, _ones(1, 2, 1), _ones(1, 2, 1), _ones(1, 2, 1))


def _norm():
    _there_and_back(ops.batch_norm, _ones(2, 1), _ones(1), _ones(1))
    _there_and_back(ops.layer_norm, _ones(2, 1), _ones(1), _ones(1))


def _loss():
    _there_and_back(ops.softmax_crossentropy, _ones(1, 2), target=np.array([[0, 1]]))
    _there_and_back(ops.sparse_softmax_crossentropy, _ones(1, 2), labels=np.array([1]))
    _there_and_back(ops.sigmoid_crossentropy, _ones(2), target=np.array([0, 1]))


def _update():
    w, dw = _ones(2), np.ones(2, np.float32)
    for optimizer in (optimizers.SGD(momentum=0.9), optimizers.RMSprop(), optimizers.Adam()):
        optimizer.apply([dw], [w])


_USES = {
    "conv": _conv,
    "pool": _pool,
    "rnn": _rnn,
    "gru": _gru,
    "lstm": _lstm,
    "attention": _attention,
    "norm": _norm,
    "loss": _loss,
    "update": _update,
}
