"""The bell that threads listen for."""

import threading
import time

import pytest

bell = pytest.importorskip("edunet.bell", reason="the extensions were not compiled")


def test_it_counts_its_strokes():
    b = bell.Bell()
    b.ring()
    b.ring()
    assert b.strokes == 2


def test_nobody_waits_for_a_bell_that_was_rung_or_longer_than_told():
    b = bell.Bell()
    b.ring()
    start = time.perf_counter()
    b.listen(0, 30)
    b.listen(1, 0)
    assert time.perf_counter() - start < 10
    start = time.perf_counter()
    b.listen(1, 0.02)
    assert time.perf_counter() - start >= 0.02


def test_the_stroke_of_another_thread_is_heard_and_answered():
    """Each waits for the other without the lock of the interpreter: if one held it, this would take its 60 seconds."""
    ping, pong = bell.Bell(), bell.Bell()

    def answer_each():
        ping.listen(0, 30)
        for i in range(1, 100):
            ping.listen(i, 30, 1e-6, pong)

    other = threading.Thread(target=answer_each)
    other.start()
    start = time.perf_counter()
    for i in range(99):
        ping.ring()
        pong.listen(i, 30)
    ping.ring()
    other.join(timeout=30)
    assert not other.is_alive()
    assert (ping.strokes, pong.strokes) == (100, 99)
    assert time.perf_counter() - start < 25
