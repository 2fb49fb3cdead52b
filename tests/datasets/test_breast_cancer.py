"""breast_cancer: scikit-learn's set with the disease as class 1, and its absence."""

import sys

import numpy as np
import pytest

from edunet.datasets import breast_cancer


@pytest.fixture
def raw():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    return datasets.load_breast_cancer()


def test_form(raw):
    data = breast_cancer.load()
    assert data.x.shape == (569, 30)
    assert data.x.dtype == np.float64
    assert data.y.shape == (569,)
    assert data.y.dtype == np.int64
    assert len(data.feature_names) == 30
    assert data.feature_names[0] == "mean radius"
    assert data.licence == "CC BY 4.0"
    assert "Wolberg" in data.citation


def test_disease_is_class_1(raw):
    data = breast_cancer.load()
    assert data.y.sum() == 212
    assert data.class_names[1] == "malignant"
    malignant = list(raw.target_names).index("malignant")
    np.testing.assert_array_equal(data.y == 1, raw.target == malignant)


def test_measurements_are_untouched(raw):
    np.testing.assert_array_equal(breast_cancer.load().x, raw.data)


def test_malignant_nuclei_are_larger(raw):
    data = breast_cancer.load()
    assert data.x[data.y == 1, 0].mean() > 1.3 * data.x[data.y == 0, 0].mean()


def test_split_is_stratified(raw):
    (x_train, y_train), (x_test, y_test) = breast_cancer.load_data(0.25, seed=4)
    assert (len(x_train), len(x_test)) == (len(y_train), len(y_test)) == (427, 142)
    assert np.bincount(y_test).tolist() == [89, 53]  # a quarter of 357 and of 212


def test_split_uses_every_row_once(raw):
    (x_train, _), (x_test, _) = breast_cancer.load_data()
    everything = np.concatenate([x_train, x_test])
    np.testing.assert_array_equal(np.sort(everything, axis=0), np.sort(raw.data, axis=0))
    assert len(np.unique(everything, axis=0)) == 569


def test_split_keeps_rows_and_labels_together(raw):
    (x_train, y_train), _ = breast_cancer.load_data()
    label = {tuple(row): 1 - target for row, target in zip(raw.data, raw.target, strict=True)}
    assert [label[tuple(row)] for row in x_train] == y_train.tolist()


def test_split_follows_the_seed(raw):
    a, b, c = (breast_cancer.load_data(seed=s)[1][0] for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_without_scikit_learn_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)  # as if not installed
    with pytest.raises(ImportError, match=r'pip install "edunet-med\[tutorials\]"') as caught:
        breast_cancer.load()
    assert isinstance(caught.value.__cause__, ImportError)


@pytest.mark.parametrize("share", [0, 1, -0.2, float("nan")])
def test_share_outside_0_to_1(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        breast_cancer.load_data(share)


def test_share_in_per_cent_is_understood():
    with pytest.raises(ValueError, match=r"Did you mean test_share=0\.2"):
        breast_cancer.load_data(20)


def test_share_that_empties_a_class(raw):
    with pytest.raises(ValueError, match="without class"):
        breast_cancer.load_data(0.001)


@pytest.mark.parametrize("share", ["0.2", None, True])
def test_share_must_be_a_number(share):
    with pytest.raises(TypeError, match="test_share must be a number"):
        breast_cancer.load_data(share)


@pytest.mark.parametrize("seed", [1.5, "1", None, True])
def test_seed_must_be_a_whole_number(seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        breast_cancer.load_data(seed=seed)


def test_negative_seed():
    with pytest.raises(ValueError, match="seed must be at least 0"):
        breast_cancer.load_data(seed=-1)
