"""Reader of intensive care stays as the PhysioNet/CinC Challenge 2012 writes them: real patients, 48 hours each.

Question: will the patient die in hospital? One text file per stay, `132539.txt`, in any order of time:

    Time,Parameter,Value
    00:00,RecordID,132539
    00:00,Age,54
    00:07,HR,73

and one of outcomes, `Outcomes-a.txt`, one row per stay. -1 means that the value is not known; it becomes NaN (in the
descriptors and outcomes) or is left out (in the events). Nothing else is cleaned: a heart rate of 0, a temperature of
-17.8 °C (0 °F) and a height of 13 cm stand in the files and stay for you to find.

    descriptor   unit    meaning
    Age          years
    Gender       0, 1    0 female, 1 male
    Height       cm
    ICUType      1 .. 4  1 coronary care, 2 cardiac surgery recovery, 3 medical, 4 surgical
    Weight       kg      on admission; later ones are events

    outcome            unit    meaning
    SAPS-I, SOFA       points  severity on admission
    Length_of_stay     days
    Survival           days    from admission to death, where known; NaN also for who was not known to die
    In-hospital_death  0, 1    1 died in hospital

`UNITS` names the 37 variables that the challenge measures over time. Files with other variables load too.

Traps: which tests were ordered tells more than their results, so count them. SAPS-I and SOFA, length of stay and
survival are known after the 48 hours or sum them up: they are no inputs. Some copies of set-a lack four patients, lack
ICUType, or give several ages for one patient; `without_file` and `conflicts` tell.

Source: I. Silva, G. Moody, D. J. Scott, L. A. Celi, R. G. Mark, Predicting in-hospital mortality of ICU patients: the
PhysioNet/Computing in Cardiology Challenge 2012, Computing in Cardiology 39 (2012) 245-248;
https://physionet.org/content/challenge-2012.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, find_file, to_path
from edunet.datasets.physionet2012_files import ARCHIVES, is_outcomes, is_patient, texts
from edunet.datasets.physionet2012_rows import DESCRIPTORS, HEADER, OUTCOMES, UNITS, Results, Stays

__all__ = ["DESCRIPTORS", "OUTCOMES", "UNITS", "IntensiveCare", "load"]

LICENCE = "ODC-By 1.0"
CITATION = (
    "I. Silva, G. Moody, D. J. Scott, L. A. Celi, R. G. Mark: Predicting in-hospital mortality of ICU patients: the "
    "PhysioNet/Computing in Cardiology Challenge 2012. Computing in Cardiology 39 (2012) 245-248"
)
UNKNOWN = "unknown (not set-a, set-b or set-c of the challenge: ask whoever gave you the files)"
WHERE = "Download set-a from https://physionet.org/content/challenge-2012 first."
MAX_BYTES = 2**30  # unpacked: set-a has 28 million
MANY = 500  # files from which on a line of progress is shown


@dataclass(frozen=True, eq=False)
class IntensiveCare:
    """P stays with their E events, in one long form: event e is `variables[variable[e]]` = `value[e]`."""

    name: str  # "set-a"
    record_id: np.ndarray = field(repr=False)  # (P,) int64, ascending: one per stay
    descriptors: dict[str, np.ndarray] = field(repr=False)  # name -> (P,) float32, NaN where not known
    outcomes: dict[str, np.ndarray] = field(repr=False)  # name -> (P,) float32, NaN where not known; may be empty
    offset: np.ndarray = field(repr=False)  # (P+1,) int64: the events of stay p are offset[p]:offset[p+1]
    patient: np.ndarray = field(repr=False)  # (E,) int32, index into record_id
    minute: np.ndarray = field(repr=False)  # (E,) int32 since admission, ascending within a stay
    variable: np.ndarray = field(repr=False)  # (E,) int16, index into variables
    value: np.ndarray = field(repr=False)  # (E,) float32, in units[variables[...]]
    variables: tuple[str, ...] = field(repr=False)  # the 37 in the order of UNITS, then any others by name
    units: dict[str, str] = field(repr=False)  # variable -> unit; "" for the others
    n_unknown: int  # events left out because their value is -1, or their name empty
    without_file: np.ndarray  # (..,) int64, ids that have an outcome but no file
    without_outcome: np.ndarray  # (..,) int64, ids that have a file but no outcome
    conflicts: dict[str, np.ndarray] = field(repr=False)  # descriptor -> ids that give two values; the first is kept
    licence: str
    citation: str

    def __len__(self) -> int:
        """Give the number of stays."""
        return len(self.record_id)


def load(
    path: str | Path, outcomes: str | Path | None = None, *, progress: bool = True, max_bytes: int = MAX_BYTES
) -> IntensiveCare:
    """Read a set of intensive care stays, from a folder or an archive; print licence and citation once.

    An archive is read from front to end and never unpacked to the disk.

    Arguments:
        path: a folder of `<RecordID>.txt` files (or one above it), or a .tar, .tar.gz, .tar.xz or .tar.bz2 of them.
        outcomes: the file of outcomes, if it is not among them; `set-a` and `set-a.tar.gz` find `Outcomes-a.txt` beside
            them.
        progress: show a line of progress in a terminal or notebook when there are many files.
        max_bytes: refuse a set with more text than this.
    Returns: `IntensiveCare`.
    Raises: FileNotFoundError if there is no such file; ValueError, with file and line, if one is not of this form.
    Source: Silva et al. 2012, see the top of this module.

        >>> icu = load("set-a.tar.gz", "Outcomes-a.txt")                  # doctest: +SKIP
        >>> len(icu), icu.outcomes["In-hospital_death"].sum()             # doctest: +SKIP
        (4000, 554.0)
        >>> rows = slice(*icu.offset[:2])  # the first stay               # doctest: +SKIP
        >>> icu.variables[icu.variable[rows][0]], icu.minute[rows][0], icu.value[rows][0]  # doctest: +SKIP
        ('GCS', 7, 15.0)
    """
    path = to_path(path)
    if not path.is_dir():
        path = find_file(path, ARCHIVES, WHERE)
    stays, results = Stays(), Results()
    folders = {path.name}
    for name, content in _counted(path, max_bytes, progress):
        folder, _, file = name.rpartition("/")
        (results if is_outcomes(file) else stays).read(file, content)
        folders.add(folder)
    if not stays.events:
        deeper = next((file.parent for file in path.glob("*/*/*.txt") if is_patient(file.name)), None)
        raise ValueError(
            f"{path.name} holds no file of a stay, expected 132539.txt and the like, with {HEADER!r}. "
            + (f"They lie deeper: type load({str(deeper)!r})." if deeper else WHERE)
        )
    title = re.sub(r"(\.tar)?(\.\w+)?$", "", path.name) if path.is_file() else path.name
    beside = path.parent / f"Outcomes-{title.removeprefix('set-')}.txt"
    if outcomes is None and not results.rows and beside.is_file():
        outcomes = beside
    if outcomes is None and not results.rows:
        print(
            f"{title}: no outcomes are there, nor {beside.name} beside it. Type load(path, 'Outcomes-a.txt') for them."
        )
    if outcomes is not None:
        file = find_file(outcomes, (".txt", ".csv"), WHERE)
        with file.open("rb") as opened:
            results.read(file.name, opened.read(max_bytes))
    known = any(re.search(r"(?<![a-z])set[-_]?[abc](?![a-z])", folder.lower()) for folder in folders)
    licence, citation = (LICENCE, CITATION) if known else (UNKNOWN, UNKNOWN)
    announce(f"PhysioNet 2012 {title}" if known else title, licence, citation)
    return _assemble(title, stays, results, licence, citation)


def _counted(path: Path, max_bytes: int, progress: bool):
    """Yield the files; from the five hundredth on with a line of progress."""
    bar = None
    try:
        for i, item in enumerate(texts(path, max_bytes)):
            if progress and i == MANY:
                from tqdm import tqdm  # when it is needed

                bar = tqdm(desc=f"reading {path.name}", unit=" files", initial=i, leave=False, disable=None)  # no log
            if bar is not None:
                bar.update()
            yield item
    finally:
        if bar is not None:
            bar.close()


def _assemble(name: str, stays: Stays, results: Results, licence: str, citation: str) -> IntensiveCare:
    """Put the stays in the order of their ids, and the outcomes beside them."""
    ids = sorted(stays.events)
    events = [stays.events.pop(i) for i in ids]  # let go of the parts as the whole is made
    count = np.array([len(minute) for minute, _, _ in events])
    minute, code, value = (np.concatenate(column) for column in zip(*events, strict=True))
    met = [variable for variable, i in stays.codes.items() if i >= 0]  # code -> name
    others = sorted(met[len(UNITS) :])
    place = np.array([*range(len(UNITS)), *(len(UNITS) + others.index(v) for v in met[len(UNITS) :])], np.int16)
    without_file = sorted(results.rows.keys() - set(ids))
    without_outcome = [i for i in ids if results.rows and i not in results.rows]
    if without_file or without_outcome:
        print(
            f"{name}: {len(without_file)} ids have an outcome but no file, {len(without_outcome)} the other way round"
        )

    def columns(names, rows: dict[int, dict[str, float]]) -> dict[str, np.ndarray]:
        table = {key: np.array([rows.get(i, {}).get(key, -1) for i in ids], np.float32) for key in names}
        return {key: np.where(values == -1, np.float32(np.nan), values) for key, values in table.items()}

    return IntensiveCare(
        name=name,
        record_id=np.array(ids, np.int64),
        descriptors=columns(DESCRIPTORS, stays.descriptors),
        outcomes=columns(results.columns, results.rows),
        offset=np.concatenate([[0], np.cumsum(count)]),
        patient=np.repeat(np.arange(len(ids), dtype=np.int32), count),
        minute=minute,
        variable=place[code],
        value=value,
        variables=(*UNITS, *others),
        units={**UNITS, **dict.fromkeys(others, "")},
        n_unknown=stays.n_unknown,
        without_file=np.array(without_file, np.int64),
        without_outcome=np.array(without_outcome, np.int64),
        conflicts={key: np.array(sorted(i), np.int64) for key, i in stays.conflicts.items()},
        licence=licence,
        citation=citation,
    )
