"""Is the allergy still on? A record of 60 visits in which only the latest word counts: the case for memory. SYNTHETIC.

The question, asked at the drug order that ends the record: does the allergy forbid the drug? Rule:

    3 .. 8 visits, as many as not, at random places 0 .. 49, confirm the allergy (code 1) or rule it out (code 0)
    the last visit, 59, is the drug order (code 2); all others are of no account (codes 3 .. 39, equally frequent)
    state = the latest of the codes 0 and 1;   y = state, flipped with probability 0.05

One bit must be kept for `delay` visits: the record is a flip-flop. Counting the codes does not do, as old words weigh
as much as the latest; a window of the last visits forgets what lies before it.

    truth      unit          meaning
    risk       probability   of y = 1: 0.95 where the state is 1, else 0.05
    state      code          0 ruled out, 1 confirmed
    latest     visit         place of the latest code 0 or 1
    delay      visits        59 - latest, from that code to the order: 10 .. 57, half of them over 15

Code 0 is a word on the allergy: an Embedding with mask_zero=True would hide it. No visit is empty, so none needs a
mask.

With delay=d the latest word stands at visit 59 - d in every record, the others at random places before it, as many as
fit: for the plot of accuracy against delay, which shows how long a network remembers.

`CODE_NAMES` names the codes; `describe(x[0])` tells a record in words.

Source: flip-flop memory, a standard task of recurrent networks (D. Sussillo, O. Barak, Opening the black box, Neural
Computation 25 (2013) 626-649, use it). The numbers are invented for teaching.

What is unrealistic: 40 codes in place of thousands, visits evenly spaced; the codes of no account are independent of
everything; words on the allergy come at random and contradict each other freely; half of the patients are allergic.

Measured with 200,000 records: best possible AUC and accuracy 0.950; confirmations minus exclusions 0.719, the same in
the last 20 visits 0.851.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, split, tell, whole_number
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "CODE_NAMES", "COLUMNS", "UNITS", "describe", "load", "load_data", "oracle_score"]

CLASS_NAMES = ("drug allowed", "drug forbidden")
COLUMNS = ("code",)
UNITS = {"code": "code", "risk": "probability", "state": "code", "latest": "visit", "delay": "visits"}
RULED_OUT, CONFIRMED, ORDER = 0, 1, 2
CODE_NAMES = ("allergy ruled out", "allergy confirmed", "drug order", *(f"visit for reason {i}" for i in range(3, 40)))
NOTE = "SYNTHETIC: drawn by edunet.datasets.allergy_record from an invented rule; no patient. Not for prescribing."

LENGTH = 60  # visits
QUIET = 10  # the last visits, without a word on the allergy
FEWEST, MOST = 3, 8  # words on the allergy
LONGEST = LENGTH - FEWEST  # delay
FLIP = 0.05


def load(n: int = 8000, seed: int = 0, *, delay: int | None = None) -> Cohort:
    """Draw n SYNTHETIC records of 60 visits, each ending with a drug order, and whether the drug is forbidden.

        y = the latest of the codes 0 (allergy ruled out) and 1 (confirmed), flipped with probability 0.05

    The same seed gives the same records, and a larger n only adds records at the end.

    Arguments: n, number of records, at least 1; seed, a whole number from 0 up; delay, visits from the latest word on
        the allergy to the order, the same in all records, 10 to 57; None, as it comes.
    Returns: `Cohort` with x (n,60) int64 codes 0 .. 39, y (n,) uint8, truth: risk, state, latest, delay, all (n,).
    Raises: TypeError or ValueError if an argument is not such a number.
    Source: flip-flop memory, see the top of this module.

    >>> records = load(10, seed=1)
    >>> records.x.shape, CODE_NAMES[records.x[0, -1]]
    ((10, 60), 'drug order')
    >>> bool((records.x[0, records.truth["latest"][0]] == records.truth["state"][0]))
    True
    """
    drawn = draw_patients(functools.partial(draw_block, delay=checked_delay(delay)), n, seed, options=1)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("A", len(y), seed), drawn, CLASS_NAMES, NOTE)


def load_data(n: int = 12_000, seed: int = 0, *, delay: int | None = None) -> KerasData:
    """Draw the same SYNTHETIC records as `load`: two thirds to train, one third to test.

    Arguments: n, number of records, at least 2; seed, a whole number from 0 up; delay, as that
        of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,60) int64, y (..,) uint8.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 60), (10,))
    """
    return split(functools.partial(load, delay=delay), n, seed)


def describe(record: Sequence[int] | np.ndarray) -> str:
    """Tell a record in words: a line for every visit of account, counted from 0.

    Arguments: record (60,) codes, a row of x; part of a row will do.
    Raises: TypeError or ValueError if record is not a row of codes 0 .. 39.

    >>> print(describe([17, 1, 5, 30, 0, 2]))
    visit  1  allergy confirmed
    visit  4  allergy ruled out
    visit  5  drug order
    3 other codes
    """
    return tell(record, CODE_NAMES, ORDER + 1, "visit")


def checked_delay(delay: object) -> int | None:
    """Return the delay, or say what is wrong with it."""
    if delay is None:
        return None
    visits = whole_number("delay", delay, QUIET, "load(delay=30)")
    if visits > LONGEST:  # the fewest words stand at the visits 0, 1, 2
        raise ValueError(
            f"delay must be at most {LONGEST} visits. Received: {visits}. Type for example load(delay=30)."
        )
    return visits


def draw_block(rng: np.random.Generator, rng_places: np.random.Generator, delay: int | None) -> Drawn:
    """Draw BLOCK records."""
    x = rng.integers(ORDER + 1, len(CODE_NAMES), (BLOCK, LENGTH))
    places = np.tile(np.arange(LENGTH - QUIET), (BLOCK, 1))
    places = rng.permuted(places, axis=1)[:, :MOST]
    words = rng.integers(0, 2, (BLOCK, MOST))
    said = np.arange(MOST) < rng.integers(FEWEST, MOST + 1, BLOCK)[:, None]
    if delay is not None:
        place = LENGTH - 1 - delay
        before = rng_places.permuted(np.tile(np.arange(place), (BLOCK, 1)), axis=1)[:, : MOST - 1]
        places = np.column_stack([np.full(BLOCK, place), before])
        said = said[:, : places.shape[1]]
    patient, word = np.nonzero(said)
    x[patient, places[patient, word]] = words[patient, word]
    x[:, -1] = ORDER
    latest = np.where(said, places, -1).max(1)
    state = x[np.arange(BLOCK), latest]
    flipped = rng.random(BLOCK) < FLIP
    return {
        "x": x,
        "y": (state ^ flipped).astype(np.uint8),
        "risk": np.where(state == CONFIRMED, 1 - FLIP, FLIP),
        "state": state,
        "latest": latest,
        "delay": LENGTH - 1 - latest,
    }
