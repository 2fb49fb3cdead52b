"""The conversation of a worker: one line of JSON comes in, one goes out; in between it sleeps.

python serve.py LIBRARY CPUS        CPUS: "0,1", or "" where a process cannot be pinned
"""

import importlib
import json
import os
import platform
import sys
import time

__all__ = ["main"]


def main(library, cpus):
    """Pin this process, load the library, then answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not come between the answers
    if cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in cpus.split(",")})
    worker, hello = _load(library)
    _say(answers, hello)
    built: dict = {}  # variant: what runs it
    for line in sys.stdin if worker else ():
        request = json.loads(line)
        try:
            if request["do"] == "build":
                built.clear()
                built.update(worker.build(request["work"], _read(request["arrays"])))
                _say(answers, {"results": {variant: _summary(run) for variant, run in built.items()}})
            elif request["do"] == "time":
                _say(answers, measure(built[request["variant"]], request["seconds"], request["work"]["steps"]))
            elif request["do"] == "memory":
                _say(answers, {"bytes": memory(worker, request)})
        except Exception as error:
            _say(answers, {"error": f"{type(error).__name__}: {error}"})


def _say(answers, answer):
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _load(library):
    """Return the worker's module and what to say first: versions and how long the import took, or what is missing."""
    try:
        import numpy as np

        before = time.perf_counter()
        importlib.import_module(library)
        seconds = time.perf_counter() - before
        worker = importlib.import_module(f"with_{library}")
    except ImportError as error:
        return None, {"missing": str(error)}
    versions = {"python": platform.python_version(), "numpy": np.__version__, **worker.versions()}
    return worker, {"versions": versions, "import_seconds": seconds}


def _read(path):
    import numpy as np

    with np.load(path) as arrays:
        return dict(arrays)


def _summary(run):
    """Warm up, and return the mean size of each result: all libraries must have computed the same."""
    import numpy as np

    run()
    return [float(np.abs(np.asarray(a)).mean()) for a in run() or ()]


def measure(run, seconds, steps):
    """Time calls for about `seconds`; the first after the sleep does not count. Each call takes several steps.

    Returns {"times": seconds of one step, "busy_cores": CPU time over time}.
    """
    run()
    times: list[float] = []
    start, cpu = time.perf_counter(), time.process_time()
    while not times or time.perf_counter() < start + seconds:
        before = time.perf_counter()
        run()
        times.append((time.perf_counter() - before) / steps)
    return {"times": times, "busy_cores": (time.process_time() - cpu) / (time.perf_counter() - start)}


def memory(worker, request):
    """Return by how many bytes the peak of this process grows while the work runs once, above inputs and outputs."""
    import numpy as np

    small, arrays = _read(request["small"]), _read(request["arrays"])
    next(iter(worker.build(request["work"], small).values()))()  # what is loaded at the first use is not the work's
    run = next(iter(worker.build(request["work"], arrays).values()))
    before = _forget_the_peak()
    results = run()
    growth = _peak() - before
    return max(growth - sum(np.asarray(a).nbytes for a in results), 0)


def _forget_the_peak():
    """Let the peak start at what is in use now, where the system can (Linux), and return it."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # an earlier peak may then hide some of the growth
    return _peak()


def _peak():
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as lines:  # ru_maxrss would include the process that started this one
            return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    try:
        import resource
    except ImportError:
        raise OSError("this system does not tell the peak memory of a process") from None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    main(*sys.argv[1:])
