"""Every worked page: three ways to print it, errors that help, and no page where a layer is wrong."""

import html.parser
import re

import numpy as np
import pytest

from edunet import Sequential, layers, losses, ops, optimizers, set_random_seed, show
from edunet.show import working
from edunet.show.working import OBJECTS, OPS
from edunet.tensor import Tensor, differentiable, no_gradients

RNG = np.random.default_rng(9)
ROWS, IMAGE, SIGNAL = RNG.normal(size=(2, 12)), RNG.normal(size=(2, 6, 6, 5)), RNG.normal(size=(2, 4, 3))
SCORES, LABELS = RNG.normal(size=(3, 4)), np.array([1, 0, 3])
P = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)

EXAMPLES = {
    "dense": (layers.Dense(3, activation="relu"), ROWS),
    "dense softmax": (layers.Dense(3, activation="softmax"), ROWS),
    **{
        f"dense {f}": (layers.Dense(2, activation=f), ROWS)
        for f in ("gelu", "elu", "leaky_relu", "sigmoid", "softplus")
    },
    "conv2d": (layers.Conv2D(2, 3, padding="same", activation="tanh"), IMAGE),
    "conv2d large": (layers.Conv2D(1, 9, padding="same", dilation_rate=2), IMAGE),
    "conv1d": (layers.Conv1D(2, 2, padding="causal"), SIGNAL),
    "max": (layers.MaxPooling2D(3, padding="same"), IMAGE),
    "mean": (layers.AveragePooling2D(2), IMAGE),
    "max along time": (layers.MaxPooling1D(2), SIGNAL),
    "mean along time": (layers.AveragePooling1D(2), SIGNAL),
    "rnn": (layers.SimpleRNN(3), SIGNAL),
    "gru": (layers.GRU(2), SIGNAL),
    "gru, reset before": (layers.GRU(2, reset_after=False), SIGNAL),
    "lstm": (layers.LSTM(2), SIGNAL),
    "attention": (layers.Attention(), SIGNAL, SIGNAL),
    "heads": (layers.MultiHeadAttention(2, 3), SIGNAL, SIGNAL),
    "ops.attention": (ops.attention, SIGNAL, SIGNAL, SIGNAL),
    "sparse": (losses.SparseCategoricalCrossentropy(), LABELS, P),
    "sparse from scores": (losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, SCORES),
    "categorical": (losses.CategoricalCrossentropy(), np.eye(4)[LABELS], P),
    "binary": (losses.BinaryCrossentropy(), LABELS > 0, P[:, :1]),
    "ops.sparse": (ops.sparse_softmax_crossentropy, SCORES, LABELS),
    "ops.softmax": (ops.softmax_crossentropy, SCORES, P),
    "ops.sigmoid": (ops.sigmoid_crossentropy, SCORES, P),
    "adam": (optimizers.Adam(), ROWS, ROWS),
    "adamw": (optimizers.AdamW(), ROWS, ROWS),
    "rmsprop": (optimizers.RMSprop(momentum=0.9), ROWS, ROWS),
    "sgd": (optimizers.SGD(momentum=0.9, nesterov=True), ROWS, ROWS),
}


@pytest.fixture(params=EXAMPLES.values(), ids=EXAMPLES.keys())
def page(request):
    return working(*request.param)


class Reader(html.parser.HTMLParser):
    """Collect tags and text; note what is not closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], set(), set(), ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(page):
    reader = Reader()
    reader.feed(page._repr_html_())
    reader.close()
    assert reader.open == []
    return reader


def test_everything_that_has_a_page_is_an_example():
    examples = [what for what, *_ in EXAMPLES.values()]
    assert set(OPS) <= set(examples)
    assert set(OBJECTS) <= {type(what) for what in examples}


def test_html_survives_a_notebook_that_nobody_trusts(page):
    reader = read(page)
    allowed = {"div", "p", "b", "i", "sub", "sup", "details", "summary", "table", "tr", "th", "td"}
    assert reader.tags <= allowed
    assert reader.attributes <= {"style", "colspan", "open"}


def results(page):
    """Return the numbers of the last table of the text."""
    return re.findall(r"  (-?\d[\d.e+-]*)\s*$", re.split(r"\n\d  What ", page.text)[-1], re.MULTILINE)


def test_the_three_prints_say_the_same_numbers(page):
    assert results(page)
    said, latex = read(page).text, page.latex
    for number in results(page):
        mantissa = number.partition("e")[0]
        assert mantissa.replace("-", "−") in said
        assert mantissa in latex


def test_latex_is_balanced_and_needs_no_package(page):
    latex = page.latex
    assert latex.count("$$") % 2 == 0
    plain = latex.replace(r"\{", "").replace(r"\}", "")
    depth = 0
    for sign in plain:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    begun = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", latex):
        if what == "begin":
            begun.append(name)
        else:
            assert begun.pop() == name
    assert begun == []
    known = "begin end textbf text operatorname mathrm sum cdot sqrt tilde hat times top left right overset hline quad"
    known += " qquad dots to leftarrow le ge odot beta eta lambda mu rho sigma varepsilon varphi Phi"
    assert set(re.findall(r"\\([A-Za-z]+)", latex)) <= set(known.split())


def test_latex_columns_fit_their_array(page):
    for columns, body in re.findall(r"\\begin\{array\}\{(r+)\}(.*?)\\end\{array\}", page.latex, re.DOTALL):
        for row in body.split(r"\\"):
            if row.replace(r"\hline", "").strip():
                assert row.count("&") - row.count(r"\&") == len(columns) - 1


def test_text_fits_a_wide_terminal(page):
    assert max(map(len, page.text.splitlines())) <= 130


def test_it_prints_itself():
    page = working(layers.Dense(1), ROWS)
    assert str(page) == repr(page) == page.text
    assert show.working is working


def test_names_are_escaped():
    kind = type("A<b>&_%", (layers.Conv2D,), {})
    page = working(kind(1, 2), IMAGE)
    assert "A&lt;b&gt;&amp;_%" in page._repr_html_()
    assert r"A<b>\&\_\%" in page.latex


# ---------------------------------------------------------------- a wrong layer


class NoBias(layers.Dense):
    def call(self, x):
        return ops.dense(x, self.kernel) + 0.0 * self.bias


class Mean(layers.MaxPooling2D):
    def call(self, x):
        return ops.avg_pool2d(x, window=self.pool_size, stride=self.strides, padding=self.padding)


@differentiable
def wrong_gradient(x):
    return x * 1.0, lambda dy: 1.01 * dy


class WrongGradient(layers.Dense):
    def call(self, x):
        return super().call(wrong_gradient(x))


class Forgetful(layers.GRU):
    def call(self, x, mask=None):
        return super().call(x[:, ::-1], mask=mask)


class Flipped(layers.Conv2D):
    def call(self, x):
        return ops.conv2d(x, self.kernel[::-1, ::-1], self.bias)


class Leaky(layers.LSTM):
    def call(self, x, mask=None):
        return super().call(x, mask=mask) * 0.999


class Unscaled(layers.Attention):
    def call(self, inputs, mask=None, use_causal_mask=False):
        query, value, key = inputs
        return ops.attention(query * float(np.sqrt(query.shape[-1])), key, value)


class Doubled(losses.BinaryCrossentropy):
    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) + super().call(y_true, y_pred)


class Summed(losses.SparseCategoricalCrossentropy):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return super().__call__(y_true, y_pred) * float(len(y_true))


class Uncorrected(optimizers.Adam):
    def step(self, w, dw, m, v):
        self.iterations += 1000
        super().step(w, dw, m, v)


@pytest.mark.parametrize(
    ("wrong", "arrays", "said"),
    [
        (NoBias(2, bias_initializer="ones"), (ROWS,), "NoBias computes .* for y"),
        (Mean(2), (IMAGE,), "Mean computes .* for y"),
        (Flipped(1, 3), (IMAGE,), "Flipped computes .* for y"),
        (Leaky(2), (SIGNAL,), "Leaky computes .* for h"),
        (Unscaled(), (SIGNAL, SIGNAL), "Unscaled computes .* for z"),
        (Doubled(), (LABELS > 0, P[:, :1]), "Doubled computes .* for loss"),
        (WrongGradient(2), (ROWS,), "WrongGradient computes .* for dx"),
        (Forgetful(2), (SIGNAL,), "Forgetful computes .* for h"),
        (Summed(), (LABELS, P), "Summed computes .* for loss"),
        (Uncorrected(), (ROWS, ROWS), "Uncorrected computes .* for w"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_layer_that_is_not_its_formula_gets_no_page(wrong, arrays, said):
    set_random_seed(0)  # a chosen output near 0 would be right by chance, and a gradient be refused in its place
    with pytest.raises(RuntimeError, match=said):
        working(wrong, *arrays)


# ---------------------------------------------------------------- input that is wrong

DENSE = layers.Dense(3)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"at": (0, 9)}, ValueError, r"at=\(0, 9\): y has shape \(2, 3\); the second index goes from 0 to 2\.$"),
        ({"at": (-3, 0)}, ValueError, "the first index goes from 0 to 1"),
        ({"at": (0,)}, ValueError, r"a place in it has 2 numbers, \(n, u\)"),
        ({"at": (0, 1.5)}, TypeError, r"at is a place of y, whole numbers \(n, u\). Received: \(0, 1.5\)"),
        ({"at": "last"}, TypeError, "at is a place of y.*Received: 'last'"),
        ({"dy": "big"}, TypeError, "dy is one number.*Received: 'big'"),
        ({"dy": np.inf}, TypeError, "dy is one number"),
    ],
)
def test_a_place_or_a_gradient_that_cannot_be(options, error, said):
    with pytest.raises(error, match=said):
        working(DENSE, ROWS, **options)


@pytest.mark.parametrize(
    ("what", "arrays", "error", "said"),
    [
        (DENSE, (), TypeError, "Dense works on 1 array, x. Received 0"),
        (optimizers.Adam(), (ROWS,), TypeError, "Adam works on 2 arrays, w, dw. Received 1"),
        (DENSE, (ROWS * np.nan,), ValueError, r"x\[0, 0\] is nan: there is nothing to work out"),
        (DENSE, (np.zeros((0, 12)),), ValueError, r"y has shape \(0, 3\): there is no number in it"),
        (layers.Dense, (ROWS,), TypeError, r"This is a class: make an object of it first, Dense\(...\)"),
        (layers.Flatten(), (ROWS,), TypeError, "expected one of Dense, Conv2D, .*Received: <Flatten"),
        (Sequential([layers.Dense(1)]), (ROWS,), TypeError, "Choose one layer of the model"),
        ("dense", (ROWS,), TypeError, "expected one of Dense.*Received: 'dense'"),
    ],
)
def test_arrays_and_objects_without_a_page(what, arrays, error, said):
    with pytest.raises(error, match=said):
        working(what, *arrays)


class InNumPy(layers.Dense):
    def call(self, x):
        return np.asarray(x) @ self.kernel.numpy()


def test_a_layer_that_leaves_the_tape():
    with pytest.raises(TypeError, match=r"from what InNumPy returned.*computes with Tensors.*in its call\(\)"):
        working(InNumPy(2), ROWS)


@pytest.mark.parametrize("name", ["dense", "gru", "attention", "ops.sparse", "binary"])
def test_without_a_tape(name):
    with no_gradients(), pytest.raises(TypeError, match="Leave `with no_gradients"):
        working(*EXAMPLES[name])


@pytest.mark.parametrize("what", EXAMPLES, ids=lambda name: name)
def test_nothing_that_exists_is_changed(what):
    what, *arrays = EXAMPLES[what]
    if not isinstance(what, layers.Layer):
        return
    before = [a.copy() for a in arrays]
    working(what, *arrays)
    weights = [w.data.copy() for w in what.weights]
    working(what, *arrays)
    for a, b in zip([*arrays, *(w.data for w in what.weights)], [*before, *weights], strict=True):
        np.testing.assert_array_equal(a, b)
    assert all(w.grad is None for w in what.weights)


@pytest.mark.parametrize(
    "name", ["dense", "conv2d", "max", "mean", "rnn", "gru", "lstm", "attention", "sparse", "adam"]
)
def test_every_backend_agrees_with_its_page(name, backend):
    assert "numbers were compared" in working(*EXAMPLES[name]).text


def test_tensors_and_whole_numbers_are_taken_as_well():
    assert working(DENSE, Tensor(ROWS)).text == working(DENSE, ROWS).text
    assert "255.0" in working(layers.Conv2D(1, 2), np.full((1, 3, 3, 1), 255, np.uint8)).text


def test_attention_with_a_mask_says_what_to_hand_over():
    with pytest.raises(TypeError, match=r"without a mask. Received: causal. .*q\[i : i \+ 1\], k\[: i \+ 1\]"):
        working(ops.attention, ROWS, ROWS, ROWS, causal=True)


def test_an_unknown_argument_is_guessed():
    with pytest.raises(TypeError, match="working has no argument 'att'.*Did you mean 'at'"):
        working(layers.Dense(2), ROWS, att=(0, 0))
