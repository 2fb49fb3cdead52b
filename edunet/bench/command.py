"""From the options to the table."""

import datetime

import edunet
from edunet.bench import report
from edunet.bench.crew import Crew, choose_backends, choose_cpus
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
    with Crew.of(n, cpus, choose_backends(backends)) as crew:
        for worker in crew.edunet:
            worker.start()
        if peers:
            crew.find_peers(interpreters)
        circumstances = report.circumstances(crew, rounds)
        print(report.heading(circumstances), flush=True)
        measured = []
        for work in works:
            print(report.title(work), flush=True)
            result = MEASURES[work.how](work, crew, rounds)
            print(report.block(result), flush=True)
            measured.append({"name": work.name, "kind": work.kind, "flops": work.flops, **result})
    date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    content = {"edunet": edunet.__version__, "date": date, **circumstances, "works": measured}
    if path is not None:
        print(f"\nwritten into {report.write(path, content)}")
    failed = [f"{r['library']} in {w['name']!r}" for w in measured for r in w["rows"] if "error" in r]
    if failed:
        raise ChildProcessError(f"{len(failed)} measurements failed: {', '.join(failed)}. The table says why.")
    return content
