"""PyTorch and Keras compute what edunet computes, in every work: else their times must not stand side by side."""

from importlib.util import find_spec

import pytest

from edunet import bench


@pytest.mark.skipif(not (find_spec("torch") or find_spec("tensorflow")), reason="neither PyTorch nor TensorFlow")
def test_every_work_gives_the_same_results_in_all_libraries():
    content = bench.run(rounds=1)  # raises if one fails or computes something else
    assert len(content["versions"]) > 1
