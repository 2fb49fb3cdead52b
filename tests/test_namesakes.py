"""Others called edunet are recognised, and it is said what to type."""

import subprocess
import sys
import types
from pathlib import Path

import pytest

import edunet
from edunet import cli
from edunet.namesakes import namesakes, overwritten

ROOT = Path(edunet.__file__).parent


@pytest.fixture
def stranger(tmp_path):
    """Install a distribution that has a package called edunet, too, beside everything else."""
    site = tmp_path / "site"
    (site / "edunet").mkdir(parents=True)
    (site / "edunet" / "__init__.py").write_text("grades = []\n")
    info = site / "EduNet_School-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: EduNet_School\nVersion: 2.0\n")
    (info / "top_level.txt").write_text("edunet\n")
    return site


def test_usually_there_is_none(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT.parent)])
    assert namesakes() == []


def test_another_distribution_is_named(stranger, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT.parent), str(stranger)])
    first, second = namesakes()
    assert "EduNet_School has a package called edunet, too" in first
    assert "pip uninstall -y EduNet_School edunet-med" in first
    assert str(stranger / "edunet" / "__init__.py") in second


@pytest.mark.parametrize("name", ["edunet.py", "edunet/__init__.py"])
def test_a_file_of_the_learner_is_named(name, monkeypatch, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    (told,) = [other for other in namesakes() if str(tmp_path.resolve() / name) in other]
    assert "Rename it" in told
    assert told in edunet.info()


def test_a_package_in_our_place_is_explained(monkeypatch, capsys):
    assert overwritten(edunet) is None
    monkeypatch.setattr(cli, "edunet", types.SimpleNamespace(__file__="somewhere/edunet/__init__.py"))
    assert cli.main(["info"]) == 2
    assert "somewhere/edunet/__init__.py is not of edunet-med" in capsys.readouterr().err
    assert "__init__.py is gone" in overwritten(types.SimpleNamespace(__file__=None))


def test_the_command_survives_an_init_that_was_overwritten(tmp_path):
    """What is left after another edunet was installed over this one: its __init__.py, our modules."""
    package = tmp_path / "edunet"
    package.mkdir()
    (package / "__init__.py").write_text("grades = []\n")
    for name in ("cli", "names", "namesakes", "__main__"):
        (package / f"{name}.py").write_text((ROOT / f"{name}.py").read_text(encoding="utf-8"), encoding="utf-8")
    told = subprocess.run([sys.executable, "-m", "edunet", "info"], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 2
    assert "another package called edunet has taken its place. Type: pip uninstall -y" in told.stderr
