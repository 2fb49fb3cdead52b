"""audit_swaps: height and weight in each other's place."""

import numpy as np
import pytest

from edunet.datasets import clinic_records
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_swaps import swapped, swapped_rows
from edunet.preprocessing.audit_units import mixtures

N = 500
rng = np.random.default_rng(0)
HEIGHT, WEIGHT = rng.normal(170, 9, N).round(), rng.lognormal(np.log(75), 0.18, N).round(1)
ROWS = np.array([3, 77, 200])


def table():
    height, weight = HEIGHT.copy(), WEIGHT.copy()
    height[ROWS], weight[ROWS] = WEIGHT[ROWS], HEIGHT[ROWS]
    return {"height": height, "weight": weight, "age": rng.normal(60, 10, N)}


def found(columns):
    return list(swapped(read_frame(columns)))


def test_the_rows_are_told_and_mended():
    columns = table()
    (one,) = found(columns)
    assert one.columns == ("height", "weight")
    assert "In 3 of 500 rows" in one.sentence
    assert "Rows, counted from 0: 3, 77 and 200." in one.evidence
    exec(one.repair.rstrip("."), {"np": np, "columns": columns})
    np.testing.assert_array_equal(columns["height"], HEIGHT)
    np.testing.assert_array_equal(columns["weight"], WEIGHT)


def test_the_repair_of_a_dataframe():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame(table(), index=[f"P{i}" for i in range(N)])
    (one,) = found(frame)
    exec(one.repair.rstrip("."), {"frame": frame})
    np.testing.assert_array_equal(frame["height"], HEIGHT)


def test_the_repair_of_an_array():
    x = np.column_stack(list(table().values()))
    (one,) = found(x)
    exec(one.repair.rstrip("."), {"x": x})
    np.testing.assert_array_equal(x[:, 0], HEIGHT)


def test_a_heavy_and_a_small_patient_are_not_changed_over():
    columns = {"height": HEIGHT.copy(), "weight": WEIGHT.copy()}
    columns["height"][5], columns["weight"][9] = 120, 190
    assert found(columns) == []


def test_columns_with_many_far_values_are_no_pair():
    columns = {"ast": rng.lognormal(3.3, 0.9, N), "protein": rng.standard_t(3, N) * 5 + 72}
    assert found(columns) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_planted_rows_of_a_clinic(seed):
    records = clinic_records.load(1000, seed, dirty=True)
    planted = {fault.row for fault in records.faults if fault.kind == "swapped"}
    rows = swapped_rows(read_frame(records))
    told = set(np.flatnonzero(next(iter(rows.values()))).tolist())
    assert {column.name for column in rows} == {"height_cm", "weight_kg"}
    assert told <= planted
    assert len(told) >= 0.8 * len(planted)


def test_heights_that_are_weights_are_no_inches():
    for seed in range(5):
        report = mixtures(read_frame(clinic_records.load(2000, seed, dirty=True)))
        assert "height_cm" not in [one.columns[0] for one in report]
