"""Room for the tiles of Numba's kernels. Numba's cache does not see what changes here: empty it after an edit."""

import numpy as np
from llvmlite.binding import get_host_cpu_features
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

ROWS = 8 if get_host_cpu_features().get("avx512f") else 2  # of a tile: its sums must fit into the registers


def _on_the_stack(typingctx, like):
    """Return room for ROWS x 32 numbers on the stack: as no array can overlap it, LLVM keeps them in registers."""

    def build(context, builder, signature, arguments):
        return cgutils.alloca_once(builder, context.get_data_type(like.dtype), size=ROWS * 32)

    return types.CPointer(like.dtype)(like), build


def _anywhere(like):
    """Return the same room where NUMBA_DISABLE_JIT=1: there kernels can be walked through, step by step."""
    return np.empty(ROWS * 32, like.dtype)


registers = _anywhere if config.DISABLE_JIT else intrinsic(_on_the_stack)
