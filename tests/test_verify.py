"""`edunet verify` finds what is wrong, says where, and says whom to trust meanwhile."""

import numpy as np
import pytest

import edunet
from edunet import cli, ops, split, threads, verify
from edunet.backend import FAMILIES, kernels, use_backend
from edunet.tensor import differentiable


@pytest.fixture
def wrong(monkeypatch):
    """Return a function that has a kernel do something else afterwards."""

    def spoil(family, kernel, afterwards):
        module = kernels(family)
        right = getattr(module, kernel)

        def spoilt(*given):
            right(*given)
            afterwards(*given)

        monkeypatch.setattr(module, kernel, spoilt)

    return spoil


def test_all_is_right_here(backend, capsys):
    assert cli.main(["verify", "--backend", backend]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines if " right, " in line] == [
        [question, backend, "right,"] for question in ("gradients", "equality", "determinism")
    ]
    assert lines[-1].startswith("edunet computes rightly on this machine.")


def test_every_backend_is_asked_unless_one_is_named(capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(verify, "QUESTIONS", {"gradients": lambda: (asked.append(edunet.get_backend()) or "", [])})
    assert verify.run()
    assert asked == [name for name, state in edunet.available_backends().items() if state == "ready"]


def test_a_wrong_gradient_is_found(backend, wrong, capsys, monkeypatch):
    monkeypatch.delitem(verify.QUESTIONS, "determinism")  # which takes longest
    wrong("lstm", "lstm_backward", lambda *given: np.multiply(given[-1], 1.001, out=given[-1]))
    assert cli.main(["verify", "--backend", backend]) == 1
    out = capsys.readouterr().out
    assert f"equality    {backend:7s} WRONG" in out or backend == "numpy"
    assert f"gradients   {backend:7s} WRONG" in out or backend == "numba"
    assert "    lstm: the gradient of input" in out or backend == "numba"
    assert "DO NOT TRUST edunet on this machine" in out
    assert f"EDUNET_BACKEND={backend}." not in out


def test_a_wrong_step_is_found(backend, wrong):
    if backend == "numpy":
        pytest.skip("NumPy's kernels are what the others are compared with")
    wrong("update", "adam_update", lambda w, *rest: np.add(w, 1e-3, out=w))
    (fault,) = verify.equality()[1]
    assert fault.startswith("Adam: differs from NumPy in float64 by")


@pytest.mark.parametrize(("family", "kernel"), [("pool", "avg_pool2d_forward"), ("conv", "depthwise_conv2d_backward")])
def test_what_is_not_a_number_is_found(backend, wrong, family, kernel):
    """Also in the last of many arrays, and in the precision of networks only."""
    wrong(family, kernel, lambda *given: given[-1].fill(np.nan) if given[-1].dtype == np.float32 else None)
    (fault,) = verify.equality()[1]
    assert fault == f"{kernel.rpartition('_')[0]}: differs from NumPy in float64 by nan of the largest number"


def test_a_sum_that_loses_what_a_thread_found_is_found(monkeypatch):
    """As in split.py: a gradient of weights is the sum over chunks of the batch."""
    if edunet.available_backends()["cython"] != "ready":
        pytest.skip("NumPy's kernels are not cut")
    honest = split.ranges
    monkeypatch.setattr(split, "ranges", lambda n, parts: [*honest(n, parts)[:-1], slice(n, n)][-parts:])
    with use_backend("cython"):
        faults = verify.equality()[1]
    found = {fault.split(":")[0] for fault in faults}
    assert found >= {"conv2d", "depthwise_conv2d", "simple_rnn", "gru", "lstm", "layer_norm", "conv2d of one image"}


def test_a_result_that_depends_on_the_threads_is_found(backend, wrong):
    before = threads.get_num_threads()
    wrong("norm", "batch_norm_forward", lambda *given: np.add(given[-1], threads.get_num_threads(), out=given[-1]))
    faults = verify.determinism()[1]
    assert {fault.split(":")[0] for fault in faults} == {"batch_norm", "training on images"}
    assert "on 2 threads" in faults[0]
    assert threads.get_num_threads() == before


def test_a_kernel_that_breaks_off_is_an_answer(backend, monkeypatch, capsys):
    def broken(*given):
        raise IndexError("list index out of range")

    monkeypatch.setattr(kernels("norm"), "layer_norm_forward", broken)
    monkeypatch.delitem(verify.QUESTIONS, "determinism")
    assert cli.main(["verify", "--backend", backend]) == 1
    assert "IndexError: list index out of range" in capsys.readouterr().out


def test_only_what_was_found_right_is_recommended():
    assert "EDUNET_BACKEND=numba." in verify._verdict({"cython": ["gradients"]}, ["cython", "numba", "numpy"])
    assert "EDUNET_BACKEND" not in verify._verdict({"numpy": ["gradients"]}, ["numpy"])


def test_a_backend_that_the_environment_asks_for_must_be_there(monkeypatch, capsys):
    monkeypatch.setenv("EDUNET_BACKEND", "numppy")
    monkeypatch.setattr("edunet.backend._chosen", None)
    assert cli.main(["verify"]) == 2
    assert "Did you mean 'numpy'?" in capsys.readouterr().err


def test_ctrl_c_leaves_no_verdict(monkeypatch, capsys):
    def stopped():
        raise KeyboardInterrupt("stopped in epoch 1")

    monkeypatch.setattr(verify, "QUESTIONS", {"determinism": stopped})
    assert cli.main(["verify", "--backend", "numpy"]) == 130
    assert "stopped before there was a verdict" in capsys.readouterr().err


def test_every_family_is_among_the_formulas():
    used = {op.__name__ for op, _, _ in verify.formulas().values()}
    for family in set(FAMILIES) - {"update"}:
        module = kernels(family)
        named = {name.rpartition("_")[0] for name in vars(module) if name.endswith("_forward")}
        assert named <= used, family


def test_outcomes_are_outputs_and_gradients():
    @differentiable
    def twice(x):
        return 2 * x, lambda dy: 2 * dy

    y, dx = verify.outcome(twice, [np.arange(3.0)], {})
    np.testing.assert_array_equal(y, [0, 2, 4])
    np.testing.assert_array_equal(dx, 2 * np.cos(np.arange(3)))
    assert ops.conv2d in {op for op, _, _ in verify.formulas().values()}


def test_an_unknown_backend_is_refused(capsys):
    assert cli.main(["verify", "--backend", "numppy"]) == 2
    assert "Did you mean 'numpy'?" in capsys.readouterr().err
