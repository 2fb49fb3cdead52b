"""A checkpoint of another training is refused with what differs; what is no checkpoint is named."""

import numpy as np
import pytest

import edunet
from edunet import callbacks, layers, losses, metrics, models, optimizers, schedules
from edunet.callbacks import Callback, Checkpoint

rng = np.random.default_rng(4)
X = rng.normal(size=(40, 6)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.float32)


def model(loss="binary_crossentropy", optimizer="adam", rate=0.2, activation="sigmoid", kinds=("accuracy", "auc")):
    made = models.Sequential(
        [layers.Dense(8, input_shape=(6,)), layers.Dropout(rate, seed=1), layers.Dense(1, activation=activation)]
    )
    made.compile(optimizer, loss, metrics=list(kinds))
    return made


class Stop(Callback):
    def __init__(self, after):
        self.left = after

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise RuntimeError("power cut")


def fit(made, x=X, y=Y, **options):
    made.fit(x, y, **{"epochs": 3, "batch_size": 10, "verbose": 0, **options})
    return made


@pytest.fixture
def stopped(tmp_path):
    path = tmp_path / "run.safetensors"
    with pytest.raises(RuntimeError):
        fit(model(), callbacks=[Checkpoint(path, every_batches=1), Stop(5)])
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "mse"}, r"another loss, .*: loss was BinaryCrossentropy\(.*, now it is MeanSquaredError"),
        (
            {"kinds": ("mae", "mse")},
            r"other metrics .*: metrics was \[BinaryAccuracy\(.*, now it is \[MeanAbsoluteError",
        ),
        (
            {"activation": "tanh", "loss": losses.MeanSquaredError()},
            r"activation of layer 3 \(Dense\) was sigmoid, now it is",
        ),
        ({"rate": 0.9}, r"another model: rate of layer 2 \(Dropout\) was 0.2, now it is 0.9"),
        ({"optimizer": optimizers.Adam(0.5)}, r"another optimizer: learning_rate was 0.001, now it is 0.5"),
        (
            {"optimizer": optimizers.Adam(schedules.CosineDecay(0.5, 100))},
            r"learning_rate was 0.001, now it is CosineDecay\(.*=0.5",
        ),
    ],
)
def test_another_model(stopped, change, message):
    with pytest.raises(ValueError, match=message):
        fit(model(**change), resume=stopped)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": X * 100}, r"other data: x was float32 \(40, 6\) with checksum \w+, now it is float32 \(40, 6\)"),
        ({"y": 1 - Y}, r"other data: y was float32 \(40,\d*\)? ?.*checksum"),
        ({"class_weight": {0: 1, 1: 50}}, r"class weights: class_weight was None, now it is {0: 1, 1: 50}"),
        ({"sample_weight": np.ones(40)}, "the weights of examples was not there, now it is"),
        ({"validation_data": (X[:10], Y[:10])}, "another validation: "),
    ],
)
def test_other_data(stopped, change, message):
    with pytest.raises(ValueError, match=message):
        fit(model(), **change, resume=stopped)


def test_a_rate_that_was_set_by_hand_is_told_of(stopped):
    made = model()
    made.optimizer.learning_rate = 0.5
    with pytest.warns(UserWarning, match=r"goes on with the learning rate 0.001 .* 0.5 is forgotten"):
        fit(made, resume=stopped)
    assert made.optimizer.learning_rate == 0.001


def test_connections_in_another_order(tmp_path):
    def drawn(turned):
        x = layers.Input((6,))
        a, b = layers.Dense(3)(x), layers.Dense(3)(x)
        made = models.Model(x, layers.Dense(1)(layers.Concatenate()([b, a] if turned else [a, b])))
        made.compile("sgd", "mse")
        return made

    path = tmp_path / "run.safetensors"
    with pytest.raises(RuntimeError):
        fit(drawn(False), callbacks=[Checkpoint(path, every_batches=1), Stop(5)])
    assert fit(drawn(False), resume=path).history.epoch == [0, 1, 2]
    with pytest.raises(ValueError, match="another model: connections of layer 0 was checksum"):
        fit(drawn(True), resume=path)


def test_a_callback_with_other_arguments(tmp_path):
    path = tmp_path / "run.safetensors"

    def watch(patience):
        return [callbacks.EarlyStopping("loss", patience=patience)]

    with pytest.raises(RuntimeError):
        fit(model(), callbacks=[*watch(5), Checkpoint(path, every_batches=1), Stop(5)])
    with pytest.raises(
        ValueError, match=r"other callbacks: patience of callback 1 \(EarlyStopping\) was 5, now it is 6"
    ):
        fit(model(), callbacks=watch(6), resume=path)


# ---------------------------------------------------------------- what is no checkpoint


@pytest.mark.parametrize("resume", [{}, True, 5, ["run.safetensors"]])
def test_what_is_no_path(resume):
    with pytest.raises(TypeError, match=r"fit: resume is the path of a file .*, such as 'run.safetensors'. Received: "):
        fit(model(), resume=resume)


def test_an_empty_text():
    with pytest.raises(ValueError, match="fit: resume is an empty text"):
        fit(model(), resume="")


def test_a_path_as_a_text(stopped):
    assert fit(model(), resume=str(stopped)).history.epoch == [0, 1, 2]


def test_models_and_weights_are_not_read_from_a_checkpoint(stopped):
    for load in (models.load_model, model().load_weights):
        with pytest.raises(ValueError, match=r"is a checkpoint: .* model.fit\(..., resume="):
            load(stopped)


# ---------------------------------------------------------------- what the learner has written


def same_after_a_stop(tmp_path, made, stop=7, further=list, **options):
    path = tmp_path / "run.safetensors"
    edunet.set_random_seed(1)
    whole = fit(made(), callbacks=further(), **options)
    edunet.set_random_seed(1)
    with pytest.raises(RuntimeError):
        fit(made(), callbacks=[*further(), Checkpoint(path, every_batches=1), Stop(stop)], **options)
    edunet.set_random_seed(9)
    resumed = fit(made(), callbacks=further(), resume=path, **options)
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert whole.history.history == resumed.history.history


@pytest.mark.parametrize(
    "noise",
    [
        lambda: layers.Dropout(0.3, seed=3),
        lambda: layers.GaussianNoise(0.3, seed=3),
        lambda: layers.GaussianDropout(0.3, seed=3),
        lambda: layers.SpatialDropout1D(0.3, seed=3),
        lambda: layers.LSTM(3, dropout=0.2, recurrent_dropout=0.2, seed=3, return_sequences=True),
        lambda: layers.Bidirectional(layers.GRU(3, dropout=0.2, seed=3, return_sequences=True)),
        lambda: layers.RNN([layers.LSTMCell(3, dropout=0.2, seed=3), layers.GRUCell(3)], return_sequences=True),
    ],
)
def test_layers_with_a_seed_in_a_fresh_model(tmp_path, noise):
    def made():
        parts = [layers.Reshape((3, 2), input_shape=(6,)), noise(), layers.Flatten(), layers.Dense(1)]
        built = models.Sequential(parts)
        built.compile("adam", "mse")
        return built

    same_after_a_stop(tmp_path, made)


@pytest.mark.parametrize(
    "noise",
    [
        lambda: layers.RandomFlip(seed=3),
        lambda: layers.RandomRotation(0.1, seed=3),
        lambda: layers.RandomContrast(0.3, seed=3),
        lambda: layers.RandomCrop(3, 2, seed=3),
        lambda: layers.SpatialDropout2D(0.3, seed=3),
    ],
)
def test_layers_with_a_seed_for_images(tmp_path, noise):
    def made():
        built = models.Sequential([layers.Input((4, 4, 2)), noise(), layers.Flatten(), layers.Dense(1)])
        built.compile("adam", "mse")
        return built

    images = rng.uniform(size=(40, 4, 4, 2)).astype(np.float32)
    same_after_a_stop(tmp_path, made, x=images)


def test_generators_in_a_dict(tmp_path):
    class Noise(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.rngs = {"a": np.random.default_rng(0)}

        def call(self, x, training=False):
            return x + self.rngs["a"].normal(size=x.shape).astype(np.float32) if training else x

    def made():
        built = models.Sequential([Noise(input_shape=(6,)), layers.Dense(1)])
        built.compile("sgd", "mse")
        return built

    same_after_a_stop(tmp_path, made)


def test_a_callback_whose_state_is_empty_at_first(tmp_path):
    class Seen(Callback):
        def __init__(self):
            self.seen = {}

        def on_epoch_end(self, epoch, logs=None):
            self.seen[epoch] = logs["loss"]
            self.model.optimizer.learning_rate = 0.01 / (1 + len(self.seen))

        def get_state(self):
            return self.seen

        def set_state(self, state):
            self.seen = state

    same_after_a_stop(tmp_path, model, further=lambda: [Seen()])


class Shuffled:
    """Batches that shuffle themselves after each epoch."""

    def __init__(self):
        self.rows, self.rng = np.arange(40), np.random.default_rng(3)

    def __len__(self):
        return 4

    def __getitem__(self, i):
        rows = self.rows[i * 10 : i * 10 + 10]
        return X[rows], Y[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.rows)


class Remembered(Shuffled):
    def get_state(self):
        return {"rows": self.rows.copy(), "rng": self.rng.bit_generator.state}

    def set_state(self, state):
        self.rows, self.rng.bit_generator.state = state["rows"], state["rng"]


def test_batches_with_a_state_of_their_own(tmp_path):
    path = tmp_path / "run.safetensors"

    def run(further=(), **options):
        made = model()
        made.fit(Remembered(), epochs=4, verbose=0, callbacks=list(further), **options)
        return made

    edunet.set_random_seed(1)
    whole = run()
    edunet.set_random_seed(1)
    with pytest.raises(RuntimeError):
        run([Checkpoint(path, every_batches=1), Stop(10)])
    for a, b in zip(whole.get_weights(), run(resume=path).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_batches_that_change_themselves_and_do_not_tell(tmp_path):
    keep = Checkpoint(tmp_path / "run.safetensors")
    with pytest.warns(
        UserWarning, match=r"Shuffled has an on_epoch_end of its own, .* Give Shuffled the methods get_st"
    ):
        model().fit(Shuffled(), verbose=0, callbacks=keep)


def test_a_metric_that_cannot_be_kept_is_named_before_the_first_epoch(tmp_path):
    class Values(metrics.Metric):
        def reset_state(self):
            self.found = set()

        def update_state(self, y_true, y_pred, sample_weight=None):
            raise AssertionError("not reached")

        def result(self):
            return len(self.found)

    made = model(kinds=[Values()])
    with pytest.raises(TypeError, match=r"the metric 'values' \(Values\) holds in 'found' what a file cannot keep"):
        fit(made, callbacks=Checkpoint(tmp_path / "run.safetensors"))


def test_a_callback_that_returns_what_cannot_be_kept_is_named(tmp_path):
    class Odd(Callback):
        def get_state(self):
            return {"model": self.model}

    with pytest.raises(TypeError, match=r"what Odd.get_state returns cannot be kept. its state.0v: Sequential"):
        fit(model(), callbacks=[Odd(), Checkpoint(tmp_path / "run.safetensors")])


def test_a_long_history_with_every_kind_of_number_comes_back():
    from edunet.models.packing import pack, unpack

    state = {
        "loss": [1.5, float("nan"), float("inf"), *range(3)],
        "long": [float(i) for i in range(99)],
        "epoch": list(range(99)),
    }
    arrays = {}
    back = unpack(pack(state, arrays, "state"), arrays)
    np.testing.assert_equal(back, state)
    assert [type(v) for v in back["epoch"]] == [int] * 99
