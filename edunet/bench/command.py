"""From the options to the table."""

import contextlib
import datetime

import edunet
from edunet.bench import report
from edunet.bench.crew import Worker, choose_backends, choose_cpus, edunet_worker, find_peers
from edunet.bench.measure import MEASURES
from edunet.bench.works import choose

__all__ = ["run"]


def run(*, cores="1", only=(), backends=(), interpreters=(), peers=True, rounds=9, json=None) -> dict:
    """Measure, print the table as it grows, and return everything that was measured.

    Args: cores, how many ("1", "2", ... or "all"); only, texts of which a work's name has one; backends, names or
    "all" (the default backend unless given); interpreters, Pythons that may have PyTorch or Keras; peers, False to
    leave them out; rounds; json, a new file for all numbers.
    Raises ValueError, ImportError or OSError for options that cannot be followed, ChildProcessError if a measurement
    failed: after all others.
    """
    if interpreters and not peers:
        raise ValueError("--python names an interpreter for the peers, --no-peers leaves them out; use one of the two.")
    path = report.reserve(json) if json is not None else None
    n, cpus = choose_cpus(cores)
    works = choose(only, n)
    place = {"cpus": cpus, "cores": n}
    with contextlib.ExitStack() as stack:
        crew = {"cores": n, "product": Worker("NumPy", "numpy", **place)}
        crew["edunet"] = [edunet_worker(name, **place) for name in choose_backends(backends)]
        crew["edunet on one core"] = [edunet_worker(name, cpus=cpus[:1], cores=1) for name in choose_backends(backends)]
        for worker in (crew["product"], *crew["edunet"], *crew["edunet on one core"]):
            stack.callback(worker.close)
        crew["peers"], missing = find_peers(interpreters, **place) if peers else ([], {})
        for worker in crew["peers"]:
            stack.callback(worker.close)
        for worker in crew["edunet"]:
            worker.start()
        all_workers = [*crew["edunet"], *crew["peers"]]
        circumstances = report.environment(n, cpus, rounds, all_workers, missing)
        print(report.heading(circumstances), flush=True)
        measured = []
        for work in works:
            result = MEASURES[work.how](work, crew, rounds)
            print(report.block(work, result), flush=True)
            measured.append({"name": work.name, "kind": work.kind, "flops": work.flops, **result})
    date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    content = {"edunet": edunet.__version__, "date": date, **circumstances, "works": measured}
    if path is not None:
        print(f"\nwritten into {report.write(path, content)}")
    failed = [f"{r['library']} in {w['name']!r}" for w in measured for r in w["rows"] if "error" in r]
    if failed:
        raise ChildProcessError(f"{len(failed)} measurements failed: {', '.join(failed)}. The table says why.")
    return content
