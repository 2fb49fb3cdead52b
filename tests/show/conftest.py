"""Shared by the tests of pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def words():
    """Return a function that lists everything written in a figure."""
    return lambda figure: [t.get_text() for t in figure.findobj(Text) if t.get_text()]


@pytest.fixture
def grey():
    """Return a function that tells which shade of grey, 0 to 1, a printer gives a colour."""
    return lambda colour: float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))
