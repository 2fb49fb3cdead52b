"""How far is the drawn edge from the true one? Distances between surfaces, in millimetres."""

import numpy as np

from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.masks import two_masks

__all__ = ["hausdorff95", "surface_dice", "surface_distances"]

AT_ONCE = 1 << 20  # distances in memory
GROUP = 64  # edge pixels in a box


def surface_distances(mask, prediction, *, spacing=1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each edge pixel of the truth is from the drawn edge, and each drawn one from the true edge.

        d(a, B) = min_(b ∈ B) √Σ_k s_k² (a_k − b_k)²
    An edge pixel is one of the area with a neighbour outside, over sides, not corners (4 in a plane, 6 in space); what
    lies outside the picture is outside the area. Exact; memory stays bounded.
    Args: mask, prediction, of one case, both (H,W) or (D,H,W), 0 or 1; spacing, the size of a pixel in mm along each
    axis in the order of the axes, (row, column) as DICOM's PixelSpacing, before it the distance of slices; one number
    for all axes; 1 gives pixels. Returns two arrays, of as many as there are edge pixels; both empty if one mask is.
    Raises ValueError as `dice`, and for a spacing that is none.
    The usual misuse: distances in pixels of slices 5 mm apart, as if these were cubes; pictures that were scaled
    without their spacing.
    Source: Maier-Hein et al., Metrics reloaded (2024).

    >>> true, drawn = surface_distances([[1, 0, 0, 0]], [[0, 0, 1, 1]], spacing=(1.0, 0.5))
    >>> true, drawn
    (array([1.]), array([1. , 1.5]))
    """
    a, b = two_masks("surface_distances", mask, prediction)
    return _distances(a, b, _spacing("surface_distances", spacing, a.ndim))


def hausdorff95(mask, prediction, *, spacing=1.0) -> Estimate:
    """Return the distance within which 95 % of each edge lies of the other edge, the larger of both ways round.

        HD95 = max(P95_(a ∈ edge A) d(a, B), P95_(b ∈ edge B) d(b, A))          P95 with linear interpolation
    Both masks empty: 0. One empty: undefined, there is no edge to measure to.
    Args and errors as for `surface_distances`; in mm of the spacing. Some programs put both ways round together before
    they take the percentile, which is never larger: state which.
    The usual misuse: leaving out the cases without a distance, see `over_cases`; the mean of HD95 over images of
    different pixel size without spacing.
    Source: Huttenlocher et al., Comparing images using the Hausdorff distance (1993); Maier-Hein et al. (2024).

    >>> float(hausdorff95([[0, 1, 0, 0]], [[0, 0, 0, 1]], spacing=0.5))
    1.0
    >>> hausdorff95([[0, 1]], [[0, 0]])
    not computed: nothing was drawn where there is an area, n = 1
    """
    a, b = two_masks("hausdorff95", mask, prediction)
    spacing = _spacing("hausdorff95", spacing, a.ndim)
    how = "one case; the larger of both directed 95th percentiles between edges; both masks empty: 0"
    if not a.any() or not b.any():
        why = "nothing was drawn where there is an area" if a.any() else "something was drawn where there is nothing"
        return Estimate(0.0, n=1, how=how) if a.any() == b.any() else undefined(why, 1, how)
    there, back = _distances(a, b, spacing)
    return Estimate(max(np.percentile(there, 95), np.percentile(back, 95)), n=1, how=how)


def surface_dice(mask, prediction, *, tolerance, spacing=1.0) -> Estimate:
    """Return the share of both edges that lies within a tolerance of the other edge (normalised surface distance).

        NSD = (|{a : d(a, B) ≤ τ}| + |{b : d(b, A) ≤ τ}|) / (|edge A| + |edge B|)        both empty: 1; one empty: 0
    Args: tolerance τ, in mm: how far apart two experts draw; the others, and errors, as for `surface_distances`. Edges
    are counted in pixels: where slices lie far apart, an edge along a slice counts as one across.
    The usual misuse: choosing τ after having seen the results; a τ below one pixel, which no drawing can keep.
    Source: Nikolov et al., Deep learning to achieve clinically applicable segmentation of head and neck anatomy for
    radiotherapy (2018).

    >>> float(surface_dice([[0, 1, 1, 0, 0]], [[0, 0, 1, 0, 1]], tolerance=1))
    0.75
    """
    a, b = two_masks("surface_dice", mask, prediction)
    spacing = _spacing("surface_dice", spacing, a.ndim)
    if isinstance(tolerance, bool) or not isinstance(tolerance, (int, float, np.number)) or not 0 <= tolerance < np.inf:
        raise ValueError(f"surface_dice: tolerance is a distance >= 0 in the unit of spacing. Received: {tolerance!r}")
    how = f"one case; edges within {tolerance:g}; both masks empty: 1"
    if not a.any() or not b.any():
        return Estimate(float(a.any() == b.any()), n=1, how=how)
    there, back = _distances(a, b, spacing)
    near = tolerance * (1 + 1e-12)  # 3 pixels of 0.1 mm are within 0.3
    close = np.count_nonzero(there <= near) + np.count_nonzero(back <= near)
    return Estimate(close / (len(there) + len(back)), n=1, how=how)


# ---------------------------------------------------------------- how it is done


def _spacing(what, spacing, axes) -> np.ndarray:
    try:
        sizes = np.broadcast_to(np.asarray(spacing, np.float64), (axes,))
    except (TypeError, ValueError):
        sizes = np.zeros(1)
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        raise ValueError(
            f"{what}: spacing is the size of a pixel along each of {axes} axes, > 0, such as "
            f"{(2.5, 0.7, 0.7)[-axes:]}, or one number. Received: {spacing!r:.60}"
        )
    return sizes


def _edge(mask) -> np.ndarray:
    """Return the places (P,axes) of the pixels of the area that have a side outside."""
    padded = np.pad(mask, 1)
    inside = mask.copy()
    for axis in range(mask.ndim):
        for step in (-1, 1):
            inside &= np.roll(padded, step, axis)[(slice(1, -1),) * mask.ndim]
    return np.argwhere(mask & ~inside)


def _distances(a, b, spacing) -> tuple[np.ndarray, np.ndarray]:
    edge_a, edge_b = _edge(a) * spacing, _edge(b) * spacing
    if not len(edge_a) or not len(edge_b):
        return np.empty(0), np.empty(0)
    return _nearest(edge_a, edge_b), _nearest(edge_b, edge_a)


def _nearest(points, targets) -> np.ndarray:
    """Return the distance of each point to its nearest target.

    Both are cut into boxes of a few dozen. For a box of points the nearest box of targets tells how far the nearest
    target is at most; then only boxes that are no farther than this need be looked at.
    """
    best = np.empty(len(points))
    boxes = [targets[box] for box in _boxes(targets)]
    lows, highs = np.array([box.min(axis=0) for box in boxes]), np.array([box.max(axis=0) for box in boxes])
    for box in _boxes(points):
        mine = points[box]
        apart = np.maximum(np.maximum(lows - mine.max(axis=0), mine.min(axis=0) - highs), 0)
        gaps = np.sum(apart**2, axis=1)
        most = _squared(mine, boxes[int(gaps.argmin())]).max()
        best[box] = _squared(mine, np.concatenate([boxes[k] for k in np.flatnonzero(gaps <= most)]))
    return np.sqrt(best)


def _boxes(points) -> list[np.ndarray]:
    """Return the points' numbers in groups that lie close together, by halving along the longest side."""
    done, waiting = [], [np.arange(len(points))]
    while waiting:
        group = waiting.pop()
        if len(group) <= GROUP:
            done.append(group)
            continue
        mine = points[group]
        order = np.argpartition(mine[:, np.ptp(mine, axis=0).argmax()], len(group) // 2)
        waiting += [group[order[: len(group) // 2]], group[order[len(group) // 2 :]]]
    return done


def _squared(points, targets) -> np.ndarray:
    """Return the least squared distance of each point to the targets, a block of points at a time."""
    rows = max(AT_ONCE // len(targets), 1)
    least = np.empty(len(points))
    for start in range(0, len(points), rows):
        apart = points[start : start + rows, np.newaxis] - targets
        least[start : start + rows] = np.einsum("pta,pta->pt", apart, apart).min(axis=1)
    return least
