"""What was freed is taken again: a second round of large arrays asks the system for no new pages."""

import platform
import subprocess
import sys

import pytest

ROUNDS = """
import resource
import numpy as np
{first}

def one_step():
    return [np.ones((32, 26, 26, 32), np.float32) for _ in range(4)]

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

one_step()
before = faults()
for _ in range(10):
    one_step()
print((faults() - before) / 10)
"""


def pages_per_step(first: str) -> float:
    text = subprocess.check_output([sys.executable, "-c", ROUNDS.format(first=first)], text=True)
    return float(text)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_a_second_step_asks_for_no_new_pages():
    assert pages_per_step("import edunet") < 100
    assert pages_per_step("") > 1000  # else this is no longer needed
