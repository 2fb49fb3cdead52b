"""Nuclei in a stained section: one draw of the kind "histology", and the light through it. SYNTHETIC.

I = exp(-h·v_H - e·v_E)        Beer and Lambert: amounts of haematoxylin and eosin, absorbance in red, green, blue
"""

from __future__ import annotations

import math

import numpy as np

from edunet.datasets.cohort import BLOCK, Drawn, sigmoid, whole_number

__all__ = ["LABORATORIES", "MOST", "draw_block", "log_likelihood_ratio", "stain", "unmix", "vectors"]

SIDE = 96  # pixels of 1 µm
SITE = 2  # µm: nuclei stand on a grid this fine, then somewhere within its square
GRID = SIDE // SITE
MOST = 90  # nuclei; more than that happen less than once in 10⁸ fields
CHUNK = 20  # fields drawn together: they fit into the cache
REACH = 12  # pixels around a nucleus that are drawn
CORE, CLUMP = 3.5, 7.0  # in squares of the grid: no two nuclei nearer; what counts as a neighbour
CROWD = 4  # how much likelier a malignant nucleus comes up beside another than alone

# benign, malignant
COUNT = np.array([30.0, 45.0])  # λ of Poisson
AREA, AREA_SD = np.array([3.6, 3.9]), np.array([0.2, 0.4])  # of ln(area/µm²)
ROUND = np.array([[10.0, 10.0], [14.0, 6.0]])  # Beta's two numbers, of the eccentricity: means 0.5 and 0.7

STAINS = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11]])  # Ruifrok & Johnston 2001: haematoxylin, eosin
LABORATORIES = 8

Array = np.ndarray


def vectors(laboratory: int = 0) -> Array:
    """(2,3): absorbance of haematoxylin and of eosin in red, green and blue, as laboratory 0 .. 7 stains.

    Laboratory 0 is Ruifrok and Johnston's. The others lean each number by 0.08 and the strength of a stain by a quarter
    (standard deviations), always in the same way.
    """
    laboratory = whole_number("laboratory", laboratory, 0, "stain(1.0, 0.5, laboratory=1)")
    if laboratory >= LABORATORIES:
        raise ValueError(f"laboratories are numbered 0 to {LABORATORIES - 1}. Received: {laboratory}.")
    if laboratory == 0:
        return STAINS.copy()
    rng = np.random.Generator(np.random.PCG64(laboratory))
    leaning = np.maximum(STAINS + rng.normal(0, 0.08, (2, 3)), 0.02)
    return leaning / np.linalg.norm(leaning, axis=1, keepdims=True) * np.exp(rng.normal(0, 0.25, (2, 1)))


def stain(haematoxylin: Array, eosin: Array, laboratory: int = 0) -> Array:
    """Send white light through amounts of the two stains: I = exp(-h·v_H - e·v_E), shape (...,3), 1 is white.

    Arguments: haematoxylin and eosin, amounts in real numbers that go together; laboratory, 0 to 7, who stains.
    Raises: TypeError if an amount is no real number, as 1.0 is, or laboratory no whole one; ValueError if there is none
        of that number.
    Source: A. C. Ruifrok, D. A. Johnston, Analytical and Quantitative Cytology and Histology 23 (2001) 291-299.

    >>> stain(np.zeros(1), np.ones(1)).round(2)  # eosin is pink
    array([[0.93, 0.37, 0.9 ]])
    """
    amounts = np.stack(np.broadcast_arrays(haematoxylin, eosin), axis=-1)
    if amounts.dtype.kind != "f":
        raise TypeError(
            f"stain wants amounts in real numbers, about 0.0 to 1.0. Received: {amounts.dtype}. Type for example "
            "stain(np.array([1.0]), np.array([0.5]))."
        )
    light = -amounts @ vectors(laboratory).astype(amounts.dtype)
    return np.exp(light, out=light)


def unmix(light: Array, laboratory: int = 0) -> tuple[Array, Array]:
    """Read the amounts of haematoxylin and eosin off colours (...,3) from 0 to 1: -ln I solved by least squares.

    >>> h, e = unmix(stain(np.array([0.8]), np.array([0.3])))
    >>> h.round(3), e.round(3)
    (array([0.8]), array([0.3]))
    """
    absorbance = -np.log(np.maximum(light, 1 / 255))
    amounts = absorbance @ np.linalg.pinv(vectors(laboratory))
    return amounts[..., 0], amounts[..., 1]


def draw_block(rng: np.random.Generator, rng_site: np.random.Generator, laboratories: int) -> Drawn:
    """Draw BLOCK fields, and judge them by the list of their nuclei."""
    y = rng.integers(0, 2, BLOCK)
    count = np.minimum(rng.poisson(COUNT[y]), MOST)
    there = np.arange(MOST) < count[:, None]
    area = np.exp(AREA[y, None] + AREA_SD[y, None] * rng.standard_normal((BLOCK, MOST)))
    first, second = ROUND[y].T[..., None]
    eccentricity = rng.beta(first, second, (BLOCK, MOST))
    row, col, crowding = scatter(rng, y, count)
    area, eccentricity = (np.where(there, part, np.nan) for part in (area, eccentricity))
    ratio = log_likelihood_ratio(count, area, eccentricity) + crowding
    site = rng_site.integers(0, laboratories, BLOCK).astype(np.uint8)
    x, mask = np.empty((BLOCK, SIDE, SIDE, 3), np.uint8), np.empty((BLOCK, SIDE, SIDE), bool)
    for start in range(0, BLOCK, CHUNK):
        some = slice(start, start + CHUNK)
        nucleus, mask[some] = draw_nuclei(rng, row[some], col[some], area[some], eccentricity[some])
        x[some] = photograph(rng, nucleus, site[some])
    return {
        "x": x,
        "y": y.astype(np.uint8),
        "site": site,
        "risk": sigmoid(ratio),
        "log_likelihood_ratio": ratio,
        "mask": mask,
        "count": count,
        "row": row,
        "col": col,
        "area": area,
        "eccentricity": eccentricity,
    }


def log_likelihood_ratio(count: Array, area: Array, eccentricity: Array) -> Array:
    """Ln of the density of counts (n,), areas and eccentricities (n,90), malignant over benign; NaN: no nucleus."""
    said = count * np.log(COUNT[1] / COUNT[0]) - (COUNT[1] - COUNT[0])
    for k, sign in ((1, 1), (0, -1)):
        z = (np.log(area) - AREA[k]) / AREA_SD[k]
        a, b = ROUND[k]
        beta = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        size = -0.5 * z**2 - np.log(AREA_SD[k])
        form = beta + (a - 1) * np.log(eccentricity) + (b - 1) * np.log1p(-eccentricity)
        said = said + sign * np.nansum(size + form, axis=1)
    return said


def offsets(radius: float) -> Array:
    """(2,k): steps of the grid that are shorter than radius."""
    reach = np.arange(-math.ceil(radius), math.ceil(radius) + 1)
    i, j = np.meshgrid(reach, reach, indexing="ij")
    return np.array([i[np.hypot(i, j) < radius], j[np.hypot(i, j) < radius]])


def scatter(rng: np.random.Generator, y: Array, count: Array) -> tuple[Array, Array, Array]:
    """Place one nucleus after the other; return row, col (m,90) in pixels and what their places say, ln Λ (m,).

    A square of the grid is free if no nucleus is within CORE. Benign: every free square is as likely. Malignant: one
    with a nucleus within CLUMP is CROWD times as likely as one without.
    """
    m, pad = len(y), math.ceil(CLUMP)
    free = np.zeros((m, GRID + 2 * pad, GRID + 2 * pad), np.uint8)
    inner = (slice(None), slice(pad, -pad), slice(pad, -pad))
    free[inner] = 1
    crowd = np.ones_like(free)  # 1 or CROWD
    place, said = np.full((2, m, MOST), np.nan), np.zeros(m)
    core, clump = offsets(CORE), offsets(CLUMP)
    for k in range(count.max()):
        i = np.flatnonzero(count > k)
        here, ill = np.arange(len(i)), y[i, None] == 1
        alone = free[inner][i]
        crowded = alone * crowd[inner][i]
        even, uneven = (part.sum(1, dtype=np.uint8) for part in (alone, crowded))  # of each column, at most 48·CROWD
        column = np.where(ill, uneven, even).cumsum(1, dtype=np.int32)
        ticket = (rng.random(len(i)) * column[:, -1]).astype(np.int32)[:, None]  # first the column it falls into
        col = (column <= ticket).sum(1)
        ticket -= np.where(col > 0, column[here, col - 1], 0)[:, None]
        square = np.where(ill, crowded[here, :, col], alone[here, :, col]).cumsum(1, dtype=np.int32)
        row = (square <= ticket).sum(1)  # then the square
        said[i] += np.log(crowded[here, row, col] / uneven.sum(1) * even.sum(1))
        place[:, i, k] = row, col
        row, col = row[:, None] + pad, col[:, None] + pad
        free[i[:, None], row + core[0], col + core[1]] = 0
        crowd[i[:, None], row + clump[0], col + clump[1]] = CROWD
    row, col = SITE * (place + rng.random(place.shape)) - 0.5
    return row, col, said


def draw_nuclei(
    rng: np.random.Generator, row: Array, col: Array, area: Array, eccentricity: Array
) -> tuple[Array, Array]:
    """Give haematoxylin (m,96,96), and which pixels lie in nuclei."""
    m, edge = len(row), SIDE + 2 * REACH
    amount, cover = np.zeros(m * edge * edge, np.float32), np.zeros(m * edge * edge, bool)
    turn, strength = rng.random((2, m, MOST))
    field, k = np.nonzero(~np.isnan(row))
    row, col = row[field, k], col[field, k]
    ratio = np.sqrt(1 - eccentricity[field, k] ** 2)  # b/a
    top, left = row.round().astype(int), col.round().astype(int)
    middle = (field * edge + top + REACH) * edge + left + REACH
    long = np.sqrt(area[field, k] / (np.pi * ratio))
    angle = np.pi * turn[field, k]
    table = np.stack([top - row, left - col, long, long * ratio, np.cos(angle), np.sin(angle), strength[field, k]])
    reach = np.minimum(np.ceil(long + 0.5 / ratio + 0.5), REACH).astype(int)  # beyond it a nucleus adds nothing
    for r in np.unique(reach):  # those of one size together, each in a window of 2r + 1 pixels
        some = np.flatnonzero(reach == r)
        step = np.arange(-r, r + 1)
        down, right, a, b, cos, sin, dye = table[:, some, None, None].astype(np.float32)
        u, v = step.astype(np.float32)[:, None] + down, step.astype(np.float32) + right
        rho = np.sqrt(((u * cos + v * sin) / a) ** 2 + ((v * cos - u * sin) / b) ** 2)
        part = np.clip((1 - rho) * b + 0.5, 0, 1)  # the border is a pixel wide
        dark = part * (0.75 + 0.35 * np.minimum(rho, 1) ** 4) * (0.75 + 0.5 * dye)
        pixel = middle[some, None, None] + step[:, None] * edge + step
        cover[pixel[part >= 0.5]] = True
        np.maximum.at(amount, pixel[part > 0], dark[part > 0])  # where nuclei overlap, the darker one
    inner = (slice(None), slice(REACH, -REACH), slice(REACH, -REACH))
    return amount.reshape(m, edge, edge)[inner], cover.reshape(m, edge, edge)[inner]


def waves(rng: np.random.Generator, m: int, along: float, across: float) -> Array:
    """(m,96,96): smooth noise of sd about 1, drawn out in a direction of each picture's own; lengths in pixels."""
    f = [part.astype(np.float32) for part in (np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE))]
    turn = rng.uniform(0, np.pi, (m, 1, 1)).astype(np.float32)
    u, v = f[0] * np.cos(turn) + f[1] * np.sin(turn), f[1] * np.cos(turn) - f[0] * np.sin(turn)
    gain = np.exp(-2 * (np.pi * u * along) ** 2 - 2 * (np.pi * v * across) ** 2)
    gain *= np.float32(2 * np.sqrt(np.pi * along * across))
    noise = rng.standard_normal((m, SIDE, SIDE), dtype=np.float32)
    return np.fft.irfft2(np.fft.rfft2(noise) * gain, s=(SIDE, SIDE)).astype(np.float32)


def grain(rng: np.random.Generator, m: int) -> Array:
    """(m,96,96): noise of sd 1 that only next neighbours share: each pixel weighs 2, those beside it 1, both ways."""
    noise = rng.standard_normal((m, SIDE + 2, SIDE + 2), dtype=np.float32)
    noise = noise[:, :-2] + 2 * noise[:, 1:-1] + noise[:, 2:]
    noise = noise[:, :, :-2] + 2 * noise[:, :, 1:-1] + noise[:, :, 2:]
    noise /= 6  # √(1 + 4 + 1), twice
    return noise


def photograph(rng: np.random.Generator, nucleus: Array, site: Array) -> Array:
    """(m,96,96,3) uint8: chromatin and fibres, the stains of each laboratory, the noise of the camera."""
    fibres = waves(rng, len(nucleus), 7.0, 2.0)
    chromatin = grain(rng, len(nucleus))
    eosin = np.clip(0.34 + 0.10 * fibres, 0.08, None) * np.clip((fibres + 1.9) * 2.5, 0.1, 1)  # and clefts between them
    eosin *= 1 - 0.5 * np.minimum(nucleus, 1)
    haematoxylin = nucleus * (1 + 0.18 * chromatin) + 0.04
    light = rng.standard_normal((*nucleus.shape, 3), dtype=np.float32)  # of all at once: whoever stains, the same noise
    light *= 2
    for laboratory in np.unique(site):
        i = np.flatnonzero(site == laboratory)
        light[i] += stain(haematoxylin[i], eosin[i], int(laboratory)) * np.float32(245)
    light += 0.5  # rounds
    return np.clip(light, 0, 255, out=light).astype(np.uint8)
