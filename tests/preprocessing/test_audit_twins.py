"""audit_twins: rows that are the same but for one cell, and none where chance makes them."""

import numpy as np
import pytest

from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_twins import twins


def table(n=60, kinds=None):
    rng = np.random.default_rng(0)

    def draw():
        return rng.normal(100, 20, n).round(1) if kinds is None else rng.integers(0, kinds, n).astype(float)

    return {f"test {j}": draw() for j in range(5)} | {"age": rng.integers(20, 90, n).astype(float)}


def with_twin(columns, row, **changes):
    """Add a row once more, with other cells."""
    return {name: np.append(values, changes.get(name, values[row])) for name, values in columns.items()}


def found(columns, **roles):
    return list(twins(read_frame(columns, **roles)))


def test_one_patient_with_two_ages():
    columns = with_twin(table(), 7, age=19)
    (one,) = found(columns)
    assert one.columns == ("age",)
    assert one.evidence == f"The same in 5 of 6 columns: rows 7 and 60 but for age, {columns['age'][7]:g} and 19."
    assert one.repair.endswith("groups=repeats(x)), x without age")


def test_a_cell_that_one_row_lacks():
    (one,) = found(with_twin(table(), 3, age=np.nan))
    assert one.evidence.endswith("and nothing.")


def test_several_columns_are_one_finding():
    columns = with_twin(with_twin(table(), 7, age=19), 8, **{"test 2": 1.0})
    (one,) = found(columns)
    assert set(one.columns) == {"age", "test 2"}
    assert one.sentence.startswith("2 pairs of rows differ in one column")


def test_rows_that_are_the_same_or_differ_in_two_columns_are_none():
    assert found(with_twin(with_twin(table(), 7), 8, age=19, **{"test 1": 1.0})) == []


@pytest.mark.parametrize("kinds", [2, 4])
def test_few_values_make_such_pairs_by_chance(kinds):
    assert found(table(300, kinds)) == []


def test_a_patient_may_come_again_unchanged():
    columns = with_twin(table(), 7, age=19)
    assert found(columns, patient=[*range(60), 7]) == []
    assert len(found(columns, patient=[*range(60), 61])) == 1
    assert found(columns | {"Subject": np.append(np.arange(60) % 12, 7)}) == []


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows(n):
    assert found({name: values[:n] for name, values in table().items()}) == []


def test_few_columns_are_too_few_to_know_somebody_by():
    columns = with_twin(table(), 7, age=19)
    assert found({name: columns[name] for name in ("test 0", "test 1", "age")}) == []
