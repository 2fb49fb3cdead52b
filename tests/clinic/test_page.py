"""docs/evaluation.md: its code runs, and what it names is there."""

import doctest
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from edunet import clinic, preprocessing
from edunet.datasets import clinic_records

DOCS = Path(__file__).parents[2] / "docs"
if not (DOCS / "evaluation.md").exists():
    pytest.skip("docs stand in a checkout only", allow_module_level=True)

PAGE = (DOCS / "evaluation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def names():
    rng = np.random.default_rng(0)
    risk = rng.random(60)
    table = pd.DataFrame(clinic_records.load(60, seed=1, dirty=True).columns_dict)
    return {
        "table": table.assign(died=np.arange(len(table)) % 5 == 0),
        "y_test": rng.random(60) < risk,
        "p_test": risk,
        "sex": np.where(np.arange(60) % 2, "F", "M"),
        "x_train": table[["weight_kg", "height_cm", "potassium"]],
    }


@pytest.mark.parametrize("k", range(len(BLOCKS)))
def test_the_code_runs(k, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if BLOCKS[k].startswith(">>>"):
        example = doctest.DocTestParser().get_doctest(BLOCKS[k], {}, f"block {k}", None, 0)
        assert doctest.DocTestRunner().run(example).failed == 0
    else:
        exec(compile(BLOCKS[k], f"block {k}", "exec"), names())


def test_names_in_the_tables_are_there():
    rows = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    named = {name for text in re.findall(r"`([^`]+)`", rows) for name in re.findall(r"^(?:clinic\.)?(\w+)", text)}
    assert {n for n in named - {"schema", "groups"} if not (hasattr(clinic, n) or hasattr(preprocessing, n))} == set()


def test_the_excerpt_is_what_audit_says():
    found = preprocessing.audit(
        clinic_records.load(600, seed=1, dirty=True), target="readmitted", patient="record_number"
    )
    first = next(iter(found))
    assert first.evidence in PAGE
    assert f"1. {first.name}: {first.sentence}" in PAGE
