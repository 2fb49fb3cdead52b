"""The published contract: same machine, versions, seed and backend, same training, for every number of threads."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import edunet
from edunet import threads
from edunet.verify import images, sequences

PROJECT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _number_comes_back(monkeypatch):
    monkeypatch.setattr(threads, "_threads", None)
    monkeypatch.setattr(threads, "_asked", False)


@pytest.mark.parametrize("train", [images, sequences])
def test_training_is_the_same_for_every_number_of_threads(train, backend):
    edunet.set_num_threads(1)
    expected = train()
    for n in (2, 3, 7):
        edunet.set_num_threads(n)
        assert train() == expected, f"{n} threads"


def test_another_process_computes_the_same():
    code = "import hashlib; from edunet.verify import images; print(hashlib.sha256(images()[0]).hexdigest())"
    command = [sys.executable, "-c", code]
    found = {subprocess.run(command, capture_output=True, text=True, timeout=100, check=True).stdout for _ in range(2)}
    assert len(found) == 1
    assert re.fullmatch(r"[0-9a-f]{64}\n", found.pop())


def test_another_seed_computes_something_else():
    assert sequences(seed=4)[0] != sequences()[0]


@pytest.mark.skipif(not (PROJECT / "CITATION.cff").exists(), reason="not in a checkout")
def test_one_version_everywhere():
    stated = {
        re.search(r'^version\s*[:=]\s*"?([\w.]+)"?$', (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE)[1]
        for name in ("pyproject.toml", "CITATION.cff")
    }
    assert stated == {edunet.__version__}
