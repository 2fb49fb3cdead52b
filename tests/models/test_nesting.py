"""Layers and models inside each other: deep enough for every honest model, never without end."""

import json

import pytest

from edunet import layers, models
from edunet.models import files
from edunet.models.nesting import DEEPEST, MOST_CALLS, check_nesting


def inside_each_other(n, kind=layers.TimeDistributed):
    layer = layers.Dense(2)
    for _ in range(n):
        layer = kind(layer)
    return layer


def test_a_model_as_deep_as_may_be_comes_back(tmp_path):
    inner = inside_each_other(DEEPEST - 2, layers.Residual)  # and the Dense layer, and the model
    model = models.Sequential([layers.Input((2,)), inner])
    model.save(tmp_path / "m.safetensors")
    assert len(models.load_model(tmp_path / "m.safetensors").with_inner()) == DEEPEST


@pytest.mark.parametrize("n", [DEEPEST - 1, 400])
def test_a_deeper_one_is_not_written(tmp_path, n):
    model = models.Sequential([inside_each_other(n)])
    with pytest.raises(ValueError, match="inside each other more than 32 deep"):
        model.save(tmp_path / "m.safetensors")


def record(kind="TimeDistributed", **config):
    common = {"name": "x", "trainable": True, "dtype": "float32", "built": None, "inner": []}
    return {"kind": kind, **common, "config": config}


def test_a_forged_file_of_layers_in_layers(tmp_path):
    described = [record("Dense", units=2), *(record(layer={"layer": i}) for i in range(1200))]
    described.append({"model": "Sequential", "name": "m", "trainable": True, "dtype": "float32", "stack": [1200]})
    files.write(tmp_path / "f", {}, "edunet model 1", json.dumps({"layers": described}))
    with pytest.raises(ValueError, match=r"'.*f' cannot be loaded: its models .* inside each other more than 32 deep"):
        models.load_model(tmp_path / "f")


def test_models_that_call_the_one_before_twice_make_no_endless_work():
    doubling = [record("Dense", units=2), *({"model": "Model", "calls": [[i], [i]]} for i in range(30))]
    with pytest.raises(ValueError, match=f"would call more than {MOST_CALLS} layers"):
        check_nesting(doubling)
    check_nesting(doubling[:14])


@pytest.mark.parametrize("nonsense", [None, 1, {"model": 1, "calls": 2, "stack": 3}, {"config": {"layer": [9]}}])
def test_nonsense_is_left_to_those_who_make_the_layers(nonsense):
    check_nesting([nonsense, {"model": "Model", "calls": [[], 1, [None]], "stack": ["x"]}])


def test_long_stacks_are_not_deep():
    check_nesting([record("Dense", units=2)] * 4999 + [{"model": "Sequential", "stack": list(range(4999))}])
