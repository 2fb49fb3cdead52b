"""Data on disk: read by rows, as much at a time as a batch needs, never as a whole."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from data_sources import OnDisk, X, Y, assert_same, classifier, fitted

import edunet
from edunet import layers, models


@pytest.fixture
def memmap(tmp_path):
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"validation_split": 0.3}, {"steps_per_epoch": 3}])
def test_a_memmap_is_learnt_from_like_an_array(memmap, options):
    assert_same(fitted(memmap, Y, **options), fitted(X, Y, **options))


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"validation_split": 0.3}])
def test_a_dataset_that_reads_rows_is_learnt_from_like_an_array(options):
    assert_same(fitted(OnDisk(X), OnDisk(Y), **options), fitted(X, Y, **options))


def test_from_disk_come_batches_only(monkeypatch):
    monkeypatch.setattr("edunet.models.examples.PIECE", 160)  # bytes, so ten rows are looked over at a time
    x = OnDisk(X)
    made = fitted(x, Y)
    made.evaluate(x, Y, batch_size=8, verbose=0)
    np.testing.assert_array_equal(made.predict(x, batch_size=8), made.predict(X, batch_size=8))
    assert x.most == 10


def test_what_is_wrong_on_disk_is_found_before_the_first_batch(tmp_path):
    broken = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (5000, 400))
    broken[4321, 7] = np.nan
    with pytest.raises(ValueError, match=r"x: 1 of 2000000 values are NaN .* the first at x\[4321, 7\]"):
        models.Sequential([layers.Dense(1, input_shape=(400,))]).predict(broken)


def test_grey_images_on_disk_get_their_channel_axis():
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Flatten(input_shape=(2, 2, 1)), layers.Dense(1)])
    made.compile("sgd", "mse")
    grey = X.reshape(-1, 2, 2)
    np.testing.assert_array_equal(made.predict(OnDisk(grey)), made.predict(grey))
    assert np.isfinite(made.fit(OnDisk(grey), Y, verbose=0).history["loss"]).all()


def test_labels_on_disk_are_looked_over_in_pieces(monkeypatch):
    monkeypatch.setattr("edunet.models.examples.PIECE", 80)
    y = Y.copy()
    y[33] = 5
    with pytest.raises(ValueError, match="labels run from 0 to 5, but the model has 2 outputs"):
        classifier().fit(X, OnDisk(y), verbose=0)


def test_text_on_disk_is_refused():
    with pytest.raises(TypeError, match="x: expected numbers"):
        classifier().predict(OnDisk(np.array([["a"] * 4] * 3)))


MEMORY = """
    import resource, sys, numpy as np
    from edunet import layers, models
    x = np.lib.format.open_memmap(sys.argv[1], mode="w+", dtype=np.float32, shape=(50_000, 1024))  # 205 MB of zeros
    y = np.zeros(50_000, np.float32)
    m = models.Sequential([layers.Dense(1, input_shape=(1024,))])
    m.compile("sgd", "mse")
    m.fit(x[:500], y[:500], batch_size=500, verbose=0)
    import tracemalloc; tracemalloc.start()
    m.fit(x, y, batch_size=500, verbose=0)
    print(tracemalloc.get_traced_memory()[1])
"""


def test_a_set_of_200_mb_is_never_in_memory_as_a_whole(tmp_path):
    code = textwrap.dedent(MEMORY)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.npy")], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 20e6  # bytes: batches of 2 MB, pieces of 4 MB
