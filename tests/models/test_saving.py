"""Weights in files: the same numbers back, nothing half-written, clear refusals."""

import os

import numpy as np
import pytest

from edunet import layers, models


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
