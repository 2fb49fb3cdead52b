"""What is printed, and what is written."""

import json
import os
import platform
import secrets
from pathlib import Path

import numpy as np

from edunet.about import cpu_name

__all__ = ["block", "circumstances", "heading", "reserve", "title", "write"]

COLUMNS = f"{'':44s}{'median':>11s}  {'±%':>4s}  {'ratio':>7s}  {'GFLOP/s':>8s}  {'% peak':>6s}"


def circumstances(crew, rounds) -> dict:
    """Return what the numbers depend on."""
    return {
        "cpu": cpu_name(),
        "vector_instructions": np.show_config(mode="dicts")["SIMD Extensions"].get("found", []),  # as NumPy found them
        "system": f"{platform.system()} {platform.machine()}",
        "cores": crew.cores,
        "pinned_to": list(crew.cpus),
        "rounds": rounds,
        "versions": {worker.name: worker.hello["versions"] for worker in (*crew.edunet, *crew.peers)},
        "missing": crew.missing,
    }


def heading(c: dict) -> str:
    """Return the lines above the table, from the circumstances."""
    pinned = "CPU " + ", ".join(map(str, c["pinned_to"])) if c["pinned_to"] else "not pinned: this system cannot"
    lines = [f"{c['cores']} core{'s' * (c['cores'] > 1)} ({pinned}), {c['rounds']} rounds, float32"]
    lines.append(f"CPU  {c['cpu']} ({c['system']}; {' '.join(c['vector_instructions'])})")
    for name, versions in c["versions"].items():
        lines.append(f"{name}: " + ", ".join(f"{package} {version}" for package, version in versions.items()))
    for name, reason in c["missing"].items():
        lines.append(f"{name}: not compared. {reason}")
    if c["missing"]:
        lines.append(
            "To compare with what another environment has: edunet bench --python /path/to/environment/bin/python"
        )
    lines.append("ratio: time over that of the fastest peer; below 1 is faster")
    return "\n".join([*lines, "", COLUMNS])


def title(work) -> str:
    """Return the line that stands while a work is measured."""
    return work.name + (f"   ({work.flops / 1e6:.0f} MFLOP)" if work.flops else "")


def block(result: dict) -> str:
    """Return the lines of one work."""
    lines = []
    for row in result["rows"]:
        name = f"  {row['library']}" + (f", {row['variant']}" if row["variant"] else "")
        if "error" in row:
            lines.append(f"{name:44s}failed: {row['error']}")
            continue
        median = f"{row['median']:.3f}" if result["unit"] != "MB" else f"{row['median']:.1f}"
        spread = 50 * (row["q3"] - row["q1"]) / row["median"] if row["median"] else 0
        ratio = f"{row['ratio']:.2f}" if "ratio" in row else "-"
        line = f"{name:44s}{median:>8s} {result['unit']:2s}  {spread:4.0f}  {ratio:>7s}"
        if "gflops" in row:
            line += f"  {row['gflops']:8.1f}"
        if "percent_of_peak" in row:
            line += f"  {row['percent_of_peak']:6.0f}"
        lines.append(line)
    if result.get("peak_gflops"):
        line = f"{'  NumPy matrix product':44s}{'':22s}  {result['peak_gflops']:14.1f}     100"
        taken = 100 * (1 - result["share_of_cores"])
        lines.append(line + (f"   others used {taken:.0f} % of the cores: not quiet" if taken > 5 else ""))
    return "\n".join(lines)


# ---------------------------------------------------------------- the file


def reserve(path) -> Path:
    """Check, before the work, that `path` can be written and is free; return it."""
    path = Path(path)
    if path.exists():
        raise FileExistsError(
            f"--json {path}: this file exists, and is not overwritten. Choose another name, or remove it first."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"--json {path}: the folder {str(path.parent)!r} does not exist; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"--json {path}: nothing can be written into {str(path.parent)!r}; choose another.")
    return path


def write(path: Path, content: dict) -> Path:
    """Write everything into a temporary file beside `path`, which then takes its place; return where it went."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        if path.exists():  # somebody made it meanwhile
            path = path.with_name(f"{path.stem}-{secrets.token_hex(4)}{path.suffix}")
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
