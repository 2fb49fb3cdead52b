"""A History remembers, and draws itself."""

import numpy as np
import pytest

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
