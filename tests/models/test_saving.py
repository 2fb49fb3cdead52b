"""Weights in files: the same numbers back, nothing half-written, clear refusals."""

import collections
import json
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import kill_while_saving
import numpy as np
import pytest
from safetensors.numpy import save_file

import edunet
from edunet import layers, losses, metrics, models, optimizers
from edunet.layers import naming
from edunet.models import nesting, saving, strict_json


def network(units=3):
    return models.Sequential([layers.Dense(units, input_shape=(4,)), layers.BatchNormalization()])


def test_round_trip(tmp_path):
    first, second = network(), network()
    first.save_weights(tmp_path / "w.safetensors")
    second.load_weights(tmp_path / "w.safetensors")
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert os.listdir(tmp_path) == ["w.safetensors"]


def test_transposed_weights_are_written_as_they_are(tmp_path):
    model = models.Sequential([layers.Dense(3, input_shape=(4,))])
    model.layers[0].kernel.data = np.arange(12, dtype=np.float32).reshape(3, 4).T
    model.save_weights(tmp_path / "w.safetensors")
    other = models.Sequential([layers.Dense(3, input_shape=(4,))])
    other.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(other.get_weights()[0], np.arange(12).reshape(3, 4).T)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    network().save_weights(path)
    before = path.read_bytes()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        network().save_weights(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["w.safetensors"]


def test_other_architecture_is_refused_and_changes_nothing(tmp_path):
    network(3).save_weights(tmp_path / "w.safetensors")
    other = network(5)
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"0.kernel has shape \(4, 3\), the model needs \(4, 5\)"):
        other.load_weights(tmp_path / "w.safetensors")
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match=r"another architecture: the file lacks nothing, the model lacks \['1.beta'"):
        models.Sequential([layers.Dense(3, input_shape=(4,))]).load_weights(tmp_path / "w.safetensors")


def test_missing_file_missing_folder_and_wrong_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*w.safetensors"):
        network().load_weights(tmp_path / "w.safetensors")
    with pytest.raises(FileNotFoundError, match=r"the folder .*none.* does not exist"):
        network().save_weights(tmp_path / "none" / "w.safetensors")
    (tmp_path / "text.safetensors").write_text("not weights")
    with pytest.raises(ValueError, match="is not a safetensors file, or is damaged"):
        network().load_weights(tmp_path / "text.safetensors")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder; give the name of a file in it"):
        network().save(tmp_path)


def test_no_weights_yet(tmp_path):
    with pytest.raises(ValueError, match="has no weights yet"):
        models.Sequential([layers.Dense(1)]).save_weights(tmp_path / "w.safetensors")


@pytest.mark.parametrize("name", ["w.h5", "w.keras", "w.weights.h5", "w"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"use 'w.safetensors'"):
        network().save_weights(tmp_path / name)


@pytest.mark.skipif(os.name == "nt", reason="file modes are those of POSIX")
def test_others_may_read_the_file_as_they_may_read_any_other(tmp_path):
    network().save_weights(tmp_path / "w.safetensors")
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "w.safetensors").stat().st_mode == (tmp_path / "plain").stat().st_mode


X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
Y = np.random.default_rng(1).normal(size=(12, 3))


def learner():
    edunet.set_random_seed(0)
    return models.Sequential([layers.Dense(3, activation="tanh", input_shape=(4,)), layers.BatchNormalization()])


def again(model, tmp_path, **arguments):
    model.save(tmp_path / "m.safetensors")
    return models.load_model(tmp_path / "m.safetensors", **arguments)


@pytest.mark.parametrize(
    "optimizer", [optimizers.Adam(0.1), optimizers.SGD(0.1, momentum=0.9, nesterov=True), optimizers.RMSprop(0.1)]
)
def test_a_loaded_model_goes_on_learning_as_if_nothing_had_been(tmp_path, optimizer):
    model = learner()
    model.compile(optimizer, losses.Huber(0.5), metrics=["mae", metrics.MeanSquaredError(name="squares")])
    model.fit(X, Y, epochs=2, verbose=0)
    loaded = again(model, tmp_path)
    first = model.fit(X, Y, epochs=3, verbose=0, shuffle=False).history
    second = loaded.fit(X, Y, epochs=3, verbose=0, shuffle=False).history
    assert first == second
    assert list(first) == ["loss", "mae", "squares"]
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert loaded.optimizer.iterations == model.optimizer.iterations


def test_several_outputs_by_name(tmp_path):
    x = layers.Input((4,))
    model = models.Model(x, [layers.Dense(3, name="a")(x), layers.Dense(1, name="b")(x)])
    model.compile("sgd", {"a": "mse", "b": "mae"}, {"b": ["mse"]}, loss_weights={"a": 1, "b": np.float32(0.5)})
    loaded = again(model, tmp_path)
    assert loaded.evaluate(X, [Y, Y[:, :1]], verbose=0) == model.evaluate(X, [Y, Y[:, :1]], verbose=0)


def test_without_the_optimizer_or_without_compiling(tmp_path):
    model = learner()
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.safetensors", include_optimizer=False)
    loaded = models.load_model(tmp_path / "m.safetensors")
    assert (loaded.optimizer.iterations, loaded.optimizer.state) == (0, {})
    assert again(model, tmp_path, compile=False).optimizer is None


def own_loss(y_true, y_pred):
    return ((y_pred - y_true) * (y_pred - y_true)).mean(axis=-1)


class OwnLoss(losses.Loss):
    def call(self, y_true, y_pred):
        return own_loss(y_true, y_pred)


@pytest.mark.parametrize("loss", [own_loss, OwnLoss(name="mine")], ids=["function", "object"])
def test_losses_of_a_learners_own(tmp_path, loss):
    model = learner()
    model.compile("sgd", loss)
    name = getattr(loss, "__name__", "OwnLoss")
    with pytest.raises(ValueError, match=re.escape(f"custom_objects={{'{name}': {name}}}")):
        again(model, tmp_path)
    loaded = again(model, tmp_path, custom_objects={"own_loss": own_loss, "OwnLoss": OwnLoss})
    assert loaded.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    model.compile("sgd", lambda y_true, y_pred: own_loss(y_true, y_pred))
    with pytest.raises(TypeError, match="the argument loss cannot be saved. It is a lambda"):
        model.save(tmp_path / "m.safetensors")


def test_loading_draws_no_random_numbers(tmp_path):
    model = learner()
    model.save(tmp_path / "m.safetensors")
    edunet.set_random_seed(3)
    models.load_model(tmp_path / "m.safetensors")
    after = edunet.backend.default_rng().random()
    edunet.set_random_seed(3)
    assert edunet.backend.default_rng().random() == after


def test_weights_from_the_file_of_a_whole_model_and_the_other_way_round(tmp_path):
    first, second = learner(), network()
    first.save(tmp_path / "m.safetensors")
    second.load_weights(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(second.get_weights()[0], first.get_weights()[0])
    first.save_weights(tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=r"w.safetensors' holds weights only.*type model.load_weights\(path\)"):
        models.load_model(tmp_path / "w.safetensors")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda c: layers.Conv2D(2, 3, input_shape=(8, 8, c)), "trained with 3 input channels, the model expects 1"),
        (lambda c: layers.Dense(2, input_shape=(c,)), "trained with 3 input features, the model expects 1"),
    ],
)
def test_other_numbers_of_channels_are_named(tmp_path, make, message):
    models.Sequential([make(3)]).save_weights(tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=message):
        models.Sequential([make(1)]).load_weights(tmp_path / "w.safetensors")


def test_weights_that_another_program_has_named(tmp_path):
    save_file({"fc.weight": np.zeros((3, 4), np.float32), "fc.bias": np.zeros(3, np.float32)}, tmp_path / "pt")
    with pytest.raises(ValueError, match=r"names are those of another program: hand its arrays.*model.set_weights"):
        network().load_weights(tmp_path / "pt")


def test_weights_that_are_whole_numbers(tmp_path):
    model = models.Sequential([layers.Dense(1, use_bias=False, input_shape=(2,))])
    save_file({"0.kernel": np.zeros((2, 1), np.int32)}, tmp_path / "w")
    with pytest.raises(ValueError, match="0.kernel holds int32, not the numbers of a weight"):
        model.load_weights(tmp_path / "w")


def test_numbers_that_a_weight_cannot_hold(tmp_path):
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    before = model.get_weights()
    save_file({"0.kernel": np.array([[1.0], [-1e300]]), "0.bias": np.zeros(1)}, tmp_path / "w")
    with pytest.raises(ValueError, match=r"w': 0.kernel holds 1e\+300, and a weight of float32 at most 3.4e\+38"):
        model.load_weights(tmp_path / "w")
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    save_file({"0.kernel": np.array([[1.0], [-np.inf]]), "0.bias": np.zeros(1)}, tmp_path / "w")
    model.load_weights(tmp_path / "w")  # as it was saved
    assert model.get_weights()[0][1] == -np.inf


def changed(path, change):
    """Change the description of the model in a file."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    entries = json.loads(content[8 : 8 + length])
    ((kind, text),) = entries["__metadata__"].items()
    model = json.loads(text)
    change(model)
    entries["__metadata__"][kind] = json.dumps(model)
    header = json.dumps(entries).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + content[8 + length :])


FORGED = {
    "more weights than there are": (
        lambda m: m["layers"][0]["config"].update(units=9_000_000),
        r"layer 2 .*ask for more weights than the file holds, here for the shape \(4, 9000000\)",
    ),
    "shape": (lambda m: m["layers"][0].update(built=[{"tuple": [None, 10**6]}, {"dict": []}]), "more weights than"),
    "a layer in its own shape": (lambda m: m["layers"][0].update(built=[[{"layer": 0}], {"dict": []}]), "be built for"),
    "huge": (lambda m: m["layers"][0]["config"].update(units=10**12), "units is at most 10000000 in a file"),
    "code": (lambda m: m["layers"][0].update(kind="os.system"), "there is no 'layer' called 'os.system'"),
    "Lambda": (lambda m: m["layers"][0].update(kind="Lambda"), "there is no 'layer' called 'Lambda'"),
    "own code": (lambda m: m["layers"][0].update(kind="eval", own=True), "custom_objects={'eval': eval}"),
    "path": (lambda m: m["layers"][0].update(kind="a.b", own=True), "'a.b' is no name"),
    "function": (lambda m: m["layers"][0]["config"].update(activation={"own": "exec"}), "it holds exec"),
    "no such word": (lambda m: m["layers"][0]["config"].update(activation={"module": "os"}), "cannot hold 'module'"),
    "a loop": (lambda m: m["layers"][0]["config"].update(activation={"layer": 2}), "no layer 2 before this one"),
    "other calls": (lambda m: m["layers"][2]["calls"][0].__setitem__(1, [{"symbol": [1, 0]}]), "no call before this"),
    "no layers": (lambda m: m.update(layers=[]), "describes no layers"),
    "no model": (lambda m: m["layers"].pop(), "the last of its layers is no model"),
    "steps": (lambda m: m.update(iterations=-1), "the optimizer has taken -1 steps"),
    "optimizer": (lambda m: m["compile"].update(optimizer=3), "an optimizer is a name"),
    "dtype": (lambda m: m["layers"][0].update(dtype="object"), "'object'"),
    "classes of a metric": (
        lambda m: m["compile"]["metrics"].append({"metric": {"kind": "MeanIoU", "config": {"num_classes": 2**62}}}),
        "MeanIoU: num_classes is at most 10000000 in a file",
    ),
    "bins of a metric": (
        lambda m: m["compile"]["metrics"].append({"metric": {"kind": "CalibrationError", "config": {"bins": 10**7}}}),
        "CalibrationError: bins is a whole number between 1 and 10000",
    ),
    "precision": (lambda m: m["layers"][0].update(dtype="float64"), "more weights than the file holds"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged_architectures_are_refused_without_taking_memory(tmp_path, kind):
    change, message = FORGED[kind]
    model = learner()
    model.compile("adam", "mse", metrics=["mae"])
    model.save(tmp_path / "m.safetensors")
    changed(tmp_path / "m.safetensors", change)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=f"m.safetensors' cannot be loaded: .*{message}"):
            models.load_model(tmp_path / "m.safetensors")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


OBJECTS = {
    "loss": {"loss": {"kind": "MeanSquaredError", "config": {}}},
    "initializer": {"initializer": {"kind": "Zeros", "config": {}}},
    "metric": {"metric": {"kind": "AUC", "config": {}}},
    "regularizer": {"regularizer": {"kind": "L2", "config": {}}},
    "constraint": {"constraint": {"kind": "NonNeg", "config": {}}},
    "optimizer": {"optimizer": {"kind": "SGD", "config": {}}},
    "schedule": {"schedule": {"kind": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 2}}},
    "activation": {"activation": "relu"},
    "layer": {"layer": 0},
}
PLACES = {  # and the kinds of objects that belong there
    "activation": ("activation", "layer"),
    "kernel_initializer": ("initializer",),
    "kernel_regularizer": ("regularizer",),
    "activity_regularizer": ("regularizer",),
    "kernel_constraint": ("constraint",),
    "units": (),
    "use_bias": (),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_stands_only_where_its_kind_belongs(tmp_path, place, kind):
    path = tmp_path / "m.safetensors"
    models.Sequential([layers.ReLU(input_shape=(4,)), layers.Dense(3)]).save(path)
    changed(path, lambda m: m["layers"][1]["config"].update({place: OBJECTS[kind]}))
    if kind in PLACES[place]:
        models.load_model(path)
    else:
        with pytest.raises(ValueError, match=f"layer 1 of its description .*Dense: {place} cannot be the {kind} '"):
            models.load_model(path)


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize(
    ("place", "wanted"),
    [("optimizer", "optimizer"), ("loss", "loss"), ("metrics", "metric loss"), ("loss_weights", "")],
)
def test_what_was_compiled_is_of_its_kind(tmp_path, place, wanted, kind):
    path, model = tmp_path / "m.safetensors", learner()
    model.compile("sgd", "mse")
    model.save(path)
    many = place != "optimizer" and place != "loss"
    changed(path, lambda m: m["compile"].update({place: [OBJECTS[kind]] if many else OBJECTS[kind]}))
    if kind in wanted.split():
        models.load_model(path)
    else:
        with pytest.raises(ValueError, match=f"compile: {place} cannot be the {kind} '"):
            models.load_model(path)


def stretched(*names, to):
    """Return a change that repeats the first entry of a list in the description, or fills it with "mae"."""

    def change(m):
        *way, last = names
        for name in way:
            m = m[name]
        m[last] = ["mae"] * to if way == ["compile"] else (m[last] if isinstance(m[last], list) else [m[last]]) * to

    return change


MANY = {
    "layers": (stretched("layers", to=2000), "a file holds at most 5000 layers. Received 6000"),
    "calls": (stretched("layers", 2, "calls", to=4000), "at most 5000 calls of layers. Received 8000"),
    "inputs": (stretched("layers", 2, "inputs", to=1001), "has at most 1000 inputs and outputs. Received 1001"),
    "outputs": (stretched("layers", 2, "outputs", to=1001), "has at most 1000 inputs and outputs. Received 1001"),
    "metrics": (stretched("compile", "metrics", to=1001), "compile: a file holds at most 1000 metrics"),
    "weighted metrics": (stretched("compile", "weighted_metrics", to=1001), "at most 1000 metrics"),
    "objects": (
        lambda m: m["layers"][0]["config"].update(units=[OBJECTS["metric"]] * 1001),
        "layer 0 of its description .*a file holds at most 1000 metrics",
    ),
}


@pytest.mark.parametrize("kind", MANY)
def test_too_many_parts_are_refused_before_they_are_made(tmp_path, kind):
    change, message = MANY[kind]
    model, path = learner(), tmp_path / "m.safetensors"
    model.compile("adam", "mse")
    model.save(path)
    changed(path, change)
    with pytest.raises(ValueError, match=message):
        models.load_model(path)


def test_too_many_layers_are_refused_before_they_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(nesting, "MOST_LAYERS", 3)
    learner().save(tmp_path / "m.safetensors")
    monkeypatch.setattr(nesting, "MOST_LAYERS", 2)
    with pytest.raises(ValueError, match="a file holds at most 2 layers. Received 3"):
        learner().save(tmp_path / "n.safetensors")


def test_deep_and_long_descriptions():
    with pytest.raises(ValueError, match="nested more than 64 deep"):
        strict_json.parse(b'{"a":' + b"[" * 100, saving.DEEPEST)
    with pytest.raises(ValueError, match="not an object with names"):
        strict_json.parse(b"[]", saving.DEEPEST)


def test_loading_takes_three_times_the_file_at_most(tmp_path):
    model = models.Sequential([layers.Dense(1500, input_shape=(1500,), kernel_initializer="ones")])
    model.save(tmp_path / "m.safetensors")
    del model
    tracemalloc.start()
    try:
        models.load_model(tmp_path / "m.safetensors")
        assert tracemalloc.get_traced_memory()[1] <= 3 * (tmp_path / "m.safetensors").stat().st_size
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(os.name == "nt", reason="the command measures memory as POSIX tells it")
def test_damaged_files_are_refused_clearly():
    command = Path(kill_while_saving.__file__).with_name("mutate_models.py")
    # in a process of its own: what listens to Python there cannot be taken away again
    done = subprocess.run(
        [sys.executable, str(command), "--n", "200", "--workers", "1"], capture_output=True, text=True, timeout=100
    )
    assert "200 files in" in done.stdout, done.stderr
    assert "FAILED" not in done.stdout


def test_a_killed_process_leaves_the_old_or_the_new_file():
    assert kill_while_saving.kill(2)["whole"] == 2


@pytest.mark.parametrize("path", [None, b"m.safetensors", 3])
def test_what_is_no_path(path):
    model = learner()
    for act in (model.save, model.save_weights, model.load_weights, models.load_model):
        with pytest.raises(TypeError, match=r"expected the path of a file, such as 'model.safetensors'. Received: "):
            act(path)


def test_a_file_that_is_there_already_may_be_kept(tmp_path):
    model = network()
    models.save_model(model, tmp_path / "m.safetensors", overwrite=False)
    with pytest.raises(FileExistsError, match="is there already; choose another path, or give overwrite=True"):
        model.save(tmp_path / "m.safetensors", overwrite=False)
    model.save(tmp_path / "m.safetensors", overwrite=True)


def test_a_forged_file_of_other_shapes_is_told_when_it_predicts(tmp_path):
    """Nothing is computed while a file is loaded, so what its calls claim is found out by the first data."""
    path = tmp_path / "m.safetensors"
    models.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)]).save(path)
    changed(path, lambda m: m["layers"][-1]["inputs"][0].update(shape=[None, 5]))
    model = models.load_model(path)
    with pytest.raises(ValueError, match=r"dense: expected x \(N, ..., 4\) .* Received x \(1, 5\)") as caught:
        model.predict(np.ones((1, 5)))
    assert "in layer 'dense" in caught.value.__notes__[0]


@pytest.mark.parametrize("loss", [losses.mean_squared_error, losses.huber, losses.binary_crossentropy])
def test_losses_and_metrics_that_are_functions_of_ours(tmp_path, loss):
    model = models.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile("sgd", loss, metrics=[metrics.mean_absolute_error, metrics.binary_accuracy, losses.log_cosh])
    x, y = np.random.default_rng(0).normal(size=(8, 3)), np.arange(8) % 2
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "m.safetensors")
    loaded = models.load_model(tmp_path / "m.safetensors")
    assert loaded.evaluate(x, y, verbose=0, return_dict=True) == model.evaluate(x, y, verbose=0, return_dict=True)


# ---- paths as Keras has them


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
def test_a_file_that_would_have_another_ending_here(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"no file '{name}'.*'m.safetensors' is not there"):
        models.load_model(name)
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match=f"Received '{name}'; use 'm.safetensors'"):
        model.save(name)
    model.save("m.safetensors")
    for load in (models.load_model, model.load_weights):
        with pytest.raises(FileNotFoundError, match="written as .safetensors here; 'm.safetensors' is there"):
            load(name)


def test_a_model_of_keras_is_brought_over(tmp_path):
    (tmp_path / "m.keras").write_bytes(b"PK\x03\x04" + bytes(50))
    with pytest.raises(ValueError, match=r"interop.from_keras\(keras.models.load_model\(path\)\)"):
        models.load_model(tmp_path / "m.keras")


def test_fresh_names_are_not_those_of_a_loaded_model(tmp_path, monkeypatch):
    monkeypatch.setattr(naming, "_named", collections.Counter())
    model = models.Sequential([layers.Dense(2, input_shape=(3,)), layers.Dense(2)])
    model.save(tmp_path / "m.safetensors")
    naming._named.clear()  # as in a new session
    loaded = models.load_model(tmp_path / "m.safetensors")
    assert models.Model(loaded.input, layers.Dense(1)(loaded.output)).count_params() == 8 + 6 + 3


def test_a_forged_number_in_a_name_counts_nothing():
    naming.name_taken("dense_" + "9" * 5000)
    assert len(layers.Dense(1).name) < 20
