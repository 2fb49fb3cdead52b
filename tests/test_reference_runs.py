"""benchmarks/reference: the list of rows, a row that trains, and a row whose file is absent."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "benchmarks" / "reference"
ROWS = sorted((HERE / "rows").glob("*.py"))

pytestmark = pytest.mark.skipif(not ROWS, reason="benchmarks/reference is part of the checkout alone")


def reference(*words):
    return subprocess.run([sys.executable, HERE, *words], capture_output=True, text=True, timeout=100)


def test_the_rows_are_listed():
    shown = reference()
    assert shown.returncode == 0
    assert "'blood_risk'" in shown.stdout
    assert "'theoph'" in shown.stdout


def test_an_unknown_row_is_refused():
    shown = reference("blood")
    assert shown.returncode == 2
    assert "no row is called blood." in shown.stderr


def test_a_row_prints_its_score_beside_the_best_possible():
    shown = reference("blood_risk", "--seeds", "1")
    numbers = dict(line.split()[:2] for line in shown.stdout.splitlines() if line.endswith(" of 1"))
    assert float(numbers["auc"]) < float(numbers["best"])
    assert float(numbers["gap"]) <= 0.020
    assert "reached: yes" in shown.stdout


def test_a_row_without_its_file_is_not_run(tmp_path):
    shown = reference("cleveland", "--data", str(tmp_path))
    assert "not run: it reads" in shown.stdout
    assert "reached" not in shown.stdout


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stem)
def test_a_row_says_what_it_must_reach(row):
    names = {
        name.id
        for line in ast.parse(row.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign)
        for name in line.targets
        if isinstance(name, ast.Name)
    }
    assert names >= {"TASK", "MUST", "FILES", "SEEDS"}
