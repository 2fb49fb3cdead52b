"""Architectures as text, and back: every layer, every form of graph, and nothing that a file may not hold."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import pytest

import edunet
from edunet import (
    activations,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    regularizers,
)
from edunet.models import gate, registry
from edunet.models.values import Reader

IMAGE, SIGNAL, ROW, CODES = (6, 6, 2), (6, 3), (5,), (4,)
CASES = {  # the layer, and the shape of one example; a list of shapes for several inputs
    "Activation": (lambda: layers.Activation("gelu"), ROW),
    "Add": (layers.Add, [ROW, ROW]),
    "Attention": (layers.Attention, [SIGNAL, SIGNAL]),
    "AveragePooling1D": (lambda: layers.AveragePooling1D(3, padding="same"), SIGNAL),
    "AveragePooling2D": (lambda: layers.AveragePooling2D((2, 3), strides=1), IMAGE),
    "Average": (layers.Average, [ROW, ROW, ROW]),
    "BatchNormalization": (lambda: layers.BatchNormalization(momentum=0.5, epsilon=0.01), ROW),
    "Bidirectional": (lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"), SIGNAL),
    "CenterCrop": (lambda: layers.CenterCrop(4, 3), IMAGE),
    "Concatenate": (lambda: layers.Concatenate(axis=1), [SIGNAL, SIGNAL]),
    "Conv1D": (lambda: layers.Conv1D(2, 3, padding="causal", dilation_rate=2, activation="tanh"), SIGNAL),
    "Conv1DTranspose": (lambda: layers.Conv1DTranspose(2, 3, strides=2), SIGNAL),
    "Conv2D": (lambda: layers.Conv2D(2, (3, 2), strides=2, padding="same", activation="relu"), IMAGE),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(2, 3, strides=2, activation="relu"), IMAGE),
    "Cropping1D": (lambda: layers.Cropping1D((1, 2)), SIGNAL),
    "Cropping2D": (lambda: layers.Cropping2D(((1, 0), (2, 1))), IMAGE),
    "Dense": (lambda: layers.Dense(3, activation="softmax", kernel_regularizer="l1_l2"), ROW),
    "DepthwiseConv2D": (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2), IMAGE),
    "Dot": (lambda: layers.Dot((1, 2), normalize=True), [SIGNAL, SIGNAL[::-1]]),
    "Dropout": (lambda: layers.Dropout(0.3), ROW),
    "ELU": (lambda: layers.ELU(0.5), ROW),
    "Embedding": (lambda: layers.Embedding(9, 3), CODES),
    "Flatten": (layers.Flatten, IMAGE),
    "GRU": (lambda: layers.GRU(3, reset_after=False), SIGNAL),
    "GRUCell": (lambda: layers.RNN(layers.GRUCell(3)), SIGNAL),
    "GaussianDropout": (lambda: layers.GaussianDropout(0.2), ROW),
    "GaussianNoise": (lambda: layers.GaussianNoise(0.1), ROW),
    "GlobalAveragePooling1D": (layers.GlobalAveragePooling1D, SIGNAL),
    "GlobalAveragePooling2D": (layers.GlobalAveragePooling2D, IMAGE),
    "GlobalMaxPooling1D": (layers.GlobalMaxPooling1D, SIGNAL),
    "GlobalMaxPooling2D": (layers.GlobalMaxPooling2D, IMAGE),
    "GroupNormalization": (lambda: layers.GroupNormalization(2), IMAGE),
    "Identity": (layers.Identity, SIGNAL),
    "LSTM": (lambda: layers.LSTM(3, return_sequences=True, unit_forget_bias=False), SIGNAL),
    "LSTMCell": (lambda: layers.RNN(layers.LSTMCell(3), return_sequences=True), SIGNAL),
    "LayerNormalization": (lambda: layers.LayerNormalization(epsilon=0.1), SIGNAL),
    "LeakyReLU": (lambda: layers.LeakyReLU(0.1), ROW),
    "Masking": (lambda: layers.Masking(1.0), SIGNAL),
    "MaxPooling1D": (lambda: layers.MaxPooling1D(2, strides=1), SIGNAL),
    "MaxPooling2D": (lambda: layers.MaxPooling2D(3, padding="same"), IMAGE),
    "Maximum": (layers.Maximum, [ROW, ROW]),
    "Minimum": (layers.Minimum, [ROW, ROW]),
    "MultiHeadAttention": (lambda: layers.MultiHeadAttention(2, 3, value_dim=4, use_bias=False), SIGNAL),
    "Multiply": (layers.Multiply, [ROW, ROW]),
    "Normalization": (lambda: layers.Normalization(mean=np.arange(5.0), variance=np.ones(5)), ROW),
    "PReLU": (lambda: layers.PReLU(), ROW),
    "Permute": (lambda: layers.Permute((2, 1)), SIGNAL),
    "PositionEmbedding": (lambda: layers.PositionEmbedding(9), (6, 4)),
    "RNN": (lambda: layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)]), SIGNAL),
    "RandomContrast": (lambda: layers.RandomContrast(0.2, seed=1), IMAGE),
    "RandomCrop": (lambda: layers.RandomCrop(4, 3, seed=1), IMAGE),
    "RandomFlip": (lambda: layers.RandomFlip("horizontal"), IMAGE),
    "RandomRotation": (lambda: layers.RandomRotation(0.1), IMAGE),
    "RandomTranslation": (lambda: layers.RandomTranslation(0.1, (-0.2, 0.3)), IMAGE),
    "RandomZoom": (lambda: layers.RandomZoom(0.1), IMAGE),
    "ReLU": (layers.ReLU, ROW),
    "RepeatVector": (lambda: layers.RepeatVector(3), ROW),
    "Rescaling": (lambda: layers.Rescaling(1 / 255, offset=-0.5), IMAGE),
    "Reshape": (lambda: layers.Reshape((3, -1)), IMAGE),
    "Residual": (lambda: layers.Residual(layers.Dense(5)), ROW),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(3, 3), IMAGE),
    "SimpleRNN": (lambda: layers.SimpleRNN(3, activation="relu"), SIGNAL),
    "SimpleRNNCell": (lambda: layers.RNN(layers.SimpleRNNCell(3, activation="relu")), SIGNAL),
    "SinePositionEncoding": (layers.SinePositionEncoding, (6, 4)),
    "Softmax": (lambda: layers.Softmax(axis=1), SIGNAL),
    "SpatialDropout1D": (lambda: layers.SpatialDropout1D(0.2), SIGNAL),
    "SpatialDropout2D": (lambda: layers.SpatialDropout2D(0.2), IMAGE),
    "StackedRNNCells": (lambda: layers.RNN(layers.StackedRNNCells([layers.GRUCell(3), layers.LSTMCell(2)])), SIGNAL),
    "Subtract": (layers.Subtract, [ROW, ROW]),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Dense(2, activation="tanh")), SIGNAL),
    "TransformerEncoder": (lambda: layers.TransformerEncoder(8, 2, normalize_first=True), (6, 4)),
    "UpSampling1D": (lambda: layers.UpSampling1D(3), SIGNAL),
    "UpSampling2D": (lambda: layers.UpSampling2D((2, 3)), IMAGE),
    "ZeroPadding1D": (lambda: layers.ZeroPadding1D((2, 1)), SIGNAL),
    "ZeroPadding2D": (lambda: layers.ZeroPadding2D(((1, 0), (2, 1))), IMAGE),
}
rng = np.random.default_rng(0)


def drawn(name):
    """Return a model around one layer, its weights other than fresh ones, and data for it."""
    make, shapes = CASES[name]
    several = isinstance(shapes, list)
    dtype = "int32" if name == "Embedding" else None
    inputs = [layers.Input(shape, dtype) for shape in (shapes if several else [shapes])]
    layer = make()
    if name == "MultiHeadAttention":
        outputs = layer(*inputs, *inputs, use_causal_mask=True)
    else:
        outputs = layer(inputs if several else inputs[0])
    model = models.Model(inputs, outputs)
    model.set_weights([rng.uniform(0.1, 1, w.shape) for w in model.weights])
    x = [rng.integers(0, 9, (3, *s.shape[1:])) if dtype else rng.normal(size=(3, *s.shape[1:])) for s in inputs]
    return model, x


def again(model, tmp_path, **arguments):
    model.save(tmp_path / "m.safetensors")
    return models.load_model(tmp_path / "m.safetensors", **arguments)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(registry.KINDS["layer"]))
def test_every_layer_comes_back_bit_by_bit(tmp_path, name, precision):
    assert name in CASES, f"{name} has no case in this test"
    edunet.set_floatx(precision)
    try:
        model, x = drawn(name)
    finally:
        edunet.set_floatx("float32")
    loaded = again(model, tmp_path)
    assert edunet.floatx() == "float32"
    before = (tmp_path / "m.safetensors").read_bytes()
    ours, theirs = model.predict(x), loaded.predict(x)
    assert ours.dtype == theirs.dtype
    assert ours.tobytes() == theirs.tobytes()
    again(loaded, tmp_path)
    assert (tmp_path / "m.safetensors").read_bytes() == before


@pytest.mark.parametrize("name", sorted(registry.KINDS["layer"]))
def test_the_arguments_of_every_layer_are_words_that_make_it_again(name):
    layer = CASES[name][0]()
    said = json.dumps(layer.get_config())
    made = type(layer).from_config(json.loads(said))
    assert json.dumps(made.get_config()) == said
    assert made.get_config()["dtype"] == "float32"


def test_arguments_in_words():
    config = layers.Dense(
        3, "relu", kernel_initializer=initializers.HeNormal(seed=1), kernel_regularizer="l2", bias_constraint="non_neg"
    ).get_config()
    l2 = {"module": "edunet.regularizers", "class_name": "L2", "config": {"l2": 0.01}}
    assert config["activation"] == "relu"
    assert config["kernel_initializer"]["class_name"] == "HeNormal"
    assert config["kernel_initializer"]["config"] == {"seed": 1}
    assert config["kernel_regularizer"] == l2
    assert config["bias_constraint"]["class_name"] == "NonNeg"
    assert regularizers.get(l2).get_config() == {"l2": 0.01}
    with pytest.raises(ValueError, match=r"unknown regularizer 'L3'"):
        regularizers.get({"class_name": "L3", "config": {}})


def test_a_function_of_the_learners_own_has_no_word():
    def own(x):
        return x

    layer = layers.Dense(2, own)
    assert layer.get_config()["activation"] is own
    assert layers.Dense.from_config(layer.get_config()).activation is own


def test_the_arguments_of_a_class_made_from_ours():
    class Mine(layers.Dense):
        def __init__(self, units, made=ops.relu, **kwargs):
            super().__init__(units, **kwargs)
            self.made = made

    config = Mine(2, activation="tanh").get_config()
    assert (config["activation"], config["made"]) == ("tanh", ops.relu)


def test_every_public_layer_may_be_saved():
    public = {v for v in vars(layers).values() if isinstance(v, type) and issubclass(v, layers.Layer)}
    assert public - {layers.Layer, layers.InputLayer} == set(registry.KINDS["layer"].values())


@pytest.mark.parametrize(
    ("room", "base"),
    [
        (initializers, "initializer"),
        (regularizers, "regularizer"),
        (constraints, "constraint"),
        (optimizers, "optimizer"),
        (losses, "loss"),
        (metrics, "metric"),
        (optimizers.schedules, "schedule"),
    ],
)
def test_the_registry_holds_what_is_public_and_nothing_else(room, base):
    assert set(registry.KINDS[base]) <= {getattr(room, n).__name__ for n in room.__all__ if n[0].isupper()}
    assert all(kind.__module__.startswith("edunet.") for kind in registry.KINDS[base].values())
    assert registry.BASES[base].__name__ not in registry.KINDS[base]


@pytest.mark.parametrize("name", ["get", "name_of", "__name__", "Activation", "", None, 1, []])
def test_names_that_lead_nowhere(name):
    with pytest.raises(ValueError, match="there is no 'activation' called"):
        registry.find("activation", name)


def equal_weights(model, tmp_path, x, **arguments):
    loaded = again(model, tmp_path, **arguments)
    ours, theirs = model.predict(x), loaded.predict(x)
    several = isinstance(ours, list)
    for a, b in zip(ours, theirs, strict=True) if several else [(ours, theirs)]:
        assert a.tobytes() == b.tobytes()
    return loaded


def test_shared_layers_stay_shared(tmp_path):
    a, b = layers.Input(ROW), layers.Input(ROW)
    shared = layers.Dense(2)
    model = models.Model([a, b], [shared(a), layers.Add()([shared(b), shared(a)])])
    x = rng.normal(size=(2, 3, 5))
    loaded = equal_weights(model, tmp_path, list(x))
    assert loaded.count_params() == 12
    assert len(loaded.sublayers()) == 2


def test_models_inside_models(tmp_path):
    x = layers.Input(ROW)
    block = models.Sequential([layers.Dense(4, activation="tanh"), layers.BatchNormalization()], name="block")
    h = layers.Input((4,))
    head = models.Model(h, [layers.Dense(1)(h), layers.ReLU()(h)], name="head")
    y, z = head(block(x))
    loaded = equal_weights(models.Model(x, [y, head(block(x))[1], z]), tmp_path, rng.normal(size=(3, 5)))
    assert [type(part).__name__ for part in loaded.layers] == ["InputLayer", "Sequential", "Model"]
    assert loaded.get_layer("block").layers[0].name == block.layers[0].name
    assert loaded.output_names == ["head_0", "head_1", "head_2"]


def test_arguments_of_calls(tmp_path):
    q, v = layers.Input((5, 8)), layers.Input((6, 8))
    attend = layers.MultiHeadAttention(2, 4)
    y, scores = attend(q, value=v, return_attention_scores=True, attention_mask=np.tri(5, 6, dtype=bool)[None])
    equal_weights(models.Model([q, v], [y, scores]), tmp_path, [np.ones((2, 5, 8)), rng.normal(size=(2, 6, 8))])


def test_masks_are_still_honoured(tmp_path):
    x = layers.Input((4,), "int32")
    y = layers.LSTM(3)(layers.Embedding(5, 2, mask_zero=True)(x))
    loaded = equal_weights(models.Model(x, y), tmp_path, np.array([[1, 2, 0, 0], [3, 0, 0, 0]]))
    np.testing.assert_array_equal(loaded.predict([[1, 2, 0, 0]]), loaded.predict([[1, 2, 0, 0]]))
    embedding = loaded.layers[1](loaded.input)
    assert embedding.masked


def test_axes_of_any_length(tmp_path):
    x = layers.Input((None, 2))
    loaded = equal_weights(models.Model(x, layers.GRU(3)(x)), tmp_path, np.ones((2, 7, 2)))
    assert loaded.input.shape == (None, None, 2)


@pytest.mark.parametrize("build", [None, (None, 5)], ids=["shape to come", "shape known"])
def test_sequential(tmp_path, build):
    model = models.Sequential([layers.Dense(3, name="first"), layers.Dense(1)], name="mine")
    if build:
        model.build(build)
    loaded = again(model, tmp_path)
    assert (type(loaded), loaded.name, loaded.built) == (models.Sequential, "mine", bool(build))
    assert [part.name for part in loaded.layers] == [part.name for part in model.layers]
    assert loaded.predict(np.ones((2, 5))).shape == (2, 1)
    loaded.add(layers.Dense(2))
    loaded.pop()
    assert loaded.output_shape == (None, 1)


def test_a_sequential_with_an_input_only(tmp_path):
    assert again(models.Sequential([layers.Input((3,))]), tmp_path).predict(np.ones((1, 3))).tolist() == [[1, 1, 1]]


def test_frozen_layers_stay_frozen_and_names_are_kept(tmp_path):
    model = models.Sequential([layers.Dense(3, input_shape=(5,), trainable=False, name="eyes"), layers.Dense(1)])
    model.layers[1].trainable = False
    loaded = again(model, tmp_path)
    assert [(part.name, part.trainable) for part in loaded.layers] == [("eyes", False), (model.layers[1].name, False)]
    assert loaded.trainable_weights == []


def test_objects_and_arrays_among_the_arguments(tmp_path):
    start = np.array([1.0, -np.inf, 3.0])
    layer = layers.Dense(
        3,
        kernel_initializer=initializers.Orthogonal(gain=2.0, seed=2**40),
        bias_initializer=initializers.Constant(start),
        kernel_regularizer=regularizers.L1L2(0.1, 0.2),
        kernel_constraint=constraints.MinMaxNorm(0.5, 2.0, axis=[0]),
        activity_regularizer="l2",
        input_shape=(5,),
    )
    loaded = again(models.Sequential([layer]), tmp_path).layers[0]
    assert (loaded.kernel_initializer.gain, loaded.kernel_initializer.seed) == (2.0, 2**40)
    np.testing.assert_array_equal(loaded.bias_initializer.value, start)
    assert (loaded.kernel_regularizer.l1, loaded.kernel_regularizer.l2) == (0.1, 0.2)
    assert (loaded.kernel_constraint.max_value, loaded.kernel_constraint.axis) == (2.0, (0,))
    assert loaded.activity_regularizer.l2 == 0.01
    assert loaded.constrained_weights[0][0] is loaded.kernel


class Residual(layers.Layer):
    """A layer of a learner's own that holds another layer as an argument, and builds a third when it is called."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
        self.scale = layers.LayerNormalization()

    def build(self, input_shape):
        self.gain = self.add_weight((1,), "ones", name="gain")

    def call(self, x):
        return x + self.scale(self.inner(x)) * self.gain


class Plain(layers.Layer):
    """A layer whose constructor takes no further arguments, not even a name."""

    def __init__(self, factor=2.0):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return x * self.factor


def swish(x):
    return x * activations.sigmoid(x)


def test_layers_and_functions_of_a_learners_own(tmp_path):
    own = {"Residual": Residual, "Plain": Plain, "swish": swish}
    x = layers.Input(ROW)
    inner = layers.Dense(5, activation=swish)
    inner.trainable = False
    model = models.Model(x, Plain(3.0)(Residual(inner, name="mine")(x)))
    loaded = equal_weights(model, tmp_path, rng.normal(size=(3, 5)), custom_objects=own)
    assert [part.name for part in loaded.with_inner()][1:] == [part.name for part in model.with_inner()][1:]
    assert not loaded.get_layer("mine").inner.trainable
    assert models.clone_model(model).predict(np.ones((1, 5))).shape == (1, 5)
    with pytest.raises(ValueError, match=r"type load_model\(path, custom_objects={'Plain': Plain, 'swish': swish}\)"):
        models.load_model(tmp_path / "m.safetensors", custom_objects={"Residual": Residual})
    with pytest.raises(ValueError, match="custom_objects: swish must be a function"):
        models.load_model(tmp_path / "m.safetensors", custom_objects=own | {"swish": Plain})
    with pytest.raises(ValueError, match="custom_objects: Plain must be a class made from Layer"):
        models.load_model(tmp_path / "m.safetensors", custom_objects=own | {"Plain": print})
    with pytest.raises(TypeError, match="custom_objects is a dict such as"):
        models.load_model(tmp_path / "m.safetensors", custom_objects=[Plain])


def test_own_names_never_stand_for_ours(tmp_path):
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    assert type(again(model, tmp_path, custom_objects={"Dense": Plain}).layers[0]) is layers.Dense


class Dense(layers.Dense):
    """A learner's own, of a name that the library has, too."""


def test_own_of_a_name_that_the_library_has(tmp_path):
    model = models.Sequential([Dense(1, input_shape=(2,))])
    assert type(again(model, tmp_path, custom_objects={"Dense": Dense}).layers[0]) is Dense
    with pytest.raises(ValueError, match=r"custom_objects={'Dense': Dense}"):
        models.load_model(tmp_path / "m.safetensors")


def test_what_a_file_cannot_hold(tmp_path):
    def refused(layer, message):
        with pytest.raises(TypeError, match=message):
            models.Sequential([layer]).save(tmp_path / "m.safetensors")

    refused(layers.Dense(1, activation=lambda x: x), "Dense: the argument activation cannot be saved. It is a lambda")
    refused(Plain(object()), "Plain: the argument factor cannot be saved. It holds an object of the type object")
    refused(Plain(2**70), "Whole numbers are at most")

    def swish(x):
        return x

    model = models.Sequential([Plain(swish), layers.Activation(globals()["swish"])])
    with pytest.raises(TypeError, match="Two of your own things are called swish"):
        model.save(tmp_path / "m.safetensors")

    class Net(models.Model):
        def call(self, x):
            return x

    with pytest.raises(TypeError, match=r"is a Net, a model with code of its own.*Use model.save_weights\(path\)"):
        Net().save(tmp_path / "m.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_a_clone_has_the_same_layers_and_other_weights():
    model = models.Sequential([layers.Dense(3, input_shape=(5,)), layers.BatchNormalization()])
    clone = models.clone_model(model)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
    assert not np.array_equal(clone.get_weights()[0], model.get_weights()[0])
    assert clone.optimizer is None


def test_the_config_makes_the_model_again_and_is_text_but_for_arrays():
    model = models.Sequential([layers.Dense(3, input_shape=(5,))])
    config = model.get_config()
    again = models.Model.from_config(json.loads(json.dumps(config)))
    assert again.count_params() == 18
    assert json.dumps(again.get_config()) == json.dumps(config)
    with pytest.raises(ValueError, match=r"expected what model.get_config\(\) returns"):
        models.Model.from_config({})


@pytest.mark.parametrize(
    ("kind", "config", "message"),
    [
        (layers.Conv2D, {"use_bias": "no"}, "Conv2D: use_bias is something like True. Received: 'no'"),
        (layers.BatchNormalization, {"momentum": "high"}, "momentum is something like 0.99"),
        (layers.BatchNormalization, {"epsilon": True}, "epsilon is something like 0.001"),
        (layers.Softmax, {"axis": "x"}, "axis is something like -1"),
        (layers.MaxPooling2D, {"padding": 3}, "padding is something like 'valid'"),
        (layers.Concatenate, {"axis": {}}, "axis is something like -1"),
        (layers.GRU, {"return_sequences": 1}, "return_sequences is something like False"),
        (losses.Huber, {"delta": None}, "delta is something like 1.0"),
    ],
)
def test_the_gate_lets_no_other_types_in(kind, config, message):
    with pytest.raises(ValueError, match=message):
        gate.check_types(kind, config)


def test_the_gate_lets_in_what_layers_keep():
    for name in registry.KINDS["layer"]:
        layer = CASES[name][0]()
        gate.check_types(type(layer), layer.kept_arguments())
        gate.check_sizes(type(layer), layer.kept_arguments())
        again = type(layer)(**layer.kept_arguments())
        assert again.kept_arguments().keys() == layer.kept_arguments().keys(), name


def test_the_gate_bounds_sizes_but_not_seeds():
    gate.check_sizes(layers.Dense, {"units": 10**7, "seed": 2**60, "decay_steps": 10**9, "ignore_class": -(2**31)})
    for value in (10**7 + 1, (3, -(10**8)), [[10**9]]):
        with pytest.raises(ValueError, match="Dense: units is at most 10000000 in a file"):
            gate.check_sizes(layers.Dense, {"units": value})


def test_an_array_in_a_file_has_one_place():
    reader = Reader({"config.0": np.ones(3)}, {})
    with pytest.raises(ValueError, match="the array 'config.0' has two places"):
        reader.read([{"array": "config.0"}] * 2)
    with pytest.raises(ValueError, match="there is no array '0.kernel'"):
        reader.read({"array": "0.kernel"})


class Stack(layers.Layer):
    """A learner's own layer that holds a Sequential, whose weights are made at its first call."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = models.Sequential([layers.Dense(units, "relu"), models.Sequential([layers.Dense(units)])])

    def call(self, x):
        return self.inner(x)


def test_a_sequential_inside_an_own_layer_is_built_again(tmp_path):
    model = models.Sequential([layers.Input((5,)), Stack(4), layers.Dense(1)])
    equal_weights(model, tmp_path, np.random.default_rng(0).normal(size=(3, 5)), custom_objects={"Stack": Stack})


class Watching(layers.Layer):
    """Notes which precision this thread and another one see while it is made."""

    seen: ClassVar[list] = []

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with ThreadPoolExecutor(1) as other:
            Watching.seen.append((edunet.floatx(), other.submit(edunet.floatx).result()))

    def call(self, x):
        return x


def test_loading_changes_the_precision_of_no_other_thread(tmp_path):
    model = models.Sequential([layers.Input((4,)), layers.Dense(2, dtype="float64"), Watching(dtype="float64")])
    Watching.seen.clear()
    loaded = again(model, tmp_path, custom_objects={"Watching": Watching})
    assert loaded.layers[0].dtype == np.float64
    assert Watching.seen[-1] == (np.float64, np.float32)
