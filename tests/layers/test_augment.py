import numpy as np
import pytest

import edunet
from edunet.layers import (
    CenterCrop,
    RandomContrast,
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from edunet.tensor import Tensor

X = np.random.default_rng(0).random((8, 6, 6, 2)).astype(np.float32)
LAYERS = {
    "flip": lambda **o: RandomFlip(**o),
    "rotation": lambda **o: RandomRotation(0.2, **o),
    "zoom": lambda **o: RandomZoom(0.3, **o),
    "translation": lambda **o: RandomTranslation(0.3, 0.2, **o),
    "contrast": lambda **o: RandomContrast(0.5, value_range=(0, 1), **o),
}
EVERY = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@EVERY
def test_only_while_learning(make):
    layer = make()
    assert layer(X, training=False) is X
    assert (np.asarray(layer(X, training=True)) != X).any()


@EVERY
def test_called_by_itself_it_augments_alone_and_in_a_stack(make):
    assert (np.asarray(make()(X)) != X).any()
    assert (np.asarray(edunet.Sequential([make()])(X)) != X).any()


@EVERY
def test_whoever_predicts_or_judges_sees_the_images_as_they_are(make):
    model = edunet.Sequential([make()])
    model.compile("sgd", "mse")
    np.testing.assert_array_equal(model.predict(X, verbose=0), X)
    assert model.evaluate(X, X, verbose=0) == 0


@EVERY
@pytest.mark.parametrize("training", [None, True, False])
def test_bytes_become_floats_in_every_phase(make, training):
    assert make()((X * 255).astype(np.uint8), training=training).dtype == np.float32


@EVERY
def test_a_seed_repeats_and_leaves_the_generator_alone(make):
    edunet.set_random_seed(1)
    before = edunet.backend.default_rng().bit_generator.state
    first, again = make(seed=7), make(seed=7)
    np.testing.assert_array_equal(first(X, training=True), again(X, training=True))
    assert edunet.backend.default_rng().bit_generator.state == before


@EVERY
def test_the_generator_of_the_library_is_used_otherwise(make):
    answers = []
    for _ in range(2):
        edunet.set_random_seed(3)
        answers.append(np.asarray(make()(X, training=True)))
    np.testing.assert_array_equal(*answers)


@EVERY
def test_gradients_are_not_lost(make):
    x = Tensor(X)
    make(seed=0)(x, training=True).sum().backward()
    assert x.grad is not None
    assert x.grad.any()


@EVERY
def test_made_again_from_its_arguments(make):
    layer = make(seed=5)
    again = type(layer)(**layer.get_config())
    np.testing.assert_array_equal(layer(X, training=True), again(X, training=True))


def test_flips_of_one_kind():
    y = RandomFlip("horizontal", seed=0)(X, training=True)
    flipped = [np.array_equal(a, b[:, ::-1]) for a, b in zip(y, X, strict=True)]
    assert 0 < sum(flipped) < 8
    np.testing.assert_array_equal(y[~np.array(flipped)], X[~np.array(flipped)])


def test_a_quarter_turn_is_counter_clockwise():
    y = RandomRotation((0.25, 0.25))(X, training=True)
    np.testing.assert_allclose(y, np.rot90(X, axes=(1, 2)), atol=1e-5)


def test_a_shift_down_and_to_the_right():
    y = RandomTranslation((1 / 6, 1 / 6), (2 / 6, 2 / 6), fill_mode="constant", fill_value=9.0)(X, training=True)
    np.testing.assert_allclose(y[:, 1:, 2:], X[:, :-1, :-2], atol=1e-5)
    assert (y[:, 0] == 9).all()


def test_zooming_in_shows_the_middle():
    y = RandomZoom((-0.7, -0.7), interpolation="nearest")(X, training=True)
    assert set(np.unique(y)) <= set(np.unique(X[:, 2:4, 2:4]))


def test_each_image_is_cut_somewhere_else():
    numbered = np.arange(36.0).reshape(1, 6, 6, 1).repeat(200, axis=0)
    y = np.asarray(RandomCrop(4, 3, seed=0)(numbered, training=True))
    assert y.shape == (200, 4, 3, 1)
    rows, columns = np.divmod(y[:, 0, 0, 0], 6)
    assert (set(rows), set(columns)) == ({0, 1, 2}, {0, 1, 2, 3})
    for image, i, j in zip(y, rows.astype(int), columns.astype(int), strict=True):
        np.testing.assert_array_equal(image, numbered[0, i : i + 4, j : j + 3])


def test_predictions_see_the_middle():
    np.testing.assert_array_equal(RandomCrop(4, 3)(X, training=False), CenterCrop(4, 3)(X))


def test_a_crop_is_repeated_by_its_seed_and_by_the_generator():
    np.testing.assert_array_equal(*(RandomCrop(3, 3, seed=2)(X, training=True) for _ in range(2)))
    answers = []
    for _ in range(2):
        edunet.set_random_seed(3)
        answers.append(np.asarray(RandomCrop(3, 3)(X, training=True)))
    np.testing.assert_array_equal(*answers)


def test_the_gradient_goes_where_the_crop_was():
    x = Tensor(X)
    RandomCrop(4, 3, seed=0)(x, training=True).sum().backward()
    assert (x.grad.sum(axis=(1, 2, 3)) == 4 * 3 * 2).all()
    assert set(np.unique(x.grad)) == {0, 1}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomFlip("horizontl"), "Did you mean 'horizontal'"),
        (lambda: RandomFlip(seed=1.5), "RandomFlip: seed is None or a whole number >= 0. Received: 1.5"),
        (lambda: RandomRotation(36), r"factor is a share from 0 to 1.*Received: 36"),
        (lambda: RandomRotation((0.2, 0.1)), r"factor is \(lowest, highest\)"),
        (lambda: RandomRotation(0.1, fill_mode="mirror"), "fill_mode is one of"),
        (lambda: RandomZoom(0.1, fill_value="black"), "fill_value is a number. Received: 'black'"),
        (lambda: RandomZoom(0.1)(X[0], training=True), r"expected images \(N, H, W, C\)"),
        (lambda: RandomContrast(2.0), "factor is a share from 0 to 1"),
        (lambda: RandomContrast(0.2, value_range=(1, 0)), r"value_range is \(lowest, highest\)"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
