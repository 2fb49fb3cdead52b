"""Measuring one work with all workers, in rounds: each a little, one after the other, many times."""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from edunet.bench.crew import PEERS, Crew, WorkerFailed
from edunet.bench.works import PEAK, Work

__all__ = ["MEASURES", "import_times", "memory", "speed_up", "timing"]

SECONDS = 0.1  # for one variant of one library in one round
PAUSE = 0.15  # threads of the library before stay awake, those of OpenBLAS for 0.105 s: let them fall asleep
FRESH = 5  # fresh processes for memory and import


def timing(work: Work, crew: Crew, rounds: int) -> dict:
    """Time a work in all libraries, and NumPy's matrix product between them."""
    rows = _interleaved(work, [*crew.edunet, *crew.peers], rounds, also=crew.product)
    peak = rows.pop()
    _against_the_fastest_peer(rows)
    if "error" in peak:
        return {"unit": "ms", "rows": [*rows, peak]}
    for row in rows:
        if "gflops" in row:
            row["percent_of_peak"] = 100 * row["gflops"] / peak["gflops"]
    # a matrix product keeps all cores busy: what it did not get, others had
    share = min(peak["busy_cores"] / crew.cores, 1.0)
    return {"unit": "ms", "rows": rows, "peak_gflops": peak["gflops"], "share_of_cores": share}


def speed_up(work: Work, crew: Crew, rounds: int) -> dict:
    """Time a work on one core and on all chosen ones."""
    rows = _interleaved(work, [*crew.one_core, *crew.edunet], rounds)
    n = len(rows) // 2
    for i, row in enumerate(rows):
        one = rows[i % n]
        row["variant"] = "1 core" if i < n else f"{crew.cores} cores"
        if "median" in row and "median" in one:
            row["ratio"] = row["median"] / one["median"]
    return {"unit": "ms", "rows": rows}


def memory(work: Work, crew: Crew, rounds: int) -> dict:
    """Measure by how much the peak memory of a fresh process grows, above inputs and outputs."""
    with tempfile.TemporaryDirectory() as folder:
        small = Work(work.name, work.kind, shapes={k: (1, 1, 8, s[-1]) for k, s in work.shapes.items()})
        request = {"do": "memory", "work": _message(work), "arrays": _save(work, folder, "arrays")}
        request["small"] = _save(small, folder, "small")
        rows = _in_fresh_processes(crew, rounds, lambda worker: worker.ask(**request)["bytes"] / 1e6)
    return {"unit": "MB", "rows": rows}


def import_times(work: Work, crew: Crew, rounds: int) -> dict:
    """Measure how long the import takes in a fresh process that has imported NumPy."""

    def seconds(worker):
        worker.start()
        return worker.hello["import_seconds"]

    return {"unit": "s", "rows": _in_fresh_processes(crew, rounds, seconds)}


MEASURES = {"time": timing, "speed-up": speed_up, "memory": memory, "import": import_times}


def _interleaved(work, workers, rounds, also=None) -> list[dict]:
    """Return one row for each variant of each worker (and for NumPy's matrix product, last)."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(worker, work, _save(work, folder, "arrays")) for worker in workers]
        pairs += [(also, PEAK, _save(PEAK, folder, "product"))] if also else []
        rows, runs = [], []
        for worker, task, path in pairs:
            try:
                results = worker.ask(do="build", work=_message(task), arrays=path)["results"]
            except WorkerFailed as error:
                rows.append({"library": worker.name, "variant": "", "error": str(error)})
                continue
            for variant, sizes in results.items():
                rows.append({"library": worker.name, "variant": variant, "sizes": sizes, "rounds": [], "busy": []})
                runs.append((worker, task, rows[-1]))
    for _ in range(rounds):
        for worker, task, row in runs:
            if "error" in row:
                continue
            time.sleep(PAUSE)
            try:
                answer = worker.ask(do="time", work=_message(task), variant=row["variant"], seconds=SECONDS)
            except WorkerFailed as error:
                row["error"] = str(error)
            else:
                row["rounds"].append(1e3 * statistics.median(answer["times"]))
                row["busy"].append(answer["busy_cores"])
    _compare_results(rows[: -1 if also else None])
    for _, task, row in runs:
        _summarise(row)
        if "median" in row:
            row["gflops"] = task.flops / row["median"] / 1e6
            row["busy_cores"] = statistics.median(row.pop("busy"))
    return rows


def _in_fresh_processes(crew, rounds, measure) -> list[dict]:
    pairs = [(w, {"library": w.name, "variant": "", "rounds": []}) for w in (*crew.edunet, *crew.peers)]
    for _ in range(min(rounds, FRESH)):
        for worker, row in pairs:
            try:
                with worker.fresh() as fresh:
                    row["rounds"].append(measure(fresh))
            except WorkerFailed as error:
                row["error"] = str(error)
    rows = [row for _, row in pairs]
    for row in rows:
        _summarise(row)
    _against_the_fastest_peer(rows)
    return rows


def _summarise(row):
    if "error" not in row:
        row["q1"], row["median"], row["q3"] = (float(q) for q in np.quantile(row["rounds"], (0.25, 0.5, 0.75)))


def _against_the_fastest_peer(rows):
    peers = [row["median"] for row in rows if row["library"] in PEERS and "median" in row]
    for row in rows:
        if peers and "median" in row:
            row["ratio"] = row["median"] / max(min(peers), 1e-9)


def _compare_results(rows):
    """Mark what computes something else than the first: times of different works must not be compared."""
    expected = next((row["sizes"] for row in rows if "sizes" in row), ())
    for row in rows:
        sizes = row.pop("sizes", None)
        if sizes is not None and not np.allclose(sizes, expected, rtol=1e-3, atol=1e-6):
            row["error"] = f"computes something else: mean sizes of the results {sizes}, expected {expected}"


def _message(work: Work) -> dict:
    return {"kind": work.kind, "steps": work.steps}


def _save(work: Work, folder, name) -> str:
    path = Path(folder, f"{name}.npz")
    if not path.exists():
        arrays: dict = work.arrays()
        np.savez(path, **arrays)
    return str(path)
