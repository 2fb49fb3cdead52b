"""Soft shapes for the pictures of `cells10`: outlines as signed distances, edges blurred by a smooth step.

A signed distance d is negative inside a shape, zero on its outline and positive outside, in micrometres (µm).
Joining and cutting shapes is then plain arithmetic:

    union = min(d₁, d₂)        intersection = max(d₁, d₂)        A without B = max(d_A, -d_B)

Everything is drawn for m pictures at once: a picture has shape (m, 28, 28), and a number that differs from picture to
picture has shape (m, 1, 1), so NumPy spreads it over the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = [
    "PIXEL_UM", "SIDE", "Pose", "between", "chromatin", "cover", "disc", "granules", "inside", "oval",
    "smooth_maximum", "smooth_step", "strand",
]  # fmt: skip

SIDE = 28  # pixels
PIXEL_UM = 0.6  # µm per pixel: the field is 16.8 µm wide, a little more than two red cells

Array = np.ndarray
Number = np.ndarray | float


@dataclass(frozen=True)
class Pose:
    """How m cells lie: coordinates in each cell's own turned frame, and how sharp the picture is."""

    u: Array  # (m,28,28) µm along the cell's own axis, 0 at its centre
    v: Array  # (m,28,28) µm across it
    focus: Array  # (m,1,1) µm, half-width of a blurred edge
    stretch: Array  # (m,1,1) long half-axis / mean radius - 1
    size: Array  # (m,1,1) factor on the lengths of the class

    def __len__(self) -> int:
        """Give the number of cells."""
        return len(self.u)


def smooth_step(d: Array, w: Number) -> Array:
    """Turn a signed distance into coverage: 1 for d ≤ -w, 0 for d ≥ w, t²(3-2t) between, t = (w-d)/2w.

    >>> smooth_step(np.array([-1.0, 0.0, 1.0]), 0.5)
    array([1. , 0.5, 0. ])
    """
    t = np.clip((w - d) / (2 * w), 0, 1)
    return t * t * (3 - 2 * t)


def disc(p: Pose, radius: Number, u: Number = 0.0, v: Number = 0.0) -> Array:
    """Distance to a circle: d = |(u,v) - centre| - radius."""
    return np.sqrt((p.u - u) ** 2 + (p.v - v) ** 2) - radius


def oval(p: Pose, radius: Number, stretch: Number, u: Number = 0.0) -> Array:
    """Distance to an ellipse of the same area as the disc: half-axes radius·s and radius/s, s = 1 + stretch.

    d ≈ √((u/s)² + (v·s)²) - radius: exact on the outline, good enough beside it for a small stretch.
    """
    s = 1 + stretch
    return np.sqrt(((p.u - u) / s) ** 2 + (p.v * s) ** 2) - radius


def strand(p: Pose, u0: Number, v0: Number, u1: Number, v1: Number, radius: Number) -> Array:
    """Distance to a round-ended rod: distance to the segment from (u0,v0) to (u1,v1), less the radius."""
    du, dv = u1 - u0, v1 - v0
    t = np.clip(((p.u - u0) * du + (p.v - v0) * dv) / (du * du + dv * dv + 1e-6), 0, 1)  # nearest point of the segment
    return np.sqrt((p.u - u0 - t * du) ** 2 + (p.v - v0 - t * dv) ** 2) - radius


def smooth_maximum(a: Array, b: Array, k: float) -> Array:
    """Intersection with the corners rounded over about k µm: (a + b + √((a-b)² + k²))/2 - k/4."""
    return (a + b + np.sqrt((a - b) ** 2 + k * k)) / 2 - k / 4


def cover(coverages: list[Array]) -> Array:
    """Lay soft shapes over each other: 1 - Π (1 - coverage)."""
    left = 1 - coverages[0]
    for c in coverages[1:]:
        left *= 1 - c
    return 1 - left


def between(rng: np.random.Generator, low: float, high: float, m: int) -> Array:
    """Draw m numbers uniform on [low, high), as (m,1,1) float32."""
    return rng.uniform(low, high, (m, 1, 1)).astype(np.float32)


def inside(rng: np.random.Generator, radius: Array, m: int) -> tuple[Array, Array]:
    """Draw m points evenly over a disc: r = radius·√U, angle uniform."""
    r, angle = radius * np.sqrt(between(rng, 0, 1, m)), between(rng, 0, 2 * np.pi, m)
    return r * np.cos(angle), r * np.sin(angle)


def chromatin(rng: np.random.Generator, p: Pose, wave: float) -> Array:
    """Clumps of chromatin, -1..1: two crossed waves of length `wave` (µm) with random phases."""
    k, m = 2 * np.pi / wave, len(p)
    a, b = between(rng, 0, 2 * np.pi, m), between(rng, 0, 2 * np.pi, m)
    return np.sin(k * p.u + a) * np.sin(k * p.v + b)


def granules(
    rng: np.random.Generator, p: Pose, reach: Array, counts: tuple[int, int], radii: tuple[float, float]
) -> tuple[Array, Array]:
    """Strew round granules evenly within `reach` of the centre; return their coverage and their number per cell."""
    m = len(p)
    count = rng.integers(counts[0], counts[1] + 1, (m, 1, 1))
    drawn = []
    for k in range(counts[1]):
        d = disc(p, between(rng, *radii, m), *inside(rng, reach, m))
        drawn.append(smooth_step(d, p.focus) * (k < count))
    return cover(drawn), count
