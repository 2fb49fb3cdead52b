"""The catalogue of every lesson: right functions pass, and each wrong twin is named by its own sentence."""

import inspect

import numpy as np
import pytest

from edunet.learn.catalogue import EXERCISES, LESSONS
from edunet.learn.checking import TRIALS, examine, trials_of
from edunet.learn.diagnosis import agree

ALL = list(EXERCISES.values())
TWINS = [(e, m) for e in ALL for m in e.mistakes]


def by_name(e):
    return e.name


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_the_right_function_passes(exercise):
    result = examine(exercise, exercise.reference)
    assert result.ok, result.message
    assert result.points == exercise.points > 0


@pytest.mark.parametrize(("exercise", "mistake"), TWINS, ids=[f"{e.name}-{m.sentence[:40]}" for e, m in TWINS])
def test_a_wrong_twin_is_named_by_its_own_sentence(exercise, mistake):
    result = examine(exercise, mistake.wrong)
    assert not result.ok
    assert result.message == mistake.sentence


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_there_are_four_mistakes_and_three_hints_each_of_its_own_wording(exercise):
    sentences = [m.sentence for m in exercise.mistakes]
    assert len(sentences) == len(set(sentences)) >= 4
    assert len(exercise.hints) == len(set(exercise.hints)) == 3
    assert all(text.endswith((".", "?", ")")) for text in (*sentences, *exercise.hints))


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_numbers_from_outside_the_library_are_known_for_it(exercise):
    assert exercise.known
    for arguments, result in exercise.known:
        assert agree(exercise.reference(*arguments), result)


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_trials_differ_and_repeat(exercise):
    first, second = trials_of(exercise), trials_of(exercise)
    flat = [[np.asarray(a, dtype=object).tolist() for a in trial] for trial in first]
    assert flat == [[np.asarray(a, dtype=object).tolist() for a in trial] for trial in second]
    assert all(flat[i] != flat[j] for i in range(TRIALS) for j in range(i))


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_no_sentence_and_no_hint_holds_the_line_of_the_answer(exercise):
    body = inspect.getsource(exercise.reference).splitlines()[1:]
    lines = {line.strip() for line in body if len(line.strip()) > 8}
    for text in (*exercise.hints, *(m.sentence for m in exercise.mistakes)):
        assert not any(line in text for line in lines)


def test_every_lesson_has_six_to_eight_exercises():
    counts = {lesson: sum(e.lesson == lesson for e in ALL) for lesson in LESSONS}
    assert all(6 <= n <= 8 for n in counts.values()), counts
    assert {e.lesson for e in ALL} == set(LESSONS)


def test_names_are_those_that_python_accepts_and_unique():
    assert all(e.name.isidentifier() and e.name == name for name, e in EXERCISES.items())
