"""Models in float64 as ONNX: onnxruntime answers in float64 with the same numbers, or the export refuses in words."""

import numpy as np
import pytest
from onnx_layers import IMAGE_LAYERS, RECURRENT, STEP_LAYERS

import edunet
from edunet import layers
from edunet.interop import to_onnx
from edunet.interop.onnx.pointwise import ACTIVATIONS
from edunet.models import Sequential

pytest.importorskip("onnx", reason="onnx is not installed: pip install onnx onnxruntime")
ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install onnx onnxruntime")

rng = np.random.default_rng(0)
ROWS, STEPS, IMAGES = rng.normal(size=(3, 6)), rng.normal(size=(3, 7, 4)), rng.normal(size=(2, 9, 8, 4))

REFUSED = {
    *("Conv1D", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose", "UpSampling2D"),
    *("AveragePooling1D", "AveragePooling2D", "SimpleRNN", "GRU", "LSTM", "ELU", "LeakyReLU", "PReLU"),
    *("elu", "gelu", "hard_sigmoid", "hard_silu", "hard_swish", "leaky_relu", "mish", "selu", "softplus", "softsign"),
}
FLOAT64 = "computes in float64, and onnxruntime has .* for float32 only. Export a float32 copy: edunet.set_floatx"


@pytest.fixture(autouse=True)
def float64():
    edunet.set_floatx("float64")
    yield
    edunet.set_floatx("float32")


def same_or_refused(model, x, name):
    """Compare onnxruntime with predict to 1e-12, or read why not; weights are drawn first, so that no scale is 1."""
    for w in model.weights:
        w.data[...] = rng.uniform(0.1, 1, w.shape)
    if name in REFUSED:
        with pytest.raises(ValueError, match=f"layer '{model.layers[-1].name}'.*{FLOAT64}"):
            to_onnx(model)
        return
    session = ort.InferenceSession(to_onnx(model).SerializeToString(), providers=["CPUExecutionProvider"])
    (theirs,), ours = session.run(None, {"input": x}), model.predict(x)
    assert theirs.dtype == ours.dtype == np.float64
    assert theirs.shape == ours.shape
    assert np.abs(theirs - ours).max() <= 1e-12 * np.abs(ours).max()


@pytest.mark.parametrize("make", IMAGE_LAYERS)
def test_layers_of_images(make):
    layer = make()
    same_or_refused(Sequential([layers.Input(IMAGES.shape[1:]), layer]), IMAGES, type(layer).__name__)


@pytest.mark.parametrize("make", STEP_LAYERS + RECURRENT)
def test_layers_of_steps(make):
    layer = make()
    same_or_refused(Sequential([layers.Input((None, 4)), layer]), STEPS, type(layer).__name__)


@pytest.mark.parametrize("last", ["GlobalAveragePooling1D", "LSTM"])
def test_a_transformer_with_masks(last):
    x = STEPS.copy()
    x[0, 3:], x[1, :2] = 0, 0
    stack = [layers.Masking(), layers.SinePositionEncoding(), layers.TransformerEncoder(6, 2)]
    end = layers.LSTM(3) if last == "LSTM" else layers.GlobalAveragePooling1D()
    same_or_refused(Sequential([layers.Input((None, 4)), *stack, end]), x, last)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations(name):
    same_or_refused(Sequential([layers.Input((6,)), layers.Activation(name)]), ROWS, name)


@pytest.mark.parametrize("kind", ["ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"])
def test_activations_that_are_layers(kind):
    same_or_refused(Sequential([layers.Input((6,)), getattr(layers, kind)()]), ROWS, kind)


def test_a_layer_inside_another_is_named():
    inner = Sequential([layers.Input((7, 4)), layers.Residual([layers.Conv1D(4, 3, padding="same", name="deep")])])
    with pytest.raises(ValueError, match=f"layer 'deep' .*{FLOAT64}"):
        to_onnx(Sequential([layers.Input((7, 4)), inner]))


def test_what_the_refusal_says_to_type_works():
    def make():
        return Sequential([layers.Input(STEPS.shape[1:]), layers.GRU(3), layers.Dense(2, activation="gelu")])

    model = make()
    edunet.set_floatx("float32")
    copy = make()
    copy.set_weights(model.get_weights())
    session = ort.InferenceSession(to_onnx(copy).SerializeToString(), providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"input": STEPS.astype(np.float32)})
    np.testing.assert_allclose(theirs, model.predict(STEPS), rtol=1e-5, atol=1e-6)


def test_one_layer_of_float64_in_a_model_of_float32_is_refused_too():
    edunet.set_floatx("float32")
    model = Sequential([layers.Input((7, 4)), layers.Conv1D(2, 3), layers.Conv1D(2, 3, name="wide", dtype="float64")])
    with pytest.raises(ValueError, match=f"layer 'wide' .*{FLOAT64}"):
        to_onnx(model)
