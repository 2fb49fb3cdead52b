"""What the generated sets share: the table of patients, the drawing in blocks, ids and the split."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

__all__ = [
    "Cohort", "KerasData",  # for learners
    "BLOCK", "Drawn", "draw_patients", "identify", "real_number", "sigmoid", "split", "tell",  # for the generators
    "whole_number",
]  # fmt: skip

Drawn = dict[str, np.ndarray]  # x, y and the truth by name; the first axis counts patients
KerasData = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]  # (x_train, y_train), (x_test, y_test)

BLOCK = 1000  # patients drawn together


@dataclass(frozen=True, eq=False)
class Cohort:
    """n synthetic patients with their truth."""

    x: np.ndarray = field(repr=False)  # (n,...), what a model may see
    y: np.ndarray = field(repr=False)  # (n,) uint8, index into class_names; or (n,T), (n,...) where the set says so
    columns: tuple[str, ...]  # what stands in the last axis of x; one name for a record of codes
    units: dict[str, str] = field(repr=False)  # of everything in columns and in truth, by name
    patient_id: np.ndarray = field(repr=False)  # (n,) text, "B0-000017": set, seed, number; no two patients share one
    site: np.ndarray = field(repr=False)  # (n,) uint8, the hospital: constant 0, there is only one
    truth: dict[str, np.ndarray] = field(repr=False)  # name -> (n,...); "risk" and others: edunet.datasets.oracle
    class_names: tuple[str, ...]  # empty where y is a quantity
    note: str
    asked: np.ndarray | None = field(default=None, repr=False)  # (n,T) bool, when y is asked for; None: always
    synthetic: bool = True

    def __len__(self) -> int:
        """Give the number of patients."""
        return len(self.y)


# --- for the generators -----------------------------------------------------------------------------------------------


def draw_patients(draw: Callable[..., Drawn], n: int, seed: int, options: int = 0) -> Drawn:
    """Draw n patients from PCG64(seed), block by block, so that a larger n only adds patients at the end.

    An option that needs further numbers takes them from a generator of its own, PCG64([seed, 1]), [seed, 2], ...: the
    numbers of the default then stay what they are.

    Arguments: draw, which makes BLOCK patients; n, at least 1; seed, from 0 up; options, how many further generators
        draw is given: draw(rng, rng_1, rng_2, ...).
    Raises: TypeError or ValueError if n or seed is not such a number.
    """
    n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0)
    rngs = [np.random.Generator(np.random.PCG64([seed, k] if k else seed)) for k in range(1 + options)]
    blocks = [draw(*rngs) for _ in range(-(-n // BLOCK))]
    return {name: np.concatenate([block[name] for block in blocks])[:n] for name in blocks[0]}


def identify(letter: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give n patients an id each, of the set's letter, the seed and their number; and the one site there is."""
    seed = operator.index(seed)
    return np.array([f"{letter}{seed}-{i:06d}" for i in range(n)]), np.zeros(n, np.uint8)


def split(load: Callable[[int, int], Cohort], n: int, seed: int) -> KerasData:
    """Load n patients: the first two thirds to train, the others to test."""
    cohort = load(whole_number("n", n, 2), seed)
    cut = len(cohort) * 2 // 3
    return (cohort.x[:cut], cohort.y[:cut]), (cohort.x[cut:], cohort.y[cut:])


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """1/(1 + e^-logit), without overflow."""
    return np.exp(-np.logaddexp(0, -logit))


def tell(record: Sequence[int] | np.ndarray, names: tuple[str, ...], n_events: int, place: str) -> str:
    """Tell a record of codes in words: a line for each code below n_events, and how many others there are.

    Raises: TypeError or ValueError if record is not one row of x.
    """
    codes = np.asarray(record)
    if codes.ndim != 1 or codes.dtype.kind not in "iu":
        raise TypeError(
            f"describe wants the record of one patient, a row of whole numbers. Received: {codes.dtype} of shape "
            f"{codes.shape}. Type describe(x[0])."
        )
    if codes.size and not 0 <= codes.min() <= codes.max() < len(names):
        raise ValueError(f"describe: codes go from 0 to {len(names) - 1}. Received: {codes.min()} to {codes.max()}.")
    events = [f"{place} {t:2d}  {names[code]}" for t, code in enumerate(codes) if code < n_events]
    return "\n".join([*events, f"{len(codes) - len(events)} other codes"])


def whole_number(name: str, value: object, least: int) -> int:
    """Return value as an int, or say what is wrong with it."""
    example = f"Type for example load({name}={7000 if name == 'n' else 0})."
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number. Received: {value!r} ({type(value).__name__}). {example}")
    number = operator.index(value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}. Received: {name}={number}. {example}")
    return number


def real_number(name: str, value: object, low: float, high: float, example: str) -> float:
    """Return value as a float, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(
            f"{name} must be a number. Received: {value!r} ({type(value).__name__}). Type for example {example}."
        )
    if not low <= value <= high:
        raise ValueError(
            f"{name} must lie between {low:g} and {high:g}. Received: {name}={value}. Type for example {example}."
        )
    return float(value)
