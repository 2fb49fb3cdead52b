"""Outputs that ONNX and PyTorch computed: every case whose attributes a formula covers must come out the same.

`python tests/onnx_cases/table.py` prints the numbers, and why the rest are out.
"""

import collections

import numpy as np
import pytest

pytest.importorskip("onnx", "1.23", reason="the cases are counted as onnx 1.23 or newer has them: pip install onnx")

import onnx_cases
import onnx_numbers

from edunet import ops

# How many cases of each operator pass. The numbers never fall; raise them when a formula comes to cover more.
PASSED = {
    "Conv": 22,
    "ConvTranspose": 0,  # 10 once ops has conv1d_transpose and conv2d_transpose
    "MaxPool": 15,
    "AveragePool": 15,
    "GlobalAveragePool": 2,
    "GlobalMaxPool": 2,
    "Relu": 2,
    "LeakyRelu": 5,
    "Elu": 4,
    "Celu": 0,
    "Selu": 2,
    "Gelu": 4,
    "HardSigmoid": 0,
    "HardSwish": 0,
    "Swish": 0,
    "Mish": 0,
    "Sigmoid": 3,
    "Tanh": 3,
    "Softplus": 3,
    "Softsign": 0,
    "PRelu": 3,
    "Softmax": 11,
    "LogSoftmax": 10,
    "BatchNormalization": 9,
    "LayerNormalization": 19,
    "GroupNormalization": 0,
    "SoftmaxCrossEntropyLoss": 34,
    "NegativeLogLikelihoodLoss": 18,
    "Gemm": 11,
    "MatMul": 2,
    "Gather": 2,
    "Dropout": 5,
    "RNN": 6,
    "GRU": 6,
    "LSTM": 5,
    "Attention": 20,
    "Adam": 2,
    "Momentum": 3,
    "Adagrad": 0,
}
COMPILED = {"Conv", "MaxPool", "AveragePool", "RNN", "GRU", "LSTM", "Attention", "BatchNormalization", "Adam"}
COMPILED |= {"LayerNormalization", "SoftmaxCrossEntropyLoss", "Momentum", "ConvTranspose", "GlobalMaxPool"}


@pytest.fixture(scope="module")
def families():
    """Return {operator: its cases}; makes them once, which takes some seconds."""
    found = collections.defaultdict(list)
    for case in onnx_cases.collect():
        found[case.family].append(case)
    return found


def passes(cases, family):
    results = {f"{case.source} {case.name}": onnx_cases.run(case) for case in cases}
    wrong = {name: result.note for name, result in results.items() if result.state == "failed"}
    assert wrong == {}
    assert sum(result.state == "passed" for result in results.values()) >= PASSED[family]
    assert all(result.compared for result in results.values() if result.state == "passed")
    assert all(result.note for result in results.values() if result.state in ("out", "waiting"))


@pytest.mark.parametrize("family", sorted(COMPILED))
def test_kernels_of_every_backend_reproduce_the_cases(families, family, backend):
    passes(families[family], family)


@pytest.mark.parametrize("family", sorted(set(PASSED) - COMPILED))
def test_formulas_without_kernels_reproduce_the_cases(families, family):
    passes(families[family], family)


def test_every_operator_is_counted():
    assert set(PASSED) == set(onnx_cases.OPERATORS)


def test_a_wrong_formula_is_seen(families, monkeypatch):
    monkeypatch.setattr(ops, "relu", lambda x: np.maximum(x, 0.01))
    case = next(case for case in families["Relu"] if case.source == "onnx")
    assert onnx_cases.run(case).state == "failed"


def test_what_is_not_there_yet_is_named(families, monkeypatch):
    monkeypatch.delattr(ops, "mish", raising=False)
    assert onnx_cases.run(families["Mish"][0]) == ("waiting", "ops.mish", 0)


def test_slopes_of_channels_are_out_by_rule():
    with pytest.raises(onnx_cases.Out, match="one for each channel"):
        onnx_numbers.p_relu({}, np.zeros((1, 2)), np.ones(2))
