"""Minutes of ECG in one lead, by the equations of ECGSYN. SYNTHETIC.

Part of `edunet.datasets.heartbeats`. A point runs around the unit circle once for every beat, pulled up and down where
the waves are (McSharry et al. 2003):

    x' = a·x - ω·y      y' = a·y + ω·x                   a = 1 - √(x² + y²), ω = 2π/RR(t)
    z' = -Σ_i g·a_i·Δθ_i·exp(-Δθ_i²/2b_i²) - (z - z₀)    Δθ_i = (θ - θ_i) mod 2π, from -π to π; θ the angle of (x, y)
    z₀(t) = 0.15·sin(2π·0.25·t) mV                       the baseline, which moves with each breath

    wave      P      Q       R     S      T              The ECG is z(t) + 0.05 mV, with g = 27.5·rate/60 mV and
    θ_i       -60    -15     0     15     90 degrees     the mean rate in beats per minute: from -0.4 to 1.2 mV but for
    a_i       1.2    -5      30    -7.5   0.75 per s     the baseline, whatever the rate
    b_i       0.25   0.1     0.1   0.1    0.4 rad

The point starts on the circle and never leaves it, so x = cos θ, y = sin θ, θ' = ω, exactly; z is found by Runge and
Kutta's method of order 4. RR(t) varies as in people at rest, slowly with the tone of the vessels (0.1 Hz) and with each
breath (0.25 Hz), the power of the first half that of the second, with random phases:

    RR(t) = 60 s/rate + Σ_k A_k·cos(2π·f_k·t + φ_k)        A_k² ∝ ½·N(f_k; 0.1, 0.01²) + N(f_k; 0.25, 0.01²)
                                                         Σ_k A_k²/2 = sd²,  f_k = k/3600 Hz,  φ_k uniform

Every beat takes its interval from RR(t) at its own R wave.

Source: P. E. McSharry, G. D. Clifford, L. Tarassenko, L. A. Smith, A dynamical model for generating synthetic
electrocardiogram signals, IEEE Transactions on Biomedical Engineering 50 (2003) 289-294, table 1. Written from the
equations.

What is unrealistic: one lead, and the same shape at every beat; P, QRS and T all shrink in proportion as the heart
beats faster, while in people QRS hardly changes and QT goes with the square root of RR; no extra beats; no noise but
what you ask for. A detector that works here has still to be tested on real records.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from edunet.datasets.cohort import real_number, whole_number

__all__ = ["Signal", "signal"]

NOTE = "SYNTHETIC: ECG computed by edunet.datasets.heartbeats from equations; no patient. Not for diagnosis."

ANGLE = np.radians([-60, -15, 0, 15, 90])  # θ of P, Q, R, S, T
HEIGHT = np.array([1.2, -5, 30, -7.5, 0.75])  # a, per second
WIDTH = np.array([0.25, 0.1, 0.1, 0.1, 0.4])  # b, radians
BASELINE, BREATHS = 0.15, 0.25  # mV, Hz
GAIN, OFFSET = 27.5, 0.05  # g at 60 beats per minute, and what is added: together from -0.4 to 1.2 mV
FREQUENCY = np.arange(1, 1441) / 3600  # Hz, up to 0.4
RUN_IN = 12  # s before the start, in which z forgets where it began: e^-12
STEPS = 1000  # per second, of Runge and Kutta's method, at least


@dataclass(frozen=True, eq=False)
class Signal:
    """A SYNTHETIC ECG in one lead, and where its beats are."""

    t: np.ndarray = field(repr=False)  # (n,) s, from 0 in steps of 1/rate
    mv: np.ndarray = field(repr=False)  # (n,) float32, mV
    r_peaks: np.ndarray = field(repr=False)  # (beats,) the sample nearest to θ = 0, the R wave of each beat
    rr: np.ndarray = field(repr=False)  # (beats - 1,) s, the intervals between them
    clean: np.ndarray = field(repr=False)  # (n,) mV, without the noise
    rate: int  # samples per second
    note: str = NOTE
    synthetic: bool = True

    def __len__(self) -> int:
        """Give the number of samples."""
        return len(self.mv)


def signal(
    seconds: float = 10, seed: int = 0, rate: int = 250, *, heart_rate: float = 60, heart_rate_sd: float = 1,
    noise: float = 0,
) -> Signal:  # fmt: skip
    """Compute a SYNTHETIC ECG by the equations of ECGSYN, with the place of every R wave.

        z' = -Σ_i g·a_i·Δθ_i·exp(-Δθ_i²/2b_i²) - (z - z₀),  θ' = 2π/RR(t)      see the module

    The same seed gives the same heart, whatever rate and noise; a longer signal begins as the shorter one does.

    Arguments: seconds, from 1 to 3600; seed, a whole number from 0 up; rate, samples per second, a whole number from
        50 to 5000; heart_rate, its mean, from 30 to 200 beats per minute; heart_rate_sd, from 0 to a tenth of
        heart_rate, in beats per minute; noise, standard deviation of white noise in mV, from 0 to 10.
    Returns: `Signal` with t in s, mv in mV (from -0.4 to 1.2, and the baseline), r_peaks, rr, clean, rate.
    Raises: TypeError or ValueError if an argument is not such a number.
    Source: McSharry et al. 2003, see the module.

    >>> ecg = signal(seconds=10, heart_rate=70)
    >>> ecg.mv.shape, len(ecg.r_peaks), bool(ecg.mv[ecg.r_peaks].min() > 0.9)
    ((2500,), 12, True)
    """
    seconds = real_number("seconds", seconds, 1, 3600, "signal(seconds=10)")
    heart_rate = real_number("heart_rate", heart_rate, 30, 200, "signal(heart_rate=60)")
    heart_rate_sd = real_number("heart_rate_sd", heart_rate_sd, 0, heart_rate / 10, "signal(heart_rate_sd=1)")
    noise = real_number("noise", noise, 0, 10, "signal(noise=0.02)")
    rate = int(real_number("rate", whole_number("rate", rate, 0, "signal(rate=250)"), 50, 5000, "signal(rate=250)"))
    seed = whole_number("seed", seed, 0, "signal(seed=0)")
    rng, rng_noise = (np.random.Generator(np.random.PCG64(s)) for s in (seed, [seed, 1]))
    peaks = peak_times(rng, seconds, 60 / heart_rate, 60 * heart_rate_sd / heart_rate**2)
    t = np.arange(round(seconds * rate)) / rate
    clean = OFFSET + integrate(peaks, GAIN * heart_rate / 60, len(t), rate)
    mv = clean + noise * rng_noise.standard_normal(len(t))
    inside = peaks[(peaks >= 0) & (np.rint(peaks * rate) < len(t))]
    return Signal(
        t, mv.astype(np.float32), np.rint(inside * rate).astype(int), np.diff(inside), clean.astype(np.float32), rate
    )


def peak_times(rng: np.random.Generator, seconds: float, mean: float, sd: float) -> np.ndarray:
    """Times of the R waves in seconds, from before the run-in until after the end."""
    phase = rng.uniform(0, 2 * np.pi, len(FREQUENCY))
    power = 0.5 * np.exp(-((FREQUENCY - 0.1) ** 2) / (2 * 0.01**2)) + np.exp(-((FREQUENCY - 0.25) ** 2) / (2 * 0.01**2))
    amplitude = sd * np.sqrt(2 * power / power.sum())
    peaks = [-RUN_IN - rng.uniform(0, mean)]
    while peaks[-1] < seconds:
        peaks.append(peaks[-1] + mean + amplitude @ np.cos(2 * np.pi * FREQUENCY * peaks[-1] + phase))
    return np.array(peaks)


def integrate(peaks: np.ndarray, gain: float, n: int, rate: int) -> np.ndarray:
    """Solve for z at n samples, by Runge and Kutta's method of order 4 with `parts` steps between two of them.

    The equation is linear in z, z' = F(t) - z, so the four slopes of a step of h come down to one weighted sum:

        z(t+h) = c·z(t) + h/6·((1-h+h²/2-h³/4)·F(t) + (4-2h+h²/2)·F(t+h/2) + F(t+h))      c = 1-h+h²/2-h³/6+h⁴/24
    """
    parts = math.ceil(STEPS / rate)
    h = 1 / (rate * parts)
    run_in = RUN_IN * rate * parts
    steps = run_in + (n - 1) * parts
    z, found = 0.0, np.empty(steps + 1)
    decay = 1 - h + h**2 / 2 - h**3 / 6 + h**4 / 24
    first, middle = 1 - h + h**2 / 2 - h**3 / 4, 4 - 2 * h + h**2 / 2
    for start in range(0, steps + 1, 100_000):  # so that an hour needs no gigabytes
        half = np.arange(2 * start, 2 * min(start + 100_000, steps + 1) + 1) - 2 * run_in  # in h/2 since 0
        force = pull(half * (h / 2), peaks, gain)
        change = h / 6 * (first * force[:-2:2] + middle * force[1::2] + force[2::2])
        for k, step in enumerate(change.tolist(), start):
            found[k] = z
            z = decay * z + step
    return found[run_in::parts]


def pull(t: np.ndarray, peaks: np.ndarray, gain: float) -> np.ndarray:
    """F(t), in mV/s: what the waves and the baseline do to z."""
    theta = 2 * np.pi * np.interp(t, peaks, np.arange(len(peaks)))  # a turn from each R to the next
    away = np.remainder(theta[:, None] - ANGLE + np.pi, 2 * np.pi) - np.pi
    waves = (HEIGHT * away * np.exp(-(away**2) / (2 * WIDTH**2))).sum(1)
    return BASELINE * np.sin(2 * np.pi * BREATHS * t) - gain * waves
