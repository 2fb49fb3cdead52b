import re
from html.parser import HTMLParser

import numpy as np
import pytest

from edunet import Model, Sequential, layers


@pytest.fixture
def chain():
    return Sequential(
        [layers.Dense(3, input_shape=(4,), name="first"), layers.BatchNormalization(name="bn")], name="small <model>"
    )


@pytest.fixture
def branched():
    x, shared = layers.Input((None, 4)), layers.Dense(4, name="both")
    return Model(x, layers.Add(name="sum")([shared(x), shared(shared(x))]))


def test_text_lists_layers_shapes_counts_and_operations(chain, capsys):
    chain.summary()
    text = capsys.readouterr().out
    for part in ("first (Dense)", "(None, 3)", "Total params: 27", "Trainable params: 21", "Non-trainable params: 6"):
        assert part in text
    assert re.search(r"first \(Dense\) +\(None, 3\) +15 +24\b", text)
    assert "Operations: 27 (for one example, forward)" in text  # 24, and one for each number that bn makes
    assert "Connected to" not in text


def test_branches_say_where_they_come_from(branched, capsys):
    branched.summary()
    text = capsys.readouterr().out
    assert re.search(r"sum \(Add\).*both$", text, re.MULTILINE)
    assert "shared" in text
    assert "for 100 steps where the length is open" in text


def test_text_can_go_elsewhere(chain):
    said = []
    chain.summary(print_fn=said.append)
    assert said[0].startswith("Model:")


def test_layers_inside_and_which_learn(chain):
    chain.layers[0].trainable = False
    x = layers.Input((4,))
    said = []
    Model(x, layers.Dense(1, name="last")(chain(x))).summary(100, None, said.append, True, show_trainable=True)
    assert re.search(r"^small <model> \(Sequential\) +\(None, 3\) +27 +27 +Y$", said[0], re.MULTILINE)
    assert re.search(r"^  first \(Dense\) +\(None, 3\) +15 +24 +N$", said[0], re.MULTILINE)
    assert re.search(r"^last \(Dense\) +\(None, 1\) +4 +6 +Y$", said[0], re.MULTILINE)
    assert "Total params: 31" in said[0]


class Reader(HTMLParser):
    """Collect tags, their styles and the text."""

    def __init__(self):
        super().__init__()
        self.tags, self.styles, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.styles.append(dict(attrs).get("style"))

    def handle_data(self, data):
        self.text += data


def test_html_has_the_same_numbers_and_brings_its_own_styles(chain):
    page = Reader()
    page.feed(chain._repr_html_())
    assert page.tags.count("th") == 4
    assert page.tags.count("td") == 8
    assert not {"script", "link", "style", "img"} & set(page.tags)
    assert all(style for tag, style in zip(page.tags, page.styles, strict=True) if tag in ("table", "th", "td"))
    for part in ("first (Dense)", "(None, 3)", "15", "24", "Total params: 27", "small <model>"):
        assert part in page.text


def test_before_there_are_weights():
    with pytest.raises(ValueError, match="no weights yet"):
        Sequential([layers.Dense(1)]).summary()
    assert "not built yet" in Sequential([layers.Dense(1)])._repr_html_()


def test_a_model_with_its_own_call_has_no_operations(capsys):
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, name="inside")

        def call(self, x):
            return self.dense(x)

    model = Own()
    model.predict([[1.0, 2.0]])
    model.summary()
    assert re.search(r"inside \(Dense\) +\? +6 +\?", capsys.readouterr().out)


def test_looking_at_a_stateful_model_leaves_its_states_alone():
    model = Sequential([layers.Input((5, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    x = np.random.default_rng(0).normal(size=(8, 5, 3))
    model.predict(x)
    before = [state.copy() for state in model.layers[0].states]
    model.summary(print_fn=lambda text: None)
    np.testing.assert_array_equal(model.layers[0].states, before)


def test_inputs_have_their_names():
    age = layers.Input((1,), name="age")
    said = []
    Model(age, layers.Add()([layers.Dense(1)(age), age])).summary(print_fn=said.append)
    assert re.search(r"\bdense\w*, age$", said[0], re.MULTILINE)
