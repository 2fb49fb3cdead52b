"""Kill a process again and again while it saves a model: the old or the new file is always whole.

python tools/kill_while_saving.py --n 200
"""

import argparse
import collections
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from edunet import layers, models

UNITS = 600  # files of 1.4 MB: most of the time goes into writing


def save_for_ever(path: str, began) -> None:
    """Save models of which all weights are 1, then 2, then 3, ... until somebody ends it."""
    model = models.Sequential([layers.Dense(UNITS, input_shape=(UNITS,))])
    number = 0
    while True:
        number += 1
        for w in model.weights:
            w.data[...] = number
        model.save(path)
        began.set()


def kill_once(folder: Path, rng, start: str) -> str:
    """Return "whole", or what is wrong with the file that a killed process has left."""
    path = folder / "model.safetensors"
    context = multiprocessing.get_context(start)
    began = context.Event()
    process = context.Process(target=save_for_ever, args=(str(path), began), daemon=True)
    process.start()
    began.wait(60)
    time.sleep(rng.uniform(0, 0.05))
    process.kill()
    process.join()
    process.close()
    try:
        weights = models.load_model(path).get_weights()
    except Exception as error:
        return f"FAILED: {error}"
    numbers = {float(n) for w in weights for n in np.unique(w)}
    return "whole" if len(numbers) == 1 and numbers != {0.0} else f"FAILED: a mixture of {sorted(numbers)[:4]}"


def kill(n: int, start: str = "spawn", seed: int = 0) -> collections.Counter:
    """Kill n processes and count what became of the file; what they left half-written is counted beside it."""
    rng = np.random.default_rng(seed)
    counts: collections.Counter = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(n):
            counts[kill_once(Path(folder), rng, start)] += 1
            for left in Path(folder).glob(".*"):  # the next save would do it
                counts["killed in the midst of writing"] += 1
                left.unlink()
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=200, help="how many processes are killed")
    counts = kill(parser.parse_args().n, "fork" if hasattr(os, "fork") else "spawn")  # fork begins at once
    for outcome, count in sorted(counts.items()):
        print(f"{count:6}  {outcome}")
    return 1 if any("FAILED" in outcome for outcome in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
