"""`import edunet`: what it loads, and what it leaves for later."""

import subprocess
import sys

import pytest

import edunet


def loaded(code) -> set[str]:
    """Return the modules that a fresh process has loaded after `code`."""
    end = "\nimport sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", code + end], capture_output=True, text=True, check=True).stdout.split()
    )


@pytest.fixture(scope="module")
def after_import():
    return loaded("import edunet")


def test_the_network_is_loaded(after_import):
    assert {"edunet.layers.dense", "edunet.models.sequential", "edunet.optimizers"} <= after_import


@pytest.mark.parametrize("room", edunet.ROOMS_BESIDE)
def test_a_room_beside_the_network_waits_until_it_is_named(after_import, room):
    assert f"edunet.{room}" not in after_import
    assert f"edunet.{room}" in loaded(f"import edunet; edunet.{room}")
    assert f"edunet.{room}" in loaded(f"from edunet import {room}")


@pytest.mark.parametrize("heavy", ["matplotlib", "numba", "sklearn", "safetensors", "tqdm", "pandas", "IPython"])
def test_nothing_heavy_is_loaded(after_import, heavy):
    assert heavy not in after_import


LATER = [
    "numpy.random",
    "html",
    "difflib",
    "secrets",
    "shutil",
    "statistics",
    "dataclasses",
    "json",
    "edunet.models.doctor",
    "edunet.models.saving",
]


@pytest.mark.parametrize("module", LATER)
def test_what_few_need_waits_for_them(after_import, module):
    """Together they take as long as the rest."""
    assert module not in after_import - loaded("import numpy")


@pytest.mark.parametrize("name", edunet.NAMES_BESIDE)
def test_a_name_beside_the_network_is_the_same_wherever_it_is_named(name):
    assert loaded(f"import edunet; assert callable(edunet.{name})")
    assert loaded(f"from edunet import {name}; import edunet; assert {name} is edunet.{name}")


def test_nothing_is_printed():
    result = subprocess.run([sys.executable, "-c", "import edunet"], capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("", "")


def test_every_public_name_is_there_and_is_listed():
    for name in edunet.__all__:
        assert getattr(edunet, name) is not None
        assert name in dir(edunet)


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="module 'edunet' has no attribute 'datasetz'"):
        edunet.datasetz  # noqa: B018
