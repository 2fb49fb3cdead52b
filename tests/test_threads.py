"""Threads: how many there are, the pool they wait in, and what must not happen there."""

import _thread
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import edunet
from edunet import threads


@pytest.fixture(autouse=True)
def _number_comes_back(monkeypatch):
    monkeypatch.setattr(threads, "_threads", None)
    monkeypatch.setattr(threads, "_asked", False)
    monkeypatch.setattr(threads, "_pool", None)


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


@pytest.mark.parametrize("wish", ["two", "0", "-1", "1.5"])
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
    code = "import sys, threading, numpy; before = set(sys.modules); import edunet; new = set(sys.modules) - before; "
    assert run_python(code + "print(threading.active_count(), 'concurrent.futures.thread' in new)") == "1 False"


# ---------------------------------------------------------------- the pool


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
    threads.run(done.append, 3)  # and the pool still serves
    assert len(done) == 6


def test_a_call_from_inside_a_task_is_done_by_its_thread():
    edunet.set_num_threads(2)
    together, where = threading.Barrier(2), []

    def task(i):
        together.wait(timeout=30)
        me = threading.get_ident()
        threads.run(lambda j: where.append(threading.get_ident() == me), 4)

    threads.run(task, 2)
    assert where == [True] * 8


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


def test_the_number_may_change_while_the_pool_works():
    edunet.set_num_threads(2)
    done = []

    def task(i):
        edunet.set_num_threads(2 + i % 3)
        done.append(i)

    for _ in range(20):
        threads.run(task, 6)
    assert len(done) == 120


def test_without_further_threads_the_caller_does_it_all(monkeypatch):
    edunet.set_num_threads(2)
    threads.run(lambda i: None, 2)
    threads._pool.shutdown()  # as Python does when it ends, and where no thread can be started
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
def test_a_child_computes_after_its_parent_used_the_pool():
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
busy = threading.Thread(target=threads.run, args=(hold, 2))  # the fork comes while the pool is in use
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


def test_ctrl_c_waits_until_the_pool_has_ended_its_work(monkeypatch):
    """An interrupt amid the pool's own locks would leave them locked for ever."""
    edunet.set_num_threads(2)
    done = []

    def task(i):
        if i == 0:
            signal.raise_signal(signal.SIGINT)
        done.append(i)

    with pytest.raises(KeyboardInterrupt):
        threads.run(task, 4)
    assert sorted(done) == [0, 1, 2, 3]
    assert not threads._busy.locked()
