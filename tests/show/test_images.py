"""Filters and feature maps: the numbers of the layer, on one scale, with what was left out."""

import numpy as np
import pytest

from edunet import layers, models, show
from edunet.tensor import Tensor


def tiles(figure, axes=0):
    return [np.asarray(image.get_array()) for image in figure.axes[axes].images]


def labels(figure, axes=0):
    return [text.get_text() for text in figure.axes[axes].texts]


@pytest.fixture
def model():
    return models.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(10, 10, 1), name="edges"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(2, 3, name="patterns"),
            layers.Flatten(name="flat"),
            layers.Dense(3, name="answer"),
        ]
    )


@pytest.mark.parametrize("kind", ["layer", "tensor", "array"])
def test_filters_are_the_weights_of_the_layer(model, kind):
    layer = model.layers[0]
    figure = show.filters({"layer": layer, "tensor": layer.kernel, "array": layer.get_weights()[0]}[kind])
    assert labels(figure) == ["filter 0", "filter 1", "filter 2", "filter 3"]
    for f, tile in enumerate(tiles(figure)):
        np.testing.assert_array_equal(tile, layer.get_weights()[0][:, :, 0, f])


def test_filters_share_one_scale_with_zero_in_the_middle(rng, words):
    w = rng.uniform(0.5, 1, size=(3, 3, 1, 2))
    figure = show.filters(w)
    assert {image.get_clim() for image in figure.axes[0].images} == {(-w.max(), w.max())}
    assert "weight" in words(figure)


def test_channels_are_rows(rng, words):
    w = rng.normal(size=(3, 5, 3, 4))
    figure = show.filters(w, names=["a", "b", "c", "d"])
    assert labels(figure) == ["a", "b", "c", "d", "channel 0", "channel 1", "channel 2"]
    np.testing.assert_array_equal(tiles(figure)[4 * 2 + 1], w[:, :, 2, 1])
    assert figure.get_suptitle() == "4 filters of 3 × 5 weights for each of 3 channels"


@pytest.mark.parametrize(
    ("shape", "title", "drawn"),
    [
        ((3, 3, 1, 20), "20 filters of 3 × 3 weights", 20),
        ((3, 3, 1, 100), "100 filters of 3 × 3 weights; shown: filters 0-63", 64),
        (
            (3, 3, 16, 32),
            "32 filters of 3 × 3 weights for each of 16 channels; shown: filters 0-7, channels 0-7",
            64,
        ),
        ((3, 3, 1, 1), "1 filter of 3 × 3 weights", 1),
    ],
)
def test_the_title_says_what_was_left_out(rng, shape, title, drawn):
    figure = show.filters(rng.normal(size=shape))
    assert figure.get_suptitle() == title
    assert len(tiles(figure)) == drawn


def test_tiles_do_not_overlap_and_lie_inside_the_axes(rng):
    figure = show.filters(rng.normal(size=(3, 2, 1, 10)), columns=4)
    axes = figure.axes[0]
    boxes = [image.get_extent() for image in axes.images]  # left, right, bottom, top; rows count downwards
    assert max(right for _, right, _, _ in boxes) <= axes.get_xlim()[1] + 1e-9
    assert max(bottom for _, _, bottom, _ in boxes) <= axes.get_ylim()[0] + 1e-9
    for i, (left, right, bottom, top) in enumerate(boxes):
        for other in boxes[:i]:
            apart = other[1] < left or right < other[0] or other[2] < top or bottom < other[3]
            assert apart


def test_filters_of_what_has_none(model):
    with pytest.raises(TypeError, match=r"expected a Conv2D. Received MaxPooling2D 'pool'"):
        show.filters(model.layers[1])
    with pytest.raises(TypeError, match=r"model.layers\[0\]"):
        show.filters(model)
    with pytest.raises(ValueError, match="no weights yet"):
        show.filters(layers.Conv2D(2, 3))


@pytest.mark.parametrize(("shape", "repair"), [((3, 3), "None, None"), ((3, 3, 4), "w[:, :, None]"), ((4,), "4 axes")])
def test_weights_of_another_shape(shape, repair):
    with pytest.raises(ValueError, match="filters: expected weights") as caught:
        show.filters(np.zeros(shape))
    assert repair in str(caught.value)


def test_filters_with_wrong_options(rng):
    with pytest.raises(ValueError, match="one name for each of 4 filters. Received 2"):
        show.filters(rng.normal(size=(3, 3, 1, 4)), names=["a", "b"])
    with pytest.raises(ValueError, match="columns"):
        show.filters(rng.normal(size=(3, 3, 1, 4)), columns=0)


@pytest.mark.parametrize("layer", ["patterns", 2, -3, None])
def test_feature_maps_are_what_the_layer_gives(model, rng, layer):
    image = rng.random((10, 10, 1), np.float32)
    figure = show.feature_maps(model, image, layer=layer)
    values = image[None]
    for part in model.layers[: 1 if layer is None else 3]:
        values = part(values)
    for f, tile in enumerate(tiles(figure, 1)):
        np.testing.assert_allclose(tile, np.asarray(values)[0, :, :, f], rtol=1e-6)
    assert figure.axes[0].get_title() == "image, 10 × 10 pixels"


def test_feature_maps_of_a_layer_object_with_branches(rng):
    x = layers.Input((6, 6, 1))
    left, right = layers.Conv2D(2, 3, padding="same", name="left")(x), layers.Conv2D(2, 3, padding="same")(x)
    added = layers.Add(name="sum")
    model = models.Model(x, layers.GlobalMaxPooling2D()(added([left, right])))
    image = rng.random((6, 6), np.float32)
    figure = show.feature_maps(model, image, layer=added)
    both = sum(np.asarray(layer(image[None, :, :, None])) for layer in (left.node.layer, right.node.layer))
    np.testing.assert_allclose(tiles(figure, 1)[1], both[0, :, :, 1], rtol=1e-5)


def test_feature_maps_leave_the_model_as_it_was(model, rng):
    names, weights = [layer.name for layer in model.layers], model.get_weights()
    show.feature_maps(model, rng.random((10, 10)))
    assert [layer.name for layer in model.layers] == names
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert layers.Conv2D(1, 1)(np.zeros((1, 2, 2, 1), np.float32)).made_by is not None  # the tape runs again


def test_a_single_layer_reads_images_in_several_forms(rng):
    layer = layers.Conv2D(2, 3, name="alone")
    image = rng.random((8, 9))
    first = tiles(show.feature_maps(layer, image), 1)
    for same in (image[..., None], image[None, :, :, None], Tensor(image)):
        np.testing.assert_array_equal(tiles(show.feature_maps(layer, same), 1), first)


def test_at_most_32_maps(rng):
    figure = show.feature_maps(layers.Conv2D(40, 3, name="many"), rng.random((8, 8)))
    assert figure.get_suptitle() == "What the 40 filters of 'many' make of an image: maps of 6 × 6; shown: maps 0-31"
    assert len(tiles(figure, 1)) == 32


def test_feature_maps_of_something_else(model, rng):
    image = rng.random((10, 10))
    with pytest.raises(ValueError, match="'answer' gives .*no maps.*'edges', 'pool', 'patterns'"):
        show.feature_maps(model, image, layer="answer")
    with pytest.raises(ValueError, match="no layer 'edge'.*Did you mean 'edges'"):
        show.feature_maps(model, image, layer="edge")
    with pytest.raises(ValueError, match="5 layers"):
        show.feature_maps(model, image, layer=5)
    with pytest.raises(TypeError, match="a model or a layer"):
        show.feature_maps("edges", image)
    with pytest.raises(ValueError, match="no maps"):
        show.feature_maps(layers.Flatten(), image)


def test_images_that_do_not_fit(model, rng):
    with pytest.raises(ValueError, match=r"x\[0\]"):
        show.feature_maps(model, rng.random((5, 10, 10, 1)))
    with pytest.raises(ValueError, match="the model expects"):
        show.feature_maps(model, rng.random((9, 10)))


def test_a_model_without_convolution():
    model = models.Sequential([layers.MaxPooling2D(input_shape=(4, 4, 1), name="only")])
    with pytest.raises(ValueError, match="layers with maps: \\['only'\\]"):
        show.feature_maps(model, np.zeros((4, 4)))


def test_models_that_are_not_drawn_or_read_no_image():
    with pytest.raises(ValueError, match="is not drawn yet"):
        show.feature_maps(models.Sequential([layers.Conv2D(1, 3)]), np.zeros((4, 4)))
    with pytest.raises(ValueError, match="a model of one image"):
        show.feature_maps(models.Sequential([layers.Dense(1, input_shape=(4,))]), np.zeros((4, 4)))


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_images_are_marked(model, rng, words, synthetic):
    figures = (
        show.filters(model.layers[0], synthetic=synthetic),
        show.feature_maps(model, rng.random((10, 10)), synthetic=synthetic),
    )
    assert [("SYNTHETIC data" in words(figure)) for figure in figures] == [synthetic] * 2
