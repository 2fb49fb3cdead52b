"""Binaries that are older than their sources are recognised, and nothing else is."""

import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import edunet
from edunet import freshness

PACKAGE = Path(edunet.__file__).parent


@pytest.fixture
def package(tmp_path):
    """A package of one extension, which was compiled a minute after its sources were written."""
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    source, header = kernels / "conv_cython.pyx", kernels / "tile.h"
    source.write_text("def f(): return 1\n", encoding="utf-8")
    header.write_text("#define ROWS 6\n", encoding="utf-8")
    binary = source.with_suffix(EXTENSION_SUFFIXES[0])
    binary.write_bytes(b"code" + freshness.mark(source, tmp_path).encode() + b"code")
    for path, age in ((source, 100), (header, 100), (binary, 40)):
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
    return tmp_path


def test_what_was_compiled_last_is_fresh(package):
    assert freshness.stale(package) == []


@pytest.mark.parametrize("name", ["conv_cython.pyx", "tile.h"])
def test_a_change_is_seen_in_the_source_and_in_what_it_shares(package, name):
    path = package / "kernels" / name
    path.write_text(path.read_text(encoding="utf-8") + "// changed\n", encoding="utf-8")
    assert [p.name for p in freshness.stale(package)] == ["conv_cython.pyx"]
    with pytest.warns(RuntimeWarning, match=r"conv_cython\.pyx.*pip install -e \."):
        freshness.warn_of_stale(package)


def test_the_same_text_written_again_is_no_change(package):
    path = package / "kernels" / "conv_cython.pyx"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # as git writes it on Windows
    assert freshness.stale(package) == []


def test_no_binary_and_no_source_is_not_stale(package):
    next((package / "kernels").glob(f"*{EXTENSION_SUFFIXES[0]}")).unlink()
    assert freshness.stale(package) == []
    (package / "kernels" / "conv_cython.pyx").unlink()
    assert freshness.stale(package) == []


@pytest.mark.skipif(not list(PACKAGE.rglob("*.pyx")), reason="an installed package has no sources to compare")
def test_every_extension_of_this_checkout_bears_the_mark_of_its_sources():
    for source in PACKAGE.rglob("*.pyx"):
        for binary in (source.with_suffix(end) for end in EXTENSION_SUFFIXES):
            assert not binary.exists() or freshness.mark(source).encode() in binary.read_bytes(), binary.name


@pytest.mark.skipif(edunet.available_backends()["cython"] != "ready", reason="nothing was compiled here")
@pytest.mark.skipif(not list(PACKAGE.rglob("*.pyx")), reason="an installed package has no sources to compare")
def test_the_import_says_so(tmp_path):
    copy = tmp_path / "edunet"
    for path in PACKAGE.rglob("*"):
        if path.suffix in (".py", ".pyx", ".pxd", ".h", ".so", ".pyd"):
            (copy / path.relative_to(PACKAGE)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(PACKAGE)).write_bytes(path.read_bytes())

    def said():
        return subprocess.run(
            [sys.executable, "-c", "import edunet; print(edunet.__file__)"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    assert said().stderr == ""
    with open(copy / "kernels" / "pool_cython.pyx", "a", encoding="utf-8") as source:
        source.write("# edited\n")
    result = said()
    assert Path(result.stdout.strip()).parent == copy
    assert "RuntimeWarning: changed since they were compiled: pool_cython.pyx" in result.stderr
