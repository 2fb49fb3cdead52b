"""Reader of the UCR and UEA archives of time series: ECG200, ECG5000 and hundreds of others, from files you have.

A set is two files, X_TRAIN and X_TEST, that stand beside each other:

    .txt .tsv .csv    one series a line: the label, then the values, with blanks, tabs or commas between them; files of
                      others that have the label at the end (the MIT-BIH beats of Kaggle) are read by label="last"
    .ts               sktime's: a header with @, then values with commas, channels with colons, the label last

Series of different length are filled with NaN at their end, as the archive of 2018 does itself; NaN within a series is
a missing value. `lengths` tells where each ends. The archive's series are mostly standardised one by one already.

Source: H. A. Dau et al., The UCR time series archive, IEEE/CAA Journal of Automatica Sinica 6 (2019) 1293-1305;
A. Bagnall et al., The UEA multivariate time series classification archive, arXiv 1811.00075 (2018).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, damaged, find_file, to_path
from edunet.datasets.ucr_text import Series, read_series

__all__ = ["UCR", "Part", "load", "load_data"]

SUFFIXES = (".txt", ".tsv", ".csv", ".ts")
NAME = re.compile(r"(.+)_(TRAIN|TEST)", re.IGNORECASE)
MAX_BYTES = 2**32  # of one part, filled up to its longest series
WHERE = "Download the set from https://www.timeseriesclassification.com first."
LICENCE = "free for research; cite the archive and those who gave the series"
CITATION = (
    "H. A. Dau, A. Bagnall, K. Kamgar, C.-C. M. Yeh, Y. Zhu, S. Gharghabi, C. A. Ratanamahatana, E. Keogh: The UCR "
    "time series archive. IEEE/CAA Journal of Automatica Sinica 6 (2019) 1293-1305"
)
UNKNOWN = "unknown (not a file of the archive: ask whoever gave it to you)"


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a set."""

    x: np.ndarray = field(repr=False)  # (N,T,C) float32; NaN where missing, and after the end of a shorter series
    y: np.ndarray = field(repr=False)  # (N,) int64, index into class_names
    lengths: np.ndarray = field(repr=False)  # (N,) int64, values before the filling

    def __len__(self) -> int:
        """Give the number of series."""
        return len(self.y)


@dataclass(frozen=True, eq=False)
class UCR:
    """A set in the archive's own split; a part is None where its file is not there."""

    train: Part | None = field(repr=False)
    test: Part | None = field(repr=False)
    name: str
    class_names: tuple[str, ...]  # the labels as in the file, in the order of the numbers or the alphabet
    n_steps: int  # T, of the longest series
    n_channels: int
    missing: int  # values that are NaN within the series
    licence: str = LICENCE
    citation: str = field(default=CITATION, repr=False)


def load(path: str | Path, *, label: str = "first", max_bytes: int = MAX_BYTES) -> UCR:
    """Read a set of the UCR or UEA archive, both parts if both are there; print licence and citation once.

    Arguments: path, of X_TRAIN.tsv or X_TEST.tsv (or .txt, .csv, .ts), or of the folder they are in; label,
        "first" or "last" of a line; max_bytes, refuse a part that would take more memory.
    Returns: `UCR` with train and test, each with x (N,T,C) float32, C = 1 for a single channel, and y (N,) int64.
    Raises: FileNotFoundError if there is no such file; ValueError, with line and column, if it is not sound.

        >>> ecg = load("ECG200_TRAIN.txt")                         # doctest: +SKIP
        >>> ecg.train.x.shape, ecg.class_names, ecg.test           # doctest: +SKIP
        ((100, 96, 1), ('-1', '1'), None)
    """
    if label not in ("first", "last"):
        raise ValueError(f"label is 'first' or 'last'. Received: label={label!r:.40}.")
    name, files = find_parts(to_path(path))
    rows = {part: read_series(file, label) for part, file in files.items()}
    labels = {word for series in rows.values() for word, _ in series}
    class_names = sort_labels(labels)
    first = next(iter(files.values()))
    if first.suffix.lower() != ".ts":  # which declares its classes
        check_classes(first.name, class_names, sum(map(len, rows.values())), label)
    channels = {len(values) for series in rows.values() for _, values in series}
    if len(channels) > 1:
        raise damaged(name, f"training and test part have {' and '.join(map(str, sorted(channels)))} channels.")
    n_channels = channels.pop()
    steps = max(len(channel) for series in rows.values() for _, values in series for channel in values)
    parts = {
        part: to_part(files[part].name, series, class_names, (steps, n_channels), max_bytes)
        for part, series in rows.items()
    }
    steps = max(int(part.lengths.max()) for part in parts.values())
    if steps == 0:
        raise damaged(name, "every value is missing.")
    parts = {part: Part(p.x[:, :steps], p.y, p.lengths) for part, p in parts.items()}
    if label == "first":
        announce(f"UCR/UEA archive: {name}", LICENCE, CITATION)
    within = [np.isnan(p.x) & (np.arange(steps) < p.lengths[:, None])[..., None] for p in parts.values()]
    missing = sum(int(gaps.sum()) for gaps in within)
    about = (LICENCE, CITATION) if label == "first" else (UNKNOWN, UNKNOWN)
    return UCR(parts.get("train"), parts.get("test"), name, class_names, steps, n_channels, missing, *about)


def load_data(
    path: str | Path, *, label: str = "first"
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Read the set as `load` does and return (x_train, y_train), (x_test, y_test)."""
    data = load(path, label=label)
    if data.train is None or data.test is None:
        lacks = "TRAIN" if data.train is None else "TEST"
        raise FileNotFoundError(f"Beside {Path(path)} there is no {data.name}_{lacks} file. {WHERE}")
    return (data.train.x, data.train.y), (data.test.x, data.test.y)


def find_parts(path: Path) -> tuple[str, dict[str, Path]]:
    """Return the name of the set and the files of its parts; a file named neither TRAIN nor TEST is a training part."""
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in (*SUFFIXES, "") and NAME.fullmatch(p.stem))
        names = {NAME.fullmatch(p.stem)[1] for p in found}  # type: ignore[index]
        if not names:
            raise FileNotFoundError(f"There is no ..._TRAIN or ..._TEST file in {path}. {WHERE}")
        if len(names) > 1:
            sets = ", ".join(sorted(names))
            raise ValueError(f"{path} holds {len(names)} sets: {sets!s:.300}. Type the path of one of the files.")
        path = found[0]
    path = find_file(path, SUFFIXES, WHERE)
    if path.suffix.lower() == ".arff":
        raise ValueError(f"{path.name}: this reader takes {', '.join(SUFFIXES)}; the archive has the same set as .ts.")
    match = NAME.fullmatch(path.stem)
    if match is None:
        return path.stem, {"train": path}
    name, here = match[1], match[2].lower()
    other = path.stem[: match.start(2)]
    files = {here: path}
    for word in ("TRAIN", "TEST"):
        for spelled in (word, word.lower(), word.capitalize()):
            beside = path.with_name(f"{other}{spelled}{path.suffix}")
            if word.lower() != here and beside.is_file():
                files[word.lower()] = beside
    return name, dict(sorted(files.items(), reverse=True))  # train first


def sort_labels(labels: set[str]) -> tuple[str, ...]:
    """Sort labels as numbers if all are, else by the alphabet."""
    try:
        return tuple(sorted(labels, key=float))
    except ValueError:
        return tuple(sorted(labels))


def check_classes(file_name: str, class_names: tuple[str, ...], n: int, label: str) -> None:
    """Refuse labels that are nearly all different, unless they count the classes: measurements, most likely."""
    few = n < 20 or 2 * len(class_names) <= n
    if few or class_names == tuple(str(k + int(class_names[0] == "1")) for k in range(len(class_names))):
        return
    other = "last" if label == "first" else "first"
    what = f"{len(class_names):,} classes in {n:,} series: are these labels? Type load(..., label='{other}')"
    raise damaged(file_name, f"{what} if they stand {other} in a line.")


def to_part(
    file_name: str, rows: list[Series], class_names: tuple[str, ...], shape: tuple[int, int], max_bytes: int
) -> Part:
    """Fill the series up to the longest with NaN."""
    size = 4 * len(rows) * shape[0] * shape[1]
    if size > max_bytes:
        what = f"{len(rows):,} series filled up to {shape[0]:,} values take {size:,} bytes, more than the cap of "
        raise damaged(file_name, f"{what}{max_bytes:,}. If you have the memory, type load(..., max_bytes={size}).")
    x = np.full((len(rows), *shape), np.nan, dtype=np.float32)
    for row, (_, channels) in enumerate(rows):
        for c, values in enumerate(channels):
            x[row, : len(values), c] = values
    places = {label: place for place, label in enumerate(class_names)}
    y = np.array([places[label] for label, _ in rows], dtype=np.int64)
    there = np.any(~np.isnan(x), axis=2)  # (N,T)
    lengths = np.where(there.any(axis=1), shape[0] - there[:, ::-1].argmax(axis=1), 0)
    return Part(x, y, lengths.astype(np.int64))
