"""Ctrl-C waits for a good moment, however often it is pressed."""

import os
import signal
import threading

import pytest

from edunet.interrupt import finish_first, steps_to_finish


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


def test_each_step_of_a_loop_is_finished_first_and_explains_itself():
    done = []
    with pytest.raises(KeyboardInterrupt, match="in step 2"), steps_to_finish() as step:
        for i in range(5):
            with step(lambda: f"in step {i}"):  # noqa: B023, called at once
                if i == 2:
                    press(3)
                done.append(i)
    assert done == [0, 1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_between_two_steps_the_interrupt_comes_at_once():
    done = []
    with pytest.raises(KeyboardInterrupt) as caught, steps_to_finish() as step:
        with step(lambda: "in the step"):
            done.append("step")
        press()
        done.append("never")
    assert done == ["step"]
    assert caught.value.args == ()


def test_steps_inside_a_block_leave_the_interrupt_to_it():
    done = []
    with pytest.raises(KeyboardInterrupt, match="outer"), finish_first(lambda: "outer"), steps_to_finish() as step:
        for i in range(3):
            with step(lambda: "inner"):
                press()
                done.append(i)
    assert done == [0, 1, 2]


def test_an_error_in_a_step_is_not_replaced_and_not_remembered():
    with steps_to_finish() as step:
        with pytest.raises(ValueError, match="broken"), step(lambda: "in the step"):
            press()
            raise ValueError("broken")
        with step(lambda: "in the step"):
            pass


def test_a_handler_set_meanwhile_stays():
    asked = []
    with steps_to_finish():
        signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    press()
    assert asked == [True]


def test_a_block_within_a_block_sets_no_handler_and_leaves_the_interrupt_to_the_outer_one():
    done = []
    with pytest.raises(KeyboardInterrupt, match="outer"), finish_first(lambda: "outer"):
        handler = signal.getsignal(signal.SIGINT)
        with finish_first(lambda: "inner"):
            assert signal.getsignal(signal.SIGINT) == handler
            press()
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
