"""Make the notebooks of each lesson from its one source, notebooks/src/NN_name.py.

    python tools/build_notebooks.py                    write every notebook
    python tools/build_notebooks.py --check            write nothing; exit 1 if a notebook differs from its source
    python tools/build_notebooks.py --nbgrader [DIR]   write DIR/source/NN_name/NN_name.ipynb (DIR is build/nbgrader)

A source is a Python script that runs from top to bottom, with cells marked by `# %%` (Jupytext's "percent" form). A tag
in the mark, `# %% tags=["exercise:neuron"]`, says in which versions of the lesson the cell stands:

    tag             learn   practice   solutions   nbgrader
    (none)          yes     yes        yes         yes        the story
    story-only      yes     -          -           -          a worked demonstration
    ask, ask:NAME   -       yes        yes         yes        an introduction, a task in words
    exercise:NAME   -       a stub     filled      marked     def NAME, with ### BEGIN SOLUTION, ### END SOLUTION
    check:NAME      -       yes        yes         graded     calls learn.check("NAME", NAME)
    uses:NAME       -       yes        yes         yes        better = learn.use("NAME", NAME), a new name

The same source always gives the same bytes: no outputs, no execution counts, cell ids made from the text of the cells.
"""

import argparse
import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
from lesson_source import STORY, TOLD, filled, kind_and_name, read_cells, stub

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


class Version(NamedTuple):
    """One version of a lesson: its folder in notebooks/, what its title says, and the kinds of cells it holds."""

    folder: str | None
    title: str
    holds: frozenset


TO_DO = frozenset({STORY, "ask", "exercise", "check", "uses"})
VERSIONS = {
    "learn": Version(".", "", frozenset({STORY, TOLD})),
    "practice": Version("practice", " (practice)", TO_DO),
    "solutions": Version("solutions", " (solutions)", TO_DO),
    "nbgrader": Version(None, " (practice)", TO_DO),  # not committed
}

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# The library is distributed as edunet-med: plain "edunet" is a stranger's package that uses the same import name.
INSTALL = """\
# On a computer that has edunet, this cell does nothing. In an online notebook (Colab) it installs the library.
try:
    import edunet
except ImportError:
    %pip install -q edunet-med"""


def graded(name: str) -> str:
    """Return the check cell of an exercise for nbgrader, where a cell that raises gets no points."""
    return f'r = learn.check("{name}", {name})\nassert r.ok, r.message'


def points(name: str) -> int:
    """Return what an exercise is worth: what the library says, and 1 if it does not say anything."""
    from edunet.learn.catalogue import EXERCISES

    return EXERCISES[name].points if name in EXERCISES else 1


def _text(cell, version: str) -> str:
    kind, name = kind_and_name(cell)
    if kind == "exercise" and version != "nbgrader":  # which takes out the solutions itself
        return stub(cell.source, name) if version == "practice" else filled(cell.source)
    return graded(name) if (kind, version) == ("check", "nbgrader") else cell.source


def _metadata(cell, version: str) -> dict:
    kind, name = kind_and_name(cell)
    metadata = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
    if version == "nbgrader" and kind in ("exercise", "check"):
        mine = {"schema_version": 3, "task": False, "solution": kind == "exercise", "grade": kind == "check"}
        worth = {"points": points(name)} if kind == "check" else {}
        metadata["nbgrader"] = mine | worth | {"grade_id": f"{kind}-{name}", "locked": kind == "check"}
    return metadata


def build(source: Path, version: str = "learn") -> str:
    """Return the text of the .ipynb file of one version of a lesson."""
    cells = [cell for cell in read_cells(source) if kind_and_name(cell)[0] in VERSIONS[version].holds]
    title, *rest = cells[0].source.splitlines()
    cells[0].source = "\n".join([title + VERSIONS[version].title, *rest])
    for cell in cells:
        # the text first: it depends on the tag, which is part of the metadata
        cell["source"], cell["metadata"] = _text(cell, version), nbformat.from_dict(_metadata(cell, version))
    cells.insert(1, nbformat.v4.new_code_cell(INSTALL, metadata={"tags": ["install"]}))
    seen: dict[str, int] = {}
    for cell in cells:
        text = f"{cell.cell_type}\n{cell.source}"
        seen[text] = seen.get(text, 0) + 1
        # the how-manieth cell of this text, not its row number: a new cell then leaves the ids below it alone
        cell["id"] = hashlib.sha256(f"{seen[text]}\n{text}".encode()).hexdigest()[:12]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA, nbformat_minor=5)
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def has_exercises(source: Path) -> bool:
    """Return whether there is anything to practise in a lesson."""
    return any(kind_and_name(cell)[0] == "exercise" for cell in read_cells(source))


def sources(folder: Path) -> list[Path]:
    """Return the sources of all lessons in a folder that holds src/."""
    return sorted((folder / "src").glob("[0-9][0-9]_*.py"))


def plan(folder: Path) -> dict[Path, str]:
    """Return {notebook: its text} for all versions of all lessons."""
    return {
        folder / version.folder / f"{source.stem}.ipynb": build(source, name)
        for source in sources(folder)
        for name, version in VERSIONS.items()
        if version.folder is not None and (name == "learn" or has_exercises(source))
    }


def plan_nbgrader(folder: Path, course: Path) -> dict[Path, str]:
    """Return {notebook: its text} of an nbgrader course."""
    lessons = filter(has_exercises, sources(folder))
    return {course / "source" / s.stem / f"{s.stem}.ipynb": build(s, "nbgrader") for s in lessons}


def write(notebooks: dict[Path, str], root: Path) -> None:
    """Write the notebooks that are missing or differ."""
    for notebook, text in notebooks.items():
        if not _same(notebook, text):
            notebook.parent.mkdir(parents=True, exist_ok=True)
            notebook.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {notebook.relative_to(root).as_posix()}")


def check(folder: Path) -> list[str]:
    """Return one sentence for every notebook that is not what its source makes."""
    wanted = plan(folder)
    found = {notebook for v in VERSIONS.values() if v.folder for notebook in (folder / v.folder).glob("*.ipynb")}
    complaints = []
    for notebook in sorted(wanted.keys() | found):
        if notebook not in wanted:
            fault = "has no source"
        elif not notebook.exists():
            fault = "is missing"
        elif not _same(notebook, wanted[notebook]):
            fault = "differs from its source"
        else:
            continue
        repair = f"edit notebooks/src/{notebook.stem}.py, then run python tools/build_notebooks.py"
        complaints.append(f"{notebook.relative_to(folder).as_posix()} {fault}: {repair}")
    return complaints


def _same(notebook: Path, text: str) -> bool:
    return notebook.exists() and notebook.read_text(encoding="utf-8") == text  # line ends do not count (Windows)


def main(arguments=None) -> int:
    """Run the command; return its exit code: 1 a notebook differs, 2 a source is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a notebook differs")
    parser.add_argument("--nbgrader", nargs="?", type=Path, const=NOTEBOOKS.parent / "build" / "nbgrader",
                        metavar="DIR", help="write the folder source/ of an nbgrader course instead")  # fmt: skip
    parser.add_argument("--folder", type=Path, default=NOTEBOOKS, help="the folder that holds src/")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            complaints = check(options.folder)
            print(*complaints, sep="\n", end="\n" * bool(complaints), file=sys.stderr)
            return len(complaints) > 0
        if options.nbgrader:
            write(plan_nbgrader(options.folder, options.nbgrader), options.nbgrader)
        else:
            write(plan(options.folder), options.folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
