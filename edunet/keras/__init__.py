"""The same classes under Keras's paths, so that code written for Keras runs with only its import changed.

import edunet as tf; tf.keras.layers.Dense is edunet.layers.Dense
"""

from edunet import ops
from edunet.keras import (
    activations,
    backend,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    preprocessing,
    regularizers,
    saving,
    utils,
)
from edunet.layers import Input, Layer
from edunet.losses import Loss
from edunet.metrics import Metric
from edunet.models import Model, Sequential
from edunet.optimizers import Optimizer

__all__ = [
    "Input",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "regularizers",
    "saving",
    "utils",
]
