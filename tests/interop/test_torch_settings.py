"""Weights are not copied into a module that computes something else with them."""

import numpy as np
import pytest

import edunet
from edunet import interop, layers

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-peers installs it aside")
nn = torch.nn

rng = np.random.default_rng(0)
SIGNAL = rng.normal(size=(3, 7, 4)).astype(np.float32)
IMAGE = rng.normal(size=(2, 9, 8, 4)).astype(np.float32)
FIRST = {"batch_first": True}


def encoder(**settings):
    return nn.TransformerEncoderLayer(4, 2, 6, **({"batch_first": True} | settings))


OTHERWISE = [
    (lambda: layers.SimpleRNN(5), lambda: nn.RNN(4, 5, nonlinearity="relu", **FIRST), "activation is 'tanh' here"),
    (lambda: layers.SimpleRNN(5), lambda: nn.RNN(4, 5), "make it with batch_first=True"),
    (lambda: layers.LSTM(5, activation="relu"), lambda: nn.LSTM(4, 5, **FIRST), "activation is 'relu' here"),
    (
        lambda: layers.GRU(5, recurrent_activation="hard_sigmoid"),
        lambda: nn.GRU(4, 5, **FIRST),
        "recurrent_activation is 'hard_sigmoid' here, it 'sigmoid' there",
    ),
    (lambda: layers.LSTM(5, go_backwards=True), lambda: nn.LSTM(4, 5, **FIRST), "go_backwards=True has no counterpart"),
    (
        lambda: layers.RNN(layers.LSTMCell(5), go_backwards=True),
        lambda: nn.LSTM(4, 5, **FIRST),
        r"\(RNN\): go_backwards=True has no counterpart there; turn x over before both",
    ),
    (
        lambda: edunet.Sequential([layers.Input((7, 4)), layers.RNN([layers.GRUCell(5)], go_backwards=True)]),
        lambda: nn.GRUCell(4, 5),
        r"\(RNN\): go_backwards=True has no counterpart there",
    ),
    (
        lambda: layers.Bidirectional(layers.LSTM(5, activation="relu")),
        lambda: nn.LSTM(4, 5, bidirectional=True, **FIRST),
        "activation is 'relu' here",
    ),
    (lambda: layers.TransformerEncoder(6, 2), lambda: encoder(norm_first=True), "normalize_first is False here"),
    (lambda: layers.TransformerEncoder(6, 2), lambda: encoder(activation="gelu"), "activation is 'relu' here"),
    (lambda: layers.TransformerEncoder(6, 2), lambda: encoder(batch_first=False), "batch_first=True"),
    (lambda: layers.GroupNormalization(2), lambda: nn.GroupNorm(4, 4), "groups is 2 here, num_groups 4 there"),
    (lambda: layers.Conv2D(5, 3), lambda: nn.Conv2d(4, 5, 3, stride=2), r"strides is \(1, 1\) here"),
    (lambda: layers.Conv2D(5, 3), lambda: nn.Conv2d(4, 5, 3, dilation=2), r"dilation_rate is \(1, 1\) here"),
    (lambda: layers.Conv2D(5, 3), lambda: nn.Conv2d(4, 5, 3, padding=1), "padding is 'valid' here"),
    (lambda: layers.Conv2D(5, 3, padding="same"), lambda: nn.Conv2d(4, 5, 3), "padding is 'same' here"),
    (
        lambda: layers.Conv2D(5, 3, padding="same"),
        lambda: nn.Conv2d(4, 5, 3, padding=1, padding_mode="reflect"),
        "the module pads with 'reflect'",
    ),
    (lambda: layers.Conv1D(5, 3, padding="causal"), lambda: nn.Conv1d(4, 5, 3, padding=2), "padding is 'causal' here"),
    (
        lambda: layers.Conv2DTranspose(5, 3, strides=2, padding="same"),
        lambda: nn.ConvTranspose2d(4, 5, 3, stride=2),
        "padding is 'same' here",
    ),
    (
        lambda: layers.SeparableConv2D(5, 3),
        lambda: nn.Sequential(nn.Conv2d(4, 4, 3, groups=4, bias=False), nn.Conv2d(4, 5, 1, stride=2)),
        "the second convolution goes by single places",
    ),
    (
        lambda: layers.SeparableConv2D(5, 3),
        lambda: nn.Sequential(nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 5, 1)),
        "the first convolution has a bias; make it with bias=False",
    ),
    (
        lambda: layers.Conv2DTranspose(5, 2, strides=3),
        lambda: nn.ConvTranspose2d(4, 5, 2, stride=3),
        "padding is 'valid' here",
    ),
    (
        lambda: layers.Conv2DTranspose(5, 2, strides=2, padding="same", output_padding=1),
        lambda: nn.ConvTranspose2d(4, 5, 2, stride=2),
        r"padding is 'same' here, .* output_padding \(1, 1\) here, \(0, 0\) there",
    ),
    (
        lambda: layers.BatchNormalization(axis=1),
        lambda: nn.BatchNorm2d(9),
        "normalises axis 1, the module the channels",
    ),
    (lambda: layers.LayerNormalization(axis=1), lambda: nn.LayerNorm(7), "normalises axis 1, the module the last axis"),
    (
        lambda: layers.GroupNormalization(2, axis=2),
        lambda: nn.GroupNorm(2, 8),
        "normalises axis 2, the module the chan",
    ),
]


@pytest.mark.parametrize(("make", "module", "message"), OTHERWISE)
def test_other_settings_are_refused_before_anything_changes(make, module, message):
    layer, other = make(), module()
    layer(IMAGE if any(part in type(layer).__name__ for part in ("2D", "Group", "Batch")) else SIGNAL)
    before = [p.detach().clone() for p in other.parameters()]
    for move in (interop.weights_to_torch, interop.weights_from_torch):
        with pytest.raises(ValueError, match=message):
            move(layer, other)
    assert all(torch.equal(a, b) for a, b in zip(before, other.parameters(), strict=True))


ALIKE = [
    (lambda: layers.Conv2D(5, 3, padding="same"), lambda: nn.Conv2d(4, 5, 3, padding=1)),
    (lambda: layers.Conv2D(5, 3, padding="same", dilation_rate=2), lambda: nn.Conv2d(4, 5, 3, padding=2, dilation=2)),
    (lambda: layers.Conv2D(5, (5, 3), padding="same"), lambda: nn.Conv2d(4, 5, (5, 3), padding="same")),
    (lambda: layers.Conv2D(5, 1, strides=2, padding="same"), lambda: nn.Conv2d(4, 5, 1, stride=2)),
    (lambda: layers.Conv2D(5, 3, strides=(2, 1), padding="same"), lambda: nn.Conv2d(4, 5, 3, (2, 1), padding=1)),
    (
        lambda: layers.Conv2DTranspose(5, 4, strides=2, padding="same"),
        lambda: nn.ConvTranspose2d(4, 5, 4, stride=2, padding=1),
    ),
    (lambda: layers.Conv2DTranspose(5, 2, strides=3), lambda: nn.ConvTranspose2d(4, 5, 2, stride=3, output_padding=1)),
    (
        lambda: layers.Conv2DTranspose(5, 3, strides=2, output_padding=1),
        lambda: nn.ConvTranspose2d(4, 5, 3, stride=2, output_padding=1),
    ),
    (
        lambda: edunet.Sequential([layers.Input((9, 8, 4)), layers.ZeroPadding2D(1), layers.Conv2D(5, 3)]),
        lambda: nn.Conv2d(4, 5, 3, padding=1),
    ),
    (
        lambda: layers.Conv2D(5, 3, strides=2, padding="same"),
        lambda: nn.Sequential(nn.ZeroPad2d((0, 1, 1, 1)), nn.Conv2d(4, 5, 3, stride=2)),
    ),
]


@pytest.mark.parametrize(("make", "module"), ALIKE)
def test_what_only_looks_different_is_copied_and_computes_the_same(make, module):
    layer, other = make(), module()
    expected = layer(IMAGE).numpy()
    interop.weights_to_torch(layer, other)
    y = other(torch.from_numpy(np.moveaxis(IMAGE, -1, 1).copy())).detach().numpy()
    np.testing.assert_allclose(np.moveaxis(y, 1, -1), expected, rtol=1e-4, atol=1e-5)


def test_steps_may_be_normalised_on_both_sides():
    layer, module = layers.BatchNormalization(axis=1), nn.BatchNorm1d(7).eval()
    layer(SIGNAL)
    layer.set_weights([rng.uniform(0.5, 2, 7) for _ in layer.weights])
    interop.weights_to_torch(layer, module)
    y = module(torch.from_numpy(SIGNAL)).detach().numpy()
    np.testing.assert_allclose(y, layer(SIGNAL).numpy(), atol=1e-5)


def test_statistics_that_the_module_has_no_place_for():
    model = edunet.Sequential(
        [layers.Input((4,)), layers.Normalization(mean=np.ones(4), variance=np.ones(4)), layers.Dense(2)]
    )
    with pytest.raises(ValueError, match="has a mean and a variance, the module has no place"):
        interop.weights_to_torch(model, nn.Sequential(nn.Linear(4, 2)))


@pytest.mark.parametrize(
    ("wrong", "received"),
    [
        (lambda a, b: (b, a), "Received: Linear, Dense"),
        (lambda a, b: (a, b.state_dict()), "Received: Dense, OrderedDict"),
        (lambda a, b: (a, "model.pt"), "Received: Dense, str"),
        (lambda a, b: (a, b.bfloat16()), "Received: torch.bfloat16. Type module.float"),
    ],
)
def test_wrong_objects_are_told_as_such(wrong, received):
    layer = layers.Dense(2)
    layer(SIGNAL)
    for move in (interop.weights_to_torch, interop.weights_from_torch):
        with pytest.raises(TypeError, match=received):
            move(*wrong(layer, nn.Linear(4, 2)))
