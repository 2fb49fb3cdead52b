"""`edunet verify` finds what is wrong, says where, and says whom to trust meanwhile."""

import numpy as np
import pytest

import edunet
from edunet import cli, ops, threads, verify
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
    assert f"gradients   {backend:7s} WRONG" in out
    assert "    lstm: the gradient of input" in out
    assert "DO NOT TRUST edunet on this machine" in out
    assert f"EDUNET_BACKEND={backend}." not in out


def test_a_wrong_value_is_found(wrong):
    with use_backend("numpy"):
        wrong("update", "adam_update", lambda w, *rest: np.add(w, 1e-3, out=w))
        told, faults = verify.equality()
    assert told.startswith("19 formulas")
    assert faults == []  # NumPy's kernels are what the others are compared with
    if edunet.available_backends()["cython"] == "ready":
        with use_backend("cython"):
            (fault,) = verify.equality()[1]
        assert fault.startswith("Adam: its steps differ from NumPy's by")


def test_a_value_that_is_not_a_number_is_found(backend, wrong):
    if backend == "numpy":
        return
    wrong("pool", "avg_pool2d_forward", lambda *given: given[-1].fill(np.nan))
    (fault,) = verify.equality()[1]
    assert fault.startswith("avg_pool2d: differs from NumPy")


def test_a_training_that_depends_on_the_threads_is_found(backend, wrong):
    before = threads.get_num_threads()
    wrong("norm", "batch_norm_forward", lambda *given: np.add(given[-1], threads.get_num_threads(), out=given[-1]))
    faults = verify.determinism()[1]
    assert [fault.split(":")[0] for fault in faults] == ["images", "images"]
    assert "on 2 threads" in faults[0]
    assert threads.get_num_threads() == before


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
