"""The trail of a pipeline: the steps of edunet, and scikit-learn's by what fit left in them."""

import numpy as np
import pytest

from edunet.preprocessing.cleaning import PlausibleRange, Sentinels
from edunet.preprocessing.conversion import ConvertUnits
from edunet.preprocessing.trail import trail

pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

from sklearn.base import BaseEstimator, TransformerMixin, clone  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.feature_selection import VarianceThreshold  # noqa: E402
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.neighbors import KNeighborsTransformer  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)


def patients(n=40, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(30, 80, n).astype(float),
            "bmi": rng.normal(27, 4, n),
            "glucose": rng.normal(110, 20, n),
            "unit": "mg/dl",
            "sex": rng.choice(["F", "M"], n),
        }
    )
    frame.loc[0, "age"], frame.loc[1, "bmi"], frame.loc[2, "glucose"] = 999, np.nan, -9
    return frame, (frame["glucose"] > 110).to_numpy().astype(int)


def pipeline():
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    return make_pipeline(
        Sentinels({"glucose": [-9]}),
        ConvertUnits({"glucose": ("glucose", "mg/dl", "mmol/l")}, {"glucose": "unit"}),
        PlausibleRange(),
        ColumnTransformer([("numbers", numbers, ["age", "bmi", "glucose"]), ("words", OneHotEncoder(), ["sex"])]),
        LogisticRegression(),
    )


def test_a_whole_pipeline_tells_its_story():
    frame, y = patients()
    fitted = pipeline().fit(frame, y)
    lines = trail(fitted)
    assert len(lines) == 8
    assert lines[0] == "Sentinels, 40 rows: glucose: 1 of 40 cells held -9 and became missing."
    assert "39 of 40 cells from mg/dl to mmol/l" in lines[1]
    assert "age: 1 of 40 cells outside 0 to 123 years became missing, 999." in lines[2]
    assert lines[3].startswith("numbers (age, bmi, glucose): SimpleImputer: gaps are filled with the median of train")
    medians = fitted[3].named_transformers_["numbers"][0].statistics_
    assert f"age {medians[0]:.4g}, bmi {medians[1]:.4g}, glucose {medians[2]:.4g}." in lines[3]
    assert lines[3].endswith("A column of 0 and 1 marks the gaps of age, bmi, glucose.")
    assert "missingindicator_age" in lines[4]
    assert lines[5] == "words (sex): OneHotEncoder: a column of 0 and 1 for each category: sex (F, M)."
    assert lines[6] == "remainder (unit): left out."
    assert lines[7] == "LogisticRegression: the model; it learns from 8 columns."


def test_only_training_rows_are_counted():
    frame, y = patients()
    fitted = pipeline().fit(frame[5:], y[5:])
    assert "no cell holds -9" in trail(fitted)[0]
    assert trail(fitted)[0].startswith("Sentinels, 35 rows")
    assert "1 of 5 cells held -9" in fitted[0].describe(frame[:5])
    before = trail(fitted)
    assert fitted.predict(frame[:5]).shape == (5,)
    assert trail(fitted) == before


def test_clone_and_grid_search():
    frame, y = patients()
    with pytest.raises(ValueError, match="has not seen the training rows"):
        trail(clone(pipeline().fit(frame, y)))
    grid = {"plausiblerange__ranges": [None, {"age": (18, 110)}], "logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(pipeline(), grid, cv=2).fit(frame, y)
    assert trail(search) == trail(search.best_estimator_)
    assert len(trail(search)) == 8


def test_parts_side_by_side_are_each_told():
    frame = pd.DataFrame({"a": [1.0, 3.0]})
    lines = trail(make_union(StandardScaler(), MinMaxScaler()).fit(frame))
    assert [line.split(":")[0] for line in lines] == ["StandardScaler", "MinMaxScaler"]
    assert len(trail(FeatureUnion([("a", StandardScaler()), ("b", "drop")]).fit(frame))) == 1


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (StandardScaler(), "the mean taken off, a 2, b 4; divided by the standard deviation, a 1, b 2."),
        (StandardScaler(with_mean=False), "StandardScaler: nothing taken off; divided by the standard deviation, a 1,"),
        (StandardScaler(with_std=False), "StandardScaler: the mean taken off, a 2, b 4."),
        (RobustScaler(), "RobustScaler: the median taken off, a 2, b 4; divided by the range of quantiles, a 1, b 2."),
        (MinMaxScaler(), "MinMaxScaler: scaled to 0 .. 1; smallest a 1, b 2; largest a 3, b 6."),
        (MaxAbsScaler(), "MaxAbsScaler: divided by the largest absolute value, a 3, b 6."),
        (SimpleImputer(), "SimpleImputer: gaps are filled with the mean of training: a 2, b 4."),
        (SimpleImputer(strategy="constant", fill_value=7), "gaps are filled with a constant: a 7, b 7."),
        (SimpleImputer(strategy="most_frequent"), "with the most frequent value of training: a 1, b 2."),
        (KNNImputer(n_neighbors=2), "KNNImputer: gaps are filled with the mean of the 2 most similar training rows."),
        (OrdinalEncoder(), "OrdinalEncoder: a number for each category: a (1, 3), b (2, 6)."),
        (PowerTransformer(), "PowerTransformer: brought nearer to a normal distribution by powers, lambda a "),
        (KNNImputer(add_indicator=True), "training rows. A column of 0 and 1 would mark gaps, but training had none."),
        (
            KNeighborsTransformer(n_neighbors=1),
            "KNeighborsTransformer: fitted on 2 columns; what it does is not known here.",
        ),
        (SimpleImputer(strategy=np.max), "SimpleImputer: gaps are filled with the max of training: a 3, b 6."),
        (OneHotEncoder(drop="first"), "for each category: a (1, 3; none for 1), b (2, 6; none for 2)."),
        (
            TargetEncoder(cv=2),
            "for each category the mean outcome of training, drawn towards that of all: a (1, 3), b (2",
        ),
        (PCA(1), "PCA: 1 component, which holds 100.0% of the variance."),
        (VarianceThreshold(2), "VarianceThreshold: 1 of 2 columns are kept, without a."),
        (MissingIndicator(), "a column of 0 and 1 would mark gaps, but training had none."),
        (FunctionTransformer(np.log1p), "FunctionTransformer: log1p, which learns nothing."),
        (FunctionTransformer(), "FunctionTransformer: passed through."),
        (LogisticRegression(), "LogisticRegression: the model; it learns from 2 columns."),
    ],
    ids=lambda p: "" if isinstance(p, str) else type(p).__name__,
)
def test_steps_of_scikit_learn(step, line):
    frame = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 6.0]})
    assert line in trail(step.fit(frame, [0, 1]))[0]


def test_a_column_without_any_value_is_said_to_be_left_out():
    frame = pd.DataFrame({"a": [1.0, 3.0], "b": [np.nan, np.nan]})
    line = trail(SimpleImputer(keep_empty_features=False).fit(frame))[0]
    assert "a 2." in line
    assert "Left out, for nothing was measured: b." in line


def test_columns_without_names_are_numbered_and_long_lists_are_cut():
    line = trail(StandardScaler().fit(np.arange(60.0).reshape(3, 20)))[0]
    assert "x0 20, x1 21" in line
    assert "... (20 in all)" in line


def test_columns_without_names_keep_their_numbers_behind_a_step_of_edunet():
    fitted = make_pipeline(Sentinels({1: [-9]}), StandardScaler()).fit(np.array([[1.0, -9.0], [3.0, 4.0]]))
    assert "the mean taken off, x0 2, x1 4;" in trail(fitted)[1]


class Odd(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return X


def test_an_unknown_step_is_named_and_no_more():
    assert trail([Odd().fit(np.ones((2, 3)))]) == ["Odd: fitted on 3 columns; what it does is not known here."]


def test_texts_and_pairs_are_taken_as_they_are():
    step = Sentinels([-9]).fit({"a": [1]})
    assert trail(["By hand: two rows corrected.", ("clean", step), None]) == ["By hand: two rows corrected.", step.text]
    assert trail([]) == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (5, TypeError), ([object()], TypeError), (np.ones(3), TypeError), (StandardScaler(), ValueError),
        (Sentinels([-9]), ValueError), ([Sentinels], TypeError), ({"a": 1}, TypeError),
    ],
    ids=["number", "object", "array", "unfitted", "unfitted-own", "class", "dict"],
)  # fmt: skip
def test_what_has_no_trail_is_refused(given, error):
    with pytest.raises(error, match="trail: "):
        trail(given)
