"""A cleaning step: tables of every kind stay of their kind, and scikit-learn takes it for one of its own."""

import re

import numpy as np
import pytest

from edunet.datasets import blood_risk, clinic_records, tables
from edunet.preprocessing.columns import as_numbers, columns_of, with_columns
from edunet.preprocessing.step import Change, Step

pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

from sklearn.base import clone  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402


class Cap(Step):
    """Cap a column at its largest value in training."""

    def __init__(self, column, spare=0.0):
        self.column = column
        self.spare = spare

    def _learn(self, columns):
        self.most_ = np.nanmax(self._numbers(columns, self.column)) + self.spare

    def _clean(self, columns):
        values = self._numbers(columns, self.column)
        above = values > self.most_
        values[above] = self.most_
        return [Change(self.column, values, int(above.sum()), f"{self.column}: {above.sum()} capped at {self.most_}.")]


def table():
    return tables.Table(
        x=np.array([[1.0, 0.0], [2.0, 1.0]]), y=None, columns=("crp", "sex"), categories={"sex": ("F", "M")},
        target="", class_names=(), patient_id=None, missing={"crp": 0, "sex": 0}, name="t", licence="", citation="",
    )  # fmt: skip


KINDS = {
    "frame": (pd.DataFrame({"crp": [1.0, 9.0]}), "crp"),
    "dict": ({"crp": [1, 9]}, "crp"),
    "array": (np.array([[1], [9]]), 0),
    "rows": ([[1], [9]], 0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_stays_of_its_kind_and_the_given_one_as_it_is(kind):
    test, name = KINDS[kind]
    before = repr(test)
    train = with_columns(test, {name: np.array([1.0, 5.0])})
    step = Cap(name)
    assert columns_of("t", step.fit_transform(train))[name].tolist() == [1, 5]
    done = step.transform(test)
    assert columns_of("t", done)[name].tolist() == [1, 5]
    assert type(done) is (np.ndarray if kind == "rows" else type(test))
    assert repr(test) == before
    assert step.cells_ == {name: 0}
    assert step.text == f"Cap, 2 rows: {name}: 0 capped at 5.0."
    assert step.describe(test) == f"Cap, 2 rows: {name}: 1 capped at 5.0."


def test_a_table_of_a_file_gets_new_values_and_counts_what_is_missing():
    new = with_columns(table(), {"crp": np.array([np.nan, 2.0])})
    assert new.missing == {"crp": 1, "sex": 0}
    assert new.column("sex").tolist() == ["F", "M"]
    assert Cap("crp").fit_transform(table()).x.tolist() == table().x.tolist()


def test_a_masked_column_of_a_dict_has_gaps():
    column = np.ma.masked_array([1, 2], [False, True])
    np.testing.assert_array_equal(columns_of("t", {"a": column})["a"], [1, np.nan])


def test_float32_stays_float32():
    assert Cap(0).fit_transform(np.ones((2, 1), np.float32)).dtype == np.float32


def test_transform_leaves_the_step_as_it_is():
    step = Cap("a").fit({"a": [1.0]})
    before = repr(vars(step))
    step.transform({"a": [2.0]})
    assert repr(vars(step)) == before


def test_numbers_that_may_be_missing_become_nan():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1.5, None]}, dtype=object)
    frame["c"] = pd.array([1, None], dtype="Int64")
    for name, values in columns_of("t", frame).items():
        assert np.isnan(as_numbers("t", name, values)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("x", "error", "match"),
    [
        (np.ones(3), ValueError, "expected a table"),
        ([1, 2], TypeError, "expected a table"),
        ([[1, 2], [3]], ValueError, "rows of different lengths"),
        (None, TypeError, "expected a table"),
        (np.ones((2, 2), complex), ValueError, "real numbers"),
        (np.ma.masked_array([[1.0]], [[True]]), TypeError, "x is masked"),
        (pd.Series([1.0]), TypeError, "a Series is one column"),
        ({"a": [1, 2], "b": [1]}, ValueError, "all of one length"),
        ({"a": [[1, 2]]}, ValueError, "all of one length"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "Received twice: 'a'"),
        ({"b": [1.0]}, ValueError, "there is no column 'a'. The table has 'b'"),
        ({"a": [1.0, "high"]}, ValueError, "in row 1: 'high'"),
    ],
)
def test_what_is_no_table_is_refused(x, error, match):
    with pytest.raises(error, match=match):
        Cap("a").fit(x)


ROWS = [{"a": 1.0, "b": 4.0}, {"a": 2.0}]
TAKEN_APART = {
    "records": clinic_records.load(4),
    "cohort": blood_risk.load(4),
    "x": np.array([(1.0, 4), (2.0, 5)], dtype=[("a", float), ("b", int)]),
    "rows": ROWS,
}


@pytest.mark.parametrize("name", TAKEN_APART)
def test_what_holds_columns_says_how_it_becomes_a_dict_of_them(name):
    given = TAKEN_APART[name]
    with pytest.raises((TypeError, ValueError), match="expected a table: .* Received: ") as refused:
        columns_of("demo", given)
    line = re.search(r"(?:Type|make) (.*)\.$", str(refused.value))[1]
    assert len(columns_of("demo", eval(line, {name: given}))) > 1


def test_an_array_with_another_number_of_columns_is_refused():
    step = Cap(0).fit(np.ones((2, 2)))
    with pytest.raises(ValueError, match="expecting 2 features"):
        step.transform(np.ones((2, 3)))
    assert Cap("a").fit({"a": [1.0], "b": [1]}).transform({"a": [2.0]})["a"].tolist() == [1]  # by name


def test_a_sparse_table_is_refused():
    class Sparse:
        def toarray(self):
            raise AssertionError

    with pytest.raises(TypeError, match="x is sparse"):
        Cap("a").fit(Sparse())


def test_a_frame_of_another_library_is_sent_to_pandas():
    class Polars:
        columns = ("a",)

        def to_pandas(self):
            raise AssertionError

    with pytest.raises(TypeError, match="type x.to_pandas()"):
        Cap("a").fit(Polars())


def test_an_unfitted_step_says_what_to_type():
    for use in (lambda s: s.transform({"a": [1.0]}), lambda s: s.text, lambda s: s.describe({"a": [1.0]})):
        with pytest.raises(ValueError, match="step.fit"):
            use(Cap("a"))


def test_clone_and_parameters():
    step = Cap("a", spare=2.0)
    again = clone(step)
    assert again is not step
    assert again.get_params() == {"column": "a", "spare": 2.0}
    assert step.set_params(spare=1.0).spare == 1.0
    assert repr(step) == "Cap(column='a', spare=1.0)"
    with pytest.raises(ValueError, match="has no argument 'most'. It has: column, spare"):
        step.set_params(most=1)


def test_a_pipeline_learns_from_the_training_rows_only():
    pipeline = make_pipeline(Cap("a"), StandardScaler())
    train, test = pd.DataFrame({"a": [1.0, 2.0, 3.0]}), pd.DataFrame({"a": [99.0]})
    pipeline.fit(train)
    assert pipeline.transform(test)[0, 0] == pytest.approx(pipeline.transform(train)[2, 0])
    check_is_fitted(pipeline[0])
    assert clone(pipeline)[0].get_params() == {"column": "a", "spare": 0.0}
    assert "Cap" in pipeline._repr_html_()
    assert pipeline.set_params(cap__spare=1.0)[0].spare == 1.0


def test_a_pipeline_that_ends_with_a_step():
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), Cap("a"))
    assert list(pipeline.fit_transform(pd.DataFrame({"a": [1.0, 3.0]}))["a"]) == [-1, 1]
    check_is_fitted(pipeline)


def test_frames_come_out_of_a_pipeline_with_their_names():
    frame = pd.DataFrame({"a": [1.0, np.nan, 3.0], "sex": ["F", "M", "F"]})
    pipeline = make_pipeline(Cap("a"), SimpleImputer(strategy="most_frequent")).set_output(transform="pandas")
    assert list(pipeline.fit_transform(frame).columns) == ["a", "sex"]
    assert list(pipeline.get_feature_names_out()) == ["a", "sex"]
    each = ColumnTransformer([("cap", Cap("a"), ["a"])], remainder="drop").set_output(transform="pandas")
    assert list(each.fit_transform(frame).columns) == ["cap__a"]
