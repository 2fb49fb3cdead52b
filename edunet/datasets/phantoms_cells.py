"""Glowing cells to outline and to count: one draw of the kind "cells". SYNTHETIC.

The discs are at least a pixel apart, from border to border. Their pixels never share a side, so that the groups of
pixels of the mask that touch at sides (4 neighbours) are the cells; with corners too (8 neighbours) two cells become
one in 3.5 % of the fields.
"""

from __future__ import annotations

import numpy as np

from edunet.datasets.cohort import BLOCK, Drawn

__all__ = ["MOST", "draw_block"]

SIDE = 64  # pixels
MOST = 12  # cells
TRIES = 20  # places tried for a cell
CHUNK = 50  # pictures drawn together: they fit into the cache
EDGE = 1.2  # σ, pixels
BACKGROUND, NOISE = 0.10, 0.08  # of a brightness of 1


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK pictures of up to MOST cells."""
    wanted = rng.integers(1, MOST + 1, BLOCK)
    radius, light = rng.uniform(3, 6, (BLOCK, MOST)), rng.uniform(0.35, 1, (BLOCK, MOST))
    place = scatter(rng, radius, wanted)
    chunks = [slice(start, start + CHUNK) for start in range(0, BLOCK, CHUNK)]
    drawn = [draw_cells(place[some], radius[some], light[some]) for some in chunks]
    clean, mask = (np.concatenate(part) for part in zip(*drawn, strict=True))
    x = clean + np.float32(NOISE) * rng.standard_normal(clean.shape, dtype=np.float32)
    there = ~np.isnan(place[..., 0])
    return {
        "x": x[..., None],
        "y": mask[..., None].astype(np.uint8),
        "clean": clean,
        "count": there.sum(1),
        "row": place[..., 0],
        "col": place[..., 1],
        "radius": np.where(there, radius, np.nan),
    }


def draw_cells(place: np.ndarray, radius: np.ndarray, light: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the pictures without noise, (m,64,64), and which pixels lie in cells."""
    axis = np.arange(SIDE, dtype=np.float32)
    clean = np.full((len(place), SIDE, SIDE), BACKGROUND, np.float32)
    mask = np.zeros(clean.shape, bool)
    for k in range(MOST):
        i = np.flatnonzero(~np.isnan(place[:, k, 0]))
        row, col = place[i, k].astype(np.float32).T[..., None]  # (m,1) each
        d = np.sqrt((axis - row)[:, :, None] ** 2 + (axis - col)[:, None, :] ** 2)
        d -= radius[i, k, None, None].astype(np.float32)
        mask[i] |= d <= 0
        cell = np.exp(-(np.maximum(d, 0) ** 2) / np.float32(2 * EDGE**2)) * light[i, k, None, None].astype(np.float32)
        clean[i] += cell
    return clean, mask


def scatter(rng: np.random.Generator, radius: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(m,12,2) row and column: the first of TRIES random places a pixel off every other cell; NaN if none is."""
    place = np.full((*radius.shape, 2), np.nan)
    for k in range(radius.shape[1]):
        tried = rng.uniform(6, SIDE - 7, (len(radius), TRIES, 1, 2))
        apart = np.hypot(*np.moveaxis(tried - place[:, None, :k], -1, 0))  # (m,TRIES,k), NaN where no cell is
        free = ~(apart < (radius[:, :k] + radius[:, k, None] + 1)[:, None]).any(-1)
        i = np.flatnonzero(free.any(1) & (k < wanted))
        place[i, k] = tried[i, free[i].argmax(1), 0]
    return place
