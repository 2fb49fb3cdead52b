"""Run a learner's function: on copies, with a time limit, and never let anything escape."""

import contextlib
import copy
import ctypes
import inspect
import io
import linecache
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from edunet.tensor import Tensor

__all__ = ["OutOfTime", "Outcome", "run"]

SECONDS = 5.0  # for all trials of one exercise together
TO_COMPILE = 60.0  # as many for a function of Numba's, which is compiled at its first calls
MOST = 10_000_000  # numbers in a result: nothing that is asked for here comes near


class OutOfTime(BaseException):
    """Raised inside a function that does not end. Not an Exception: a bare `except Exception` must not catch it."""


@dataclass
class Outcome:
    """What came of one call: `value`, or the error and where in the learner's code it arose."""

    value: Any = None
    error: BaseException | None = None
    where: str = ""
    printed: str = ""
    changed: str = ""  # the name of an argument that was written to


def run(f, trials) -> list[Outcome]:
    """Call f(*arguments) for each of the trials, in a thread of its own, until one fails to end in time.

    A thread can be left behind wherever Python runs; a signal exists in the main thread of some systems only.
    """
    outcomes: list[Outcome] = []
    at_work = threading.Event()

    def work():
        try:
            at_work.set()
            for arguments in trials:
                outcomes.append(_call(f, arguments))
                if isinstance(outcomes[-1].error, OutOfTime):
                    return
        except OutOfTime:  # it fell between two calls
            pass

    thread = threading.Thread(target=work, daemon=True, name="edunet exercise")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        thread.start()
        at_work.wait()
        try:
            thread.join(TO_COMPILE if hasattr(f, "py_func") else SECONDS)
            ended = not thread.is_alive()
        finally:  # also if the learner presses Ctrl-C
            for _ in range(20):  # code that catches everything may have to be told more than once
                if not thread.is_alive():
                    break
                _interrupt(thread)
                thread.join(0.05)
    outcomes = outcomes[: len(trials)]
    if not ended and not any(isinstance(o.error, OutOfTime) for o in outcomes):
        outcomes.append(Outcome(error=OutOfTime()))
    for outcome in outcomes:
        outcome.printed = printed.getvalue()
    return outcomes


def _interrupt(thread) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime))


def _call(f, arguments) -> Outcome:
    given = copy.deepcopy(arguments)
    with np.errstate(all="ignore"):
        try:
            value = f(*given)
        except BaseException as error:  # SystemExit and KeyboardInterrupt as well: it is the learner's thread
            return Outcome(error=error, where=_line_of(f, error))
    if isinstance(value, np.ndarray) and value.size > MOST:
        return Outcome(error=MemoryError(f"the result holds {value.size:,} numbers, far more than are wanted"))
    names = list(_parameters(f)) or [f"argument {i + 1}" for i in range(len(arguments))]
    for name, before, after in zip(names, arguments, given, strict=False):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            return Outcome(value=copy.deepcopy(value), changed=name)
    return Outcome(value=plain(value))


def plain(value):
    """Turn Tensors into arrays, also within tuples; leave everything else."""
    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, tuple):
        return tuple(plain(v) for v in value)
    return value


def _parameters(f):
    try:
        return inspect.signature(f).parameters
    except (ValueError, TypeError):  # some compiled functions have no signature
        return {}


def _line_of(f, error) -> str:
    """Return "line 3: y = x @ w", the last line of the learner's own code on the way to the error."""
    code = getattr(inspect.unwrap(f), "__code__", None)
    trace, found = error.__traceback__, None
    while trace is not None:
        if code is not None and trace.tb_frame.f_code.co_filename == code.co_filename:
            found = trace
        trace = trace.tb_next
    if found is None:
        return ""
    text = linecache.getline(found.tb_frame.f_code.co_filename, found.tb_lineno).strip()
    return f"line {found.tb_lineno}" + (f": {text}" if text else "")
