"""Weights to and from PyTorch: with them copied, both compute the same; there and back nothing is lost."""

import numpy as np
import pytest

import edunet
from edunet import interop, layers
from edunet.interop.rows import channels_first_rows, channels_last_rows

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-peers installs it aside")
nn = torch.nn

rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


TABLE, SIGNAL, IMAGE = normal(4, 6), normal(3, 7, 4), normal(2, 9, 8, 4)


def first(x):  # channels
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1)))


def last(y):
    return np.moveaxis(y.detach().numpy(), 1, -1)


def images(module, x):
    return last(module(first(x)))


def plainly(module, x):
    return module(torch.from_numpy(x)).detach().numpy()


def sequences(module, x):
    return module(torch.from_numpy(x))[0].detach().numpy()


def one_step(module, x):
    h = module(torch.from_numpy(x))
    return (h[0] if isinstance(h, tuple) else h).detach().numpy()


def step_by_step(modules, x):
    """Read a sequence with cells, each of which reads what the one before gives; return the last state."""
    states = [None] * len(modules)
    for x_t in torch.from_numpy(x).unbind(1):
        for i, cell in enumerate(modules):
            states[i] = cell(x_t, states[i])
            x_t = states[i][0] if isinstance(states[i], tuple) else states[i]
    return x_t.detach().numpy()


def at_its_place(module, x):
    return x + module.weight[: x.shape[1]].detach().numpy()


def self_attention(module, x):
    x = torch.from_numpy(x)
    return module(x, x, x)[0].detach().numpy()


class Separable(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(4, 8, 3, groups=4, bias=False), nn.Conv2d(8, 5, 1))


SEQUENCE = {"return_sequences": True}
CASES = {
    "Dense": (lambda L: L.Dense(5), lambda: nn.Linear(6, 5), TABLE, plainly),
    "Dense without bias": (lambda L: L.Dense(5, use_bias=False), lambda: nn.Linear(6, 5, bias=False), TABLE, plainly),
    "Conv1D": (lambda L: L.Conv1D(5, 3), lambda: nn.Conv1d(4, 5, 3), SIGNAL, images),
    "Conv2D": (lambda L: L.Conv2D(5, (3, 2), strides=2), lambda: nn.Conv2d(4, 5, (3, 2), stride=2), IMAGE, images),
    "Conv2D groups": (lambda L: L.Conv2D(6, 3, groups=2), lambda: nn.Conv2d(4, 6, 3, groups=2), IMAGE, images),
    "DepthwiseConv2D": (
        lambda L: L.DepthwiseConv2D(3, depth_multiplier=2),
        lambda: nn.Conv2d(4, 8, 3, groups=4),
        IMAGE,
        images,
    ),
    "SeparableConv2D": (lambda L: L.SeparableConv2D(5, 3, depth_multiplier=2), Separable, IMAGE, images),
    "Conv2DTranspose": (
        lambda L: L.Conv2DTranspose(5, 3, strides=2),
        lambda: nn.ConvTranspose2d(4, 5, 3, stride=2),
        IMAGE,
        images,
    ),
    "Conv1DTranspose": (
        lambda L: L.Conv1DTranspose(5, 3, strides=2),
        lambda: nn.ConvTranspose1d(4, 5, 3, stride=2),
        SIGNAL,
        images,
    ),
    "BatchNormalization": (lambda L: L.BatchNormalization(), lambda: nn.BatchNorm2d(4), IMAGE, images),
    "BatchNormalization of rows": (lambda L: L.BatchNormalization(), lambda: nn.BatchNorm1d(6), TABLE, plainly),
    "LayerNormalization": (lambda L: L.LayerNormalization(), lambda: nn.LayerNorm(4), SIGNAL, plainly),
    "GroupNormalization": (lambda L: L.GroupNormalization(2), lambda: nn.GroupNorm(2, 4), IMAGE, images),
    "Embedding": (lambda L: L.Embedding(9, 4), lambda: nn.Embedding(9, 4), rng.integers(0, 9, (3, 5)), plainly),
    "PositionEmbedding": (lambda L: L.PositionEmbedding(9), lambda: nn.Embedding(9, 4), SIGNAL, at_its_place),
    "PReLU": (lambda L: L.PReLU(shared_axes=[1, 2]), lambda: nn.PReLU(4), IMAGE, images),
    "PReLU, one slope": (lambda L: L.PReLU(shared_axes=[1, 2]), lambda: nn.PReLU(), SIGNAL, plainly),
    "PReLU of rows": (lambda L: L.PReLU(), lambda: nn.PReLU(6), TABLE, plainly),
    "TimeDistributed": (lambda L: L.TimeDistributed(L.Dense(5)), lambda: nn.Linear(4, 5), SIGNAL, plainly),
    "Residual": (lambda L: L.Residual(L.Dense(4)), lambda: nn.Linear(4, 4), SIGNAL, lambda m, x: x + plainly(m, x)),
    "SimpleRNN": (lambda L: L.SimpleRNN(5, **SEQUENCE), lambda: nn.RNN(4, 5, batch_first=True), SIGNAL, sequences),
    "LSTM": (lambda L: L.LSTM(5, **SEQUENCE), lambda: nn.LSTM(4, 5, batch_first=True), SIGNAL, sequences),
    "GRU": (lambda L: L.GRU(5, **SEQUENCE), lambda: nn.GRU(4, 5, batch_first=True), SIGNAL, sequences),
    "LSTM without bias": (
        lambda L: L.LSTM(5, use_bias=False, **SEQUENCE),
        lambda: nn.LSTM(4, 5, bias=False, batch_first=True),
        SIGNAL,
        sequences,
    ),
    "SimpleRNNCell": (lambda L: L.SimpleRNNCell(5), lambda: nn.RNNCell(6, 5), TABLE, one_step),
    "LSTMCell": (lambda L: L.LSTMCell(5), lambda: nn.LSTMCell(6, 5), TABLE, one_step),
    "GRUCell": (lambda L: L.GRUCell(5), lambda: nn.GRUCell(6, 5), TABLE, one_step),
    "GRUCell without bias": (
        lambda L: L.GRUCell(5, use_bias=False),
        lambda: nn.GRUCell(6, 5, bias=False),
        TABLE,
        one_step,
    ),
    "RNN of SimpleRNNCell": (
        lambda L: L.RNN(L.SimpleRNNCell(5), **SEQUENCE),
        lambda: nn.RNN(4, 5, batch_first=True),
        SIGNAL,
        sequences,
    ),
    "RNN of LSTMCell": (
        lambda L: L.RNN(L.LSTMCell(5), **SEQUENCE),
        lambda: nn.LSTM(4, 5, batch_first=True),
        SIGNAL,
        sequences,
    ),
    "RNN of GRUCell": (
        lambda L: L.RNN(L.GRUCell(5), **SEQUENCE),
        lambda: nn.GRU(4, 5, batch_first=True),
        SIGNAL,
        sequences,
    ),
    "RNN of several cells": (
        lambda L: L.RNN([L.LSTMCell(5), L.GRUCell(3)]),
        lambda: nn.ModuleList([nn.LSTMCell(4, 5), nn.GRUCell(5, 3)]),
        SIGNAL,
        step_by_step,
    ),
    "Bidirectional RNN of LSTMCell": (
        lambda L: L.Bidirectional(L.RNN(L.LSTMCell(5), **SEQUENCE)),
        lambda: nn.LSTM(4, 5, batch_first=True, bidirectional=True),
        SIGNAL,
        sequences,
    ),
    "Bidirectional": (
        lambda L: L.Bidirectional(L.GRU(5, **SEQUENCE)),
        lambda: nn.GRU(4, 5, batch_first=True, bidirectional=True),
        SIGNAL,
        sequences,
    ),
    "MultiHeadAttention": (
        lambda L: L.MultiHeadAttention(2, 2),
        lambda: nn.MultiheadAttention(4, 2, batch_first=True),
        SIGNAL,
        self_attention,
    ),
    "TransformerEncoder": (
        lambda L: L.TransformerEncoder(6, 2),
        lambda: nn.TransformerEncoderLayer(4, 2, 6, batch_first=True),
        SIGNAL,
        plainly,
    ),
}


def built(case):
    """Return the layer with random weights, the module, data, and how the module is used."""
    make, theirs, x, use = CASES[case]
    layer = make(layers)
    ours(layer, x)
    layer.set_weights([abs(normal(*w.shape)) + 0.1 for w in layer.weights])  # a variance must be positive
    return layer, theirs().eval(), x, use


def ours(layer, x):
    if isinstance(layer, layers.MultiHeadAttention):
        return layer(x, x).numpy()
    if layer.__class__.__name__.endswith("Cell"):
        return layer(x, layer.get_initial_state(len(x)))[0].numpy()
    return layer(x).numpy()


def assert_close(a, b):
    assert a.shape == b.shape
    assert abs(a - b).max() <= 1e-5 * abs(b).max()


@pytest.mark.parametrize("case", CASES)
def test_both_compute_the_same(case):
    layer, module, x, use = built(case)
    assert interop.weights_to_torch(layer, module) is module
    assert_close(ours(layer, x), use(module, x))


@pytest.mark.parametrize("case", CASES)
def test_what_pytorch_has_drawn_comes_here(case):
    layer, module, x, use = built(case)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    assert interop.weights_from_torch(layer, module) is layer
    assert_close(ours(layer, x), use(module, x))


@pytest.mark.parametrize("case", CASES)
def test_there_and_back_nothing_is_lost(case):
    layer, module, _, _ = built(case)
    before = layer.get_weights()
    interop.weights_to_torch(layer, module)
    layer.set_weights([np.zeros_like(w) for w in before])
    interop.weights_from_torch(layer, module)
    for a, b in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


# ---------------------------------------------------------------- whole models


def image_models():
    model = edunet.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(9, 8, 4)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.BatchNormalization(),
            layers.PReLU(),
            layers.Dropout(0.5),
            layers.Dense(36, activation="relu"),
            layers.Dense(3),
        ]
    )
    model.set_weights([abs(normal(*w.shape)) + 0.1 for w in model.weights])
    module = nn.Sequential(
        nn.Conv2d(4, 4, 3),
        nn.ReLU(),
        nn.BatchNorm2d(4),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.BatchNorm1d(36),
        nn.PReLU(36),
        nn.Dropout(),
        nn.Linear(36, 36),
        nn.ReLU(),
        nn.Linear(36, 3),
    )
    return model, module.eval()


def test_the_rows_after_flatten_change_places():
    model, module = image_models()
    interop.weights_to_torch(model, module)
    with torch.no_grad():
        assert_close(model.predict(IMAGE), module(first(IMAGE)).numpy())


def test_a_model_comes_back_as_it_was():
    model, module = image_models()
    before = model.get_weights()
    interop.weights_to_torch(model, module)
    model.set_weights([np.zeros_like(w) for w in before])
    interop.weights_from_torch(model, module)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_sequences_are_flattened_the_same_on_both_sides():
    model = edunet.Sequential([layers.GRU(5, **SEQUENCE, input_shape=(7, 4)), layers.Flatten(), layers.Dense(2)])

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru, self.dense = nn.GRU(4, 5, batch_first=True), nn.Linear(35, 2)

        def forward(self, x):
            return self.dense(self.gru(x)[0].flatten(1))

    module = interop.weights_to_torch(model, Net())
    assert_close(model.predict(SIGNAL), plainly(module, SIGNAL))


def image_part(*after):
    return [layers.Input((5, 4, 3)), layers.Conv2D(4, 3, padding="same"), *after, layers.Dense(2)]


@pytest.mark.parametrize(
    "after",
    [
        lambda: [layers.Residual([layers.Conv2D(4, 1)]), layers.Flatten()],
        lambda: [layers.Reshape((-1,))],
        lambda: [layers.RandomFlip(), layers.Flatten()],
        lambda: [edunet.Sequential([layers.Input((5, 4, 4)), layers.Activation("tanh"), layers.Flatten()])],
        lambda: [layers.Reshape((5, 4, 4)), layers.Flatten(), layers.Reshape((80,))],
        lambda: [layers.Flatten(), layers.Reshape((5, 4, 4)), layers.Flatten()],
    ],
)
def test_the_rows_change_places_whatever_stands_before_flatten(after):
    model = edunet.Sequential(image_part(*after()))
    dense = model.layers[-1]
    convolutions = [nn.Conv2d(3, 4, 3, padding="same")] + [nn.Conv2d(4, 4, 1)] * (len(model.weights) > 4)
    module = nn.Sequential(*convolutions, nn.Linear(80, 2))
    interop.weights_to_torch(model, module)
    expected = channels_first_rows(dense.kernel.data, (5, 4, 4)).T
    np.testing.assert_array_equal(module[-1].weight.detach().numpy(), expected)


@pytest.mark.parametrize("slopes", [1, 4])
def test_the_rows_change_places_behind_slopes_of_signals(slopes):
    shared = [1] if slopes > 1 else [1, 2]
    stack = [layers.Conv1D(4, 3), layers.PReLU(shared_axes=shared), layers.Flatten(), layers.Dense(2)]
    model = edunet.Sequential([layers.Input((7, 4)), *stack])
    module = nn.Sequential(nn.Conv1d(4, 4, 3), nn.PReLU(slopes), nn.Flatten(), nn.Linear(20, 2))
    interop.weights_from_torch(model, module)
    assert_close(model.predict(SIGNAL), module(first(SIGNAL)).detach().numpy())


@pytest.mark.parametrize(
    "after",
    [
        lambda: [layers.Permute((2, 1, 3)), layers.Flatten()],
        lambda: [layers.Dense(4), layers.Flatten()],  # PyTorch may turn them back, or not
        lambda: [layers.Reshape((10, 8)), layers.Flatten()],
        lambda: [layers.Flatten(), layers.Residual([layers.Dense(80)])],
        lambda: [layers.Flatten(), layers.Dense(80), layers.Reshape((5, 4, 4)), layers.Conv2D(2, 1), layers.Flatten()],
    ],
)
def test_an_order_that_is_not_known_is_refused(after):
    model = edunet.Sequential(image_part(*after()))
    with pytest.raises(ValueError, match="in which order PyTorch has them there is not known"):
        interop.rows.flattened_before(model)


@pytest.mark.parametrize(
    "stack",
    [
        lambda: [layers.Input((7, 4)), layers.Conv1D(5, 3), layers.LSTM(3, return_sequences=True), layers.Flatten()],
        lambda: [layers.Input((28,)), layers.Dense(28), layers.Reshape((7, 4)), layers.LSTM(3)],
        lambda: [
            layers.Input((7, 4)),
            layers.GRU(3, return_sequences=True),
            layers.BatchNormalization(),
            layers.GRU(3),
        ],
        lambda: [layers.Input((7,)), layers.Embedding(9, 4), layers.Conv1D(3, 3), layers.GlobalAveragePooling1D()],
        lambda: [layers.Input((28,)), layers.Reshape((7, 4, 1)), layers.Conv2D(3, 3), layers.GlobalMaxPooling2D()],
        lambda: [
            layers.Input((6, 5, 4)),
            layers.Conv2D(8, 3),
            layers.Reshape((12, 8)),
            layers.TransformerEncoder(6, 2),
        ],
    ],
)
def test_rows_that_stay(stack):
    assert interop.rows.flattened_before(edunet.Sequential([*stack(), layers.Dense(2)])) == {}


def test_a_model_that_is_not_drawn_and_flattens_images_is_refused():
    class Own(edunet.Model):
        def __init__(self):
            super().__init__()
            self.conv, self.flatten, self.dense = layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)

        def call(self, x):
            return self.dense(self.flatten(self.conv(x)))

    model = Own()
    model(IMAGE)
    with pytest.raises(ValueError, match="flattens images, but it is not drawn"):
        interop.weights_to_torch(model, nn.Sequential(nn.Conv2d(4, 2, 3), nn.Linear(84, 2)))


def test_rows_there_and_back():
    w = normal(24, 3)
    np.testing.assert_array_equal(channels_last_rows(channels_first_rows(w, (2, 4, 3)), (2, 4, 3)), w)
    image = normal(2, 4, 3)
    np.testing.assert_array_equal(channels_first_rows(image.ravel(), image.shape), first(image[None]).numpy().ravel())


def test_epsilon_and_momentum_go_along():
    layer, module, _, _ = built("BatchNormalization")
    interop.weights_to_torch(layer, module)
    assert (module.eps, module.momentum) == (layer.epsilon, pytest.approx(0.01))
    module.eps, module.momentum = 1e-5, 0.1
    interop.weights_from_torch(layer, module)
    assert (layer.epsilon, layer.momentum) == (1e-5, 0.9)


# ---------------------------------------------------------------- what does not correspond


@pytest.mark.parametrize(
    ("layer", "module", "message"),
    [
        (layers.Dense(5), nn.Linear(6, 4), r"kernel would be weight \(5, 6\) in PyTorch.*has \(4, 6\)"),
        (layers.Dense(5), nn.Linear(6, 5, bias=False), "has a bias, the module .* has no bias: make both"),
        (layers.Dense(5), nn.Conv1d(6, 5, 1), "would be Linear in PyTorch. Found there: Conv1d"),
        (
            layers.Dense(5),
            nn.Sequential(),
            "Found there: nothing more. With weights, in order, here: Dense; in PyTorch",
        ),
        (layers.Dense(5), nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 1)), "the module has more: Linear"),
        (layers.Dense(5), nn.Bilinear(6, 6, 5), "no layer here is known to hold the same weights"),
    ],
)
def test_what_differs_is_named(layer, module, message):
    layer(TABLE)
    before = layer.get_weights()
    for move in (interop.weights_to_torch, interop.weights_from_torch):
        with pytest.raises(ValueError, match=message):
            move(layer, module)
    np.testing.assert_array_equal(layer.get_weights()[0], before[0])


@pytest.mark.parametrize(
    ("layer", "module", "message"),
    [
        (layers.GRU(5, reset_after=False), nn.GRU(4, 5), "needs reset_after=True"),
        (layers.LSTM(5), nn.LSTM(4, 5, num_layers=2), "it has 2 layers; make one module for each"),
        (layers.LSTM(5), nn.LSTM(4, 5, bidirectional=True), r"here that is Bidirectional\(LSTM"),
        (layers.RNN(layers.LSTMCell(5)), nn.LSTM(4, 5, bidirectional=True), r"here that is Bidirectional\(LSTM\("),
        (layers.RNN(layers.GRUCell(5, reset_after=False)), nn.GRU(4, 5), "needs reset_after=True"),
        (
            layers.Bidirectional(layers.RNN([layers.LSTMCell(5)])),
            nn.LSTM(4, 5, bidirectional=True),
            r"\(StackedRNNCells\): no module of PyTorch",
        ),
    ],
)
def test_sequences_that_are_read_otherwise_are_refused(layer, module, message):
    layer(SIGNAL)
    with pytest.raises(ValueError, match=message):
        interop.weights_to_torch(layer, module)


def test_slopes_of_places_are_refused():
    layer = layers.PReLU()
    layer(IMAGE)
    with pytest.raises(ValueError, match=r"for each channel, or one for all: make .* PReLU\(shared_axes=\[1, 2\]\)"):
        interop.weights_to_torch(layer, nn.PReLU(4))


def test_other_heads_are_refused():
    layer = layers.MultiHeadAttention(2, 2)
    layer(SIGNAL, SIGNAL)
    with pytest.raises(ValueError, match="it has 4 heads, the layer 2"):
        interop.weights_to_torch(layer, nn.MultiheadAttention(4, 4))


def test_nothing_is_changed_when_a_later_layer_does_not_fit():
    model = edunet.Sequential([layers.Dense(5, input_shape=(6,)), layers.Dense(2)])
    module = nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 3))
    before = module[0].weight.clone()
    with pytest.raises(ValueError, match="dense"):
        interop.weights_to_torch(model, module)
    assert torch.equal(module[0].weight, before)


def test_a_layer_of_ones_own_with_weights_is_refused():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((input_shape[-1],))

        def call(self, x):
            return x * self.factor

    model = edunet.Sequential([Scale(input_shape=(6,)), layers.Dense(5)])
    with pytest.raises(ValueError, match=r"scale.* has weights whose place in PyTorch is not known here"):
        interop.weights_to_torch(model, nn.Linear(6, 5))


def test_a_layer_that_was_never_built_is_refused():
    with pytest.raises(ValueError, match="has no weights yet"):
        interop.weights_to_torch(layers.Dense(5), nn.Linear(6, 5))
