"""What is wrong with an answer, in one sentence that helps and does not give the answer away.

Three questions, in this order: did it run and give numbers of the right kind? does it make a mistake of the
catalogue? how do the numbers differ from the right ones? A sentence about numbers must hold in every trial.
"""

import numpy as np

from edunet.learn.trial import OutOfTime

__all__ = ["agree", "diagnose", "same"]


def agree(got, wanted) -> bool:
    """Tell whether two results are the same numbers in the same form; float32 may have computed either."""
    if isinstance(wanted, tuple):
        return isinstance(got, tuple | list) and len(got) == len(wanted) and all(map(agree, got, wanted))
    got, wanted = _numbers(got), _numbers(wanted)
    return got is not None and wanted is not None and got.shape == wanted.shape and _close(got, wanted)


def same(outcome, other) -> bool:
    """Tell whether two functions came to the same: the same numbers, or an error of the same kind."""
    if outcome.error is not None or other.error is not None:
        return type(outcome.error) is type(other.error)
    return agree(outcome.value, other.value)


def diagnose(exercise, trials, got, wanted, twins) -> str:
    """Return the sentence for outcomes that are not the wanted ones; twins: {sentence: its outcomes}."""
    failed = next((o for o in got if o.error is not None), None)
    if failed is not None and isinstance(failed.error, NotImplementedError):
        return "not written yet: replace the line `raise NotImplementedError(...)` by your own code."
    if failed is not None and isinstance(failed.error, OutOfTime):
        where = f" It was last seen at {failed.where}." if failed.where else ""
        return (
            f"your code does not come to an end (it was stopped). Look for a loop whose condition never changes.{where}"
        )
    changed = next((o.changed for o in got if o.changed), "")
    if changed:
        return f"your code writes into its input `{changed}`. Work on a copy: {changed} = {changed}.copy()."
    for sentence, outcomes in twins.items() if any(o.error is None for o in got) else ():
        if len(outcomes) == len(got) and all(map(same, got, outcomes)):
            return sentence
    if failed is not None:
        return _stopped(failed)
    values, rights = [o.value for o in got], [o.value for o in wanted]
    if isinstance(rights[0], tuple):
        return _several(exercise, trials, values, rights)
    return _kind(exercise, values, rights, got[0].printed) or _numbers_differ(trials, values, rights)


def _stopped(failed) -> str:
    where = f" at {failed.where}" if failed.where else ""
    repair = ""
    if isinstance(failed.error, TypeError) and "converted to Python scalar" in str(failed.error):
        repair = " math.exp and float(...) take one number, np.exp takes a whole array."
    return f"your code stops with {type(failed.error).__name__}{where}: {failed.error}.{repair}"


def _several(exercise, trials, values, rights) -> str:
    """Diagnose a result of several parts, naming the first part that is wrong."""
    names = ", ".join(exercise.returns)
    if not all(isinstance(v, tuple | list) and len(v) == len(exercise.returns) for v in values):
        first = values[0]
        came = f"{len(first)} values" if isinstance(first, tuple | list) else _describe(first)
        return f"return {len(exercise.returns)} values, in this order: return {names}. Yours returns {came}."
    for i, name in enumerate(exercise.returns):
        mine, theirs = [v[i] for v in values], [r[i] for r in rights]
        if all(map(agree, mine, theirs)):
            continue
        for j, other in enumerate(exercise.returns):
            if i != j and all(map(agree, mine, [r[j] for r in rights])):
                return f"the values are mixed up: in the place of {name} stands {other}. Order: return {names}."
        return f"{name}: " + (_kind(exercise, mine, theirs, "") or _numbers_differ(trials, mine, theirs))
    return "the parts are right one by one, yet not together: please report this to us."


def _kind(exercise, values, rights, printed) -> str:
    """Diagnose what is not even an array of numbers of the right shape."""
    value, right = values[0], np.asarray(rights[0])
    if value is None and printed:
        return "your code prints its answer and returns nothing (None). Give it back: replace print(...) by return ..."
    if value is None:
        return "your code returns nothing (None). Its last line should be: return ... (and not inside an if or a loop)."
    if value is ...:
        return "not written yet: there is still a `...` where the answer should be."
    wrong = next((v for v in values if _numbers(v) is None), None)
    if wrong is not None:
        return f"a number or an array of numbers is expected. Yours returns {_describe(wrong)}."
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
        what = "nan (not a number: 0/0, inf − inf, log of a negative number)" if np.isnan(bad).any() else "inf"
        return f"there is {what} in your result. Look for a division by zero, log(0), or exp of a large number."
    return ""


def _shapes(mine, theirs) -> str:
    came = f"your result has shape {mine.shape}, expected is {theirs.shape}"
    if theirs.ndim >= 2 and mine.shape == theirs.shape[::-1]:
        same_numbers = _close(mine.T, theirs)
        return f"{came}: rows and columns are exchanged." + (" Otherwise it is right: type .T" if same_numbers else "")
    if mine.size == theirs.size:
        return f"{came}: as many numbers, arranged otherwise. Compare with the shapes in the text; reshape or keepdims."
    if mine.size == 1:
        return f"{came}: everything was added up to a single number. Which axis is to be summed, and which to stay?"
    if theirs.size == 1:
        return f"{came}: a single number is wanted. Is a sum or a mean missing at the end?"
    if mine.ndim < theirs.ndim:
        return f"{came}: an axis is missing. Was one summed that should stay, or only one patient computed?"
    if mine.ndim > theirs.ndim:
        return f"{came}: there is an axis too many. Is a sum over one of them missing?"
    return f"{came}: count the places again."


def _numbers_differ(trials, values, rights) -> str:
    """Diagnose numbers of the right shape: by what one operation do they differ, and where?"""
    mine, theirs = [_numbers(v) for v in values], [np.asarray(r, float) for r in rights]
    # whole numbers in every place, where the right ones are not
    if all(np.array_equal(m, np.round(m)) for m in mine) and all(map(_close, mine, map(np.round, theirs))):
        return "your numbers are rounded to whole ones. Look for // in place of /, int(...), or an array of integers."
    if all(_close(-m, t) for m, t in zip(mine, theirs, strict=True)):
        return "the sign is flipped: everything else is right."
    enough = sum(t.size for t in theirs) >= 3 and len(theirs) >= 3  # or any number is "a factor" away from another
    factors = [_ratio(m, t) for m, t in zip(mine, theirs, strict=True)]
    if enough and None not in factors and np.ptp(factors) < 1e-4 * abs(np.mean(factors)):
        return f"every number is off by the same factor, about {np.mean(factors):.4g}, whatever comes in."
    if None not in factors and all(t.size >= 3 for t in theirs):
        return (
            "all numbers are off by a common factor, which changes with the input. Is it divided by (or multiplied by) "
            "a number of patients, places or features once too often, or not at all?"
        )
    gaps = [(m - t).ravel() for m, t in zip(mine, theirs, strict=True)]
    if enough and all(np.allclose(g, gaps[0][0], rtol=1e-4, atol=1e-9) for g in gaps):
        return f"every number is off by the same amount, about {gaps[0][0]:+.4g}, whatever comes in."
    if all(np.allclose(m, mine[0].flat[0]) for m in mine) and not all(
        np.allclose(t, theirs[0].flat[0]) for t in theirs
    ):
        return "your code gives the same number whatever comes in. Does it use its input?"
    return _where(trials, mine, theirs)


def _where(trials, mine, theirs) -> str:
    """Say how many numbers are right and where the first wrong one is; show the smallest input, not the answer."""
    wrong = [(m, t) for m, t in zip(mine, theirs, strict=True) if not _close(m, t)]
    if all(t.ndim and _close(np.sort(m, axis=None), np.sort(t, axis=None)) for m, t in wrong):
        return "the right numbers in wrong places: look at the order, or for indices that are exchanged."
    right, total = sum(int(_each(m, t).sum()) for m, t in zip(mine, theirs, strict=True)), sum(t.size for t in theirs)
    smallest = min((i for i in range(len(mine)) if not _close(mine[i], theirs[i])), key=lambda i: _size(trials[i]))
    m, t = mine[smallest], theirs[smallest]
    at = tuple(int(i) for i in np.argwhere(~_each(m, t))[0]) if t.ndim else ()
    place = f" at place {list(at)}" if t.ndim else ""
    return (
        f"it runs, but the numbers are not right ({right} of {total} are). For {_show(trials[smallest])} "
        f"yours gives {m[at]:.6g}{place}. Compute that one by hand."
    )


def _show(arguments) -> str:
    """Write the arguments of a trial if they are small, else their shapes."""
    parts = []
    for a in arguments:
        a = np.asarray(a)
        small = a.size <= 12
        parts.append(np.array2string(a, precision=3, separator=", ").replace("\n", "") if small else f"shape {a.shape}")
    return "(" + "; ".join(parts) + ")"


def _size(arguments) -> int:
    return sum(np.size(a) for a in arguments)


def _numbers(value):
    """Return value as an array of floats, or None if it is not numbers."""
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
