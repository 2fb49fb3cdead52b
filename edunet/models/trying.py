"""A model that may be tried out, because it is thrown away: what is asked about a model changes nothing of it.

And examples to try it on, made up where nobody has given any.
"""

import contextlib
import copy

import numpy as np

from edunet.backend import use_rng
from edunet.layers.embedding import Embedding, PositionEmbedding
from edunet.layers.naming import names_kept

__all__ = ["EXAMPLES", "Uncopied", "codes_of", "made_up", "spare"]

EXAMPLES = 4  # enough that nothing hides behind units that are off
LENGTH = 12  # of sequences that are made up
CODES = 8  # different ones, where nobody says how many there are


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


def made_up(model, symbol, rng) -> np.ndarray:
    """Return examples for one input of a drawn model: codes that it knows, or measurements."""
    length = min([LENGTH, *(p.sequence_length for p in model.with_inner() if isinstance(p, PositionEmbedding))])
    shape = (EXAMPLES, *(length if n is None else n for n in symbol.shape[1:]))
    codes = codes_of(model, symbol)
    if codes:
        return rng.integers(min(1, codes - 1), codes, shape)  # 0 may be padding
    return rng.normal(size=shape).astype(np.float32)


def codes_of(model, symbol) -> int | None:
    """Return how many different codes an input may hold, or None if it holds measurements."""
    read = any(isinstance(node.layer, Embedding) for node in model.nodes if symbol in node.inputs)
    if not read and symbol.dtype.kind not in "iu":
        return None
    return min([layer.input_dim for layer in model.with_inner() if isinstance(layer, Embedding)], default=CODES)
