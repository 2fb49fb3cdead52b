"""The workers: one process per library, pinned, asleep until it is their turn."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import edunet
from edunet.backend import BACKENDS, available_backends
from edunet.names import look_up

__all__ = ["PEERS", "Crew", "Missing", "Worker", "WorkerFailed", "choose_backends", "choose_cpus"]

FOLDER = Path(__file__).parent / "workers"
PEERS = ("torch", "keras")
THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
# the CPU is measured, and Keras as it comes; every library has its bytecode, as after an installation: a checkout that
# may not write it is compiled anew by each import, which takes longer than the import itself
ALIKE = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONDONTWRITEBYTECODE": "",
}


class Missing(Exception):
    """A library is not installed where it was looked for."""


class WorkerFailed(ChildProcessError):
    """A worker could not do its work; the text is its own error."""


@dataclass
class Worker:
    """A process that answers one question at a time.

    Args: name, as in the table; library, which `with_<library>.py` it runs; python, the interpreter; cpus, what it is
    pinned to (empty: not pinned); cores, how many threads; environment, further variables.
    """

    name: str
    library: str
    python: str = sys.executable
    cpus: tuple[int, ...] = ()
    cores: int = 1
    environment: dict = field(default_factory=dict)
    hello: dict | None = None  # what it said at its start
    process: Any = None  # a subprocess.Popen, while it runs

    def start(self) -> None:
        """Start the process unless it runs; raise Missing or WorkerFailed."""
        if self.process is not None and self.process.poll() is None:
            return
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115, closed with the process
        command = [self.python, str(FOLDER / "serve.py"), self.library, ",".join(map(str, self.cpus))]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                encoding="utf-8",
                env=os.environ | dict.fromkeys(THREADS, str(self.cores)) | ALIKE | self.environment,
                start_new_session=True,  # Ctrl-C reaches the one process that asks, and that one ends all others
            )
        except OSError as error:
            self.errors.close()
            raise ValueError(
                f"--python {self.python}: this cannot be run ({error.strerror}). Expected the path of a Python "
                "interpreter, such as --python /path/to/environment/bin/python."
            ) from error
        self.hello = self._answer()
        if "missing" in self.hello:
            self.close()
            raise Missing(self.hello["missing"])

    def ask(self, **request) -> dict:
        """Send a request and return the answer; start again if the process has ended in an earlier work."""
        self.start()
        with contextlib.suppress(BrokenPipeError):  # it has just ended: the missing answer tells why
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise WorkerFailed(answer["error"])
        return answer

    def _answer(self) -> dict:
        line = self.process.stdout.readline()
        if line:
            try:
                return json.loads(line)
            except json.JSONDecodeError:
                self.close()
                raise WorkerFailed(f"expected a Python interpreter; this one said {line.strip()!r}") from None
        code = self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().splitlines()
        self.close()
        raise WorkerFailed(f"the process ended with code {code}" + "".join(f"\n    {text}" for text in said[-3:]))

    def fresh(self) -> "Worker":
        """Return the same worker, not started."""
        return replace(self, hello=None, process=None)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            with contextlib.suppress(BrokenPipeError):  # a request that it never read
                self.process.stdin.close()
            self.process.stdout.close()
            self.errors.close()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@dataclass
class Crew:
    """All workers of a run: used in a `with` block, which ends them.

    Args: cores, how many; cpus, what the workers are pinned to; product, the worker that tells what the machine can do;
    edunet, one for each backend; one_core, the same on one core only; peers, and why others are missing.
    """

    cores: int
    cpus: tuple[int, ...]
    product: Worker
    edunet: list[Worker]
    one_core: list[Worker]
    peers: list[Worker] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cores, cpus, backends):
        """Return the crew without peers; nobody is started yet."""
        every = [_edunet(backend, cpus=cpus, cores=cores) for backend in backends]
        one = [_edunet(backend, cpus=cpus[:1], cores=1) for backend in backends]
        return cls(cores, cpus, Worker("NumPy", "numpy", cpus=cpus, cores=cores), every, one)

    def find_peers(self, interpreters) -> None:
        """Start PyTorch and Keras under the first interpreter that has them; the running one is asked last."""
        for library in PEERS:
            reasons = []
            for python in dict.fromkeys((*interpreters, sys.executable)):
                worker = Worker(library, library, python, cpus=self.cpus, cores=self.cores)
                try:
                    worker.start()
                except (Missing, WorkerFailed) as error:
                    reasons.append(f"{python}: {error}")
                else:
                    self.peers.append(worker)
                    break
            else:
                self.missing[library] = "; ".join(reasons)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in (self.product, *self.edunet, *self.one_core, *self.peers):
            worker.close()


def _edunet(backend, **options) -> Worker:
    """Return the worker of one backend; it finds the edunet that asks, also in a checkout."""
    above = str(Path(edunet.__file__).parents[1])
    path = os.pathsep.join([above, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {"EDUNET_BACKEND": backend, "PYTHONPATH": path}
    return Worker(f"edunet {backend}", "edunet", environment=environment, **options)


def choose_backends(names) -> list[str]:
    """Return the backends to be measured: the default one, those named, or with "all" every one that is there."""
    if not names:
        return [edunet.get_backend()]
    if "all" in names:
        return [name for name, state in available_backends().items() if state == "ready"]
    for name in names:
        look_up("backend", {**dict.fromkeys(BACKENDS), "all": None}, name)
        with edunet.use_backend(name):  # says why it is missing, and what helps
            pass
    return list(dict.fromkeys(names))


def choose_cpus(cores: str) -> tuple[int, tuple[int, ...]]:
    """Return how many cores, and the CPUs that the workers are pinned to (none where the system cannot pin)."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else range(os.cpu_count() or 1)
    n = len(allowed) if cores == "all" else int(cores) if cores.isdigit() else 0
    if not 1 <= n <= len(allowed):
        raise ValueError(f"--cores {cores}: expected 1 to {len(allowed)}, the cores that may be used here, or 'all'.")
    if not hasattr(os, "sched_setaffinity"):
        return n, ()
    return n, tuple(allowed[-n:])  # the first core is the busiest with other things
