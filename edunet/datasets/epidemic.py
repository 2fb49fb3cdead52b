"""An outbreak in a town and the next fortnight of it: physics that a network has to find in counts. SYNTHETIC.

The question, asked after 28 days: how many cases will each of the next 14 days bring? Equations of Kermack and
McKendrick, t in days, in a town of N = 100,000 people:

    S' = -β·S·I/N                              susceptible
    E' = β·S·I/N - E/L                         infected, not yet infectious: with an incubation of L days only (SEIR)
    I' = E/L - γ·I                             infectious; without incubation (SIR) I' = β·S·I/N - γ·I
    R' = γ·I                                   recovered
    m_d = ρ·(S(d) - S(d+1))                    expected cases: the share ρ of the new infections of day d is reported
    cases_d ~ negative binomial                mean m_d, variance m_d + m_d²/10
    R_t = β·S/(γ·N)                            infected by one infectious person; above 1 the outbreak grows

`sir` solves the equations for any β, γ and town.

    truth          unit       drawn                meaning
    beta (n,42)    1/day      uniform 0.3 .. 0.6   β of each day; the same all the time unless `change`
    gamma          1/day      uniform 0.1 .. 0.25  γ: people are infectious for 1/γ days
    rho            share      uniform 0.2 .. 0.6   ρ
    infected       people     5 .. 50              I(0); all others susceptible
    S, E, I (n,42) people                          when the day begins
    R_t (n,42)     people                          when the day begins
    expected       cases/day                       (n,14), m of the days to come
    sd             cases/day                       (n,14), √(m + m²/10)

With change=True, on a day drawn from 7 .. 20, β falls to 0.3 .. 0.7 of what it was: schools close.

`expected` and `sd` condition on the true β, γ, ρ and I(0): `oracle_score(truth)` is the error of the forecast with true
parameters, which nobody who sees 28 noisy counts quite reaches.

Source: W. O. Kermack, A. G. McKendrick, A contribution to the mathematical theory of epidemics, Proceedings of the
Royal Society A 115 (1927) 700-721. Ranges of the size seen in influenza and early COVID-19; the towns are invented.
`sir` fits the outbreak of influenza in a boarding school (British Medical Journal 1978;1:587) with β = 1.79/day,
γ = 0.456/day and two boys infectious at the start, to 16.0 of 763 boys.

What is unrealistic: everybody meets everybody; no ages, households, travel, weekends, late reports or deaths; the
equations have no chance of their own, so an outbreak never dies out by luck; what is reported does not depend on how
many are ill; one wave.

Measured with 100,000 towns: RMSE of the floor 322 cases a day (a day brings 761 on average), of the mean of all towns
718, the mean of the last week 1327, a straight line through it 2165, a parabola through the 28 days 2950; ridge
regression on the logarithms of the counts and their squares 470. On day 28 66 % of the outbreaks still grow.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from edunet.datasets.cohort import (
    BLOCK,
    Cohort,
    Drawn,
    KerasData,
    draw_patients,
    identify,
    one_of_two,
    split,
    whole_number,
)
from edunet.datasets.oracle import oracle_score
from edunet.datasets.runge_kutta import advance

__all__ = ["COLUMNS", "UNITS", "Outbreak", "load", "load_data", "oracle_score", "sir"]

COLUMNS = ("cases",)
UNITS = {
    "y": "cases/day",
    "cases": "cases/day", "expected": "cases/day", "sd": "cases/day", "beta": "1/day", "gamma": "1/day",
    "rho": "share", "infected": "people", "S": "people", "E": "people", "I": "people", "R_t": "people",
}  # fmt: skip
NOTE = "SYNTHETIC: drawn by edunet.datasets.epidemic from equations; no town, no patient. Not for planning."

PEOPLE = 100_000
SEEN, AHEAD = 28, 14
DAYS = SEEN + AHEAD
SIZE = 10  # k of the negative binomial
STEP = 0.05  # days; halved, the curves change by less than 1e-6 of themselves up to a β of 1/day


class Outbreak(NamedTuple):
    """The course of an outbreak, people."""

    S: np.ndarray  # (...,days+1), susceptible when each day begins, and at the end of the last
    E: np.ndarray  # infected, not yet infectious
    I: np.ndarray  # infectious
    R: np.ndarray  # recovered
    infections: np.ndarray  # (...,days), new ones of each day


def load(n: int = 8000, seed: int = 0, *, incubation: float = 0.0, change: bool = False) -> Cohort:
    """Draw n SYNTHETIC towns with the cases of 28 days, and those of the 14 days after.

        S' = -β·S·I/N,   I' = β·S·I/N - γ·I,   cases ~ negative binomial(ρ·new infections)      see the module

    The same seed gives the same towns, and a larger n only adds towns at the end.

    Arguments: n, number of towns, at least 1; seed, a whole number from 0 up; incubation, days between infection and
        infecting others, 0 (SIR) to 30 (SEIR); change, True for a step down of β in the days that are seen.
    Returns: `Cohort` with x (n,28,1) and y (n,14) float32, whole numbers of cases a day; truth, see the top of this
        module. `oracle_score(truth)` is the RMSE of the forecast with true parameters.
    Raises: TypeError or ValueError if an argument is not such a number.
    Source: Kermack & McKendrick 1927.

    >>> towns = load(50, seed=1)
    >>> towns.x.shape, towns.y.shape, towns.truth["R_t"].shape
    ((50, 28, 1), (50, 14), (50, 42))
    >>> bool(towns.truth["R_t"][0, 0] > 1)
    True
    """
    draw = functools.partial(draw_block, incubation=checked_days(incubation), change=one_of_two("change", change))
    drawn = draw_patients(draw, n, seed, options=2)
    x, y = drawn.pop("x"), drawn.pop("y")
    return Cohort(x, y, COLUMNS, dict(UNITS), *identify("E", len(y), seed), drawn, (), NOTE)


def load_data(n: int = 12_000, seed: int = 0, *, incubation: float = 0.0, change: bool = False) -> KerasData:
    """Draw the same SYNTHETIC towns as `load`: two thirds to train, one third to test.

    Arguments: n, number of towns, at least 2; seed, a whole number from 0 up; incubation and
        change, as those of `load`.
    Returns: (x_train, y_train), (x_test, y_test); x (..,28,1) float32, y (..,14) float32.
    Raises: TypeError or ValueError if an argument is not such a value, as `load` does.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20, 28, 1), (10, 14))
    """
    return split(functools.partial(load, incubation=incubation, change=change), n, seed)


def sir(
    beta: float | np.ndarray,
    gamma: float | np.ndarray,
    days: int = DAYS,
    *,
    people: float = PEOPLE,
    infected: float | np.ndarray = 10,
    incubation: float = 0.0,
) -> Outbreak:
    """Follow an outbreak from its first infectious people, or many of them at once.

        S' = -β·S·I/N,   E' = β·S·I/N - E/L,   I' = E/L - γ·I,   R' = γ·I      no E where the incubation L = 0

    Arguments: beta, infections per infectious person and day while all are susceptible; gamma (...), the share that
        recovers per day, a number or an array; beta has the shape of gamma, or an axis more, the days, over which it
        then changes; days, how many; people, N; infected, I(0), which broadcasts with gamma; incubation, L, days.
    Returns: `Outbreak(S, E, I, R, infections)`, one number for the beginning of each day and the end of the last,
        infections one for each day.
    Raises: TypeError or ValueError if an argument is not such a number, or the shapes do not fit.
    Source: Kermack & McKendrick 1927.

    >>> outbreak = sir(beta=0.5, gamma=0.2, days=150)
    >>> int(outbreak.I.argmax()), round(float(outbreak.R[-1] / 100_000), 2)  # day of the peak, share infected at last
    (32, 0.89)
    """
    gamma = np.asarray(gamma, np.float64)
    rate = np.asarray(beta, np.float64)
    days, incubation = whole_number("days", days, 1, "sir(0.5, 0.2, days=42)"), checked_days(incubation)
    if rate.shape == gamma.shape:
        rate = np.broadcast_to(rate[..., None], (*gamma.shape, days))
    start = np.broadcast_to(np.asarray(infected, np.float64), gamma.shape)
    if rate.shape != (*gamma.shape, days):
        raise ValueError(
            f"sir wants a beta of the shape of gamma, {gamma.shape}, or of each day too, {(*gamma.shape, days)}. "
            f"Received: {np.shape(beta)}."
        )
    if not ((rate >= 0).all() and (gamma >= 0).all() and np.isfinite(rate).all() and np.isfinite(gamma).all()):
        raise ValueError("sir wants beta and gamma that are numbers from 0 up. Type for example sir(0.5, 0.2).")
    if not (0 < people < math.inf and (start >= 0).all() and (start <= people).all()):
        raise ValueError(f"sir wants 0 .. people infected. Received: infected={infected}, people={people}.")

    def slope(t: float, y: np.ndarray, b: np.ndarray) -> np.ndarray:
        S, E, I = y
        new = b * S * I / people
        infectious = E / incubation if incubation else new
        return np.array([-new, new - infectious, infectious - gamma * I])

    course = [np.array([people - start, np.zeros_like(start), start])]
    for day in range(days):
        course.append(advance(functools.partial(slope, b=rate[..., day]), course[-1], day, day + 1, STEP))
    S, E, I = np.stack(course, axis=-1)
    return Outbreak(S, E, I, people - S - E - I, S[..., :-1] - S[..., 1:])


def draw_block(
    rng: np.random.Generator, counts: np.random.Generator, steps: np.random.Generator, incubation: float, change: bool
) -> Drawn:
    """Draw BLOCK towns. How many numbers Poisson takes depends on the mean: it has a generator of its own."""
    beta = np.repeat(rng.uniform(0.3, 0.6, BLOCK)[:, None], DAYS, axis=1)
    gamma, rho = rng.uniform(0.1, 0.25, BLOCK), rng.uniform(0.2, 0.6, BLOCK)
    infected = rng.integers(5, 51, BLOCK)
    luck = rng.standard_gamma(SIZE, (BLOCK, DAYS)) / SIZE
    day, factor = steps.integers(7, 21, (BLOCK, 1)), steps.uniform(0.3, 0.7, (BLOCK, 1))
    if change:
        beta = np.where(np.arange(DAYS) >= day, factor * beta, beta)
    course = sir(beta, gamma, DAYS, infected=infected, incubation=incubation)
    mean = rho[:, None] * course.infections
    cases = counts.poisson(mean * luck).astype(np.float32)
    S, E, I = (values[:, :-1] for values in course[:3])
    return {
        "x": cases[:, :SEEN, None],
        "y": cases[:, SEEN:],
        "expected": mean[:, SEEN:],
        "sd": np.sqrt(mean + mean**2 / SIZE)[:, SEEN:],
        **{"beta": beta, "gamma": gamma, "rho": rho, "infected": infected},
        **{"S": S, "E": E, "I": I, "R_t": beta * S / (gamma[:, None] * PEOPLE)},
    }


def checked_days(incubation: object) -> float:
    """Return the incubation as a float, or say what is wrong with it."""
    example = "Type for example load(incubation=3)."
    if isinstance(incubation, bool) or not isinstance(incubation, (int, float, np.integer, np.floating)):
        raise TypeError(f"incubation must be a number of days. Received: {incubation!r}. {example}")
    if not (incubation == 0 or 0.5 <= incubation <= 30):
        raise ValueError(f"incubation must be 0, or from 0.5 to 30 days. Received: {incubation}. {example}")
    return float(incubation)
