"""A model that may be tried out, because it is thrown away: what is asked about a model changes nothing of it."""

import contextlib
import copy

import numpy as np

from edunet.backend import use_rng
from edunet.layers.naming import names_kept

__all__ = ["Uncopied", "spare"]


class Uncopied(ValueError):
    """A model that holds something that cannot be copied, and has no weights yet."""


@contextlib.contextmanager
def spare(model):
    """Lend a copy of the model: it may be built and run, and the model, all draws and all names to come stay the same.

    A built model that cannot be copied, because it holds a module or an open file, is lent itself.
    Raises Uncopied, a ValueError, for one that is not built either.
    """
    with names_kept(), use_rng(np.random.default_rng(0)):
        try:
            lent = copy.deepcopy(model)
        except Exception as error:  # whatever a layer of one's own holds
            if not model.built:
                raise Uncopied(
                    f"{model.name} has no weights yet, and cannot be copied to try it out ({error}). Make them first: "
                    "model.predict(x[:1])."
                ) from error
            lent = model
        yield lent
