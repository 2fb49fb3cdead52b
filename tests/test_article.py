"""The article's code, only its import changed: shapes, weights, history, in every form of import."""

import numpy as np
import pytest

import edunet
from edunet.demo import article_network

BODY = """
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))

model.compile(optimizer='adam',
              loss='sparse_categorical_crossentropy',
              metrics=['accuracy'])

history = model.fit(train_images, train_labels, epochs=5)
"""
IMPORTS = [
    "from edunet import layers, models",
    "from edunet.keras import layers, models",
    "import edunet as tf\nlayers, models = tf.keras.layers, tf.keras.models",
    "import edunet as keras\nlayers, models = keras.layers, keras.models",
    "import edunet as tf\nfrom edunet.keras import layers, models",
]
SHAPES = [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,), (64,), (10,)]


@pytest.mark.parametrize("line", IMPORTS)
def test_the_article_runs_with_only_its_import_changed(line):
    rng = np.random.default_rng(0)
    names = {
        "train_images": rng.integers(0, 256, size=(16, 28, 28, 1), dtype=np.uint8),
        "train_labels": rng.integers(0, 10, size=16),
    }
    with edunet.use_backend("numpy"):
        exec(line + BODY, names)
    assert names["model"].count_params() == 93_322
    assert set(names["history"].history) == {"loss", "accuracy"}
    assert len(names["history"].history["loss"]) == 5
    assert np.isfinite(names["history"].history["loss"]).all()


def test_names_imported_one_by_one():
    names = {}
    exec("from edunet.models import Sequential\nfrom edunet.layers import Conv2D, Dense, Flatten, MaxPooling2D", names)
    assert names["Sequential"] is edunet.Sequential


def test_shape_chain_and_number_of_weights():
    model = article_network()
    x = np.zeros((1, 28, 28, 1), np.float32)
    for layer, shape in zip(model.layers, SHAPES, strict=True):
        x = np.asarray(layer(x))
        assert x.shape == (1, *shape)
    assert [layer.count_params() for layer in model.layers] == [320, 0, 18_496, 0, 36_928, 0, 36_928, 650]
    assert model.count_params() == 93_322


def test_all_backends_give_the_same_training(backend):
    def weights():
        edunet.set_random_seed(0)
        rng = np.random.default_rng(0)
        model = article_network()
        model.compile("adam", "sparse_categorical_crossentropy")
        x, y = rng.random((8, 28, 28, 1)), rng.integers(0, 10, 8)
        for _ in range(2):
            model.train_on_batch(x, y)
        return model.get_weights()

    here = weights()
    with edunet.use_backend("numpy"):
        there = weights()
    for a, b in zip(here, there, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-4)


def test_gradient_of_the_whole_network_in_float64(backend):
    edunet.set_floatx("float64")
    try:
        edunet.set_random_seed(0)
        model = article_network()
        rng = np.random.default_rng(1)
        x, y = rng.random((2, 28, 28, 1)), rng.integers(0, 10, 2)
        loss = edunet.losses.get("sparse_categorical_crossentropy")
        weights = model.trainable_weights
        found = edunet.gradients(loss(y, model(x)), weights)
        for w, dw in zip(weights, found, strict=True):
            step = rng.normal(size=w.shape) * 1e-6
            before = w.data.copy()
            w.data[...] = before + step
            ahead = float(loss(y, model(x)))
            w.data[...] = before - step
            behind = float(loss(y, model(x)))
            w.data[...] = before
            assert np.sum(dw * 2 * step) == pytest.approx(ahead - behind, rel=1e-4, abs=1e-12)
    finally:
        edunet.set_floatx("float32")
