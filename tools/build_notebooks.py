"""Make the notebooks from their sources: notebooks/src/NN_name.py (the truth) -> notebooks/NN_name.ipynb (generated).

    python tools/build_notebooks.py            write every notebook
    python tools/build_notebooks.py --check    write nothing; exit 1 if a notebook differs from its source

A source is a Python script with cells marked by `# %%` (Jupytext's "percent" form). The same source always gives the
same bytes: no outputs, no execution counts, and cell ids made from the text of the cells.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import jupytext
import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

# Each version of a lesson: the folder it is written to, and the tags whose cells it leaves out. A tag is written
# behind the cell mark, `# %% tags=["ask:neuron"]`; what follows the colon is the name of an exercise.
VERSIONS = {
    "learn": {"folder": ".", "leaves_out": {"ask", "exercise", "check", "uses"}},
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


def read_cells(source: Path) -> list:
    """Return the cells of a lesson, with the installation behind the title."""
    cells = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent").cells
    if not cells or cells[0].cell_type != "markdown":
        raise ValueError(f"{source.name}: the first cell must be the title, marked `# %% [markdown]`.")
    install = nbformat.v4.new_code_cell(INSTALL, metadata={"tags": ["install"]})
    return [cells[0], install, *cells[1:]]


def kinds(cell) -> set[str]:
    """Return what the tags of a cell say without the names of exercises: "ask:neuron" gives "ask"."""
    return {tag.partition(":")[0] for tag in cell.metadata.get("tags", [])}


def build(source: Path, version: str = "learn") -> str:
    """Return the text of the .ipynb file of one version of a lesson."""
    cells = [cell for cell in read_cells(source) if not kinds(cell) & VERSIONS[version]["leaves_out"]]
    seen: dict[str, int] = {}
    for cell in cells:
        text = f"{cell.cell_type}\n{cell.source}"
        seen[text] = seen.get(text, 0) + 1
        # the how-manieth cell of this text, not its row number: a new cell then leaves the ids below it alone
        cell["id"] = hashlib.sha256(f"{seen[text]}\n{text}".encode()).hexdigest()[:12]
        tags = cell.metadata.get("tags")
        cell["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA, nbformat_minor=5)
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def plan(folder: Path) -> dict[Path, tuple[Path, str]]:
    """Return {notebook: (source, its text)} for all versions of all lessons in a folder that holds src/."""
    return {
        folder / settings["folder"] / f"{source.stem}.ipynb": (source, build(source, version))
        for source in sorted((folder / "src").glob("[0-9][0-9]_*.py"))
        for version, settings in VERSIONS.items()
    }


def write(folder: Path) -> None:
    """Write the notebooks that are missing or differ."""
    for notebook, (_, text) in plan(folder).items():
        if not _same(notebook, text):
            notebook.parent.mkdir(parents=True, exist_ok=True)
            notebook.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {notebook.relative_to(folder).as_posix()}")


def check(folder: Path) -> list[str]:
    """Return one sentence for every notebook that is not what its source makes."""
    wanted = plan(folder)
    found = {notebook for v in VERSIONS.values() for notebook in (folder / v["folder"]).glob("*.ipynb")}
    complaints = []
    for notebook in sorted(wanted.keys() | found):
        if notebook not in wanted:
            fault = "has no source"
        elif not notebook.exists():
            fault = "is missing"
        elif not _same(notebook, wanted[notebook][1]):
            fault = "differs from its source"
        else:
            continue
        repair = f"edit notebooks/src/{notebook.stem}.py, then run python tools/build_notebooks.py"
        complaints.append(f"{notebook.relative_to(folder).as_posix()} {fault}: {repair}")
    return complaints


def _same(notebook: Path, text: str) -> bool:
    return notebook.exists() and notebook.read_text(encoding="utf-8") == text  # line ends do not count (Windows)


def main(arguments=None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a notebook differs")
    parser.add_argument("--folder", type=Path, default=NOTEBOOKS, help="the folder that holds src/")
    options = parser.parse_args(arguments)
    if not options.check:
        write(options.folder)
        return 0
    complaints = check(options.folder)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
