"""Models as ONNX: what onnxruntime computes from the file is what `predict` answers."""

import numpy as np
import pytest
from onnx_layers import IMAGE_LAYERS, RECURRENT, STEP_LAYERS

import edunet
from edunet import activations, layers
from edunet.demo import article_network
from edunet.interop import to_onnx
from edunet.interop.onnx.pointwise import ACTIVATIONS
from edunet.interop.onnx.table import LAYERS
from edunet.layers.symbol import in_list
from edunet.models import Model, Sequential

pytest.importorskip("onnx", reason="onnx is not installed: pip install onnx onnxruntime")
ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install onnx onnxruntime")

N, T, D = 3, 7, 4
rng = np.random.default_rng(0)
ROWS, STEPS = rng.normal(size=(N, 6)).astype(np.float32), rng.normal(size=(N, T, D)).astype(np.float32)
IMAGES = rng.normal(size=(2, 9, 8, 4)).astype(np.float32)
PADDED = STEPS.copy()
PADDED[0, 5:], PADDED[1, :2], PADDED[1, 4], PADDED[2] = 0, 0, 0, 0  # at the end, before and between, everywhere


def same(model, *xs, opset=20):
    """Compare onnxruntime with predict; weights are drawn first, so that no bias is 0 and no scale 1."""
    for w in model.weights:
        w.data[...] = rng.normal(size=w.shape) / max(2, np.sqrt(w.size / (w.shape or (1,))[-1]))  # a softmax stays soft
        if "variance" in w.name:
            w.data[...] = rng.uniform(0.5, 2, w.shape)
    proto = to_onnx(model, opset=opset)
    session = ort.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = session.run(None, dict(zip([i.name for i in session.get_inputs()], xs, strict=True)))
    ours = model.predict(list(xs) if len(xs) > 1 else xs[0])
    for a, b in zip(theirs, in_list(ours), strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= 1e-5 * np.abs(b).max()
    return proto


def operators(proto):
    return [node.op_type for node in proto.graph.node]


@pytest.mark.parametrize("make", IMAGE_LAYERS)
def test_layers_of_images(make):
    same(Sequential([layers.Input(IMAGES.shape[1:]), make()]), IMAGES)


@pytest.mark.parametrize("make", STEP_LAYERS + RECURRENT)
def test_layers_of_steps_of_any_length(make):
    proto = same(Sequential([layers.Input((None, D)), make()]), STEPS)
    axes = [axis.dim_param or axis.dim_value for axis in proto.graph.input[0].type.tensor_type.shape.dim]
    assert axes == ["N", "input_1", D]


@pytest.mark.parametrize("make", RECURRENT)
def test_masked_steps_are_skipped_wherever_they_stand(make):
    same(Sequential([layers.Input((None, D)), layers.Masking(), make()]), PADDED)


@pytest.mark.parametrize("padding", ["same", "causal"])
def test_masked_steps_are_zeros_for_a_convolution_and_its_mask_goes_on(padding):
    stack = [layers.Embedding(9, 4, mask_zero=True), layers.Conv1D(5, 3, padding=padding, activation="tanh")]
    codes = np.array([[1, 2, 3, 0, 0], [4, 0, 1, 2, 3], [0, 0, 0, 0, 0]], np.int32)
    for last in (layers.GRU(3), layers.GlobalAveragePooling1D()):
        same(Sequential([layers.Input((None,), dtype="int32"), *stack, last]), codes)


@pytest.mark.parametrize("keepdims", [False, True])
def test_masked_steps_have_no_part_in_the_largest(keepdims):
    pool = layers.GlobalMaxPooling1D(keepdims=keepdims)
    same(Sequential([layers.Input((None, D)), layers.Masking(), layers.Dense(5), pool]), PADDED)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations(name):
    same(Sequential([layers.Input((6,)), layers.Activation(name)]), ROWS)


def test_activations_that_are_layers():
    stack = [layers.Input((6,)), layers.LeakyReLU(0.1), layers.ELU(0.5), layers.Softmax(), layers.ReLU()]
    same(Sequential(stack), ROWS)


def test_an_image_of_any_size_after_strides():
    stack = [layers.Conv2D(3, 3, strides=2, padding="same"), layers.MaxPooling2D(2, padding="same")]
    same(Sequential([layers.Input((None, None, 4)), *stack, layers.GlobalMaxPooling2D()]), IMAGES)


def test_the_middle_of_an_image_of_any_size():
    same(Sequential([layers.Input((None, None, 4)), layers.CenterCrop(4, 5)]), IMAGES)


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
def test_single_places_of_an_image_of_any_size(kind):
    pool = getattr(layers, kind)(1, strides=(2, 3), padding="same")
    same(Sequential([layers.Input((None, None, 4)), pool]), IMAGES)


def test_an_axis_of_any_length_that_becomes_features():
    rows = layers.TimeDistributed(layers.Flatten())  # (N,H,W,C) -> (N,H,W·C), W of any length
    same(Sequential([layers.Input((None, None, 4)), rows, layers.UpSampling1D(2)]), IMAGES)


def test_codes_may_come_as_floats():
    codes = rng.integers(0, 6, (N, T))
    stack = [layers.Embedding(6, 4), layers.Dense(2)]
    same(Sequential([layers.Input((T,), dtype="int32"), *stack]), codes.astype(np.int32))
    same(Sequential([layers.Input((T,)), *stack]), codes.astype(np.float32))


def test_images_in_whole_numbers():
    stack = [layers.Rescaling(1 / 255), layers.Conv2D(3, 3)]
    same(Sequential([layers.Input(IMAGES.shape[1:], dtype="uint8"), *stack]), (IMAGES * 50 + 100).astype(np.uint8))


@pytest.mark.parametrize("make", [lambda: layers.Dense(2), lambda: layers.Flatten(), lambda: layers.GRU(3)])
def test_findings_that_are_true_or_false(make):
    same(Sequential([layers.Input((T, D), dtype="bool"), make()]), STEPS > 0)


def test_a_repeated_vector():
    same(Sequential([layers.Input((6,)), layers.RepeatVector(3)]), ROWS)


def test_several_inputs_and_outputs_shared_layers_and_a_model_inside():
    a, b = layers.Input((6,)), layers.Input((6,))
    shared = layers.Dense(6, activation="relu")
    inner = Sequential([layers.Dense(6, input_shape=(6,)), layers.LayerNormalization()])
    x, y = shared(a), inner(shared(b))
    model = Model([a, b], [layers.Add()([x, inner(y)]), layers.Concatenate()([x, layers.Multiply()([y, a])])])
    proto = same(model, ROWS, ROWS[::-1].copy())
    assert [i.name for i in proto.graph.input] == ["input_0", "input_1"]
    assert [o.name for o in proto.graph.output] == model.output_names
    assert sum(np.prod(w.dims) for w in proto.graph.initializer) == model.count_params()  # each weight once


@pytest.mark.parametrize("kind", ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"])
def test_branches_that_are_joined(kind):
    a, b = layers.Input((6,)), layers.Input((6,))
    inputs = [a, b] if kind == "Subtract" else [a, b, layers.Identity()(layers.Dense(6)(b))]
    same(Model([a, b], getattr(layers, kind)()(inputs)), ROWS, ROWS[::-1].copy())


def test_a_gate_of_channels():
    x = layers.Input(IMAGES.shape[1:])
    gate = layers.Dense(4, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    same(Model(x, layers.Multiply()([x, gate])), IMAGES)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(
    ("a", "b", "axes"), [(ROWS, ROWS, 1), (STEPS, STEPS, 1), (STEPS, STEPS, -1), (STEPS, ROWS[:, :4], (2, 1))]
)
def test_dot(a, b, axes, normalize):
    inputs = [layers.Input((None, *x.shape[2:]) if x.ndim > 2 and axes != 1 else x.shape[1:]) for x in (a, b)]
    same(Model(inputs, layers.Dot(axes, normalize=normalize)(inputs)), a, b[::-1].copy())


def test_outputs_in_a_dict_also_of_a_model_inside():
    a = layers.Input((6,))
    inner = Model(a, {"wide": layers.Dense(6)(a), "thin": layers.Dense(2)(a)})
    x = layers.Input((6,))
    y = inner(x)
    proto = same(Model(x, {"b": y["wide"], "a": layers.Concatenate()([y["thin"], y["wide"]])}), ROWS)
    assert [o.name for o in proto.graph.output] == ["a", "b"]


@pytest.mark.parametrize("causal", [False, True])
def test_attention(causal):
    x, memory = layers.Input((None, D)), layers.Input((None, 6))
    heads = layers.MultiHeadAttention(2, 3, value_dim=5)
    y, scores = heads(x, memory, use_causal_mask=causal, return_attention_scores=True)
    same(Model([x, memory], [y, scores]), STEPS, rng.normal(size=(N, 5, 6)).astype(np.float32))
    same(Model(x, layers.Attention()([x, x], use_causal_mask=causal)), STEPS)


def test_attention_over_the_mean_of_both_directions():
    x = layers.Input((None, D))
    y = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="ave")(x)
    same(Model(x, layers.Attention(use_scale=True)([y, y])), STEPS)


def test_an_attention_mask_that_is_an_input():
    x, looks = layers.Input((T, D)), layers.Input((T, T), dtype="bool")
    model = Model([x, looks], layers.MultiHeadAttention(2, 3)(x, x, attention_mask=looks))
    same(model, STEPS, rng.random((N, T, T)) < 0.3)  # some rows see nothing


def test_a_transformer_on_padded_codes():
    codes = np.array([[1, 2, 3, 0, 0], [4, 5, 1, 2, 3], [0, 0, 0, 0, 0]], np.int32)
    stack = [layers.Embedding(6, 8, mask_zero=True), layers.SinePositionEncoding(), layers.TransformerEncoder(12, 2)]
    same(Sequential([layers.Input((None,), dtype="int32"), *stack, layers.LSTM(3)]), codes)


def padded_into(inner):
    stack = [layers.Input((None,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True), inner]
    return Sequential(stack), np.array([[1, 2, 0, 0], [0, 3, 0, 4], [0, 0, 0, 0]], np.int32)


@pytest.mark.parametrize("last", [lambda: layers.LSTM(3), lambda: layers.GlobalAveragePooling1D()])
@pytest.mark.parametrize("deep", [False, True])
def test_a_mask_reaches_the_models_inside(last, deep):
    inner = Sequential([layers.Input((None, 4)), layers.Dense(4), last()])
    if deep:
        inner = Sequential([layers.Input((None, 4)), layers.Dense(4), inner])
    model, codes = padded_into(inner)
    same(model, codes)
    same(inner, STEPS)  # which has no mask of its own


def test_a_mask_goes_through_a_model_inside():
    x = layers.Input((None, 4))
    model, codes = padded_into(Model(x, layers.Residual([layers.Dense(4)])(x)))
    model.add(layers.GRU(3, return_sequences=True))
    model.add(layers.GlobalAveragePooling1D())
    same(model, codes)


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("make", RECURRENT)
def test_both_directions_with_masks(make, merge):
    x = layers.Input((None, D))
    y = layers.Bidirectional(make(), merge_mode=merge)(layers.Masking()(x))
    same(Model(x, list(y) if merge is None else y), PADDED)


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_states_handed_on_and_the_same_at_every_step(kind):
    x, recurrent = layers.Input((None, D)), getattr(layers, kind)
    y, *states = recurrent(5, return_sequences=True, return_state=True, go_backwards=True)(x)
    z = layers.TimeDistributed(layers.Dense(5))(y)
    same(Model(x, [recurrent(5, return_sequences=True)(z, initial_state=states), *states]), STEPS)


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM", "cell"])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_masks_and_states_that_are_given(kind, sequences, zero, go_backwards):
    options = {"return_sequences": sequences, "zero_output_for_mask": zero, "go_backwards": go_backwards}
    layer = layers.RNN(layers.GRUCell(5), **options) if kind == "cell" else getattr(layers, kind)(5, **options)
    x, states = layers.Input((None, D)), [layers.Input((5,)) for _ in layer.state_sizes()]
    model = Model([x, *states], layer(layers.Masking()(x), initial_state=states))
    same(model, PADDED, *(rng.normal(size=(len(states), N, 5)).astype(np.float32)))
    x = layers.Input((None, D))
    layer = layers.RNN(layers.GRUCell(5), **options) if kind == "cell" else getattr(layers, kind)(5, **options)
    same(Model(x, layer(layers.Masking()(x))), PADDED)


@pytest.mark.parametrize("kind", ["SimpleRNNCell", "GRUCell", "LSTMCell"])
def test_cells(kind):
    recurrent = layers.RNN(getattr(layers, kind)(5), return_sequences=True)
    same(Sequential([layers.Input((None, D)), layers.Masking(), recurrent]), PADDED)


def test_a_way_round_layers():
    inside = [layers.Conv2D(6, 3, padding="same", activation="relu"), layers.Conv2D(4, 1)]
    same(Sequential([layers.Input(IMAGES.shape[1:]), layers.Residual(inside)]), IMAGES)


@pytest.mark.parametrize("opset", [20, 22])
def test_the_network_of_the_article_turns_its_images_twice_only(opset):
    proto = same(article_network(), rng.random((2, 28, 28, 1)).astype(np.float32), opset=opset)
    assert operators(proto).count("Transpose") == 2
    assert (proto.producer_name, proto.producer_version) == ("edunet", edunet.__version__)
    assert proto.opset_import[0].version == opset


def test_layers_that_are_not_exported_are_known():
    inside_others = {"InputLayer", "Layer", "SimpleRNNCell", "GRUCell", "LSTMCell", "StackedRNNCells"}
    kinds = {kind.__name__ for kind in vars(layers).values() if isinstance(kind, type) and kind.__module__ != __name__}
    assert kinds - set(LAYERS) <= inside_others


def test_nothing_is_exported_that_is_not_there():
    assert set(LAYERS) <= set(layers.__all__)
    assert set(ACTIVATIONS) <= set(activations.__all__)
