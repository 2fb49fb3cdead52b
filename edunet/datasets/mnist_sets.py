"""What is published about the sets in MNIST's form: classes, licence, sums of the files.

Fashion-MNIST and Kuzushiji-MNIST come in files named exactly as MNIST's; they are told apart by the MD5 of their packed
label files, or by the name of the folder or file. A name alone is not believed: the numbers of pictures must agree.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

__all__ = ["SETS", "Facts"]


@dataclass(frozen=True)
class Facts:
    """What is published about one set."""

    names: str  # regular expression found in the name of the file or its folder, in small letters
    class_names: tuple[str, ...]  # index = label
    licence: str
    citation: str
    n_train: int
    n_test: int
    sums: tuple[str, ...] = ()  # MD5 of train-labels-idx1-ubyte.gz and of t10k-labels-idx1-ubyte.gz


DIGITS = tuple(string.digits)
COHEN = (
    "G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST: an extension of MNIST to handwritten letters. "
    "International Joint Conference on Neural Networks (2017) 2921-2926"
)
FREE = "public domain (NIST)"
MERGED = DIGITS + tuple(string.ascii_uppercase) + tuple("abdefghnqrt")

SETS = {
    "fashion-mnist": Facts(
        "fashion",
        ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
        "MIT",
        "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning "
        "algorithms. arXiv 1708.07747 (2017)",
        60_000,
        10_000,
        ("25c81989df183df01b3e8a0aad5dffbe", "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
    "kmnist": Facts(
        "kmnist|kuzushiji",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        "CC BY-SA 4.0",
        "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha: Deep learning for classical Japanese "
        "literature. arXiv 1812.01718 (2018)",
        60_000,
        10_000,
        ("e144d726b3acfaa3e44228e80efcd344", "7320c461ea6c1c855c0b718fb2a4b134"),
    ),
    "emnist-letters": Facts("emnist-letters", ("none", *string.ascii_lowercase), FREE, COHEN, 124_800, 20_800),
    "emnist-digits": Facts("emnist-digits", DIGITS, FREE, COHEN, 240_000, 40_000),
    "emnist-mnist": Facts("emnist-mnist", DIGITS, FREE, COHEN, 60_000, 10_000),
    "emnist-balanced": Facts("emnist-balanced", MERGED, FREE, COHEN, 112_800, 18_800),
    "emnist-bymerge": Facts("emnist-bymerge", MERGED, FREE, COHEN, 697_932, 116_323),
    "emnist-byclass": Facts(
        "emnist-byclass", (*DIGITS, *string.ascii_uppercase, *string.ascii_lowercase), FREE, COHEN, 697_932, 116_323
    ),
    "mnist": Facts(
        "^mnist$",
        DIGITS,
        "CC BY-SA 3.0",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. "
        "Proceedings of the IEEE 86 (1998) 2278-2324",
        60_000,
        10_000,
        ("d53e105ee54ea40749a09fcbcd1e9432", "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
}
