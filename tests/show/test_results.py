"""Figures: labelled, marked, and about the right numbers."""

import numpy as np
import pytest

from edunet import show

HISTORY = {"loss": [1.0, 0.5], "accuracy": [0.5, 0.8], "val_loss": [1.1, 0.7], "val_accuracy": [0.4, 0.7]}
NAMES = ("normal", "sickle", "target")
IMAGES = np.random.default_rng(0).integers(0, 256, size=(6, 8, 8, 1), dtype=np.uint8)


def test_curves_draw_training_and_validation_with_labels():
    figure = show.curves(HISTORY)
    assert len(figure.axes) == 2
    for axes, name in zip(figure.axes, ("loss", "accuracy"), strict=True):
        assert axes.get_xlabel() == "epoch"
        assert axes.get_ylabel().startswith(name)
        np.testing.assert_array_equal(axes.lines[0].get_ydata(), HISTORY[name])
        np.testing.assert_array_equal(axes.lines[1].get_ydata(), HISTORY[f"val_{name}"])
        assert len({line.get_linestyle() for line in axes.lines}) == 2  # a grey printer tells them apart


def test_curves_of_nothing():
    with pytest.raises(ValueError, match="no epoch was finished"):
        show.curves({})


def test_confusion_writes_the_counts_where_they_belong():
    figure = show.confusion([0, 0, 1, 2], [0, 1, 1, 2], NAMES)
    axes = figure.axes[0]
    cells = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert cells == {(0, 0): "1", (0, 1): "1", (1, 1): "1", (2, 2): "1"}
    assert axes.get_ylabel() == "truth"
    assert [t.get_text() for t in axes.get_yticklabels()] == list(NAMES)


def test_predictions_mark_mistakes_in_words_too():
    p = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    figure = show.predictions(IMAGES, [0, 1, 2, 0, 1, 0], p, NAMES)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0] == "normal 100%"
    assert titles[5] == "target 100% ✗\ntruth: normal"


def test_one_probability_for_two_classes():
    figure = show.predictions(IMAGES[:2], [0, 1], np.array([[0.2], [0.9]]), NAMES[:2])
    assert [axes.get_title() for axes in figure.axes[:2]] == ["normal 80%", "sickle 90%"]


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_data_are_marked(words, synthetic):
    for figure in (
        show.curves(HISTORY, synthetic=synthetic),
        show.confusion([0], [0], NAMES, synthetic=synthetic),
        show.samples(IMAGES, np.zeros(6), NAMES, synthetic=synthetic),
    ):
        assert ("SYNTHETIC data" in words(figure)) == synthetic


def test_colour_images(tmp_path):
    figure = show.samples(np.zeros((2, 8, 8, 3), np.uint8), [0, 1], NAMES)
    figure.savefig(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 1000
