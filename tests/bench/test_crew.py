"""The processes: pinned, talking, failing, ending."""

import os

import numpy as np
import pytest

from edunet.bench import crew
from edunet.bench.crew import Crew, Worker, WorkerFailed, choose_backends, choose_cpus

pins = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot pin a process")
CONV = {"kind": "conv", "steps": 1}


@pytest.fixture
def torch():
    with Worker("torch", "torch") as worker:
        yield worker


@pytest.fixture
def arrays(tmp_path):
    np.savez(tmp_path / "arrays.npz", x=np.zeros(1))
    return str(tmp_path / "arrays.npz")


@pins
def test_one_core_is_one_of_those_allowed():
    n, cpus = choose_cpus("1")
    assert n == len(cpus) == 1
    assert set(cpus) <= os.sched_getaffinity(0)
    assert choose_cpus("all") == (len(os.sched_getaffinity(0)), tuple(sorted(os.sched_getaffinity(0))))


def test_where_a_process_cannot_be_pinned(monkeypatch):
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    assert choose_cpus("1") == (1, ())


@pytest.mark.parametrize("cores", ["0", "-1", "two", "100000", ""])
def test_impossible_cores(cores):
    with pytest.raises(ValueError, match=f"--cores {cores}: expected 1 to [0-9]+, the cores that may be used here"):
        choose_cpus(cores)


def test_backends():
    assert choose_backends([]) == ["numpy"]  # the one in use
    assert "numpy" in choose_backends(["all"])
    assert choose_backends(["numpy", "numpy"]) == ["numpy"]
    with pytest.raises(ValueError, match="Did you mean 'numpy'"):
        choose_backends(["numppy"])


@pins
def test_a_worker_is_pinned_and_its_threads_are_counted(peers, torch, arrays):
    peers("def build(work, arrays): raise ValueError(f\"{os.sched_getaffinity(0)} {os.environ['OMP_NUM_THREADS']}\")")
    torch.cpus = choose_cpus("1")[1]
    torch.start()
    with pytest.raises(WorkerFailed, match=rf"ValueError: \{{{torch.cpus[0]}\}} 1"):
        torch.ask(do="build", work=CONV, arrays=arrays)


def test_what_a_library_prints_does_not_disturb(peers, torch):
    peers('print("hello from torch")\nos.system("echo hello from below")')
    torch.start()
    assert torch.hello["versions"]["torch"] == "0.0"


def test_a_worker_that_dies_says_why_and_starts_again(peers, torch, arrays):
    peers("def build(work, arrays):\n    sys.stderr.write('out of memory')\n    sys.stderr.flush()\n    os._exit(7)")
    for _ in range(2):
        with pytest.raises(WorkerFailed, match="ended with code 7\n    out of memory"):
            torch.ask(do="build", work=CONV, arrays=arrays)
        assert torch.process is None


def test_a_file_that_is_no_interpreter(tmp_path):
    (tmp_path / "notes.txt").write_text("python")
    with pytest.raises(ValueError, match="notes.txt: this cannot be run .*Expected the path of a Python interpreter"):
        Worker("torch", "torch", str(tmp_path / "notes.txt")).start()


@pytest.mark.skipif(os.name == "nt", reason="needs a program that prints its arguments")
def test_a_program_that_is_no_interpreter():
    with pytest.raises(WorkerFailed, match="expected a Python interpreter; this one said"):
        Worker("torch", "torch", "/bin/echo").start()


def test_missing_peers_are_named_with_the_interpreter(peers):
    with Crew.of(1, (), ["numpy"]) as workers:
        workers.find_peers([])
    assert workers.peers == []
    assert set(workers.missing) == set(crew.PEERS)
    assert "python" in workers.missing["torch"]
    assert workers.missing["torch"].endswith("not on this machine")
