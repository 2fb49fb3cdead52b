"""States and gates over time: the numbers of the layer, and the layer's own output from the formulas drawn."""

import numpy as np
import pytest

from edunet import layers, models, show

KINDS = [layers.SimpleRNN, layers.GRU, layers.LSTM]
VARIANTS = [
    (layers.GRU, {}),
    (layers.GRU, {"reset_after": False}),
    (layers.LSTM, {}),
    (layers.LSTM, {"use_bias": False}),
]


def ready(kind, units, x, **options):
    """Return a layer that has weights, biases included, which at the start are zero."""
    layer = kind(units, **options)
    layer(x[None])
    rng = np.random.default_rng(1)
    layer.set_weights([w + rng.normal(0, 0.3, w.shape) for w in layer.get_weights()])
    return layer


@pytest.fixture
def x(rng):
    return rng.normal(size=(12, 3)).astype(np.float32)


def curves(axes):
    """Return what is drawn over all steps, (T,U)."""
    if axes.images:
        return np.asarray(axes.images[0].get_array()).T
    return np.array([line.get_ydata() for line in axes.lines if len(line.get_ydata()) > 2]).T


def panels(figure):
    return {
        axes.get_title(loc="left").split(":")[0]: curves(axes) for axes in figure.axes if axes.get_title(loc="left")
    }


@pytest.mark.parametrize("units", [3, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_states_are_those_of_the_layer_at_every_step(x, kind, units):
    layer = ready(kind, units, x)
    states = curves(show.hidden_states(layer, x).axes[0])
    for t in (1, 5, 12):  # what the layer says when the sequence ends there
        np.testing.assert_allclose(states[t - 1], np.asarray(layer(x[None, :t]))[0], atol=1e-6)
    assert not layer.return_sequences


def test_states_may_be_given(rng):
    states = rng.normal(size=(5, 2))
    np.testing.assert_array_equal(curves(show.hidden_states(states).axes[0]), states)
    np.testing.assert_array_equal(curves(show.hidden_states(states[None]).axes[0]), states)


def test_few_units_are_told_apart_without_colour(x, words):
    figure = show.hidden_states(ready(layers.GRU, 4, x), x, names=["a", "b", "c", "d"])
    lines = figure.axes[0].lines
    assert len({line.get_linestyle() for line in lines}) == len({line.get_marker() for line in lines}) == 4
    assert {"a", "b", "c", "d", "step", "h"} <= set(words(figure))


def test_many_units_are_rows(x):
    figure = show.hidden_states(ready(layers.GRU, 40, x), x, time="hour")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()][:2] == ["unit 0", "unit 3"]
    assert axes.get_xlabel() == "hour"
    assert figure.get_suptitle() == "What 40 units remember"
    assert figure.axes[1].get_ylabel() == "h"  # the scale


@pytest.mark.parametrize("units", [2, 8])
def test_events_stand_at_their_steps(x, units):
    figure = show.hidden_states(ready(layers.GRU, units, x), x, events={9: "fever", 3: "drug"})
    axes = figure.axes[0]
    upright = {line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2}
    assert upright == {3, 9}
    assert {text.get_text(): text.xy[0] for text in axes.texts} == {"drug": 3, "fever": 9}


def test_words_that_would_meet_stand_in_two_rows(x):
    figure = show.hidden_states(x, events={3: "antibiotic", 4: "rash", 10: "home"})
    heights = {text.get_text(): text.xyann[1] for text in figure.axes[0].texts}
    assert heights["antibiotic"] == heights["home"] > heights["rash"]


@pytest.mark.parametrize("units", [2, 6])
@pytest.mark.parametrize(("kind", "options"), VARIANTS)
def test_the_formulas_drawn_give_the_output_of_the_layer(x, kind, options, units):
    layer = ready(kind, units, x, **options)
    drawn = panels(show.gates(layer, x))
    layer.return_sequences = True
    np.testing.assert_allclose(drawn["hidden state h"], np.asarray(layer(x[None]))[0], atol=1e-6)


def test_a_gru_has_two_gates(x):
    layer = ready(layers.GRU, 2, x)
    drawn = panels(show.gates(layer, x))
    assert list(drawn) == ["update gate z", "reset gate r", "hidden state h"]
    wx, _, b = layer.get_weights()
    np.testing.assert_allclose(drawn["update gate z"][0], 1 / (1 + np.exp(-(x[0] @ wx + b.sum(0))[:2])), rtol=1e-5)


def test_an_lstm_has_three_gates_and_a_cell(x):
    drawn = panels(show.gates(ready(layers.LSTM, 6, x), x))
    assert list(drawn) == ["input gate i", "forget gate f", "output gate o", "cell state c", "hidden state h"]
    i, f, o, c, h = drawn.values()
    assert min(gate.min() for gate in (i, f, o)) > 0
    assert max(gate.max() for gate in (i, f, o)) < 1
    np.testing.assert_allclose(h, o * np.tanh(c), atol=1e-6)


def test_an_update_gate_forced_open_keeps_the_state(x):
    layer = ready(layers.GRU, 2, x)
    wx, wh, b = layer.get_weights()
    b[0, :2] = 50  # the first U of the 3U biases are those of z
    layer.set_weights([wx, wh, b])
    drawn = panels(show.gates(layer, x))
    np.testing.assert_allclose(drawn["update gate z"], 1)
    np.testing.assert_allclose(drawn["hidden state h"], 0, atol=1e-6)


def test_gates_are_drawn_from_0_to_1(x):
    for axes in show.gates(ready(layers.GRU, 6, x), x).axes[:2]:
        assert axes.images[0].get_clim() == (0, 1)
    for axes in show.gates(ready(layers.GRU, 2, x), x).axes[:2]:
        assert axes.get_ylim() == (-0.05, 1.05)


def test_layers_of_another_kind(x):
    model = models.Sequential([layers.GRU(2, input_shape=(12, 3))])
    with pytest.raises(TypeError, match=r"expected a GRU or LSTM.*model.layers\[0\]"):
        show.gates(model, x)
    with pytest.raises(TypeError, match="expected a GRU or LSTM"):
        show.gates(ready(layers.SimpleRNN, 2, x), x)
    with pytest.raises(TypeError, match="SimpleRNN, GRU or LSTM"):
        show.hidden_states(layers.Dense(2), x)
    with pytest.raises(TypeError, match="a layer before x"):
        show.hidden_states(x, x)


def test_layers_whose_steps_or_curves_are_others(x):
    with pytest.raises(ValueError, match="other activations than tanh and sigmoid"):
        show.gates(ready(layers.GRU, 2, x, activation="relu"), x)
    with pytest.raises(ValueError, match="goes backwards"):
        show.hidden_states(ready(layers.GRU, 2, x, go_backwards=True), x)


def test_drawing_leaves_the_states_of_a_stateful_layer_alone(x):
    layer = ready(layers.LSTM, 2, x, stateful=True, return_state=True)
    kept = [state.copy() for state in layer.states]
    assert curves(show.hidden_states(layer, x).axes[0]).shape == (12, 2)
    np.testing.assert_array_equal(layer.states, kept)


def test_layers_without_weights(x):
    for draw in (show.gates, show.hidden_states):
        with pytest.raises(ValueError, match="no weights yet"):
            draw(layers.GRU(2), x)


def test_patients_that_do_not_fit(x):
    layer = ready(layers.GRU, 2, x)
    with pytest.raises(ValueError, match="of which patient"):
        show.hidden_states(layer)
    with pytest.raises(ValueError, match=r"For the first patient type x\[0\]"):
        show.gates(layer, np.stack([x, x]))
    with pytest.raises(ValueError, match=r"x\[:, None\]"):
        show.hidden_states(x[:, 0])
    with pytest.raises(ValueError, match="reads 3 measurements"):
        show.gates(layer, x[:, :2])


def test_names_and_events_that_do_not_fit(x):
    layer = ready(layers.GRU, 2, x)
    with pytest.raises(ValueError, match="one name for each of 2 units"):
        show.gates(layer, x, names=["a"])
    for step in (12, -1, "fever"):
        with pytest.raises(ValueError, match="steps from 0 to 11"):
            show.hidden_states(layer, x, events={step: "?"})


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_patients_are_marked(x, words, synthetic):
    layer = ready(layers.LSTM, 2, x)
    for figure in (show.gates(layer, x, synthetic=synthetic), show.hidden_states(layer, x, synthetic=synthetic)):
        assert ("SYNTHETIC data" in words(figure)) == synthetic
