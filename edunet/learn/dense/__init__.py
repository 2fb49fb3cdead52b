"""Exercises of lesson 01: a weighted sum, a neuron, a layer of them, and the first step downhill. One page for each."""

from edunet.learn.dense.cross_entropy import CROSS_ENTROPY
from edunet.learn.dense.dense import DENSE
from edunet.learn.dense.dense_backward import DENSE_BACKWARD
from edunet.learn.dense.neuron_gradient import NEURON_GRADIENT
from edunet.learn.dense.sensitivity import SENSITIVITY
from edunet.learn.dense.sgd_step import SGD_STEP
from edunet.learn.dense.sigmoid import SIGMOID
from edunet.learn.dense.weighted_sum import WEIGHTED_SUM

__all__ = ["EXERCISES"]

EXERCISES = (
    WEIGHTED_SUM,
    SIGMOID,
    DENSE,
    CROSS_ENTROPY,
    NEURON_GRADIENT,
    DENSE_BACKWARD,
    SGD_STEP,
    SENSITIVITY,
)
