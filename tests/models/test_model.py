"""Models as graphs: branches, residuals, shared and nested layers, shapes, summaries."""

import numpy as np
import pytest

import edunet
from edunet import layers, models

X = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


def test_residual_computes_what_was_drawn():
    x = layers.Input((4,))
    dense = layers.Dense(4)
    model = models.Model(x, layers.Add()([x, dense(x)]))
    np.testing.assert_allclose(model.predict(X), X + np.asarray(dense(X)), rtol=1e-6)


def test_shared_layer_has_one_set_of_weights_and_learns_from_both_uses():
    a, b = layers.Input((4,)), layers.Input((4,))
    shared = layers.Dense(1, use_bias=False)
    model = models.Model([a, b], layers.Add()([shared(a), shared(b)]))
    assert model.count_params() == 4
    model.compile(edunet.optimizers.SGD(1.0), "mse")
    w = shared.kernel.data.copy()
    model.train_on_batch([X, 2 * X], np.zeros((3, 1)))
    total = 3 * X
    np.testing.assert_allclose(shared.kernel.data, w - 2 * total.T @ (total @ w) / 3, rtol=1e-4, atol=1e-5)


def test_a_model_is_a_layer_of_another():
    x = layers.Input((4,))
    encoder = models.Model(x, layers.Dense(2, activation="tanh")(x), name="encoder")
    y = layers.Input((4,))
    whole = models.Model(y, layers.Dense(1)(encoder(y)))
    assert whole.count_params() == 10 + 3
    assert whole.get_layer("encoder") is encoder
    assert whole.predict(X).shape == (3, 1)


def test_sequential_inside_a_model():
    x = layers.Input((4,))
    block = models.Sequential([layers.Dense(5, activation="relu"), layers.Dense(4)])
    model = models.Model(x, layers.Add()([x, block(x)]))
    assert model.count_params() == 25 + 24
    assert len(model.trainable_weights) == 4


def test_subclass_with_its_own_call():
    class Net(models.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(8, activation="relu")
            self.out = layers.Dense(2, activation="softmax")

        def call(self, x):
            return self.out(self.hidden(x))

    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, [0, 1, 0], epochs=30, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert model.count_params() == 40 + 18


def test_intermediate_outputs_can_be_read():
    x = layers.Input((4,))
    h = layers.Dense(3, activation="relu", name="hidden")(x)
    model = models.Model(x, layers.Dense(1)(h))
    spy = models.Model(model.input, model.get_layer("hidden")(model.input))
    assert spy.predict(X).shape == (3, 3)


def test_axes_of_any_length():
    x = layers.Input((None, 2))
    h = layers.LSTM(3, return_sequences=True)(x)
    assert h.shape == (None, None, 3)
    model = models.Model(x, layers.GlobalAveragePooling1D()(h))
    assert model.output_shape == (None, 3)
    for length in (2, 7):
        assert model.predict(np.zeros((1, length, 2))).shape == (1, 3)


def test_images_of_any_size():
    x = layers.Input((None, None, 1))
    h = layers.Conv2D(4, 3, padding="same", strides=2)(x)
    assert h.shape == (None, None, None, 4)
    assert models.Model(x, layers.GlobalMaxPooling2D()(h)).predict(np.zeros((1, 9, 5, 1))).shape == (1, 4)


def test_multi_head_attention_with_three_inputs():
    q, v = layers.Input((5, 8)), layers.Input((6, 8))
    y, scores = layers.MultiHeadAttention(2, 4)(q, v, return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, 5, 8), (None, 2, 5, 6))
    model = models.Model([q, v], [y, scores])
    _, weights = model.predict([np.ones((2, 5, 8)), np.ones((2, 6, 8))])
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)


def test_unconnected_output_is_refused():
    a, b = layers.Input((4,)), layers.Input((4,))
    with pytest.raises(ValueError, match="not among the inputs of this Model"):
        models.Model(a, layers.Dense(1)(b))


def test_error_names_the_layer():
    model = models.Sequential([layers.Conv2D(4, 3, name="eyes")])
    with pytest.raises(ValueError, match="expected input") as caught:
        model.build((None, 8, 8))
    assert "in layer 'eyes' (Conv2D), which received shape (None, 8, 8)" in caught.value.__notes__[0]


def test_layer_that_does_not_exist():
    with pytest.raises(ValueError, match=r"no layer is called 'x'; the layers are \['a'\]"):
        models.Sequential([layers.Dense(1, input_shape=(2,), name="a")]).get_layer("x")


def test_set_weights_changes_nothing_unless_all_fit():
    model = models.Sequential([layers.Dense(2, input_shape=(4,))])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"weight 1 \(bias\) has shape \(2,\). Received \(3,\)"):
        model.set_weights([np.ones((4, 2)), np.ones(3)])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    with pytest.raises(ValueError, match="expected 2 arrays. Received 1"):
        model.set_weights([np.ones((4, 2))])


# ---- inputs among the layers


def branches(library):
    """Two inputs, one of which waits for a branch of the other; an input that is used twice; a layer that is shared."""
    L = library.layers
    a, b, unused = (library.Input((4,), name=name) for name in ("a", "b", "unused"))
    shared = L.Dense(4, name="shared")
    h = L.Add(name="sum")([shared(shared(a)), L.Dense(4, name="side")(b)])
    ends = [L.Dense(1, name="late")(L.Concatenate(name="join")([h, b])), L.Dense(2, name="early")(a)]
    return library.Model([b, a, unused], ends)


def test_inputs_stand_among_the_layers():
    model = branches(edunet)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("InputLayer") == 3
    assert [layer for layer in model.layers if type(layer).__name__ != "InputLayer"] == model.sublayers()
    first = model.get_layer("a")
    assert first is model.layers[model.layers.index(first)] is model.get_layer(index=model.layers.index(first))
    assert (first.output, first.name, first.weights, first.count_params()) == (model.inputs[1], "a", [], 0)


def test_layers_stand_where_keras_has_them():
    keras = pytest.importorskip("keras")
    names = [[layer.name for layer in branches(library).layers] for library in (keras, edunet)]
    assert names[0] == names[1]


def test_features_by_the_place_of_a_layer():
    """Chollet, Deep learning with Python, listing 7.12: model.layers[4].output of a model with three inputs."""
    title, body, tags = (layers.Input((n,), name=name) for n, name in ((5, "title"), (6, "body"), (2, "tags")))
    joined = layers.Concatenate()([title, body, tags])
    features = layers.Dense(8, activation="relu")(joined)
    model = models.Model([title, body, tags], layers.Dense(1)(features))
    assert [type(layer).__name__ for layer in model.layers[2:5]] == ["InputLayer", "Concatenate", "Dense"]
    longer = models.Model(model.inputs, [*model.outputs, layers.Dense(3, name="hard")(model.layers[4].output)])
    assert [y.shape for y in longer.predict([np.ones((2, n)) for n in (5, 6, 2)])] == [(2, 1), (2, 3)]


def test_every_output_of_every_layer():
    x = layers.Input((4,))
    model = models.Model(x, layers.Dense(2)(layers.Dense(3)(x)))
    seen = models.Model(model.inputs, [layer.output for layer in model.layers]).predict(X)
    np.testing.assert_array_equal(seen[0], X)
    assert [a.shape[1] for a in seen] == [4, 3, 2]


def test_layers_of_a_drawn_model_one_after_the_other():
    x = layers.Input((4,), name="start")
    model = models.Model(x, layers.Dense(2)(layers.Dense(3)(x)))
    again, y = models.Sequential(model.layers), x
    for layer in model.layers:
        layer.trainable = False
        y = layer(y)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(models.Model(x, y).predict(X), model.predict(X))
    assert [type(layer).__name__ for layer in again.layers] == ["Dense", "Dense"]


def test_a_model_that_begins_in_the_midst_of_another():
    x = layers.Input((4,))
    h = layers.Dense(3, name="hidden")(x)
    tail = models.Model(h, layers.Dense(1, name="last")(h))
    assert [layer.name for layer in tail.layers] == ["hidden_input", "last"]
    assert tail.predict(np.ones((2, 3))).shape == (2, 1)


def test_inputs_are_no_part_of_a_file(tmp_path):
    model = branches(edunet)
    names = [layer.name for layer in model.layers]  # made before saving
    model.save(tmp_path / "m.safetensors")
    for same in (models.load_model(tmp_path / "m.safetensors"), models.clone_model(model)):
        assert [layer.name for layer in same.layers] == names


# ---- shapes


def test_shapes_of_one_input_and_output():
    x = layers.Input((4,))
    for model in (models.Model(x, layers.Dense(2)(x)), models.Sequential([x, layers.Dense(2)])):
        assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))


def test_shapes_of_several_inputs_and_outputs():
    a, b = layers.Input((4,)), layers.Input((None, 3))
    h = layers.Dense(2)(a)
    assert models.Model([a, b], [h, b]).input_shape == [(None, 4), (None, None, 3)]
    assert models.Model({"y": b, "x": a}, {"q": h, "p": b}).output_shape == [(None, None, 3), (None, 2)]


def test_shapes_that_are_not_known_yet():
    model = models.Sequential([layers.Dense(2)])
    assert (model.input_shape, model.output_shape) == (None, None)
    model.build((None, 4))
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))


# ---- models inside models


def with_a_base():
    base = models.Sequential(
        [layers.Input((4,), name="pixels"), layers.Dense(3, name="c"), layers.Dense(2)], name="base"
    )
    x = layers.Input((4,))
    return models.Model(x, layers.Dense(1)(base(x))), base


def test_what_is_inside_a_base_begins_at_its_inputs():
    outer, base = with_a_base()
    with pytest.raises(ValueError, match=r"the input 'pixels', .* not among .* Model\(base.inputs, base.get_layer"):
        models.Model(outer.inputs, base.get_layer("c").output)
    assert models.Model(base.inputs, base.get_layer("c").output).predict(X).shape == (3, 3)


def test_a_layer_inside_a_base_is_found_by_its_way():
    outer, base = with_a_base()
    with pytest.raises(ValueError, match=r"It is inside 'base': get_layer\('base'\).get_layer\('c'\)"):
        outer.get_layer("c")
    assert outer.get_layer("base").get_layer("c") is base.layers[0]


def test_two_layers_of_one_name_are_refused():
    x = layers.Input((3,))
    with pytest.raises(
        ValueError, match=r"two layers .* called 'head': <ReLU head> and <Dense head>. Give one another"
    ):
        models.Model(x, layers.ReLU(name="head")(layers.Dense(2, name="head")(x)))
    with pytest.raises(ValueError, match="two layers of the model are called 'head'"):
        edunet.Sequential([layers.Dense(2, name="head", input_shape=(3,)), layers.ReLU(name="head")])


def test_a_shared_layer_has_its_name_for_itself():
    x, layer = layers.Input((3,)), layers.Dense(3, name="shared")
    assert models.Model(x, layer(layer(x))).sublayers() == [layer]
