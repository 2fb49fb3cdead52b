"""The receptive field: the pixels that, when they are changed, change the unit, and no others."""

import numpy as np
import pytest

from edunet import layers, models, show


def by_trying(model, at, size):
    """Return which pixels (H,W) change a unit of the model's output when they are changed."""
    rng = np.random.default_rng(0)
    start = rng.normal(size=(1, *size, 1)).astype(np.float32)
    found = np.zeros(size, bool)
    for pixel in np.ndindex(*size):
        for change in (-100, 100):  # the largest of a window changes whichever pixel gets +100
            x = start.copy()
            x[0, pixel[0], pixel[1], 0] = change
            found[pixel] |= bool((np.asarray(model(x))[0, *at] != np.asarray(model(start))[0, *at]).any())
    return found


def pixels(figure):
    return np.asarray(figure.axes[0].images[0].get_array()) < 0.9


def chain(*parts, size=(14, 12)):
    return models.Sequential([layers.Input((*size, 1)), *parts])


CHAINS = {
    "two convolutions": (lambda: chain(layers.Conv2D(3, 3), layers.Conv2D(3, (2, 3))), (4, 5)),
    "stride": (lambda: chain(layers.Conv2D(3, 3, strides=2), layers.Conv2D(3, 2, strides=(1, 2))), (3, 1)),
    "dilation": (lambda: chain(layers.Conv2D(3, 3, dilation_rate=(2, 3))), (2, 3)),
    "padding, at the corner": (lambda: chain(layers.Conv2D(3, 5, padding="same"), layers.Conv2D(3, 3)), (0, 9)),
    "largest of windows": (lambda: chain(layers.Conv2D(3, 3), layers.MaxPooling2D(), layers.Conv2D(3, 2)), (1, 2)),
    "means of windows": (lambda: chain(layers.AveragePooling2D(3, strides=2, padding="same")), (6, 5)),
    "place by place": (
        lambda: chain(
            layers.Rescaling(0.1),
            layers.Conv2D(3, 3),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ),
        (2, 2),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_it_is_what_changing_pixels_shows(name):
    make, at = CHAINS[name]
    model = make()
    np.testing.assert_array_equal(pixels(show.receptive_field(model, at)), by_trying(model, at, (14, 12)))


def test_branches_see_what_one_of_them_sees():
    x = layers.Input((9, 9, 1))
    wide = layers.Conv2D(2, 3, padding="same", dilation_rate=3)(x)
    high = layers.Conv2D(2, (5, 1), padding="same")(x)
    model = models.Model(x, layers.Add(name="sum")([wide, high]))
    figure = show.receptive_field(model, (4, 4))
    np.testing.assert_array_equal(pixels(figure), by_trying(model, (4, 4), (9, 9)))
    assert figure.get_suptitle() == "One unit of 'sum' sees 13 pixels (dots), spread over 7 × 7 of 9 × 9"


def test_title_rectangle_and_unit_agree():
    figure = show.receptive_field(chain(layers.Conv2D(2, 3), layers.Conv2D(2, 3, name="b"), size=(24, 24)), (3, 7))
    assert figure.get_suptitle() == "One unit of 'b' sees 5 × 5 pixels of 24 × 24"
    box = figure.axes[0].patches[-1]
    assert (*box.get_xy(), box.get_width(), box.get_height()) == (6.5, 2.5, 5, 5)
    assert figure.axes[1].get_title() == "map of 'b', 20 × 20: unit (3, 7)"
    assert np.argwhere(np.asarray(figure.axes[1].images[0].get_array()) == 0).tolist() == [[3, 7]]
    assert [axes.get_xlabel() for axes in figure.axes] == ["column", "column"]


def test_the_layer_in_question_and_what_stands_above_it():
    model = chain(layers.Conv2D(2, 3, name="a"), layers.Conv2D(2, 3, name="b"), layers.Flatten(), layers.Dense(2))
    assert "'b' sees 5 × 5" in show.receptive_field(model, (0, 0)).get_suptitle()
    assert "'a' sees 3 × 3" in show.receptive_field(model, (0, 0), layer="a").get_suptitle()
    assert "'a' sees 3 × 3" in show.receptive_field(model, (0, 0), layer=model.layers[0]).get_suptitle()


def test_it_is_drawn_on_the_image(rng, words):
    image = rng.random((14, 12))
    figure = show.receptive_field(chain(layers.Conv2D(2, 3)), (0, 0), image=image, synthetic=True)
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), image)
    assert "SYNTHETIC data" in words(figure)


@pytest.mark.parametrize("at", [(12, 0), (0, 10), (-1, 0), 3, (1.5, 2), (0, 0, 0)])
def test_a_place_outside_the_map(at):
    with pytest.raises(ValueError, match=r"from \(0, 0\) to \(11, 9\)"):
        show.receptive_field(chain(layers.Conv2D(2, 3)), at)


def test_layers_of_which_it_is_not_known_what_they_look_at():
    class Own(layers.Layer):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="not known which places Own 'mine' looks at"):
        show.receptive_field(chain(Own(name="mine")), (0, 0))
    with pytest.raises(ValueError, match="not known which places Softmax"):
        show.receptive_field(chain(layers.Softmax(axis=1)), (0, 0))
    with pytest.raises(ValueError, match="stands on .*, no maps"):
        show.receptive_field(chain(layers.Flatten(), layers.Reshape((14, 12, 1), name="back")), (0, 0))


def test_what_cannot_be_drawn(rng):
    with pytest.raises(TypeError, match="expected a model"):
        show.receptive_field(layers.Conv2D(2, 3), (0, 0))
    with pytest.raises(ValueError, match="images of one size"):
        show.receptive_field(chain(layers.Conv2D(2, 3), size=(None, None)), (0, 0))
    with pytest.raises(ValueError, match=r"sees \(14, 12\) pixels. Received an image \(5, 5, 1\)"):
        show.receptive_field(chain(layers.Conv2D(2, 3)), (0, 0), image=rng.random((5, 5)))


def test_a_gate_that_is_made_of_the_whole_map():
    x = layers.Input((8, 8, 1))
    h = layers.Conv2D(4, 3)(x)
    model = models.Model(x, layers.Multiply(name="gated")([h, layers.Conv2D(4, 6)(h)]))
    assert "sees 8 × 8 pixels" in show.receptive_field(model, (0, 0)).get_suptitle()
