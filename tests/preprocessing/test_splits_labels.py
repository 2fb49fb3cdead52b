"""What is spread alike: classes, quantities and patients without a label; and names in the place of labels."""

import numpy as np
import pytest

from edunet.preprocessing import check_split, grouped_kfold, patient_split


def test_labels_of_another_length():
    with pytest.raises(ValueError, match="one label for each of the 3 rows"):
        patient_split(np.arange(3.0), y=[0, 1])


def test_the_seed_decides_where_y_is_a_quantity():
    y = np.random.default_rng(0).normal(size=60)
    splits = {tuple(patient_split(y, y, range(60), seed=seed)[1]) for seed in range(10)}
    folds = {tuple(next(grouped_kfold(y, y, range(60), seed=seed))[1]) for seed in range(10)}
    assert len(splits) == len(folds) == 10


def test_the_seed_decides_where_each_patient_has_another_number_of_rows():
    groups = np.repeat(np.arange(20), np.arange(100, 120))
    assert len({tuple(patient_split(groups, groups=groups, seed=seed)[1]) for seed in range(10)}) > 5


def test_a_quantity_is_spread_alike():
    y = np.random.default_rng(0).exponential(size=500)
    for _, test in grouped_kfold(y, y, range(500), seed=3):
        np.testing.assert_allclose(
            np.quantile(y[test], [0.25, 0.5, 0.75]), np.quantile(y, [0.25, 0.5, 0.75]), rtol=0.25
        )


def test_a_label_of_many_classes_is_spread_alike():
    y = np.arange(300) % 10
    for part, share in zip(patient_split(y, y, range(300)), (0.8, 0.2), strict=True):
        assert (np.bincount(y[part]) == 30 * share).all()


def test_patients_without_a_label_are_spread_alike_too():
    y = np.where(np.arange(100) < 50, np.nan, np.arange(100) % 2)
    _, test = patient_split(y, y, range(100))
    assert np.isnan(y[test]).sum() == 10


@pytest.mark.parametrize("split", [patient_split, grouped_kfold])
@pytest.mark.parametrize(
    "names",
    [
        np.array(["p1", "p1", "p2", "p2", "p3", "p3"]),
        [7, 7, 8, 8, 9, 9],
        [7.0, 7.0, 8.0, 8.0, 9.0, 9.0],
        list("aabbcc"),
    ],
)
def test_names_in_the_place_of_y_are_refused(split, names):
    with pytest.raises(
        ValueError, match=rf"y has 3 different values in 6 rows.*{split.__name__}\(x, groups=patient_id\)"
    ):
        split(np.arange(6.0), names)


def test_what_the_refusal_of_names_says_to_type_works():
    x, y = np.arange(6.0), list("aabbcc")
    check_split(*patient_split(x, groups=y), groups=y)
    assert len(patient_split(x, y, groups=range(len(x)))) == 2


@pytest.mark.parametrize("y", [[0, 1, 0, 1, 0, 1], np.arange(6) + 0.5, np.array([True, False] * 3), None])
def test_classes_and_quantities_are_no_names(y):
    assert len(patient_split(np.arange(6.0), y)) == 2


@pytest.mark.parametrize("names", [np.repeat([f"P{k}" for k in range(12)], 11), np.repeat(np.arange(20), 2000)])
def test_names_of_patients_with_many_rows_stand_together(names):
    with pytest.raises(ValueError, match=r"equal ones together\. Names of patients"):
        patient_split(np.random.default_rng(0).normal(size=(len(names), 4)), names)


def test_whole_numbers_that_are_floats_are_a_quantity():
    age = np.random.default_rng(0).integers(20, 90, 300)
    assert len(patient_split(np.arange(300.0), age.astype(float))[1]) == 60
    with pytest.raises(ValueError, match=r"If it is a quantity, patient_split\(x, y\.astype\(float\)\)"):
        patient_split(np.arange(300.0), age)


def test_many_rows_of_each_class_are_no_names():
    assert len(patient_split(np.arange(90.0), ["mild", "moderate", "severe"] * 30)[1]) == 18


def test_labels_of_every_hour():
    with pytest.raises(ValueError, match=r"Received: \(9, 48\).*y.max\(axis=1\)"):
        patient_split(np.arange(9.0), np.zeros((9, 48)), range(9))


def test_labels_of_two_kinds():
    with pytest.raises(TypeError, match=r"y mixes number, such as 1, and text, such as 'ill'"):
        patient_split(np.arange(3.0), np.array([1, "ill", 0], object), range(3))
