"""macenko: the stains that a laboratory used come back, and laboratories come closer; what is no section is refused."""

import numpy as np
import pytest

from edunet.datasets import phantoms
from edunet.datasets.phantoms import stain, unmix
from edunet.datasets.phantoms_histology import vectors
from edunet.preprocessing.stains import REFERENCE, macenko, stains_of

GLASS = 245  # of the phantoms


@pytest.fixture(scope="module")
def fields():
    """160 fields, stained by eight laboratories; and the same fields, all stained by laboratory 0."""
    return phantoms.load(160, kind="histology", laboratories=8), phantoms.load(160, kind="histology").x


@pytest.fixture(scope="module")
def first(fields):
    """Stains of laboratory 0."""
    return stains_of(fields[1], white=GLASS)


def degrees(found, true):
    true = true / np.linalg.norm(true, axis=1, keepdims=True)
    return np.degrees(np.arccos(np.clip((found * true).sum(axis=1), -1, 1)))


def mixture(n=40, laboratory=0):
    """Every amount of one stain with every amount of the other: (n,n,3), without noise."""
    return stain(*np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n)), laboratory)


# ---------------------------------------------------------------- the stains


@pytest.mark.parametrize("laboratory", range(8))
def test_the_stains_of_each_laboratory_come_back_within_a_few_degrees(fields, laboratory):
    cohort, _ = fields
    found = stains_of(cohort.x[cohort.site == laboratory], white=GLASS)
    haematoxylin, eosin = degrees(found.vectors, vectors(laboratory))
    assert haematoxylin < 4
    assert eosin < 1.5


def test_pure_mixtures_give_exact_stains_and_unit_vectors():
    for laboratory in range(8):
        found = stains_of(mixture(laboratory=laboratory))
        assert degrees(found.vectors, vectors(laboratory)).max() < 1
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1)


def test_amounts_are_the_99th_percentile():
    found = stains_of(mixture())
    np.testing.assert_allclose(found.amounts / np.linalg.norm(vectors(0), axis=1), 1.0, atol=0.03)


def test_haematoxylin_comes_first_whatever_there_is_more_of():
    rng = np.random.default_rng(0)
    for share in (0.1, 0.9):
        nucleus, amount = rng.random((60, 60)) < share, rng.uniform(0.5, 1, (60, 60))
        found = stains_of(stain(np.where(nucleus, amount, 0.0), np.where(nucleus, 0.0, amount))).vectors
        assert degrees(found, vectors(0)).max() < 1e-5


def test_glass_that_is_not_white_is_told(fields):
    cohort, _ = fields
    mine = cohort.x[cohort.site == 0]
    told, untold = (degrees(stains_of(mine, white=w).vectors, vectors(0))[1] for w in (GLASS, None))
    assert told < 1 < 3 < untold


# ---------------------------------------------------------------- laboratories come closer


def test_laboratories_are_closer_afterwards(fields, first):
    """Mean colour of each laboratory: what a network could tell them apart by."""
    cohort, _ = fields
    done = macenko(cohort.x, first, white=GLASS)
    colour = [np.array([x[cohort.site == k].mean(axis=(0, 1, 2)) for k in range(8)]) for x in (cohort.x, done)]
    before, after = (c.std(axis=0).mean() for c in colour)
    assert after < before / 5


def test_fields_look_as_if_the_first_laboratory_had_stained_them(fields, first):
    """The same field with the same noise by laboratory 0 is the truth; 20 of them."""
    cohort, plain = fields
    done = macenko(cohort.x[:20], first, white=GLASS)
    strange = cohort.site[:20] > 0
    away = [np.abs(x[:20][strange].astype(float) - plain[:20][strange]).mean() for x in (cohort.x, done)]
    assert away[1] < 0.35 * away[0]


def test_amounts_of_haematoxylin_stay_in_their_order(fields, first):
    cohort, plain = fields
    truth = unmix(plain[3] / GLASS)[0]
    found = unmix(macenko(cohort.x[3], first, white=GLASS) / GLASS)[0]
    assert np.corrcoef(truth.ravel(), found.ravel())[0, 1] > 0.98


def test_a_reference_may_be_an_image(fields):
    _, plain = fields
    theirs, ours = mixture(laboratory=2), mixture()
    np.testing.assert_allclose(macenko(theirs, reference=ours), ours, atol=0.02)
    own = stains_of(plain[:20])
    np.testing.assert_array_equal(macenko(plain[0], plain[:20]), macenko(plain[0], own))


def test_normalising_to_itself_changes_little():
    image = mixture()
    np.testing.assert_allclose(macenko(image, image), image, atol=1e-6)


def test_without_a_reference_the_section_of_the_paper_s_implementation():
    np.testing.assert_allclose(np.linalg.norm(REFERENCE.vectors, axis=1), 1, atol=1e-4)
    found = stains_of(macenko(mixture()))
    assert degrees(found.vectors, REFERENCE.vectors).max() < 1
    np.testing.assert_allclose(found.amounts, REFERENCE.amounts, rtol=0.02)


# ---------------------------------------------------------------- kinds


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_dtype_and_shape_stay(dtype):
    image = mixture()
    image = np.rint(image * 255).astype(np.uint8) if dtype == np.uint8 else image.astype(dtype)
    for x in (image, np.stack([image, image[::-1]])):
        done = macenko(x)
        assert (done.dtype, done.shape) == (dtype, x.shape)
    np.testing.assert_array_equal(macenko(np.stack([image, image[::-1]]))[1], macenko(image[::-1]))


def test_bytes_and_floats_agree():
    image = np.rint(mixture() * 255).astype(np.uint8)
    np.testing.assert_allclose(macenko(image) / 255, macenko(image / 255), atol=0.5 / 255 + 1e-9)


def test_black_pixels_and_the_image_itself_stay_finite_and_untouched():
    image = mixture()
    image[0, 0] = 0
    before = image.copy()
    assert np.isfinite(macenko(image)).all()
    np.testing.assert_array_equal(image, before)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((8, 8)), "image is grey.*load RGB"),
        (np.zeros((8, 8, 1)), "image is grey.*load RGB"),
        (np.repeat(mixture()[..., :1], 3, axis=2), "grey: red, green and blue are equal"),
        (np.zeros((8, 8, 4)), r"x\[..., :3\]"),
        (np.zeros((3, 8, 8)), r"np.moveaxis\(x, -3, -1\)"),
        (np.zeros((2, 3, 8, 8)), r"np.moveaxis\(x, -3, -1\)"),
        (np.zeros((0, 8, 3)), r"Received shape \(0, 8, 3\)"),
        (np.zeros(3), r"Received shape \(3,\)"),
        (mixture() * 255, "Type x / 255"),
        (np.where(mixture() > 0.9, np.nan, mixture()), "floats go from 0 to 1"),
        (np.rint(mixture() * 255).astype(int), r"astype\(np.uint8\)"),
        (np.full((9, 9, 3), [250, 251, 252], np.uint8), "blank: only 0 of 81"),
        (np.full((9, 9, 3), [0.4, 0.3, 0.6]), "holds one stain, not two"),
        (stain(np.linspace(0.1, 1, 400).reshape(20, 20), 0.0), "holds one stain, not two"),
    ],
    ids=["(H,W)", "(H,W,1)", "R=G=B", "RGBA", "C first", "N,C first", "empty", "1-D", "0..255", "nan", "int",
         "blank", "one colour", "one stain"],
)  # fmt: skip
@pytest.mark.parametrize("function", [macenko, stains_of])
def test_what_is_no_section_is_refused_with_what_to_type(function, image, said):
    with pytest.raises(ValueError, match=f"{function.__name__}: .*{said}"):
        function(image)


def test_one_blank_image_of_a_batch_is_named():
    x = np.stack([mixture(), np.full((40, 40, 3), 0.99), mixture()])
    x[1, 0, 0] = 0.98, 0.99, 0.99
    with pytest.raises(ValueError, match="image 1 is blank"):
        macenko(x)


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_what_the_refusal_of_blank_images_says_to_type_works(dtype):
    x = np.stack([np.rint(mixture() * 255), np.full((40, 40, 3), 252) + np.eye(40)[..., None] * [0, 1, 2]])
    x = x.astype(np.uint8) if dtype == np.uint8 else x / 255
    with pytest.raises(ValueError, match="image 1 is blank") as refused:
        macenko(x)
    kept = eval(str(refused.value).split("(N,H,W,3): ")[1].rstrip("."), {"x": x})
    assert macenko(kept).shape == (1, 40, 40, 3)


def test_a_field_of_a_few_pixels_is_not_called_blank():
    with pytest.raises(ValueError, match="the image has 16 pixels, too few"):
        macenko(mixture()[:4, :4])


@pytest.mark.parametrize("white", [0, -1, 2.0, True, "white", np.nan])
def test_a_white_that_is_none(white):
    with pytest.raises(ValueError, match="white, of empty glass"):
        macenko(mixture(), white=white)
