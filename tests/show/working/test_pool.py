"""A worked output of a pooling layer: the winner and its gradient, the mean and its shares."""

import numpy as np
import pytest

from edunet import layers
from edunet.show import working

RNG = np.random.default_rng(2)
IMAGE = RNG.normal(size=(2, 5, 6, 3)).astype(np.float32)
SIGNAL = RNG.normal(size=(2, 7, 3)).astype(np.float32)


def test_the_largest_wins_and_gets_the_gradient(agree, answers):
    page = working(layers.MaxPooling2D(2), IMAGE, at=(1, 1, 2, 0), dy=3.0)
    window = IMAGE[1, 2:4, 4:6, 0]
    u, v = np.unravel_index(np.argmax(window), (2, 2))
    agree(page, y=window.max(), dx=3.0)
    assert f"dx[1,{2 + u},{4 + v},0]" in answers(page)
    assert f"lies at u = {u}, v = {v} of the window" in page.text


def test_of_a_tie_the_first_wins_on_every_backend(backend, answers):
    page = working(layers.MaxPooling2D(2), np.ones((1, 4, 4, 1)), at=(0, 1, 0, 0))
    assert "4 places hold this number" in page.text
    assert "dx[0,2,0,0]" in answers(page)


def test_padding_takes_no_part(agree):
    x = -np.ones((1, 3, 3, 1)) * np.arange(1, 10).reshape(1, 3, 3, 1)
    page = working(layers.MaxPooling2D(2, padding="same"), x, at=(0, 1, 1, 0))
    agree(page, y=-9.0, dx=1.0)
    assert "padding, which takes no part" in " ".join(page.text.split())
    agree(working(layers.AveragePooling2D(2, padding="same"), x, at=(0, 1, 1, 0)), y=-9.0, dx=1.0)


def test_the_mean_is_shared_alike(agree):
    page = working(layers.AveragePooling2D((2, 3)), IMAGE, at=(0, 1, 1, 2), dy=1.5)
    agree(page, y=IMAGE[0, 2:4, 3:6, 2].mean(), dx=0.25)


@pytest.mark.parametrize("kind", [layers.MaxPooling1D, layers.AveragePooling1D])
def test_along_time(kind, agree):
    page = working(kind(3, strides=2), SIGNAL, at=(1, 2, 1))
    window = SIGNAL[1, 4:7, 1]
    largest = kind is layers.MaxPooling1D
    agree(page, y=window.max() if largest else window.mean(), dx=1.0 if largest else 1 / 3)
