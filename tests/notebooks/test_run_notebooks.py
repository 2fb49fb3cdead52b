"""The command that runs all notebooks fails when one of them does, and says where."""

import os
from types import SimpleNamespace

import pytest

pytest.importorskip("ipykernel", reason="notebooks are run by ipykernel: make test-notebooks")
pytest.importorskip("nbclient", reason="notebooks are run with nbclient: make test-notebooks")
nbformat = pytest.importorskip("nbformat", reason="notebooks are run with nbclient: make test-notebooks")

import run_notebooks


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that writes notebooks, given as lists of cells, and runs the command on them."""

    def run(*arguments, **notebooks):
        write(tmp_path, notebooks)
        code = run_notebooks.main(["--folder", str(tmp_path), *arguments])
        told = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=told.out, stderr=told.err)

    return run


def write(folder, notebooks):
    for name, cells in notebooks.items():  # a__b is b in the folder a
        path = folder / f"{name.replace('__', '/')}.ipynb"
        path.parent.mkdir(exist_ok=True)
        title = nbformat.v4.new_markdown_cell("# Title")
        nbformat.write(nbformat.v4.new_notebook(cells=[title, *map(nbformat.v4.new_code_cell, cells)]), path)


def test_notebooks_that_run_pass_and_leave_no_trace(run, tmp_path):
    quick = ["import os, warnings", "assert os.environ['EDUNET_LESSON_QUICK'] == '1'", "warnings.warn('mind the gap')"]
    before = os.environ.get("EDUNET_LESSON_QUICK")
    result = run(good=quick, practice__good=["1 + 1"])
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(line.split()[-1] for line in result.stdout.splitlines()) == ["good.ipynb", "practice/good.ipynb"]
    assert '"outputs": []' in (tmp_path / "good.ipynb").read_text()
    assert os.environ.get("EDUNET_LESSON_QUICK") == before


def test_an_error_names_notebook_and_cell_and_the_others_still_run(run):
    result = run(bad=["x = 0", "print('so far')\n1 / x", "never = 1"], practice__good=["1 + 1"])
    assert result.returncode == 1
    assert "bad.ipynb, cell 3: ZeroDivisionError: division by zero" in result.stderr
    assert "1 / x" in result.stderr
    assert "\x1b" not in result.stderr
    assert "practice/good.ipynb\n" in result.stdout


@pytest.mark.parametrize(
    ("cell", "message"),
    [("while True: pass", "cell 2: not done after 2 s"), ("import os; os._exit(1)", "cell 2: the kernel died")],
    ids=["endless", "dies"],
)
def test_a_notebook_that_never_ends_and_one_whose_kernel_dies(cell, message, run):
    result = run("--limit", "2", bad=[cell])
    assert result.returncode == 1
    assert f"bad.ipynb, {message}" in result.stderr


def test_no_notebook_is_no_success(run):
    assert run("09", good=["1 + 1"]).returncode == 2
