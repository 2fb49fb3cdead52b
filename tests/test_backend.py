"""Choosing kernels: order, switching, what is missing and why."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import edunet
from edunet import about
from edunet import backend as choice


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ, **environment}
    )


def test_unknown_backend_is_guessed():
    with pytest.raises(ValueError, match=r"unknown backend 'cyton'.*Did you mean 'cython'\?"):
        edunet.set_backend("cyton")


def test_use_backend_comes_back_even_after_an_error():
    before = edunet.get_backend()
    with pytest.raises(RuntimeError), edunet.use_backend("numpy"):
        raise RuntimeError
    assert edunet.get_backend() == before


def test_environment_chooses():
    assert run("import edunet; print(edunet.get_backend())", EDUNET_BACKEND="numpy").stdout.strip() == "numpy"


def test_default_is_the_first_that_is_ready():
    ready = [name for name, state in edunet.available_backends().items() if state == "ready"]
    assert run("import edunet; print(edunet.get_backend())", EDUNET_BACKEND="").stdout.strip() == ready[0]


@pytest.mark.parametrize("name", ["cython", "numba"])
def test_a_missing_backend_says_why_and_what_helps(name, monkeypatch):
    load = choice._load

    def fail(family, backend):
        if backend == name:
            raise ImportError("no such binary")
        return load(family, backend)

    monkeypatch.setattr(choice, "_load", fail)
    monkeypatch.setattr(choice, "_missing", {})
    with pytest.raises(
        ImportError, match=rf"the {name} backend cannot be loaded: no such binary.*pip install"
    ) as caught:
        edunet.set_backend(name)
    assert "no such binary" in str(caught.value.__cause__)
    assert edunet.available_backends()[name].startswith("missing: no such binary")


def test_without_compiled_backends_auto_is_numpy(monkeypatch):
    load = choice._load

    def only_numpy(family, backend):
        if backend != "numpy":
            raise ImportError("not here")
        return load(family, backend)

    monkeypatch.setattr(choice, "_load", only_numpy)
    monkeypatch.setattr(choice, "_missing", {})
    monkeypatch.setattr(choice, "_chosen", None)
    edunet.set_backend("auto")
    assert edunet.get_backend() == "numpy"


def test_an_error_that_is_no_import_error_is_not_hidden(monkeypatch):
    def broken(family, backend):
        raise RuntimeError("a fault in the kernel file")

    monkeypatch.setattr(choice, "_load", broken)
    monkeypatch.setattr(choice, "_missing", {})
    with pytest.raises(RuntimeError, match="a fault in the kernel file"):
        edunet.set_backend("numba")


@pytest.mark.parametrize("family", choice.FAMILIES)
def test_no_family_falls_back_to_another_backend(backend, family):
    assert choice.kernels(family).__name__ == f"edunet.kernels.{family}_{backend}"


def test_a_backend_that_lacks_one_family_is_missing(monkeypatch):
    def without_lstm(family, backend):
        if family == "lstm":
            raise ImportError("lstm was not built")

    monkeypatch.setattr(choice, "_load", without_lstm)
    monkeypatch.setattr(choice, "_missing", {})
    monkeypatch.setattr(choice, "BACKENDS", ("cython",))
    assert choice.available_backends()["cython"].startswith("missing: lstm was not built")


def test_info_lists_backends_kernels_threads_and_cpu():
    report = edunet.info()
    for word in (
        "numpy",
        "numba",
        "cython",
        "conv, pool, rnn, gru, lstm, attention, norm, loss, update, of",
        "from another backend: none",
        "threads",
        "CPU",
        "floatx",
    ):
        assert word in report


def test_info_names_a_family_that_falls_back(monkeypatch):
    honest = choice.kernels
    monkeypatch.setattr(about, "kernels", lambda f: choice._load(f, "numpy") if f == "gru" else honest(f))
    with choice.use_backend("numba" if choice._why_missing("numba") is None else "numpy"):
        expected = "none" if choice.get_backend() == "numpy" else "gru"
        assert f"from another backend: {expected}" in edunet.info()


def test_info_answers_even_if_the_environment_asks_for_nonsense():
    result = run("import edunet; print(edunet.info())", EDUNET_BACKEND="nunpy")
    assert "Did you mean 'numpy'?" in result.stdout, result.stderr


def test_seed_repeats_the_numbers():
    edunet.set_random_seed(3)
    first = choice.default_rng().normal(size=3)
    edunet.set_random_seed(3)
    np.testing.assert_array_equal(choice.default_rng().normal(size=3), first)


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True, None])
def test_bad_seed_is_refused(seed):
    with pytest.raises(ValueError, match="a seed is a whole number >= 0"):
        edunet.set_random_seed(seed)


def test_floatx_is_float32_unless_changed():
    assert edunet.floatx() == np.float32
    with pytest.raises(ValueError, match="expected 'float32' or 'float64'"):
        edunet.set_floatx("float16")


def test_another_precision_for_a_while_is_that_of_one_thread():
    with ThreadPoolExecutor(1) as other, choice.use_floatx("float64"):
        assert (edunet.floatx(), other.submit(edunet.floatx).result()) == (np.float64, np.float32)
    assert edunet.floatx() == np.float32


def test_another_precision_for_a_while_ends_with_an_error():
    with pytest.raises(RuntimeError, match="broken"), choice.use_floatx("float64"):
        raise RuntimeError("broken")
    assert edunet.floatx() == np.float32
    with pytest.raises(ValueError, match="expected 'float32' or 'float64'"), choice.use_floatx("float16"):
        pass


def test_an_extension_that_was_not_built_is_explained(monkeypatch):
    load = choice._load

    def absent(family, backend):
        if backend == "cython":
            raise ModuleNotFoundError("No module named ...", name="edunet.kernels.conv_cython")
        return load(family, backend)

    monkeypatch.setattr(choice, "_load", absent)
    monkeypatch.setattr(choice, "_missing", {})
    assert "edunet.kernels.conv_cython is not there: it was not compiled" in choice.available_backends()["cython"]


# ---------------------------------------------------------------- the learner's own kernels


def twice(x, wx, wh, b, h0, mask, activation, h):
    h[:] = 2


def test_a_registered_kernel_computes_and_numpy_does_the_rest():
    edunet.register_kernels("mine", simple_rnn_forward=twice)
    with edunet.use_backend("mine"):
        h = edunet.ops.simple_rnn(np.ones((1, 2, 1)), np.ones((1, 1)), np.ones((1, 1)))
        y = edunet.ops.max_pool2d(np.arange(4.0).reshape(1, 2, 2, 1))
    assert (h == 2).all()
    assert y.item() == 3


def test_registering_again_replaces():
    edunet.register_kernels("mine", simple_rnn_forward=twice)
    with edunet.use_backend("mine"):
        edunet.ops.simple_rnn(np.ones((1, 2, 1)), np.ones((1, 1)), np.ones((1, 1)))

    def thrice(x, wx, wh, b, h0, mask, activation, h):
        h[:] = 3

    edunet.register_kernels("mine", simple_rnn_forward=thrice)
    with edunet.use_backend("mine"):
        h = edunet.ops.simple_rnn(np.ones((1, 2, 1)), np.ones((1, 1)), np.ones((1, 1)))
    assert (h == 3).all()


def test_info_names_what_is_not_of_the_registered_backend():
    edunet.register_kernels("mine", simple_rnn_forward=twice)
    with edunet.use_backend("mine"):
        lines = edunet.info().splitlines()
    assert any(line.split() == ["backend", "mine", "ready", "<-", "in", "use"] for line in lines)
    others = next(line for line in lines if line.startswith("kernels")).partition("from another backend: ")[2]
    assert "rnn" not in others.split(", ")
    assert "conv" in others.split(", ")


@pytest.mark.parametrize("name", ["numpy", "auto", "my own", 3])
def test_a_name_that_is_taken_or_odd_is_refused(name):
    with pytest.raises(ValueError, match="choose a name of your own"):
        edunet.register_kernels(name, simple_rnn_forward=twice)


def test_a_kernel_that_nobody_knows_is_guessed():
    with pytest.raises(ValueError, match=r"no kernel 'conv_forward'.*Did you mean 'conv2d_forward'\?"):
        edunet.register_kernels("mine", conv_forward=twice)


def test_other_parameters_are_refused_and_nothing_is_registered():
    with pytest.raises(ValueError, match=r"takes \(x, w, b, stride, dilation, pad, relu, y\).*Yours takes \(x, w\)"):
        edunet.register_kernels("mine", conv2d_forward=lambda x, w: None)
    assert "mine" not in edunet.available_backends()


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match="conv2d_forward is a function. Received: int"):
        edunet.register_kernels("mine", conv2d_forward=3)


def test_nothing_to_register_is_refused():
    with pytest.raises(ValueError, match="no kernel was given"):
        edunet.register_kernels("mine")


def test_another_generator_for_a_while():
    edunet.set_random_seed(0)
    first = choice.default_rng().random()
    edunet.set_random_seed(0)
    with pytest.raises(KeyError), choice.use_rng(np.random.default_rng(7)):
        raise KeyError(choice.default_rng().random())
    assert choice.default_rng().random() == first


def test_another_generator_is_for_one_thread():
    own = np.random.default_rng(7)
    with choice.use_rng(own), ThreadPoolExecutor(1) as pool:
        assert pool.submit(choice.default_rng).result() is not own
        assert choice.default_rng() is own


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"a generator, np.random.default_rng\(0\). Received: 3"), choice.use_rng(3):
        pass
