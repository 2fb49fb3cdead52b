"""The decision boundary: probabilities on a plane, patients on top, the others held fixed."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection, QuadMesh

from edunet import layers, models, show

NAMES = ["age", "dose", "weight"]


def risk(x):
    return 1 / (1 + np.exp(-(2 * x[:, 0] - x[:, 1] + 0.5 * x[:, 2])))


@pytest.fixture
def x(rng):
    return rng.normal(size=(60, 3))


@pytest.fixture
def y(x):
    return (risk(x) > 0.5).astype(int)


def plane(figure):
    """Return the grid that was drawn and the probabilities on it."""
    mesh = next(c for c in figure.axes[0].collections if isinstance(c, QuadMesh))
    return np.asarray(mesh.get_coordinates()), np.asarray(mesh.get_array())


def patients(figure):
    return [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]


def test_the_others_stand_at_their_medians(x, y):
    places, p = plane(show.decision_boundary(risk, x, y))
    there = np.column_stack([places.reshape(-1, 2), np.full(p.size, np.median(x[:, 2]))])
    np.testing.assert_allclose(p.ravel(), risk(there))


def test_or_where_they_are_fixed(x, y):
    figure = show.decision_boundary(risk, x, y, columns=("weight", "age"), names=NAMES, fixed={"dose": 1.5})
    places, p = plane(figure)
    weight, age = places.reshape(-1, 2).T
    np.testing.assert_allclose(p.ravel(), risk(np.column_stack([age, np.full(p.size, 1.5), weight])))
    assert figure.axes[0].get_title() == "dose fixed at 1.5"


def test_axes_have_names_and_units(x, y):
    axes = show.decision_boundary(risk, x, y, columns=(0, "dose"), names=NAMES, units=("years", "mg")).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("age (years)", "dose (mg)")
    axes = show.decision_boundary(risk, x, y).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("measurement 0", "measurement 1")


def test_lines_are_labelled_and_the_half_is_thick(x, y, words):
    axes = show.decision_boundary(risk, x, y).axes[0]
    lines = axes.collections[1]
    assert lines.levels.tolist() == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert [w > 1 for w in lines.get_linewidths()] == [False, False, True, False, False]
    assert {"0.25", "0.5", "0.75"} <= set(words(axes.figure))


def test_no_line_where_the_model_never_changes_its_mind(x, y):
    axes = show.decision_boundary(lambda x: np.full(len(x), 0.3), x, y).axes[0]
    assert len(axes.collections) == 3  # the shade and two kinds of patients


def test_patients_stand_where_they_are_and_are_told_apart_in_grey(x, y, grey):
    figure = show.decision_boundary(risk, x, y, columns=(2, 0), class_names=("healthy", "ill"))
    for k, points in enumerate(patients(figure)):
        np.testing.assert_allclose(points.get_offsets(), x[y == k][:, [2, 0]])
    faces = [grey(points.get_facecolor()[0][:3]) for points in patients(figure)]
    assert faces[0] - faces[1] > 0.4
    legend = [t.get_text() for t in figure.axes[0].get_legend().get_texts()]
    assert legend == [f"healthy ({(y == 0).sum()})", f"ill ({(y == 1).sum()})"]


@pytest.mark.parametrize("outputs", [1, 2])
def test_models_with_one_or_two_outputs(x, y, outputs):
    model = models.Sequential([layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax")])
    x = x.astype(np.float32)
    model.build((None, 3))
    places, p = plane(show.decision_boundary(model, x, y))
    there = np.column_stack([places.reshape(-1, 2), np.full(p.size, np.median(x[:, 2]))]).astype(np.float32)
    np.testing.assert_allclose(p.ravel(), model.predict(there)[:, -1], atol=1e-5)


def test_titles_of_many_measurements(rng):
    x = rng.normal(size=(20, 8))
    y, names = x[:, 0] > 0, list("abcdefgh")
    assert show.decision_boundary(risk, x[:, :3], y).axes[0].get_title().startswith("measurement 2 fixed at")
    title = show.decision_boundary(risk, x, y, names=names, fixed={"d": 1}).axes[0].get_title()
    assert title == "d fixed at 1, 5 other measurements fixed at their medians"
    title = show.decision_boundary(lambda x: x[:, 0] * 0 + 0.5, x[:, :2], y).axes[0].get_title()
    assert title == "the two measurements that the model reads"


def test_answers_that_are_no_probabilities_of_one_class(x, y):
    with pytest.raises(ValueError, match="For logits type"):
        show.decision_boundary(lambda x: x[:, 0], x, y)
    with pytest.raises(ValueError, match="Received nan"):
        show.decision_boundary(lambda x: x[:, 0] * np.nan, x, y)
    with pytest.raises(ValueError, match=r"For class k of several type lambda x: model.predict\(x\)\[:, k\]"):
        show.decision_boundary(lambda x: np.full((len(x), 3), 1 / 3), x, y)


def test_what_is_no_model(x, y):
    with pytest.raises(TypeError, match="a model or a function. Received: 0.5"):
        show.decision_boundary(0.5, x, y)


def test_data_that_do_not_fit(x, y):
    with pytest.raises(ValueError, match=r"x \(N, D\), D ≥ 2"):
        show.decision_boundary(risk, x[:, 0], y)
    with pytest.raises(ValueError, match="Received x \\(60, 3\\), y \\(59,\\)"):
        show.decision_boundary(risk, x, y[1:])
    with pytest.raises(ValueError, match="1 rows of x hold NaN or infinity, the first is row 0"):
        show.decision_boundary(risk, np.where(x == x[0, 0], np.nan, x), y)
    with pytest.raises(ValueError, match="for one class k: y == k"):
        show.decision_boundary(risk, x, y + 1)


def test_columns_that_do_not_fit(x, y):
    with pytest.raises(ValueError, match="no column 'height'"):
        show.decision_boundary(risk, x, y, columns=("age", "height"), names=NAMES)
    with pytest.raises(ValueError, match="two different ones"):
        show.decision_boundary(risk, x, y, columns=(1, 1))
    for name, value in {"columns": 1, "units": ("mg",), "class_names": ("a", "b", "c")}.items():
        with pytest.raises(ValueError, match=f"{name} are two"):
            show.decision_boundary(risk, x, y, **{name: value})
    with pytest.raises(ValueError, match="'age' varies"):
        show.decision_boundary(risk, x, y, names=NAMES, fixed={"age": 3})
    with pytest.raises(ValueError, match="one name for each of 3 columns"):
        show.decision_boundary(risk, x, y, names=["age"])


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_patients_are_marked(x, y, words, synthetic):
    assert ("SYNTHETIC data" in words(show.decision_boundary(risk, x, y, synthetic=synthetic))) == synthetic
