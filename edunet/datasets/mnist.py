"""Reader of sets in MNIST's form: small grey pictures with one label each, from files you downloaded yourself.

Two forms are read:

    mnist.npz                              Keras's: x_train, y_train, x_test, y_test
    train-images-idx3-ubyte(.gz)  and      the original four files, in one folder; also named emnist-letters-train-...
    train-labels-idx1-ubyte(.gz), t10k-... or test-..., and with a dot: train-images.idx3-ubyte

MNIST itself is digits, not medicine: it is here because everybody's first picture network was tried on it, and because
Fashion-MNIST, Kuzushiji-MNIST, EMNIST and many sets made at home come in the same form. Pictures are handed over as
they are stored; EMNIST's lie on their side: x.swapaxes(1, 2) rights them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, damaged, find_file, quoted, to_path
from edunet.datasets.idx import read_idx
from edunet.datasets.medmnist import Part
from edunet.datasets.mnist_sets import SETS, Facts
from edunet.datasets.npz import read_npz

__all__ = ["MNIST", "load", "load_data"]

KEYS = ("x_train", "y_train", "x_test", "y_test")
IDX = re.compile(r"(.*?)(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?", re.IGNORECASE)
MAX_BYTES = 2**30  # of pictures: the largest, EMNIST by class, takes 547 MB
WHERE = "Download the .npz, or the four idx files, first."
UNKNOWN = "unknown (not a set that is known here: ask whoever gave you the files)"


@dataclass(frozen=True, eq=False)
class MNIST:
    """A set in MNIST's form; a part is None where its files are not there."""

    train: Part | None = field(repr=False)
    test: Part | None = field(repr=False)
    name: str
    class_names: tuple[str, ...]  # index = label
    licence: str
    citation: str


def load(path: str | Path, *, max_bytes: int = MAX_BYTES) -> MNIST:
    """Read a set in MNIST's form, check it, and print licence and citation of a known set once.

    A set is known by its sums, or by the name of file or folder together with its numbers of pictures. With other
    numbers (a part of a set, or a set that only bears the name) the classes are "0", "1", ..., and a line says so.

    Arguments: path, of the .npz, of the folder with the idx files, or of one of them: its labels and the other part are
        looked for beside it; max_bytes, refuse a file that would take more memory.
    Returns: `MNIST` with train and test, each with x (N,H,W,1) uint8, 0..255, and y (N,) int64.
    Raises: FileNotFoundError if there is no such file; ValueError if it is not sound, or lacks its labels.

        >>> digits = load("mnist.npz")                             # doctest: +SKIP
        >>> digits.train.x.shape, digits.class_names[:3]           # doctest: +SKIP
        ((60000, 28, 28, 1), ('0', '1', '2'))
    """
    path = to_path(path)
    if path.suffix.lower() == ".npz":
        path = find_file(path, (".npz",), WHERE)
        arrays = read_npz(path, KEYS, "A file of MNIST's form", max_bytes)
        pairs = {part: (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")}
        parts: dict[str, Part | None] = {p: to_part(f"{path.name}, {p}", *pair) for p, pair in pairs.items()}
        name, facts = identify(path, [])
    else:
        prefix, files = find_idx(path)
        parts = {part: read_part(files, part, max_bytes) for part in ("train", "test")}
        folder = path if path.is_dir() else path.parent
        name, facts = identify(folder / (prefix or "train"), [file for file in files.values() if file])
    top = max(int(part.y.max()) for part in parts.values() if part)
    if facts and not agrees(name, facts, parts, top):
        facts = None
    if facts:
        announce(name, facts.licence, facts.citation)
    return MNIST(
        **parts,
        name=name,
        class_names=facts.class_names if facts else tuple(str(k) for k in range(top + 1)),
        licence=facts.licence if facts else UNKNOWN,
        citation=facts.citation if facts else UNKNOWN,
    )


def load_data(path: str | Path) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Read the files as `load` does; return (x_train, y_train), (x_test, y_test) as Keras does, x (N,H,W)."""
    data = load(path)
    if data.train is None or data.test is None:
        part = "training" if data.train is None else "test"
        raise FileNotFoundError(f"{Path(path)}: the files of the {part} part are not there. {WHERE}")
    return (data.train.x[..., 0], data.train.y), (data.test.x[..., 0], data.test.y)


def find_idx(path: Path) -> tuple[str, dict[tuple[str, str], Path]]:
    """Return the prefix of the names, such as "emnist-letters-", and {("train", "images"): path, ...}."""
    folder, wanted = (path, None) if path.is_dir() else (path.parent, IDX.fullmatch(path.name))
    if not path.is_dir():
        find_file(path, ("ubyte", "ubyte.gz", ".npz"), WHERE)
        if wanted is None:
            raise ValueError(
                f"{path.name} is neither a .npz nor named as idx files are: train-images-idx3-ubyte, "
                "train-labels-idx1-ubyte, t10k-... Rename it, with its labels beside it."
            )
    files: dict[str, dict[tuple[str, str], Path]] = {}
    for file in sorted(folder.iterdir(), reverse=True):  # so that of x and x.gz the plain one is kept
        found = IDX.fullmatch(file.name)
        if found and file.is_file():
            key = ("train" if found[2].lower() == "train" else "test", found[3].lower())
            files.setdefault(found[1], {})[key] = file
    if not files:
        raise FileNotFoundError(f"There are no idx files in {folder}. {WHERE}")
    if wanted is None and len(files) > 1:
        raise ValueError(
            f"{folder} holds {len(files)} sets: {quoted(*sorted(files))}. Type the path of one of the files."
        )
    prefix = wanted[1] if wanted else next(iter(files))
    return prefix, files[prefix]


def read_part(files: dict[tuple[str, str], Path], part: str, max_bytes: int) -> Part | None:
    """Read images and labels of one part."""
    images, labels = files.get((part, "images")), files.get((part, "labels"))
    if images is None and labels is None:
        return None
    if images is None or labels is None:
        there, lacks = (images, "labels-idx1-ubyte") if images else (labels, "images-idx3-ubyte")
        raise FileNotFoundError(f"Beside {there} there is no ...{part if part == 'train' else 't10k'}-{lacks}. {WHERE}")
    x = read_idx(images, 3, max_bytes)
    return to_part(f"{images.name} with {labels.name}", x, read_idx(labels, 1, max_bytes))


def to_part(where: str, x: np.ndarray, y: np.ndarray) -> Part:
    """Check pictures and labels of one part."""
    if x.ndim not in (3, 4) or x.dtype != np.uint8 or 0 in x.shape or (x.ndim == 4 and x.shape[3] != 1):
        raise damaged(where, f"pictures of shape {x.shape} and type {x.dtype}; expected uint8, (N,H,W), at least one.")
    if y.dtype.kind not in "iu" or y.size != len(x) or y.shape[:1] != (len(x),):
        what = f"labels of shape {y.shape} and type {y.dtype}; expected {len(x):,} whole numbers, one for each picture."
        raise damaged(where, what)
    if y.min() < 0 or y.max() >= 2**16:
        raise damaged(where, f"labels from {y.min()} to {y.max()}; expected classes numbered 0, 1, 2, ...")
    return Part(x.reshape(*x.shape[:3], 1), y.reshape(-1).astype(np.int64))


def agrees(name: str, facts: Facts, parts: dict[str, Part | None], top: int) -> bool:
    """Tell whether the files hold what is published of the set they are named after; say so if not."""
    published = {"train": facts.n_train, "test": facts.n_test}
    sizes = {key: len(part) for key, part in parts.items() if part}
    if top < len(facts.class_names) and all(n == published[key] for key, n in sizes.items()):
        return True
    print(
        f"{name}: {sizes} pictures with labels up to {top}; the known set of this name has {published} and labels up "
        f"to {len(facts.class_names) - 1}. So the classes are numbered, not named. If this is a part of that set: "
        + "; ".join(f"{k} = {text}" for k, text in enumerate(facts.class_names))
    )
    return False


def identify(path: Path, files: list[Path]) -> tuple[str, Facts | None]:
    """Return the name of a known set with its facts; otherwise the name of file or folder."""
    for file in files:
        if "labels" in file.name.lower() and file.stat().st_size < 2**16:  # of the known ones
            with file.open("rb") as opened:
                md5 = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
            for name, facts in SETS.items():
                if md5 in facts.sums:
                    return name, facts
    texts = [path.name.lower().removesuffix("train").removesuffix(".npz").strip("-_."), path.parent.name.lower()]
    texts += [path.parent.parent.name.lower()] if texts[1] == "raw" else []  # FashionMNIST/raw/train-images-...
    for text in texts:
        for name, facts in SETS.items():
            if re.search(facts.names, text):
                return name, facts
    return next((text for text in texts if text), "unknown"), None
