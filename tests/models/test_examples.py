"""Bad input gets a clear sentence: what came, what was expected, what to type. One test per message."""

import numpy as np
import pytest

import edunet
from edunet import layers, models, optimizers

X, Y = np.zeros((6, 4), np.float32), np.array([0, 1, 2, 0, 1, 2])


def model(last=3, loss="sparse_categorical_crossentropy", activation="softmax"):
    made = models.Sequential([layers.Dense(last, activation=activation, input_shape=(4,))])
    made.compile("sgd", loss)
    return made


def images():
    made = models.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 3)), layers.Flatten(), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


NAN = X.copy()
NAN[4, 2] = np.nan
INF = X.copy()
INF[0, 0] = np.inf


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X, Y[:5], r"x has 6 examples, y has 5: expected one label for each"),
        (X[:0], Y[:0], r"x is empty \(shape \(0, 4\)\): expected at least one example"),
        (X, [], r"y is empty"),
        (NAN, Y, r"x: 1 of 24 values are NaN or infinite in float32, the first at x\[4, 2\].*SimpleImputer"),
        (INF, Y, r"x: 1 of 24 values are NaN or infinite in float32, the first at x\[0, 0\]"),
        (X, np.array([0, 1, 2, np.nan, 1, 2]), r"y: 1 of 6 values are NaN or infinite in float32, the first at y\[3\]"),
        (X[:, :3], Y, r"x: the model expects \(N, 4\). Received \(6, 3\)"),
        (
            X[0],
            Y[:4],
            r"x: the model expects \(N, 4\). Received \(4,\). For a single example add the batch axis: x\[None\]",
        ),
        (list(X), Y, r"the model has 1 input. Received a list of 6 arrays. .*np.stack\(x\)"),
        ([[1, 2, 3, 4], [1, 2]], Y[:2], r"x: the rows have different lengths. Pad them"),
        (
            X,
            Y + 1,
            r"labels run from 1 to 3, but the model has 3 outputs: expected 0 to 2. .* counted from 1, use y - 1",
        ),
        (X, Y * 2, r"labels run from 0 to 4.*end the model with Dense\(5\)"),
        (X, Y - 1, r"labels run from -1 to 1.*np.unique\(y, return_inverse=True\)"),
        (np.full((6, 4), 1e300), Y, r"24 of 24 values are NaN or infinite in float32"),
        (X, Y.astype(np.uint8) - np.uint8(1), r"255 is what -1 becomes in uint8"),
        (X, Y + 0.5, r"labels are whole numbers 0 to 2; received 0.5.*loss='mse'"),
        (X, np.eye(3)[Y], r"looks one-hot.*loss='categorical_crossentropy', or y.argmax\(axis=-1\)"),
        (X, np.zeros((6, 2)), r"expected labels of shape \(N,\). Received y of shape \(6, 2\)"),
        (X, None, r"y is missing"),
        (None, Y, r"x is missing"),
    ],
)
def test_fit_refuses_before_the_first_batch(x, y, message):
    with pytest.raises(ValueError, match=message):
        model().fit(x, y, verbose=0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            np.array([["a", "b", "c", "d"]]),
            r"x: expected numbers. Received an array of dtype <U1, such as .*'a'.*np.unique",
        ),
        (np.array([[1, None, 2, 3]], dtype=object), r"x: expected numbers. Received an array of dtype object"),
        ([{"age": 1}], r"x: expected numbers. Received an array of dtype object, such as \{'age': 1\}"),
        (np.ma.masked_array(np.ones((1, 4)), mask=True), r"masked values would be learnt from. Fill them first"),
        (iter([np.ones(4)]), r"Received a? ?list_iterator.*np.stack"),
        (np.array([[1j] * 4]), r"dtype complex128"),
    ],
)
def test_what_is_no_number_is_refused(x, message):
    with pytest.raises(TypeError, match=message):
        model().fit(x, [0], verbose=0)


@pytest.mark.parametrize(
    ("loss", "last", "activation", "y", "message"),
    [
        (
            "binary_crossentropy",
            1,
            "sigmoid",
            Y,
            r"labels are 0 or 1.*Received values from 0 to 2.*sparse_categorical_crossentropy",
        ),
        ("binary_crossentropy", 1, "sigmoid", np.array([-1, 1] * 3), r"For labels -1 and 1 use \(y \+ 1\) / 2"),
        (
            "binary_crossentropy",
            3,
            "softmax",
            Y,
            r"one label per example, the model answers with 3 values.*sparse_categorical_crossentropy",
        ),
        ("sparse_categorical_crossentropy", 1, "softmax", Y, r"the model has one output.*binary_crossentropy"),
        ("categorical_crossentropy", 3, "softmax", Y, r"expected one column per class.*utils.to_categorical\(y, 3\)"),
        ("categorical_crossentropy", 3, "softmax", -np.ones((6, 3)), r"shares that sum to 1.*binary_crossentropy"),
        ("binary_crossentropy", 1, "sigmoid", np.array([1, 2] * 3), r"For labels 1 and 2 use y - 1"),
        ("mse", 1, None, np.zeros((6, 2)), r"y has shape \(6, 2\), but the model answers with \(N, 1\)"),
    ],
)
def test_labels_of_the_wrong_kind_for_the_loss(loss, last, activation, y, message):
    with pytest.raises(ValueError, match=message):
        model(last, loss, activation).fit(X, y, verbose=0)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 3, 8, 8), r"Received \(5, 3, 8, 8\). The channels seem to stand first: use x.transpose\(0, 2, 3, 1\)"),
        ((5, 8, 8), r"the model expects \(N, 8, 8, 3\). Received \(5, 8, 8\)"),
        ((8, 8, 3), r"For a single example add the batch axis"),
        ((5, 9, 8, 3), r"Received \(5, 9, 8, 3\)"),
    ],
)
def test_wrong_rank_or_channels(shape, message):
    with pytest.raises(ValueError, match=message):
        images().predict(np.zeros(shape))


def test_grey_images_without_channel_axis_are_accepted_as_keras_does():
    made = models.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 1)), layers.Flatten(), layers.Dense(1)])
    assert made.predict(np.zeros((5, 8, 8))).shape == (5, 1)


def test_predict_and_evaluate_refuse_nan_too():
    for call in (lambda: model().predict(NAN), lambda: model().evaluate(NAN, Y)):
        with pytest.raises(ValueError, match="NaN or infinite"):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, r"batch_size is a whole number >= 1. Received: 0"),
        ({"epochs": 1.5}, r"epochs is a whole number >= 1. Received: 1.5"),
        ({"validation_split": 1.5}, r"validation_split is a share between 0 and 1.*Received: 1.5"),
        ({"validation_split": 0.99}, r"leaves an empty part of 6 examples"),
        ({"validation_data": X}, r"validation_data is a pair \(x, y\)"),
        ({"validation_data": (X[:, :2], Y)}, r"the model expects \(N, 4\)"),
        ({"sample_weight": [1, 2]}, r"sample_weight: expected 6 weights, one per example. Received 2"),
        ({"sample_weight": [1, 1, 1, 1, 1, -1]}, r"weights are >= 0. Received -1"),
        ({"validation_split": "0.2"}, r"validation_split is a share between 0 and 1.*Received: '0.2'"),
        ({"initial_epoch": -3}, r"initial_epoch is a whole number >= 0. Received: -3"),
        ({"sample_weight": np.ones((6, 3))}, r"expected one weight per example"),
        ({"sample_weight": 2.0}, r"expected 6 weights, one per example. Received the single value 2.0"),
        ({"class_weight": {0: 1, 1: -1, 2: 1}}, r"weights are numbers >= 0. Received -1 for class 1"),
        ({"class_weight": {0: 1, 1: None, 2: 1}}, r"weights are numbers >= 0. Received None"),
        ({"class_weight": {0: 1}}, r"class_weight has no weight for class 1; it knows \[0\]"),
        ({"verbose": "loud"}, r"verbose is 'auto', 0 \(silent\), 1 or 2. Received: 'loud'"),
    ],
)
def test_options_of_fit(options, message):
    with pytest.raises(ValueError, match=message):
        model().fit(X, Y, **options)


def test_class_weight_of_the_wrong_kind():
    with pytest.raises(TypeError, match=r"class_weight is a dict"):
        model().fit(X, Y, class_weight=[1, 2, 3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: model().compile("adm", "mse"), r"unknown optimizer 'adm'.*Did you mean 'adam'"),
        (lambda: model().compile("adam", "sparse_crossentropy"), r"unknown loss 'sparse_crossentropy'.*Did you mean"),
        (
            lambda: model().compile("adam", "mse", metrics=["acuracy"]),
            r"unknown metric 'acuracy'.*Did you mean 'accuracy'",
        ),
        (lambda: model().compile("adam"), r"which loss\?"),
        (lambda: layers.Dense(3, activation="rely"), r"unknown activation 'rely'.*Did you mean 'relu'"),
        (lambda: layers.Dense(3, kernel_initializer="glorot"), r"unknown initializer 'glorot'.*Did you mean 'glorot"),
        (lambda: layers.Conv2D(2, 3, padding="smae"), r"padding is one of.*Did you mean 'same'"),
        (lambda: optimizers.Adam(beta_1=2.0), r"Adam: beta_1 lies between 0 and 1. Received: 2.0"),
        (lambda: layers.Dense(0), r"Dense: units is a whole number >= 1. Received: 0"),
    ],
)
def test_unknown_names_are_guessed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unknown_arguments_are_guessed():
    with pytest.raises(TypeError, match=r"Dense has no argument 'activaton'.*Did you mean 'activation'"):
        layers.Dense(3, activaton="relu")


def test_large_sets_are_scanned_in_pieces_with_the_right_place():
    x = np.zeros((5000, 4), np.float32)
    x[4999, 3] = np.inf
    with pytest.raises(ValueError, match=r"the first at x\[4999, 3\]"):
        model().predict(x)


def test_a_text_column_of_a_table_is_named():
    class Table:  # what pandas hands over
        columns = ("age", "sex")

        def __getitem__(self, name):
            return np.array({"age": [40, 50], "sex": ["m", "f"]}[name])

        def __array__(self, dtype=None, copy=None):
            return np.array([[40, "m"], [50, "f"]], dtype=object)

    with pytest.raises(TypeError, match=r"a table whose column 'sex' is not numbers only, such as .*'m'"):
        model().predict(Table())


def test_flatten_forgotten():
    made = models.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 1)), layers.Dense(3, activation="softmax")])
    made.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"answers with \(N, 6, 6, 3\). Put layers.Flatten\(\)"):
        made.fit(np.zeros((6, 8, 8, 1)), Y, verbose=0)


@pytest.mark.parametrize("shape", [(8, 8, 1), (8, 8)])
def test_one_picture_needs_a_batch_axis(shape):
    made = models.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 1))])
    with pytest.raises(
        ValueError, match=rf"Received \({', '.join(map(str, shape))}\). For a single example.*x\[None\]"
    ):
        made.predict(np.zeros(shape))


def test_precision_of_several_classes():
    made = models.Sequential([layers.Dense(3, activation="softmax", input_shape=(4,))])
    made.compile("sgd", "sparse_categorical_crossentropy", metrics=["precision"])
    with pytest.raises(ValueError, match=r"precision counts yes-or-no answers, but the model gives 3"):
        made.fit(X, Y, verbose=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: model().fit(X, Y, epoch=3), r"fit has no argument 'epoch'.*Did you mean 'epochs'"),
        (lambda: model().compile("adam", "mse", metric=["mae"]), r"compile has no argument 'metric'.*'metrics'"),
        (lambda: optimizers.Adam(learning_rat=0.1), r"Adam has no argument.*Did you mean 'learning_rate'"),
        (lambda: layers.Input((3,)) ** 2, r"a \* b are drawn as such"),
        (lambda: models.Sequential(layers.Dense(3)), r"Sequential takes a list of layers: Sequential\(\[Dense"),
    ],
)
def test_misspelt_arguments(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_misspelt_layers_are_guessed():
    with pytest.raises(AttributeError, match=r"edunet.layers has no 'Conv2d'. Did you mean 'Conv2D'\?"):
        layers.Conv2d  # noqa: B018


def test_batch_size_none_is_32():
    assert model().fit(X, Y, batch_size=None, verbose=0).epoch == [0]


def test_input_shape_may_be_a_number():
    assert layers.Dense(3, input_shape=4).input_shape == (4,)


def test_nothing_is_learnt_without_gradients():
    with edunet.no_gradients(), pytest.raises(RuntimeError, match=r"called inside edunet.no_gradients\(\)"):
        model().fit(X, Y, verbose=0)
