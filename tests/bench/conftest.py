"""Tiny works, and peers that are files of a few lines: nothing here is worth timing."""

import shutil

import pytest

import edunet
from edunet.bench import crew, measure, works
from edunet.bench.works import Work

TINY = (
    Work("article step", "fit", flops=1000, shapes={"x": (64, 28, 28, 1), "y": (64,)}, steps=2),
    Work("article predict", "predict", flops=1000, shapes={"x": (1, 28, 28, 1)}),
    Work("conv", "conv", flops=1000, shapes={"x": (2, 5, 5, 1), "w": (3, 3, 1, 2), "b": (2,), "dy": (2, 3, 3, 2)}),
    *(
        Work(kind, kind, flops=1000, shapes={"x": (2, 3, 2), "wx": (2, U), "wh": (4, U), "dh": (2, 3, 4), "b": b})
        for kind, U, b in (("rnn", 4, (4,)), ("gru", 12, (2, 12)), ("lstm", 16, (16,)))  # U: all gates side by side
    ),
    Work("attention", "attention", flops=1000, shapes=dict.fromkeys(("q", "k", "v", "dz"), (1, 2, 8, 4))),
    Work("memory of attention", "attention", "memory", shapes=dict.fromkeys(("q", "k", "v", "dz"), (1, 2, 8, 4))),
    Work("import", "import", "import"),
    Work("speed-up", "fit", "speed-up", flops=1000, shapes={"x": (64, 28, 28, 1), "y": (64,)}, steps=2),
)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(works, "WORKS", TINY)
    monkeypatch.setattr(measure, "PEAK", Work("product", "product", flops=16, shapes={"a": (2, 2), "b": (2, 2)}))
    monkeypatch.setattr(measure, "SECONDS", 0)
    monkeypatch.setattr(measure, "PAUSE", 0)
    with edunet.use_backend("numpy"):
        yield


@pytest.fixture
def peers(monkeypatch, tmp_path):
    """Return a function that makes PyTorch from a few lines (or leaves it missing); Keras is always missing."""
    folder = tmp_path / "workers"
    shutil.copytree(crew.FOLDER, folder)
    monkeypatch.setattr(crew, "FOLDER", folder)
    missing = 'raise ImportError("not on this machine")\n'
    (folder / "keras.py").write_text(missing)
    (folder / "torch.py").write_text(missing)

    def make_torch(build):
        (folder / "torch.py").write_text("")
        versions = 'def versions(): return {"torch": "0.0"}\n'
        (folder / "with_torch.py").write_text(f"import os, sys\nimport numpy as np\n{versions}{build}\n")

    return make_torch
