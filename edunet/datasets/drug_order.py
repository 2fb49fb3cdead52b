"""Two drugs that harm in one order and not in the other, far apart in a record: the case for attention. SYNTHETIC.

The question: was the patient harmed? Eight pairs of invented drugs A0-B0 .. A7-B7. Rule:

    a record has 64 places; 4 of the A's, 4 of the B's stand at random places, each drug once (codes 0 .. 7 and 8 .. 15)
    exactly one index i is shared: A_i and B_i both stand in the record, whatever the class
    all other places are filled with codes of no account (16 .. 99, equally frequent)
    order = [A_i stands before B_i];   y = order, flipped with probability 0.05

Any pair, at any distance, and only its order counts. The codes without their places, the bag, have the same
distribution in both classes: they tell nothing. Were a pair absent from one class, counting pairs would do.

    truth          unit          meaning
    risk           probability   of y = 1: 0.95 where A_i comes first, else 0.05
    pairs (n,2)    place         of A_i and of B_i, counted from 0: what attention should join
    shared         index         i
    order          0/1           1 where A_i comes first
    flipped        True/False    where y is not order

Code 0 is a drug, A0: an Embedding with mask_zero=True would hide it. No place is empty, so none needs a mask.

`CODE_NAMES` names the codes; `describe(x[0])` tells a record in words.

Source: invented for teaching. A0 .. B7 are no real drugs, and no real interaction is meant.

What is unrealistic: real interactions depend on dose, time and patient, and most do not depend on the order; every
record holds exactly one pair; half of the patients are harmed; the codes of no account are independent of everything.

Measured with 200,000 records: best possible AUC and accuracy 0.950; sum of the B's places minus sum of the A's 0.71.
Trained on 8,000: logistic regression and a network on the bag of codes 0.50.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, split, tell
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "CODE_NAMES", "COLUMNS", "UNITS", "describe", "load", "load_data", "oracle_score"]

PAIRS = 8  # A_i has code i, B_i has code 8 + i
CHOSEN = 4  # A's in a record, and B's
FILLER = 2 * PAIRS  # first of the codes of no account
LENGTH = 64  # places
FLIP = 0.05

CLASS_NAMES = ("no harm", "harm")
COLUMNS = ("code",)
UNITS = {
    "code": "code", "risk": "probability", "pairs": "place", "shared": "index", "order": "0/1", "flipped": "True/False",
}  # fmt: skip
CODE_NAMES = (
    *(f"drug A{i}" for i in range(PAIRS)),
    *(f"drug B{i}" for i in range(PAIRS)),
    *(f"visit for reason {i}" for i in range(FILLER, 100)),
)
NOTE = "SYNTHETIC: drawn by edunet.datasets.drug_order from an invented rule; no patient, no real drug."


def load(n: int = 8000, seed: int = 0) -> Cohort:
    """Draw n SYNTHETIC records of 64 codes with one pair of drugs that interact, and whether the patient was harmed.

        y = [A_i stands before B_i], flipped with probability 0.05;   i the index that both kinds share

    The same seed gives the same records, and a larger n only adds records at the end.

    Arguments: n, number of records, at least 1; seed, a whole number from 0 up.
    Returns: `Cohort` with x (n,64) int64 codes 0 .. 99, y (n,) uint8, truth (see the top of this module).
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: invented for teaching.

    >>> records = load(10, seed=1)
    >>> records.x.shape
    (10, 64)
    >>> a, b = records.x[0, records.truth["pairs"][0]].tolist()
    >>> CODE_NAMES[a][:-1], CODE_NAMES[b][:-1], b - a
    ('drug A', 'drug B', 8)
    """
    drawn = draw_patients(draw_block, n, seed)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("O", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0) -> KerasData:
    """Draw the same SYNTHETIC records as `load`: two thirds to train, one third to test.

    Arguments: n, number of records, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,64) int64, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 64), (10,))
    """
    return split(load, n, seed)


def describe(record: Sequence[int] | np.ndarray) -> str:
    """Tell a record in words: a line for every drug, with its place counted from 0.

    Arguments: record (64,) codes, a row of x; part of a row will do.
    Raises: TypeError or ValueError if record is not a row of codes 0 .. 99.

    >>> print(describe([50, 3, 61, 14, 11]))
    place  1  drug A3
    place  3  drug B6
    place  4  drug B3
    2 other codes
    """
    return tell(record, CODE_NAMES, FILLER, "place")


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK records."""
    x = rng.integers(FILLER, len(CODE_NAMES), (BLOCK, LENGTH))
    index = rng.permuted(np.tile(np.arange(PAIRS), (BLOCK, 1)), axis=1)  # first the shared one, then A's, then B's
    a, b = index[:, :CHOSEN], index[:, [0, *range(CHOSEN, 2 * CHOSEN - 1)]]
    places = rng.permuted(np.tile(np.arange(LENGTH), (BLOCK, 1)), axis=1)[:, : 2 * CHOSEN]
    np.put_along_axis(x, places, np.concatenate([a, PAIRS + b], axis=1), axis=1)
    pairs = places[:, [0, CHOSEN]]
    order = (pairs[:, 0] < pairs[:, 1]).astype(np.uint8)
    flipped = rng.random(BLOCK) < FLIP
    return {
        "x": x,
        "y": order ^ flipped,
        "risk": np.where(order, 1 - FLIP, FLIP),
        "pairs": pairs,
        "shared": index[:, 0],
        "order": order,
        "flipped": flipped,
    }
