"""The published contract: same machine, versions, seed and backend, same training, for every number of threads."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import edunet
from edunet import layers, threads

PROJECT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _number_comes_back(monkeypatch):
    monkeypatch.setattr(threads, "_threads", None)
    monkeypatch.setattr(threads, "_asked", False)


def images():
    """Train a network of all that draws or sums: convolution, pooling, normalisation, dropout, shuffling."""
    edunet.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.random((96, 20, 20, 3), dtype=np.float32), rng.integers(0, 4, 96)
    model = edunet.Sequential(
        [
            layers.Input((20, 20, 3)),
            layers.Conv2D(24, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu", padding="same"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(4, activation="softmax"),
        ]
    )
    return weights_after(model, x, y)


def sequences():
    edunet.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.random((80, 60, 8), dtype=np.float32), rng.integers(0, 4, 80)
    model = edunet.Sequential(
        [
            layers.Input((60, 8)),
            layers.GRU(32, return_sequences=True),
            layers.LayerNormalization(),
            layers.LSTM(32),
            layers.Dense(4, activation="softmax"),
        ]
    )
    return weights_after(model, x, y)


def weights_after(model, x, y):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=2, batch_size=40, validation_split=0.1, verbose=0).history
    return b"".join(w.tobytes() for w in model.get_weights()), history


@pytest.mark.parametrize("train", [images, sequences])
def test_training_is_the_same_for_every_number_of_threads(train, backend):
    edunet.set_num_threads(1)
    expected = train()
    for n in (2, 3, 7):
        edunet.set_num_threads(n)
        assert train() == expected, f"{n} threads"


def test_another_process_computes_the_same():
    code = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); import test_determinism as t; "
        "print(hashlib.sha256(t.images()[0]).hexdigest())"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    found = {subprocess.run(command, capture_output=True, text=True, timeout=100, check=True).stdout for _ in range(2)}
    assert len(found) == 1
    assert re.fullmatch(r"[0-9a-f]{64}\n", found.pop())


def test_another_seed_computes_something_else(monkeypatch):
    expected = sequences()
    seed = edunet.set_random_seed
    monkeypatch.setattr(edunet, "set_random_seed", lambda _: seed(4))
    assert sequences() != expected


@pytest.mark.skipif(not (PROJECT / "CITATION.cff").exists(), reason="not in a checkout")
def test_one_version_everywhere():
    stated = {
        re.search(r'^version\s*[:=]\s*"?([\w.]+)"?$', (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE)[1]
        for name in ("pyproject.toml", "CITATION.cff")
    }
    assert stated == {edunet.__version__}
