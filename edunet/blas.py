"""Matrix products of the formulas: NumPy's, but on the threads of edunet instead of those of OpenBLAS.

OpenBLAS lets its helpers spin after a product, in case another one follows. On two cores a kernel that is then split
gains nothing from the second core: 2 x 1 ms took 2.02 ms instead of 1.04, even 10 ms after a product of 32x576x64,
which itself took 0.020 ms on two threads and 0.029 on one. On a busy machine it is worse: a product of 32x12544x128
took 460 ms instead of 1.3. And with the number of its threads the last bits of a product change.
So OpenBLAS is told to use one thread for the time of a product, and a large product is split like any kernel.
"""

import contextlib
import ctypes
import functools
import threading
from pathlib import Path

import numpy as np

from edunet.split import parts_of, ranges
from edunet.threads import run

__all__ = ["matmul"]

WIDTH = 64  # rows or columns that a part has at least
_lock = threading.Lock()
_users: set[int] = set()  # threads that multiply now: the last to leave gives OpenBLAS its own back
_before = [1]  # so many
ALONE = 9000  # multiplications for which OpenBLAS takes one thread anyway


def matmul(a, b):
    """Return a @ b, (M,K) and (K,N). How it is split depends on the shapes, never on the number of threads.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    asked = _threads_of_openblas()
    if asked is None or a.size * b.shape[1] < ALONE:  # another BLAS, which keeps its ways; or so little to do
        return a @ b
    get, put = asked
    me = threading.get_ident()
    try:
        with _lock:
            if not _users:
                _before[0] = get()
                if _before[0] > 1:
                    put(1)
            _users.add(me)
        return _in_parts(a, b)
    finally:
        with _lock:
            _users.discard(me)
            if not _users and _before[0] > 1:
                put(_before[0])


def _in_parts(a, b):
    (M, K), N = a.shape, b.shape[1]
    parts = parts_of(2 * M * K * N, max(M, N) // WIDTH)
    if parts == 1:
        return a @ b
    y = np.empty((M, N), np.result_type(a, b))
    cuts = ranges(max(M, N), parts)

    def part(i):
        if M > N:
            np.matmul(a[cuts[i]], b, out=y[cuts[i]])
        else:
            np.matmul(a, b[:, cuts[i]], out=y[:, cuts[i]])

    run(part, parts)
    return y


@functools.cache
def _threads_of_openblas():
    """Return the functions that tell and set the number of threads of the OpenBLAS in NumPy's wheel, or None."""
    home = Path(np.__file__).parent
    for path in [*home.parent.glob("numpy.libs/*openblas*"), *home.glob(".dylibs/*openblas*")]:
        for name in ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_", "openblas_{}_num_threads"):
            with contextlib.suppress(OSError, AttributeError):
                library = ctypes.CDLL(str(path))  # the one that NumPy has loaded
                return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None
