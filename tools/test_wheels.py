"""Run the whole suite on each wheel: python tools/test_wheels.py dist

Each is installed in an empty environment. The tests come from the source distribution beside it, whose package is taken
away first: what is tested can be the wheel only.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

NEEDED = ["pytest>=8", "pytest-timeout>=2.3", "hypothesis>=6", "scikit-learn>=1.6", "jupytext>=1.16"]
LOADED = {"-abi3-": "for every Python from 3.11 on (stable ABI)", "-py3-none-any": "nothing was compiled"}


def test(wheel: Path, sdist: Path) -> bool:
    """Install, look at what is loaded, and run the tests; return whether they passed."""
    with tempfile.TemporaryDirectory() as room:
        folder, python = (
            Path(room, "tests-alone"),
            Path(room, "venv", "Scripts" if os.name == "nt" else "bin", "python"),
        )
        venv.create(Path(room, "venv"), with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{wheel.resolve()}[numba]", *NEEDED], check=True)
        with tarfile.open(sdist) as packed:
            packed.extractall(room, filter="data")
        Path(room, sdist.name.removesuffix(".tar.gz")).rename(folder)
        shutil.rmtree(folder / "edunet")
        told = subprocess.run([python, "-m", "edunet", "info"], cwd=folder, check=True, capture_output=True, text=True)
        print(told.stdout)
        due = next(text for kind, text in LOADED.items() if kind in wheel.name)
        if due not in told.stdout:
            raise SystemExit(f"{wheel.name}: edunet info should say: {due}")
        return subprocess.run([python, "-m", "pytest", "-q", "-r", "fE", "tests"], cwd=folder).returncode == 0


if __name__ == "__main__":
    dist = Path(sys.argv[1])
    (source,) = dist.glob("*.tar.gz")
    results = {wheel.name: test(wheel, source) for wheel in sorted(dist.glob("*.whl"))}
    print(*(f"{name}: {'passed' if passed else 'FAILED'}" for name, passed in results.items()), sep="\n")
    sys.exit(not all(results.values()))
