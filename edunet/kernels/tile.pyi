"""Types of tile.pyx, as far as Python sees it."""

from numpy import ndarray as Array

instructions: str

def widened(rows: Array, width: int) -> Array: ...
