"""Arithmetic on what is drawn: + - * / make the layers that compute it, and all else names what to type."""

import numpy as np
import pytest

import edunet
from edunet import layers, models

X = np.random.default_rng(0).normal(size=(6, 4, 3)).astype(np.float32)
FACTORS = np.array([1.0, 0.5, -2.0])

DRAWN = {
    "sum": (lambda x, h: x + h, ["Add"]),
    "difference": (lambda x, h: x - h, ["Subtract"]),
    "product": (lambda x, h: x * h, ["Multiply"]),
    "quotient": (lambda x, h: x / 255, ["Rescaling"]),
    "scaled and moved": (lambda x, h: 0.5 * x + 1, ["Rescaling", "Rescaling"]),
    "less a number": (lambda x, h: x - np.float32(3), ["Rescaling"]),
    "from one": (lambda x, h: 1 - x, ["Rescaling"]),
    "minus": (lambda x, h: -x, ["Rescaling"]),
    "by channel": (lambda x, h: FACTORS * x - FACTORS, ["Rescaling", "Rescaling"]),
    "divided by channel": (lambda x, h: x / FACTORS, ["Rescaling"]),
}
EACH = pytest.mark.parametrize(("formula", "kinds"), DRAWN.values(), ids=list(DRAWN))


def drawn(formula):
    """Return x -> formula(x, f(x)), and f."""
    x, f = layers.Input((4, 3)), layers.Dense(3, activation="tanh", name="f")
    return models.Model(x, formula(x, f(x))), f


@EACH
def test_arithmetic_is_drawn_as_layers(formula, kinds):
    model, f = drawn(formula)
    assert [type(layer).__name__ for layer in model.sublayers() if layer is not f] == kinds
    np.testing.assert_allclose(model.predict(X), formula(X, f(X).numpy()), rtol=1e-5, atol=1e-6)


@EACH
def test_it_comes_back_from_a_file(formula, kinds, tmp_path):
    model, _ = drawn(formula)
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(models.load_model(tmp_path / "m.safetensors").predict(X), model.predict(X))


@EACH
def test_onnx_runtime_computes_the_same(formula, kinds):
    runtime, _ = pytest.importorskip("onnxruntime"), pytest.importorskip("onnx")
    from edunet.interop import to_onnx

    model, _ = drawn(formula)
    session = runtime.InferenceSession(to_onnx(model).SerializeToString())
    (y,) = session.run(None, {session.get_inputs()[0].name: X})
    np.testing.assert_allclose(y, model.predict(X), rtol=1e-5, atol=1e-6)


def test_names_are_counted_as_always():
    a, b = layers.Input((2,)), layers.Input((2,))
    first, second = (a + b).node.layer.name, (a + b).node.layer.name
    assert first.startswith("add")
    assert second.startswith("add_")


def test_summary_shows_what_was_drawn():
    lines = []
    drawn(lambda x, h: x + h)[0].summary(print_fn=lines.append)
    assert "(Add)" in lines[0]


def test_a_mask_travels_through():
    codes = layers.Input((None,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(codes)
    mean = models.Model(codes, layers.GlobalAveragePooling1D()(2 * x + layers.Dense(4)(x)))
    np.testing.assert_allclose(mean.predict([[1, 2]]), mean.predict([[1, 2, 0, 0]]), rtol=1e-6)


def test_grey_values_become_shares():
    x = layers.Input((2, 2, 1), dtype="uint8")
    images = np.array([0, 51, 102, 255], np.uint8).reshape(1, 2, 2, 1)
    answers = models.Model(x, x / 255).predict(images)
    np.testing.assert_allclose(answers.ravel(), [0, 0.2, 0.4, 1], rtol=1e-6)


def test_shapes_that_differ():
    with pytest.raises(ValueError, match="Add: all inputs need the same shape"):
        layers.Input((4, 3)) + layers.Input((3,))


REFUSED = {
    "slice": lambda x: x[:, -1],
    "matrix": lambda x: x @ np.ones((3, 2)),
    "op": edunet.activations.relu,
    "NumPy": np.asarray,
    "power": lambda x: x**2,
    "quotient of two": lambda x: x / x,
    "one over": lambda x: 1 / x,
    "an array that is not by channel": lambda x: x + np.ones((4, 3)),
    "text": lambda x: x + "a",
}


@pytest.mark.parametrize("formula", REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_layer_names_those_that_are(formula):
    with pytest.raises(TypeError, match=r"holds no numbers yet.*a \+ b.*x / 255.*Dense\(units\).*a layer of your own"):
        formula(layers.Input((4, 3)))
