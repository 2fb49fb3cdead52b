import numpy as np
import pytest

from edunet import schedules

STEPS = np.arange(0, 41, 4)


def rates(schedule):
    return [schedule(int(step)) for step in STEPS]


@pytest.mark.parametrize("staircase", [False, True])
@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        (schedules.ExponentialDecay, lambda p: 0.1 * 0.5**p),
        (schedules.InverseTimeDecay, lambda p: 0.1 / (1 + 0.5 * p)),
    ],
)
def test_decay(kind, formula, staircase):
    periods = STEPS / 10
    expected = formula(np.floor(periods) if staircase else periods)
    np.testing.assert_allclose(rates(kind(0.1, 10, 0.5, staircase=staircase)), expected)


def test_polynomial_decay():
    expected = (0.1 - 0.01) * (1 - np.minimum(STEPS, 20) / 20) ** 2 + 0.01
    np.testing.assert_allclose(rates(schedules.PolynomialDecay(0.1, 20, 0.01, power=2.0)), expected)


def test_polynomial_decay_in_cycles_begins_again():
    rate = schedules.PolynomialDecay(1.0, 10, 0.0, cycle=True)
    np.testing.assert_allclose([rate(s) for s in (0, 5, 10, 11, 20, 30)], [1, 0.5, 0, 1 - 11 / 20, 0, 0], atol=1e-12)


def test_cosine_decay_ends_at_its_share():
    expected = 0.1 * (0.8 * 0.5 * (1 + np.cos(np.pi * np.minimum(STEPS, 20) / 20)) + 0.2)
    np.testing.assert_allclose(rates(schedules.CosineDecay(0.1, 20, alpha=0.2)), expected)


def test_cosine_decay_behind_its_warmup():
    rate = schedules.CosineDecay(0.0, 10, warmup_target=0.4, warmup_steps=4)
    np.testing.assert_allclose([rate(s) for s in (0, 1, 3, 4, 9, 14, 99)], [0, 0.1, 0.3, 0.4, 0.2, 0, 0], atol=1e-12)


def test_pieces():
    rate = schedules.PiecewiseConstantDecay([4, 8], [3, 2, 1])
    assert [rate(s) for s in (0, 4, 5, 8, 9, 100)] == [3, 3, 2, 2, 1, 1]


@pytest.mark.parametrize("after", [0.4, schedules.CosineDecay(0.4, 10)], ids=["number", "schedule"])
def test_warmup_rises_to_where_the_rest_begins(after):
    rate = schedules.Warmup(after, warmup_steps=4, initial_learning_rate=0.2)
    np.testing.assert_allclose([rate(s) for s in (0, 1, 2, 4)], [0.2, 0.25, 0.3, 0.4])
    np.testing.assert_allclose(rate(9), after if after == 0.4 else after(5))


EVERY = [
    schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    schedules.InverseTimeDecay(0.1, 10, 0.5),
    schedules.PolynomialDecay(0.1, 10, cycle=True),
    schedules.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=3),
    schedules.PiecewiseConstantDecay([4, 8], [3, 2, 1]),
    schedules.Warmup(0.1, 5),
]


@pytest.mark.parametrize("schedule", EVERY, ids=lambda s: type(s).__name__)
def test_a_schedule_can_be_made_again_from_its_config(schedule):
    again = type(schedule)(**schedule.get_config())
    assert rates(again) == rates(schedule)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "ExponentialDecay: decay_steps is a number > 0. Received: 0"),
        (lambda: schedules.CosineDecay("0.1", 5), "CosineDecay: initial_learning_rate is a number >= 0.*'0.1'"),
        (lambda: schedules.Warmup(0.1, True), "Warmup: warmup_steps is a number > 0. Received: True"),
        (lambda: schedules.PiecewiseConstantDecay([5], [1]), "one value more than boundaries"),
        (lambda: schedules.PiecewiseConstantDecay([5, 2], [3, 2, 1]), "boundaries in rising order"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_mistyped_name_is_guessed():
    with pytest.raises(AttributeError, match="Did you mean 'CosineDecay'"):
        schedules.CosinDecay  # noqa: B018


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1.0), (5, 0.55), (10, 0.55), (20, 0.325), (30, 0.325), (70, 0.2125)]
)
def test_cosine_restarts_later_and_lower(step, expected):
    # restarts at 10 and 30 (lengths 10, 20, 40) from half the height each time; never below 0.1
    rate = schedules.CosineDecayRestarts(1.0, 10, m_mul=0.5, alpha=0.1)
    assert rate(step) == pytest.approx(expected)


def test_cosine_restarts_of_one_length():
    rate = schedules.CosineDecayRestarts(1.0, 10, t_mul=1.0)
    assert rate(1_000_005) == pytest.approx(0.5)


@pytest.mark.parametrize("t", [1.5, 2.0, 3.0, 1.1])
def test_cosine_restarts_step_by_step(t):
    rate, length, begun = schedules.CosineDecayRestarts(1.0, 10, t_mul=t), 10.0, 0.0
    for step in range(300):
        if step >= begun + length:
            begun, length = begun + length, length * t
        assert rate(step) == pytest.approx(0.5 * (1 + np.cos(np.pi * (step - begun) / length)), abs=1e-12)


def test_cosine_restarts_are_not_counted_one_by_one():
    for t in (1 + 1e-7, 1 + 1e-12, 1 + 2**-52):
        assert 0 <= schedules.CosineDecayRestarts(1.0, 1, t_mul=t)(2**62) <= 1


def test_restarts_do_not_come_ever_sooner():
    with pytest.raises(ValueError, match="CosineDecayRestarts: t_mul is a number >= 1. Received: 0.5"):
        schedules.CosineDecayRestarts(1.0, 10, t_mul=0.5)
