"""Images made comparable, and seen a little differently."""

import numpy as np
import pytest

from edunet.preprocessing import augment, ct_window, rescale_percentiles, standardise


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (40, 12, 12, 3)).astype(np.uint8)


def test_each_image_is_standardised_by_itself(images):
    z = standardise(np.concatenate([images, images // 3]))
    np.testing.assert_allclose(z.mean((1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(z.std((1, 2, 3)), 1, atol=1e-5)
    assert z.dtype == np.float32


def test_an_image_without_contrast_becomes_0():
    assert not standardise(np.full((1, 4, 4), 7)).any()
    assert not rescale_percentiles(np.full((1, 4, 4), 7)).any()


def test_a_bright_pixel_does_not_darken_the_rest():
    x = np.tile(np.linspace(0, 1, 100), 10).reshape(1, 25, 40)
    x[0, 0, 0] = 1000
    y = rescale_percentiles(x, 1, 99)
    assert y.max() == 1
    assert y.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("low", "high"), [(-1, 99), (50, 50), (99, 1), (0, 101)])
def test_percentiles_that_are_none(low, high):
    with pytest.raises(ValueError, match="0 <= low < high <= 100"):
        rescale_percentiles(np.zeros((1, 2, 2)), low, high)


def test_a_window_is_linear_between_its_ends():
    hu = np.array([-1000.0, -160, 40, 140, 240, 3000])
    np.testing.assert_allclose(ct_window(hu, 40, 400), [0, 0, 0.5, 0.75, 1, 1])


@pytest.mark.parametrize("width", [0, -1, np.nan])
def test_a_window_without_width(width):
    with pytest.raises(ValueError, match="width is > 0"):
        ct_window(np.zeros(3), 40, width)


@pytest.mark.parametrize("name", [standardise, rescale_percentiles, augment])
@pytest.mark.parametrize("x", [np.zeros((4, 4)), np.zeros((0, 4, 4)), np.array([[["a"]]])])
def test_what_is_no_batch_of_images(name, x):
    with pytest.raises(ValueError, match=r"expected images \(N, H, W, C\) or \(N, H, W\)"):
        name(x)


@pytest.mark.parametrize("name", [standardise, rescale_percentiles, augment])
def test_images_of_different_sizes(name):
    with pytest.raises(ValueError, match=f"{name.__name__}: x is one array. Received: rows of different lengths"):
        name([[[1]], [[1, 2]]])


@pytest.mark.parametrize("hu", [["a"], [None, "a"], [1j]])
def test_what_is_no_hounsfield_unit(hu):
    with pytest.raises(TypeError, match="ct_window: hu is numbers. Received: "):
        ct_window(hu, 40, 400)


@pytest.mark.parametrize("name", [standardise, rescale_percentiles])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number_is_named(name, value):
    x = np.arange(32.0).reshape(2, 4, 4)
    x[1, 2, 3] = x[1, 3, 3] = value
    with pytest.raises(
        ValueError, match=rf"2 pixels of 1 of 2 images .*first in image 1 at \(2, 3\): {value}.*nan_to_num"
    ):
        name(x)


def test_what_the_refusal_of_pixels_says_to_type_works():
    assert np.isfinite(standardise(np.nan_to_num(np.array([[[np.nan, 1.0], [2.0, 3.0]]]), nan=0.0))).all()


@pytest.mark.parametrize(("low", "high"), [("1", 99), (np.nan, 99), (None, 99), ([1, 2], 99)])
def test_percentiles_that_are_no_numbers(low, high):
    with pytest.raises(ValueError, match="0 <= low < high <= 100"):
        rescale_percentiles(np.zeros((1, 2, 2)), low, high)


@pytest.mark.parametrize(("centre", "width"), [("40", 400), (np.nan, 400), (None, 400), (40, "400"), (40, True)])
def test_windows_that_are_no_numbers(centre, width):
    with pytest.raises(ValueError, match="in HU"):
        ct_window([0.0], centre, width)


# ---------------------------------------------------------------- augmentation


def test_masks_move_with_their_images(images):
    mask = images[..., 0] > 128
    new, moved = augment(images, mask, seed=1, flip="both", turn=True)
    np.testing.assert_array_equal(new[..., 0] > 128, moved)
    assert moved.dtype == bool
    assert (new != images).any((1, 2, 3)).mean() > 0.8


def test_nothing_is_changed_where_nothing_is_asked_for(images):
    np.testing.assert_array_equal(augment(images, seed=0, flip=None), images)


def test_the_images_that_came_are_left_alone(images):
    before = images.copy()
    augment(images, seed=0, flip="both", turn=True, shift=3, brightness=0.3)
    np.testing.assert_array_equal(images, before)


def test_the_seed_decides(images):
    one, same, other = (augment(images, seed=s, flip="both", shift=2) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize(
    ("options", "possible"),
    [
        ({"flip": "horizontal"}, lambda a: [a, a[:, ::-1]]),
        ({"flip": "vertical"}, lambda a: [a, a[::-1]]),
        ({"flip": "both"}, lambda a: [a, a[::-1], a[:, ::-1], a[::-1, ::-1]]),
        ({"flip": None, "turn": True}, lambda a: [np.rot90(a, k) for k in range(4)]),
    ],
)
def test_each_way_comes_about_equally_often(images, options, possible):
    many = np.repeat(images[:1], 400, axis=0)
    ways = possible(images[0])
    found = [next(k for k, way in enumerate(ways) if (way == new).all()) for new in augment(many, seed=0, **options)]
    np.testing.assert_allclose(np.bincount(found) / 400, 1 / len(ways), atol=0.08)


def test_shifts_repeat_the_border_in_images_and_leave_masks_empty():
    x = np.arange(16.0).reshape(1, 4, 4)
    found = set()
    for seed in range(60):
        new, moved = augment(x, np.ones((1, 4, 4), np.uint8), seed=seed, flip=None, shift=2)
        down, right = next(
            (i, j)
            for i in range(-2, 3)
            for j in range(-2, 3)
            if (np.pad(x[0], 2, "edge")[2 - i : 6 - i, 2 - j : 6 - j] == new[0]).all()
        )
        np.testing.assert_array_equal(moved[0], np.pad(np.ones((4, 4)), 2)[2 - down : 6 - down, 2 - right : 6 - right])
        found.add((down, right))
    assert len(found) > 20  # of 25


def test_brightness_keeps_whole_numbers_in_their_range(images):
    bright = augment(images, seed=0, flip=None, brightness=0.5)
    assert bright.dtype == np.uint8
    factor = bright.astype(float).mean((1, 2, 3)) / images.mean((1, 2, 3))
    assert 0.45 < factor.min() < 0.7
    assert 1.1 < factor.max() < 1.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"flip": "left"}, "flip is 'horizontal'"),
        ({"shift": 12}, "from 0 to 11"),
        ({"shift": 1.5}, "whole number of pixels"),
        ({"brightness": 1.0}, "a share from 0 to below 1"),
        ({"brightness": "a"}, "a share from 0 to below 1"),
        ({"brightness": None}, "a share from 0 to below 1"),
    ],
)
def test_options_that_are_none(images, options, message):
    with pytest.raises(ValueError, match=message):
        augment(images, **options)


def test_turns_need_squares():
    with pytest.raises(ValueError, match="square images. Received: 4 x 5"):
        augment(np.zeros((1, 4, 5)), turn=True)


def test_masks_of_another_size(images):
    with pytest.raises(ValueError, match=r"masks are \(N,H,W,...\)"):
        augment(images, np.zeros((40, 12, 11)))


@pytest.mark.parametrize("seed", ["a", 1.5, -1])
def test_a_seed_that_is_none(images, seed):
    with pytest.raises((TypeError, ValueError), match=r"augment: seed is a whole number >= 0.*Received: "):
        augment(images, seed=seed)


def test_a_generator_is_used_on(images):
    rng = np.random.default_rng(0)
    assert (augment(images, seed=rng) != augment(images, seed=rng)).any()


@pytest.mark.parametrize("dtype", [np.uint64, np.int64, np.uint8])
def test_the_brightest_pixels_stay_bright(dtype):
    """Half of the factors are above 1: what would not fit stays at the largest number, as floats can say it."""
    largest = np.iinfo(dtype).max
    assert (augment(np.full((40, 4, 4), largest, dtype), seed=0, brightness=0.2) > largest // 2).all()
