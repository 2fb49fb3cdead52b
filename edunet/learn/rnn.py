"""Exercises of lesson 08: states that are carried on, the way back through time, gates, and a half-life."""

import math

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["EXERCISES"]


# ---------------------------------------------------------------- printed_states


def printed_states(x, w, b):
    return _printed(x, w, b)


def _printed(x, w, b, *, start=0.0, f=np.tanh, step=lambda h, w, x_t: h @ w, first_too=False):
    N, T = x.shape[:2]
    h = np.full((N, len(b)), start)
    states = [h] * first_too
    for t in range(T - first_too):
        h = f(step(h, w, x[:, t]) + b)
        states.append(h)
    return np.stack(states, axis=1)


def _records(rng, i):
    """As many patients as steps; as many units as measurements in every second trial, one fewer in the others."""
    T, U = 3 + i, 2 + i // 2
    return rng.normal(size=(T, T, U + i % 2)), rng.normal(size=(U, U)), rng.normal(size=U) + 0.5


def _as_many_units_as_measurements(f):
    """Make f work where x has as many columns as there are units, and fail elsewhere as a matrix product does."""

    def wrong(x, *weights):
        np.zeros(x.shape[-1]) @ np.zeros((len(weights[-1]), 1))
        return f(x, *weights)

    return wrong


PRINTED_STATES = Exercise(
    "printed_states",
    "08",
    "the article's recurrence, exactly as it is printed",
    printed_states,
    _records,
    (
        Mistake(
            "the patient has an influence here. That is sensible, but it is not what is printed: look for x in the "
            "formula.",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: h @ w + x_t),
        ),
        Mistake(
            "the input stands where the state before should stand: the printed formula has h, and no x.",
            lambda x, w, b: np.tanh(x @ w + b),
        ),
        Mistake(
            "every state is made from zeros: the new state has to be the old one of the next step.",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: 0 * h),
        ),
        Mistake(
            "b is forgotten. From nothing comes nothing: all your states are 0.",
            lambda x, w, b: _printed(x, w, 0 * b),
        ),
        Mistake("f is forgotten: after the sum comes tanh.", lambda x, w, b: _printed(x, w, b, f=lambda a: a)),
        Mistake(
            "the memory starts with ones; before the first step nothing is known: zeros.",
            lambda x, w, b: _printed(x, w, b, start=1.0),
        ),
        Mistake(
            "the state before the first step is among the results, and the last one is missing: store h after it was "
            "computed.",
            lambda x, w, b: _printed(x, w, b, first_too=True),
        ),
        Mistake(
            "patients and time are exchanged in the result: a list of states has time in front. "
            "Which axis should np.stack make?",
            lambda x, w, b: _printed(x, w, b).swapaxes(0, 1),
        ),
        Mistake(
            "w is transposed: column u of w belongs to unit u, so the state stands before w.",
            lambda x, w, b: _printed(x, w.T, b),
        ),
        Mistake(
            "only the last state arrives: the states of all T steps are wanted, (N, T, U).",
            lambda x, w, b: _printed(x, w, b)[:, -1],
        ),
        Mistake(
            "the input is added to the sum, with the weights of the state. It is sensible to listen to the patient, "
            "but it is not printed: which letters stand in the formula?",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: (x_t + h) @ w),
        ),
        Mistake(
            "the state has as many numbers as x has measurements. How large a memory is, the weights say, not the "
            "patient.",
            _as_many_units_as_measurements(printed_states),
        ),
        Mistake(
            "all steps show the last state: is one array overwritten again and again? A list that holds the same array "
            "T times shows its last numbers T times.",
            lambda x, w, b: np.repeat(_printed(x, w, b)[:, -1:], x.shape[1], axis=1),
        ),
        Mistake(
            "the numbers of patients and steps are mistaken for each other: x is (N, T, D), patients come first.",
            lambda x, w, b: _printed(x.swapaxes(0, 1), w, b),
        ),
        Mistake(
            "time stands on the last axis; it belongs between patients and units.",
            lambda x, w, b: _printed(x, w, b).swapaxes(1, 2),
        ),
        Mistake(
            "only the first step arrives: does `return` stand inside the loop?",
            lambda x, w, b: _printed(x, w, b)[:, :1],
        ),
    ),
    (
        "x tells only how many patients and how many steps there are: N, T = x.shape[:2]. Its numbers are not used.",
        "Start with h = np.zeros((N, U)). In a loop over t make the new h from the old one, and keep each in a list.",
        "In the loop: h becomes np.tanh of h @ w + b. At the end np.stack(states, axis=1) puts time on axis 1.",
    ),
    # tanh(0.5) and tanh(0.5 + 2·tanh(0.5)) with 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (np.array([[[7.0], [9.0]]]), np.array([[2.0]]), np.array([0.5])),
            np.array([[[0.46211715726], [0.89047894054]]]),
        ),
    ),
)


# ---------------------------------------------------------------- rnn_step


def rnn_step(x_t, h, wx, wh, b):
    return np.tanh(x_t @ wx + h @ wh + b)


def _one_step(rng, i):
    """As many patients as units; in every second trial one measurement more."""
    U, D = 2 + i, 2 + i + i % 2
    return tuple(rng.normal(size=shape) for shape in ((U, D), (U, U), (D, U), (U, U), (U,)))


RNN_STEP = Exercise(
    "rnn_step",
    "08",
    "one step of the repaired recurrence: from the old state and the new input to the new state",
    rnn_step,
    _one_step,
    (
        Mistake(
            "the input is missing: this is the formula as printed, and it cannot see the patient.",
            lambda x_t, h, wx, wh, b: np.tanh(h @ wh + b),
        ),
        Mistake(
            "the old state is missing: this is an ordinary layer, without memory.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b),
        ),
        Mistake(
            "W_x and W_h are exchanged: W_x belongs to the input, W_h to the state.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wh + h @ wx + b),
        ),
        Mistake("the bias is forgotten.", lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh)),
        Mistake("f is forgotten: after the sum comes tanh.", lambda x_t, h, wx, wh, b: x_t @ wx + h @ wh + b),
        Mistake(
            "f reaches a part of the sum only: the old state is added behind the bracket. Move the bracket.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b) + h @ wh,
        ),
        Mistake(
            "f is the sigmoid here; the text asks for tanh, which can also be negative.",
            lambda x_t, h, wx, wh, b: 1 / (1 + np.exp(-(x_t @ wx + h @ wh + b))),
        ),
        Mistake(
            "W_h is transposed: the state is a row, it stands before the matrix.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh.T + b),
        ),
        Mistake(
            "W_x is transposed: the input is a row, it stands before the matrix.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx.T + h @ wh + b),
        ),
        Mistake(
            "h and W_h are multiplied place by place (*); every unit hears all old states: a matrix product, @.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h * wh + b),
        ),
        Mistake(
            "tanh is taken of each part by itself. The unit hears everything at once and bends once: first add up.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b) + np.tanh(h @ wh),
        ),
        Mistake(
            "the bias is added after f; it belongs to the sum that f bends.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh) + b,
        ),
        Mistake(
            "the bias counts twice. There is one for each unit, not one for each matrix product.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh + 2 * b),
        ),
        Mistake(
            "the old state is added once more at the end. It acts through its weights only: this is not a gated unit.",
            lambda x_t, h, wx, wh, b: h + rnn_step(x_t, h, wx, wh, b),
        ),
        Mistake(
            "this is the tangent, the one of triangles; wanted is the hyperbolic one, with an h.",
            lambda x_t, h, wx, wh, b: np.tan(x_t @ wx + h @ wh + b),
        ),
        Mistake(
            "every patient gets the input of the first one; take all rows of x_t.",
            lambda x_t, h, wx, wh, b: rnn_step(x_t[:1], h, wx, wh, b),
        ),
    ),
    (
        "Three things are added up before f: what the input says, what the memory says, and the bias.",
        "Two matrix products: the input with its weights, the old state with its own. Then the bias, then np.tanh.",
        "np.tanh of a sum of three: x_t @ wx, the same with h and wh, and b.",
    ),
    # one patient, two units: the sums are 0.5 and -1; tanh with 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (
                np.array([[1.0, 2.0]]),
                np.array([[0.5, -0.5]]),
                np.array([[1.0, 0.0], [0.0, -1.0]]),
                np.array([[-1.0, 2.0], [2.0, 0.0]]),
                np.array([1.0, 0.0]),
            ),
            np.array([[0.46211715726, -0.76159415596]]),
        ),
    ),
)


# ---------------------------------------------------------------- rnn_states


def rnn_states(x, wx, wh, b):
    return _run(x, wx, wh, b)


def _run(x, wx, wh, b, *, step=rnn_step, order=None, start=0.0, read=lambda x, t: x[:, t]):
    N, T = x.shape[:2]
    h, states = np.full((N, len(b)), start), []
    for t in range(T) if order is None else order(T):
        h = step(read(x, t), h, wx, wh, b)
        states.append(h)
    return np.stack(states, axis=1)


def _before_f(x, wx, wh, b):
    """Carry on the sums in place of the states."""
    return np.tanh(_run(x, wx, wh, b, step=lambda x_t, a, wx, wh, b: x_t @ wx + a @ wh + b))


def _delayed(x, wx, wh, b):
    late = np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)
    return _run(late, wx, wh, b)


def _from_patient_to_patient(x, wx, wh, b):
    """One memory for all: the next patient begins with what the one before has left."""
    N, T = x.shape[:2]
    return _run(x.reshape(1, N * T, -1), wx, wh, b).reshape(N, T, -1)


def _records_and_weights(rng, i):
    """As many patients as steps; as many units as measurements in every second trial, one fewer in the others."""
    T, U, D = 3 + i, 2 + i // 2, 2 + i // 2 + i % 2
    return tuple(rng.normal(size=shape) for shape in ((T, T, D), (D, U), (U, U), (U,)))


RNN_STATES = Exercise(
    "rnn_states",
    "08",
    "read whole records: the state of every patient after every step",
    rnn_states,
    _records_and_weights,
    (
        Mistake(
            "nothing is remembered: each state is made as if zeros had come before. Does h[t] stand where h[t−1] "
            "should, or is the new state never stored for the next step?",
            lambda x, wx, wh, b: np.tanh(x @ wx + b),
        ),
        Mistake(
            "every step reads the first input: x[:, t] changes with t.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: [0] * T),
        ),
        Mistake("the input comes one step late: the state of step t reads the input of the same step t.", _delayed),
        Mistake(
            "time runs backwards: begin with the first step.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: range(T)[::-1]),
        ),
        Mistake(
            "the loop runs over the patients instead of the steps: axis 0 is patients, axis 1 is time.",
            lambda x, wx, wh, b: _run(x.swapaxes(0, 1), wx, wh, b).swapaxes(0, 1),
        ),
        Mistake(
            "patients and time are exchanged in the result: a list of states has time in front. "
            "Which axis should np.stack make?",
            lambda x, wx, wh, b: _run(x, wx, wh, b).swapaxes(0, 1),
        ),
        Mistake(
            "the first step is left out: its input counts too, with zeros as the state before it.",
            lambda x, wx, wh, b: np.concatenate([np.zeros((len(x), 1, len(b))), _run(x[:, 1:], wx, wh, b)], axis=1),
        ),
        Mistake(
            "what is carried on is the sum before f; the state that the next step sees is the one after f.", _before_f
        ),
        Mistake(
            "W_x and W_h are exchanged: W_x belongs to the input, W_h to the state.",
            lambda x, wx, wh, b: _run(x, wh, wx, b),
        ),
        Mistake("the bias is forgotten.", lambda x, wx, wh, b: _run(x, wx, wh, 0 * b)),
        Mistake(
            "f is forgotten: without tanh the states may grow without limit.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, step=lambda x_t, h, wx, wh, b: x_t @ wx + h @ wh + b),
        ),
        Mistake(
            "the memory starts with ones; before the first step nothing is known: zeros.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, start=1.0),
        ),
        Mistake(
            "only the last state arrives: the states of all T steps are wanted, (N, T, U).",
            lambda x, wx, wh, b: _run(x, wx, wh, b)[:, -1],
        ),
        Mistake(
            "the state has as many numbers as x has measurements (D). It has one for each unit (U), and the two need "
            "not be equal.",
            _as_many_units_as_measurements(rnn_states),
        ),
        Mistake(
            "x[t] is patient t with all steps. What all patients do in step t is another slice of x: which axis is "
            "time?",
            lambda x, wx, wh, b: _run(x, wx, wh, b, read=lambda x, t: x[t]),
        ),
        Mistake(
            "each step reads the input of the step before, and the first one even that of the last: x[:, −1] counts "
            "from the end. It is the state that comes from the step before, not the input.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: range(-1, T - 1)),
        ),
        Mistake(
            "the next patient begins with the memory of the one before. Everybody begins with zeros.",
            _from_patient_to_patient,
        ),
        Mistake(
            "only the first step arrives: does `return` stand inside the loop?",
            lambda x, wx, wh, b: _run(x, wx, wh, b)[:, :1],
        ),
        Mistake(
            "time stands on the last axis; it belongs between patients and units.",
            lambda x, wx, wh, b: _run(x, wx, wh, b).swapaxes(1, 2),
        ),
        Mistake(
            "all steps show the last state: is one array overwritten again and again? A list that holds the same array "
            "T times shows its last numbers T times.",
            lambda x, wx, wh, b: np.repeat(_run(x, wx, wh, b)[:, -1:], x.shape[1], axis=1),
        ),
    ),
    (
        "One loop over the T steps. All patients take a step together; what a step leaves behind, the next one needs.",
        "h starts as np.zeros((N, U)). In the loop: new h from x[:, t] and old h, as in rnn_step; keep it in a list.",
        "Write h = np.tanh(...) in the loop so that the old h is replaced; after it np.stack(states, axis=1).",
    ),
    # 1, then 0: tanh(1) and tanh(2·tanh(1)), 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (np.array([[[1.0], [0.0]]]), np.array([[1.0]]), np.array([[2.0]]), np.array([0.0])),
            np.array([[[0.76159415596], [0.90925167397]]]),
        ),
    ),
)


# ---------------------------------------------------------------- concentration


def concentration(dose, kept, volume):
    return _blood(dose, lambda old, d: kept * old + d / volume)


def _blood(dose, step):
    level, levels = np.zeros(len(dose)), []
    for t in range(dose.shape[1]):
        level = step(level, dose[:, t])
        levels.append(level)
    return np.stack(levels, axis=1)


def _doses(rng, i):
    T = 4 + i
    return rng.choice([0.0, 250.0, 500.0], size=(T, T)) + np.eye(T) * 100, 0.7 + 0.05 * i, 20.0 + 5 * i


CONCENTRATION = Exercise(
    "concentration",
    "08",
    "from the doses of each hour to the drug in the blood",
    concentration,
    _doses,
    (
        Mistake(
            "the dose is not diluted: divide the milligrams by the litres.",
            lambda dose, kept, volume: concentration(dose, kept, 1.0),
        ),
        Mistake(
            "each hour knows its own dose only: what is left from the hour before is missing.",
            lambda dose, kept, volume: dose / volume,
        ),
        Mistake(
            "nothing leaves the body: the old concentration must be multiplied by `kept`.",
            lambda dose, kept, volume: np.cumsum(dose, axis=1) / volume,
        ),
        Mistake(
            "a new dose fades in the very hour in which it is given: `kept` belongs to the old concentration alone.",
            lambda dose, kept, volume: kept * concentration(dose, kept, volume),
        ),
        Mistake(
            "`kept` is on the wrong side: the old concentration fades, the new dose does not.",
            lambda dose, kept, volume: _blood(dose, lambda old, d: old + kept * d / volume),
        ),
        Mistake(
            "the old concentration is divided by the volume once more in every hour; it is in mg/l already.",
            lambda dose, kept, volume: _blood(dose, lambda old, d: (kept * old + d) / volume),
        ),
        Mistake(
            "`kept` is the share that stays, not the share that goes: 1 − kept is in your code.",
            lambda dose, kept, volume: concentration(dose, 1 - kept, volume),
        ),
        Mistake(
            "`kept` is subtracted; a share is multiplied.",
            lambda dose, kept, volume: _blood(dose, lambda old, d: old - kept + d / volume),
        ),
        Mistake(
            "the dose counts one hour late: the concentration of hour t holds the dose of the same hour.",
            lambda dose, kept, volume: concentration(
                np.concatenate([0 * dose[:, :1], dose[:, :-1]], axis=1), kept, volume
            ),
        ),
        Mistake(
            "the first hour is left out: a dose may be given in it, and nothing is in the blood before.",
            lambda dose, kept, volume: concentration(
                np.concatenate([0 * dose[:, :1], dose[:, 1:]], axis=1), kept, volume
            ),
        ),
        Mistake(
            "something is in the blood before the first dose: at t = 0, c[:, t − 1] is the last hour: Python counts "
            "−1 from the end.",
            lambda dose, kept, volume: concentration(
                np.concatenate([dose[:, :1] + kept * dose[:, -1:], dose[:, 1:]], axis=1), kept, volume
            ),
        ),
        Mistake(
            "the loop runs over the patients: axis 0 is patients, axis 1 is hours.",
            lambda dose, kept, volume: concentration(dose.T, kept, volume).T,
        ),
        Mistake(
            "patients and hours are exchanged in the result: a list of hours has time in front.",
            lambda dose, kept, volume: concentration(dose, kept, volume).T,
        ),
        Mistake(
            "only the last hour arrives: all hours are wanted, (N, T).",
            lambda dose, kept, volume: concentration(dose, kept, volume)[:, -1],
        ),
        Mistake(
            "all hours show the last one: is one array changed in place (*=, +=)? A list that holds the same array T "
            "times shows its last numbers T times.",
            lambda dose, kept, volume: np.repeat(concentration(dose, kept, volume)[:, -1:], dose.shape[1], axis=1),
        ),
        Mistake(
            "the new dose gets the share 1 − kept only. That is a moving average; here every milligram arrives.",
            lambda dose, kept, volume: concentration((1 - kept) * dose, kept, volume),
        ),
        Mistake(
            "tanh bends the concentration. Blood does not bend: the unit of stop 3 is a linear one.",
            lambda dose, kept, volume: _blood(dose, lambda old, d: np.tanh(kept * old + d / volume)),
        ),
        Mistake(
            "0.917 and 35 stand in your code: that is one drug in one patient. Use what is handed over.",
            lambda dose, kept, volume: concentration(dose, 0.917, 35),
        ),
        Mistake(
            "the same amount leaves in every hour. Of much, much leaves; of little, little: it is a share.",
            lambda dose, kept, volume: _blood(dose, lambda old, d: old - (1 - kept) + d / volume),
        ),
        Mistake(
            "fractions of a milligram are cut off in every hour: is your result an array of integers?",
            lambda dose, kept, volume: _blood(dose, lambda old, d: np.trunc(kept * old + d / volume)),
        ),
    ),
    (
        "What is in the blood now? What is left of the hour before, and what has just come in.",
        "Begin with zeros, one for each patient. For every hour: multiply the old by `kept`, add dose[:, t] / volume.",
        "In the loop `c = ` two terms; keep each c in a list; np.stack(list, axis=1) at the end.",
    ),
    # 350/35 = 10; 10/2 = 5; 5/2 + 700/35 = 22.5; and a patient who forgot the first
    known=(
        (
            (np.array([[350.0, 0.0, 700.0], [0.0, 70.0, 0.0]]), 0.5, 35.0),
            np.array([[10.0, 5.0, 22.5], [0.0, 2.0, 1.0]]),
        ),
    ),
)


# ---------------------------------------------------------------- half_life


def half_life(w):
    return float(-np.log(2) / np.log(w))


HALF_LIFE = Exercise(
    "half_life",
    "08",
    "after how many steps is half of the memory gone?",
    half_life,
    lambda rng, i: (float(rng.uniform(0.6, 0.95)),),
    (
        Mistake(
            "the sign: the logarithm of a number below 1 is negative, a time is not.",
            lambda w: float(np.log(2) / np.log(w)),
        ),
        Mistake("the fraction is upside down.", lambda w: float(-np.log(w) / np.log(2))),
        Mistake(
            "this is the time until 1/e = 37 % is left (the time constant); half is asked for.",
            lambda w: float(-1 / np.log(w)),
        ),
        Mistake(
            "this takes the same amount away in every step; here the same share goes, and it gets less and less.",
            lambda w: float(0.5 / (1 - w)),
        ),
        Mistake(
            "ln 2/(1 − w) is nearly right when w is nearly 1. Exactly it is the logarithm of w.",
            lambda w: float(np.log(2) / (1 - w)),
        ),
        Mistake(
            "two kinds of logarithm are mixed: np.log above and np.log10 (or log2) below the line. Use one of them.",
            lambda w: float(-np.log(2) / np.log10(w)),
        ),
        Mistake("this is what is left after two steps, w².", lambda w: w**2),
        Mistake(
            "this is the inverse: the weight that belongs to a half-life of w steps.", lambda w: float(2 ** (-1 / w))
        ),
        Mistake(
            "whole steps are counted. A half-life may lie between two steps: find the exact t.",
            lambda w: math.ceil(math.log(0.5) / math.log(w) - 1e-9),
        ),
        Mistake(
            "this solves t · w = ½; what is left after t steps is a power of w, not a multiple.",
            lambda w: 0.5 / w,
        ),
        Mistake(
            "this is the logarithm of a product. The unknown t is an exponent: what becomes of the logarithm of "
            "a power?",
            lambda w: -math.log(0.5 * w),
        ),
        Mistake(
            "two kinds of logarithm are mixed: np.log10 above the line, np.log below. Any kind will do, but only one.",
            lambda w: math.log10(0.5) / math.log(w),
        ),
    ),
    (
        "After t steps the share wᵗ is left. For which t is that one half?",
        "Take the logarithm of both sides of wᵗ = ½, and remember ln ½ = −ln 2.",
        "Solve t · ln w = −ln 2 for t.",
    ),
    # 1/2 after one step, 1/4 = (1/2)² in one step, and the cube root of 1/2 to 12 digits
    known=(((0.5,), 1.0), ((0.25,), 0.5), ((0.793700525984,), 3.0)),
)


# ---------------------------------------------------------------- linear_backward


def linear_backward(dlast, x, h, w):
    return _walk_back(dlast, x, h, w)


def _walk_back(dlast, x, h, w, *, seen=lambda h, t: h[:, t - 1] if t else 0 * h[:, 0], share=None):
    dh, du, dw = dlast, 0.0, 0.0
    T = x.shape[1]
    for t in range(T)[::-1]:
        du = du + np.sum(dh * x[:, t])
        dw = dw + np.sum(dh * seen(h, t))
        dh = dh * (w if share is None else share)
    return float(du), float(dw)


def _linear_states(x, u, w):
    return _blood(x, lambda old, now: w * old + u * now)


def _linear_records(rng, i):
    x, w = rng.normal(size=(3 + i, 4 + i)) + 1, 0.6 + 0.1 * i
    return rng.normal(size=3 + i), x, _linear_states(x, 1.5, w), w


def _first_step_only(dlast, x, h, w):
    T = x.shape[1]
    return float(np.sum(dlast * w ** (T - 1) * x[:, 0])), 0.0


def _assigned(dlast, x, h, w):
    """du and dw keep what the last round has put there; the round of the first step leaves dw alone."""
    T = x.shape[1]
    return _first_step_only(dlast, x, h, w)[0], float(np.sum(dlast * w ** (T - 2) * h[:, 0]))


def _never_carried(dlast, x, h, w):
    """dh is made from dlast in every step."""
    return tuple(float(np.sum(dlast[:, None] * w * a)) for a in (x, h[:, :-1]))


def _first_left_out(dlast, x, h, w):
    du, dw = _walk_back(dlast, x, h, w)
    return du - _first_step_only(dlast, x, h, w)[0], dw


def _wrong_way(dlast, x, h, w):
    power = w ** np.arange(x.shape[1])
    before = np.concatenate([np.zeros((len(x), 1)), h[:, :-1]], axis=1)
    return float(np.sum(dlast[:, None] * power * x)), float(np.sum(dlast[:, None] * power * before))


LINEAR_BACKWARD = Exercise(
    "linear_backward",
    "08",
    "backpropagation through time for one linear unit",
    linear_backward,
    _linear_records,
    (
        Mistake(
            "only the last step counts here: the same u and w were used in every step, so walk back to the first and "
            "add up.",
            lambda dlast, x, h, w: (float(np.sum(dlast * x[:, -1])), float(np.sum(dlast * h[:, -2]))),
        ),
        Mistake(
            "only the first step's part arrives: does = stand where += should?",
            _first_step_only,
        ),
        Mistake(
            "h_t stands where h_{t−1} should: w was multiplied with the state before the step.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, seen=lambda h, t: h[:, t]),
        ),
        Mistake(
            "the state before the first step is not 0 in your code. In Python h[:, −1] is the last state, not the one "
            "before the first.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, seen=lambda h, t: h[:, t - 1]),
        ),
        Mistake(
            "the gradient does not shrink on its way back: each step into the past multiplies it by w.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, share=1.0),
        ),
        Mistake(
            "the gradient is multiplied by w before its last step is used: first add up, then go one step back.",
            lambda dlast, x, h, w: _walk_back(dlast * w, x, h, w),
        ),
        Mistake(
            "dlast is given again at every step; only the last state has a direct influence on the loss.",
            lambda dlast, x, h, w: tuple(
                np.sum([_walk_back(dlast, x[:, : t + 1], h[:, : t + 1], w) for t in range(x.shape[1])], axis=0)
            ),
        ),
        Mistake(
            "the power of w runs the wrong way: the first step is furthest from the loss, so its part is the smallest.",
            _wrong_way,
        ),
        Mistake(
            "divided by the number of patients: the 1/N is in dlast already (or is not wanted). Add up.",
            lambda dlast, x, h, w: tuple(g / len(x) for g in _walk_back(dlast, x, h, w)),
        ),
        Mistake(
            "divided by the number of steps: every use of a weight adds its part. Add up.",
            lambda dlast, x, h, w: tuple(g / x.shape[1] for g in _walk_back(dlast, x, h, w)),
        ),
        Mistake(
            "your walk back divides by w; going back multiplies by w, just as going forward did.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, share=1 / w),
        ),
        Mistake(
            "du and dw are exchanged: u meets the input, w the state before.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w)[::-1],
        ),
        Mistake(
            "du and dw hold what the last round of the loop has put there: earlier rounds are overwritten. Every step "
            "used the weights; all parts count.",
            _assigned,
        ),
        Mistake(
            "the first step's part of du is missing: range stops before its second number. Where does your walk end?",
            _first_left_out,
        ),
        Mistake(
            "every step starts from dlast again, multiplied by w once. What came back to step t is what goes on to "
            "t − 1: carry it along.",
            _never_carried,
        ),
        Mistake(
            "there is one w too many in dw. For the weight itself only what it was multiplied with counts.",
            lambda dlast, x, h, w: (lambda du, dw: (du, w * dw))(*_walk_back(dlast, x, h, w)),
        ),
    ),
    (
        "Begin at the last step with dh = dlast. How much did u and w of this step change h? Then one step back.",
        "For t from the last to the first: to du add the sum of dh · x[:, t], to dw the sum of dh times the state "
        "BEFORE step t (0 before the first); then dh becomes dh · w.",
        "for t in range(T - 1, -1, -1): two lines with += and np.sum, and as the last line of the loop dh = dh * w.",
    ),
    returns=("du", "dw"),
    # h = 1, 5/2, 17/4 with u = 1, w = 1/2: dh = 1/4, 1/2, 1: du = 1/4 + 1 + 3, dw = 1/2·1 + 1·5/2
    known=(((np.array([1.0]), np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.5, 4.25]]), 0.5), (4.25, 3.0)),),
)


# ---------------------------------------------------------------- clip_by_norm


def clip_by_norm(g, limit):
    norm = math.sqrt(float(np.sum(g**2)))
    return g * (limit / norm) if norm > limit else g.copy()


def _clip_by(size_of):
    def wrong(g, limit):
        size = float(size_of(g))
        return g * (limit / size) if size > limit else g

    return wrong


def _long_and_short(rng, i):
    """Gradients of a vector or a table, too long; in the second trial one that is short enough."""
    g = rng.normal(size=((3,), (2, 3), (5,), (3, 2))[i])
    return g / np.linalg.norm(g) * (0.6 if i == 1 else 9.0 + i), 2.0 - 0.2 * i


def _row_by_row(g, limit):
    norm = np.linalg.norm(g, axis=-1, keepdims=True)
    return np.where(norm > limit, g * (limit / norm), g)


CLIP_BY_NORM = Exercise(
    "clip_by_norm",
    "08",
    "a gradient that is too long is shortened and keeps its direction",
    clip_by_norm,
    _long_and_short,
    (
        Mistake(
            "each number is cut off by itself (np.clip): that turns the gradient into another direction. Shorten the "
            "whole arrow by one factor.",
            lambda g, limit: np.clip(g, -limit, limit),
        ),
        Mistake(
            "short gradients are stretched to the limit too; leave them as they are.",
            lambda g, limit: g * (limit / np.linalg.norm(g)),
        ),
        Mistake(
            "the long are left alone and the short are stretched: the comparison is the wrong way round.",
            lambda g, limit: g * (limit / np.linalg.norm(g)) if np.linalg.norm(g) < limit else g,
        ),
        Mistake(
            "a square root is missing: the length is the root of the sum of squares.",
            _clip_by(lambda g: np.sum(g**2)),
        ),
        Mistake(
            "the length is measured by the largest number; take the root of the sum of squares.",
            _clip_by(lambda g: np.max(np.abs(g))),
        ),
        Mistake(
            "the length is measured by the sum of the absolute values; take the root of the sum of squares.",
            _clip_by(lambda g: np.sum(np.abs(g))),
        ),
        Mistake(
            "the shortened gradient has length 1, not `limit`.",
            lambda g, limit: g / np.linalg.norm(g) if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "the factor is upside down: too long a gradient gets longer still.",
            lambda g, limit: g * (np.linalg.norm(g) / limit) if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "too long a gradient is thrown away: then the neuron stands still. Shorten it.",
            lambda g, limit: g * 0 if np.linalg.norm(g) > limit else g,
        ),
        Mistake(
            "only the length is returned; the gradient itself is wanted.",
            lambda g, limit: float(min(np.linalg.norm(g), limit)),
        ),
        Mistake("the gradient comes back as it was, also where it is too long.", lambda g, limit: g),
        Mistake(
            "each row of a table has a length of its own in your code. All numbers together are one arrow, with one "
            "length.",
            _row_by_row,
        ),
        Mistake(
            "for a table, norm(g, 2) is something else: how much the matrix stretches. Wanted is the length of all its "
            "numbers, as if they stood in one row.",
            _clip_by(lambda g: np.linalg.norm(g, 2)),
        ),
        Mistake(
            "a number is subtracted: that turns the arrow. It keeps its direction if all numbers change by one factor.",
            lambda g, limit: g - max(np.linalg.norm(g) - limit, 0.0),
        ),
    ),
    (
        "An arrow is too long. Its direction is right. By which factor must it be multiplied to have the length limit?",
        "Length: the square root of np.sum(g**2). If it is larger than limit, multiply g by limit/length; else do not.",
        "if norm > limit: return g * (a fraction). Otherwise return g.",
    ),
    # the triangle of 3, 4, 5
    known=(
        ((np.array([3.0, -4.0]), 1.0), np.array([0.6, -0.8])),
        ((np.array([3.0, -4.0]), 6.0), np.array([3.0, -4.0])),
    ),
)


# ---------------------------------------------------------------- gru_step


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step(x_t, h, wx, wh, b):
    return _gru(x_t, h, wx, wh, b)


def _gru(x_t, h, wx, wh, b, *, f=np.tanh, gate=_sigmoid, hidden=None, mix=None, order=(0, 1, 2)):
    Wz, Wr, Wh = (np.split(wx, 3, axis=1)[i] for i in order)
    Rz, Rr, Rh = (np.split(wh, 3, axis=1)[i] for i in order)
    bz, br, bh = (np.split(b, 3)[i] for i in order)
    z = gate(x_t @ Wz + h @ Rz + bz)
    r = gate(x_t @ Wr + h @ Rr + br)
    seen = (r * h) @ Rh if hidden is None else hidden(r, h, Rh)
    candidate = f(x_t @ Wh + seen + bh)
    return z * h + (1 - z) * candidate if mix is None else mix(z, h, candidate)


def _one_gated_step(rng, i):
    """As many patients as units; in every second trial one measurement more."""
    U, D = 2 + i, 2 + i + i % 2
    return tuple(rng.normal(size=shape) for shape in ((U, D), (U, U), (D, 3 * U), (U, 3 * U), (3 * U,)))


def _overwritten(x_t, h, wx, wh, b):
    """h = r * h, and h is used once more in the mixture."""
    U = h.shape[1]
    r = _sigmoid(x_t @ wx[:, U : 2 * U] + h @ wh[:, U : 2 * U] + b[U : 2 * U])
    return _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * r * h + (1 - z) * c)


def _no_bias_in_the_candidate(x_t, h, wx, wh, b):
    return gru_step(x_t, h, wx, wh, np.where(np.arange(len(b)) < len(b) // 3 * 2, b, 0))


def _cut_by_measurements(x_t, h, wx, wh, b):
    """Cut the weights apart after D columns; where D is not U, the parts do not fit together."""
    np.zeros(x_t.shape[1]) @ np.zeros((h.shape[1], 1))
    return gru_step(x_t, h, wx, wh, b)


GRU_STEP = Exercise(
    "gru_step",
    "08",
    "one step of a gated unit: keep, or let something new in?",
    gru_step,
    _one_gated_step,
    (
        Mistake(
            "z and 1 − z are exchanged: here z = 1 keeps the old state. (Some books define it the other way round.)",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: (1 - z) * h + z * c),
        ),
        Mistake(
            "the reset gate is forgotten: the candidate sees r ⊙ h, not h.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: h @ R),
        ),
        Mistake(
            "r comes after the matrix product: that is the other form of the GRU (reset_after=True, Keras's usual "
            "one). Here r is multiplied with h first.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: r * (h @ R)),
        ),
        Mistake(
            "the candidate does not see the old state at all.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: 0),
        ),
        Mistake(
            "only the candidate is returned: the part z of the old state is to be kept.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: c),
        ),
        Mistake(
            "the candidate is added in full; it gets the share that is left over, 1 − z.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * h + c),
        ),
        Mistake(
            "z and r have changed places: the order in the weights is z, r, candidate.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, order=(1, 0, 2)),
        ),
        Mistake(
            "the candidate goes through the sigmoid; it is a state, not a gate: tanh.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, f=_sigmoid),
        ),
        Mistake(
            "the gates go through tanh; a gate stands between 0 and 1: the sigmoid.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, gate=np.tanh),
        ),
        Mistake("the biases are forgotten.", lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, 0 * b)),
        Mistake(
            "f is forgotten at the candidate: tanh.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, f=lambda a: a),
        ),
        Mistake(
            "the weights are cut apart by the number of measurements. They lie side by side unit by unit: how many "
            "units are there?",
            _cut_by_measurements,
        ),
        Mistake(
            "the candidate has no bias; all three parts have one.",
            _no_bias_in_the_candidate,
        ),
        Mistake(
            "the mixture goes through tanh once more. It lies between two states already: nothing is left to bend.",
            lambda x_t, h, wx, wh, b: np.tanh(gru_step(x_t, h, wx, wh, b)),
        ),
        Mistake(
            "brackets are missing in the mixture: Python multiplies before it subtracts.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * h + 1 - z * c),
        ),
        Mistake(
            "the reset gate has overwritten h, and z keeps what is left of it. r is for the candidate's eyes only.",
            _overwritten,
        ),
    ),
    (
        "Four lines: the gate z, the gate r, the candidate, and the mixture. np.split(wx, 3, axis=1) gives the parts.",
        "A gate is σ of a sum of three, like rnn_step with a sigmoid. In the candidate r · h stands in the place of h.",
        "The last line: z times the old state plus (1 − z) times the candidate.",
    ),
    # all inputs 0. z = σ(ln 3) = 3/4, r = σ(−ln 3) = 1/4, candidate tanh(1/4 · 0.8 · 5 ln 2) = tanh(ln 2) = 3/5:
    # 3/4 · 0.8 + 1/4 · 0.6 = 0.75
    known=(
        (
            (
                np.array([[0.0]]),
                np.array([[0.8]]),
                np.zeros((1, 3)),
                np.array([[0.0, 0.0, 3.4657359027997265]]),
                np.array([1.0986122886681098, -1.0986122886681098, 0.0]),
            ),
            np.array([[0.75]]),
        ),
    ),
)

EXERCISES = (
    PRINTED_STATES,
    RNN_STEP,
    RNN_STATES,
    CONCENTRATION,
    HALF_LIFE,
    LINEAR_BACKWARD,
    CLIP_BY_NORM,
    GRU_STEP,
)
