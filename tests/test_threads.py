"""Threads: how many there are, the helpers that wait for work, and what must not happen there."""

import _thread
import contextlib
import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

import edunet
from edunet import threads


@pytest.fixture(autouse=True)
def _number_comes_back(monkeypatch):
    monkeypatch.setattr(threads, "_threads", None)
    monkeypatch.setattr(threads, "_asked", False)


def run_python(code, **environment):
    told = {"EDUNET_NUM_THREADS": "", "OMP_NUM_THREADS": "", "OPENBLAS_NUM_THREADS": ""}
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **told, **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


# ---------------------------------------------------------------- how many


def test_number_is_set_and_told():
    edunet.set_num_threads(3)
    assert edunet.get_num_threads() == 3
    assert "threads    3," in edunet.info()


@pytest.mark.parametrize(
    ("n", "error"),
    [(0, ValueError), (-2, ValueError), (2.0, TypeError), ("2", TypeError), (True, TypeError), (None, TypeError)],
)
def test_a_bad_number_is_refused(n, error):
    before = edunet.get_num_threads()
    with pytest.raises(error, match=rf"the number of threads is .*set_num_threads\(2\)\. Received: {n!r}"):
        edunet.set_num_threads(n)
    assert edunet.get_num_threads() == before


COUNT = "import edunet; print(edunet.get_num_threads())"


def test_default_is_the_physical_cores_at_most_eight(monkeypatch):
    for name in ("EDUNET_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert threads._cores() >= 1
    for cores, expected in ((1, 1), (6, 6), (64, 8)):
        monkeypatch.setattr(threads, "_cores", lambda cores=cores: cores)
        assert threads._default() == expected


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a process cannot be pinned here")
def test_a_pinned_process_has_one_thread():
    assert run_python(f"import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1]); {COUNT}") == "1"


def test_environment_chooses():
    assert run_python(COUNT, EDUNET_NUM_THREADS="5", OMP_NUM_THREADS="1") == "5"


@pytest.mark.parametrize("wish", ["two", "0", "-1", "1.5", "٢"])
def test_a_bad_environment_is_explained_and_info_still_answers(wish, monkeypatch):
    monkeypatch.setenv("EDUNET_NUM_THREADS", wish)
    with pytest.raises(ValueError, match=rf"EDUNET_NUM_THREADS is a whole number >= 1.*Received: '{wish}'"):
        edunet.get_num_threads()
    assert "EDUNET_NUM_THREADS is a whole number" in edunet.info()


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"])
def test_one_thread_where_joblib_or_dask_say_so(name):
    assert run_python(COUNT, **{name: "1"}) == "1"


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_one_thread_in_a_worker_of_multiprocessing(method):
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    code = f"""
import multiprocessing, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of a fork beside threads
import edunet
if __name__ == "__main__":
    edunet.get_num_threads()
    with multiprocessing.get_context({method!r}).Pool(1) as pool:
        print(pool.apply(edunet.get_num_threads))
"""
    assert run_python(code) == "1"


def test_one_thread_in_a_worker_of_joblib():
    pytest.importorskip("joblib")
    code = (
        "import edunet, joblib; "
        "print(set(joblib.Parallel(n_jobs=2)(joblib.delayed(edunet.get_num_threads)() for _ in range(4))))"
    )
    assert run_python(code) == "{1}"


def test_import_starts_no_thread():
    assert run_python("import threading, edunet; print(threading.active_count())") == "1"


# ---------------------------------------------------------------- the helpers


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_every_task_is_done_once(n, count):
    edunet.set_num_threads(n)
    done = []
    threads.run(done.append, count)
    assert sorted(done) == list(range(count))


def test_tasks_run_side_by_side():
    edunet.set_num_threads(3)
    together = threading.Barrier(3)
    threads.run(lambda i: together.wait(timeout=30), 3)


def test_the_first_error_is_raised_when_all_have_ended():
    edunet.set_num_threads(2)
    together, done = threading.Barrier(2), []

    def task(i):
        if i < 2:
            together.wait(timeout=30)
        if i in (1, 3):
            raise ValueError(f"in task {i}")
        time.sleep(0.01)
        done.append(i)

    with pytest.raises(ValueError, match="in task 1"):
        threads.run(task, 5)
    assert sorted(done) == [0, 2, 4]
    threads.run(done.append, 3)  # and the helpers still serve
    assert len(done) == 6


def test_calls_from_inside_tasks_end_too():
    edunet.set_num_threads(3)
    together, done = threading.Barrier(3), []

    def task(i):
        together.wait(timeout=30)
        threads.run(lambda j: threads.run(lambda k: done.append((i, j, k)), 3), 3)

    threads.run(task, 3)
    assert sorted(done) == list(itertools.product(range(3), repeat=3))


def test_a_second_thread_that_calls_meanwhile_serves_itself():
    edunet.set_num_threads(2)
    started, go_on, where = threading.Event(), threading.Event(), []

    def slow(i):
        started.set()
        assert go_on.wait(timeout=30)

    first = threading.Thread(target=threads.run, args=(slow, 2))
    first.start()
    assert started.wait(timeout=30)
    threads.run(lambda i: where.append(threading.get_ident()), 4)
    go_on.set()
    first.join(timeout=30)
    assert where == [threading.get_ident()] * 4


def test_the_number_may_change_while_helpers_work():
    edunet.set_num_threads(2)
    done = []

    def task(i):
        edunet.set_num_threads(2 + i % 3)
        done.append(i)

    for _ in range(20):
        threads.run(task, 6)
    assert len(done) == 120


def test_without_further_threads_the_caller_does_it_all(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "_helpers", [])
    monkeypatch.setattr(threads._Helper, "__init__", refuse)
    edunet.set_num_threads(2)
    done = []
    threads.run(done.append, 5)
    assert done == list(range(5))


def test_after_ctrl_c_nothing_is_written_any_more():
    edunet.set_num_threads(2)
    together, written = threading.Barrier(2), []

    def task(i):
        if i < 2:
            together.wait(timeout=30)
        if threading.current_thread() is not threading.main_thread():
            _thread.interrupt_main()
            time.sleep(0.1)
            written.append(i)

    with pytest.raises(KeyboardInterrupt):
        threads.run(task, 50)
    count = len(written)
    assert count
    time.sleep(0.3)
    assert len(written) == count
    threads.run(lambda i: None, 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_computes_after_its_parent_had_help():
    code = """
import os, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of a fork beside threads
import threading
from edunet import set_num_threads, threads
set_num_threads(2)
def use():
    together = threading.Barrier(2)
    threads.run(lambda i: together.wait(timeout=20), 2)
use()
started, go_on = threading.Event(), threading.Event()
def hold(i):
    started.set()
    go_on.wait(20)
busy = threading.Thread(target=threads.run, args=(hold, 2))  # the fork comes while a helper is busy
busy.start()
started.wait()
child = os.fork()
if child == 0:
    use()
    raise SystemExit(7)
go_on.set()
busy.join()
use()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert run_python(code) == "7"


def test_ctrl_c_in_one_task_waits_for_the_others():
    edunet.set_num_threads(2)
    done = []

    def task(i):
        if i == 0:
            signal.raise_signal(signal.SIGINT)
        done.append(i)

    with pytest.raises(KeyboardInterrupt):
        threads.run(task, 4)
    assert sorted(done) == [1, 2, 3]


@pytest.mark.parametrize("awake", [0, threads.SPIN, 0.2])
def test_helpers_come_awake_or_asleep(monkeypatch, awake):
    monkeypatch.setattr(threads, "SPIN", awake)
    monkeypatch.setattr(threads, "_helpers", [])
    edunet.set_num_threads(3)
    for pause in (0, 0.01):
        for _ in range(5):
            together, who = threading.Barrier(3), set()

            def task(i, together=together, who=who):
                together.wait(timeout=30)
                who.add(threading.get_ident())

            threads.run(task, 3)
            assert len(who) == 3
            time.sleep(pause)


def test_helpers_sleep_when_there_is_nothing_to_do():
    code = """
import time
from edunet import set_num_threads, threads
set_num_threads(4)
threads.run(lambda i: time.sleep(0.001), 8)
time.sleep(0.05)
before = time.process_time()
time.sleep(0.5)
print(time.process_time() - before < 0.1)
"""
    assert run_python(code) == "True"


def test_a_job_leaves_nothing_behind():
    class Thing:
        pass

    edunet.set_num_threads(2)
    thing = Thing()
    gone = weakref.ref(thing)
    together = threading.Barrier(2)
    threads.run(lambda i, thing=thing: together.wait(timeout=30), 2)
    del thing
    until = time.monotonic() + 10
    while gone() is not None and time.monotonic() < until:
        time.sleep(0.001)
    assert gone() is None


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="threads cannot choose their core here")
def test_a_helper_leaves_the_core_of_its_caller():
    allowed = os.sched_getaffinity(0)
    found = []

    def move():
        for core in sorted(allowed):
            threads._leave(core)
            found.append((core, threads.core(), os.sched_getaffinity(0)))

    thread = threading.Thread(target=move)
    thread.start()
    thread.join()
    for left, core, still_allowed in found:
        assert still_allowed == allowed
        assert core in {*(allowed - {left} or allowed), -1}  # -1: nothing was compiled


def test_jobs_do_not_queue_behind_a_busy_helper(monkeypatch):
    """They would keep their arrays: 8 threads that called at once had filled two gigabytes."""
    monkeypatch.setattr(threads, "_helpers", [])
    edunet.set_num_threads(2)
    together, go_on = threading.Barrier(3), threading.Event()

    def hold(i):
        together.wait(timeout=30)
        assert go_on.wait(timeout=30)

    class Thing:
        pass

    first = threading.Thread(target=threads.run, args=(hold, 2))
    first.start()
    together.wait(timeout=30)  # now the helper is busy
    gone = []
    for _ in range(20):
        thing = Thing()
        gone.append(weakref.ref(thing))
        threads.run(lambda i, thing=thing: None, 2)
    del thing
    assert threads._helpers[0].calls.qsize() <= 1
    assert [ref() for ref in gone] == [None] * 20
    go_on.set()
    first.join(timeout=30)


def test_an_error_does_not_keep_the_call_alive():
    class Thing:
        pass

    thing = Thing()
    gone = weakref.ref(thing)

    def fail(i, thing=thing):
        raise ValueError("as planned")

    edunet.set_num_threads(2)
    gc.disable()
    try:
        with contextlib.suppress(ValueError):
            threads.run(fail, 4)
        del thing, fail
        until = time.monotonic() + 10  # a helper may still be about to forget it
        while gone() is not None and time.monotonic() < until:
            time.sleep(0.001)
        assert gone() is None
    finally:
        gc.enable()
