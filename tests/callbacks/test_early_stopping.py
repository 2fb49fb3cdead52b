"""EarlyStopping stops where Keras stops."""

import math

import pytest
from scripted import run

from edunet.callbacks import EarlyStopping, ModelCheckpoint

VALUES = [0.9, 0.5, 0.7, 0.6, 0.45, 0.8, 0.8, 0.8, 0.2]


@pytest.mark.parametrize(
    ("options", "stops", "best"),
    [
        # (last epoch, best epoch) of keras.callbacks.EarlyStopping, Keras 3.15.1, on the same values
        ({}, 2, 1),
        ({"patience": 1}, 2, 1),
        ({"patience": 2}, 3, 1),
        ({"patience": 3}, 7, 4),
        ({"patience": 9}, 8, 8),
        ({"patience": 3, "min_delta": 0.1}, 4, 1),
        ({"patience": 2, "min_delta": -0.1}, 3, 1),
        ({"patience": 2, "mode": "max"}, 2, 0),
    ],
)
def test_it_stops_where_keras_stops(options, stops, best):
    callback = EarlyStopping(**options, restore_best_weights=True)
    assert run(callback, VALUES)[:2] == (stops, best)
    assert callback.best_epoch == best


def test_without_restoring_the_last_weights_stay():
    assert run(EarlyStopping(patience=1), VALUES)[:2] == (2, 2)


def test_the_best_value_is_kept_as_it_was():
    callback = EarlyStopping(patience=5)
    run(callback, VALUES)
    assert callback.best == 0.2


def test_best_weights_come_back_even_if_nothing_stopped():
    assert run(EarlyStopping(patience=9, restore_best_weights=True), [0.5, 0.4, 0.6])[:2] == (2, 1)


def test_a_second_training_starts_afresh():
    callback = EarlyStopping(patience=1)
    run(callback, [0.1, 0.2])
    assert run(callback, [0.9, 0.8, 0.7])[0] == 2


def test_nan_is_never_better():
    assert run(EarlyStopping(patience=2, restore_best_weights=True), [0.5, math.nan, math.nan, 0.1])[:2] == (2, 0)


@pytest.mark.parametrize("name", ["val_accuracy", "val_auc", "val_AUC", "auc_1", "ill_precision", "val_sensitivity"])
def test_what_is_better_when_large(name):
    assert run(EarlyStopping(name, patience=1, restore_best_weights=True), [0.1, 0.5, 0.3], name)[1] == 1


@pytest.mark.parametrize("name", ["loss", "val_dose_loss", "val_mae", "mean_squared_error"])
def test_what_is_better_when_small(name):
    assert run(EarlyStopping(name, patience=1, restore_best_weights=True), [0.5, 0.1, 0.3], name)[1] == 1


def test_mode_decides_over_the_name():
    assert run(EarlyStopping("val_loss", mode="max", patience=1, restore_best_weights=True), [0.1, 0.5, 0.3])[1] == 1


@pytest.mark.parametrize("kind", [EarlyStopping, lambda monitor: ModelCheckpoint("w.safetensors", monitor)])
def test_a_name_that_does_not_tell_is_asked_about(kind):
    with pytest.raises(ValueError, match=r"is a large 'val_dice' good or bad\? Add mode='max' or mode='min'"):
        kind("val_dice")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="mode is 'auto', 'min' or 'max'"):
        EarlyStopping(mode="up")


def test_a_value_that_nobody_measures_is_guessed():
    with pytest.raises(ValueError, match=r"nothing called 'val_los' is measured.*Did you mean 'val_loss'\?"):
        run(EarlyStopping("val_los", mode="min"), VALUES)


def test_missing_validation_is_named():
    with pytest.raises(ValueError, match="Give fit a validation_split or validation_data"):
        run(EarlyStopping("val_loss"), VALUES, "accuracy")
