"""Heads with nodules in the CT scanner of `phantoms_ct`: one draw of the kind "ct". SYNTHETIC."""

from __future__ import annotations

import numpy as np

from edunet.datasets.cohort import BLOCK, Drawn
from edunet.datasets.phantoms_ct import SHEPP_LOGAN, count_photons, inside, project, reconstruct, render

__all__ = ["MOST", "draw_block"]

MOST = 3  # nodules
PARTS = 7  # of Shepp and Logan's table: its last three are smaller than a pixel
CHUNK = 100  # heads scanned together: they fit into the cache


def draw_block(rng: np.random.Generator, dose: float) -> Drawn:
    """Draw BLOCK heads, scan them with N0 = dose photons per ray, and reconstruct what was counted."""
    heads, count = draw_heads(rng)
    x, clean, mask = [], [], []
    for start in range(0, BLOCK, CHUNK):
        some = heads[start : start + CHUNK]
        x.append(reconstruct(count_photons(project(some), dose, rng)))
        clean.append(render(some))
        mask.append(inside(some[:, PARTS:]))
    there = np.arange(MOST) < count[:, None]
    nodules = np.where(there[..., None], heads[:, PARTS:], np.nan)
    return {
        "x": np.concatenate(x)[..., None],
        "y": np.concatenate(mask)[..., None].astype(np.uint8),
        "clean": np.concatenate(clean),
        "count": count,
        "ellipses": nodules,
    }


def draw_heads(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(BLOCK,10,6) ellipses: seven parts of a head, then three nodules; and how many of these there are, (BLOCK,)."""
    head = np.repeat(SHEPP_LOGAN[None, :PARTS], BLOCK, axis=0)
    head[:, 2:, 0] *= rng.uniform(0.8, 1.2, (BLOCK, PARTS - 2))
    head[:, 2:, 1:3] *= rng.uniform(0.85, 1.15, (BLOCK, PARTS - 2, 2))
    head[:, 2:, 3:5] += rng.uniform(-0.03, 0.03, (BLOCK, PARTS - 2, 2))
    head[:, :, [1, 3]] *= rng.uniform(0.92, 1.08, (BLOCK, 1, 1))  # a broad or a narrow head

    count = rng.integers(0, MOST + 1, BLOCK)
    nodule = np.empty((BLOCK, MOST, 6))
    nodule[..., 0] = rng.uniform(0.15, 0.30, (BLOCK, MOST)) * (np.arange(MOST) < count[:, None])
    size = rng.uniform(0.08, 0.16, (BLOCK, MOST))
    stretch = rng.uniform(0.8, 1.25, (BLOCK, MOST))
    nodule[..., 1], nodule[..., 2] = size * stretch, size / stretch
    far, angle = 0.75 * np.sqrt(rng.random((BLOCK, MOST))), rng.uniform(0, 2 * np.pi, (BLOCK, MOST))
    nodule[..., 3], nodule[..., 4] = far * 0.66 * np.cos(angle), far * 0.87 * np.sin(angle)  # within the skull
    nodule[..., 5] = rng.uniform(0, 180, (BLOCK, MOST))

    every = np.concatenate([head, nodule], axis=1)
    scale, turn = rng.uniform(0.88, 1, (BLOCK, 1)), rng.uniform(-15, 15, (BLOCK, 1))  # the head on its rest
    shift = rng.uniform(-0.04, 0.04, (BLOCK, 2, 1))
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    x, y = every[..., 3].copy(), every[..., 4].copy()
    every[..., 1:3] *= scale[..., None]
    every[..., 3] = scale * (x * cos - y * sin) + shift[:, 0]
    every[..., 4] = scale * (x * sin + y * cos) + shift[:, 1]
    every[..., 5] += turn
    every[:, PARTS:, 3] = np.where(np.arange(MOST) < count[:, None], every[:, PARTS:, 3], 9)  # none: far outside
    return every, count
