"""Examine one function against one exercise."""

import inspect

import numpy as np

from edunet.learn.diagnosis import agree, diagnose
from edunet.learn.results import Result
from edunet.learn.trial import Outcome, run

__all__ = ["examine", "trials_of"]

TRIALS = 4  # of other sizes each: a sentence such as "off by the factor 2" must hold in all of them


def trials_of(exercise) -> list[tuple]:
    """Return the arguments of all trials: those drawn, and those whose result is known from elsewhere."""
    drawn = [exercise.inputs(np.random.default_rng([2024, i]), i) for i in range(TRIALS)]
    return drawn + [arguments for arguments, _ in exercise.known]


def examine(exercise, f) -> Result:
    """Return what is to be said about f. Never raises: if the fault is ours, it says so."""
    try:
        sentence = _fault(exercise, f)
    except Exception as error:
        sentence = f"the check itself failed ({type(error).__name__}: {error}). That is our fault: please report it."
    if sentence:
        return Result("NOT YET", exercise.name, sentence)
    return Result("PASS", exercise.name, "all trials agree.", ok=True, points=exercise.points)


def _fault(exercise, f) -> str:
    """Return a sentence, or "" if f is right."""
    refused = _cannot_be_called(exercise, f)
    if refused:
        return refused
    trials = trials_of(exercise)
    got = run(f, trials)
    wanted = run(exercise.reference, trials)
    for outcome, (_, result) in zip(wanted[TRIALS:], exercise.known, strict=True):
        outcome.value = result
    if len(got) == len(wanted) and all(_right(o, w) for o, w in zip(got, wanted, strict=True)):
        again = run(f, trials[:1])
        if not (len(again) == 1 and _right(again[0], wanted[0])):
            return "called twice with the same input, your code gives two different answers."
        return ""
    printed = got[0].printed.strip().partition("\n")[0][:60] if got else ""
    return diagnose(exercise, trials, got, wanted) + (f" (It printed: {printed})" if printed else "")


def _right(outcome: Outcome, wanted: Outcome) -> bool:
    """Tell whether a result is right. A list in the place of an array is not: the lesson goes on computing with it."""
    if outcome.error is not None or outcome.changed or not agree(outcome.value, wanted.value):
        return False
    pairs = [(outcome.value, wanted.value)]
    if isinstance(wanted.value, tuple):
        pairs = list(zip(outcome.value, wanted.value, strict=True))
    return not any(isinstance(mine, list | tuple) and np.ndim(theirs) for mine, theirs in pairs)


def _cannot_be_called(exercise, f) -> str:
    name = exercise.name
    if f is None:
        return f'hand over your function: learn.check("{name}", {name}).'
    if not callable(f):
        return (
            f"the function itself is wanted, without brackets: "
            f'learn.check("{name}", {name}). Received: {type(f).__name__}.'
        )
    wanted = list(inspect.signature(exercise.reference).parameters)
    called = f"it is called as {name}({', '.join(wanted)})"
    try:
        mine = list(inspect.signature(f).parameters)
        inspect.signature(f).bind(*trials_of(exercise)[0])
    except TypeError:
        first = f"the first line should be def {name}({', '.join(wanted)}):"
        return f"{called}. Yours takes ({', '.join(mine)}): {first}"
    except ValueError:  # no signature to be read, some compiled functions have none: the call will tell
        return ""
    if mine != wanted and sorted(mine) == sorted(wanted):
        return f"{called}. Yours takes ({', '.join(mine)}): the same names in another order."
    return ""
