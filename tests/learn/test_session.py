"""check, hint, use, progress, exercises: whatever a learner types, one sentence that helps, and nothing is raised."""

import sys
import threading
import time

import numpy as np
import pytest

from edunet import learn
from edunet.learn import session, trial
from edunet.learn.catalogue import EXERCISES
from edunet.tensor import Tensor


@pytest.fixture(autouse=True)
def a_session_of_its_own(monkeypatch):
    monkeypatch.setattr(session, "_passed", {})
    monkeypatch.setattr(session, "_hints", {})


@pytest.fixture
def no_patience(monkeypatch):
    monkeypatch.setattr(trial, "SECONDS", 0.3)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def saying(name, f):
    result = learn.check(name, f)
    assert not result.ok
    return result.message


# ---------------------------------------------------------------- right


def test_right_passes_with_points():
    result = learn.check("sigmoid", sigmoid)
    assert (result.ok, result.points, str(result)) == (True, 1, "PASS sigmoid: all trials agree.")


@pytest.mark.parametrize(
    "f",
    [
        lambda z: sigmoid(z).astype(np.float32),
        lambda z: Tensor(sigmoid(z)),
        lambda z: 0.5 * (1 + np.tanh(z / 2)),
        np.vectorize(lambda z: 1 / (1 + np.exp(-z))),
    ],
    ids=["float32", "Tensor", "another formula", "vectorize"],
)
def test_other_ways_to_be_right_pass(f):
    assert learn.check("sigmoid", f).ok


def test_a_number_may_be_any_kind_of_number():
    for kind in (float, np.float64, np.array, lambda v: np.float32(v)):
        assert learn.check("weighted_sum", lambda x, w, b, kind=kind: kind(x @ w + b)).ok


# ---------------------------------------------------------------- what the issue of every learner is


def forever(z):
    while True:
        pass


def forever_and_deaf(z):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


def changes_its_input(z):
    z *= -1
    return 1 / (1 + np.exp(z))


def prints(z):
    print(1 / (1 + np.exp(-z)))


def deep(z):
    return deep(z)


def leaves(z):
    sys.exit("bye")


@pytest.mark.parametrize(
    ("f", "sentence"),
    [
        (lambda z: None, "your code returns nothing (None)"),
        (prints, "your code prints its answer and returns nothing (None)"),
        (lambda z: ..., "not written yet"),
        (lambda z: sigmoid(z).tolist(), "your code returns a list; the rest of the lesson computes with arrays. The"),
        (lambda z: [0.5], "your code returns a list"),
        (lambda z: "0.5", "a number or an array of numbers is expected. Yours returns a text: '0.5'"),
        (lambda z: np.exp, "Yours returns a function: are the brackets () of a call missing?"),
        (lambda z: {"p": z}, "Yours returns a dict of 1"),
        (lambda z: [z, z[:1]], "a number or an array of numbers is expected. Yours returns a list of 2"),
        (lambda z: sigmoid(z)[:-1], "your result has shape (4,), expected is (5,)"),
        (lambda z: sigmoid(z)[..., None], "as many numbers, arranged otherwise"),
        (lambda z: sigmoid(z).sum(), "a single number came out. Was everything added up"),
        (lambda z: z[:0], "it is empty"),
        (lambda z: np.full(z.shape, np.nan), "there is nan (not a number"),
        (lambda z: z / 0, "there is inf in your result"),
        (lambda z: sigmoid(z) * 2, "every number is off by the same factor, about 2"),
        (lambda z: sigmoid(z) * 100, "about 100, whatever comes in. Per cent?"),
        (lambda z: sigmoid(z) + 1, "every number is off by the same amount, about +1"),
        (lambda z: -sigmoid(z), "the sign is flipped"),
        (lambda z: np.round(sigmoid(z)), "your numbers are cut to whole ones"),
        (lambda z: sigmoid(z).astype(int), "your numbers are cut to whole ones"),
        (lambda z: np.round(sigmoid(z), 2), "your numbers are rounded to 2 digits"),
        (lambda z: np.exp(sigmoid(z)), "exp has been applied, and is not asked for here"),
        (lambda z: None if z.ndim == 2 else sigmoid(z), "for some inputs your code returns nothing (None)"),
        (lambda z: np.full(z.shape, 0.5), "your code gives the same number whatever comes in"),
        (lambda z: sigmoid(z)[::-1], "the right numbers in wrong places"),
        (lambda z: sigmoid(z) ** (1 if len(z) == 5 else 2), "it runs, but 19 of 39 numbers are not right"),
        (lambda z: sigmoid(z) ** 2, "a square has been applied"),
        (lambda z: sigmoid(z) ** 3, "it runs, but 39 of 39 numbers are not right. For z = [ 0., 1., -2.] yours gives"),
        (lambda z: np.random.default_rng().normal(size=z.shape), "it runs, but 39 of 39 numbers are not right"),
        (lambda z: 1 / 0, "your code stops with ZeroDivisionError at line"),
        (lambda z: __import__("math").exp(z), "np.exp takes a whole array"),
        (deep, "your code stops with RecursionError"),
        (leaves, "your code stops with SystemExit"),
        (changes_its_input, "your code writes into its input `z`"),
        (lambda: 1, "it is called as sigmoid(z). Yours takes ()"),
        (lambda z, w: 1, "it is called as sigmoid(z). Yours takes (z, w)"),
        (lambda z: 1.0 if z else 0.0, "`if`, `and` and `or` decide about one number"),
        (lambda z: z[1000], "count with len(...) or .shape"),
        (
            lambda z: undefined(z),  # noqa: F821
            "name 'undefined' is not defined. Is it misspelt",
        ),
        (lambda z: np.zeros(20_000_000), "MemoryError"),
        (0.5, "the function itself is wanted, without brackets"),
        (None, "hand over your function"),
    ],
)
def test_what_is_said(f, sentence):
    assert sentence in saying("sigmoid", f)


def test_a_stub_is_not_written_yet():
    def stub(z):
        raise NotImplementedError("sigmoid")

    assert saying("sigmoid", stub).startswith("not written yet")


@pytest.mark.parametrize("f", [forever, forever_and_deaf, lambda z: time.sleep(30)], ids=["loop", "deaf loop", "sleep"])
def test_what_does_not_end_is_stopped(f, no_patience):
    assert "does not come to an end" in saying("sigmoid", f)


def test_a_stopped_loop_does_not_go_on_in_the_background(no_patience):
    before = set(threading.enumerate())
    learn.check("sigmoid", forever_and_deaf)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_the_line_of_a_loop_is_told(no_patience):
    assert f"line {forever.__code__.co_firstlineno + 1}" in saying("sigmoid", forever)


def test_two_answers_to_one_question_are_seen():
    calls = []

    def moody(z):
        calls.append(1)
        return sigmoid(z) + (len(calls) > 5)

    assert saying("sigmoid", moody) == "called twice with the same input, your code gives two different answers."


def test_a_factor_must_hold_in_every_trial():
    """Any single number is "off by a factor" from another: that alone says nothing."""
    assert "factor" not in saying("weighted_sum", lambda x, w, b: 2.0 + x[0])


def test_what_was_printed_is_told_beside_the_fault():
    def talks(z):
        print("z is", z.shape)
        return -sigmoid(z)

    assert saying("sigmoid", talks).endswith("(It printed: z is (5,))")


def test_nothing_that_is_printed_gets_through(capsys):
    learn.check("sigmoid", prints)
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------- several results


def test_parts_are_named():
    def f(dy, x, w):
        return dy @ w.T, x.T @ dy, 3 * dy.sum(axis=0)

    assert saying("dense_backward", f).startswith("db: every number is off by the same factor, about 3")


@pytest.mark.parametrize("kind", [list, tuple])
def test_parts_may_come_in_a_list(kind):
    assert learn.check("dense_backward", lambda dy, x, w: kind([dy @ w.T, x.T @ dy, dy.sum(axis=0)])).ok


def test_flipped_signs_of_all_parts_are_told_together():
    message = saying("dense_backward", lambda dy, x, w: (-dy @ w.T, -x.T @ dy, -dy.sum(axis=0)))
    assert message.startswith("the signs of dx, dw, db are flipped")


def test_parameters_in_another_order_are_seen():
    message = saying("weighted_sum", lambda w, x, b: float(x @ w + b))
    assert message.endswith("Yours takes (w, x, b): the same names in another order.")


def test_an_unwritten_function_below_is_named():
    def other(z):
        raise NotImplementedError("weighted_sum")

    assert saying("sigmoid", other) == "your code calls `weighted_sum`, which is not written yet: begin with that one."


def test_exchanged_rows_and_columns_of_a_square_are_seen():
    assert saying("dense", lambda x, w, b: (x @ w + b).T).startswith("your result has shape (4, 5), expected is (5, 4)")


def test_parts_in_another_order_are_seen():
    def f(dy, x, w):
        return x.T @ dy, dy @ w.T, dy.sum(axis=0)

    assert saying("dense_backward", f) == (
        "the values are mixed up: in the place of dx stands dw. Order: return dx, dw, db."
    )


def test_a_missing_part_is_counted():
    message = saying("dense_backward", lambda dy, x, w: (dy @ w.T, x.T @ dy))
    assert message == "return 3 values, in this order: return dx, dw, db. Yours returns 2 values."


# ---------------------------------------------------------------- names


def test_an_unknown_name_is_guessed():
    assert saying("sigmod", sigmoid) == "there is no exercise of this name. Did you mean 'sigmoid'?"


@pytest.mark.parametrize("name", [None, 3, ["sigmoid"], {}, "", "completely elsewhere"])
def test_any_other_name_points_to_the_list(name):
    assert "no exercise of this name" in saying(name, sigmoid)


def test_the_function_in_the_place_of_the_name():
    assert saying(sigmoid, None) == 'the name comes first, in quotes: learn.check("sigmoid", sigmoid).'


def test_our_own_fault_is_called_so(monkeypatch):
    def broken(*arguments):
        raise OSError("no disk")

    monkeypatch.setattr("edunet.learn.checking.trials_of", broken)
    assert saying("sigmoid", lambda *z: 1) == (
        "the check itself failed (OSError: no disk). That is our fault: please report it."
    )


# ---------------------------------------------------------------- hint, use, progress, exercises


def test_hints_come_one_at_a_time_and_begin_again():
    told = [learn.hint("dense").message for _ in range(5)]
    for i, text in enumerate(EXERCISES["dense"].hints):
        assert told[i].startswith(f"({i + 1} of 3) {text}")
    assert "01_dense.ipynb of the folder solutions" in told[3]
    assert told[4] == told[0]


def test_a_hint_for_an_unknown_exercise_raises_nothing():
    assert "Did you mean 'dense'" in learn.hint("dens").message


def test_use_gives_back_the_learners_own_if_it_passes(capsys):
    assert learn.use("sigmoid", sigmoid) is sigmoid
    assert capsys.readouterr().out == ""


def test_use_goes_on_with_ours_and_says_so(capsys):
    got = learn.use("sigmoid", lambda z: z)
    np.testing.assert_allclose(got(np.zeros(2)), 0.5)
    assert "yours is not ready" in capsys.readouterr().out


def test_using_ours_is_no_pass(capsys):
    learn.use("sigmoid", None)
    assert learn.progress().rows == (("01", "sigmoid", "not yet"),)


@pytest.mark.parametrize("name", ["sigmod", ["sigmoid"], None])
def test_use_of_an_unknown_exercise_is_refused(name):
    with pytest.raises(ValueError, match="no exercise of this name"):
        learn.use(name, sigmoid)


def test_progress_remembers_what_has_passed():
    learn.check("sigmoid", sigmoid)
    learn.check("sigmoid", None)
    learn.check("dense", None)
    assert learn.progress().rows == (("01", "sigmoid", "PASS"), ("01", "dense", "not yet"))
    assert str(learn.progress()).endswith("1 of 2 passed.")


def test_exercises_are_listed_by_lesson():
    rows = learn.exercises().rows
    assert [row[1] for row in rows] == list(EXERCISES)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


# ---------------------------------------------------------------- display


def test_html_escapes_and_has_no_style_block():
    page = learn.check("sigmoid", lambda z: "<script>")._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "NOT YET" in page
    assert "<style" not in page


def test_tables_have_html_too():
    assert learn.exercises()._repr_html_().startswith("<table><tr><th")
