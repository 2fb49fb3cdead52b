"""Losses, metrics, optimizers and schedules against Keras 3: equal values, weights, gradients and steps."""

import os
import warnings

import numpy as np
import pytest

import edunet

pytest.importorskip("torch", reason="Keras runs on PyTorch here: pip install torch keras")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: pip install keras")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
BOTH = (keras, edunet)
rng = np.random.default_rng(0)


def plain(x):
    return x.numpy() if isinstance(x, edunet.Tensor) else np.asarray(keras.ops.convert_to_numpy(x))


# ---------------------------------------------------------------- optimizers


def twenty_steps(make):
    theirs, ours = (make(library) for library in BOTH)
    start = [rng.normal(size=shape).astype(np.float32) for shape in ((5, 4), (3,))]
    variables, tensors = [keras.Variable(w) for w in start], [edunet.Tensor(w.copy()) for w in start]
    theirs.build(variables)
    for _ in range(20):
        gradients = [rng.normal(size=w.shape).astype(np.float32) for w in start]
        theirs.apply([keras.ops.convert_to_tensor(dw) for dw in gradients], variables)
        ours.apply(gradients, tensors)
    for variable, tensor in zip(variables, tensors, strict=True):
        np.testing.assert_allclose(tensor.data, plain(variable.value), atol=1e-5)  # they round 1 − β₂ᵗ to float32


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"weight_decay": 0.1, "momentum": 0.9}),
        ("RMSprop", {"centered": True}),
        ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
        ("Adagrad", {}),
        ("Adagrad", {"initial_accumulator_value": 0.0}),
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"amsgrad": True}),
        ("Nadam", {}),
        ("Nadam", {"beta_1": 0.5, "weight_decay": 0.1}),
        ("Adam", {"clipnorm": 0.5}),
        ("SGD", {"clipvalue": 0.3}),
        ("SGD", {"clipnorm": 1.5}),
        ("SGD", {"global_clipnorm": 1.5}),
    ],
)
def test_twenty_steps(name, options):
    twenty_steps(lambda library: getattr(library.optimizers, name)(0.01, **options))


SCHEDULES = {
    "ExponentialDecay": ((0.1, 7, 0.5), {}),
    "ExponentialDecay, stairs": ((0.1, 7, 0.5), {"staircase": True}),
    "InverseTimeDecay": ((0.1, 7, 0.5), {}),
    "PolynomialDecay": ((0.1, 7), {"power": 2.0}),
    "PolynomialDecay, cycles": ((0.1, 7), {"cycle": True}),
    "CosineDecay": ((0.1, 15), {"alpha": 0.1}),
    "CosineDecay, warmup": ((0.01, 9), {"warmup_target": 0.2, "warmup_steps": 4}),
    "PiecewiseConstantDecay": (([3, 10], [0.1, 0.01, 0.05]), {}),
}


def schedule(library, name):
    arguments, options = SCHEDULES[name]
    return getattr(library.optimizers.schedules, name.split(",")[0])(*arguments, **options)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    theirs, ours = (schedule(library, name) for library in BOTH)
    np.testing.assert_allclose([ours(s) for s in range(25)], [float(theirs(s)) for s in range(25)], atol=1e-7)


@pytest.mark.parametrize("kind", ["SGD", "Adam", "Nadam"])
def test_twenty_steps_along_a_schedule(kind):
    twenty_steps(lambda library: getattr(library.optimizers, kind)(schedule(library, "CosineDecay, warmup")))
