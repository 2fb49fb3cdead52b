"""From a table with gaps to a network in three lines, and everything is learnt from the training part only."""

import numpy as np
import pytest

from edunet.datasets import blood_risk
from edunet.metrics import roc_auc
from edunet.preprocessing import grouped_kfold, patient_split

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture(scope="module")
def patients():
    cohort = blood_risk.load(3000)
    x = cohort.x.copy()
    x[np.random.default_rng(0).random(x.shape) < 0.1] = np.nan
    return x, cohort.y, cohort.patient_id


def test_a_pipeline_of_scikit_learn_feeds_a_network(patients):
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from edunet.interop.sklearn import NeuralClassifier

    x, y, groups = patients
    train, test = patient_split(x, y, groups, shares=(2 / 3, 1 / 3))
    network = NeuralClassifier((32, 16), learning_rate=1e-2, epochs=15, random_state=0)
    pipeline = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), network)
    risk = pipeline.fit(x[train], y[train]).predict_proba(x[test])[:, 1]
    assert roc_auc(y[test], risk) > 0.72  # a linear model reaches 0.6
    assert pipeline[1].mean_.shape == (12,)  # six columns and whether each was measured


def test_folds_are_what_scikit_learn_takes_for_cv(patients):
    from sklearn.dummy import DummyClassifier
    from sklearn.model_selection import cross_val_score

    x, y, groups = patients
    scores = cross_val_score(DummyClassifier(), np.nan_to_num(x), y, cv=list(grouped_kfold(x, y, groups, k=4)))
    np.testing.assert_allclose(scores, 1 - y.mean(), atol=0.01)
