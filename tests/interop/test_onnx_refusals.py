"""What is not exported is refused with its name and the repair; a file is there as a whole or not at all."""

import os
import subprocess
import sys

import numpy as np
import pytest

from edunet import layers
from edunet.interop import to_onnx
from edunet.models import Model, Sequential

onnx = pytest.importorskip("onnx", reason="onnx is not installed: pip install onnx onnxruntime")


class Twice(layers.Layer):
    """A learner's own layer."""

    supports_masking = True

    def call(self, x):
        return x * 2.0


def small():
    return Sequential([layers.Dense(2, input_shape=(3,))])


def test_a_file_is_written_and_an_older_one_replaced(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_text("older")
    made = to_onnx(small(), path)
    assert onnx.load(path) == made
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_older_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    path.write_text("older")

    def full(*paths):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        to_onnx(small(), path)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_when_a_layer_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"layer 'twice\w*' \(Twice\).*no counterpart.*Use one of these layers: .*Conv2D"
    ):
        to_onnx(Sequential([layers.Input((3,)), Twice()]), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_layer_that_only_has_the_name_of_one_is_refused():
    class Dense(Twice):
        """Not the one that is known."""

    with pytest.raises(ValueError, match=r"\(Dense\).*no counterpart"):
        to_onnx(Sequential([layers.Input((3,)), Dense()]))


def test_an_activation_of_ones_own_is_refused():
    def cube(x):
        return x * x * x

    with pytest.raises(ValueError, match="activation 'cube' has no counterpart.*relu"):
        to_onnx(Sequential([layers.Input((3,)), layers.Activation(cube)]))


def test_a_function_that_only_has_the_name_of_an_activation_is_refused():
    def relu(x):
        return x * 0.0

    with pytest.raises(ValueError, match="'relu' has no counterpart"):
        to_onnx(Sequential([layers.Input((3,)), layers.Activation(relu)]))


def test_a_model_that_is_not_drawn_is_refused():
    class Own(Model):
        def call(self, x):
            return x

    own = Own()
    own.built = True
    with pytest.raises(ValueError, match="what its call does is not known. Draw it"):
        to_onnx(own)
    with pytest.raises(ValueError, match="is not built yet: give it an input_shape"):
        to_onnx(Sequential([layers.Dense(2)]))


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        (lambda: [layers.MaxPooling2D(2, strides=3, padding="same")], r"\(MaxPooling2D\).*any length.*Give the Input"),
        (
            lambda: [layers.TimeDistributed(layers.Flatten()), layers.SinePositionEncoding()],
            r"\(SinePositionEncoding\).*any number of features.*Give the Input",
        ),
    ],
)
def test_what_needs_a_length_that_is_open_is_refused(stack, message):
    with pytest.raises(ValueError, match=message):
        to_onnx(Sequential([layers.Input((None, None, 4)), *stack()]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((layers.Dense(2),), TypeError, "takes a Model or Sequential. Received: Dense"),
        ((small(), "model.pb"), ValueError, "ONNX files end in .onnx. Received 'model.pb'"),
        ((small(), "nowhere/model.onnx"), FileNotFoundError, "the folder .*nowhere' does not exist"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        to_onnx(*arguments)


@pytest.mark.parametrize("opset", [19, 1000, True, "20", 20.0])
def test_an_opset_that_there_is_not(opset):
    with pytest.raises(ValueError, match="opset is a whole number from 20 to"):
        to_onnx(small(), opset=opset)


def test_without_onnx_the_repair_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match="pip install onnx onnxruntime"):
        to_onnx(small())


def test_the_room_is_entered_without_loading_onnx():
    code = "import sys, edunet.interop; print('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_numbers_are_those_of_the_model():
    model = small()
    kernel = next(w for w in to_onnx(model).graph.initializer if w.name.endswith("kernel"))
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(kernel), model.get_weights()[0])
