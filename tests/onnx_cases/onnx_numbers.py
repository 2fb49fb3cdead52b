"""Activations, norms, losses, matrix products and tables."""

import math

import numpy as np
from onnx_words import channels_first, channels_last, refuse

from edunet import layers, losses, ops

__all__ = ["OPERATORS"]


def _pointwise(name, **arguments):
    """Return the operator of an activation; arguments: ours = theirs, with ONNX's default value."""

    def operator(a, x):
        return [getattr(ops, name)(x, **{ours: a.get(theirs, value) for ours, (theirs, value) in arguments.items()})]

    return operator


def _along(name):
    def operator(a, x):
        axis = a.get("axis", -1 if a["opset"] >= 13 else 1)
        refuse(softmax_over_several_axes_at_once=a["opset"] < 13 and axis % x.ndim != x.ndim - 1)
        return [getattr(ops, name)(x, axis=axis)]

    return operator


def selu(a, x):
    alpha, gamma = a.get("alpha", 1.67326319217681884765625), a.get("gamma", 1.05070102214813232421875)
    if "alpha" not in a and "gamma" not in a:
        return [ops.selu(x)]
    return [gamma * ops.elu(x, alpha=alpha)]


def gelu(a, x):
    return [ops.gelu(x, approximate=a.get("approximate", "none") == "tanh")]


def hard_sigmoid(a, x):
    """Keras's is clip(x/6 + ½): theirs of x is ours of 6(α x + β) − 3."""
    return [ops.hard_sigmoid((6 * (a.get("alpha", 0.2) * x + a.get("beta", 0.5)) - 3).astype(x.dtype))]


def swish(a, x):
    alpha = a.get("alpha", 1.0)
    return [ops.silu((alpha * x).astype(x.dtype)) / alpha]


def p_relu(a, x, slope):
    if a["opset"] < 7 and slope.size > 1:
        slope = slope.reshape(-1, *[1] * (x.ndim - 2))  # then still one for each channel
    return [np.asarray(ops.prelu(x[None], np.broadcast_to(slope, x.shape)))[0]]  # ONNX may give the batch slopes, too


# ---------------------------------------------------------------- norms


def batch_norm(a, x, gamma, beta, mean, variance):
    layer = layers.BatchNormalization(momentum=a.get("momentum", 0.9), epsilon=a.get("epsilon", 1e-5))
    x = channels_last(x)
    layer.build(x.shape)
    layer.set_weights([gamma, beta, mean, variance])
    y = channels_first(layer(x, training=bool(a.get("training_mode", 0))))
    return [y, layer.moving_mean.data, layer.moving_variance.data][: len(a["outputs"])]


def layer_norm(a, x, gamma, beta=None):
    axis = a.get("axis", -1) % x.ndim
    rows = x.reshape(math.prod(x.shape[:axis]), -1)
    beta = np.zeros_like(gamma) if beta is None else beta
    y = ops.layer_norm(rows, gamma.reshape(-1), beta.reshape(-1), epsilon=a.get("epsilon", 1e-5))
    return [np.asarray(y).reshape(x.shape), None, None][: len(a["outputs"])]  # mean and 1/deviation stay inside


def group_norm(a, x, gamma, beta):
    y = ops.group_norm(channels_last(x), gamma, beta, groups=a["num_groups"], epsilon=a.get("epsilon", 1e-5))
    return [channels_first(y)]


# ---------------------------------------------------------------- losses


REDUCTIONS = {"mean": "mean_with_sample_weight", "sum": "sum", "none": "none"}


class NegativeLikelihood(losses.SparseCategoricalCrossentropy):
    """−z[label]: the cross-entropy without ln Σ e^z, which is z − log_softmax(z) in every column."""

    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) - (y_pred - np.asarray(ops.log_softmax(y_pred)))[..., 0]


def _loss(kind, a, z, labels, weights):
    """Compare scores (N,K,...) with labels (N,...); ONNX gives a weight for each class, not for each label."""
    ignored = a.get("ignore_index")
    loss = kind(from_logits=True, ignore_class=ignored, reduction=REDUCTIONS[a.get("reduction", "mean")])
    if weights is not None:
        weights = weights[np.where(labels == ignored, 0, labels)]
    return np.asarray(loss(labels, channels_last(z), sample_weight=weights))


def softmax_cross_entropy(a, z, labels, weights=None):
    outputs = [_loss(losses.SparseCategoricalCrossentropy, a, z, labels, weights)]
    return [*outputs, np.asarray(ops.log_softmax(z, axis=1))][: len(a["outputs"])]


def negative_log_likelihood(a, z, labels, weights=None):
    return [_loss(NegativeLikelihood, a, z, labels, weights)]


# ---------------------------------------------------------------- weights


def gemm(a, x, w, b=None):
    x, w = (x.T if a.get("transA") else x), (w.T if a.get("transB") else w)
    if b is not None:
        refuse(a_bias_for_each_row=b.ndim == 2 and b.shape[0] > 1)
        b = np.broadcast_to(b.reshape(-1), w.shape[1:]) * np.float32(a.get("beta", 1))
    return [ops.dense(x, w * np.float32(a.get("alpha", 1)), b)]


def matmul(a, x, w):
    refuse(products_of_many_matrices=w.ndim != 2 or x.ndim < 2)
    return [ops.dense(x, w)]


def gather(a, w, indices):
    refuse(
        another_axis_than_the_first=a.get("axis", 0) != 0,
        tables_of_more_than_rows=w.ndim != 2,
        indices_from_the_end=(indices < 0).any(),
    )
    return [ops.embedding(w, indices=indices)]


def dropout(a, x, rate=None, training=None):
    rate = a.get("ratio", 0.5) if rate is None else rate
    refuse(random_numbers_of_its_own=training is not None and training and rate > 0)
    refuse(the_mask_wanted=len(a["outputs"]) > 1)
    return [layers.Dropout(float(rate))(x, training=False)]


OPERATORS = {
    "Relu": _pointwise("relu"),
    "LeakyRelu": _pointwise("leaky_relu", negative_slope=("alpha", 0.01)),
    "Elu": _pointwise("elu", alpha=("alpha", 1.0)),
    "Selu": selu,
    "Gelu": gelu,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": _pointwise("hard_silu"),
    "Swish": swish,
    "Mish": _pointwise("mish"),
    "Sigmoid": _pointwise("sigmoid"),
    "Tanh": _pointwise("tanh"),
    "Softplus": _pointwise("softplus"),
    "Softsign": _pointwise("softsign"),
    "PRelu": p_relu,
    "Softmax": _along("softmax"),
    "LogSoftmax": _along("log_softmax"),
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "GroupNormalization": group_norm,
    "SoftmaxCrossEntropyLoss": softmax_cross_entropy,
    "NegativeLogLikelihoodLoss": negative_log_likelihood,
    "Gemm": gemm,
    "MatMul": matmul,
    "Gather": gather,
    "Dropout": dropout,
}
