"""Whole models to and from Keras: what is made again, and what is refused because it would compute something else."""

import os
import warnings

import numpy as np
import pytest

import edunet
from edunet import interop

pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers installs both aside")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers does it")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
rng = np.random.default_rng(0)
SIGNAL = rng.normal(size=(3, 7, 4)).astype(np.float32)
BOTH = [edunet, keras]
MOVES = [(edunet, interop.to_keras), (keras, interop.from_keras)]


def there_and_back(theirs, x):
    theirs.set_weights([rng.normal(size=w.shape) for w in theirs.get_weights()])
    expected = theirs.predict(x, verbose=0)
    ours = interop.from_keras(theirs)
    np.testing.assert_allclose(ours.predict(x), expected, rtol=1e-4, atol=1e-5)
    back = interop.to_keras(ours)
    np.testing.assert_allclose(back.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)
    return ours, back


def test_attention_with_several_heads():
    x = keras.Input((7, 4), name="steps")
    y = keras.layers.MultiHeadAttention(2, 3)(x, x)
    ours, back = there_and_back(keras.Model(x, y), SIGNAL)
    assert (ours.inputs[0].name, back.inputs[0].name) == ("steps", "steps")


def test_inputs_and_outputs_keep_their_names():
    a, b = keras.Input((4,), name="second"), keras.Input((3,), name="first")
    inner_end = keras.Input((4,))
    inner = keras.Model(inner_end, {"y": keras.layers.Dense(2)(inner_end), "x": keras.layers.Dense(3)(inner_end)})
    y = inner(a)
    theirs = keras.Model({"second": a, "first": b}, {"sum": keras.layers.Add()([y["x"], b]), "own": y["y"]})
    theirs.set_weights([rng.normal(size=w.shape) for w in theirs.get_weights()])
    x = {"second": SIGNAL[:, 0], "first": SIGNAL[:, 1, :3]}
    expected = theirs.predict(x, verbose=0)
    ours = interop.from_keras(theirs)
    back = interop.to_keras(ours)
    for found in (ours.predict(x), back.predict(x, verbose=0)):
        assert set(found) == {"sum", "own"}
        for name, y in expected.items():
            np.testing.assert_allclose(found[name], y, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["Average", "Maximum", "Minimum", "Subtract", "Dot", "Identity"])
def test_branches(kind):
    a = keras.Input((4,))
    b = keras.layers.Dense(4)(a)
    join = getattr(keras.layers, kind)(**{"axes": 1} if kind == "Dot" else {})
    there_and_back(keras.Model(a, join(b if kind == "Identity" else [a, b])), SIGNAL[:, 0])


def test_stacked_cells():
    cells = [keras.layers.LSTMCell(5), keras.layers.LSTMCell(3)]
    there_and_back(keras.Sequential([keras.Input((7, 4)), keras.layers.RNN(cells)]), SIGNAL)


def test_double_precision_stays():
    theirs = keras.Sequential([keras.Input((4,), dtype="float64"), keras.layers.Dense(2, dtype="float64")])
    ours, back = there_and_back(theirs, SIGNAL[:, 0].astype(np.float64))
    assert ours.layers[-1].kernel.dtype == np.float64
    assert back.layers[-1].variable_dtype == "float64"
    with pytest.raises(ValueError, match="computes in .*float16.*; here in float32 or float64"):
        interop.from_keras(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, dtype="mixed_float16")]))


def test_frozen_models_inside_stay_frozen():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    inner.trainable = False
    ours, back = there_and_back(keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(2)]), SIGNAL[:, 0])
    assert (len(ours.trainable_weights), len(back.trainable_weights)) == (2, 2)


def test_masks_flow_by_themselves_on_both_sides():
    L = keras.layers
    x = keras.Input((7,), dtype="int32")
    steps = L.Embedding(9, 4, mask_zero=True)(x)
    y = L.LayerNormalization()(L.Add()([steps, L.MultiHeadAttention(2, 3)(steps, steps)]))
    y, *states = L.GRU(4, return_sequences=True, return_state=True)(y)
    y = L.Concatenate()([L.GlobalAveragePooling1D()(y), L.LSTM(3)(y)])
    codes = rng.integers(1, 9, (3, 7)).astype(np.int32)
    codes[0, 4:], codes[1, 2] = 0, 0
    there_and_back(keras.Model(x, L.Concatenate()([y, *states])), codes)


def decoder(library, mask):
    L = library.layers
    x = library.Input((7, 4))
    steps = L.Masking()(x)
    y, *states = L.LSTM(3, return_state=True)(steps)
    given = {"mask": steps._keras_mask} if mask else {}
    y = L.Bidirectional(L.GRU(3))(steps, initial_state=states, **given)
    return library.Model(x, L.LSTM(3)(steps, initial_state=states, **given)), library.Model(x, y)


def test_masks_beside_given_states_are_handed_on():
    x = SIGNAL.copy()
    x[0, 4:], x[1, 2] = 0, 0
    for theirs in decoder(keras, mask=True):
        there_and_back(theirs, x)
    for ours in decoder(edunet, mask=False):
        np.testing.assert_allclose(interop.to_keras(ours).predict(x, verbose=0), ours.predict(x), atol=1e-5)


def test_a_mask_that_keras_loses_beside_given_states_is_refused():
    for theirs in decoder(keras, mask=False):
        with pytest.raises(ValueError, match="gets states, and Keras then loses the mask of its steps. Give it"):
            interop.from_keras(theirs)


def test_a_mask_that_was_computed_is_refused():
    x = keras.Input((7, 4))
    y = keras.layers.LSTM(3)(x, mask=keras.ops.all(keras.ops.not_equal(x, 1.0), axis=-1))
    with pytest.raises(ValueError, match="from_keras: all is an operation, not a layer"):
        interop.from_keras(keras.Model(x, y))


@pytest.mark.parametrize(("library", "move"), MOVES)
@pytest.mark.parametrize(
    ("after", "message"),
    [
        (lambda L: [L.Conv1D(3, 3, padding="same"), L.LSTM(3)], r"\(Conv1D\).* masked steps .*zeros"),
        (lambda L: [L.GlobalMaxPooling1D()], r"\(GlobalMaxPooling1D\).* masked steps .*take part"),
        (lambda L: [L.GRU(3, return_sequences=True, go_backwards=True), L.LSTM(3)], r"\(GRU\).* mask .*turns with"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_what_honours_masks_otherwise_is_refused(library, move, after, message, deep):
    parts = after(library.layers)
    if deep:
        parts = [library.Sequential([library.Input((7, 4)), *parts])]
    start = [library.Input((7,), dtype="int32"), library.layers.Embedding(9, 4, mask_zero=True)]
    with pytest.raises(ValueError, match=f"{move.__name__}: .*{message}.*Leave the mask away"):
        move(library.Sequential([*start, *parts]))
    move(
        library.Sequential([library.Input((7,), dtype="int32"), library.layers.Embedding(9, 4), *after(library.layers)])
    )


@pytest.mark.parametrize(("library", "move"), MOVES)
def test_a_mask_of_one_branch_only_is_refused(library, move):
    x = library.Input((7, 4))
    L = library.layers
    y = L.LSTM(3)(L.Add()([L.Masking()(x), L.Dense(4)(x)]))
    with pytest.raises(ValueError, match=r"\(Add\) gets a mask: one input has none"):
        move(library.Model(x, y))


def test_layers_that_take_no_trainable():
    L = keras.layers
    stack = [L.SpatialDropout1D(0.5), L.Dense(3, trainable=False), L.SpatialDropout1D(0.5, name="last")]
    ours, back = there_and_back(keras.Sequential([keras.Input((7, 4)), *stack]), SIGNAL)
    assert (len(ours.trainable_weights), len(back.trainable_weights)) == (0, 0)


@pytest.mark.parametrize(("library", "move"), MOVES)
def test_scores_that_are_divided_otherwise(library, move):
    x = library.Input((7, 4))
    with pytest.raises(ValueError, match="divides its scores by √d in edunet and does not in Keras"):
        move(library.Model(x, library.layers.Attention()([x, x])))


@pytest.mark.parametrize(("library", "move"), MOVES)
def test_what_only_has_the_name_is_refused(library, move):
    class Dense(library.layers.Dense):
        def call(self, x):
            return super().call(x) * 2

    def relu(x):
        return x * 0

    class L2(library.regularizers.Regularizer):
        def __call__(self, w):
            return 0.0 * w

        def get_config(self):
            return {}

    for layer, message in [
        (Dense(2), "is a Dense, which .* does not have"),
        (library.layers.Dense(2, activation=relu), "activation is a function of its own"),
        (library.layers.Dense(2, activation=lambda x: x), "activation is a function of its own"),
        (library.layers.Dense(2, kernel_regularizer=L2()), "kernel_regularizer is a L2, not one of"),
    ]:
        with pytest.raises(ValueError, match=message):
            move(library.Sequential([library.Input((4,)), layer]))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            lambda: keras.layers.LayerNormalization(center=False, rms_scaling=True),
            "rms_scaling=True has no counterpart",
        ),
        (
            lambda: keras.layers.Dense(2, activation=keras.ops.gelu),
            "activation is keras.ops.gelu; give its name, 'gelu'",
        ),
    ],
)
def test_what_keras_takes_beside_its_arguments_is_refused(layer, message):
    with pytest.raises(ValueError, match=message):
        interop.from_keras(keras.Sequential([keras.Input((4,)), layer()]))


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: interop.from_keras(a),
        lambda a, b: interop.from_keras("model.keras"),
        lambda a, b: interop.to_keras(b),
        lambda a, b: interop.weights_from_keras(b, a),
        lambda a, b: interop.weights_to_keras(b, a),
        lambda a, b: interop.weights_to_keras(a, {}),
    ],
)
def test_wrong_objects_are_told_as_such(call):
    a, b = (L.Sequential([L.Input((4,)), L.layers.Dense(2)]) for L in BOTH)
    with pytest.raises(TypeError, match=r"expected a .*(edunet|Keras).*\. Received"):
        call(a, b)
