"""Threads: how many there are, and the helpers that wait for work. What a thread computes stands in split.py.

    edunet.set_num_threads(2)         from now on
    EDUNET_NUM_THREADS=2              from the shell

The default is one thread for each physical core that this process may use, at most 8; it is 1 in a worker of joblib,
Dask or multiprocessing, and wherever OMP_NUM_THREADS or OPENBLAS_NUM_THREADS is 1: there the cores are busy already.
The number changes no result.
"""

import contextlib
import math
import os
import sys
import threading
import time
from collections import deque
from queue import SimpleQueue

import numpy as np

from edunet.interrupt import finish_first

try:
    from edunet.bell import Bell, core
except ImportError:  # nothing was compiled

    class Bell:  # type: ignore[no-redef]  # there is one of the two
        """A bell that nobody hears: all go to sleep at once, and are woken by what lies in their queue."""

        strokes = 0

        def ring(self):
            pass

        def listen(self, *told):
            pass

    def core() -> int:
        return -1


__all__ = ["get_num_threads", "run", "set_num_threads"]

_threads: int | None = None  # decided at the first use
_asked = False  # whether set_num_threads was called


# ---------------------------------------------------------------- how many


def set_num_threads(n: int) -> None:
    """Compute with n threads from now on. The results stay the same, to the last bit.

    Raises ValueError or TypeError if n is no whole number >= 1.
    """
    global _threads, _asked
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"the number of threads is a whole number, for example set_num_threads(2). Received: {n!r}")
    if n < 1:
        raise ValueError(f"the number of threads is at least 1, for example set_num_threads(2). Received: {n!r}")
    _threads, _asked = int(n), True


def get_num_threads() -> int:
    """Return the number of threads in use, deciding it now if nobody has."""
    global _threads
    if _threads is None:
        _threads = _default()
    return _threads


def _default() -> int:
    wish = os.environ.get("EDUNET_NUM_THREADS")
    if wish:
        if not (wish.isascii() and wish.isdecimal()) or int(wish) < 1:
            raise ValueError(f"EDUNET_NUM_THREADS is a whole number >= 1, for example 2. Received: {wish!r}")
        return int(wish)
    told = {os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}  # joblib and Dask say so
    process = sys.modules.get("multiprocessing.process")  # whoever has not imported it is nobody's worker
    if "1" in told or (process is not None and process.parent_process() is not None):
        return 1
    return min(_cores(), 8)


def _cores() -> int:
    """Return how many physical cores this process may use."""
    if not hasattr(os, "sched_getaffinity"):  # macOS, Windows
        return os.cpu_count() or 1
    cores = set()
    for cpu in os.sched_getaffinity(0):
        core = str(cpu)
        with contextlib.suppress(OSError), open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") as f:
            core = f.read()
        cores.add(core)
    with contextlib.suppress(OSError, ValueError), open("/sys/fs/cgroup/cpu.max") as f:  # the share of a container
        quota, period = map(int, f.read().split())
        return min(len(cores), math.ceil(quota / period))
    return len(cores)


# ---------------------------------------------------------------- the helpers

SPIN = 5e-4  # seconds a thread stays awake for the next call, or for the end of this one
GRACE = 4e-6  # seconds until who called is inside a kernel, where the interpreter is free for others


class _Job:
    """The chunks of one call. Whoever has time takes the next one."""

    def __init__(self, task, count):
        self.task, self.count, self.core = task, count, core()
        self.todo, self.ended = deque(range(count)), {}  # numbers of chunks; number: what went wrong, or None
        self.helping, self.bell = [], Bell()
        self.done: SimpleQueue[None] = SimpleQueue()

    def work(self):
        """Do chunks while there are any. Return whether the last one to end was ours."""
        last = False
        while self.todo:
            try:
                i = self.todo.popleft()
            except IndexError:  # somebody was faster
                break
            try:
                self.task(i)
                self.ended[i] = None
            except BaseException as error:
                self.ended[i] = error
            last = len(self.ended) == self.count
        if last:
            self.done.put(None)
        return last


class _Helper:
    """A thread that waits for jobs: awake for a moment, since the next one is often near, then asleep."""

    job: _Job  # the latest one; there is none before the first call

    def __init__(self):
        self.calls: SimpleQueue[None] = SimpleQueue()
        self.bell = Bell()
        threading.Thread(target=self._serve, name="edunet", daemon=True).start()

    def call(self, job):
        self.job = job  # in the place of one that it has not come to: whoever called for that does it alone
        self.bell.ring()
        if self.calls.empty():
            self.calls.put(None)

    def _serve(self):
        strokes, answer = 0, None
        while True:
            self.bell.listen(strokes, SPIN, GRACE, answer)
            self.calls.get()
            strokes = self.bell.strokes if self.calls.empty() else -1  # -1: it has been called again
            job = self.job
            if core() == job.core >= 0:
                _leave(job.core)
            job.helping.append(self)
            answer = job.bell if job.work() else None
            job.helping.pop()
            del job  # and with it the arrays


_helpers: list[_Helper] = []  # made when they are first needed


def run(task, count: int) -> None:
    """Call task(0) ... task(count - 1) on this thread and its helpers; return when all are done.

    The first error is raised, after all chunks have ended: nothing is written behind the caller's back. That holds for
    Ctrl-C, too, unless it comes again within microseconds. A call from inside a task, or from another thread meanwhile,
    is done by whoever is free.
    """
    wanted = min(get_num_threads(), count) - 1
    if wanted < 1:
        for i in range(count):
            task(i)
        return
    job = _Job(task, count)
    try:
        for helper in _first(wanted):
            helper.call(job)
        if not job.work():
            job.bell.listen(0, SPIN)
        job.done.get()
    except BaseException:  # nobody begins another chunk, and those that run are awaited
        job.todo.clear()
        with finish_first():
            while job.helping:
                time.sleep(0.001)
        raise
    finally:
        job.task = None  # a helper that comes too late must not keep its arrays
    errors = [job.ended[i] for i in range(count) if job.ended[i] is not None]
    job.ended.clear()
    if errors:
        try:
            raise errors[0]
        finally:  # an error remembers this call, and its arrays: the call must not remember the error
            errors.clear()


def _leave(core):
    """Move this thread to another core, off that of its caller. Left alone, the system takes up to 0.05 s to do so."""
    with contextlib.suppress(AttributeError, OSError):  # neither macOS nor Windows knows this, and some may forbid it
        allowed = os.sched_getaffinity(0)
        if allowed - {core}:
            os.sched_setaffinity(0, allowed - {core})
            os.sched_setaffinity(0, allowed)


def _first(n):
    """Return n helpers, or as many as the system lets us have."""
    if len(_helpers) < n:
        with finish_first(), contextlib.suppress(RuntimeError):  # no thread can be started, or Python is ending
            while len(_helpers) < n:
                _helpers.append(_Helper())
    return _helpers[:n]


def _after_fork():
    """A child has none of its parent's threads; helpers that it inherits would never answer."""
    global _threads
    _helpers.clear()
    if not _asked:
        _threads = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
