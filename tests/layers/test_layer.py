import copy
import gc
import pickle

import numpy as np
import pytest

import edunet
from edunet import Model, layers
from edunet.layers import Dense, Layer
from edunet.tensor import Tensor, gradients


class Scale(Layer):
    """A learner's own layer: build and call, nothing else."""

    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


class Block(Layer):
    """A layer made of layers: one alone, some in a list, some in a dict, some hidden."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Dense(2)
        self.more = [Dense(2), (Dense(2),)]
        self._hidden = {"last": Dense(2)}

    def call(self, x):
        return self._hidden["last"](self.more[1][0](self.more[0](self.first(x))))


class Noisy(Layer):
    def call(self, x, training=False):
        return x + 1.0 if training else x


class Outer(Layer):
    def __init__(self):
        super().__init__()
        self.inner = Noisy()

    def call(self, x):
        return self.inner(x)


class Forgetful(Layer):
    def __init__(self):
        self.dense = Dense(2)

    def call(self, x):
        return self.dense(x)


X = np.array([[1.0, 2.0]], np.float32)


# ---------------------------------------------------------------- a learner's own layer


def test_build_and_call_are_enough():
    np.testing.assert_array_equal(Scale()(X).numpy(), X)


def test_the_gradient_of_an_own_layer_comes_from_the_tape():
    layer = Scale()
    np.testing.assert_array_equal(gradients(layer(X).sum(), layer.trainable_weights)[0], X[0])


def test_build_runs_once():
    layer = Scale()
    layer(X)
    layer.factor.data[...] = 3
    np.testing.assert_array_equal(layer(X).numpy(), 3 * X)


def test_weights_set_after_build_stay():
    layer = Dense(2)
    layer.build((None, 2))
    layer.set_weights([np.eye(2), np.zeros(2)])
    np.testing.assert_array_equal(layer(X), X)
    assert len(layer.weights) == 2


def test_a_forgotten_init_is_named():
    with pytest.raises(TypeError, match=r"Forgetful.__init__ must begin with super\(\).__init__\(\*\*kwargs\)"):
        Forgetful()(X)


def test_a_forgotten_init_is_named_inside_a_model():
    with pytest.raises(TypeError, match=r"Forgetful.__init__ must begin with super"):
        edunet.Sequential([Forgetful()]).build((None, 2))


def test_a_missing_call_is_named():
    with pytest.raises(NotImplementedError, match=r"must define call\(x\)"):
        Layer()(X)


def test_weights_of_sublayers_are_found_wherever_they_are_kept():
    block = Block()
    block(X)
    assert len(block.sublayers()) == 4
    assert len(block.trainable_weights) == 8


def test_a_sublayer_that_is_held_twice_counts_once():
    layer = Layer()
    layer.first = layer.again = Dense(2)
    layer.listed = [layer.first, layer.first]
    assert layer.sublayers() == [layer.first]


def test_training_reaches_inner_layers():
    np.testing.assert_array_equal(Outer()(X, training=True), X + 1)


def test_training_is_over_after_the_call():
    layer = Outer()
    layer(X, training=True)
    np.testing.assert_array_equal(layer(X), X)


# ---------------------------------------------------------------- arguments, names, precision


def test_an_unknown_argument_is_guessed():
    with pytest.raises(TypeError, match=r"Dense has no argument 'activaton'.*Did you mean 'activation'\?"):
        Dense(3, activaton="relu")


def test_inherited_arguments_are_guessed_too():
    with pytest.raises(TypeError, match=r"Did you mean 'return_sequences'\?"):
        layers.GRU(3, return_sequence=True)


@pytest.mark.parametrize(
    ("layer", "key", "value"),
    [
        (layers.GRU(3, return_sequences=True, reset_after=False), "return_sequences", True),
        (layers.LSTM(3, use_bias=False), "use_bias", False),
        (layers.Conv1D(2, 3, padding="causal"), "padding", "causal"),
        (layers.MaxPooling2D(2, padding="same"), "padding", "same"),
        (layers.LeakyReLU(0.1), "negative_slope", 0.1),
        (layers.Dropout(0.25), "rate", 0.25),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Layer) else "",
)
def test_a_layer_can_be_made_again_from_its_config(layer, key, value):
    assert getattr(type(layer)(**layer.get_config()), key) == value


def test_the_config_tells_the_precision():
    layer = layers.Dense(3, dtype="float64")
    assert layer.get_config()["dtype"] == "float64"
    assert layers.Dense.from_config(layer.get_config()).dtype == np.float64


@pytest.mark.parametrize(
    ("kind", "stem"),
    [("Conv2D", "conv2d"), ("ReLU", "re_lu"), ("SimpleRNN", "simple_rnn"), ("HTTPBlock", "http_block")],
)
def test_names_are_spelled_as_in_keras(kind, stem):
    # reference: keras.src.utils.naming.to_snake_case, Keras 3.15.1
    assert type(kind, (Layer,), {})().name.startswith(stem)


def test_names_are_counted():
    kind = type("Unheard", (Layer,), {})
    assert [kind().name for _ in range(3)] == ["unheard", "unheard_1", "unheard_2"]


def test_a_given_name_stays():
    assert Dense(2, name="risk").name == "risk"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_of_a_layer(dtype):
    layer = Dense(2, dtype=dtype)
    assert {layer(X).dtype, layer.kernel.dtype} == {np.dtype(dtype)}


def test_whole_numbers_become_floats():
    assert Dense(2)(np.array([[1, 2]])).dtype == np.float32


# ---------------------------------------------------------------- drawing, building, errors


def test_keywords_alone_build_a_layer():
    np.testing.assert_array_equal(Scale()(x=X), X)


def test_an_open_axis_stays_open():
    assert Dense(3)(layers.Input((None, 4))).shape == (None, None, 3)


def test_drawing_does_not_count_as_training():
    layer = layers.BatchNormalization()
    layer(layers.Input((4,)), training=True)
    np.testing.assert_array_equal(layer.moving_mean.data, 0)


def test_a_tensor_keeps_its_gradient_through_a_layer():
    x = Tensor(X)
    Scale()(x).sum().backward()
    np.testing.assert_array_equal(x.grad, 1)


def test_an_error_says_in_which_layer():
    layer = Dense(2, name="risk")
    layer.build((None, 3))
    with pytest.raises(ValueError, match="dense") as caught:
        layer(X)
    assert caught.value.__notes__ == ["in layer 'risk' (Dense), which received shape (1, 2)"]


def test_an_axis_of_any_length_stays_open_after_strides():
    x = layers.Input((None, None, 1))
    assert layers.MaxPooling2D(4)(layers.Conv2D(2, 3, strides=2)(x)).shape == (None, None, None, 2)


def test_an_initializer_that_answers_in_float64_does_not_change_the_precision():
    layer = layers.Dense(2, kernel_initializer=lambda shape, dtype=None: np.full(shape, 0.5))
    assert layer(np.ones((1, 3), "float32")).dtype == layer.kernel.dtype == np.float32


class FewPlaces(layers.Layer):
    """A learner's own layer with a table of so many places."""

    def __init__(self, places, **kwargs):
        super().__init__(**kwargs)
        self.places = places

    def build(self, input_shape):
        self.table = self.add_weight((self.places, input_shape[-1]))

    def call(self, x):
        return x + self.table[: x.shape[1]]


@pytest.mark.parametrize("places", [2, 5, 20])
def test_a_layer_that_knows_few_places_is_drawn_with_an_open_axis(places):
    layer = FewPlaces(places)
    assert layer(layers.Input((None, 3))).shape == (None, None, 3)
    assert len(layer.weights) == 1


def test_what_no_length_fits_raises_the_first_error():
    with pytest.raises(ValueError, match=r"shapes \(1,64,3\) \(5,4\)"):
        Wrong()(layers.Input((None, 3)))


class Wrong(layers.Layer):
    """Adds what never fits."""

    def call(self, x):
        return x + np.ones((5, 4))


def drawn():
    x = layers.Input((4,))
    return edunet.Model(x, Dense(1, name="last")(Dense(3, "relu", name="first")(x)))


@pytest.mark.parametrize("renew", [lambda m: m, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_model_ends_at_the_output_of_a_drawn_layer(renew):
    model = renew(drawn())
    features = edunet.Model(model.inputs, model.get_layer("first").output)
    x = np.random.default_rng(0).normal(size=(2, 4))
    np.testing.assert_array_equal(features.predict(x), model.get_layer("first")(x).numpy())
    assert model.get_layer("last").input is model.get_layer("first").output


def test_output_needs_one_place():
    layer = Dense(2)
    with pytest.raises(AttributeError, match=r"drawn in 0 places.*Call it on what Input returns"):
        _ = layer.output
    kept = [layer(layers.Input((2,))), layer(layers.Input((2,)))]
    with pytest.raises(AttributeError, match=r"drawn in 2 places.*Keep what each call returned"):
        _ = layer.output
    kept.pop()
    gc.collect()
    assert layer.output is kept[0]


class Headed(Layer):
    """A learner's own layer that calls its head output."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.output = Dense(1)

    def call(self, x):
        return self.output(x)


def test_an_attribute_named_output_is_the_learners():
    layer = Headed()
    assert layer(layers.Input((2,))).shape == (None, 1)
    assert layer.output.built


def test_weights_have_the_names_of_keras_too():
    layer = layers.BatchNormalization()
    layer(np.ones((2, 3)))
    assert layer.variables == layer.weights
    assert layer.trainable_variables == layer.trainable_weights
    assert layer.non_trainable_variables == layer.non_trainable_weights


# ---------------------------------------------------------------- a forgotten return


class Silent(Layer):
    def call(self, x):
        x * 2


class SilentModel(Model):
    def call(self, x):
        x * 2


SILENT = {
    "a layer": lambda: Silent()(X),
    "a layer in a model": lambda: edunet.Sequential([Silent(), Dense(1)]).build((None, 2)),
    "a layer that is drawn": lambda: Silent()(layers.Input((2,))),
    "a model": lambda: SilentModel()(X),
    "a model that predicts": lambda: SilentModel().predict(X),
}


@pytest.mark.parametrize("act", SILENT.values(), ids=SILENT)
def test_a_forgotten_return_is_named(act):
    with pytest.raises(TypeError, match=r"Silent\w*.call returned None: its last line should be `return \.\.\.`"):
        act()


def test_a_forgotten_return_is_named_while_learning():
    model = SilentModel()
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"SilentModel.call returned None"):
        model.fit(X, X, verbose=0)
