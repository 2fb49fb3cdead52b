"""How a worked page is read: the table at its end, and the rows of any other."""

import re

import numpy as np
import pytest

NUMBER = r"-?\d+(?:\.\d*)?(?:e[+-]\d+)?"


@pytest.fixture
def answers():
    """Return a function: page -> {quantity: (written out, what the layer says)}."""

    def read(page):
        last = re.split(r"\n\d  What ", page.text)[-1]
        found = re.findall(rf"^\s+(\S.*?)\s{{2,}}({NUMBER})\s+({NUMBER})\s*$", last, re.MULTILINE)
        return {name: (float(a), float(b)) for name, a, b in found}

    return read


@pytest.fixture
def agree(answers):
    """Return a function that compares both answers for a quantity with the expected number, to four digits."""

    def compare(page, **expected):
        found = {name.partition("[")[0]: pair for name, pair in answers(page).items()}
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], [value, value], rtol=6e-4, atol=1e-7, err_msg=f"{name}\n{page}")

    return compare


@pytest.fixture
def table():
    """Return a function: page, first words of a head -> the rows under it, as lists of numbers."""

    def read(page, head):
        lines = page.text.splitlines()
        start = next(i for i, line in enumerate(lines) if re.sub(r"\s+", " ", line.strip()).startswith(head))
        rows = []
        for line in lines[start + 1 :]:
            if not line.strip():
                break
            numbers = [float(v) for v in re.findall(rf"(?<![\w\[,.]){NUMBER}(?![\w\],.])", line)]
            rows += [numbers] * bool(numbers)  # but for rules
        return rows

    return read


@pytest.fixture
def slope():
    """Return a function: f, arrays, i -> the gradient of f(*arrays) for the i-th array, by finite differences."""

    def measure(f, arrays, i, step=1e-6):
        arrays = [np.array(a, np.float64) for a in arrays]
        found = np.zeros(arrays[i].shape)
        for where in np.ndindex(found.shape):
            middle = arrays[i][where]
            arrays[i][where] = middle + step
            above = f(*arrays)
            arrays[i][where] = middle - step
            found[where] = (above - f(*arrays)) / (2 * step)
            arrays[i][where] = middle
        return found

    return measure


@pytest.fixture
def largest():
    """Return a function: the entry of an array with the largest magnitude, the one that a page compares aloud."""
    return lambda a: a.flat[np.argmax(np.abs(a))]
