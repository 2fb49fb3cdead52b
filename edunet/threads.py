"""Threads: how many there are, and the one pool that they wait in. What a thread computes stands in split.py.

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

__all__ = ["get_num_threads", "run", "set_num_threads"]

_threads: int | None = None  # decided at the first use
_asked = False  # whether set_num_threads was called
_pool = None  # made at the first use
_busy = threading.Lock()  # held by the call that uses the pool


# ---------------------------------------------------------------- how many


def set_num_threads(n: int) -> None:
    """Compute with n threads from now on. The results stay the same, to the last bit.

    Raises ValueError or TypeError if n is no whole number >= 1.
    """
    global _threads, _asked, _pool
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"the number of threads is a whole number, for example set_num_threads(2). Received: {n!r}")
    if n < 1:
        raise ValueError(f"the number of threads is at least 1, for example set_num_threads(2). Received: {n!r}")
    _threads, _asked = int(n), True
    if _pool is not None:
        _pool.shutdown(wait=False)
        _pool = None


def get_num_threads() -> int:
    """Return the number of threads in use, deciding it now if nobody has."""
    global _threads
    if _threads is None:
        _threads = _default()
    return _threads


def _default() -> int:
    wish = os.environ.get("EDUNET_NUM_THREADS")
    if wish:
        if not wish.isdecimal() or int(wish) < 1:
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
        cores.add(cpu)
        with contextlib.suppress(OSError), open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") as f:
            cores.remove(cpu)
            cores.add(f.read())
    with contextlib.suppress(OSError, ValueError), open("/sys/fs/cgroup/cpu.max") as f:  # the share of a container
        quota, period = map(int, f.read().split())
        return min(len(cores), math.ceil(quota / period))
    return len(cores)


# ---------------------------------------------------------------- the pool


class _Job:
    """The chunks of one call. Whoever has time takes the next one."""

    def __init__(self, task, count):
        self.task, self.count = task, count
        self.todo, self.ended = deque(range(count)), {}  # numbers of chunks; number: what went wrong, or None
        self.helping, self.done = [], SimpleQueue()

    def work(self):
        while True:
            try:
                i = self.todo.popleft()
            except IndexError:
                return
            error = None
            try:
                self.task(i)
            except BaseException as e:
                error = e
            self.ended[i] = error
            if len(self.ended) == self.count:
                self.done.put(None)

    def help(self):
        self.helping.append(self)
        self.work()
        self.helping.pop()


def run(task, count: int) -> None:
    """Call task(0) ... task(count - 1) on this thread and those of the pool; return when all are done.

    The first error is raised, after all chunks have ended: nothing is written behind the caller's back. That holds for
    Ctrl-C, too. A call from inside a task, or while another thread uses the pool, is done on the calling thread alone.
    """
    threads = get_num_threads()
    if min(threads, count) > 1:
        with finish_first():  # an interrupt amid the pool's own work would leave its locks as they are
            if _busy.acquire(blocking=False):
                return _share(_Job(task, count), threads)
    for i in range(count):
        task(i)


def _share(job, threads) -> None:
    """Do a job with the pool, which is ours until the end."""
    try:
        _call_for_help(job, threads)
        job.work()
        job.done.get()
    except BaseException:  # nobody begins another chunk, and those that run are awaited
        job.todo.clear()
        while job.helping:
            with contextlib.suppress(KeyboardInterrupt):
                time.sleep(0.001)
        raise
    finally:
        _busy.release()
    for i in range(job.count):
        if job.ended[i] is not None:
            raise job.ended[i]


def _call_for_help(job, threads):
    global _pool
    try:
        if _pool is None:
            from concurrent.futures import ThreadPoolExecutor  # `import edunet` stays light

            _pool = ThreadPoolExecutor(threads - 1, "edunet")
        for _ in range(min(threads, job.count) - 1):
            _pool.submit(job.help)
    except RuntimeError:  # no thread can be started, or Python is ending: this one does it all
        return


def _after_fork():
    """A child has none of its parent's threads; a pool that it inherits would never answer."""
    global _pool, _busy, _threads
    _pool, _busy = None, threading.Lock()
    if not _asked:
        _threads = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
