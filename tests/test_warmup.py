"""Warming up: every kernel of the backend is used, whatever the learner does next."""

import pytest

import edunet
from edunet import backend as choice


def test_every_family_is_used(backend):
    assert list(edunet.warmup(verbose=False)) == list(choice.FAMILIES)


def test_it_says_what_is_ready(capsys):
    edunet.warmup()
    assert "conv, pool" in capsys.readouterr().out


def test_it_is_silent_on_request(capsys):
    edunet.warmup(verbose=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("family", choice.FAMILIES)
def test_no_kernel_is_left_out(family, monkeypatch):
    """Count the calls of each kernel of the NumPy family that go through `kernels`."""
    used = set()
    module = choice._load(family, "numpy")

    class Watched:
        def __getattr__(self, name):
            used.add(name)
            return getattr(module, name)

    load = choice._load
    monkeypatch.setattr(choice, "_load", lambda f, b: Watched() if f == family else load(f, b))
    choice._ready.cache_clear()
    with choice.use_backend("numpy"):
        edunet.warmup(verbose=False)
    choice._ready.cache_clear()
    assert used >= {name for name in vars(module) if name.endswith(("_forward", "_backward", "_update"))}
