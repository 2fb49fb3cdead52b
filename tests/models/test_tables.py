"""Tables of pandas, whose columns are of several kinds; and what stores only what is not 0."""

import numpy as np
import pytest
from data_sources import X, Y, assert_same, fitted

from edunet.models.examples import check_examples


def test_tables_of_pandas():
    pandas = pytest.importorskip("pandas")
    frame, labels = pandas.DataFrame(X, columns=list("abcd")), pandas.Series(Y, index=range(100, 150))
    assert_same(fitted(frame, labels, validation_split=0.2), fitted(X, Y, validation_split=0.2))
    assert_same(fitted(frame, labels, sample_weight=labels + 1), fitted(X, Y, sample_weight=Y + 1))


def _table(**columns):
    return pytest.importorskip("pandas").DataFrame(columns)


def test_yes_or_no_beside_numbers_in_a_table():
    table = _table(age=[1.5, 2.0], ill=[True, False], visits=[3, 4])
    for same in (table, table.convert_dtypes()):
        np.testing.assert_array_equal(check_examples(same)[0], [[1.5, 1, 3], [2, 0, 4]])


def test_columns_that_may_be_missing_but_are_not():
    labels = _table(y=[0, 1]).convert_dtypes()["y"]
    assert check_examples(labels, "y")[0].dtype == np.int64


@pytest.mark.parametrize("nullable", [False, True])
def test_the_column_with_missing_values_is_named(nullable):
    table = _table(age=[1.5, 2.0, 3.0], ill=[True, None, None])
    with pytest.raises(ValueError, match=r"x: the column 'ill' misses 2 of 3 values.*x\['ill'\]\.fillna"):
        check_examples(table.convert_dtypes() if nullable else table)


def test_text_in_a_table_is_still_text():
    with pytest.raises(TypeError, match="column 'sex' is not numbers only, such as 'f'.*Text becomes numbers"):
        check_examples(_table(age=[1, 2], sex=["f", None]))


def test_sparse_matrices_are_told_the_repair():
    class Sparse:  # what SciPy hands over
        shape, dtype, ndim, nnz = (50, 4), X.dtype, 2, 7

        def toarray(self):
            return X

    with pytest.raises(TypeError, match=r"Received Sparse, which stores only what is not 0: give x.toarray\(\)"):
        fitted(Sparse(), Y)
