"""The work list: its operations, its arrays, its names."""

import numpy as np
import pytest

from edunet.bench import works
from edunet.bench.works import choose

REAL = works.WORKS  # before the fixture puts tiny ones in their place


def find(name):
    return next(work for work in REAL if work.name == name)


@pytest.mark.parametrize(
    ("name", "flops"),
    [
        ("article CNN, training step", 524e6),
        ("article CNN, predict one image", 5.59e6),
        ("conv 8x56x56x64 -> 64", 3 * 2 * 8 * 54 * 54 * 9 * 64 * 64),
        ("attention 1x1x4096x64", 15.0e9),
        ("gru 32x100x8 -> 64", 2 * 32 * 100 * 3 * 64 * (2 * 8 + 3 * 64)),
    ],
)
def test_operations(name, flops):
    assert find(name).flops == pytest.approx(flops, rel=3e-3)


def test_the_arrays_are_the_same_each_time_and_float32():
    work = find("conv 32x5x5x64 -> 64")
    first, second = work.arrays(), work.arrays()
    assert {name: a.shape for name, a in first.items()} == work.shapes
    for name, a in first.items():
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, second[name])


def test_labels_are_classes():
    y = find("article CNN, training step").arrays()["y"]
    assert set(np.unique(y)) == set(range(10))


def test_every_work_has_its_own_name():
    names = [work.name for work in REAL]
    assert len(set(names)) == len(names)


def test_only():
    assert [work.name for work in choose(["Conv"], 1)] == ["conv"]
    assert [work.name for work in choose(["conv", "gru"], 1)] == ["conv", "gru"]


def test_one_core_has_no_speed_up():
    assert "speed-up" not in [work.name for work in choose([], 1)]
    assert "speed-up" in [work.name for work in choose([], 2)]
    with pytest.raises(ValueError, match="compares one core with several: add --cores 2"):
        choose(["speed"], 1)


def test_an_unknown_work():
    with pytest.raises(ValueError, match="--only covn: no work has this in its name.*Did you mean 'conv'"):
        choose(["covn"], 1)
