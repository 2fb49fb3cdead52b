"""What an exercise is made of. The lessons' catalogues (dense, conv, rnn, attention) are lists of these."""

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Exercise", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong twin: the sentence that a learner is told, and a function that makes the mistake.

    Whatever gives the same numbers as `wrong`, or fails with the same error, gets the sentence.
    """

    sentence: str
    wrong: Callable = field(repr=False)


@dataclass(frozen=True)
class Exercise:
    """One function that a learner writes.

    name        what `check` is asked for, and what the function is called in the notebook
    lesson      "01", "05", ...
    task        one sentence for `exercises()`
    reference   the right function; its parameters are those that the learner's must take
    inputs      inputs(rng, i) -> the arguments for the i-th trial, of other sizes every time
    mistakes    the catalogue of wrong twins, the most special first
    hints       three steps: where to look, what to do, nearly the line itself
    returns     the names of the results, where there are several
    known       pairs (arguments, result) computed outside this library
    points      for a teacher
    """

    name: str
    lesson: str
    task: str
    reference: Callable = field(repr=False)
    inputs: Callable = field(repr=False)
    mistakes: tuple[Mistake, ...] = field(repr=False)
    hints: tuple[str, str, str] = field(repr=False)
    returns: tuple[str, ...] = ()
    known: tuple = field(default=(), repr=False)
    points: int = 1
