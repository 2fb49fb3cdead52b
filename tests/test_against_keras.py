"""The same layers, losses, optimizers and trainings in Keras itself: with copied weights the numbers must agree.

A case is a function of Keras's `layers` or of ours: one spelling makes both, which is the claim under test.
Left out, because they differ on purpose or by a fault of one backend of Keras: the exact AUC; `Attention`, which here
divides by √d; the mean of "same" padding, for which Keras on PyTorch repeats the edge; and layer norms along other axes
than the last, for which
it raises.
"""

import inspect
import os
import warnings

import numpy as np
import pytest

import edunet
from edunet.layers.symbol import replace

torch = pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers")
    from keras.src.backend.common import dtypes

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
BOTH = (keras, edunet)
rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def plain(x):
    return x.numpy() if isinstance(x, edunet.Tensor) else np.asarray(keras.ops.convert_to_numpy(x))


def with_equal_weights(make):
    """Build in both; give both the same weights, which also compares their number, shapes and order."""
    theirs, ours = (make(library.layers, library.models) for library in BOTH)
    ours.set_weights(theirs.get_weights())
    return theirs, ours


# ---------------------------------------------------------------- layers

TABLE, SIGNAL, IMAGE = normal(4, 6), normal(3, 7, 4), normal(2, 9, 8, 3)
LOOKS = rng.random((3, 7, 7)) < 0.6
LOOKS[..., 0] = True

LAYERS = {
    "Dense tanh": (lambda L: L.Dense(5, activation="tanh"), TABLE),
    "Dense gelu": (lambda L: L.Dense(5, activation="gelu"), TABLE),
    "Dense softmax": (lambda L: L.Dense(5, activation="softmax"), TABLE),
    "Dense on sequences": (lambda L: L.Dense(5, use_bias=False), SIGNAL),
    "Conv2D": (lambda L: L.Conv2D(4, (3, 2), activation="relu"), IMAGE),
    "Conv2D same, strides": (lambda L: L.Conv2D(4, 3, strides=(2, 3), padding="same"), IMAGE),
    "Conv2D same, even": (lambda L: L.Conv2D(4, (2, 4), padding="same"), IMAGE),
    "Conv2D dilation": (lambda L: L.Conv2D(4, 2, dilation_rate=(3, 2)), IMAGE),
    "Conv1D": (lambda L: L.Conv1D(4, 3), SIGNAL),
    "Conv1D groups": (lambda L: L.Conv1D(4, 3, groups=2), SIGNAL),
    "Conv1D same, strides": (lambda L: L.Conv1D(4, 3, strides=2, padding="same"), SIGNAL),
    "Conv1D causal, dilation": (lambda L: L.Conv1D(4, 3, dilation_rate=2, padding="causal"), SIGNAL),
    "Conv2D groups": (lambda L: L.Conv2D(6, 3, groups=3), IMAGE),
    "DepthwiseConv2D": (lambda L: L.DepthwiseConv2D((3, 2), depth_multiplier=2), IMAGE),
    "DepthwiseConv2D same, strides": (lambda L: L.DepthwiseConv2D(3, strides=2, padding="same"), IMAGE),
    "SeparableConv2D strides": (lambda L: L.SeparableConv2D(5, (3, 2), strides=2, use_bias=False), IMAGE),
    "SeparableConv2D": (lambda L: L.SeparableConv2D(5, 3, depth_multiplier=2, padding="same"), IMAGE),
    "Conv2DTranspose": (lambda L: L.Conv2DTranspose(5, (3, 2)), IMAGE),
    "Conv2DTranspose same, strides": (lambda L: L.Conv2DTranspose(5, 3, strides=2, padding="same"), IMAGE),
    "Conv2DTranspose same, even": (lambda L: L.Conv2DTranspose(5, (4, 2), strides=(2, 3), padding="same"), IMAGE),
    "Conv2DTranspose strides beyond": (lambda L: L.Conv2DTranspose(5, 2, strides=3), IMAGE),
    "Conv2DTranspose dilated": (lambda L: L.Conv2DTranspose(5, 3, dilation_rate=2), IMAGE),
    "Conv2DTranspose output_padding": (lambda L: L.Conv2DTranspose(5, 3, strides=2, output_padding=1), IMAGE),
    "Conv2DTranspose same, output_padding": (
        lambda L: L.Conv2DTranspose(5, (3, 4), strides=2, padding="same", output_padding=(1, 0)),
        IMAGE,
    ),
    "Conv1DTranspose": (lambda L: L.Conv1DTranspose(5, 3, dilation_rate=2), SIGNAL),
    "Conv1DTranspose same, strides": (lambda L: L.Conv1DTranspose(5, 3, strides=2, padding="same"), SIGNAL),
    "UpSampling2D": (lambda L: L.UpSampling2D((2, 3)), IMAGE),
    "UpSampling2D bilinear": (lambda L: L.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE),
    "UpSampling1D": (lambda L: L.UpSampling1D(3), SIGNAL),
    "ZeroPadding2D": (lambda L: L.ZeroPadding2D(((1, 0), (2, 3))), IMAGE),
    "ZeroPadding1D": (lambda L: L.ZeroPadding1D((1, 2)), SIGNAL),
    "Cropping2D": (lambda L: L.Cropping2D((1, 2)), IMAGE),
    "Cropping1D": (lambda L: L.Cropping1D((1, 2)), SIGNAL),
    "CenterCrop": (lambda L: L.CenterCrop(4, 3), IMAGE),
    "MaxPooling2D same": (lambda L: L.MaxPooling2D(3, strides=2, padding="same"), IMAGE),
    "AveragePooling2D": (lambda L: L.AveragePooling2D((2, 3)), IMAGE),
    "MaxPooling1D": (lambda L: L.MaxPooling1D(3, strides=2, padding="same"), SIGNAL),
    "GlobalAveragePooling2D": (lambda L: L.GlobalAveragePooling2D(), IMAGE),
    "GlobalMaxPooling1D": (lambda L: L.GlobalMaxPooling1D(), SIGNAL),
    "BatchNormalization": (lambda L: L.BatchNormalization(), IMAGE),
    "LayerNormalization": (lambda L: L.LayerNormalization(), SIGNAL),
    "LayerNormalization, no center": (lambda L: L.LayerNormalization(center=False), SIGNAL),
    "BatchNormalization, no scale": (lambda L: L.BatchNormalization(axis=1, scale=False), IMAGE),
    "GroupNormalization": (lambda L: L.GroupNormalization(groups=2), SIGNAL),
    "GroupNormalization, instances": (lambda L: L.GroupNormalization(groups=-1, scale=False), IMAGE),
    "Normalization": (lambda L: L.Normalization(axis=(1, 3)), IMAGE),
    "Normalization, known": (lambda L: L.Normalization(mean=[1.0, 2, 3], variance=[1.0, 4, 9], invert=True), IMAGE),
    "GlobalMaxPooling2D": (lambda L: L.GlobalMaxPooling2D(keepdims=True), IMAGE),
    "Embedding": (lambda L: L.Embedding(9, 4), rng.integers(0, 9, (3, 5))),
    "SimpleRNN": (lambda L: L.SimpleRNN(5), SIGNAL),
    "GRU": (lambda L: L.GRU(5, return_sequences=True), SIGNAL),
    "GRU reset before": (lambda L: L.GRU(5, reset_after=False), SIGNAL),
    "LSTM": (lambda L: L.LSTM(5, return_sequences=True), SIGNAL),
    "SimpleRNN relu": (lambda L: L.SimpleRNN(5, "relu", return_sequences=True), SIGNAL),
    "GRU backwards": (lambda L: L.GRU(5, return_sequences=True, go_backwards=True), SIGNAL),
    "GRU other activations": (lambda L: L.GRU(5, "relu", "tanh", return_sequences=True), SIGNAL),
    "GRU other activations, reset before": (lambda L: L.GRU(5, "elu", reset_after=False), SIGNAL),
    "LSTM other activations": (lambda L: L.LSTM(5, "elu", "tanh", return_sequences=True), SIGNAL),
    "RNN of a cell": (lambda L: L.RNN(L.LSTMCell(5), return_sequences=True), SIGNAL),
    "RNN of a cell backwards": (lambda L: L.RNN(L.SimpleRNNCell(5), go_backwards=True), SIGNAL),
    "RNN of GRU's cell": (lambda L: L.RNN(L.GRUCell(5), return_sequences=True), SIGNAL),
    "RNN of GRU's cell, reset before": (lambda L: L.RNN(L.GRUCell(5, reset_after=False, use_bias=False)), SIGNAL),
    "RNN of a list of cells": (lambda L: L.RNN([L.GRUCell(5), L.LSTMCell(3)]), SIGNAL),
    "RNN of stacked cells": (
        lambda L: L.RNN(L.StackedRNNCells([L.LSTMCell(5), L.SimpleRNNCell(3)]), return_sequences=True),
        SIGNAL,
    ),
    "Bidirectional": (lambda L: L.Bidirectional(L.LSTM(5, return_sequences=True)), SIGNAL),
    "Bidirectional, last": (lambda L: L.Bidirectional(L.GRU(5), merge_mode="mul"), SIGNAL),
    "Bidirectional, sum": (lambda L: L.Bidirectional(L.LSTM(5), merge_mode="sum"), SIGNAL),
    "Bidirectional, mean": (lambda L: L.Bidirectional(L.SimpleRNN(5, return_sequences=True), "ave"), SIGNAL),
    "Bidirectional, cells": (lambda L: L.Bidirectional(L.RNN(L.GRUCell(5), return_sequences=True)), SIGNAL),
    "Bidirectional, two layers": (
        lambda L: L.Bidirectional(L.GRU(5), backward_layer=L.LSTM(3, go_backwards=True)),
        SIGNAL,
    ),
    "TimeDistributed": (lambda L: L.TimeDistributed(L.Dense(5, activation="tanh")), SIGNAL),
    "TimeDistributed twice": (lambda L: L.TimeDistributed(L.TimeDistributed(L.Dense(2))), IMAGE),
    "TimeDistributed pictures": (lambda L: L.TimeDistributed(L.Conv2D(2, 3)), normal(2, 4, 6, 6, 1)),
    "ReLU": (lambda L: L.ReLU(), SIGNAL),
    "ReLU, bent and bounded": (lambda L: L.ReLU(max_value=1, negative_slope=0.1, threshold=0.2), SIGNAL),
    "PReLU": (lambda L: L.PReLU(), SIGNAL),
    "PReLU, a slope for each channel": (lambda L: L.PReLU(shared_axes=[1, 2]), IMAGE),
    "LeakyReLU": (lambda L: L.LeakyReLU(), SIGNAL),
    "ELU": (lambda L: L.ELU(), SIGNAL),
    "Softmax": (lambda L: L.Softmax(axis=1), SIGNAL),
    "Flatten": (lambda L: L.Flatten(), IMAGE),
    "Reshape": (lambda L: L.Reshape((-1, 6)), IMAGE),
    "Permute": (lambda L: L.Permute((3, 1, 2)), IMAGE),
    "RepeatVector": (lambda L: L.RepeatVector(3), TABLE),
    "Rescaling": (lambda L: L.Rescaling(1 / 255, offset=-1.0), IMAGE),
    "Dropout, predicting": (lambda L: L.Dropout(0.5), TABLE),
}


def copied(make, *inputs):
    """Return both layers, built, with the same random weights."""
    theirs, ours = make(keras.layers), make(edunet.layers)
    theirs(*inputs), ours(*inputs)
    drawn = np.random.default_rng(2)  # small, so that no unit is saturated; a variance must be positive
    weights = [drawn.normal(0, 0.5, w.shape) for w in theirs.weights]
    weights = [abs(a) + 0.1 if "variance" in w.name else a for a, w in zip(weights, theirs.weights, strict=True)]
    theirs.set_weights(weights), ours.set_weights(weights)
    return theirs, ours


@pytest.mark.parametrize("name", LAYERS)
def test_layers_with_copied_weights(name):
    make, x = LAYERS[name]
    theirs, ours = copied(make, x)
    np.testing.assert_allclose(plain(ours(x)), plain(theirs(x)), rtol=1e-4, atol=1e-5)


def first(y):
    return y[0] if isinstance(y, (tuple, list)) else y


def gradients_of_theirs(layer, inputs, dy, **options):
    """Return Keras's y, and ∂(Σ y·dy) by every weight and by the inputs, from PyTorch underneath."""
    inputs = replace(inputs, lambda x: torch.tensor(x, requires_grad=x.dtype.kind == "f"))
    y = first(layer(*inputs, **options))
    (y * torch.tensor(dy)).sum().backward()
    leaves = [w.value for w in layer.trainable_weights] + flat(inputs)
    return plain(y), [t.grad.numpy() for t in leaves if t.requires_grad]


def gradients_of_ours(layer, inputs, dy, **options):
    inputs = replace(inputs, lambda x: edunet.Tensor(x) if x.dtype.kind == "f" else x)
    y = first(layer(*inputs, **options))
    wanted = layer.trainable_weights + [x for x in flat(inputs) if isinstance(x, edunet.Tensor)]
    return plain(y), edunet.gradients((y * dy).sum(), wanted)


def flat(inputs):
    return [x for part in inputs for x in (part if isinstance(part, list) else [part])]


def agree(theirs, ours, inputs, precision, **options):
    """Compare the outputs and all gradients of two layers."""
    dtype, tolerance = precision
    inputs = replace(inputs, lambda x: x.astype(dtype) if x.dtype.kind == "f" else x)
    dy = np.random.default_rng(1).normal(size=plain(first(ours(*inputs, **options))).shape).astype(dtype)
    y, grads = gradients_of_ours(ours, inputs, dy, **options)
    their_y, their_grads = gradients_of_theirs(theirs, inputs, dy, **options)
    assert y.dtype == dtype
    names = ["y", *(w.name for w in ours.trainable_weights), *["x"] * len(flat(inputs))]
    for a, b, name in zip([y, *grads], [their_y, *their_grads], names, strict=False):
        of = their_grads if name == "key_bias" else [b]  # that bias changes nothing: its gradient is rounding
        assert np.abs(a - b).max() <= tolerance * max(np.abs(g).max() for g in of)


def set_precision(dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    edunet.set_floatx(dtype)


@pytest.fixture(params=["float32", "float64"])
def precision(request, monkeypatch):
    """Compute in one precision, there and here; return its name and how close, of the largest number, is close."""
    monkeypatch.delitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64")  # Keras's products and means would be of float32
    set_precision(request.param)
    yield request.param, {"float32": 1e-5, "float64": 1e-10}[request.param]
    set_precision("float32")


@pytest.mark.parametrize("name", LAYERS)
def test_outputs_and_gradients_of_layers(name, precision):
    make, x = LAYERS[name]
    agree(*copied(make, x), [x], precision)


CELLS = {
    "SimpleRNNCell": (lambda L: L.SimpleRNNCell(5), [normal(4, 5)]),
    "GRUCell": (lambda L: L.GRUCell(5), [normal(4, 5)]),
    "GRUCell reset before": (lambda L: L.GRUCell(5, reset_after=False), [normal(4, 5)]),
    "LSTMCell": (lambda L: L.LSTMCell(5), [normal(4, 5), normal(4, 5)]),
}


@pytest.mark.parametrize("name", CELLS)
def test_one_step_of_a_cell(name, precision):
    make, states = CELLS[name]
    agree(*copied(make, TABLE, states), [TABLE, states], precision)


MEMORY = normal(3, 7, 6)  # wider than the query
ATTENTION = {
    "all": {},
    "causal": {"use_causal_mask": True},
    "masked": {"attention_mask": LOOKS},
    "causal, masked": {"use_causal_mask": True, "attention_mask": LOOKS},
}


@pytest.mark.parametrize("options", ATTENTION.values(), ids=ATTENTION)
def test_gradients_of_multi_head_attention(options, precision):
    both = copied(lambda L: L.MultiHeadAttention(2, 3, value_dim=5), SIGNAL, MEMORY)
    agree(*both, [SIGNAL, MEMORY], precision, **options)


@pytest.mark.parametrize("causal", [False, True], ids=["all", "causal"])
def test_gradients_of_attention_with_a_scale(causal, precision):
    inputs = [normal(3, 7, 1), MEMORY, normal(3, 7, 1)]  # √d, by which only ours divides, is 1
    agree(*copied(lambda L: L.Attention(use_scale=True), inputs), [inputs], precision, use_causal_mask=causal)


@pytest.mark.parametrize("name", LAYERS)
def test_weights_have_the_same_names(name):
    theirs, ours = copied(*LAYERS[name])
    if theirs.weights:
        assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()


def source_of(kind):
    return "".join(inspect.getsource(part) for part in kind.__mro__ if part.__module__.startswith("edunet."))


def test_every_layer_with_weights_is_compared():
    """Those with weights that are not here stand in tests/test_against_torch.py: Keras has none of the kind."""
    seen = {type(part).__name__ for make, _ in LAYERS.values() for part in make(edunet.layers).with_inner()}
    seen |= {name.split()[0] for name in CELLS} | {"MultiHeadAttention", "Attention", "StackedRNNCells"}
    kinds = {kind for kind in vars(edunet.layers).values() if isinstance(kind, type)}
    with_weights = {kind.__name__ for kind in kinds if "self.add_weight(" in source_of(kind)}
    assert with_weights - seen == {"PositionEmbedding"}
    assert len(with_weights) > 20


MERGES = {
    **{kind: (kind, {}, [SIGNAL, normal(3, 7, 4), normal(3, 7, 4)]) for kind in ("Average", "Maximum", "Minimum")},
    "Subtract": ("Subtract", {}, [SIGNAL, normal(3, 7, 4)]),
    "Multiply by a gate": ("Multiply", {}, [IMAGE, normal(2, 1, 1, 3)]),
    "Multiply by an area": ("Multiply", {}, [normal(2, 9, 8, 1), IMAGE]),
    "Dot": ("Dot", {"axes": 1}, [TABLE, normal(4, 6)]),
    "Dot, cosine": ("Dot", {"axes": -1, "normalize": True}, [TABLE, normal(4, 6)]),
    "Dot of steps": ("Dot", {"axes": 2}, [SIGNAL, normal(3, 7, 4)]),
    "Dot of other axes": ("Dot", {"axes": (1, 2), "normalize": True}, [SIGNAL, normal(3, 4, 7)]),
    "Dot of a row": ("Dot", {"axes": (2, 1)}, [SIGNAL, normal(3, 4)]),
}


@pytest.mark.parametrize("name", MERGES)
def test_branches_are_joined_alike(name, precision):
    kind, options, inputs = MERGES[name]
    agree(*copied(lambda L: getattr(L, kind)(**options), inputs), [inputs], precision)


def test_the_same_again():
    theirs, ours = copied(lambda L: L.Identity(), SIGNAL)
    np.testing.assert_array_equal(plain(ours(SIGNAL)), plain(theirs(SIGNAL)))


def test_batch_normalization_while_learning():
    theirs, ours = copied(lambda L: L.BatchNormalization(momentum=0.9), IMAGE)
    np.testing.assert_allclose(plain(ours(IMAGE, training=True)), plain(theirs(IMAGE, training=True)), atol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


LENGTHS = np.arange(7) < np.array([[7], [3], [5]])
WITH_STATES = {
    "SimpleRNN": lambda L: L.SimpleRNN(5, return_sequences=True, return_state=True),
    "GRU": lambda L: L.GRU(5, return_sequences=True, return_state=True),
    "GRU backwards": lambda L: L.GRU(5, return_sequences=True, return_state=True, go_backwards=True),
    "LSTM": lambda L: L.LSTM(5, return_state=True),
    "LSTM zeros": lambda L: L.LSTM(5, return_sequences=True, return_state=True, zero_output_for_mask=True),
    "cell": lambda L: L.RNN(L.LSTMCell(5), return_sequences=True, return_state=True),
    "both ways": lambda L: L.Bidirectional(L.LSTM(5, return_sequences=True, return_state=True)),
    "both ways apart": lambda L: L.Bidirectional(L.GRU(5, return_state=True), merge_mode=None),
}


@pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])
@pytest.mark.parametrize("name", WITH_STATES)
def test_recurrent_states_that_come_and_go(name, masked):
    theirs, ours = copied(WITH_STATES[name], SIGNAL)
    count = len(ours(SIGNAL)) - (2 if name == "both ways apart" else 1)
    first = [normal(3, 5) for _ in range(count)]
    mask = LENGTHS if masked else None
    answers = zip(
        ours(SIGNAL, initial_state=first, mask=mask), theirs(SIGNAL, initial_state=first, mask=mask), strict=True
    )
    for a, b in answers:
        np.testing.assert_allclose(plain(a), plain(b), rtol=1e-4, atol=1e-5)


STEPS = np.arange(7) < np.array([[7], [3], [5]])


def test_masked_steps_while_normalising():
    theirs, ours = copied(lambda L: L.BatchNormalization(momentum=0.9), SIGNAL)
    answers = [plain(layer(SIGNAL, training=True, mask=STEPS)) for layer in (ours, theirs)]
    np.testing.assert_allclose(*answers, atol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_masked_steps_are_not_averaged():
    theirs, ours = (library.layers.GlobalAveragePooling1D() for library in BOTH)
    np.testing.assert_allclose(plain(ours(SIGNAL, mask=STEPS)), plain(theirs(SIGNAL, mask=STEPS)), atol=1e-6)


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "wrap", "reflect"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_affine_maps_of_images(fill_mode, interpolation):
    a = (normal(2, 2, 3) * [0.3, 0.3, 3] + np.eye(2, 3)).astype(np.float32)
    theirs = a[:, ::-1][:, :, [1, 0, 2]].reshape(2, 6)  # columns before rows
    theirs = np.concatenate([theirs, np.zeros((2, 2), np.float32)], axis=1)
    options = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 2.0}
    np.testing.assert_allclose(
        edunet.ops.affine2d(IMAGE, matrix=a, **options),
        plain(keras.ops.image.affine_transform(IMAGE, theirs, data_format="channels_last", **options)),
        atol=1e-4,
    )


def test_normalization_adapts_alike():
    theirs, ours = (library.layers.Normalization() for library in BOTH)
    theirs.adapt(IMAGE), ours.adapt(IMAGE)
    np.testing.assert_allclose(plain(ours(IMAGE)), plain(theirs(IMAGE)), atol=1e-5)


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_stateful_over_three_batches(kind):
    theirs, ours = copied(lambda L: getattr(L, kind)(5, stateful=True), SIGNAL)
    theirs.reset_state(), ours.reset_state()
    for _ in range(3):
        np.testing.assert_allclose(plain(ours(SIGNAL)), plain(theirs(SIGNAL)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "options", [{}, {"use_causal_mask": True}, {"attention_mask": LOOKS}], ids=["all", "causal", "masked"]
)
def test_multi_head_attention_and_its_scores(options):
    value = normal(3, 7, 6)  # wider than the query
    theirs, ours = (library.layers.MultiHeadAttention(2, 3, value_dim=5) for library in BOTH)
    theirs(SIGNAL, value), ours(SIGNAL, value)
    ours.set_weights(theirs.get_weights())
    for a, b in zip(
        ours(SIGNAL, value, return_attention_scores=True, **options),
        theirs(SIGNAL, value, return_attention_scores=True, **options),
        strict=True,
    ):
        np.testing.assert_allclose(plain(a), plain(b), atol=1e-5)


REAL = np.arange(7) < np.array([[7], [3], [5]])  # the steps that were measured


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_causal_mask": True},
        {"attention_mask": LOOKS},
        {"attention_mask": LOOKS, "use_causal_mask": True},
        {"key_mask": np.arange(7) < np.array([[6], [7], [2]])},
    ],
    ids=["padding", "and causal", "and a mask", "and a mask, causal", "and of the key"],
)
def test_masks_of_multi_head_attention_are_combined_alike(options):
    value = normal(3, 7, 6)
    theirs, ours = (library.layers.MultiHeadAttention(2, 3, output_shape=5) for library in BOTH)
    theirs(SIGNAL, value), ours(SIGNAL, value)
    ours.set_weights(theirs.get_weights())
    query, keys = keras.ops.convert_to_tensor(SIGNAL), keras.ops.convert_to_tensor(value)
    query._keras_mask = REAL  # Keras 3.15 takes the mask of the query from the query alone
    options = {"value_mask": REAL, **options}
    their_y, their_scores = theirs(query, keys, return_attention_scores=True, **options)
    our_y, our_scores = ours(SIGNAL, value, query_mask=REAL, return_attention_scores=True, **options)
    np.testing.assert_allclose(plain(our_y)[REAL], plain(their_y)[REAL], atol=1e-5)
    rows = np.broadcast_to(REAL[:, None], plain(our_scores).shape[:3])
    np.testing.assert_allclose(plain(our_scores)[rows], plain(their_scores)[rows], atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"use_causal_mask": True}], ids=["all", "causal"])
def test_attention_without_weights(options):
    inputs, masks = [normal(3, 7, 4), normal(3, 7, 6), normal(3, 7, 4)], [REAL, REAL[::-1].copy()]
    theirs, ours = (library.layers.Attention(use_scale=True) for library in BOTH)
    theirs(inputs), ours(inputs)
    ours.set_weights([np.float32(1)])
    theirs.set_weights([np.float32(0.5)])  # ours divides by √4
    masks[1][:, 0] = True  # no query is blind
    for a, b in zip(
        ours(inputs, mask=masks, return_attention_scores=True, **options),
        theirs(inputs, mask=masks, return_attention_scores=True, **options),
        strict=True,
    ):
        a, b = plain(a), plain(b)
        np.testing.assert_allclose(a[REAL], b[REAL], atol=1e-5)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda L: L.Dense(300), (None, 200)),
        (lambda L: L.Conv2D(60, 3), (None, 9, 9, 40)),
        (lambda L: L.Embedding(300, 200), (None, 3)),
        (lambda L: L.LSTM(100), (None, 3, 90)),
    ],
    ids=["Dense", "Conv2D", "Embedding", "LSTM"],
)
def test_initial_weights_have_the_same_spread(make, shape):
    theirs, ours = make(keras.layers), make(edunet.layers)
    theirs.build(shape), ours.build(shape)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose([a.mean(), a.std()], [b.mean(), b.std()], rtol=0.03, atol=0.003)


@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("shape", [(300,), (200, 300), (3, 3, 60, 90)])
def test_variances_follow_the_same_numbers(shape, mode, distribution):
    theirs, ours = (library.initializers.VarianceScaling(1.5, mode, distribution, seed=1) for library in BOTH)
    a, b = ours(shape), plain(theirs(shape))
    assert a.std() == pytest.approx(b.std(), rel=6 / a.size**0.5)
    if distribution != "untruncated_normal":
        assert abs(a).max() == pytest.approx(abs(b).max(), rel=0.05)


def test_identity_as_initial_weights():
    theirs, ours = (library.initializers.Identity(gain=0.5)((3, 5)) for library in BOTH)
    np.testing.assert_array_equal(ours, plain(theirs))


@pytest.mark.parametrize(("axis", "order"), [(-1, 2), (1, 2), (2, 3), (-1, 1)])
def test_lengths_of_one(axis, order):
    x = np.concatenate([IMAGE, np.zeros((1, 9, 8, 3), np.float32)])
    theirs, ours = (library.utils.normalize(x, axis, order) for library in BOTH)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("maxlen", [None, 3, 7])
@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
def test_sequences_are_padded_alike(maxlen, padding, truncating):
    drawn = np.random.default_rng(3)
    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 9}
    for shape, dtype in [((), "int32"), ((2,), "float32")]:
        sequences = [drawn.integers(1, 9, (n, *shape)).tolist() for n in (5, 1, 4)]
        theirs, ours = (library.utils.pad_sequences(sequences, dtype=dtype, **options) for library in BOTH)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


@pytest.mark.parametrize("kind", ["Dense", "Conv1D", "Conv2D", "LSTM", "GRU", "SimpleRNN", "ReLU", "MaxPooling2D"])
def test_automatic_names_are_spelled_alike(kind):
    arguments = {"Dense": (1,), "Conv1D": (1, 1), "Conv2D": (1, 1), "LSTM": (1,), "GRU": (1,), "SimpleRNN": (1,)}
    ours, theirs = (getattr(library.layers, kind)(*arguments.get(kind, ())).name for library in (edunet, keras))
    assert ours.rstrip("_0123456789") == theirs.rstrip("_0123456789")


# ---------------------------------------------------------------- losses, metrics, optimizers

P = rng.random((6, 4)).astype(np.float32)
SHARES = P / P.sum(axis=1, keepdims=True)
LABELS = rng.integers(0, 4, 6)
ONE_HOT = np.eye(4, dtype=np.float32)[LABELS]


@pytest.mark.parametrize("weights", [None, rng.random(6).astype(np.float32)], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    ("name", "options", "y", "p"),
    [
        ("MeanSquaredError", {}, ONE_HOT, P),
        ("MeanAbsoluteError", {}, ONE_HOT, P),
        ("Huber", {"delta": 0.3}, ONE_HOT, P),
        ("BinaryCrossentropy", {}, ONE_HOT, P),
        ("BinaryCrossentropy", {}, ONE_HOT, P.round()),  # sure, and often wrong
        ("BinaryCrossentropy", {"from_logits": True}, ONE_HOT, 9 * P),
        ("CategoricalCrossentropy", {}, ONE_HOT, SHARES),
        ("CategoricalCrossentropy", {"from_logits": True}, ONE_HOT, 9 * P),
        ("SparseCategoricalCrossentropy", {}, LABELS, SHARES),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, 9 * P),
    ],
)
def test_losses(name, options, y, p, weights):
    theirs, ours = (getattr(library.losses, name)(**options)(y, p, sample_weight=weights) for library in BOTH)
    np.testing.assert_allclose(ours, plain(theirs), rtol=1e-5)


@pytest.mark.parametrize("name", ["BinaryAccuracy", "Precision", "Recall", "MeanSquaredError", "MeanAbsoluteError"])
@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_over_batches(name, weighted):
    theirs, ours = (getattr(library.metrics, name)() for library in BOTH)
    for rows in (slice(0, 4), slice(4, 6)):
        for metric in (theirs, ours):
            metric.update_state(ONE_HOT[rows], P[rows], sample_weight=P[rows, 0] if weighted else None)
    np.testing.assert_allclose(ours.result(), plain(theirs.result()), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {}),
        ("SGD", {"momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "nesterov": True}),
        ("RMSprop", {"momentum": 0.5}),
        ("Adam", {}),
        ("AdamW", {"weight_decay": 0.1}),
    ],
)
def test_twenty_steps(name, options):
    theirs, ours = (getattr(library.optimizers, name)(0.01, **options) for library in BOTH)
    start = normal(5, 4)
    variable, tensor = keras.Variable(start), edunet.Tensor(start.copy())
    theirs.build([variable])
    for _ in range(20):
        dw = normal(5, 4)
        theirs.apply([keras.ops.convert_to_tensor(dw)], [variable])
        ours.apply([dw], [tensor])
    np.testing.assert_allclose(tensor.data, plain(variable.value), atol=2e-6)


# ---------------------------------------------------------------- training

IMAGES = rng.random((60, 10, 10, 1)).astype(np.float32)
CLASSES = (IMAGES[:, 2:8, 2:8].mean(axis=(1, 2, 3)) * 40).astype(int) % 3
ROWS = normal(61, 6)
ILL = (ROWS[:, 0] + ROWS[:, 1] ** 2 > 0.7).astype(int)
DOSE = np.stack([ROWS[:, 0], ROWS[:, 1] - ROWS[:, 2]], axis=1)


def small_cnn(L, M):
    """The article's network, smaller."""
    return M.Sequential(
        [
            L.Input((10, 10, 1)),
            L.Conv2D(6, (3, 3), activation="relu"),
            L.MaxPooling2D((2, 2)),
            L.Flatten(),
            L.Dense(8, activation="relu"),
            L.Dense(3, activation="softmax"),
        ]
    )


def normalised(L, M):
    return M.Sequential([L.Input((6,)), L.Dense(8), L.BatchNormalization(), L.ReLU(), L.Dense(1, activation="sigmoid")])


def recurrent(kind):
    def make(L, M):
        return M.Sequential(
            [L.Input((6, 1)), getattr(L, kind)(5, return_sequences=True), getattr(L, kind)(4), L.Dense(1, "sigmoid")]
        )

    return make


def both_ways(L, M):
    return M.Sequential(
        [
            L.Input((6, 1)),
            L.Bidirectional(L.LSTM(4, return_sequences=True)),
            L.TimeDistributed(L.Dense(3, activation="relu")),
            L.Bidirectional(L.GRU(3), merge_mode="sum"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


def encoder_decoder(L, M):
    """The states of one layer are where the other one begins."""
    x = L.Input((6, 1))
    _, h, c = L.LSTM(5, return_state=True)(x)
    y = L.RNN(L.LSTMCell(5), go_backwards=True)(x, initial_state=[h, c])
    return M.Model(x, L.Dense(1, activation="sigmoid")(y))


def transformer(L, M):
    x = L.Input((6, 1))
    h = L.Dense(4)(x)
    h = L.LayerNormalization()(L.Add()([h, L.MultiHeadAttention(2, 3)(h, h)]))
    return M.Model(x, L.Dense(1, activation="sigmoid")(L.GlobalAveragePooling1D()(h)))


def nested(L, M):
    """A model inside a model, a shared layer and a residual connection."""
    x = L.Input((6,))
    inner = M.Sequential([L.Input((6,)), L.Dense(6, activation="relu")])
    shared = L.Dense(6, activation="tanh")
    h = shared(shared(x))
    return M.Model(x, L.Dense(1, activation="sigmoid")(L.Add()([inner(x), h])))


def two_of_both(L, M):
    a, b = L.Input((4,)), L.Input((2,))
    h = L.Concatenate()([L.Dense(5, activation="relu")(a), b])
    return M.Model([a, b], [L.Dense(1, activation="sigmoid", name="ill")(h), L.Dense(2, name="dose")(h)])


def curves(make, compiled, x, y, **options):
    """Train both from the same weights; return both histories."""
    models = with_equal_weights(make)
    for model in models:
        model.compile(**compiled)
    return [model.fit(x, y, epochs=3, shuffle=False, verbose=0, **options).history for model in models]


def assert_equal_curves(theirs, ours):
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-4, err_msg=name)


BINARY = {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy", "Recall", "mse"]}
CLASSIFY = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_the_article_learns_alike(optimizer):
    assert_equal_curves(
        *curves(small_cnn, CLASSIFY | {"optimizer": optimizer}, IMAGES, CLASSES, validation_split=0.25, batch_size=8)
    )


@pytest.mark.parametrize(
    "options",
    [
        {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
        {"sample_weight": rng.random(60).astype(np.float32), "validation_split": 0.2},
        {"validation_data": (IMAGES[:20], CLASSES[:20], np.linspace(0, 1, 20))},
    ],
    ids=lambda options: next(iter(options)),
)
def test_weights_of_classes_and_examples(options):
    assert_equal_curves(*curves(small_cnn, CLASSIFY, IMAGES, CLASSES, **options))


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (normalised, ROWS),
        (nested, ROWS),
        (transformer, ROWS[..., None]),
        (both_ways, ROWS[..., None]),
        (encoder_decoder, ROWS[..., None]),
        *((recurrent(kind), ROWS[..., None]) for kind in ("SimpleRNN", "GRU", "LSTM")),
    ],
    ids=["BatchNormalization", "nested", "transformer", "both ways", "encoder-decoder", "SimpleRNN", "GRU", "LSTM"],
)
def test_other_networks_learn_alike(make, x):
    assert_equal_curves(*curves(make, BINARY, x, ILL, validation_split=0.2))


WORDS = np.where(np.arange(6) < rng.integers(2, 7, (60, 1)), rng.integers(1, 12, (60, 6)), 0)


def padded_words(L, M):
    layers = [L.Embedding(12, 6, mask_zero=True), L.Bidirectional(L.LSTM(4, return_sequences=True)), L.GRU(3)]
    return M.Sequential([L.Input((6,), dtype="int32"), *layers, L.Dense(1, activation="sigmoid")])


def padded_answers(L, M):
    """Word by word from the states that another sequence has left; padding counts nowhere, not in the loss either."""
    asked, said = L.Input((6,), dtype="int32"), L.Input((6,), dtype="int32")
    _, *states = L.LSTM(5, return_state=True)(L.Embedding(12, 6, mask_zero=True)(asked))
    h = L.LSTM(5, return_sequences=True)(L.Embedding(12, 6, mask_zero=True)(said), initial_state=states)
    return M.Model([asked, said], L.Dense(12, activation="softmax")(h))


@pytest.mark.parametrize(
    ("make", "compiled", "x", "y"),
    [(padded_words, BINARY, WORDS, (WORDS == 3).any(axis=1)), (padded_answers, CLASSIFY, [WORDS, WORDS[::-1]], WORDS)],
    ids=["words", "answers"],
)
def test_padded_sequences_learn_alike(make, compiled, x, y):
    assert_equal_curves(*curves(make, compiled, x, y.astype(int)))


def test_weights_move_between_models_with_branches_of_different_length():
    def branches(L, M):
        x = L.Input((6,))
        short = L.Dense(3)(x)
        return M.Model(x, L.Concatenate()([short, L.Dense(3)(L.Dense(5)(x))]))

    theirs, ours = with_equal_weights(branches)
    np.testing.assert_allclose(ours.predict(ROWS), theirs.predict(ROWS, verbose=0), atol=1e-5)


def test_class_weights_leave_the_validation_alone():
    options = {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}, "validation_split": 0.25}
    assert_equal_curves(*curves(small_cnn, CLASSIFY, IMAGES, CLASSES, **options))


@pytest.mark.parametrize(
    "compiled",
    [
        {"loss": ["binary_crossentropy", "mse"], "loss_weights": [0.3, 2.0], "metrics": [["accuracy"], ["mae"]]},
        {"loss": {"dose": "mse", "ill": "binary_crossentropy"}, "metrics": {"dose": ["mae"]}},
    ],
    ids=["lists", "dicts"],
)
def test_two_inputs_and_two_outputs(compiled):
    inputs, labels = [ROWS[:, :4], ROWS[:, 4:]], [ILL[:, None], DOSE]
    theirs, ours = curves(two_of_both, compiled | {"optimizer": "adam"}, inputs, labels, validation_split=0.2)
    assert_equal_curves(theirs, ours)


def outputs_by_name(L, M):
    a, b = L.Input((4,), name="blood"), L.Input((2,), name="age")
    h = L.Concatenate()([L.Dense(5, activation="relu")(a), b])
    ends = {"ill": L.Dense(1, activation="sigmoid", name="last")(h), "dose": L.Dense(2)(h)}
    return M.Model({"blood": a, "age": b}, ends)


def test_inputs_and_outputs_by_name():
    inputs, labels = {"blood": ROWS[:, :4], "age": ROWS[:, 4:]}, {"dose": DOSE, "ill": ILL[:, None]}
    compiled = {
        "optimizer": "adam",
        "loss": {"dose": "mse", "ill": "binary_crossentropy"},
        "metrics": {"dose": ["mae"], "ill": ["accuracy"]},
        "loss_weights": {"dose": 0.3, "ill": 2},
    }
    theirs, ours = curves(outputs_by_name, compiled, inputs, labels, validation_split=0.2)
    assert_equal_curves(theirs, ours)


def test_answers_by_name():
    theirs, ours = with_equal_weights(outputs_by_name)
    inputs, labels = {"blood": ROWS[:, :4], "age": ROWS[:, 4:]}, {"dose": DOSE, "ill": ILL[:, None]}
    for model in (theirs, ours):
        model.compile("sgd", {"dose": "mse", "ill": "binary_crossentropy"}, metrics={"dose": ["mae"]})
    for call in (lambda m: m.predict(inputs, verbose=0), lambda m: m.predict_on_batch(inputs)):
        for name, y in call(theirs).items():
            np.testing.assert_allclose(call(ours)[name], y, atol=1e-5)
    evaluated = [model.evaluate(inputs, labels, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*evaluated, atol=1e-5)
    assert ours.evaluate(inputs, labels, verbose=0, return_dict=True).keys() == set(
        theirs.evaluate(inputs, labels, verbose=0, return_dict=True)
    )


@pytest.mark.parametrize("metrics", [[], ["accuracy"]])
def test_one_batch_evaluate_and_predict(metrics):
    theirs, ours = with_equal_weights(normalised)
    for model in (theirs, ours):
        model.compile("sgd", "binary_crossentropy", metrics=metrics)
    for call in (
        lambda m: m.train_on_batch(ROWS, ILL),
        lambda m: m.test_on_batch(ROWS, ILL),
        lambda m: m.evaluate(ROWS, ILL, batch_size=9, verbose=0),
        lambda m: m.predict(ROWS, verbose=0),
    ):
        np.testing.assert_allclose(call(ours), call(theirs), atol=1e-5)
