"""One process per library. These files are run by their path, by interpreters that have no edunet: they import NumPy,
the standard library, their own library and each other.

`with_<library>.py` defines
    versions() -> {"name": "version"}
    build(work, arrays) -> {variant: function}      each call of a function does the work once and returns its results
`serve.py` holds the conversation with the process that asks, and the clock.
"""

__all__ = []
