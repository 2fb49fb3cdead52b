"""Histories and predictions as tables."""

import numpy as np
import pytest

import edunet
from edunet.interop import to_frame

pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")


def test_a_history_has_a_row_for_each_epoch():
    model = edunet.Sequential([edunet.layers.Dense(1)])
    model.compile("sgd", "mse", ["mae"])
    x = np.ones((4, 2))
    history = model.fit(x, x[:, :1], epochs=3, validation_data=(x, x[:, :1]), verbose=0)
    table = to_frame(history)
    assert table.index.name == "epoch"
    assert list(table.columns) == list(history.history)
    assert table["val_loss"].tolist() == history.history["val_loss"]
    assert to_frame(history.history).shape == table.shape


def test_predictions_have_the_rows_and_names_that_are_given():
    table = to_frame(np.eye(2), columns=["well", "ill"], index=["p1", "p2"])
    pd.testing.assert_frame_equal(table, pd.DataFrame({"well": [1.0, 0.0], "ill": [0.0, 1.0]}, index=["p1", "p2"]))
    assert list(to_frame([0.5, 0.25]).columns) == ["output_1"]


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match=r"shape \(2, 3, 4\). Flatten first"):
        to_frame(np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match=r"2 columns need as many names. Received: \['well'\]"):
        to_frame(np.eye(2), columns=["well"])
    with pytest.raises(ValueError, match="names its columns itself"):
        to_frame({"loss": [1.0]}, columns=["a"])
