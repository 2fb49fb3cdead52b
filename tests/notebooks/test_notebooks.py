"""Every lesson: its source runs, its notebook is what the source makes, and the generator never wavers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edunet import learn
from edunet.learn.catalogue import EXERCISES, LESSONS

pytest.importorskip("jupytext", reason="the notebooks are built with jupytext: pip install jupytext")
nbformat = pytest.importorskip("nbformat", reason="the notebooks are built with nbformat: pip install nbformat")

import build_notebooks as generator
from lesson_source import BEGIN, END, kind_and_name, read_cells, stub

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tools" / "build_notebooks.py"
SOURCES = sorted((ROOT / "notebooks" / "src").glob("[0-9][0-9]_*.py"))
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if p.parent.name != ".ipynb_checkpoints")

# Some facts that a lesson must arrive at, whatever the numbers of pictures and epochs.
FACTS = {
    "00_start": [
        "26 × 26 × 32", "13 × 13 × 32", "11 × 11 × 64", "5 × 5 × 64", "3 × 3 × 64", "Flatten        576",
        "by hand, in all     93,322", "the library says    93,322", "the library says: (24, 24, 32)",
        "Epoch 5/5", "test accuracy:", "the worst first", "most often:", "def conv2d(x, w, b=None",
    ],
    "05_conv": [
        "3,692,800 parameters", "np.convolve:  [ 0. -1.  0.]", "3 as it is, -3 turned", "[10. 21.  2.]   [30. 43.  4.]",
        "as it is: loss", "found is [[0.0, -1.0, -2.0], [1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]", "def conv2d_forward(x, w",
        "dx, dw and db of ops.conv2d agree", "best possible            AUC 0.8", "6,849 parameters",
        "this network:   9 pixels", "the article's:  18 pixels", "333 parameters", "computed by these loops: 0.",
    ],
    "08_rnn": [
        "visit 42  allergy ruled out", "largest difference between the two patients: 0.0",
        "11.02 left,  7.14 new, 18.16 mg/l together", "by the walk            du = -30.4444   dw = -41.8320",
        "by turning the screw   du = -30.4444   dw = -41.8320", "limit   500: 1.000 0.990 0.980",
        "a half-life of 7.97 hours (true: 8)", "def simple_rnn(x, wx, wh, b=None", "493 parameters", "best possible",
    ],
    "10_attention": [
        "place 13  drug A7", "the answers only move along: True", "[0.894 0.053 0.053]",
        "each row of ds sums to 0: True", "dq, dk and dv of ops.attention agree", "def attention_weights(q, k",
        "bag of codes   AUC", "median gap", "6401 parameters", "B looks at its A most in", "A and B change places",
    ],
}  # fmt: skip


# Runs a lesson as a script, and afterwards asks whether its solutions have passed all of its checks.
RUN = """
import runpy, sys
results = {}
if sys.argv[2:]:
    from edunet import learn
    check = learn.check
    def note(name, *arguments, **options):
        result = check(name, *arguments, **options)
        if not (name in results and results[name].ok):  # a lesson may show what a wrong one is told
            results[name] = result
        return result
    learn.check = note
runpy.run_path(sys.argv[1], run_name="__main__")
assert set(results) == set(sys.argv[2:]), f"checked was {sorted(results)}"
failed = {name: result.message for name, result in results.items() if not result.ok}
assert not failed, failed
"""


def by_name(path):
    return path.relative_to(ROOT / "notebooks").as_posix()


@pytest.fixture
def copy(tmp_path):
    """Return a folder with a copy of the sources and the notebooks made from them."""
    (tmp_path / "src").mkdir()
    for source in SOURCES:
        (tmp_path / "src" / source.name).write_bytes(source.read_bytes())
    result = run_generator("--folder", tmp_path)
    assert result.returncode == 0, result.stderr
    return tmp_path


def exercises(source):
    """Return the names of a lesson's exercises."""
    return [name for kind, name in map(kind_and_name, read_cells(source)) if kind == "exercise"]


def lines(text):
    """Return the lines of the cells of a notebook."""
    return {line.strip() for cell in nbformat.reads(text, as_version=4).cells for line in cell.source.splitlines()}


def run_generator(*arguments):
    command = [sys.executable, str(GENERATOR), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_there_is_a_lesson():
    assert SOURCES


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_source_runs_offline_and_arrives_at_its_facts(source, tmp_path):
    environment = os.environ | {
        "EDUNET_LESSON_QUICK": "1",
        "EDUNET_BACKEND": "numpy",  # always there, and nothing to compile
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",  # a few small products: threads would only wait for each other
        "PYTHONIOENCODING": "utf-8",
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, str(source), *exercises(source)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=100,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    for fact in FACTS.get(source.stem, []):
        assert fact in result.stdout
    assert list(tmp_path.iterdir()) == [], "a lesson leaves no files behind"


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_title_cell_says_number_title_and_minutes(source):
    text = read_cells(source)[0].source
    assert re.match(rf"# Lesson {source.stem[:2]} · \S", text)
    assert re.search(r"\d+ minutes", text), "`edunet notebooks --list` shows them"


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_practice_notebook_tells_no_solution(source):
    solved = [cell.source for cell in read_cells(source) if kind_and_name(cell)[0] == "exercise"]
    told = lines(generator.build(source, "practice"))
    for text in solved:
        for part in text.split(BEGIN)[1:]:
            for line in map(str.strip, part.split(END)[0].splitlines()):
                trivial = len(line) <= 8 or line.startswith("#") or line in ("return None", "continue", "return True")
                assert trivial or line not in told, f"the practice notebook holds {line!r} of a solution"


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_practice_notebook_tells_no_expected_number(source):
    told = generator.build(source, "practice")
    of_lesson = [exercise for exercise in EXERCISES.values() if exercise.lesson == source.stem[:2]]
    numbers = [np.concatenate([np.ravel(part) for part in _parts(r)]) for e in of_lesson for _, r in e.known]
    for number in np.concatenate([np.zeros(0), *numbers]):
        digits = f"{abs(number):.4f}"
        if len(digits.replace(".", "").strip("0")) >= 4:  # 0.5 or 12 may stand anywhere
            assert digits[:-1] not in told, f"the practice notebook holds {digits}"


def _parts(result):
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_lesson_asks_for_the_exercises_of_its_catalogue_in_their_order(source):
    asked = [kind_and_name(cell)[1] for cell in read_cells(source) if kind_and_name(cell)[0] == "exercise"]
    assert asked == [name for name, exercise in EXERCISES.items() if exercise.lesson == source.stem[:2]]
    assert not asked or LESSONS[source.stem[:2]] == source.stem


WRITTEN = [(s, kind_and_name(c)[1]) for s in SOURCES for c in read_cells(s) if kind_and_name(c)[0] == "exercise"]


@pytest.mark.parametrize(("source", "name"), WRITTEN, ids=[f"{source.stem}-{name}" for source, name in WRITTEN])
def test_every_stub_fails_and_every_solution_passes(source, name):
    cells = {kind_and_name(cell)[1]: cell.source for cell in read_cells(source) if kind_and_name(cell)[0] == "exercise"}
    space = {"np": np}
    for text in cells.values():  # a solution may use those above it
        exec(text, space)
    assert learn.check(name, space[name]).ok
    exec(stub(cells[name], name), space)
    assert learn.check(name, space[name]).message.startswith("not written yet")


LEARN = """
from types import SimpleNamespace
def check(name, f):
    return SimpleNamespace(ok=f(1) == 2, message="not the double")
"""


@pytest.mark.parametrize(
    ("lesson", "fault"),
    [
        ("learn.check('twice', lambda x: 2 * x)", ""),
        ("learn.check('twice', lambda x: 3 * x)", "{'twice': 'not the double'}"),
        ("pass", "checked was []"),
    ],
    ids=["right", "wrong", "not checked"],
)
def test_a_solution_that_fails_its_check_is_seen(lesson, fault, tmp_path):
    (tmp_path / "edunet").mkdir()
    (tmp_path / "edunet" / "__init__.py").write_text("")
    (tmp_path / "edunet" / "learn.py").write_text(LEARN)
    (tmp_path / "lesson.py").write_text(f"from edunet import learn\n{lesson}\n")
    command = [sys.executable, "-c", RUN, "lesson.py", "twice"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (result.returncode == 0) == (not fault)
    assert fault in result.stderr


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_source_has_no_magics_and_names_the_right_distribution(source):
    text = source.read_text(encoding="utf-8")
    assert not re.search(r"^\s*#?\s*[%!](?!%)\w", text, re.MULTILINE)
    assert not re.search(r"pip install\s+(-\S+\s+)*[\"']?edunet(?!-med)", text)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=by_name)
def test_notebook_is_valid_and_holds_no_outputs(notebook):
    read = nbformat.read(notebook, as_version=4)
    nbformat.validate(read)
    assert read.metadata.kernelspec.name == "python3"
    assert read.cells[0].cell_type == "markdown"
    assert notebook.read_bytes().endswith(b"}\n")
    ids = [cell.id for cell in read.cells]
    assert len(set(ids)) == len(ids)
    for cell in read.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=by_name)
def test_install_cell_follows_the_title(notebook):
    install = nbformat.read(notebook, as_version=4).cells[1]
    assert install.metadata.tags == ["install"]
    assert "%pip install -q edunet-med" in install.source


def test_committed_notebooks_are_what_the_sources_make(copy):
    for notebook in NOTEBOOKS:
        assert notebook.read_bytes() == (copy / by_name(notebook)).read_bytes()
    result = run_generator("--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_two_builds_give_the_same_bytes():
    for source in SOURCES:
        assert generator.build(source).encode() == generator.build(source).encode()


def test_second_run_writes_nothing(copy):
    result = run_generator("--folder", copy)
    assert (result.returncode, result.stdout) == (0, "")


def test_new_cell_leaves_the_ids_of_the_others_alone(copy):
    source = copy / "src" / SOURCES[0].name
    before = [cell.id for cell in nbformat.reads(generator.build(source), as_version=4).cells]
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("# %%\n", "# %%\nprint('new')\n\n# %%\n", 1), encoding="utf-8")
    after = [cell.id for cell in nbformat.reads(generator.build(source), as_version=4).cells]
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


def test_equal_cells_get_different_ids(tmp_path):
    source = tmp_path / "99_twice.py"
    source.write_text("# %% [markdown]\n# # Title\n\n# %%\n1 + 1\n\n# %%\n1 + 1\n", encoding="utf-8")
    ids = [cell.id for cell in nbformat.reads(generator.build(source), as_version=4).cells]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("fault", ["edited", "executed", "removed", "stranger"])
def test_check_reports_what_is_not_made_from_a_source(copy, fault):
    notebook = copy / by_name(NOTEBOOKS[0])
    if fault == "edited":
        notebook.write_text(notebook.read_text(encoding="utf-8").replace("epochs=5", "epochs=6"), encoding="utf-8")
    elif fault == "executed":
        read = nbformat.read(notebook, as_version=4)
        read.cells[1].execution_count = 1
        nbformat.write(read, notebook)
    elif fault == "removed":
        notebook.unlink()
    else:
        notebook = notebook.rename(copy / "98_stranger.ipynb")
        run_generator("--folder", copy)
    result = run_generator("--check", "--folder", copy)
    assert result.returncode == 1
    assert f"edit notebooks/src/{notebook.stem}.py, then run python tools/build_notebooks.py" in result.stderr
    if fault == "removed":
        assert not notebook.exists(), "--check writes nothing"
