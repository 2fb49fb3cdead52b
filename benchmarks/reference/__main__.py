"""Reference runs: how well a network of edunet learns each set, how long it takes, and what is the best possible.

    python benchmarks/reference                              which rows there are
    python benchmarks/reference blood_risk                   one of them
    python benchmarks/reference cleveland --data FOLDER      one that reads a real file from this folder
    python benchmarks/reference all --data FOLDER

Every row is a file in rows/, with a function `run(seed, data)` that trains and judges once and returns numbers by name.
On generated patients the best possible is that of the true risk on the same patients. On real files every choice was
made on training and validation parts.
"""

import argparse
import importlib
import math
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]
ROWS = sorted(path.stem for path in (HERE / "rows").glob("*.py") if path.stem != "__init__")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row", nargs="*", help="names of rows, or all")
    parser.add_argument("--data", type=Path, help="the folder of real files")
    parser.add_argument("--seeds", type=int, help="how many, in place of those of the row")
    options = parser.parse_args()
    wanted = ROWS if options.row == ["all"] else options.row
    unknown = [name for name in wanted if name not in ROWS]
    if unknown:
        parser.exit(2, f"no row is called {unknown[0]}. rows: {ROWS}\n")
    if not wanted:
        print(f"rows: {ROWS}")
    for name in wanted:
        show(name, options.data, options.seeds)


def show(name: str, data, seeds) -> None:
    """Run one row and print what it reached."""
    row = importlib.import_module(f"rows.{name}")
    print(f"{name}: {row.TASK}\n  must: {row.MUST}", flush=True)
    if row.FILES and (data is None or not all((data / file).exists() for file in row.FILES)):
        print(f"  not run: it reads {', '.join(row.FILES)}; give their folder by --data\n")
        return
    results = []
    for seed in range(seeds or row.SEEDS):
        results.append(row.run(seed, data))
        print(f"  seed {seed}: " + "  ".join(f"{key} {value:.4g}" for key, value in results[-1].items()), flush=True)
    mean = {key: statistics.fmean(result[key] for result in results) for key in results[0]}
    for key in mean:
        values = [result[key] for result in results]
        if len(values) == 1 or key.endswith(("seconds", "parameters")):
            print(f"  {key:24s} {mean[key]:.4g}   of {len(values)}")
            continue
        spread = statistics.stdev(values)
        # half of the 95 % interval of a mean of so few, by Student's t
        t = {2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776, 10: 2.262}.get(len(values), 2.0)
        half = t * spread / math.sqrt(len(values))
        print(f"  {key:24s} {mean[key]:.4f}   95 % {mean[key] - half:.4f} .. {mean[key] + half:.4f}   of {len(values)}")
    print(f"  reached: {'yes' if row.reached(mean, results) else 'NO'}\n", flush=True)


main()
