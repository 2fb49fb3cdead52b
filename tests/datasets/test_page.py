"""docs/datasets.md names every set, shows every sheet, and what it tells to type is right."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from edunet import datasets

DOCS = Path(__file__).parents[2] / "docs"
if not (DOCS / "datasets.md").exists():
    pytest.skip("docs stand in a checkout only", allow_module_level=True)

PAGE = (DOCS / "datasets.md").read_text(encoding="utf-8")
ROWS = [row for row in PAGE.splitlines() if row.startswith(("| `", "| [`"))]
CALLS = re.findall(r"`(\w+\.\w+\([^`]*\))`", "\n".join(ROWS))


def test_every_set_has_a_row():
    assert {re.search(r"`(\w+)`", row)[1] for row in ROWS} == set(datasets.__all__)


def test_every_row_says_how_to_load():
    assert [row for row in ROWS if not any(call in row for call in CALLS)] == []


@pytest.mark.parametrize("call", CALLS)
def test_call_fits_its_function(call):
    tree = ast.parse(call, mode="eval").body
    function = getattr(getattr(datasets, tree.func.value.id), tree.func.attr)
    options = {option.arg: ast.literal_eval(option.value) for option in tree.keywords}
    inspect.signature(function).bind(*map(ast.literal_eval, tree.args), **options)


def test_every_sheet_is_shown():
    shown = set(re.findall(r"\]\(images/(\w+)\.png\)", PAGE))
    assert shown == {path.stem for path in (DOCS / "images").glob("*.png")} - {
        "predictions",
        "report",
    }  # of other pages


def test_every_link_within_the_page_has_its_heading():
    assert set(re.findall(r"\]\(#(\w+)\)", PAGE)) <= set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE))
