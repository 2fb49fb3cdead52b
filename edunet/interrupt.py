"""Ctrl-C at a good moment: what must not be done by half is finished first."""

import contextlib
import signal
import threading

__all__ = ["finish_first"]


@contextlib.contextmanager
def finish_first(explain=lambda: ""):
    """Let Ctrl-C wait until the block is done, however often it is pressed; then raise KeyboardInterrupt.

    Args: explain, a function that returns the sentence for the interrupt. Only the main thread is ever interrupted, and
    nobody is where the signal is ignored: there the block simply runs.
    """
    if threading.current_thread() is not threading.main_thread() or not callable(signal.getsignal(signal.SIGINT)):
        yield
        return
    asked = []
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        if before is signal.default_int_handler:
            raise KeyboardInterrupt(explain())
        before(signal.SIGINT, None)  # an outer block, which has its own good moment, or somebody else's handler
