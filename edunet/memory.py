"""Memory between two steps: what one training step frees, the next one takes again.

A step makes arrays of some megabytes and frees them at its end. The C library of Linux gives such amounts back to the
system, and the system hands them out again page by page, filled with zeros, thousands of pages in every step: that can
take longer than the optimizer. It stops doing so for sizes that it has seen come and go.
"""

import numpy as np

__all__ = ["keep_freed_memory"]


def keep_freed_memory() -> None:
    """Let one large array come and go: from then on glibc keeps up to twice its size. No page of it is touched.

    Its threshold follows the largest array freed so far, up to 32 MB (see M_MMAP_THRESHOLD in `man mallopt`). Elsewhere
    this does nothing.
    """
    np.empty(2**25 - 2**16, np.uint8)
