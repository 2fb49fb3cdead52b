"""Batches of one's own, windows of a series, and what is not here and why."""

import numpy as np
import pytest

import edunet
from edunet import keras, layers
from edunet.utils import PyDataset, Sequence, timeseries_dataset_from_array

SERIES = np.arange(40.0)


def model(shape):
    made = edunet.Sequential([layers.Input(shape), layers.Flatten(), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


class Two(Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return np.full((4, 3), i), np.zeros(4)


def test_batches_of_a_subclass():
    assert issubclass(Two, PyDataset)
    made = model((3,))
    assert len(made.fit(Two(), epochs=2, validation_data=Two(), verbose=0).history["val_loss"]) == 2
    assert made.predict(Two(workers=4)).shape == (8, 1)


@pytest.mark.parametrize("ask", [len, lambda empty: empty[0]], ids=["len", "item"])
def test_a_subclass_defines_both(ask):
    with pytest.raises(NotImplementedError, match="PyDataset must define __"):
        ask(PyDataset())


def test_windows_and_their_targets():
    windows = timeseries_dataset_from_array(SERIES[:-5], SERIES[5:], 5, batch_size=8)
    x, y = (np.concatenate(part) for part in zip(*windows, strict=True))
    assert (len(windows), x.shape, y.shape) == (4, (31, 5), (31,))
    np.testing.assert_array_equal(x[:, -1] + 1, y)
    np.testing.assert_array_equal(x[3], [3, 4, 5, 6, 7])


def test_stride_rate_and_a_part_of_the_data():
    windows = timeseries_dataset_from_array(
        np.arange(99), None, 10, sampling_rate=2, sequence_stride=3, start_index=0, end_index=98
    )
    assert windows[0][:3, 0].tolist() == [0, 3, 6]
    assert windows[0][0].tolist() == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert windows[0][-1, 0] == 78
    later = timeseries_dataset_from_array(SERIES, SERIES, 3, start_index=10)
    assert (later[0][0][0].tolist(), later[0][1][0]) == ([10, 11, 12], 10)


def test_a_random_order_is_drawn_by_the_seed():
    a, b, c = (timeseries_dataset_from_array(SERIES, SERIES, 3, shuffle=True, seed=seed)[0][1] for seed in (1, 1, 2))
    assert a.tolist() == b.tolist() != c.tolist()
    assert sorted(a) == sorted(c)


def test_fit_takes_windows():
    windows = timeseries_dataset_from_array(SERIES[:, None] / 40, SERIES / 40, 4, batch_size=8)
    history = model((4, 1)).fit(windows, epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_windows_that_do_not_fit():
    with pytest.raises(ValueError, match="no window fits. A window spans 50 steps, .* has 40, and 40 targets"):
        timeseries_dataset_from_array(SERIES, SERIES, 50)
    with pytest.raises(ValueError, match="batch_size is a whole number >= 1. Received: None"):
        timeseries_dataset_from_array(SERIES, SERIES, 5, batch_size=None)


# ---------------------------------------------------------------- the session


def test_names_begin_anew():
    layers.Dense(2)
    keras.backend.clear_session()
    assert layers.Dense(2).name == "dense"


@pytest.mark.parametrize("room", [keras.saving, keras.utils, edunet.utils])
def test_there_is_no_registry_beside_the_program(room):
    with pytest.raises(AttributeError, match=r"Leave it away; .*load_model\(path, custom_objects=\{'MyLayer': MyLayer"):
        _ = room.register_keras_serializable
    with pytest.raises(AttributeError, match="has no 'lod_model'|has no 'to_categoricl'"):
        _ = room.lod_model if room is keras.saving else room.to_categoricl
