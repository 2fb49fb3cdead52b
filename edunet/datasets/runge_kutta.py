"""A differential equation, solved by the classical method of Runge and Kutta: what glucose and epidemic stand on.

    y' = f(t, y);    k₁ = f(t, y),  k₂ = f(t + h/2, y + h/2·k₁),  k₃ = f(t + h/2, y + h/2·k₂),  k₄ = f(t + h, y + h·k₃)
    y(t + h) = y + h/6·(k₁ + 2·k₂ + 2·k₃ + k₄)          error of order h⁵ in one step, h⁴ altogether

Source: W. Kutta, Beitrag zur näherungsweisen Integration totaler Differentialgleichungen, Zeitschrift für Mathematik
und Physik 46 (1901) 435-453.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

__all__ = ["Slope", "advance"]

Slope = Callable[[float, np.ndarray], np.ndarray]  # f(t, y) -> y', of the shape of y


def advance(slope: Slope, y: np.ndarray, start: float, end: float, step: float) -> np.ndarray:
    """Carry y from the time start to end, in equal steps of at most `step`.

    Arguments: slope, f(t, y); y, an array of any shape; start, end, step > 0, in the same unit of time.
    Returns: y at the end, a new array.

    >>> one = advance(lambda t, y: -y, np.array([1.0]), 0, 1, step=0.1)  # 1/e
    >>> round(float(one[0]), 5)
    0.36788
    """
    steps = math.ceil((end - start) / step - 1e-9)
    h = (end - start) / max(steps, 1)
    for i in range(steps):
        t = start + i * h
        k1 = slope(t, y)
        k2 = slope(t + h / 2, y + h / 2 * k1)
        k3 = slope(t + h / 2, y + h / 2 * k2)
        k4 = slope(t + h, y + h * k3)
        y = y + h / 6 * (k1 + 2 * (k2 + k3) + k4)
    return y
