"""The same classes under Keras's paths, so that code written for Keras runs with only its import changed.

import edunet as tf; tf.keras.layers.Dense is edunet.layers.Dense
"""

from edunet import ops
from edunet.keras import (
    activations,
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
    utils,
)
from edunet.layers import Input
from edunet.models import Model, Sequential

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
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
    "utils",
]
