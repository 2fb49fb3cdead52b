"""What a learner's own layer promises, tried out: that every step of a sequence is treated by itself.

It says so by supports_masking = True, or is made from a layer of which it is known. Nobody can see in its code whether
it is true.
"""

import numpy as np

from edunet.models.looking import every_output
from edunet.models.trying import made_up
from edunet.tensor import as_array, no_gradients

__all__ = ["first_that_mixes_steps", "is_own"]

STEPS = 6


def is_own(layer) -> bool:
    """Tell whether a learner has written the layer."""
    return not type(layer).__module__.startswith("edunet.")


def first_that_mixes_steps(plan):
    """Return the first layer that gives something else step by step than for whole sequences, which are made up.

    Args: plan, how the layers of a model go on from step to step. The model is one that may be tried out.
    """
    memory, rng = dict[int, object](), np.random.default_rng(0)
    xs = [made_up(plan.model, symbol, rng) for symbol in plan.model.inputs]
    with np.errstate(all="ignore"):
        whole = every_output(plan.model, xs)
        for t in range(min(STEPS, *(x.shape[1] for x in xs))):
            with no_gradients():
                values, memory = plan.values([x[:, t : t + 1] for x in xs], memory)
            for node, _ in plan.uses:
                if not all(_alike(values[s], whole[s], t) for s in node.outputs if s in plan.timed):
                    return node.layer
    return None


def _alike(step, whole, t: int) -> bool:
    a, b = as_array(step), as_array(whole)
    if a.ndim != b.ndim or a.shape[1:2] != (1,):
        return False
    near = 1e-4 * np.nanmax(np.abs(b), initial=1e-6)
    return bool(np.allclose(a[:, 0], b[:, t], rtol=0, atol=near, equal_nan=True))
