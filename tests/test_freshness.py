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


# ---------------------------------------------------------------- what `edunet info` says of binaries


def tile(package, end=EXTENSION_SUFFIXES[0], kind="portable"):
    path = package / "kernels" / f"tile{end}"
    path.write_bytes(b"code\0edunet_sources_0123456789abcdef_" + kind.encode() + b"\0code")
    return path


def test_binaries_are_named_with_whom_they_were_made_for(package):
    there = tile(package)
    assert freshness.binaries(package) == f"{package / 'kernels' / '*'}{EXTENSION_SUFFIXES[0]}, for this Python only"
    there.unlink()
    if ".abi3.so" in EXTENSION_SUFFIXES:
        tile(package, ".abi3.so")
        assert freshness.binaries(package).endswith("for every Python from 3.11 on (stable ABI)")


@pytest.mark.parametrize(
    ("kind", "told"), [("native", "built for this machine only"), ("checked", "built for tests: checked")]
)
def test_a_binary_that_must_not_travel_says_so(package, kind, told):
    tile(package, kind=kind)
    assert freshness.binaries(package).endswith(told)


def test_no_binaries_or_none_that_fit(package):
    assert freshness.binaries(package).endswith("nothing was compiled")
    tile(package, ".cpython-27-x86_64-linux-gnu.so")
    assert freshness.binaries(package) == "none for this Python, only tile.cpython-27-x86_64-linux-gnu.so"


def test_an_edit_that_kept_an_old_date_is_found_by_the_report(package):
    tile(package)
    source = package / "kernels" / "conv_cython.pyx"
    before = source.stat().st_mtime
    source.write_text("def f(): return 2\n", encoding="utf-8")
    os.utime(source, (before, before))
    assert freshness.stale(package) == []
    assert freshness.binaries(package).endswith("older than conv_cython.pyx")


SETUP = Path(__file__).parents[1] / "setup.py"


@pytest.mark.skipif(not SETUP.exists() or not list(PACKAGE.rglob("*.pyx")), reason="not in a checkout")
@pytest.mark.parametrize(
    ("switches", "told"),
    [
        ({"EDUNET_PURE": "1", "EDUNET_REQUIRE_NATIVE": "1"}, "unset one of them"),
        ({"EDUNET_REQUIRE_NATIVE": "yes"}, "EDUNET_REQUIRE_NATIVE is 1 or 0. Received: 'yes'"),
        ({"EDUNET_BUILD": "cheked"}, "EDUNET_BUILD is one of checked, addresses, races, traced. Received: 'cheked'"),
    ],
)
def test_switches_that_cannot_be_meant_are_refused(switches, told):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EDUNET_")} | switches
    command = [sys.executable, "setup.py", "--version"]
    result = subprocess.run(command, cwd=SETUP.parent, env=environment, capture_output=True, text=True, timeout=100)
    assert result.returncode != 0
    assert told in result.stderr
