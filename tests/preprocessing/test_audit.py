"""audit: one line, a report that reads, prints and saves, and the promise that odd data never stop it."""

import html.parser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edunet.datasets import blood_risk
from edunet.preprocessing.audit import CHECKS, NEEDS, Audit, Finding, audit
from edunet.preprocessing.audit_report import PAGE

rng = np.random.default_rng(0)
PRESSURE = np.where(rng.random(200) < 0.1, -9, rng.normal(130, 15, 200).round())


@pytest.fixture
def report():
    return audit({"pressure": PRESSURE, "<b>": rng.normal(size=200)})


def test_a_finding_tells_what_why_and_how(report):
    (found,) = report
    assert found.name == "missing value as a number"
    assert found.columns == ("pressure",)
    assert "-9 in pressure" in found.sentence
    assert f"pressure {(PRESSURE == -9).sum()} (" in found.evidence
    assert found.consequence
    assert "v == -9" in found.repair


def test_a_report_counts_and_names(report):
    assert len(report) == 1
    assert report.names() == ["missing value as a number"]
    assert report.about("pressure") == list(report)
    assert report.about("<b>") == []
    assert (report.n_rows, report.n_columns) == (200, 2)


def test_a_report_prints(report):
    text = str(report)
    assert text.startswith("1 finding in 200 rows of 2 columns:\n1. missing value as a number: ")
    for word in ("evidence:", "consequence:", "repair:", "In the repairs columns is your dict."):
        assert word in text


def test_no_finding_says_what_was_looked_at():
    clean = audit({"a": rng.normal(size=50)})
    assert not clean
    assert str(clean).startswith("No finding in 50 rows of 1 column.\nLooked at: ")


def test_what_needs_a_target_is_not_claimed():
    without, with_target = audit({"a": [1.0, 2.0]}), audit({"a": [1.0, 2.0]}, target=[0, 1])
    missing = {name for name, need in NEEDS.items() if need == "target"}
    assert missing <= set(without.left_out)
    assert not missing & set(without.looked_at)
    assert missing <= set(with_target.looked_at)
    assert "Type audit(..., target=...) for that." in str(without)


def test_what_is_synthetic_says_so():
    report = audit(blood_risk.load(300))
    assert "300 SYNTHETIC rows of 6 columns" in str(report)
    assert "300 SYNTHETIC rows" in report.html()
    assert "SYNTHETIC" not in str(audit({"a": [1.0]}))


def test_every_check_is_looked_at_or_left_out():
    report = audit({"a": [1.0, 2.0]})
    assert set(report.looked_at) | set(report.left_out) == set(CHECKS)


def test_names_are_escaped_in_html():
    page = Audit((Finding("n", ("<b>",), "<script>", "1 < 2", "a & b", "x[x < 0]"),), ("n",)).html("<title>")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;title&gt;" in page


def test_the_page_fetches_nothing_and_closes_its_tags(report):
    open_tags, links = [], []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            links.extend(value for name, value in attrs if name in ("src", "href"))
            if tag not in ("meta", "br"):
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    reader = Reader()
    reader.feed(report.html())
    assert open_tags == []
    assert links == []
    assert PAGE.startswith("<!DOCTYPE html>")


def test_a_file_is_never_overwritten_unasked(report, tmp_path):
    path = report.save(tmp_path / "audit.html")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        report.save(path)
    assert report.save(str(path), overwrite=True) == path
    assert path.read_text(encoding="utf-8") == report.html()


def test_a_notebook_shows_boxes(report):
    assert report._repr_html_().count("<div") == 2
    assert "No finding" in audit({"a": [1.0]})._repr_html_()


def test_a_check_that_fails_is_a_finding(monkeypatch):
    def broken(frame):
        yield from [1 / 0]

    monkeypatch.setitem(CHECKS, "broken", broken)
    found = audit({"a": [1.0]}).findings[-1]
    assert found.name == "broken: not looked at"
    assert "ZeroDivisionError" in found.evidence


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3), st.dates(),
    st.sampled_from(["2020-02-30", "?", "<5", "1e400", "12,5", "0012", "nan", -9, 999]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=3)))
def test_odd_cells_never_stop_it(columns):
    frame = {f"c{i}": cells for i, cells in enumerate(columns)}
    report = audit(frame, target=columns[0], site=columns[-1])
    assert not [found for found in report if "not looked at" in found.name], report
    assert str(report)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 29, 30, 31])
def test_few_rows(n):
    values = np.arange(n, dtype=float)
    columns = {"a": values, "b": ["x"] * n, "c": [None] * n, "d": [np.nan] * n, "e": [np.inf] * n, "f": [-9] * n}
    report = audit(columns, target=values % 2, patient=values, site=values, time=values)
    assert not [found for found in report if "not looked at" in found.name], report


def test_nothing_is_changed_or_kept():
    frame = {"a": np.array([1.0, -9, -9, -9, 5]), "b": ["x", None, "y", "z", "?"]}
    before = {"a": frame["a"].copy(), "b": list(frame["b"])}
    frame["a"].setflags(write=False)
    audit(frame)
    np.testing.assert_array_equal(frame["a"], before["a"])
    assert frame["b"] == before["b"]
