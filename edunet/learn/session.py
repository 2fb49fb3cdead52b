"""check, hint, use, progress and exercises: what a learner types."""

from edunet.learn.catalogue import EXERCISES, LESSONS
from edunet.learn.checking import examine
from edunet.learn.results import Note, Result, Table
from edunet.names import did_you_mean

__all__ = ["check", "exercises", "hint", "progress", "use"]

_passed: dict[str, bool] = {}  # by name, in the order in which they were first checked
_hints: dict[str, int] = {}  # how many have been shown


def check(name, f=None) -> Result:
    """Try a function of yours against an exercise and say what is wrong with it, in one sentence.

    It is called with several inputs of different sizes, drawn from fixed seeds, and compared with the right function
    and with the mistakes that people make. Nothing is raised, whatever it does, and no answer is shown.

    Args: name of the exercise, see `exercises()`; f, the function itself (not its result).
    Returns: `Result` with ok, message, name and points.

    >>> from edunet import learn
    >>> def sigmoid(z):
    ...     return 1 / 1 + np.exp(-z)
    >>> learn.check("sigmoid", sigmoid)
    NOT YET sigmoid: brackets: 1 / 1 + e^(−z) is 1 + e^(−z). Python divides before it adds: 1 / (1 + ...).
    """
    exercise = EXERCISES.get(name) if isinstance(name, str) else None
    if exercise is None:
        return _unknown(name, f)
    result = examine(exercise, f)
    _passed[name] = _passed.get(name, False) or result.ok
    return result


def _unknown(name, f) -> Result:
    if callable(name):
        called = getattr(name, "__name__", "f")
        return Result("NOT YET", called, f'the name comes first, in quotes: learn.check("{called}", {called}).')
    guess = did_you_mean(name, EXERCISES) if isinstance(name, str) else ""
    lists = guess or " learn.exercises() lists all of them."
    return Result("NOT YET", str(name)[:40], f"there is no exercise of this name.{lists}")


def hint(name) -> Note:
    """Give the next of three hints: where to look, what to do, nearly the line itself.

    >>> from edunet import learn
    >>> learn.hint("sigmoid").word
    'HINT'
    """
    exercise = EXERCISES.get(name) if isinstance(name, str) else None
    if exercise is None:
        return _unknown(name, None)
    shown = _hints[name] = _hints.get(name, 0) + 1
    steps = len(exercise.hints)
    if shown > steps:
        _hints[name] = 0  # from the beginning next time
        file = f"{LESSONS[exercise.lesson]}.ipynb of the folder solutions"
        return Note("HINT", name, f"those were all {steps}. The solution is in {file}; try once more before you look.")
    more = "" if shown == steps else f' Another one: learn.hint("{name}") again.'
    return Note("HINT", name, f"({shown} of {steps}) {exercise.hints[shown - 1]}{more}")


def use(name, f):
    """Return f if it passes its check, else the right function, and say so: a lesson can go on with either.

    Give the result a name of its own, so that your function stays yours: `my_step = learn.use("sgd_step", sgd_step)`.
    Raises ValueError for an unknown exercise: there is nothing to go on with.

    >>> from edunet import learn
    >>> learn.use("sigmoid", None)(np.zeros(2))
    NOTE sigmoid: yours is not ready, so the lesson goes on with ours.
    array([0.5, 0.5])
    """
    if not isinstance(name, str) or name not in EXERCISES:
        raise ValueError(_unknown(name, f).message)
    if check(name, f).ok:
        return f
    print(Note("NOTE", name, "yours is not ready, so the lesson goes on with ours."))
    return EXERCISES[name].reference


def progress() -> Table:
    """List what was checked in this session, and whether it has passed."""
    rows = tuple((EXERCISES[n].lesson, n, "PASS" if ok else "not yet") for n, ok in _passed.items())
    done = sum(_passed.values())
    return Table(("lesson", "exercise", "state"), rows, f"{done} of {len(_passed)} passed.")


def exercises() -> Table:
    """List all exercises by lesson: the names that `check` and `hint` know.

    >>> from edunet import learn
    >>> [row for row in learn.exercises().rows if row[1] == "sigmoid"]
    [('01', 'sigmoid', 'squeeze any number into the range from 0 to 1')]
    """
    rows = tuple((e.lesson, e.name, e.task) for e in EXERCISES.values())
    return Table(("lesson", "exercise", "task"), rows, 'Try one: learn.check("name", your_function)')
