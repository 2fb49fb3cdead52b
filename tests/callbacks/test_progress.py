"""ProgressBar: a line that grows, or finished lines in a log."""

import numpy as np
import pytest

from edunet.callbacks import ProgressBar

X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)


@pytest.mark.parametrize(("verbose", "bars"), [(0, 0), (False, 0), (1, 1), (2, 1), (True, 1), ("auto", 1)])
def test_verbose_asks_for_a_progress_bar(verbose, bars):
    assert len(ProgressBar.wanted(verbose)) == bars


def test_an_unknown_verbose_is_refused():
    with pytest.raises(ValueError, match=r"verbose is 'auto', 0 \(silent\), 1 or 2"):
        ProgressBar.wanted("loud")


def test_a_log_file_gets_one_finished_line_per_epoch(model, capsys):
    model.fit(X, Y, epochs=2, verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" [")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]


def test_silence_is_silent(model, capsys):
    model.fit(X, Y, verbose=0)
    assert capsys.readouterr() == ("", "")
