"""edunet: neural networks that can be read, taught with medical examples.

from edunet import layers, models          the face of Keras
from edunet import ops                     the formulas, each with its gradient on one page
edunet.info()                              what runs here
"""

import importlib
from typing import TYPE_CHECKING

from edunet import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    regularizers,
    schedules,
    utils,
)
from edunet.about import info
from edunet.backend import (
    available_backends,
    floatx,
    get_backend,
    register_kernels,
    set_backend,
    set_floatx,
    set_random_seed,
    use_backend,
)
from edunet.freshness import warn_of_stale
from edunet.gradcheck import check_gradients
from edunet.layers import Input, Layer
from edunet.models import Model, Sequential
from edunet.tensor import Tensor, differentiable, gradients, no_gradients
from edunet.threads import get_num_threads, set_num_threads
from edunet.warmup import warmup

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Layer",
    "Model",
    "Sequential",
    "Tensor",
    "__version__",
    "activations",
    "available_backends",
    "callbacks",
    "check_causality",
    "check_gradients",
    "clinic",
    "compare_backends",
    "constraints",
    "datasets",
    "differentiable",
    "floatx",
    "get_backend",
    "get_num_threads",
    "gradients",
    "info",
    "initializers",
    "interop",
    "keras",
    "layers",
    "learn",
    "losses",
    "metrics",
    "models",
    "no_gradients",
    "ops",
    "optimizers",
    "preprocessing",
    "register_kernels",
    "regularizers",
    "schedules",
    "set_backend",
    "set_floatx",
    "set_num_threads",
    "set_random_seed",
    "show",
    "use_backend",
    "utils",
    "warmup",
]

warn_of_stale()

# Rooms beside the network: each is loaded when it is first named, so that the import stays short as they grow.
ROOMS_BESIDE = ("clinic", "datasets", "interop", "keras", "learn", "preprocessing", "show")
ROOMS_OF_KERAS = ("saving",)  # for `import edunet as keras`
NAMES_BESIDE = {"check_causality": "models", "compare_backends": "race"}

if TYPE_CHECKING:  # a checker of types sees them as ever, and still refuses a name that is wrong
    from edunet import clinic, datasets, interop, keras, learn, preprocessing, show
    from edunet.keras import saving as saving
    from edunet.models import check_causality
    from edunet.race import compare_backends
else:

    def __getattr__(name):
        if name in ROOMS_BESIDE:
            return importlib.import_module(f"edunet.{name}")
        if name in ROOMS_OF_KERAS:
            return importlib.import_module(f"edunet.keras.{name}")
        if name in NAMES_BESIDE:
            return getattr(importlib.import_module(f"edunet.{NAMES_BESIDE[name]}"), name)
        raise AttributeError(f"module 'edunet' has no attribute {name!r}")


def __dir__():
    return sorted(set(globals()) | set(ROOMS_BESIDE) | set(ROOMS_OF_KERAS) | set(NAMES_BESIDE))
