"""Distances between edges, beside scipy.ndimage and by every pair."""

import math

import numpy as np
import pytest

from edunet.clinic import masks_surface
from edunet.clinic.masks_surface import hausdorff95, surface_dice, surface_distances


def balls(shape, seed=7):
    """Two masks of three balls each."""
    rng = np.random.default_rng(seed)
    places = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    masks = np.zeros((2, *shape), bool)
    for mask in masks:
        for _ in range(3):
            centre, radius = rng.uniform(0.2, 0.8, len(shape)) * shape, rng.uniform(0.15, 0.3) * min(shape)
            mask |= ((places - centre) ** 2).sum(-1) < radius * radius
    return masks


# scipy 1.17.1: edges mask & ~binary_erosion(mask), distances distance_transform_edt(~edge, sampling=spacing) on them
@pytest.mark.parametrize(
    ("shape", "spacing", "sizes", "sums", "hd95", "within"),
    [
        ((40, 50), 1, (114, 101), (427.6035248410977, 317.4292132325918), 10.220551034457124, 0.15813953488372093),
        ((40, 50), (0.7, 0.4), (114, 101), (239.5319588997279, 156.59445403053), 5.898966885604375, 69 / 215),
        (
            (12, 30, 28), (2.5, 0.7, 0.9), (164, 192), (868.5607189245428, 863.146755013654), 9.466784036831092,
            0.08426966292134831,
        ),
    ],
    ids=["pixels", "plane", "space"],
)  # fmt: skip
def test_equal_scipy(shape, spacing, sizes, sums, hd95, within):
    a, b = balls(shape)
    there, back = surface_distances(a, b, spacing=spacing)
    assert (len(there), len(back)) == sizes
    assert (there.sum(), back.sum()) == pytest.approx(sums, rel=1e-12)
    assert float(hausdorff95(a, b, spacing=spacing)) == pytest.approx(hd95, rel=1e-12)
    assert float(surface_dice(a, b, tolerance=1, spacing=spacing)) == pytest.approx(within, abs=1e-15)


def every_pair(a, b, spacing):
    def edge(mask):
        padded = np.pad(mask, 1)
        places = np.argwhere(mask) + 1
        sides = np.concatenate([np.eye(mask.ndim, dtype=int), -np.eye(mask.ndim, dtype=int)])
        return np.array([p - 1 for p in places if not all(padded[tuple(p + s)] for s in sides)]) * spacing

    apart = np.linalg.norm(edge(a)[:, None] - edge(b)[None], axis=-1)
    return apart.min(axis=1), apart.min(axis=0)


@pytest.mark.parametrize("shape", [(7, 9), (1, 12), (4, 5, 6)], ids=str)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_noise_by_every_pair(shape, share):
    a, b = np.random.default_rng(3).random((2, *shape)) < share
    a.flat[0] = b.flat[-1] = True
    spacing = np.array((3.0, 0.5, 1.5)[: len(shape)])
    for found, expected in zip(surface_distances(a, b, spacing=spacing), every_pair(a, b, spacing), strict=True):
        assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["GROUP", "AT_ONCE"])
@pytest.mark.parametrize("shape", [(31, 20), (8, 15, 11)], ids=str)
def test_boxes_and_blocks_of_any_size_give_the_same(monkeypatch, shape, name):
    a, b = balls(shape)
    spacing = (2.5, 0.6, 0.9)[-len(shape) :]
    usual = surface_distances(a, b, spacing=spacing)
    monkeypatch.setattr(masks_surface, name, 3)
    for found, expected in zip(surface_distances(a, b, spacing=spacing), usual, strict=True):
        assert np.array_equal(found, expected)


def test_masks_far_apart():
    a, b = np.zeros((2, 30, 5, 40))
    a[0, 0, 0] = b[29, 4, 39] = 1
    assert float(hausdorff95(a, b, spacing=(1, 2, 3))) == pytest.approx(math.sqrt(29**2 + 8**2 + 117**2))


FULL, EMPTY = np.ones((3, 4)), np.zeros((3, 4))


def test_both_empty():
    assert hausdorff95(EMPTY, EMPTY) == 0
    assert surface_dice(EMPTY, EMPTY, tolerance=1) == 1


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [(FULL, EMPTY, "nothing was drawn where there is an area"), (EMPTY, FULL, "something was drawn where there is")],
    ids=["missed", "invented"],
)
def test_one_empty(a, b, why):
    distance = hausdorff95(a, b)
    assert math.isnan(distance)
    assert distance.why.startswith(why)
    assert surface_dice(a, b, tolerance=1) == 0
    assert [part.size for part in surface_distances(a, b)] == [0, 0]


def test_the_border_of_the_picture_is_an_edge():
    assert len(surface_distances(np.ones((5, 5)), np.ones((5, 5)))[0]) == 16


def test_a_tolerance_of_whole_pixels_is_met():
    a, b = np.eye(1, 8, 0), np.eye(1, 8, 3)
    assert surface_dice(a, b, tolerance=0.3, spacing=0.1) == 1


@pytest.mark.parametrize("spacing", [0, -1, (1, 2, 3), "a", np.nan, None], ids=str)
def test_what_is_no_spacing(spacing):
    with pytest.raises(ValueError, match=r"spacing is the size of a pixel along each of 2 axes, > 0, such as"):
        hausdorff95(FULL, FULL, spacing=spacing)


@pytest.mark.parametrize("tolerance", [-1, np.nan, "1", True], ids=str)
def test_what_is_no_tolerance(tolerance):
    with pytest.raises(ValueError, match="tolerance is a distance >= 0"):
        surface_dice(FULL, FULL, tolerance=tolerance)


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="alike in shape"):
        surface_distances(FULL, FULL.T)
