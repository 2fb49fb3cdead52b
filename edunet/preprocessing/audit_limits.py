"""Between what the values of a column can lie in living patients, if its name tells."""

from __future__ import annotations

import re

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.plausible import Plausible, plausible_range

__all__ = ["limits_of"]

PERCENT = re.compile(r"percent|(^|[_ ])pct($|[_ ])|%")
CLASSES = 10  # different values; where fewer stand for many rows they are degrees of a test strip, and no amounts
ROWS_EACH = 3  # rows for each of them


def limits_of(column: Column) -> Plausible | None:
    """Return the limits of `plausible_range`, in the unit that the table tells or the values fit; 0 to 100 of a share.

    None if the name does not tell, and for degrees such as 0, 1, 2, 3 of sugar on a test strip.

    >>> from edunet.preprocessing.audit_cells import read_column
    >>> limits_of(read_column("potassium", [4.1, 3.9, 42.0]))[:3]
    (0.6, 20.0, 'mmol/l')
    >>> limits_of(read_column("albumin", [0, 1, 2, 3] * 50)) is None
    True
    """
    values = column.measured
    different = len(np.unique(values[values != 0]))
    if 0 < different < CLASSES and len(values) >= ROWS_EACH * (different + 1):
        return None
    for unit in dict.fromkeys((column.unit or None, None)):
        limits = plausible_range(column.name, unit, values)
        if limits is not None:
            return limits
    name = column.name.lower()
    if (PERCENT.search(name) or column.unit == "%") and "change" not in name and len(values):
        return Plausible(0, 100, "%", "by definition")
    return None
