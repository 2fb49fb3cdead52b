"""Print how many of ONNX's test cases edunet reproduces, family by family, and why the rest are out.

python tests/onnx_cases/table.py [backend]
"""

import collections
import sys

from onnx_cases import OPERATORS, collect, run

import edunet


def main(backend: str | None = None) -> int:
    """Print the table; return how many cases failed."""
    if backend:
        edunet.set_backend(backend)
    found = collections.defaultdict(list)
    for case in collect():
        found[case.family if case.family in OPERATORS else "others"].append((case, run(case)))
    total = collections.Counter()
    print(f"backend {edunet.get_backend()}\n{'family':<27} passed  of   the rest")
    for family in [*OPERATORS, "others"]:
        results = found[family]
        states = collections.Counter(result.state for _, result in results)
        total += states
        rest = collections.Counter(f"{r.state}: {r.note}" for _, r in results if r.state != "passed")
        partly = sum(r.state == "passed" and bool(r.note) for _, r in results)
        notes = [f"{n} {note}" for note, n in rest.most_common()]
        notes += [f"({partly} without outputs that edunet does not give)"] if partly else []
        print(f"{family:<27} {states['passed']:>6}  {len(results):<4} {'; '.join(notes)}")
    print(f"{'all':<27} {total['passed']:>6}  {total.total():<4} {dict(total)}")
    return total["failed"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
