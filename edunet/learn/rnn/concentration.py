"""Exercise concentration: from the doses of each hour to the drug in the blood."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONCENTRATION"]


def concentration(dose, kept, volume):
    return in_the_blood(dose, lambda old, d: kept * old + d / volume)


def in_the_blood(dose, step):
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
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: old + kept * d / volume),
        ),
        Mistake(
            "the old concentration is divided by the volume once more in every hour; it is in mg/l already.",
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: (kept * old + d) / volume),
        ),
        Mistake(
            "`kept` is the share that stays, not the share that goes: 1 − kept is in your code.",
            lambda dose, kept, volume: concentration(dose, 1 - kept, volume),
        ),
        Mistake(
            "`kept` is subtracted; a share is multiplied.",
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: old - kept + d / volume),
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
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: np.tanh(kept * old + d / volume)),
        ),
        Mistake(
            "0.917 and 35 stand in your code: that is one drug in one patient. Use what is handed over.",
            lambda dose, kept, volume: concentration(dose, 0.917, 35),
        ),
        Mistake(
            "the same amount leaves in every hour. Of much, much leaves; of little, little: it is a share.",
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: old - (1 - kept) + d / volume),
        ),
        Mistake(
            "fractions of a milligram are cut off in every hour: is your result an array of integers?",
            lambda dose, kept, volume: in_the_blood(dose, lambda old, d: np.trunc(kept * old + d / volume)),
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
