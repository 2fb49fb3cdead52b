"""The page of a formula is its docstring, in sections."""

import html
import inspect
import re

import numpy as np
import pytest

from edunet import layers, losses, ops, optimizers
from edunet.show import formula


@pytest.mark.parametrize("name", ops.__all__)
def test_every_op_has_its_page_and_nothing_of_it_is_lost(name):
    op = getattr(ops, name)
    page = formula(op)
    said = re.sub(r"\s+", "", str(page))
    for line in inspect.getdoc(op).split("\n>>> ")[0].splitlines():
        rest = re.sub(r"^(Gradients?|Shapes|Raises|Source)[:,]? |Tutorial: .*", "", line.strip())
        assert re.sub(r"\s+", "", rest) in said
    assert "Tutorial" in page.sections
    assert ">>>" not in str(page)


def test_sections_of_a_page():
    page = formula(layers.Dense)
    assert page.title == "Weigh every input, add up, shift: one dot product for each unit."
    assert page.sections["Formula"][0].startswith("y[n,u] = Σ_d x[n,d] · w[d,u] + b[u]")
    assert any("dw = xᵀ dy" in line for line in page.sections["Gradients"])
    assert page.sections["Shapes"][0].startswith("x (N,D)")
    assert page.sections["Source"] == ["Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.1."]
    assert page.sections["Tutorial"] == ["notebooks/01_dense.ipynb"]
    assert page.page == inspect.getdoc(ops.dense)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (layers.Conv2D(1, 2), "Conv2D, by ops.conv2d"),
        (layers.GRU, "GRU, by ops.gru"),
        (layers.MaxPooling1D(), "MaxPooling1D, by ops.max_pool1d"),
        (losses.SparseCategoricalCrossentropy(), "SparseCategoricalCrossentropy, by ops.sparse_softmax_crossentropy"),
        (losses.Huber, "Huber, by ops.huber"),
        (ops.attention, "ops.attention"),
        (optimizers.Adam(), "Adam"),
        (optimizers.SGD, "SGD"),
    ],
)
def test_objects_classes_and_functions(what, name):
    assert str(formula(what)).startswith(f"{name}: ")


def test_a_layer_of_your_own_has_the_formula_of_the_layer_it_is_made_from():
    class Mine(layers.Dense):
        """My first layer."""

    assert str(formula(Mine)).startswith("Mine, by ops.dense: ")


def test_a_layer_that_is_built_tells_its_sizes():
    layer = layers.Conv2D(32, 3)
    assert "This layer" not in str(formula(layer))
    layer(np.zeros((1, 8, 8, 3)))
    assert str(formula(layer)).endswith("This layer: kernel (3, 3, 3, 32), bias (32,); 896 numbers in all.")
    assert "896 numbers in all" in formula(layer)._repr_html_()


def test_html_holds_the_same_and_only_harmless_tags():
    page = formula(ops.simple_rnn)
    written = page._repr_html_()
    assert set(re.findall(r"<(\w+)", written)) == {"div", "p", "b", "pre"}
    assert "[h &gt; 0]" in written
    plain = html.unescape(re.sub(r"<[^>]+>", "", written))
    for lines in page.sections.values():
        for line in lines:
            assert line in plain


@pytest.mark.parametrize(
    "what", [layers.Flatten(), layers.Layer, 3, "dense", np.dot, losses.Loss, optimizers.Optimizer]
)
def test_what_has_no_formula(what):
    with pytest.raises(TypeError, match="has no formula of its own. Expected one of .*Dense.*Adam"):
        formula(what)
