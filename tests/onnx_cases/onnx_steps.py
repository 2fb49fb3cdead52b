"""Steps of optimizers. ONNX adds the gradient of an L2 penalty and keeps Momentum's running value unscaled."""

import math

import numpy as np
from onnx_words import refuse

from edunet import optimizers
from edunet.tensor import Tensor

__all__ = ["OPERATORS"]


def _steps(a, rate, x, g, running, optimizer):
    """Take one step of one weight from given running values; return the weight and the running values."""
    w = Tensor(x.copy())
    optimizer.state[w] = [np.array(s, x.dtype) for s in running]
    optimizer.apply([g + np.float32(a.get("norm_coefficient", 0)) * x], [w])
    return w.data, *optimizer.state[w]


def _each(count, step):
    """Return an operator that takes several weights at once: rate, time, then `count` arrays of each kind."""

    def operator(a, rate, time, *arrays):
        weights = len(arrays) // count
        results = [step(a, float(rate), int(time), *arrays[i::weights]) for i in range(weights)]
        return [result[i] for i in range(len(results[0])) for result in results]

    return operator


def adam(a, rate, time, x, g, m, v):
    refuse(weights_that_shrink_after_the_step=a.get("norm_coefficient_post"))
    beta_1, beta_2 = a.get("alpha", 0.9), a.get("beta", 0.999)
    if time == 0:  # ONNX then leaves the correction of the means away, which edunet never does: undo it
        rate, time = rate * (1 - beta_1) / math.sqrt(1 - beta_2), 1
    optimizer = optimizers.Adam(rate, beta_1, beta_2, a.get("epsilon", 1e-6))
    optimizer.iterations = time - 1
    return _steps(a, rate, x, g, [m, v], optimizer)


def momentum(a, rate, time, x, g, v):
    nesterov, share = a["mode"] == "nesterov", a["beta"] if time > 0 else 1.0
    refuse(nesterov_with_a_share_of_the_gradient=nesterov and share != 1)
    g, x = np.float32(share) * (g + np.float32(a["norm_coefficient"]) * x), x
    optimizer = optimizers.SGD(rate, a["alpha"], nesterov)
    w, m = _steps({}, rate, x, g, [-rate * v], optimizer)
    return w, m / -rate


def adagrad(a, rate, time, x, g, h):
    """Ours keeps ε inside the root, theirs outside: less than the tolerance apart where gradients are not tiny."""
    rate = rate / (1 + time * a.get("decay_factor", 0.0))
    optimizer = optimizers.Adagrad(rate, epsilon=a.get("epsilon", 1e-6) ** 2)
    return _steps(a, rate, x, g, [h], optimizer)


OPERATORS = {"Adam": _each(4, adam), "Momentum": _each(3, momentum), "Adagrad": _each(3, adagrad)}
