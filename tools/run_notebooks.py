"""Run every notebook as a learner would: a copy made by `edunet notebooks`, from top to bottom, practice unfilled.

    python tools/run_notebooks.py                 with little data (EDUNET_LESSON_QUICK=1), two at once
    python tools/run_notebooks.py --full 05 08    those whose path holds 05 or 08, in full, one by one, for the times

An error in a cell, or a notebook that takes longer than its limit, is a failure that names notebook and cell.
"""

import argparse
import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

COLOURS = re.compile(r"\x1b\[[\d;]*m")
QUICK = {
    "EDUNET_LESSON_QUICK": "1",
    "EDUNET_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # two at once share the cores


async def run(notebook: Path, limit: float, environment: dict) -> str:
    """Run one notebook in a kernel of its own; return what went wrong, or an empty string."""
    at = {"cell": 0}
    clock = asyncio.timeout(None)

    def at_the_start(notebook):
        loop = asyncio.get_running_loop()
        clock.reschedule(loop.time() + limit)  # the kernel is awake now, which takes longer the busier the machine is
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)  # nbclient's: it would end one of two kernels and go on

    client = NotebookClient(
        nbformat.read(notebook, as_version=4),
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
        timeout=None,  # of a cell; the limit is the notebook's
        force_raise_errors=True,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=40"],  # no warning, at every start, that the kernel listens on this machine
        on_notebook_start=at_the_start,
        on_cell_execute=lambda cell, cell_index: at.update(cell=cell_index + 1),
    )
    try:
        async with clock:
            await client.async_execute(env=os.environ | environment)
    except CellExecutionError as error:
        return f"cell {at['cell']}: {error.ename}: {error.evalue}\n{COLOURS.sub('', str(error))}"
    except (TimeoutError, DeadKernelError):
        return f"cell {at['cell']}: {f'not done after {limit:g} s' if clock.expired() else 'the kernel died'}"
    return ""


async def run_all(folder: Path, notebooks: list[Path], at_once: int, limit: float, environment: dict) -> int:
    """Run the notebooks, so many at once; print the seconds of each, then the failures; return how many failed."""
    places, failures = asyncio.Semaphore(at_once), []

    async def one(notebook):
        async with places:
            start, name = time.perf_counter(), notebook.relative_to(folder).as_posix()
            fault = await run(notebook, limit, environment)
            print(f"{time.perf_counter() - start:6.1f} s  {name}{'  FAILED' * bool(fault)}", flush=True)
            failures.extend([f"{name}, {fault}"] * bool(fault))

    await asyncio.gather(*map(one, notebooks))
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr)
    return len(failures)


def main(arguments=None) -> int:
    """Run the command; return its exit code: 1 a notebook failed, 2 there is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", metavar="TEXT", help="notebooks whose path holds it")
    parser.add_argument("--full", action="store_true", help="all the data, and one notebook at a time")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="of a notebook (default 100; 600 with --full)")
    parser.add_argument("--folder", type=Path, help="run what is in there instead of a fresh copy of the lessons")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as room:
        folder = options.folder or Path(room, "lessons")
        if not options.folder:
            command = [sys.executable, "-m", "edunet", "notebooks", str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = sorted(p for p in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
        chosen = [
            p for p in found if not options.only or any(t in p.relative_to(folder).as_posix() for t in options.only)
        ]
        if not chosen:
            print(f"no notebook {' or '.join(options.only)} in {folder}", file=sys.stderr)
            return 2
        at_once, limit, environment = (1, 600, {}) if options.full else (2, 100, QUICK)
        environment = environment | {"IPYTHONDIR": room}  # nobody's own start-up files
        return min(asyncio.run(run_all(folder, chosen, at_once, options.limit or limit, environment)), 1)


if __name__ == "__main__":
    raise SystemExit(main())
