"""`edunet lab`, with a program of a few lines in the place of JupyterLab."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edunet import cli, lessons

STAND_IN = """
import pathlib, sys
print("started in", pathlib.Path.cwd().name, "with", sys.argv[1:], flush=True)
"""


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")


@pytest.fixture
def start(tmp_path):
    """Return a function that starts `edunet lab ...`, where JupyterLab prints how it was started and runs `program`."""

    def start(program, *arguments, **options):
        (tmp_path / "jupyterlab").mkdir()
        (tmp_path / "jupyterlab" / "__init__.py").write_text("")
        (tmp_path / "jupyterlab" / "__main__.py").write_text(STAND_IN + program)
        path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
        return subprocess.Popen(
            [sys.executable, "-m", "edunet", "lab", *arguments],
            env=os.environ | {"PYTHONPATH": path}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    return start


@pytest.mark.parametrize(
    ("arguments", "folder", "handed_on"),
    [
        ([], "edunet-lessons", []),
        (["--no-browser"], "edunet-lessons", ["--no-browser"]),
        (["mine", "--no-browser", "--port", "8889"], "mine", ["--no-browser", "--port", "8889"]),
        (["--port", "8889"], "edunet-lessons", ["--port", "8889"]),
    ],
)
def test_lab_starts_jupyterlab_among_the_lessons(start, arguments, folder, handed_on):
    out, error = start("", *arguments).communicate(timeout=60)
    assert f"started in {folder} with {handed_on}" in out
    assert f"The lessons are in {folder}; what you have changed there is kept." in out
    assert error == ""
    assert Path(folder, "00_start.ipynb").exists()


def test_lab_hands_on_the_exit_code(start):
    process = start("sys.exit(7)")
    process.communicate(timeout=60)
    assert process.returncode == 7


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_lab_that_is_killed_says_so_as_a_shell_would(start):
    process = start("import os; os.kill(os.getpid(), 9)")
    process.communicate(timeout=60)
    assert process.returncode == 128 + 9


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_is_left_to_jupyterlab(start):
    program = "import signal\nsignal.signal(2, lambda *_: (print('asked', flush=True), sys.exit(3)))\n"
    program += "print('ready', flush=True)\nsignal.pause()"
    process = start(program, start_new_session=True)
    next(line for line in process.stdout if line == "ready\n")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the foreground hears it
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (3, "asked\n", "")


def test_lab_without_jupyterlab_says_what_to_install_and_writes_nothing(monkeypatch, capsys):
    monkeypatch.setattr(lessons, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 2
    assert capsys.readouterr().err == 'edunet: `edunet lab` needs JupyterLab: pip install "edunet-med[tutorials]"\n'
    assert list(Path().iterdir()) == []


def test_options_of_jupyterlab_are_unknown_to_other_commands(capsys):
    with pytest.raises(SystemExit):
        cli.main(["notebooks", "mine", "--port", "8889"])
    assert "unrecognized arguments: --port" in capsys.readouterr().err
