"""phantoms, kind ct: rays through ellipses, photons, the picture back, the heads."""

import numpy as np
import pytest

from edunet.datasets import phantoms
from edunet.datasets.phantoms import SHEPP_LOGAN, count_photons, project, reconstruct, render

S = (np.arange(64) + 0.5) / 32 - 1  # detectors


@pytest.fixture(scope="module")
def heads():
    return phantoms.load(40)


@pytest.fixture(scope="module")
def exact():
    """The same heads, hardly any noise."""
    return phantoms.load(40, dose=1e12)


def test_projection_of_a_disc_is_its_chord():
    sinogram = project([[0.3, 0.5, 0.5, 0, 0, 0]])
    expected = 10 * 0.3 * 2 * np.sqrt(np.maximum(0.25 - S**2, 0))
    np.testing.assert_allclose(sinogram, np.tile(expected, (60, 1)), rtol=1e-4, atol=2e-4)


def test_projection_is_the_sum_along_the_ray():
    """Walk along rays of a turned ellipse off the middle in 20,000 steps."""
    ellipse = [0.2, 0.3, 0.6, 0.1, -0.2, 25]
    sinogram = project([ellipse], views=5, detectors=9)
    step = np.linspace(-1.5, 1.5, 20_001)
    turn = np.deg2rad(25)
    for v in range(5):
        for d in range(9):
            theta, s = v * np.pi / 5, (d + 0.5) * 2 / 9 - 1
            x = s * np.cos(theta) - step * np.sin(theta) - 0.1
            y = s * np.sin(theta) + step * np.cos(theta) + 0.2
            u, w = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
            length = ((u / 0.3) ** 2 + (w / 0.6) ** 2 <= 1).sum() * (3 / 20_000)
            assert sinogram[v, d] == pytest.approx(10 * 0.2 * length, abs=2e-3)


def test_every_view_holds_the_same_sum():
    total = project(SHEPP_LOGAN, detectors=4096).sum(1, dtype=float) * 2 / 4096
    area = 10 * np.pi * (SHEPP_LOGAN[:, 0] * SHEPP_LOGAN[:, 1] * SHEPP_LOGAN[:, 2]).sum()
    np.testing.assert_allclose(total, area, rtol=1e-4)


def test_projections_add_up():
    parts = sum(project(SHEPP_LOGAN[k : k + 1]) for k in range(10))
    np.testing.assert_allclose(project(SHEPP_LOGAN), parts, atol=1e-5)


def test_many_phantoms_at_once_are_those_one_by_one(heads):
    two = np.stack([SHEPP_LOGAN, SHEPP_LOGAN[::-1] * [1, 1, 1, 1, -1, 2]])
    np.testing.assert_allclose(project(two)[1], project(two[1]), atol=1e-6)
    np.testing.assert_allclose(render(two)[1], render(two[1]), atol=1e-6)
    np.testing.assert_allclose(reconstruct(project(two))[1], reconstruct(project(two[1])), atol=1e-5)


def test_reconstruction_of_a_disc_is_flat_and_right():
    picture = reconstruct(project([[0.2, 0.6, 0.6, 0, 0, 0]]))
    far = np.hypot(S, S[:, None])
    np.testing.assert_allclose(picture[far < 0.5], 0.2, atol=0.01)
    np.testing.assert_allclose(picture[(far > 0.7) & (far < 0.9)], 0, atol=0.02)


def test_reconstruction_approaches_the_phantom_as_the_grid_gets_finer():
    errors = []
    for side in (32, 64, 128):
        head = render(SHEPP_LOGAN, side)
        errors.append(np.sqrt(np.mean((reconstruct(project(SHEPP_LOGAN, 2 * side, side), side) - head) ** 2)))
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 0.09


@pytest.mark.parametrize("mean", [3.0, 40.0, 499.0, 501.0, 20_000.0])
def test_photons_have_the_mean_and_variance_of_poisson(mean):
    rng = np.random.default_rng(0)
    dose = mean * np.e
    counts = dose * np.exp(-count_photons(np.ones(100_000), dose, rng).astype(float))
    assert counts.var() == pytest.approx(mean, rel=0.03 if mean > 10 else 0.1)
    assert counts.mean() == pytest.approx(mean, abs=5 * np.sqrt(mean / 100_000) + 0.2 * (mean < 10))


def test_no_photon_counts_as_one():
    line = count_photons(np.full(10, 50.0), 1000, np.random.default_rng(0))
    np.testing.assert_allclose(line, np.log(1000), rtol=1e-6)


def test_noise_falls_with_the_root_of_the_dose(heads, exact):
    high = phantoms.load(40, dose=1e7)
    assert (heads.x - exact.x).std() / (high.x - exact.x).std() == pytest.approx(10, rel=0.05)


def test_the_edge_of_the_skull_hides_the_noise_of_the_default_dose(heads, exact):
    """The table of phantoms_ct: within the skull a thousandth of the photons is seen, a tenth hardly."""
    brain = (heads.truth["clean"] > 0.1) & (heads.truth["clean"] < 0.5)
    error = [
        np.sqrt(np.mean((scan.x[..., 0] - heads.truth["clean"])[brain] ** 2))
        for scan in (exact, heads, phantoms.load(40, dose=1e4), phantoms.load(40, dose=100))
    ]
    np.testing.assert_allclose(error, [0.065, 0.065, 0.066, 0.144], atol=0.003)


def test_dose_changes_neither_heads_nor_masks(heads, exact):
    np.testing.assert_array_equal(heads.y, exact.y)
    np.testing.assert_array_equal(heads.truth["clean"], exact.truth["clean"])


def test_mask_is_the_listed_nodules(heads):
    x, y = np.meshgrid(S, -S)
    for i in range(40):
        drawn = np.zeros((64, 64), bool)
        for _, a, b, u, v, turn in heads.truth["ellipses"][i][: heads.truth["count"][i]]:
            cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
            along, across = (x - u) * cos + (y - v) * sin, (y - v) * cos - (x - u) * sin
            drawn |= (along / a) ** 2 + (across / b) ** 2 <= 1
        assert (drawn != heads.y[i, ..., 0]).sum() <= 1  # a pixel on the very border may round either way
        assert np.isnan(heads.truth["ellipses"][i][heads.truth["count"][i] :]).all()


def test_a_head_without_nodules_has_an_empty_mask(heads):
    assert (heads.truth["count"] == 0).any()
    np.testing.assert_array_equal(heads.y.any((1, 2, 3)), heads.truth["count"] > 0)


def test_the_picture_is_of_the_head(heads):
    brain = (heads.truth["clean"] > 0.1) & (heads.truth["clean"] < 0.5)
    assert heads.x[..., 0][brain].mean() == pytest.approx(heads.truth["clean"][brain].mean(), abs=0.02)


def test_first_head_is_pinned(heads):
    assert heads.truth["count"][:3].tolist() == [0, 2, 0]
    np.testing.assert_allclose(heads.x[0, 30, 30:33, 0], [0.023418166, 0.12059417, 0.23288845], rtol=1e-4)


@pytest.mark.parametrize("ellipses", [[1, 2, 3, 4, 5, 6], [[1, 2, 3]]])
def test_ellipses_are_rows_of_six(ellipses):
    with pytest.raises(ValueError, match=r"rows of six numbers.*project\(SHEPP_LOGAN\)"):
        project(ellipses)


def test_an_ellipse_has_a_width():
    with pytest.raises(ValueError, match="half axes"):
        render([[1, 0, 1, 0, 0, 0]])


def test_a_sinogram_has_two_or_three_axes():
    with pytest.raises(ValueError, match=r"sinogram.*\(5,\)"):
        reconstruct(np.zeros(5))
