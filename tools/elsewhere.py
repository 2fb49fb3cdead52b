"""Run tests where learners' code runs, too: in the child of a process whose threads have worked, in workers of joblib.

python tools/elsewhere.py fork tests/kernels tests/ops          python tools/elsewhere.py joblib tests/kernels tests/ops
"""

import os
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest

import edunet


def fork(arguments: list[str]) -> int:
    """Let the threads work, fork while they wait for more, and test in the child."""
    edunet.set_num_threads(2)
    edunet.ops.conv2d(np.ones((16, 64, 64, 8)), np.ones((3, 3, 8, 16)))
    if not edunet.threads._helpers:
        raise SystemExit("no thread has worked: the child would prove nothing")
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads
    child = os.fork()
    if child == 0:
        code = pytest.main(["-q", *arguments])
        sys.stdout.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_joblib(arguments: list[str]) -> int:
    """Test in two processes of joblib at the same time, each with half of the files."""
    files = sorted(str(file) for folder in arguments for file in Path(folder).rglob("test_*.py"))
    halves = [files[::2], files[1::2]]
    return max(joblib.Parallel(n_jobs=2)(joblib.delayed(pytest.main)(["-q", *half]) for half in halves))


if __name__ == "__main__":
    where, *tests = sys.argv[1:]
    sys.exit({"fork": fork, "joblib": in_joblib}[where](tests))
