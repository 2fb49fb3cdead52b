"""The check of what is shipped sees what must not be there, and what is missing."""

import importlib.util
import tarfile
import zipfile
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[1] / "tools" / "check_artefacts.py"
pytestmark = pytest.mark.skipif(not CHECK.exists(), reason="not in a checkout")
ABI3, PURE, SDIST = (
    "edunet_med-0.1.0-cp311-abi3-linux_x86_64.whl",
    "edunet_med-0.1.0-py3-none-any.whl",
    "edunet_med-0.1.0.tar.gz",
)
TYPED = ["edunet/py.typed", "edunet/bell.pyi", "edunet/kernels/conv_cython.pyi"]
LESSONS = ["00_start.ipynb", "01_dense.ipynb", "practice/01_dense.ipynb", "solutions/01_dense.ipynb", "README.md"]
PACKED = [f"edunet/_notebooks/{lesson}" for lesson in LESSONS]
BUILT = {
    ABI3: [
        *TYPED,
        *PACKED,
        "edunet/__init__.py",
        "edunet/bell.abi3.so",
        "edunet/kernels/conv_cython.abi3.so",
        "edunet_med-0.1.0.dist-info/RECORD",
    ],
    PURE: [*TYPED, *PACKED, "edunet/__init__.py", "edunet_med-0.1.0.dist-info/RECORD"],
    SDIST: [
        *TYPED,
        *[f"notebooks/{lesson}" for lesson in LESSONS],
        "notebooks/src/01_dense.py",
        "setup.py",
        "pyproject.toml",
        "LICENSE",
        "edunet/bell.pyx",
        "edunet/kernels/tile.pxd",
        "edunet/kernels/tile.h",
    ],
}


def load():
    spec = importlib.util.spec_from_file_location("check_artefacts", CHECK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def check(monkeypatch):
    module = load()
    monkeypatch.setattr(module, "lessons", lambda: set(LESSONS))
    return module


def build(folder, contents):
    for name, files in contents.items():
        if name.endswith(".whl"):
            with zipfile.ZipFile(folder / name, "w") as wheel:
                for file in files:
                    wheel.writestr(file, "")
        else:
            (folder / "empty").write_text("")
            with tarfile.open(folder / name, "w:gz") as sdist:
                for file in files:
                    sdist.add(folder / "empty", f"edunet_med-0.1.0/{file}")


def test_what_is_right_passes(check, tmp_path, capsys):
    build(tmp_path, BUILT)
    assert check.main(str(tmp_path)) == 0
    assert "all as it should be" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("artefact", "change", "message"),
    [
        (ABI3, lambda files: [*files, "edunet/kernels/tile.c"], "holds generated C"),
        (ABI3, lambda files: [*files, "edunet/kernels/tile.pyx"], "holds a source"),
        (
            ABI3,
            lambda files: [*files, "edunet/kernels/tile.cpython-311-x86_64-linux-gnu.so"],
            "promises the stable ABI",
        ),
        (ABI3, lambda files: [f for f in files if not f.endswith(".so")], "is native, but holds no binary"),
        (ABI3, lambda files: [*files, "tests/test_cli.py"], "is not of the package"),
        (ABI3, lambda files: [*files, "edunet/kernels/__pycache__/x.nbi"], "what Python or Numba made"),
        (ABI3, lambda files: [f for f in files if f != "edunet/bell.pyi"], "has no stub for bell"),
        (ABI3, lambda files: [*files, "edunet/kernels/norm_cython.pyi"], "has no binary of norm_cython"),
        (ABI3, lambda files: [*files, "edunet/bell.cp311-win_amd64.pyd"], "promises the stable ABI"),
        (ABI3, lambda files: [f for f in files if f != "edunet/py.typed"], "lacks edunet/py.typed"),
        (PURE, lambda files: [f for f in files if f not in TYPED], "lacks edunet/kernels/conv_cython.pyi"),
        (PURE, lambda files: [*files, "edunet/bell.abi3.so"], "is pure, but holds"),
        (
            PURE,
            lambda files: [f for f in files if "practice" not in f],
            "lacks the lesson edunet/_notebooks/practice/01_d",
        ),
        (ABI3, lambda files: [f for f in files if "README" not in f], "lacks the lesson edunet/_notebooks/README.md"),
        (PURE, lambda files: [*files, "edunet/_notebooks/src/01_dense.py"], "holds no lesson of today"),
        (SDIST, lambda files: [f for f in files if "00_start" not in f], "lacks the lesson notebooks/00_start.ipynb"),
        (SDIST, lambda files: [f for f in files if f != "edunet/bell.pyx"], "lacks edunet/bell.pyx"),
        (SDIST, lambda files: [f for f in files if not f.endswith(".h")], "lacks the sources of kernels: .h"),
        (SDIST, lambda files: [*files, "edunet/bell.abi3.so"], "holds a binary"),
    ],
)
def test_a_fault_is_seen(check, artefact, change, message, tmp_path, capsys):
    build(tmp_path, {**BUILT, artefact: change(BUILT[artefact])})
    assert check.main(str(tmp_path)) == 1
    out = capsys.readouterr().out.splitlines()
    assert [line for line in out if message in line and artefact in line]


def test_a_wheel_that_is_too_large_and_one_that_is_missing(check, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(check, "MOST", 10)
    build(tmp_path, {PURE: BUILT[PURE], SDIST: BUILT[SDIST]})
    assert check.main(str(tmp_path)) == 1
    out = capsys.readouterr().out
    assert "MB large, more than" in out
    assert "there is no artefact of the kind: stable ABI" in out


def test_wheels_of_one_platform_may_stand_alone(check, tmp_path, capsys):
    build(tmp_path, {ABI3: BUILT[ABI3]})
    assert check.main(str(tmp_path), "--wheels") == 0
    assert check.main(str(tmp_path)) == 1
    (tmp_path / ABI3).unlink()
    assert check.main(str(tmp_path), "--wheels") == 1


def test_the_lessons_are_those_of_the_checkout():
    found = load().lessons()
    assert "00_start.ipynb" in found
    assert not [lesson for lesson in found if lesson.endswith(".py")]
