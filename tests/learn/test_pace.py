"""How many patients a lesson takes."""

import pytest

from edunet import learn, use_backend
from edunet.learn import pace


@pytest.fixture(autouse=True)
def nothing_was_said(monkeypatch):
    monkeypatch.setattr(pace, "_said", False)
    monkeypatch.delenv("EDUNET_LESSON_QUICK", raising=False)


def test_numpy_alone_takes_fewer_and_says_so_once(capsys):
    with use_backend("numpy"):
        assert learn.size(8000) == 2000
        assert learn.size(8000, alone=500) == 500
    assert capsys.readouterr().out.count("NumPy computes alone here") == 1


def test_nothing_is_said_where_nothing_is_left_out(capsys):
    with use_backend("numpy"):
        assert learn.size(8000, alone=8000) == 8000
    assert capsys.readouterr().out == ""


def test_compiled_kernels_take_all(backend, capsys):
    if backend != "numpy":
        assert learn.size(8000) == 8000
        assert capsys.readouterr().out == ""


def test_a_quick_run_takes_few(monkeypatch):
    monkeypatch.setenv("EDUNET_LESSON_QUICK", "1")
    assert learn.size(8000) == 200
    assert learn.size(10) == 1
    assert learn.size(8000, quick=50) == 50
