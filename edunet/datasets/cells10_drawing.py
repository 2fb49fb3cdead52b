"""The ten cells of `cells10`, one function each: what a haematologist looks for, drawn from geometry.

Each function draws m cells of its class and returns a `Drawing`: how far each pixel is covered by the cell and by its
nucleus (0..1), the absorbance of the stained cell (decadic, at normal stain), and the numbers that made it.
Lengths are micrometres (µm). The shapes are in `cells10_shapes.py`, light and noise in `cells10.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from edunet.datasets.cells10_shapes import (
    Pose,
    between,
    chromatin,
    cover,
    disc,
    granules,
    inside,
    oval,
    smooth_maximum,
    smooth_step,
    strand,
)

__all__ = ["DRAW", "HAEMOGLOBIN", "Drawing", "red_cell_profile"]

# Absorbance of the thickest part of a red cell in violet light: 125 /mM/cm of haem x 20 mM x 2.6 µm is about 0.6.
HAEMOGLOBIN = 0.56
PALLOR = (0.5, 1.0)  # of red cells, with and without a parasite

Array = np.ndarray


@dataclass(frozen=True)
class Drawing:
    """m drawn cells, before light and noise."""

    cell: Array  # (m,28,28) coverage by the cell, 0..1
    absorbance: Array  # (m,28,28) at stain 1
    nucleus: Array | float = 0.0  # (m,28,28) coverage by the nucleus; 0.0: the cell has none
    facts: dict[str, Array | int] = field(default_factory=dict)  # truth by name, (m,1,1) or one number for all


# --- white cells: dark nucleus, paler cytoplasm -----------------------------------------------------------------------


def neutrophil(rng: np.random.Generator, p: Pose) -> Drawing:
    """Three to five dark lobes on a bent line, joined by thin threads, in pale cytoplasm."""
    m, radius = len(p), between(rng, 5.6, 6.6, len(p)) * p.size
    lobes = rng.choice([3, 4, 5], size=(m, 1, 1), p=[0.45, 0.40, 0.15])
    arc = between(rng, 4.6, 5.3, m) * (lobes - 1) / lobes  # rad from the first lobe to the last: an open C
    lobe_radius = radius * (0.31 - 0.025 * lobes)
    half = radius * (0.16 - 0.022 * lobes)  # half-length of the core of a sausage-shaped lobe
    d, last = np.full_like(p.u, 99.0), None
    for k in range(5):
        angle = arc * (k / (lobes - 1) - 0.5) + between(rng, -0.1, 0.1, m)
        r, lean = radius * between(rng, 0.46, 0.58, m), angle + between(rng, 1.0, 2.1, m)
        u, v, du, dv = r * np.cos(angle), r * np.sin(angle), half * np.cos(lean), half * np.sin(lean)
        lobe = strand(p, u - du, v - dv, u + du, v + dv, lobe_radius * between(rng, 0.85, 1.15, m))
        if last is not None:
            lobe = np.minimum(lobe, strand(p, *last, u, v, 0.3))  # the thread to the lobe before
        d, last = np.where(k < lobes, np.minimum(d, lobe), d), (u, v)
    cell, nucleus = smooth_step(oval(p, radius, p.stretch), p.focus), smooth_step(d, p.focus)
    return Drawing(cell, 0.12 * cell + 0.85 * nucleus, nucleus, {"radius": radius, "lobes": lobes})


def eosinophil(rng: np.random.Generator, p: Pose) -> Drawing:
    """Two plump lobes like a pair of spectacles; coarse round granules of one size crowd the cytoplasm."""
    m, radius = len(p), between(rng, 5.7, 6.8, len(p)) * p.size
    half = between(rng, 0.85, 1.10, m)  # rad from the middle of the nucleus to each lobe
    r, lobe_radius = radius * between(rng, 0.46, 0.54, m), radius * between(rng, 0.31, 0.38, m)
    u, v = r * np.cos(half), r * np.sin(half)
    d = np.minimum(disc(p, lobe_radius, u, v), disc(p, lobe_radius * between(rng, 0.9, 1.1, m), u, -v))
    d = np.minimum(d, strand(p, u, v, u, -v, 0.55))
    cell, nucleus = smooth_step(oval(p, radius, p.stretch), p.focus), smooth_step(d, p.focus)
    granule, count = granules(rng, p, 0.90 * radius, (40, 50), (0.55, 0.66))
    absorbance = 0.14 * cell + 0.40 * granule * (1 - nucleus) + 0.85 * nucleus  # granules spare the nucleus
    return Drawing(cell, absorbance, nucleus, {"radius": radius, "lobes": 2, "granules": count})


def basophil(rng: np.random.Generator, p: Pose) -> Drawing:
    """Large, very dark, uneven granules lie over everything, so that the pale nucleus hardly shows."""
    m, radius = len(p), between(rng, 5.0, 6.2, len(p)) * p.size
    u, lobe_radius = radius * between(rng, 0.22, 0.34, m), radius * between(rng, 0.40, 0.48, m)
    d = np.minimum(disc(p, lobe_radius, u), disc(p, lobe_radius, -u, radius * between(rng, -0.15, 0.15, m)))
    cell, nucleus = smooth_step(oval(p, radius, p.stretch), p.focus), smooth_step(d, p.focus)
    granule, count = granules(rng, p, 0.90 * radius, (18, 28), (0.60, 1.00))
    absorbance = 0.30 * cell + 0.36 * nucleus + 1.00 * granule
    return Drawing(cell, absorbance, nucleus, {"radius": radius, "lobes": 2, "granules": count})


def lymphocyte(rng: np.random.Generator, p: Pose) -> Drawing:
    """A large round nucleus with clumped chromatin that leaves only a thin rim of cytoplasm."""
    m, radius = len(p), between(rng, 4.2, 5.6, len(p)) * p.size
    nuclear = radius * between(rng, 0.80, 0.88, m)
    shift = (radius - nuclear) * between(rng, 0.3, 1.0, m)  # the nucleus lies to one side
    cell = smooth_step(oval(p, radius, p.stretch), p.focus)
    nucleus = smooth_step(oval(p, nuclear, 0.6 * p.stretch, u=shift), p.focus)
    absorbance = 0.35 * cell + nucleus * (0.70 + 0.12 * chromatin(rng, p, 3.2))
    return Drawing(cell, absorbance, nucleus, {"radius": radius, "lobes": 1})


def monocyte(rng: np.random.Generator, p: Pose) -> Drawing:
    """The largest cell: a kidney-shaped nucleus with loose chromatin, much grey cytoplasm, a few small vacuoles."""
    m, radius = len(p), between(rng, 6.6, 7.8, len(p)) * p.size
    nuclear, shift = radius * between(rng, 0.60, 0.68, m), radius * between(rng, 0.08, 0.22, m)
    notch = disc(p, nuclear * between(rng, 0.36, 0.50, m), u=shift - nuclear * between(rng, 0.72, 0.90, m))
    d = smooth_maximum(oval(p, nuclear, -0.14, u=shift), -notch, 1.2)  # a kidney: an oval less a disc
    cell, nucleus = smooth_step(oval(p, radius, p.stretch), p.focus), smooth_step(d, p.focus)
    vacuoles = cover([smooth_step(disc(p, 0.5, *inside(rng, 0.85 * radius, m)), p.focus) for _ in range(4)])
    absorbance = 0.35 * cell * (1 - 0.6 * vacuoles) + nucleus * (0.50 + 0.10 * chromatin(rng, p, 2.6))
    return Drawing(cell, absorbance, nucleus, {"radius": radius, "lobes": 1})


def platelets(rng: np.random.Generator, p: Pose) -> Drawing:
    """A clump of four to nine small discs, each with a darker granular middle and no nucleus."""
    m, reach = len(p), between(rng, 2.6, 3.6, len(p)) * p.size
    count = rng.integers(4, 10, (m, 1, 1))
    rims, middles = [], []
    for k in range(9):
        angle = 2.4 * k + between(rng, -0.3, 0.3, m)  # 2.4 rad, the golden angle, packs discs without a pattern
        r = reach * np.sqrt((k + 0.5) / count) * between(rng, 0.85, 1.1, m)
        u, v, radius = r * np.cos(angle), r * np.sin(angle), between(rng, 0.8, 1.2, m)
        rims.append(smooth_step(disc(p, radius, u, v), p.focus) * (k < count))
        middles.append(smooth_step(disc(p, 0.6 * radius, u, v), p.focus) * (k < count))
    cell = cover(rims)
    return Drawing(cell, 0.20 * cell + 0.40 * cover(middles), facts={"radius": reach, "platelets": count})


# --- red cells: no nucleus, haemoglobin -------------------------------------------------------------------------------


def red_cell_profile(rho: Array) -> Array:
    """Thickness of a red cell at ρ = r/R over its largest: T ∝ √(1-ρ²)·(0.81 + 7.83ρ² - 4.39ρ⁴), Evans & Fung 1972.

    >>> red_cell_profile(np.array([0.0, 0.7])).round(2)  # the dimple, near the rim
    array([0.31, 0.99])
    """
    q = np.minimum(rho, 0.9) ** 2  # beyond 0.9 the blurred outline takes over
    return np.sqrt(1 - q) * (0.81 + 7.83 * q - 4.39 * q * q) / 2.58


def biconcave(p: Pose, radius: Array, pallor: Array) -> tuple[Array, Array]:
    """Coverage and absorbance of a red cell, ε·(1 - q + q·T(ρ)): pallor q = 1 the full dimple, 0 evenly thick."""
    d = oval(p, radius, p.stretch)
    cell = smooth_step(d, p.focus)
    return cell, HAEMOGLOBIN * cell * (1 - pallor + pallor * red_cell_profile(1 + d / radius))


def red_cell(rng: np.random.Generator, p: Pose) -> Drawing:
    """A biconcave disc without nucleus: dark ring, pale middle third."""
    m, radius = len(p), between(rng, 3.4, 4.1, len(p)) * p.size
    pallor = between(rng, *PALLOR, m)
    return Drawing(*biconcave(p, radius, pallor), facts={"radius": radius, "pallor": pallor})


def sickle_cell(rng: np.random.Generator, p: Pose) -> Drawing:
    """A dense crescent with two pointed ends and no pallor: one disc less another, both through the two tips."""
    m = len(p)
    half = between(rng, 4.8, 6.2, m) * p.size  # from the middle to a tip
    outer = between(rng, 2.6, 4.4, m) * p.size  # height of the outer arc over the line between the tips
    inner = np.maximum(outer - between(rng, 2.5, 3.4, m) * p.size, 0.15)  # and of the inner arc
    middle = (outer + inner) / 2
    r1, r2 = (half**2 + outer**2) / (2 * outer), (half**2 + inner**2) / (2 * inner)  # radius from chord and height
    d = np.maximum(disc(p, r1, v=outer - middle - r1), -disc(p, r2, v=inner - middle - r2))
    cell = smooth_step(d, p.focus)
    return Drawing(cell, 1.13 * HAEMOGLOBIN * cell, facts={"radius": half})


def target_cell(rng: np.random.Generator, p: Pose) -> Drawing:
    """A wide thin red cell like a bull's eye: dark rim, pale ring, dark spot in the middle."""
    m, radius = len(p), between(rng, 3.7, 4.5, len(p)) * p.size
    d = oval(p, radius, p.stretch)
    cell, hollow = smooth_step(d, p.focus), smooth_step(d + radius * between(rng, 0.24, 0.32, m), p.focus)
    spot = smooth_step(disc(p, radius * between(rng, 0.27, 0.36, m)), p.focus)
    depth = between(rng, 0.62, 0.78, m)  # how much thinner the ring is than the rim
    absorbance = HAEMOGLOBIN * (cell - depth * hollow + between(rng, 0.70, 0.90, m) * spot)
    return Drawing(cell, absorbance, facts={"radius": radius, "pallor": depth})


def malaria_ring(rng: np.random.Generator, p: Pose) -> Drawing:
    """A red cell of usual size with one or two thin signet rings inside, each with a dark dot of chromatin."""
    m, radius = len(p), between(rng, 3.4, 4.1, len(p)) * p.size
    pallor = between(rng, *PALLOR, m)  # that of a healthy cell: only the parasite tells them apart
    cell, absorbance = biconcave(p, radius, pallor)
    count = rng.choice([1, 2], size=(m, 1, 1), p=[0.75, 0.25])
    side = between(rng, 0, 2 * np.pi, m)
    for k in range(2):
        angle, turn = side + np.pi * k + between(rng, -0.4, 0.4, m), between(rng, 0, 2 * np.pi, m)
        ring, r = between(rng, 1.15, 1.5, m), radius * between(rng, 0.36, 0.52, m)
        u, v = r * np.cos(angle), r * np.sin(angle)
        d = disc(p, ring, u, v)
        loop, vacuole = smooth_step(np.abs(d) - 0.25, 0.45), smooth_step(d + 0.4, 0.4)  # the inside is clear
        dot = smooth_step(disc(p, 0.65, u + ring * np.cos(turn), v + ring * np.sin(turn)), 0.45)
        absorbance = absorbance + (k < count) * cell * (0.50 * loop - 0.24 * vacuole + 1.10 * dot)
    return Drawing(cell, absorbance, facts={"radius": radius, "pallor": pallor, "parasites": count})


# The order is the label: 0 neutrophil .. 9 malaria ring.
DRAW: dict[str, Callable[[np.random.Generator, Pose], Drawing]] = {
    "neutrophil": neutrophil,
    "eosinophil": eosinophil,
    "basophil": basophil,
    "lymphocyte": lymphocyte,
    "monocyte": monocyte,
    "platelets": platelets,
    "red cell": red_cell,
    "sickle cell": sickle_cell,
    "target cell": target_cell,
    "malaria ring": malaria_ring,
}
