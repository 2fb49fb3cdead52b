"""What the generated sets share: the table of patients, the drawing in blocks, ids and the split."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

__all__ = [
    "Cohort", "KerasData",  # for learners
    "BLOCK", "Drawn", "check_room", "draw_patients", "identify", "one_of_two",  # for the generators
    "real_number", "sigmoid", "split", "tell", "whole_number",
]  # fmt: skip

Drawn = dict[str, np.ndarray]  # x, y and the truth by name; the first axis counts patients
KerasData = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]  # (x_train, y_train), (x_test, y_test)

BLOCK = 1000  # patients drawn together
MOST_BYTES = 16 * 2**30  # of everything drawn; while blocks are joined, twice as much is needed


@dataclass(frozen=True, eq=False)
class Cohort:
    """n synthetic patients with their truth."""

    x: np.ndarray = field(repr=False)  # (n,...), what a model may see
    y: np.ndarray = field(repr=False)  # (n,) uint8, index into class_names; or (n,T), (n,...) where the set says so
    columns: tuple[str, ...]  # what stands in the last axis of x; one name for a record of codes
    units: dict[str, str] = field(
        repr=False
    )  # of everything in columns and in truth, by name; of a quantity y too, as "y"
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


def draw_patients(draw: Callable[..., Drawn], n: int, seed: int, options: int = 0, *, function: str = "load") -> Drawn:
    """Draw n patients from PCG64(seed), block by block, so that a larger n only adds patients at the end.

    An option that needs further numbers takes them from a generator of its own, PCG64([seed, 1]), [seed, 2], ...: the
    numbers of the default then stay what they are.

    Arguments: draw, which makes BLOCK patients; n, at least 1; seed, from 0 up; options, how many further generators
        draw is given: draw(rng, rng_1, rng_2, ...); function, what the learner typed, for the messages.
    Raises: TypeError or ValueError if n or seed is not such a number; ValueError if so many patients need more than
        MOST_BYTES, told by the first block.
    """
    n = whole_number("n", n, 1, f"{function}(n=7000)")
    seed = whole_number("seed", seed, 0, f"{function}(seed=0)")
    rngs = [np.random.Generator(np.random.PCG64([seed, k] if k else seed)) for k in range(1 + options)]
    blocks = [draw(*rngs)]
    check_room(n, sum(values.nbytes for values in blocks[0].values()) // BLOCK, function)
    blocks += [draw(*rngs) for _ in range(1, -(-n // BLOCK))]
    return {name: np.concatenate([block[name] for block in blocks])[:n] for name in blocks[0]}


def check_room(n: int, bytes_each: int, function: str) -> None:
    """Refuse n patients if together they take more than MOST_BYTES."""
    if n * bytes_each > MOST_BYTES:
        fits = MOST_BYTES // (4 * bytes_each)
        raise ValueError(
            f"{function} would need {n * bytes_each // 2**30} GiB of memory for n={n}; {MOST_BYTES // 2**30} GiB is "
            f"the most. Type for example {function}(n={fits}), or draw parts with other seeds."
        )


def identify(letter: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give n patients an id each, of the set's letter, the seed and their number; and the one site there is."""
    seed = operator.index(seed)
    return np.array([f"{letter}{seed}-{i:06d}" for i in range(n)]), np.zeros(n, np.uint8)


def split(load: Callable[[int, int], Cohort], n: int, seed: int) -> KerasData:
    """Load n patients: the first two thirds to train, the others to test."""
    cohort = load(whole_number("n", n, 2, "load_data(n=7000)"), seed)
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


def whole_number(name: str, value: object, least: int, example: str | None = None) -> int:
    """Return value as an int, or say what is wrong with it, and what to type: example, or load() with a right value."""
    example = example or f"load({name}={7000 if name == 'n' else least})"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"{name} must be a whole number. Received: {value!r} ({type(value).__name__}). Type for example {example}."
        )
    number = operator.index(value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}. Received: {name}={number}. Type for example {example}.")
    return number


def one_of_two(name: str, value: object) -> bool:
    """Return value if it is True or False, or say that it must be: "no" would count as yes."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(
            f"{name} must be True or False. Received: {value!r} ({type(value).__name__}). "
            f"Type for example load({name}=True)."
        )
    return bool(value)


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
