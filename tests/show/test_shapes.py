import numpy as np
import pytest

from edunet import layers, models
from edunet.demo import article_network
from edunet.show import shapes


def why(*stack, start):
    """Return the last column for the layers of a stack."""
    head, *rows = shapes(models.Sequential([layers.Input(start), *stack])).splitlines()[1:]
    return [row[head.index("Because") :] for row in rows[1:]]


def test_the_network_of_the_article():
    page = shapes(article_network((28, 28, 1), 10)).splitlines()
    shown = [[part.strip() for part in line.split("  ") if part.strip()] for line in page]
    assert page[0].startswith("Shapes of one example in 'sequential")
    assert [row[1:] for row in shown if row and row[0].startswith(("conv2d", "max", "flatten"))] == [
        ["Conv2D", "(26, 26, 32)", "28 − 3 + 1 = 26"],
        ["MaxPooling2D", "(13, 13, 32)", "⌊(26 − 2) / 2⌋ + 1 = 13"],
        ["Conv2D", "(11, 11, 64)", "13 − 3 + 1 = 11"],
        ["MaxPooling2D", "(5, 5, 64)", "⌊(11 − 2) / 2⌋ + 1 = 5"],
        ["Conv2D", "(3, 3, 64)", "5 − 3 + 1 = 3"],
        ["Flatten", "(576,)", "3 · 3 · 64 = 576"],
    ]


@pytest.mark.parametrize(
    ("make", "start", "text"),
    [
        (lambda: layers.Conv2D(4, (3, 5)), (9, 8, 1), "9 − 3 + 1 = 7, 8 − 5 + 1 = 4"),
        (lambda: layers.Conv2D(4, 3, strides=2, padding="same"), (9, 9, 1), "⌈9 / 2⌉ = 5"),
        (lambda: layers.Conv2D(4, 3, padding="same"), (9, 9, 1), "same, 9"),
        (lambda: layers.Conv1D(4, 3, dilation_rate=2), (9, 1), "9 − 5 + 1 = 5"),
        (lambda: layers.Conv1D(4, 3, padding="causal"), (9, 1), "causal, 9"),
        (lambda: layers.MaxPooling1D(3), (9, 1), "⌊(9 − 3) / 3⌋ + 1 = 3"),
        (lambda: layers.UpSampling2D((2, 3)), (4, 5, 1), "4 · 2 = 8, 5 · 3 = 15"),
        (lambda: layers.UpSampling1D(3), (4, 1), "4 · 3 = 12"),
        (lambda: layers.ZeroPadding2D(((1, 2), (0, 3))), (4, 5, 1), "4 + 1 + 2 = 7, 5 + 0 + 3 = 8"),
        (lambda: layers.Cropping1D((1, 2)), (9, 1), "9 − 1 − 2 = 6"),
        (lambda: layers.Conv2DTranspose(2, 3, strides=2), (4, 4, 1), "(4 − 1) · 2 + 3 = 9"),
        (lambda: layers.Conv2DTranspose(2, 3, strides=2, padding="same"), (4, 4, 1), "4 · 2 = 8"),
        (lambda: layers.Dense(3), (4,), ""),
    ],
)
def test_how_a_size_comes_about(make, start, text):
    assert why(make(), start=start) == [text]


def test_axes_of_any_length():
    assert why(layers.Conv2D(2, 3), start=(None, 9, 1)) == ["any − 3 + 1, 9 − 3 + 1 = 7"]


def test_the_sums_are_right():
    for padding in ("valid", "same"):
        for more in ({}, {"output_padding": 1}):
            (text,) = why(layers.Conv1DTranspose(2, 3, strides=2, padding=padding, **more), start=(4, 1))
            left, _, right = text.replace("−", "-").replace("·", "*").partition(" = ")
            assert eval(left) == int(right)


def test_branches_and_several_inputs():
    a, b = layers.Input((3,), name="age"), layers.Input((4,), name="blood")
    model = models.Model([a, b], layers.Concatenate(name="both")([layers.Dense(2, name="d")(a), b]))
    page = shapes(model)
    assert [line.split()[0] for line in page.splitlines()[2:]] == ["age", "blood", "d", "both"]
    assert "2 + 4 = 6" in page
    assert "from d, blood" in page


def test_several_outputs_of_a_layer():
    x = layers.Input((5, 2))
    page = shapes(models.Model(x, layers.LSTM(3, return_state=True, name="memory")(x)))
    assert "(3,) (3,) (3,)" in page


def test_what_has_no_shapes_yet():
    with pytest.raises(TypeError, match="shapes: expected a model. Received"):
        shapes(np.zeros(3))
    with pytest.raises(ValueError, match="shapes: .* is not drawn yet"):
        shapes(models.Sequential([layers.Dense(3)]))
