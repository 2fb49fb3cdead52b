"""Look into what `make wheels` has built: python tools/check_artefacts.py dist [--wheels, of one platform only]

A wheel holds what is needed to run and the lessons as notebooks, a source distribution what is needed to build; neither
holds generated C.
"""

import sys
import tarfile
import zipfile
from pathlib import Path

MOST = 3e6  # bytes of a wheel
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def lessons() -> set[str]:
    """Return what a learner gets of each lesson, relative to notebooks/."""
    patterns = ("README.md", "*.ipynb", "practice/*.ipynb", "solutions/*.ipynb")
    return {p.relative_to(NOTEBOOKS).as_posix() for pattern in patterns for p in NOTEBOOKS.glob(pattern)}


def names_in(path: Path) -> list[str]:
    """Return the files in a wheel or a source distribution, without the folder that an sdist is in."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.namelist()
    with tarfile.open(path) as sdist:
        return [member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()]


def faults(path: Path) -> list[str]:
    """Return what is wrong with an artefact, in sentences."""
    names, kind = names_in(path), path.name
    wheel, native = kind.endswith(".whl"), not kind.endswith("-py3-none-any.whl")
    binaries = [n for n in names if n.endswith((".so", ".pyd", ".dylib"))]
    sources = [n for n in names if n.endswith((".pyx", ".pxd", ".h"))]
    found = [f"holds generated C: {n}" for n in names if n.startswith("edunet/") and n.endswith(".c")]
    found += [f"holds what Python or Numba made: {n}" for n in names if n.endswith((".pyc", ".nbi", ".nbc"))]
    found += [f"lacks {n}" for n in ("edunet/py.typed", "edunet/kernels/conv_cython.pyi") if n not in names]
    modules = {n.rpartition("/")[2].partition(".")[0] for n in binaries}
    typed = {n.rpartition("/")[2].removesuffix(".pyi") for n in names if n.endswith(".pyi")}
    found += [f"has no stub for {n}" for n in sorted(modules - typed)]
    found += [f"has no binary of {n}" for n in sorted(typed - modules) if wheel and native]
    place = "edunet/_notebooks/" if wheel else "notebooks/"
    found += [f"lacks the lesson {place}{n}" for n in sorted(lessons()) if place + n not in names]
    if wheel:
        here = {n.removeprefix(place) for n in names if n.startswith(place)}
        found += [f"holds no lesson of today: {place}{n}" for n in sorted(here - lessons())]
        found += [f"holds a source: {n}" for n in sources]
        found += [f"is not of the package: {n}" for n in names if not n.startswith(("edunet/", "edunet_med-"))]
        found += [f"is {path.stat().st_size / 1e6:.1f} MB large, more than {MOST / 1e6:.0f}"] * (
            path.stat().st_size > MOST
        )
        if not native:
            found += [f"is pure, but holds {n}" for n in binaries]
        elif not binaries:
            found.append("is native, but holds no binary")
        if "-abi3-" in kind:
            found += [
                f"promises the stable ABI, but holds {n}"
                for n in binaries
                if not n.endswith(".abi3.so") and not (n.endswith(".pyd") and n.count(".") == 1)
            ]
    else:
        found += [f"holds a binary: {n}" for n in binaries]
        found += [f"lacks {n}" for n in ("setup.py", "pyproject.toml", "LICENSE", "edunet/bell.pyx") if n not in names]
        found += [
            f"lacks the sources of kernels: {end}"
            for end in (".pyx", ".pxd", ".h")
            if not any(n.endswith(end) for n in sources)
        ]
    return [f"{kind} {fault}" for fault in found]


def main(folder: str, only: str = "") -> int:
    artefacts = sorted([*Path(folder).glob("*.whl"), *Path(folder).glob("*.tar.gz")])
    kinds = {"-abi3-": "stable ABI"}
    if only != "--wheels":
        kinds |= {"-py3-none-any": "pure", ".tar.gz": "source"}
    found = [
        f"there is no artefact of the kind: {kind}"
        for mark, kind in kinds.items()
        if not any(mark in a.name for a in artefacts)
    ]
    for path in artefacts:
        found += faults(path)
        print(f"{path.name}  {path.stat().st_size / 1e6:.2f} MB, {len(names_in(path))} files")
    print("\n".join(found) or "all as it should be")
    return len(found) > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
