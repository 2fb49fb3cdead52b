"""A layer's `build` is called once, whatever weights there are already: it notes that it was called, and for what."""

import functools

from edunet.layers.arguments import arguments

__all__ = ["noted"]


def noted(build):
    """Return a `build` that notes in its layer that it was called, by whomever, and for which shapes."""

    @functools.wraps(build)
    def noting(self, *shapes, **further):
        build(self, *shapes, **further)
        given = dict(zip(arguments(type(self), "build"), shapes, strict=False)) | further
        first = next(iter(given), None)
        self._built_for, self.built = (given.pop(first, None), given), True

    return noting
