"""NeuralClassifier and NeuralRegressor as scikit-learn's tools use them."""

import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6", reason="scikit-learn is not installed: pip install scikit-learn")

import joblib
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import edunet
from edunet import layers
from edunet.backend import default_rng
from edunet.interop.estimator import _held_out
from edunet.interop.sklearn import NeuralClassifier, NeuralRegressor

CHEAP = {"hidden_layer_sizes": (16,), "learning_rate": 0.05, "epochs": 25}


BALANCED = NeuralClassifier(**CHEAP, class_weight="balanced")


EARLY = [NeuralClassifier(**CHEAP, early_stopping=True), NeuralRegressor(**CHEAP, early_stopping=True)]


def known_to_fail(estimator) -> dict:
    """A row of weight 2 is judged by or learnt from, two equal rows may be both."""
    return {"check_sample_weight_equivalence_on_dense_data": "rows set aside"} if estimator.early_stopping else {}


@parametrize_with_checks(
    [NeuralClassifier(**CHEAP), BALANCED, NeuralRegressor(**CHEAP), *EARLY], expected_failed_checks=known_to_fail
)
def test_every_check_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def blood():
    """Two measurements that tell three groups apart, on quite different scales."""
    rng = np.random.default_rng(0)
    y = np.repeat(["low", "middle", "high"], 40)
    X = rng.normal(size=(120, 2)) + np.repeat([[0, 0], [4, 0], [0, 4]], 40, axis=0)
    return X * [1, 100], y


def classifier(**parameters):
    return NeuralClassifier(**CHEAP | {"random_state": 0} | parameters)


def test_in_a_pipeline_searched_on_two_processes(blood):
    pipeline = make_pipeline(StandardScaler(), classifier())
    search = GridSearchCV(pipeline, {"neuralclassifier__hidden_layer_sizes": [(), (8,)]}, cv=3, n_jobs=2)
    assert search.fit(*blood).best_score_ > 0.9
    alone = GridSearchCV(pipeline, search.param_grid, cv=3).fit(*blood)
    np.testing.assert_array_equal(alone.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"])


def test_threads_do_not_share_random_numbers(blood):
    X, y = StandardScaler().fit_transform(blood[0]), blood[1]
    alone = cross_val_predict(classifier(dropout=0.3), X, y, cv=4, method="predict_proba")
    with joblib.parallel_backend("threading", n_jobs=2):
        together = cross_val_predict(classifier(dropout=0.3), X, y, cv=4, method="predict_proba", n_jobs=2)
    np.testing.assert_array_equal(together, alone)


def test_the_common_generator_stays_where_it_was(blood):
    edunet.set_random_seed(3)
    expected = default_rng().random()
    edunet.set_random_seed(3)
    classifier(epochs=1).fit(*blood)
    assert default_rng().random() == expected


def test_without_random_state_the_seed_of_edunet_decides(blood):
    def probabilities():
        edunet.set_random_seed(3)
        return classifier(random_state=None, epochs=2).fit(*blood).predict_proba(blood[0])

    np.testing.assert_array_equal(probabilities(), probabilities())


def test_labels_come_back_and_probabilities_sum_to_one(blood):
    fitted = classifier().fit(*blood)
    assert list(fitted.classes_) == ["high", "low", "middle"]
    p = fitted.predict_proba(blood[0])
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_array_equal(fitted.predict(blood[0]), fitted.classes_[p.argmax(axis=1)])


def test_two_classes_need_one_unit_and_give_two_columns(blood):
    few = blood[1] != "high"
    fitted = classifier().fit(blood[0][few], blood[1][few])
    assert fitted.model_.output_shape == (None, 1)
    assert fitted.predict_proba(blood[0]).shape == (120, 2)


def test_pickled_it_predicts_the_same(blood):
    fitted = classifier().fit(*blood)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(blood[0]), fitted.predict_proba(blood[0]))


def test_the_network_has_the_precision_of_the_data(blood):
    for kind in ("float32", "float64"):
        fitted = classifier(epochs=1).fit(blood[0].astype(kind), blood[1])
        assert fitted.predict_proba(blood[0].astype(kind)).dtype == kind


def test_an_optimizer_among_the_parameters_stays_as_it_is(blood):
    optimizer = edunet.optimizers.SGD(0.5, momentum=0.9)
    fitted = classifier(optimizer=optimizer, learning_rate=None).fit(*blood)
    assert (optimizer.iterations, optimizer.state) == (0, {})
    assert (fitted.model_.optimizer.learning_rate, fitted.model_.optimizer.momentum) == (0.5, 0.9)


def test_early_stopping_goes_back_to_the_best_epoch(blood):
    fitted = classifier(early_stopping=True, patience=2, learning_rate=0.5, validation_fraction=0.25).fit(*blood)
    assert fitted.n_iter_ < CHEAP["epochs"]
    assert len(fitted.history_["val_loss"]) == fitted.n_iter_


@pytest.mark.parametrize(("share", "rows"), [(0.01, [1, 1, 1]), (0.25, [25, 5, 1]), (0.99, [98, 19, 1])])
def test_rows_of_each_class_are_set_aside(share, rows):
    codes = np.repeat([0, 1, 2], [99, 20, 2])
    X = np.arange(len(codes))
    learnt, _, weights, (judged_by, judged, _) = _held_out(X, codes, X + 1, codes, share, seed=0)
    assert np.bincount(judged).tolist() == rows
    assert sorted([*learnt, *judged_by]) == X.tolist()
    assert weights.tolist() == (learnt + 1).tolist()


def test_a_class_of_one_row_cannot_be_judged_and_learnt(blood):
    X, y = blood
    with pytest.raises(ValueError, match="at least 2 are needed. Received n_samples = 41, 1 of the rarest class"):
        classifier(early_stopping=True).fit(np.r_[X[:40], X[-1:]], np.r_[y[:40], y[-1:]])


def test_weights_of_classes_and_of_rows_multiply(blood):
    X, y = blood
    by_class = classifier(class_weight={"low": 3, "middle": 1, "high": 1}).fit(X, y, sample_weight=np.ones(120))
    by_row = classifier().fit(X, y, sample_weight=np.where(y == "low", 3, 1))
    np.testing.assert_allclose(by_class.predict_proba(X), by_row.predict_proba(X), atol=1e-2)
    balanced = classifier(class_weight="balanced", epochs=2).fit(X, y)
    np.testing.assert_allclose(balanced.predict_proba(X), classifier(epochs=2).fit(X, y).predict_proba(X), rtol=1e-6)


def test_a_model_of_ones_own_for_images():
    def build(shape, outputs):
        return edunet.Sequential(
            [
                layers.Conv2D(3, 3, activation="relu", input_shape=shape),
                layers.GlobalAveragePooling2D(),
                layers.Dense(outputs, activation="sigmoid"),
            ]
        )

    images = np.random.default_rng(0).normal(size=(30, 6, 6, 1)).astype(np.float32)
    images[::2, 2:4] += 3
    scores = cross_val_score(classifier(build=build, epochs=40), images, np.arange(30) % 2, cv=3)
    assert scores.mean() > 0.8


@pytest.mark.parametrize(
    ("last", "message"),
    [
        (lambda: layers.Dense(3), r"end it with Dense\(3, activation='softmax'\). Received outputs of shape \(3,\)"),
        (lambda: layers.Dense(4, activation="softmax"), r"for 3 classes the model gives \(N, 3\).*shape \(4,\)"),
    ],
)
def test_outputs_that_are_no_probabilities_are_refused(blood, last, message):
    with pytest.raises(ValueError, match=message):
        classifier(build=lambda shape, outputs: edunet.Sequential([last()])).fit(*blood)


def test_what_is_no_model_is_refused(blood):
    with pytest.raises(TypeError, match="returns a Model. It gave: None"):
        classifier(build=lambda shape, outputs: None).fit(*blood)


def test_balanced_counts_a_row_with_weight_two_twice(blood):
    X, y = StandardScaler().fit_transform(blood[0]), blood[1]
    twice = np.where(y == "low", 2, 1)
    network = {"class_weight": "balanced", "batch_size": 1000, "epochs": 3}
    weighted = classifier(**network).fit(X, y, sample_weight=twice)
    repeated = classifier(**network).fit(np.repeat(X, twice, axis=0), np.repeat(y, twice))
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-5)


def test_a_model_that_has_learnt_does_not_come_back(blood):
    net = edunet.Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
    learner = classifier(build=lambda shape, outputs: net, epochs=1).fit(*blood)
    with pytest.raises(ValueError, match="build returned a model that has learnt already"):
        learner.fit(*blood)
    with pytest.raises(ValueError, match="build returned a model that has learnt already"):
        classifier(build=lambda shape, outputs: net, epochs=1).fit(*blood)
    copies = classifier(build=lambda shape, outputs: edunet.models.clone_model(net), epochs=1)
    assert copies.fit(*blood).fit(*blood).model_ is not net


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"validation_fraction": 2}, ValueError, "share of the rows between 0 and 1. Received: 2"),
        ({"early_stopping": "no"}, ValueError, "early_stopping is True or False. Received: 'no'"),
        ({"patience": -1}, ValueError, "patience is a whole number of epochs >= 0. Received: -1"),
        ({"hidden_layer_sizes": None}, ValueError, r"such as \(100,\) or \(64, 16\); \(\) for none. Received: None"),
        ({"hidden_layer_sizes": "100"}, ValueError, "units of each hidden layer.*Received: '100'"),
        ({"hidden_layer_sizes": (), "dropout": 1.5}, ValueError, "dropout is a share from 0.*Received: 1.5"),
        ({"hidden_layer_sizes": (), "activation": "foo"}, ValueError, "unknown activation 'foo'"),
        ({"class_weight": {"low": -1}}, ValueError, "a finite number >= 0"),
        ({"class_weight": {"low": np.nan}}, ValueError, "a finite number >= 0"),
        ({"class_weight": {"lowest": 2}}, ValueError, "holds for each label of y"),
        ({"class_weight": {"low": 0, "middle": 0, "high": 0}}, ValueError, "leaves no row to learn from"),
        ({"class_weight": "equal"}, ValueError, "'balanced' or None. Received: 'equal'"),
        ({"build": edunet.Sequential([layers.Dense(3)])}, TypeError, r"expected a function.*Received: Sequential"),
    ],
)
def test_parameters_that_cannot_be_learnt_with(blood, parameters, error, message):
    with pytest.raises(error, match=message):
        classifier(**parameters).fit(*blood)


def test_one_class_and_weights_of_zero_are_refused(blood):
    with pytest.raises(ValueError, match=r"one class only, .*'low'.*nothing can be told apart"):
        classifier().fit(blood[0][:40], blood[1][:40])
    with pytest.raises(ValueError, match="zero"):
        classifier().fit(*blood, sample_weight=np.zeros(120))


def test_several_numbers_for_each_row():
    X = np.random.default_rng(0).normal(size=(60, 3))
    Y = X @ [[1, 2], [0, 1], [1, 0]] + [1, 2]
    fitted = NeuralRegressor((), learning_rate=0.1, epochs=100, random_state=0).fit(X, Y)
    assert fitted.predict(X).shape == (60, 2)
    assert fitted.score(X, Y) > 0.99
    assert NeuralRegressor((), epochs=1).fit(X, Y[:, 0]).predict(X).shape == (60,)


def test_a_regressor_needs_a_column_for_each_number():
    model = edunet.Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match=r"end it with Dense\(1\). Received outputs of shape \(2,\)"):
        NeuralRegressor(build=lambda shape, outputs: model).fit(np.ones((4, 2)), np.arange(4))


def test_tables_of_pandas(blood):
    pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")
    table = pd.DataFrame(blood[0], columns=["crp", "platelets"])
    pipeline = make_pipeline(StandardScaler(), classifier()).set_output(transform="pandas")
    pipeline.fit(table, pd.Series(blood[1], index=table.index))
    assert list(pipeline[-1].feature_names_in_) == ["crp", "platelets"]
    assert pipeline.score(table, blood[1]) > 0.9
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline.predict(table[["platelets", "crp"]])
