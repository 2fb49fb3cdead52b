"""One formula raced in every backend: the same answer, a time for each, and the learner's own among them."""

import functools
import time
from html.parser import HTMLParser

import numpy as np
import pytest

from edunet import ops
from edunet.backend import available_backends, get_backend, register_kernels, use_backend
from edunet.race import compare_backends


def slow(x, w, b, stride, dilation, pad, relu, y):
    for n, i, j, f in np.ndindex(y.shape):
        y[n, i, j, f] = b[f] + np.sum(x[n, i : i + len(w), j : j + w.shape[1]] * w[..., f])


def wrong(x, w, b, stride, dilation, pad, relu, y):
    y[:] = 0


def forgets(x, w, b, stride, dilation, pad, relu, y):
    pass


def fails(x, w, b, stride, dilation, pad, relu, y):
    raise IndexError("too far")


@pytest.fixture
def picture():
    rng = np.random.default_rng(0)
    shapes = ((1, 6, 6, 2), (3, 3, 2, 2), (2,))
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def test_all_that_are_ready_take_part(picture):
    race = compare_backends("conv2d", *picture)
    ready = {name for name, state in available_backends().items() if state == "ready"}
    assert set(race.seconds) == set(race.difference) == ready
    assert all(seconds > 0 for seconds in race.seconds.values())
    assert all(difference < 1e-6 for difference in race.difference.values())


def test_the_learners_own_kernel_takes_part(picture):
    register_kernels("mine", conv2d_forward=slow)
    race = compare_backends(ops.conv2d, *picture, backends=["numpy", "mine"])
    assert list(race.seconds) == ["numpy", "mine"]
    assert race.difference["mine"] < 1e-6


def test_a_wrong_kernel_is_seen_by_its_difference(picture):
    register_kernels("mine", conv2d_forward=wrong)
    assert compare_backends("conv2d", *picture, backends=["mine"]).difference["mine"] == 1


def test_a_kernel_that_fills_nothing_is_seen(picture):
    register_kernels("mine", conv2d_forward=forgets)
    assert np.isnan(compare_backends("conv2d", *picture, backends=["numpy", "mine"]).difference["mine"])


def test_a_kernel_that_fails_is_named(picture):
    register_kernels("mine", conv2d_forward=fails)
    with pytest.raises(IndexError, match="too far") as caught:
        compare_backends("conv2d", *picture)
    assert caught.value.__notes__ == ["in the kernel conv2d_forward of the backend 'mine', which was registered"]


def test_one_backend_may_be_named_without_a_list(picture):
    assert list(compare_backends("conv2d", *picture, backends="numpy").seconds) == ["numpy"]


def test_no_backend_at_all_is_refused(picture):
    with pytest.raises(ValueError, match=r"no backend was given. Ready are \["):
        compare_backends("conv2d", *picture, backends=[])


def test_the_table_shows_the_formula_and_the_fastest_first(picture):
    @functools.wraps(slow)
    def sleeps(*given):
        time.sleep(0.05)  # so that it comes last on a busy machine, too
        slow(*given)

    register_kernels("mine", conv2d_forward=sleeps)
    text = str(compare_backends("conv2d", *picture, backends=["mine", "numpy"]))
    assert text.startswith("conv2d   y[n,i,j,f] = b[f] + Σ_uvc")
    lines = text.splitlines()
    assert lines[3].startswith("numpy")
    assert lines[4].startswith("mine")
    assert "(1, 6, 6, 2) float32" in text


def test_html_is_a_table_without_scripts_or_styles(picture):
    seen = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append(tag)

    Reader().feed(compare_backends("conv2d", *picture, backends=["numpy"])._repr_html_())
    assert set(seen) == {"p", "b", "code", "table", "tr", "th", "td"}


def test_the_backend_in_use_comes_back(picture):
    with use_backend("numpy"):
        compare_backends("conv2d", *picture)
        assert get_backend() == "numpy"


def test_an_unknown_formula_is_guessed(picture):
    with pytest.raises(ValueError, match=r"there is no formula 'conv2' in edunet.ops. Did you mean 'conv2d'\?"):
        compare_backends("conv2", *picture)


def test_an_unknown_backend_is_refused(picture):
    with pytest.raises(ValueError, match="unknown backend 'cuda'"):
        compare_backends("conv2d", *picture, backends=["cuda"])
