"""Reader of the 2-D MedMNIST v2 files: real medical pictures in MNIST's form, from a file you downloaded yourself.

A file `<name>.npz` (28x28) or `<name>_64.npz`, `_128`, `_224` holds six arrays:

    train_images, val_images, test_images    uint8, (N,H,W) grey or (N,H,W,3) colour
    train_labels, val_labels, test_labels    integer, (N,1), or (N,L) with L yes/no findings (multi-label)

The file comes from a stranger, so it is checked before it is believed: it must be a zip of arrays, its declared sizes
must stay under a cap before anything is unpacked, and nothing in it is ever run (no pickled objects).

Source: J. Yang et al., MedMNIST v2, Scientific Data 10 (2023) 41, doi 10.1038/s41597-022-01721-8; https://medmnist.com.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, check_sum, find_file
from edunet.datasets.medmnist_sets import CITATION, SETS, Facts
from edunet.datasets.npz import read_npz

__all__ = ["TASKS", "MedMNIST", "Part", "load", "load_data"]

TASKS = ("binary-class", "multi-class", "multi-label", "ordinal-regression")
PARTS = ("train", "val", "test")
KEYS = tuple(f"{part}_{kind}" for part in PARTS for kind in ("images", "labels"))
MAX_BYTES = 4 * 2**30  # unpacked: enough for every 28x28 and 64x64 set; pathmnist_224.npz needs 15.1 GiB
MAX_CLASSES = 1000  # in a set of unknown name
UNKNOWN = "unknown (not one of the MedMNIST v2 sets: ask whoever gave you the file)"


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the set."""

    x: np.ndarray = field(repr=False)  # (N,H,W,C) uint8
    y: np.ndarray = field(repr=False)  # (N,) int64, or (N,L) of 0 and 1 for multi-label

    def __len__(self) -> int:
        """Give the number of pictures."""
        return len(self.y)


@dataclass(frozen=True, eq=False)
class MedMNIST:
    """A MedMNIST set in its official split."""

    train: Part = field(repr=False)
    val: Part = field(repr=False)
    test: Part = field(repr=False)
    name: str  # "breastmnist"
    task: str  # one of TASKS
    class_names: tuple[str, ...]  # index = label; for multi-label index = column
    n_channels: int  # 1 grey, 3 colour
    licence: str
    citation: str


def load(path: str | Path, md5: str | None = None, *, max_bytes: int = MAX_BYTES) -> MedMNIST:
    """Read a 2-D MedMNIST `.npz` file, check it, and print its licence and citation once.

    The name of the set is read from the name of the file (`breastmnist.npz`, `breastmnist_64.npz`); it decides task,
    class names and licence. A file with another name loads too: the task is then inferred from the labels.

    A name is easily changed, so it is believed only as far as the file agrees: channels, labels and numbers of pictures
    are compared with the published ones. With other numbers of pictures (a part of a set, or a set that only bears the
    name) the file is read, but its classes are "0", "1", ..., and a line says so.

    Arguments:
        path: the file.
        md5: 32 hexadecimal digits the file must have; "official" compares with the published sum of the 28x28 sets;
            None does not compare.
        max_bytes: refuse a file whose arrays would take more memory than this.
    Returns: `MedMNIST` with train, val, test, each with x (N,H,W,C) uint8 and y (N,) int64, or (N,L) for multi-label.
    Raises: FileNotFoundError if there is no such file; ValueError if it is not a sound 2-D MedMNIST file.
    Source: Yang et al. 2023, doi 10.1038/s41597-022-01721-8.

    The class that means illness is not always 1: in breastmnist 0 is malignant. Look at class_names.

        >>> breast = load("breastmnist.npz", md5="official")       # doctest: +SKIP
        >>> breast.train.x.shape, breast.task, breast.class_names  # doctest: +SKIP
        ((546, 28, 28, 1), 'binary-class', ('malignant', 'normal, benign'))

    """
    path = find_file(path, (".npz",), "Download it from https://medmnist.com first.")
    name, facts = identify(path)
    if md5 is not None:
        check_md5(path, name, md5)
    arrays = read_npz(path, KEYS, "A MedMNIST file", max_bytes)
    n_channels = check_images(path, arrays)
    check_labels(path, arrays)
    task, class_names = decide_task(path, facts, arrays)
    whole = facts is not None and check_identity(path, name, facts, arrays, n_channels)
    parts = {}
    for part in PARTS:
        x, y = arrays[f"{part}_images"], arrays[f"{part}_labels"].astype(np.int64)
        x = x[..., None] if x.ndim == 3 else x  # grey gets its channel axis
        parts[part] = Part(x, y if task == "multi-label" else y.reshape(-1))
    licence, citation = (facts.licence, CITATION) if facts else (UNKNOWN, UNKNOWN)
    if facts and not whole:
        licence += f", if this is a part of {name}"
        class_names = tuple(str(k) for k in range(len(class_names)))
    announce(name, licence, citation)
    return MedMNIST(
        **parts,
        name=name,
        task=task,
        class_names=class_names,
        n_channels=n_channels,
        licence=licence,
        citation=citation,
    )


def load_data(path: str | Path) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Read the file as `load` does and return (x_train, y_train), (x_test, y_test); the validation part is left out."""
    data = load(path)
    return (data.train.x, data.train.y), (data.test.x, data.test.y)


def identify(path: Path) -> tuple[str, Facts | None]:
    """Read the name of the set off the name of the file: breastmnist_64.npz -> breastmnist."""
    name = re.sub(r"_(28|64|128|224)$", "", path.stem.lower())
    if name.endswith("mnist3d"):
        raise ValueError(f"{path.name} is a 3-D set, (N,D,H,W); this reader takes 2-D sets: {', '.join(SETS)}.")
    return name, SETS.get(name)


def check_md5(path: Path, name: str, md5: str) -> None:
    """Compare the MD5 sum of the file with the expected one."""
    expected = md5.strip().lower()
    if expected == "official":
        facts = SETS.get(name)
        if facts is None or facts.md5 is None or path.stem.lower() not in (name, f"{name}_28"):
            known = ", ".join(n for n, f in SETS.items() if f.md5)
            raise ValueError(f"No official MD5 of {path.name} is known here, only of 28x28 {known}. Type the sum.")
        expected = facts.md5
    hint = (
        "it is damaged, or another version or repacking of the set. Download it again from https://medmnist.com, or "
        "leave out md5= to read it all the same."
    )
    check_sum(path, expected, hint)


def check_images(path: Path, arrays: dict[str, np.ndarray]) -> int:
    """Check that the three image arrays are uint8 pictures of one size; return the number of channels."""
    first = arrays["train_images"].shape[1:]
    for part in PARTS:
        x = arrays[f"{part}_images"]
        where = f"{path.name}: {part}_images has shape {x.shape} and type {x.dtype}"
        if x.dtype != np.uint8:
            raise ValueError(f"{where}; expected uint8, 0..255.")
        if x.ndim == 4 and x.shape[1] in (1, 3) and x.shape[3] not in (1, 3):
            raise ValueError(
                f"{where}: the channels come first; expected last. Save it with np.moveaxis(images, 1, -1)."
            )
        if x.ndim == 5 or (x.ndim == 4 and x.shape[3] not in (1, 3)):
            raise ValueError(f"{where}: a 3-D set. This reader takes 2-D sets, (N,H,W) grey or (N,H,W,3) colour.")
        if x.ndim not in (3, 4) or 0 in x.shape:
            raise ValueError(f"{where}; expected (N,H,W) grey or (N,H,W,3) colour, with at least one picture.")
        if x.shape[1:] != first:
            raise ValueError(f"{where}, but train_images has pictures of {first}; all parts must agree.")
    return first[2] if len(first) == 3 else 1


def check_identity(path: Path, name: str, facts: Facts, arrays: dict[str, np.ndarray], n_channels: int) -> bool:
    """Tell whether the file has as many pictures as the set it is named after; refuse what is plainly another set."""
    if n_channels != facts.n_channels:
        raise ValueError(
            f"{path.name}: its pictures have {n_channels} channel(s), those of {name} have {facts.n_channels}. "
            f"Is the file named after the right set? If it is a set of your own, rename it, as my_set.npz."
        )
    sizes = tuple(len(arrays[f"{part}_images"]) for part in PARTS)
    if sizes in facts.sizes:
        return True
    other = next((known for known, about in SETS.items() if sizes in about.sizes), None)
    if other:
        right = f"{other}{path.stem[len(name) :]}.npz"  # with its _64
        raise ValueError(f"{path.name} has the {sizes} pictures of {other}, not those of {name}. Rename it {right}.")
    named = "; ".join(f"{k} = {text}" for k, text in enumerate(facts.class_names))
    print(
        f"{path.name}: {sizes} pictures in train, val, test; {name} has {' or '.join(map(str, facts.sizes))}. So its "
        f"classes are numbered, not named. If it is a part of {name}: {named}."
    )
    return False


def check_labels(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Check that there is one row of whole-number labels for each picture; make (N,) into (N,1)."""
    for part in PARTS:
        key, n = f"{part}_labels", len(arrays[f"{part}_images"])
        y = arrays[key]
        where = f"{path.name}: {key} has shape {y.shape} and type {y.dtype}"
        if y.dtype.kind not in "iu":
            raise ValueError(f"{where}; expected whole numbers. Save it again with labels.astype('uint8').")
        if y.ndim not in (1, 2) or 0 in y.shape:
            raise ValueError(f"{where}; expected (N,1), or (N,L) for L findings.")
        if len(y) != n:
            raise ValueError(f"{where}, but {part}_images holds {n} pictures; expected one row of labels for each.")
        arrays[key] = y = y.reshape(n, -1)
        columns = arrays["train_labels"].shape[1]  # train comes first and is (N,L) by now
        if y.shape[1] != columns:
            raise ValueError(f"{where}, but train_labels has {columns} column(s); all parts must agree.")
        if y.min() < 0:
            raise ValueError(f"{path.name}: {key} holds {y.min()}; labels count from 0.")


def decide_task(path: Path, facts: Facts | None, arrays: dict[str, np.ndarray]) -> tuple[str, tuple[str, ...]]:
    """Return task and class names: the published ones, or for an unknown set those its labels suggest."""
    columns = arrays["train_labels"].shape[1]
    largest = {part: int(arrays[f"{part}_labels"].max()) for part in PARTS}
    if facts is None:
        count = columns if columns > 1 else max(2, max(largest.values()) + 1)
        if count > MAX_CLASSES:
            raise ValueError(f"{path.name}: labels run up to {count - 1}; expected classes numbered 0, 1, 2, ...")
        task = "multi-label" if columns > 1 else "binary-class" if count == 2 else "multi-class"
        facts = Facts(task, tuple(str(k) for k in range(count)), 0, ())
    wanted = len(facts.class_names) if facts.task == "multi-label" else 1
    if columns != wanted:
        raise ValueError(
            f"{path.name}: a {facts.task} set of this name has {wanted} label column(s), this file has {columns}. "
            "Is the file named after the right set?"
        )
    top = 1 if facts.task == "multi-label" else len(facts.class_names) - 1
    for part in PARTS:
        if largest[part] > top:
            raise ValueError(
                f"{path.name}: {part}_labels holds {largest[part]}; expected 0..{top} for {facts.task}. "
                "Is the file named after the right set?"
            )
    return facts.task, facts.class_names
