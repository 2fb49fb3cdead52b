"""The versions of a lesson, made from a small one that holds every tag; and what is refused in a source."""

import subprocess
import sys
import types

import pytest

from edunet.learn.catalogue import EXERCISES

pytest.importorskip("jupytext", reason="the notebooks are built with jupytext: pip install jupytext")
nbformat = pytest.importorskip("nbformat", reason="the notebooks are built with nbformat: pip install nbformat")

import build_notebooks as generator
from lesson_source import filled, stub

LESSON = '''\
# %% [markdown]
# # Lesson 99 · Twice: a lesson for tests
#
# About 5 minutes.

# %%
from edunet import learn

shared = "told to all"

# %% tags=["story-only"]
shown = "worked out"

# %% [markdown] tags=["ask"]
# Now it is your turn.

# %% [markdown] tags=["ask:twice"]
# Write `twice`.

# %% tags=["exercise:twice"]
def twice(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    doubled = x + x
    return doubled
    ### END SOLUTION


# %% tags=["check:twice"]
learn.check("twice", twice)

# %% tags=["uses:twice"]
good_twice = learn.use("twice", twice)
print("four times one is", good_twice(good_twice(1)))

# %% [markdown] tags=["ask:Pair"]
# Write `Pair`.

# %% tags=["exercise:Pair"]
class Pair:
    def __init__(self, a, b):
        ### BEGIN SOLUTION
        self.a, self.b = a, b
        ### END SOLUTION

    def total(self):
        if self.a is None:
            ### BEGIN SOLUTION
            return self.b
            ### END SOLUTION
        return self.a


# %% tags=["check:Pair"]
learn.check("Pair", Pair)
'''
EXERCISE = '# %% tags=["exercise:twice"]'
CHECK = '# %% tags=["check:twice"]\nlearn.check("twice", twice)\n'
MARKED = "    ### BEGIN SOLUTION\n    doubled = x + x\n    return doubled\n    ### END SOLUTION\n"


@pytest.fixture
def lesson(tmp_path):
    """Return the source of the lesson, in a folder src."""
    source = tmp_path / "src" / "99_twice.py"
    source.parent.mkdir()
    source.write_text(LESSON, encoding="utf-8")
    return source


@pytest.fixture
def library(monkeypatch):
    """Let the catalogue know one of the two exercises."""
    monkeypatch.setitem(EXERCISES, "twice", types.SimpleNamespace(name="twice", points=3))


def cells(source, version):
    """Return {tag: cell} of one version; cells without a tag by their text."""
    read = nbformat.reads(generator.build(source, version), as_version=4).cells
    return {(cell.metadata.get("tags") or [cell.source])[0]: cell for cell in read}


def test_each_version_holds_its_kinds_of_cells(lesson):
    to_do = [
        "ask",
        "ask:twice",
        "exercise:twice",
        "check:twice",
        "uses:twice",
        "ask:Pair",
        "exercise:Pair",
        "check:Pair",
    ]
    tagged = {version: [tag for tag in cells(lesson, version) if len(tag) < 20] for version in generator.VERSIONS}
    assert tagged == {
        "learn": ["install", "story-only"],
        "practice": ["install", *to_do],
        "solutions": ["install", *to_do],
        "nbgrader": ["install", *to_do],
    }
    for version in generator.VERSIONS:
        assert "told to all" in generator.build(lesson, version)


@pytest.mark.parametrize(
    ("version", "title"),
    [
        ("learn", "# Lesson 99 · Twice: a lesson for tests"),
        ("practice", "# Lesson 99 · Twice: a lesson for tests (practice)"),
        ("solutions", "# Lesson 99 · Twice: a lesson for tests (solutions)"),
    ],
)
def test_the_title_says_which_version_it_is(lesson, version, title):
    first = nbformat.reads(generator.build(lesson, version), as_version=4).cells[0].source
    assert first == f"{title}\n\nAbout 5 minutes."


def test_a_stub_keeps_what_is_given_and_raises_where_the_solution_was(lesson):
    assert cells(lesson, "practice")["exercise:twice"].source == (
        'def twice(x):\n    """Return 2 x."""\n    # your code here\n    raise NotImplementedError("twice")'
    )


def test_stubs_raise_with_the_name_of_their_exercise(lesson):
    space = {}
    for tag in ("exercise:twice", "exercise:Pair"):
        exec(cells(lesson, "practice")[tag].source, space)
    with pytest.raises(NotImplementedError, match="^twice$"):
        space["twice"](1)
    with pytest.raises(NotImplementedError, match="^Pair$"):
        space["Pair"](1, 2)


def test_an_exercise_may_hold_several_regions_each_with_its_own_indentation(lesson):
    text = cells(lesson, "practice")["exercise:Pair"].source
    assert text.count('\n        raise NotImplementedError("Pair")') == 1
    assert text.count('\n            raise NotImplementedError("Pair")') == 1
    assert text.endswith("        return self.a")


def test_solutions_are_filled_and_without_markers(lesson):
    text = cells(lesson, "solutions")["exercise:twice"].source
    assert text == 'def twice(x):\n    """Return 2 x."""\n    doubled = x + x\n    return doubled'
    assert "SOLUTION" not in generator.build(lesson, "solutions").replace("(solutions)", "")


@pytest.mark.parametrize("version", ["learn", "practice"])
def test_no_solution_in_what_is_opened_first(lesson, version):
    text = generator.build(lesson, version)
    for line in ("doubled = x + x", "return doubled", "self.a, self.b = a, b", "return self.b", "BEGIN", "END"):
        assert line not in text


def test_an_edited_solution_leaves_the_practice_notebook_alone(lesson):
    before = generator.build(lesson, "practice")
    lesson.write_text(LESSON.replace("doubled = x + x", "doubled = 2 * x"), encoding="utf-8")
    assert generator.build(lesson, "practice") == before


@pytest.mark.parametrize("version", ["learn", "practice", "solutions"])
def test_ids_are_stable_and_differ_within_a_notebook(lesson, version):
    ids = [cell.id for cell in cells(lesson, version).values()]
    assert ids == [cell.id for cell in cells(lesson, version).values()]
    assert len(set(ids)) == len(ids)


def test_nbgrader_takes_out_solutions_and_grades_locked_checks(lesson, library):
    found = cells(lesson, "nbgrader")
    assert MARKED in found["exercise:twice"].source + "\n"
    assert found["exercise:twice"].metadata.nbgrader == {
        "schema_version": 3, "grade_id": "exercise-twice",
        "solution": True, "grade": False, "locked": False, "task": False,
    }  # fmt: skip
    assert found["check:twice"].source == 'r = learn.check("twice", twice)\nassert r.ok, r.message'
    assert found["check:twice"].metadata.nbgrader == {
        "schema_version": 3, "grade_id": "check-twice", "points": 3,
        "solution": False, "grade": True, "locked": True, "task": False,
    }  # fmt: skip
    assert found["check:Pair"].metadata.nbgrader.points == 1, "unless the library says otherwise"


def test_files_of_all_versions(lesson, library, tmp_path, capsys):
    (tmp_path / "src" / "98_story.py").write_text("# %% [markdown]\n# # Lesson 98 · Nothing to do\n")
    assert generator.main(["--folder", str(tmp_path)]) == 0
    assert generator.main(["--folder", str(tmp_path), "--nbgrader", str(tmp_path / "course")]) == 0
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.ipynb")) == [
        "98_story.ipynb",
        "99_twice.ipynb",
        "course/source/99_twice/99_twice.ipynb",
        "practice/99_twice.ipynb",
        "solutions/99_twice.ipynb",
    ]
    assert generator.main(["--folder", str(tmp_path), "--check"]) == 0
    capsys.readouterr()
    (tmp_path / "practice" / "99_twice.ipynb").unlink()
    (tmp_path / "solutions" / "98_story.ipynb").write_text("{}")
    assert generator.main(["--folder", str(tmp_path), "--check"]) == 1
    error = capsys.readouterr().err
    assert "practice/99_twice.ipynb is missing" in error
    assert "solutions/98_story.ipynb has no source" in error


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (EXERCISE, '# %% tags=["exercize:twice"]', "unknown tag 'exercize:twice'; expected one of story-only, ask,"),
        (EXERCISE, f"{EXERCISE} [markdown]", 'a cell begins with `# %% [markdown] tags=["..."]`, in this order'),
        (EXERCISE, '# %% tags=["exercise"]', "the tag 'exercise' needs the name of an exercise: exercise:NAME"),
        (EXERCISE, '# %% tags=["ask", "exercise:twice"]', "a cell has one tag at most. Received: ask, exercise:twice"),
        (EXERCISE, '# %% [markdown] tags=["exercise:twice"]', "exercise:twice is a cell of code, not of text"),
        (MARKED, "    return x + x\n", "exercise:twice has no ### BEGIN SOLUTION ... ### END SOLUTION"),
        ("    return doubled\n    ### END SOLUTION\n", "", "exercise:twice: each ### BEGIN SOLUTION needs one"),
        (MARKED, MARKED.replace("BEGIN", "END"), "exercise:twice: each ### BEGIN SOLUTION needs one"),
        (MARKED, "    pass\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION\n", "put the markers inside a function"),
        (MARKED, f"    if x:\n{MARKED}", "exercise:twice is no Python without its solution (expected an indented"),
        ("def twice", "def doubled", "exercise:twice must define twice, a function or class, outside the markers"),
        (CHECK, "", "exercise:twice has no cell check:twice below it"),
        (CHECK, CHECK + "\n" + CHECK, "check:twice stands there twice"),
        (EXERCISE, EXERCISE.replace("twice", "Pair"), "check:twice has no cell exercise:twice above it"),
        ('"exercise:Pair"', '"exercise:twice"', "exercise:twice stands there twice"),
        ('"ask:twice"', '"ask:thrice"', "ask:thrice belongs to no cell exercise:thrice"),
        ('check("twice", twice)', 'check("twice", Pair)', 'check:twice must call learn.check("twice", twice)'),
        ('use("twice", twice)', 'use("twice", None)', 'uses:twice must call learn.use("twice", twice)'),
        ("good_twice =", "twice =", "uses:twice gives twice a new value; write for example good_twice = learn.use"),
        ("shown = ", "### BEGIN SOLUTION\nshown = ", "the markers of a solution stand in a cell that is no exercise"),
        (
            "# %% [markdown]\n# # L",
            '# %% [markdown] tags=["ask"]\n# # L',
            "the first cell is the title of all versions",
        ),
        (
            "# %% [markdown]\n# # L",
            "# %% [markdown]\n# L",
            "the first cell must be the title, marked `# %% [markdown]`",
        ),
        ("# %% [markdown]\n# # L", "# %%\n# # L", "the first cell must be the title, marked `# %% [markdown]`"),
    ],
)
def test_a_wrong_source_is_refused_in_one_sentence(lesson, old, new, message, tmp_path, capsys):
    assert old in LESSON
    lesson.write_text(LESSON.replace(old, new, 1), encoding="utf-8")
    assert generator.main(["--folder", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("99_twice.py: ")
    assert message in error
    assert error.count("\n") == 1
    assert list(tmp_path.glob("**/*.ipynb")) == []


def test_stub_and_filled_differ_in_the_solution_only():
    text = f"def twice(x):\n{MARKED}"
    assert stub(text, "twice").splitlines()[:1] == filled(text).splitlines()[:1] == ["def twice(x):"]
    assert filled(text) == "def twice(x):\n    doubled = x + x\n    return doubled"


def test_the_command_names_the_fault_and_no_traceback(lesson, tmp_path):
    lesson.write_text(LESSON.replace(CHECK, ""), encoding="utf-8")
    command = [sys.executable, generator.__file__, "--check", "--folder", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
