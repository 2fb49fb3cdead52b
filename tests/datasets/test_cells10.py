"""cells10: form, repeatability, balance, medical plausibility, difficulty."""

import numpy as np
import pytest

from edunet.datasets import cells10
from edunet.datasets.cells10_drawing import red_cell_profile
from edunet.datasets.cells10_shapes import PIXEL_UM, Pose, cover, disc, oval, smooth_maximum, smooth_step, strand

NAMES = cells10.CLASS_NAMES


@pytest.fixture(scope="module")
def cells():
    return cells10.load(2000, seed=3)


def of(cells, name):
    return cells.y == NAMES.index(name)


def polar(cells, name):
    """Distance of every pixel from the cell's centre over its radius, and the pictures of one class."""
    i = of(cells, name)
    axis = np.arange(28)
    row, col, radius = (cells.truth[k][i][:, None, None] for k in ("row", "col", "radius"))
    rho = np.hypot(axis[:, None] - row, axis - col) * PIXEL_UM / radius
    return rho, cells.x[i, :, :, 0].astype(float)


def test_form(cells):
    assert cells.x.shape == (2000, 28, 28, 1)
    assert cells.x.dtype == np.uint8
    assert cells.y.shape == (2000,)
    assert cells.y.dtype == np.uint8
    assert cells.mask.shape == (2000, 28, 28)
    assert cells.mask.dtype == bool
    assert len(cells) == 2000
    assert len(cells.class_names) == 10


def test_says_that_it_is_synthetic(cells):
    assert cells.synthetic is True
    assert "SYNTHETIC" in cells.note
    assert "SYNTHETIC" in cells10.__doc__
    assert "SYNTHETIC" in repr(cells)


def test_truth_has_one_finite_number_and_a_unit_for_every_picture(cells):
    assert set(cells.truth) == set(cells.units)
    for name, values in cells.truth.items():
        assert values.shape == (2000,), name
        assert np.isfinite(values).all(), name


def test_result_is_frozen(cells):
    with pytest.raises(AttributeError):
        cells.y = None


def test_same_seed_same_pictures():
    a, b = cells10.load(40, seed=5), cells10.load(40, seed=5)
    np.testing.assert_array_equal(a.x, b.x)


def test_other_seed_other_pictures():
    assert (cells10.load(40, seed=5).x != cells10.load(40, seed=6).x).mean() > 0.5


def test_larger_n_only_adds_pictures(cells):
    few = cells10.load(730, seed=3)
    np.testing.assert_array_equal(few.x, cells.x[:730])
    np.testing.assert_array_equal(few.truth["radius"], cells.truth["radius"][:730])


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    cells10.load(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_first_rows_are_pinned():
    cells = cells10.load(10, seed=0)
    assert cells.y.tolist() == [4, 6, 2, 7, 3, 5, 9, 0, 8, 1]
    np.testing.assert_allclose(cells.truth["radius"][:4], [7.319256, 3.425679, 5.489675, 5.493412], rtol=1e-6)
    grey = cells.x[0, 14, 10:16, 0].astype(int)
    np.testing.assert_allclose(grey, [109, 105, 100, 107, 48, 31], atol=1)  # exp() may differ by a rounding


@pytest.mark.parametrize("n", [1, 7, 503, 1234])
def test_classes_are_balanced_up_to_rounding(n):
    counts = np.bincount(cells10.load(n).y, minlength=10)
    assert counts.sum() == n
    assert counts.max() - counts.min() <= 1


def test_order_is_shuffled(cells):
    assert len({tuple(row) for row in cells.y.reshape(-1, 10).tolist()}) > 190


def test_load_data_has_the_form_of_keras():
    (x_train, y_train), (x_test, y_test) = cells10.load_data(700, seed=2)
    assert x_train.shape == (600, 28, 28, 1)
    assert x_test.shape == (100, 28, 28, 1)
    assert y_train.dtype == y_test.dtype == np.uint8
    cells = cells10.load(700, seed=2)
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), cells.x)
    assert np.bincount(y_test).tolist() == [10] * 10


# --- what a haematologist would look for ------------------------------------------------------------------------------


def test_neutrophil_has_three_to_five_lobes(cells):
    assert set(cells.truth["lobes"][of(cells, "neutrophil")]) == {3, 4, 5}


def test_eosinophil_and_basophil_have_two_lobes_and_granules(cells):
    for name in ("eosinophil", "basophil"):
        assert set(cells.truth["lobes"][of(cells, name)]) == {2}
        assert cells.truth["granules"][of(cells, name)].min() >= 18


def test_nucleus_to_cell_ratio_falls_from_lymphocyte_over_monocyte_to_neutrophil(cells):
    share = {name: cells.truth["nucleus_share"][of(cells, name)] for name in NAMES}
    assert share["lymphocyte"].min() > 0.6 > share["monocyte"].max()
    assert share["monocyte"].mean() > 0.35 > share["neutrophil"].mean() > 0.2


@pytest.mark.parametrize("name", ["platelets", "red cell", "sickle cell", "target cell", "malaria ring"])
def test_red_cells_and_platelets_have_no_nucleus(cells, name):
    assert not cells.truth["nucleus_share"][of(cells, name)].any()


def test_monocyte_is_the_largest_and_platelets_the_smallest(cells):
    area = [cells.mask[of(cells, name)].mean() for name in NAMES]
    assert NAMES[np.argmax(area)] == "monocyte"
    assert NAMES[np.argmin(area)] == "platelets"


def test_diameters_are_those_of_blood_cells(cells):
    diameter = {name: 2 * cells.truth["radius"][of(cells, name)] for name in NAMES}  # µm
    assert diameter["monocyte"].min() > 12
    assert diameter["monocyte"].max() < 18
    assert diameter["red cell"].min() > 6
    assert diameter["red cell"].max() < 9
    assert diameter["lymphocyte"].min() > 7
    assert diameter["lymphocyte"].max() < 12.5


def test_red_cell_is_pale_in_the_middle(cells):
    rho, x = polar(cells, "red cell")
    assert x[rho < 0.2].mean() > x[(rho > 0.6) & (rho < 0.8)].mean() + 40


def test_target_cell_is_dark_pale_dark(cells):
    rho, x = polar(cells, "target cell")
    spot, ring, rim = x[rho < 0.2].mean(), x[(rho > 0.45) & (rho < 0.6)].mean(), x[(rho > 0.8) & (rho < 0.9)].mean()
    assert ring > spot + 30
    assert ring > rim + 30


def test_sickle_is_long_and_thin(cells):
    def elongation(mask):
        """Ratio of the half-axes of the mask's ellipse of inertia."""
        axes = np.linalg.eigvalsh(np.cov(np.argwhere(mask).T))
        return np.sqrt(axes[1] / axes[0])

    sickle = [elongation(m) for m in cells.mask[of(cells, "sickle cell")][:50]]
    red = [elongation(m) for m in cells.mask[of(cells, "red cell")][:50]]
    assert min(sickle) > 2 > 1.5 > max(red)


def test_malaria_ring_is_darker_at_its_dot_than_any_red_cell(cells):
    def darkest(name):
        return cells.x[of(cells, name)].min((1, 2, 3)).mean()

    assert darkest("malaria ring") < darkest("red cell") - 25
    assert set(cells.truth["parasites"][of(cells, "malaria ring")]) == {1, 2}


def test_slide_is_light_and_nuclei_are_dark(cells):
    corners = cells.x[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
    assert np.median(corners) > 200
    assert np.median(cells.x[of(cells, "lymphocyte"), :, :, 0][cells.mask[of(cells, "lymphocyte")]]) < 60


def test_mask_covers_the_cell_and_not_its_neighbours(cells):
    i = (cells.truth["neighbours"] == 0) & of(cells, "red cell")
    x, mask = cells.x[i, :, :, 0].astype(float), cells.mask[i]
    assert x[~mask].mean() > 210 > 150 > x[mask].mean()
    filled = mask.sum((1, 2)) * PIXEL_UM**2 / (np.pi * cells.truth["radius"][i] ** 2)
    np.testing.assert_allclose(filled, 1, atol=0.1)


def test_noise_is_as_stated(cells):
    """Neighbouring pixels of the empty slide differ by √2 noise_sd."""
    i = (cells.truth["neighbours"] == 0) & of(cells, "platelets") & (cells.truth["background"] < 232)  # far from white
    corner = cells.x[i, :4, :, 0].astype(float)
    measured = (corner[:, :, 1:] - corner[:, :, :-1]).std((1, 2)) / np.sqrt(2)
    assert abs(np.median(measured / cells.truth["noise_sd"][i]) - 1) < 0.15


# --- geometry ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def pose():
    axis = np.arange(-5, 5, 0.05) + 0.025
    one = np.ones((1, 1, 1))
    return Pose(axis[None, None, :] + 0 * axis[None, :, None], 0 * axis + axis[None, :, None], one, one, one)


def area(d):
    return (d < 0).sum() * 0.05**2


def test_disc_has_the_area_of_a_circle(pose):
    assert area(disc(pose, 2.0)) == pytest.approx(4 * np.pi, rel=0.01)


def test_oval_keeps_the_area_of_the_disc(pose):
    assert area(oval(pose, 2.0, 0.12)) == pytest.approx(4 * np.pi, rel=0.01)


def test_strand_has_the_area_of_a_rod_with_round_ends(pose):
    assert area(strand(pose, -2.0, 0.0, 2.0, 0.0, 0.5)) == pytest.approx(4 + np.pi / 4, rel=0.02)


def test_smooth_maximum_is_the_maximum_away_from_the_corner():
    a, b = np.array([0.0, 50.0]), np.array([50.0, 0.0])
    np.testing.assert_allclose(smooth_maximum(a, b, 0.1), [50, 50], atol=0.03)


def test_smooth_step_is_symmetric_and_monotone():
    d = np.linspace(-2, 2, 41)
    s = smooth_step(d, 1.0)
    np.testing.assert_allclose(s + s[::-1], 1)
    assert (np.diff(s) <= 0).all()
    assert s[0] == 1
    assert s[-1] == 0


def test_cover_of_disjoint_shapes_is_their_sum():
    assert cover([np.array([1.0, 0.0, 0.5]), np.array([0.0, 1.0, 0.5])]).tolist() == [1, 1, 0.75]


def test_red_cell_profile_is_the_published_thickness():
    rho = np.linspace(0, 0.9, 91)
    assert red_cell_profile(np.zeros(1)) * 2.58 == pytest.approx(0.81)  # µm at the centre
    assert red_cell_profile(rho).max() == pytest.approx(1, abs=0.01)
    assert 0.6 < rho[red_cell_profile(rho).argmax()] < 0.8


# --- difficulty -------------------------------------------------------------------------------------------------------


def test_a_linear_classifier_is_good_but_not_good_enough():
    """Softmax regression on the pixels by 50 steps of gradient descent with momentum."""
    (x, y), (x_test, y_test) = cells10.load_data(2100, seed=4)
    mean = x.mean(0).ravel()

    def features(x):
        return (x.reshape(len(x), -1) - mean).astype(np.float32) / 64

    a, target = features(x), np.eye(10, dtype=np.float32)[y]
    w = step = np.zeros((784, 10), np.float32)
    for _ in range(50):
        p = np.exp(a @ w)
        p /= p.sum(1, keepdims=True)
        step = 0.9 * step - 0.02 * a.T @ (p - target) / len(y)
        w = w + step
    assert 0.60 < ((features(x_test) @ w).argmax(1) == y_test).mean() < 0.85


def test_mean_grey_alone_does_not_tell_the_classes(cells):
    grey = cells.x.mean((1, 2, 3))
    centres = np.array([grey[cells.y == k].mean() for k in range(10)])
    assert (abs(grey[:, None] - centres).argmin(1) == cells.y).mean() < 0.5


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, -3])
def test_too_few_pictures(n):
    with pytest.raises(ValueError, match=f"at least 1.*n={n}"):
        cells10.load(n)


@pytest.mark.parametrize("n", [10.0, "10", None, True])
def test_n_must_be_a_whole_number(n):
    with pytest.raises(TypeError, match="n must be a whole number"):
        cells10.load(n)


def test_negative_seed():
    with pytest.raises(ValueError, match="seed must be at least 0"):
        cells10.load(10, seed=-1)


def test_one_picture_cannot_be_split():
    with pytest.raises(ValueError, match="n must be at least 2"):
        cells10.load_data(1)


def test_numpy_integers_are_welcome():
    assert len(cells10.load(np.int64(3), seed=np.uint8(1))) == 3


def test_only_the_parasite_tells_malaria_from_a_healthy_red_cell():
    cells = cells10.load(2000, seed=5)
    healthy, ill = (cells.y == cells.class_names.index(name) for name in ("red cell", "malaria ring"))
    for name in ("radius", "pallor", "stretch", "stain"):
        a, b = cells.truth[name][healthy], cells.truth[name][ill]
        assert np.quantile(a, 0.1) == pytest.approx(np.quantile(b, 0.1), abs=0.1 * float(np.ptp(a))), name
        assert np.quantile(a, 0.9) == pytest.approx(np.quantile(b, 0.9), abs=0.1 * float(np.ptp(a))), name
