"""What goes on in this thread: layers learn, are only tried on, or are made again from a file. Layers ask."""

import contextlib
import threading

__all__ = ["on_trial", "phase", "trial", "weights_from"]


class Phase(threading.local):
    training: bool | None = None  # is the model learning right now, in this thread? None: nobody has said
    call: object = None  # stands for a call from outside that is going on, with all that it calls in turn
    trial = False  # do layers run on a blank example only, to see what shapes come out?
    source = None  # where new weights come from, if not from their initializers


phase = Phase()


@contextlib.contextmanager
def trial():
    """Run layers only to see the shapes: nothing of it may be remembered."""
    before, phase.trial = phase.trial, True
    try:
        yield
    finally:
        phase.trial = before


def on_trial() -> bool:
    """Tell whether layers run only to see the shapes; layers that keep states ask."""
    return phase.trial


@contextlib.contextmanager
def weights_from(source):
    """Let add_weight take new weights from `source(shape, dtype)`, not from their initializers, inside the block."""
    before, phase.source = phase.source, source
    try:
        yield
    finally:
        phase.source = before
