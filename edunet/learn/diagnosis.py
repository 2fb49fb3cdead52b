"""What is wrong with an answer, in one sentence that helps and does not give the answer away.

Three questions, in this order: did it run and give numbers of the right kind? does it make a mistake of the
catalogue? how do the numbers differ from the right ones? A sentence about numbers must hold in every trial.
"""

import inspect
from collections.abc import Callable

import numpy as np

from edunet.learn.trial import OutOfTime, run

__all__ = ["agree", "diagnose", "same"]


def agree(got, wanted) -> bool:
    """Tell whether two results are the same numbers in the same form; float32 may have computed either."""
    if isinstance(wanted, tuple):
        got = list(got) if isinstance(got, np.ndarray) and got.ndim else got
        return isinstance(got, tuple | list) and len(got) == len(wanted) and all(map(agree, got, wanted))
    got, wanted = _numbers(got), _numbers(wanted)
    return got is not None and wanted is not None and got.shape == wanted.shape and _close(got, wanted)


def same(outcome, other) -> bool:
    """Tell whether two functions came to the same: the same numbers, or an error of the same kind."""
    if outcome.error is not None or other.error is not None:
        return type(outcome.error) is type(other.error)
    return agree(outcome.value, other.value)


def diagnose(exercise, trials, got, wanted) -> str:
    """Return the sentence for outcomes that are not the wanted ones."""
    failed = next((o for o in got if o.error is not None), None)
    if failed is not None and isinstance(failed.error, NotImplementedError):
        other = str(failed.error)
        if other.isidentifier() and other != exercise.name:
            return f"your code calls `{other}`, which is not written yet: begin with that one."
        return "not written yet: replace the line `raise NotImplementedError(...)` by your own code."
    if failed is not None and isinstance(failed.error, OutOfTime):
        where = f" It was last seen at {failed.where}." if failed.where else ""
        return (
            f"your code does not come to an end (it was stopped). Look for a loop whose condition never changes.{where}"
        )
    changed = next((o.changed for o in got if o.changed), "")
    if changed:
        return f"your code writes into its input `{changed}`. Work on a copy: {changed} = {changed}.copy()."
    if any(o.error is None for o in got):
        for mistake in exercise.mistakes:
            if _makes(mistake, trials, got):
                return mistake.sentence
    if failed is not None:
        return _stopped(failed)
    values, rights = [o.value for o in got], [o.value for o in wanted]
    if isinstance(rights[0], tuple):
        return _several(exercise, trials, values, rights)
    return _kind(exercise, values, rights, got[0].printed) or _numbers_differ(exercise, trials, values, rights)


def _makes(mistake, trials, got) -> bool:
    """Tell whether a wrong twin comes to the same in every trial; most differ in the first."""
    return len(got) == len(trials) and all(
        same(outcome, run(mistake.wrong, [arguments])[0]) for outcome, arguments in zip(got, trials, strict=True)
    )


# what Python says of a frequent slip, and what helps
REPAIRS = (
    ("truth value of an array", "`if`, `and` and `or` decide about one number. For arrays: np.where, or & and | with "
     "brackets round each comparison."),
    ("bitwise_and", "& binds more tightly than == and >=: put brackets round each comparison."),
    ("converted to Python scalar", "math.exp and float(...) take one number, np.exp takes a whole array; and an array "
     "may have two axes, then its places are rows."),
    ("setting an array element with a sequence", "Where one number belongs, an array arrives: the input may have two "
     "axes, or arrays of different lengths are packed into one."),
    ("same shape", "Results of different shapes cannot be one array: return them one by one, with commas."),
    ("could not be broadcast", "* and + meet place by place. Is the matrix product @ meant, or keepdims=True missing "
     "after a sum?"),
    ("matmul", "In a product (N, D) @ (D, U) the inner sizes must be equal: is one of them to be transposed, or are "
     "the two in the wrong order?"),
    ("not aligned", "In a product of (N, D) and (D, U) the inner sizes must be equal: is one to be transposed?"),
    ("out of bounds", "The inputs have another size in every trial: count with len(...) or .shape, from 0."),
    ("cannot reshape", "The inputs have another size in every trial, and not every size can be cut evenly."),
    ("is not defined", "Is it misspelt, or made in a cell that has not been run?"),
    ("maximum recursion", "The function calls itself without end."),
    ("slice indices must be integers", "A place is a whole number: are arguments in another order, or / for //?"),
)  # fmt: skip


def _stopped(failed) -> str:
    where = f" at {failed.where.rstrip(':')}" if failed.where else ""
    told = str(failed.error).rstrip(". ")
    repair = next((f" {text}" for sign, text in REPAIRS if sign in told), "")
    return f"your code stops with {type(failed.error).__name__}{where}: {told}.{repair}"


def _several(exercise, trials, values, rights) -> str:
    """Diagnose a result of several parts, naming the first part that is wrong."""
    names = ", ".join(exercise.returns)
    values = [list(v) if isinstance(v, np.ndarray) and v.ndim else v for v in values]
    if not all(isinstance(v, tuple | list) and len(v) == len(exercise.returns) for v in values):
        first = values[0]
        came = f"{len(first)} values" if isinstance(first, tuple | list) else _describe(first)
        return f"return {len(exercise.returns)} values, in this order: return {names}. Yours returns {came}."
    if all(agree(tuple(map(_minus, v)), r) for v, r in zip(values, rights, strict=True)):
        return f"the signs of {names} are flipped: apart from that, all numbers are right."
    for i, name in enumerate(exercise.returns):
        mine, theirs = [v[i] for v in values], [r[i] for r in rights]
        if all(map(agree, mine, theirs)):
            continue
        for j, other in enumerate(exercise.returns):
            if i != j and all(map(agree, mine, [r[j] for r in rights])):
                return f"the values are mixed up: in the place of {name} stands {other}. Order: return {names}."
        return f"{name}: " + (_kind(exercise, mine, theirs, "") or _numbers_differ(exercise, trials, mine, theirs))
    return "the parts are right one by one, yet not together: please report this to us."


def _kind(exercise, values, rights, printed) -> str:
    """Diagnose what is not even an array of numbers of the right shape."""
    value, right = values[0], np.asarray(rights[0])
    if value is not None and any(v is None for v in values):
        return "for some inputs your code returns nothing (None): is there an `if` without `else`?"
    if value is None and printed:
        return "your code prints its answer and returns nothing (None). Give it back: replace print(...) by return ..."
    if value is None:
        return "your code returns nothing (None). Its last line should be: return ... (and not inside an if or a loop)."
    if value is ...:
        return "not written yet: there is still a `...` where the answer should be."
    wrong = [v for v in values if _numbers(v) is None]
    if wrong:
        return f"a number or an array of numbers is expected. Yours returns {_describe(wrong[0])}."
    if right.ndim and isinstance(value, list | tuple):
        inner = " The numbers in it are right." if all(map(agree, map(np.asarray, values), rights)) else ""
        return f"your code returns a {type(value).__name__}; the rest of the lesson computes with arrays.{inner} " + (
            "Type: return np.array(...)"
        )
    arrays = [_numbers(v) for v in values]
    for mine, theirs in zip(arrays, map(np.asarray, rights), strict=True):
        if mine.shape != theirs.shape:
            return _shapes(mine, theirs)
    if not all(np.isfinite(a).all() for a in arrays):
        bad = next(a for a in arrays if not np.isfinite(a).all())
        what = (
            "nan (not a number: 0/0, 0 · inf, inf − inf, log or root of a negative number)"
            if np.isnan(bad).any()
            else "inf"
        )
        return f"there is {what} in your result. Look for a division by zero, log(0), or exp of a large number."
    return ""


def _shapes(mine, theirs) -> str:
    came = f"your result has shape {mine.shape}, expected is {theirs.shape}"
    if not mine.size:
        return f"{came}: it is empty. Are two arguments exchanged, or does a loop or a slice end before it begins?"
    if theirs.ndim >= 2 and mine.shape == theirs.shape[::-1] and theirs.ndim == 2:
        same_numbers = _close(mine.T, theirs)
        return f"{came}: rows and columns are exchanged." + (" Otherwise it is right: type .T" if same_numbers else "")
    if mine.ndim == theirs.ndim and sorted(mine.shape) == sorted(theirs.shape):
        return f"{came}: the axes stand in another order."
    if mine.size == theirs.size:
        return f"{came}: as many numbers, arranged otherwise. Compare with the shapes in the text."
    if mine.ndim == 0:
        return f"{came}: a single number came out. Was everything added up, where an axis should stay?"
    if theirs.ndim == 0:
        return f"{came}: a single number is wanted. Is a sum, a mean or a len(...) missing at the end?"
    if mine.ndim < theirs.ndim:
        return f"{came}: an axis is missing. Was one summed that should stay, or only one patient computed?"
    if mine.ndim > theirs.ndim:
        return f"{came}: there is an axis too many. Is a sum over one of them missing?"
    return (
        f"{came}: count the places again. Every trial has other sizes; is one fixed in your code, or one taken twice?"
    )


# one function applied once too often or too early, f(right number): its name for the learner
APPLIED: dict[str, Callable] = {
    "relu": lambda t: np.maximum(t, 0),
    "the sigmoid": lambda t: 1 / (1 + np.exp(-t)),
    "tanh": np.tanh,
    "exp": np.exp,
    "the logarithm": np.log,
    "a square": np.square,
    "a square root": np.sqrt,
    "the absolute value": np.abs,
}


def _numbers_differ(exercise, trials, values, rights) -> str:
    """Diagnose numbers of the right shape: by what one operation do they differ, and where?"""
    mine, theirs = [_numbers(v) for v in values], [np.asarray(r, float) for r in rights]
    pairs = list(zip(mine, theirs, strict=True))
    for cut in (np.round, np.trunc, np.floor):
        if all(np.array_equal(m, cut(t)) or np.array_equal(m, cut(t * (1 - 1e-9))) for m, t in pairs):  # or 0.999
            return "your numbers are cut to whole ones. Look for // in place of /, int(...), or an array of integers."
    for digits in (1, 2, 3):
        if all(np.allclose(m, np.round(t, digits), atol=1e-9) for m, t in pairs):
            return f"your numbers are rounded to {digits} digits: give back all of them."
    if all(_close(-m, t) for m, t in pairs):
        return "the sign is flipped: apart from that, all numbers are right."
    if all(t.ndim >= 2 and m.shape == m.swapaxes(-1, -2).shape and _close(m.swapaxes(-1, -2), t) for m, t in pairs):
        return "rows and columns are exchanged: apart from that, all numbers are right."
    with np.errstate(all="ignore"):
        for name, function in APPLIED.items():
            if sum(t.size for t in theirs) >= 3 and all(_close(m, function(t)) for m, t in pairs):
                return f"{name} has been applied, and is not asked for here: apart from that, all numbers are right."
    enough = sum(t.size for t in theirs) >= 3 and len(theirs) >= 3  # or any number is "a factor" away from another
    factors = [_ratio(m, t) for m, t in zip(mine, theirs, strict=True)]
    if enough and None not in factors and np.ptp(factors) < 1e-4 * abs(np.mean(factors)):
        percent = " Per cent? A share from 0 to 1 is wanted." if abs(np.mean(factors) - 100) < 1e-6 else ""
        return f"every number is off by the same factor, about {np.mean(factors):.4g}, whatever comes in.{percent}"
    if None not in factors and all(t.size >= 3 for t in theirs):
        return (
            "all numbers are off by a common factor, which changes with the input. Is something divided or multiplied "
            "once too often, or not at all: a number of patients, places or features, a root, a length, a sum?"
        )
    gaps = [(m - t).ravel() for m, t in zip(mine, theirs, strict=True)]
    if enough and all(np.allclose(g, gaps[0][0], rtol=1e-4, atol=1e-9) for g in gaps):
        return f"every number is off by the same amount, about {gaps[0][0]:+.4g}, whatever comes in."
    if all(np.allclose(m, mine[0].flat[0]) for m in mine) and not all(
        np.allclose(t, theirs[0].flat[0]) for t in theirs
    ):
        return "your code gives the same number whatever comes in. Does it use its input?"
    return _where(exercise, trials, mine, theirs)


def _where(exercise, trials, mine, theirs) -> str:
    """Say how many numbers are right and where the first wrong one is; show the smallest input, not the answer."""
    wrong = [(m, t) for m, t in zip(mine, theirs, strict=True) if not _close(m, t)]
    if all(t.ndim and _close(np.sort(m, axis=None), np.sort(t, axis=None)) for m, t in wrong):
        return "the right numbers in wrong places: look at the order, or for indices that are exchanged."
    right, total = sum(int(_each(m, t).sum()) for m, t in zip(mine, theirs, strict=True)), sum(t.size for t in theirs)
    smallest = min((i for i in range(len(mine)) if not _close(mine[i], theirs[i])), key=lambda i: _size(trials[i]))
    m, t = mine[smallest], theirs[smallest]
    at = tuple(int(i) for i in np.argwhere(~_each(m, t))[0]) if t.ndim else ()
    place = f" at place {list(at)}" if t.ndim else ""
    shown = _show(exercise, trials[smallest])
    if not shown:
        return (
            f"it runs, but {total - right} of {total} numbers are not right. Make a tiny input and compute it by hand."
        )
    return (
        f"it runs, but {total - right} of {total} numbers are not right. "
        f"For {shown} yours gives {m[at]:.6g}{place}. Compute that one by hand."
    )


def _show(exercise, arguments) -> str:
    """Write the arguments of a trial with their names, or nothing if they are too large for a pencil."""
    if _size(arguments) > 24:
        return ""
    names = inspect.signature(exercise.reference).parameters
    return ", ".join(
        f"{name} = {' '.join(np.array2string(np.asarray(a), precision=3, separator=', ').split())}"
        for name, a in zip(names, arguments, strict=True)
    )


def _minus(value):
    numbers = _numbers(value)
    return value if numbers is None else -numbers


def _size(arguments) -> int:
    return sum(np.size(a) for a in arguments)


def _numbers(value):
    """Return value as an array of floats, or None if it is not numbers."""
    if isinstance(value, list | tuple) and len(value) > 100_000:  # nothing that is asked for is so long
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array.astype(float) if array.dtype.kind in "fiub" else None


def _each(mine, theirs):
    """Tell for each number whether it is right."""
    scale = np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0) if np.size(theirs) else 0
    return np.isclose(mine, theirs, rtol=1e-4, atol=1e-6 * scale + 1e-12, equal_nan=True)


def _close(mine, theirs) -> bool:
    return bool(np.all(_each(np.asarray(mine), np.asarray(theirs))))


def _ratio(mine, theirs):
    """Return the one factor between two arrays, or None if there is none (or it is 0 or 1)."""
    big = np.abs(theirs) > 1e-3 * np.max(np.abs(theirs), initial=1e-12)
    if not big.any() or not np.isfinite(mine).all():
        return None
    factor = float(np.median(mine[big] / theirs[big]))
    return factor if factor not in (0.0, 1.0) and _close(mine, factor * theirs) else None


def _describe(value) -> str:
    if isinstance(value, str):
        return f"a text: {value[:30]!r}"
    if callable(value):
        return "a function: are the brackets () of a call missing?"
    if isinstance(value, tuple | list | dict | set):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__}"
