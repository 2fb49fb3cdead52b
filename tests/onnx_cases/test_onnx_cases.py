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
    "Conv": 25,
    "ConvTranspose": 10,
    "MaxPool": 18,
    "AveragePool": 15,
    "GlobalAveragePool": 2,
    "GlobalMaxPool": 2,
    "Relu": 2,
    "LeakyRelu": 5,
    "Elu": 4,
    "Selu": 4,
    "Gelu": 4,
    "HardSigmoid": 3,
    "HardSwish": 1,
    "Swish": 1,
    "Mish": 1,
    "Sigmoid": 3,
    "Tanh": 3,
    "Softplus": 3,
    "Softsign": 2,
    "PRelu": 8,
    "Softmax": 11,
    "LogSoftmax": 10,
    "BatchNormalization": 9,
    "LayerNormalization": 19,
    "GroupNormalization": 2,
    "SoftmaxCrossEntropyLoss": 34,
    "NegativeLogLikelihoodLoss": 18,
    "Gemm": 11,
    "MatMul": 2,
    "Gather": 2,
    "Dropout": 5,
    "RNN": 6,
    "GRU": 6,
    "LSTM": 5,
    "Attention": 42,
    "Adam": 2,
    "Momentum": 3,
    "Adagrad": 2,
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
    assert all(result.note for result in results.values() if result.state == "out")


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


def test_what_a_formula_does_not_cover_is_out_by_rule():
    with pytest.raises(onnx_cases.Out, match="a bias for each row"):
        onnx_numbers.gemm({}, np.zeros((2, 3)), np.zeros((3, 4)), np.zeros((2, 1)))
