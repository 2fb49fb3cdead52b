"""Ctrl-C waits for a good moment, however often it is pressed."""

import os
import signal
import threading

import pytest

from edunet.interrupt import finish_first


def press(times=1):
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def _as_in_a_terminal():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_the_block_is_finished_and_the_sentence_told(times):
    done = []
    with pytest.raises(KeyboardInterrupt, match="after the first step"), finish_first(lambda: "after the first step"):
        press(times)
        done.append("all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_inner_block_leaves_the_interrupt_to_the_outer_one():
    done = []
    with pytest.raises(KeyboardInterrupt, match="outer"), finish_first(lambda: "outer"):
        with finish_first(lambda: "inner"):
            press()
        done.append("rest of the outer block")
    assert done == ["rest of the outer block"]


def test_an_error_in_the_block_is_not_replaced():
    with pytest.raises(ValueError, match="broken"), finish_first():
        press()
        raise ValueError("broken")


def test_where_the_signal_is_ignored_it_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with finish_first():
        press()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_other_threads_just_run():
    done = []

    def work():
        with finish_first():
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
