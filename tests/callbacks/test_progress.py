"""ProgressBar: a line that grows, or finished lines in a log."""

import re
import sys

import numpy as np
import pytest
import small_models

from edunet import callbacks
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


def two_epochs(**options):
    """Train with validation: every kind of figure is shown."""
    small_models.classifier().fit(small_models.X, small_models.Y, epochs=2, validation_split=0.2, **options)


def test_fit_prints_one_line_per_epoch_and_nothing_when_silent(capsys):
    two_epochs()
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2
    assert re.match(r"Epoch 1/2 \[\d+ s\]: loss \d", lines[0])
    assert "val_accuracy" in lines[1]
    two_epochs(verbose=0)
    assert capsys.readouterr().out == ""


def test_progress_in_a_terminal_is_one_line_that_is_written_over_and_ends_complete(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "30")  # the line that grows is cut to the window, the finished one is not
    two_epochs()
    out = capsys.readouterr().out
    assert out.count("\n") == 2
    growing = [line for line in out.split("\r") if "/3 [" in line]
    assert growing
    assert all(len(line) <= 30 for line in growing)
    for line in out.strip().split("\n"):
        assert re.search(r"Epoch \d/2 \[\d+ s\]: loss .*, val_accuracy \d\.\d+$", line.split("\r")[-1])


def test_progress_in_a_notebook_is_one_line_in_all(monkeypatch):
    shown = []

    class Handle:
        def update(self, line):
            shown.append(repr(line))

    monkeypatch.setattr(callbacks.progress, "_in_notebook", lambda: True)
    monkeypatch.setattr(callbacks.progress._NotebookLine, "__init__", lambda self: setattr(self, "handle", Handle()))
    two_epochs()
    assert re.match(r"Epoch 2/2 6/6 \[00:0\d<00:00\], loss .*, val_accuracy \d\.\d+$", shown[-1])
