"""Ctrl-C at a good moment: what must not be done by half is finished first."""

import contextlib
import signal
import threading

__all__ = ["finish_first", "steps_to_finish"]


@contextlib.contextmanager
def finish_first(explain=lambda: ""):
    """Let Ctrl-C wait until the block is done, however often it is pressed; then raise KeyboardInterrupt.

    Args: explain, a function that returns the sentence for the interrupt. Only the main thread is ever interrupted, and
    nobody is where the signal is ignored: there the block simply runs. So it does inside a block that is finished first
    already, without the time that it takes to set a handler.
    """
    if _Step.entered:
        yield
        return
    with steps_to_finish() as step, step(explain):
        yield


@contextlib.contextmanager
def steps_to_finish():
    """Yield `step` for a loop of many short blocks, `with step(explain): ...`: each is finished first.

    Between them Ctrl-C acts at once. To set a handler takes longer than some blocks: here it is done once for all.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda explain: contextlib.nullcontext()
        return
    step = _Step(before)
    signal.signal(signal.SIGINT, step.interrupt)
    try:
        yield step
    finally:
        if signal.getsignal(signal.SIGINT) == step.interrupt:  # nobody has set another one meanwhile
            signal.signal(signal.SIGINT, before)


class _Step:
    """A block that is finished first; it may be entered again and again."""

    entered = 0  # how many such blocks we are in, on the main thread; other threads are never interrupted

    def __init__(self, before):
        self.before = before  # the handler that was set: of an outer block, Python's own, or somebody else's
        self.inside = self.asked = False

    def __call__(self, explain):
        self.explain = explain
        return self

    def interrupt(self, number, frame):
        if self.inside:
            self.asked = True
        else:
            self.before(number, frame)

    def __enter__(self):
        self.inside, self.asked = True, False
        _Step.entered += 1

    def __exit__(self, kind, *error):
        _Step.entered -= 1
        self.inside = False
        if self.asked and kind is None:  # an error in the block is not replaced
            if self.before is signal.default_int_handler:
                raise KeyboardInterrupt(self.explain())
            self.before(signal.SIGINT, None)  # an outer block has its own good moment
