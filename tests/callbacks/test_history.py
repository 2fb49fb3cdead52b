"""A History remembers, and draws itself."""

import numpy as np
import pytest

from edunet import show
from edunet.callbacks import History


def test_it_draws_itself():
    history = History()
    for epoch in range(3):
        history.on_epoch_end(epoch, {"loss": 1.0 / (epoch + 1), "val_loss": 2.0 / (epoch + 1)})
    (axes,) = history.plot(synthetic=True).axes
    np.testing.assert_allclose([line.get_ydata() for line in axes.lines], [[1, 1 / 2, 1 / 3], [2, 1, 2 / 3]])
    assert axes.get_xlabel() == "epoch"


def test_an_empty_history_is_not_drawn():
    with pytest.raises(ValueError, match="no epoch was finished"):
        History().plot()


def _every_second_epoch(first=0):
    history = History()
    for epoch in range(first, first + 4):
        history.on_epoch_end(epoch, {"loss": 1.0} | ({"val_loss": 2.0} if epoch % 2 else {}))
    return history


@pytest.mark.parametrize("draw", [History.plot, show.curves])
@pytest.mark.parametrize("first", [0, 10])
def test_values_stand_at_the_epochs_in_which_they_were_noted(draw, first):
    (axes,) = draw(_every_second_epoch(first)).axes
    training, validation = (list(line.get_xdata()) for line in axes.lines)
    assert (training, validation) == ([first + n for n in (1, 2, 3, 4)], [first + n for n in (2, 4)])


def test_a_single_epoch_is_one_whole_number():
    history = History()
    history.on_epoch_end(0, {"loss": 1.0})
    (axes,) = history.plot().axes
    assert list(axes.get_xticks()) == [1]


def test_lists_alone_count_from_1():
    (axes,) = show.curves({"loss": [3.0, 2.0]}).axes
    assert list(axes.lines[0].get_xdata()) == [1, 2]


def test_the_epochs_of_the_values_are_part_of_its_state():
    history, other = _every_second_epoch(), History()
    other.set_state(history.get_state())
    assert other.epochs_of == {"loss": [0, 1, 2, 3], "val_loss": [1, 3]}
