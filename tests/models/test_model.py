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


def test_two_layers_of_one_name_are_refused():
    x = layers.Input((3,))
    with pytest.raises(
        ValueError, match=r"two layers .* called 'head': <Dense head> and <ReLU head>. Give one another"
    ):
        models.Model(x, layers.ReLU(name="head")(layers.Dense(2, name="head")(x)))
    with pytest.raises(ValueError, match="two layers of the model are called 'head'"):
        edunet.Sequential([layers.Dense(2, name="head", input_shape=(3,)), layers.ReLU(name="head")])


def test_a_shared_layer_has_its_name_for_itself():
    x, layer = layers.Input((3,)), layers.Dense(3, name="shared")
    assert models.Model(x, layer(layer(x))).layers == [layer]
