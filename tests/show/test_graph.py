import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch

from edunet import layers, models
from edunet.show import graph
from edunet.utils import plot_model


@pytest.fixture
def branched():
    x = layers.Input((8,))
    h = layers.Dense(8, name="first")(x)
    h = layers.Dense(8, name="second")(h)
    return models.Model(x, [layers.Dense(1, name="out")(layers.Add(name="sum")([x, h]))])


def boxes(figure):
    return [patch.get_bbox() for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]


def test_a_box_for_every_layer_and_input(branched, words):
    figure = graph(branched)
    assert len(boxes(figure)) == 5
    for name in ("Input", "first", "second", "sum", "out", "Dense", "Add", "(None, 8)"):
        assert any(name in text for text in words(figure)), name


def test_without_shapes(branched, words):
    assert not any("(None" in text for text in words(graph(branched, shapes=False)))


def test_boxes_do_not_lie_on_each_other(branched):
    found = boxes(graph(branched))
    for i, a in enumerate(found):
        assert not any(a.overlaps(b) for b in found[:i])


def test_arrows_come_from_above_and_a_long_one_goes_round(branched):
    figure = graph(branched)
    heads = [note for note in figure.axes[0].texts if hasattr(note, "arrow_patch") and note.arrow_patch]
    assert len(heads) == 5  # input to first and to sum, first, second, sum
    assert all(note.xyann[1] > note.xy[1] for note in heads)
    bends = [line.get_xydata() for line in figure.axes[0].lines if len(line.get_xydata()) > 1]
    (round_way,) = [line for line in bends if len(line) > 2]
    left, right = (min(b.x0 for b in boxes(figure)[1:3]), max(b.x1 for b in boxes(figure)[1:3]))
    assert all(x < left or x > right for x, _ in round_way[1:])


def test_a_shared_layer_has_a_box_for_each_use():
    shared, a, b = layers.Dense(2), layers.Input((3,)), layers.Input((3,))
    assert len(boxes(graph(models.Model([a, b], layers.Add()([shared(a), shared(b)]))))) == 5


def test_the_picture_is_written(branched, tmp_path):
    plot_model(branched, tmp_path / "model.png", show_shapes=True, dpi=50)
    assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")


def test_names_may_be_left_out_and_how_keras_draws_is_taken(branched):
    figure = plot_model(branched, None, show_layer_names=False, rankdir="LR", expand_nested=True, show_dtype=True)
    said = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "Dense" in said
    assert not any(layer.name in said for layer in branched.layers)


def test_what_cannot_be_drawn():
    with pytest.raises(TypeError, match="expected a model"):
        graph(layers.Dense(2))
    with pytest.raises(ValueError, match="not drawn yet"):
        graph(models.Sequential([layers.Dense(2)]))


def test_a_chain_stands_upright():
    figure = graph(models.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2), layers.Dense(1)]))
    np.testing.assert_allclose([b.x0 for b in boxes(figure)], boxes(figure)[0].x0)
