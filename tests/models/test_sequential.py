"""Sequential: shapes known early or late, adding and taking off."""

import numpy as np
import pytest

from edunet import layers, models


def test_shape_from_the_first_data():
    model = models.Sequential([layers.Flatten(), layers.Dense(3)])
    assert not model.built
    assert model.predict(np.zeros((2, 4, 5))).shape == (2, 3)
    assert model.count_params() == 63


def test_shape_from_input():
    model = models.Sequential([layers.Input((4,)), layers.Dense(3)])
    assert model.built
    assert len(model.layers) == 1


def test_shape_from_build():
    model = models.Sequential([layers.Dense(3)])
    model.build((None, 4))
    assert model.output_shape == (None, 3)


def test_pop_takes_the_last_layer_off():
    model = models.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.pop()
    assert model.output_shape == (None, 3)
    model.fit(np.zeros((2, 4)), np.zeros((2, 3)), verbose=0)
    model.pop()
    with pytest.raises(ValueError, match="no layers to take off"):
        model.pop()


def test_adding_after_compile():
    model = models.Sequential([layers.Dense(3, input_shape=(4,))])
    model.compile("sgd", "mse")
    model.add(layers.Dense(1))
    model.fit(np.zeros((2, 4)), np.zeros(2), verbose=0)


def test_embedding_first_takes_whole_numbers():
    model = models.Sequential(
        [layers.Embedding(10, 4, input_shape=(6,)), layers.GlobalAveragePooling1D(), layers.Dense(1)]
    )
    assert model.predict(np.full((2, 6), 9)).shape == (2, 1)


@pytest.mark.parametrize(
    ("thing", "hint"), [(layers.Dense, r"Did you mean Dense\(...\)\?"), ("dense", "Received: 'dense'")]
)
def test_only_layers_are_added(thing, hint):
    with pytest.raises(TypeError, match=f"add expects a layer.*{hint}"):
        models.Sequential().add(thing)


def test_empty_model_says_so():
    model = models.Sequential()
    with pytest.raises(ValueError, match="has no layers yet"):
        model.predict(np.zeros((1, 2)))
    with pytest.raises(ValueError, match="has no weights yet"):
        models.Sequential([layers.Dense(1)]).summary()


def test_image_too_small_for_the_stack():
    model = models.Sequential([layers.Conv2D(4, 3, input_shape=(6, 6, 1)), layers.MaxPooling2D()])
    with pytest.raises(ValueError, match=r"does not fit into 2.*fewer pooling layers"):
        model.add(layers.Conv2D(4, 3))


def test_a_drawn_model_comes_first():
    codes = layers.Input((5,), "int32")
    base = models.Model(codes, layers.Embedding(9, 3)(codes))
    model = models.Sequential([base, layers.Flatten(), layers.Dense(1)])
    assert (model.built, model.input_shape, model.output_shape) == (True, (None, 5), (None, 1))
    assert model.inputs[0].dtype == np.int32
