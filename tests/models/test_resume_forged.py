"""A checkpoint that was damaged or forged gives a ValueError, and nothing is put back."""

import copy
import json
import random

import numpy as np
import pytest

import edunet
from edunet import callbacks, layers, models
from edunet.callbacks import Callback, Checkpoint
from edunet.models import files

rng = np.random.default_rng(5)
X, Y = rng.normal(size=(24, 6)).astype(np.float32), np.arange(24) % 2


def model():
    made = models.Sequential(
        [layers.Dense(5, input_shape=(6,)), layers.BatchNormalization(), layers.Dropout(0.2, seed=1), layers.Dense(2)]
    )
    made.compile("adam", edunet.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy", "auc"])
    return made


class Stop(Callback):
    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen == 5:
            raise RuntimeError("power cut")


def fit(made, folder, further=(), **options):
    watchers = [
        callbacks.EarlyStopping("loss", patience=5, restore_best_weights=True),
        callbacks.ModelCheckpoint(folder / "best.safetensors", "loss", save_best_only=True),
        callbacks.CSVLogger(folder / "log.csv"),
    ]
    return made.fit(X, Y, epochs=3, batch_size=8, verbose=0, callbacks=[*watchers, *further], **options)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return folder, arrays and description of a training that was stopped in its second epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.raises(RuntimeError):
        fit(model(), folder, [Checkpoint(folder / "run.safetensors", every_batches=1), Stop()])
    arrays, notes = files.read(folder / "run.safetensors")
    return folder, arrays, json.loads(notes[files.CHECKPOINT])


def forged(whole, description, arrays=None):
    path = whole[0] / "forged.safetensors"
    files.write(path, whole[1] if arrays is None else arrays, files.CHECKPOINT, json.dumps(description))
    return path


def part(description, *names):
    """Return the pair [name, value] that stands under these names."""
    for name in names:
        pair = next(p for p in description["dict"] if p[0] == name)
        description = pair[1]
    return pair


def refused(whole, path, match):
    made = model()
    before = made.get_weights()
    states = copy.deepcopy(edunet.backend.default_rng().bit_generator.state)
    with pytest.raises(ValueError, match=match):
        fit(made, whole[0], resume=path)
    for a, b in zip(before, made.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert made.optimizer.iterations == 0
    assert not made.optimizer.state
    assert edunet.backend.default_rng().bit_generator.state == states


def test_the_file_as_it_was_written_is_taken(whole):
    assert fit(model(), whole[0], resume=forged(whole, whole[2])).epoch == [0, 1, 2]


@pytest.mark.parametrize("change", ["shorter", "dtype", "number", "none"])
def test_running_values_of_another_form(whole, change):
    description, arrays = copy.deepcopy(whole[2]), dict(whole[1])
    slots = part(description, "state", "slots")[1]["dict"]
    first = slots[0][1]["list"]
    name = first[0]["array"]
    if change == "shorter":
        arrays[name] = arrays[name][:1]
    elif change == "dtype":
        arrays[name] = arrays[name].astype(np.float64)
    elif change == "number":
        first.pop()
    else:
        first[0] = None
    refused(whole, forged(whole, description, arrays), "is damaged: .*(weight 0|shape)")


@pytest.mark.parametrize(("name", "message"), [("weights.0", "its weights"), ("totals", "totals")])
def test_arrays_of_another_form(whole, name, message):
    arrays = dict(whole[1])
    place = name if name in arrays else part(whole[2], "state", name)[1]["array"]
    arrays[place] = np.zeros(7, np.float32)
    refused(whole, forged(whole, whole[2], arrays), f"is damaged: .*{message}")


def test_an_array_has_one_place(whole):
    description = copy.deepcopy(whole[2])
    slots = part(description, "state", "slots")[1]["dict"]
    slots[0][1]["list"][0] = slots[0][1]["list"][1]
    refused(whole, forged(whole, description), "is damaged")


@pytest.mark.parametrize("name", ["filepath", "save_weights_only", "on_epoch_end", "_write", "model", "__class__"])
def test_what_a_callback_was_given_is_never_put_back(whole, name):
    description = copy.deepcopy(whole[2])
    part(description, "state", "callbacks")[1]["list"][2]["dict"].append([name, "other.safetensors"])
    refused(
        whole, forged(whole, description), r"is damaged: .*ModelCheckpoint remembers \['_batches', '_best', '_epoch'"
    )


def test_the_best_weights_of_another_form(whole):
    best = part(part(whole[2], "state", "callbacks")[1]["list"][1], "best_weights")[1]["list"]
    arrays = {**whole[1], best[0]["array"]: np.zeros((5, 6), np.float32)}
    refused(whole, forged(whole, whole[2], arrays), "is damaged: .*the best weights have other shapes")


def test_set_state_of_a_callback_sets_what_get_state_names():
    history = callbacks.History()
    with pytest.raises(ValueError, match=r"History does not remember \['on_epoch_end'\]"):
        history.set_state({"epoch": [], "on_epoch_end": "x"})


VALUES = [None, True, -1, 10**12, 10**30, 0.5, "", [], {}, {"list": []}, {"tuple": [1]}, {"array": "weights.0"}]
VALUES += [{"array": "nope"}, {"dict": []}, {"dict": [["a", 1]]}, {"number": "weights.0"}, {"float": "nan"}, "x" * 100]


def places(thing, place=()):
    """Yield the way to every value of a description."""
    for key in thing if isinstance(thing, dict) else range(len(thing)):
        yield (*place, key)
        if isinstance(thing[key], (dict, list)):
            yield from places(thing[key], (*place, key))


def test_whatever_is_changed_there_is_a_valueerror_or_a_training(whole):
    state = next(i for i, pair in enumerate(whole[2]["dict"]) if pair[0] == "state")
    known = [p for p in places(whole[2]) if p[:2] != ("dict", 1 - state)]  # the words are compared as texts
    pick, said = random.Random(0), []
    for _ in range(150):
        description, made = copy.deepcopy(whole[2]), model()
        place, before = pick.choice(known), made.get_weights()
        thing = description
        for key in place[:-1]:
            thing = thing[key]
        thing[place[-1]] = copy.deepcopy(pick.choice(VALUES))
        path = forged(whole, description)
        try:
            fit(made, whole[0], resume=path)
        except ValueError as error:
            said.append(str(error))
            assert said[-1].startswith(repr(str(path))), (place, thing)
            assert all(np.array_equal(a, b) for a, b in zip(before, made.get_weights(), strict=True)), place
    assert len(said) > 100
    assert all("is damaged" in message for message in said)
