"""audit_parts: a diastolic pressure above the systolic."""

import numpy as np
import pytest

from edunet.preprocessing.audit_parts import parts
from edunet.preprocessing.audit_reading import read_frame

N = 200
rng = np.random.default_rng(0)
SBP = rng.normal(130, 15, N).round()
DBP = (SBP - rng.uniform(20, 60, N)).round()


def found(**columns):
    return list(parts(read_frame(columns)))


def test_the_rows_are_told():
    dbp = DBP.copy()
    dbp[[7, 90]] = 190, 205
    (one,) = found(sbp=SBP, dbp=dbp, age=SBP)
    assert one.columns == ("dbp", "sbp")
    assert "In 2 of 200 rows" in one.sentence
    assert "Rows, counted from 0: 7 and 90." in one.evidence
    rows = {"columns": {"sbp": SBP, "dbp": dbp}}
    exec(one.repair.removeprefix("Look them up: ").split(". What")[0], rows)
    assert np.flatnonzero(rows["rows"]).tolist() == [7, 90]


@pytest.mark.parametrize("whole", [[0.0], [np.nan], [-9.0] * 5], ids=["zero", "missing", "code"])
def test_what_was_not_measured_is_not_compared(whole):
    sbp = SBP.copy()
    sbp[: len(whole)] = whole
    assert found(sbp=sbp, dbp=DBP) == []


def test_different_units_are_not_compared():
    assert found(cholesterol=SBP / 38.67, hdl=DBP) == []


def test_two_readings_are_not_mixed_up():
    assert found(sbp=SBP, dbp=DBP, sysbp=DBP, diabp=SBP) == []


def test_names_that_say_nothing():
    assert found(a=SBP, b=DBP) == []
