"""`edunet notebooks` and `edunet lab`: the lessons, copied into a folder of the learner's own, and opened there."""

import contextlib
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ["FOLDER", "Copied", "Lesson", "copy", "lab", "lessons", "source"]

FOLDER = "edunet-lessons"
PACKAGE = Path(__file__).resolve().parent
PATTERNS = ("README.md", "*.ipynb", "practice/*.ipynb", "solutions/*.ipynb")


class Lesson(NamedTuple):
    """A line of `edunet notebooks --list`."""

    number: str
    title: str
    minutes: str
    practice: bool


class Copied(NamedTuple):
    """What became of a file: "written", "up to date", "kept, yours", or where the learner's own was moved to."""

    path: Path
    what: str


def source() -> Path:
    """Return the folder of the lessons: inside the installed package, or beside it where it is a checkout."""
    for folder in (PACKAGE / "_notebooks", PACKAGE.parent / "notebooks"):
        if (folder / "00_start.ipynb").is_file():
            return folder
    raise FileNotFoundError('the lessons are not there; install the library again: pip install "edunet-med[tutorials]"')


def lessons() -> list[Lesson]:
    """Return number, title and minutes of every lesson, as its first cell tells them."""
    found = []
    for notebook in sorted(source().glob("*.ipynb")):
        text = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
        title = re.sub(r"^# (Lesson \d+ · )?", "", text.partition("\n")[0])
        minutes = re.search(r"(\d+(?: ?(?:-|–|to) ?\d+)?) minutes", text)
        practice = (notebook.parent / "practice" / notebook.name).is_file()
        found.append(Lesson(notebook.name[:2], title, minutes[1] if minutes else "", practice))
    return found


def copy(folder, *, force: bool = False) -> list[Copied]:
    """Write the lessons into a folder, and never over anything that is there.

    Args: folder, made if it is missing; force, write also where the learner's own file has the name: that file is
    first moved to a free name beside it. Returns what became of every file. Raises ValueError for a folder that belongs
    to the library or leads out of itself, OSError if it cannot be written.
    """
    folder, lessons_at = Path(folder), source()
    real = folder.resolve()
    for ours in (PACKAGE, lessons_at.resolve()):
        if real.is_relative_to(ours) or ((real / "pyproject.toml").is_file() and real == PACKAGE.parent):
            raise ValueError(f"{str(folder)!r} belongs to the library itself; name a folder of your own.")
    for part in (folder, *folder.parents):
        if os.path.lexists(part) and not part.is_dir():
            raise NotADirectoryError(f"{str(part)!r} is not a folder; name another one.")
    wanted = [path.relative_to(lessons_at) for pattern in PATTERNS for path in sorted(lessons_at.glob(pattern))]
    for place in {folder / path.parent for path in wanted}:
        if os.path.lexists(place) and not (place.is_dir() and place.resolve().is_relative_to(real)):
            raise ValueError(f"{str(place)!r} is a file, or a link that leads elsewhere; name another folder.")
    return [Copied(folder / path, _copy(lessons_at / path, folder / path, force)) for path in wanted]


def _copy(original: Path, path: Path, force: bool) -> str:
    new = original.read_bytes()
    try:
        there = os.path.lexists(path)
        if there and path.is_file() and path.read_bytes() == new:
            return "up to date"
        if there and not force:
            return "kept, yours"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _written_beside(path, new) as beside:  # first of all: a full disk then moves nothing
            theirs = _free_name(path) if there else None
            if theirs:
                path.rename(theirs)
            beside.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise OSError(
            f"cannot write {str(path)!r} ({why}). Make room, or name a folder that you may write into; "
            f"nothing of yours is lost."
        ) from error
    return f"written; yours is now {theirs.name!r}" if theirs else "written"


@contextlib.contextmanager
def _written_beside(path: Path, content: bytes):
    """Write into a file beside a path, to be moved there whole; leave nothing behind if that fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _free_name(path: Path) -> Path:
    names = (f"{path.stem} (yours{f' {i}' if i > 1 else ''}){path.suffix}" for i in range(1, 10_000))
    return next(path.with_name(name) for name in names if not os.path.lexists(path.with_name(name)))


def lab(folder=FOLDER, options=()) -> int:
    """Copy the lessons and open them in JupyterLab; return its exit code.

    Args: folder, as in `copy`; options, handed to JupyterLab. Raises ImportError where JupyterLab is missing.
    """
    if find_spec("jupyterlab") is None:
        raise ImportError('`edunet lab` needs JupyterLab: pip install "edunet-med[tutorials]"')
    copy(folder)
    print(f"The lessons are in {folder}; what you have changed there is kept.", flush=True)
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], cwd=folder)
    while True:
        try:
            code = server.wait()
        except KeyboardInterrupt:  # the server has heard it too; it asks, and stops by itself
            continue
        return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it
