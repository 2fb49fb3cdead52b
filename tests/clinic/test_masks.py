"""Overlap of masks: the rules for empty ones, what is refused, means over cases."""

import math

import numpy as np
import pytest

from edunet.clinic.estimate import undefined
from edunet.clinic.masks import dice, iou, over_cases
from edunet.metrics import BinaryIoU, DiceScore

FULL, EMPTY = np.ones((4, 4), bool), np.zeros((4, 4), bool)
RNG = np.random.default_rng(0)
A, B = RNG.random((2, 6, 9, 8)) < 0.4


@pytest.mark.parametrize("measure", [dice, iou])
@pytest.mark.parametrize(
    ("mask", "prediction", "expected"),
    [(EMPTY, EMPTY, 1), (FULL, EMPTY, 0), (EMPTY, FULL, 0), (FULL, FULL, 1)],
    ids=["both empty", "missed", "invented", "equal"],
)
def test_rules_for_empty_masks(measure, mask, prediction, expected):
    assert measure(mask, prediction) == expected


@pytest.mark.parametrize(("a", "b"), [(A[0], B[0]), (A, B)], ids=["plane", "space"])
def test_of_one_case_they_are_the_metrics(a, b):
    assert float(dice(a, b)) == pytest.approx(DiceScore()(a[None, ..., None], 1.0 * b[None, ..., None]), abs=1e-15)
    assert float(iou(a, b)) == pytest.approx(BinaryIoU([1])(a, 1.0 * b), abs=1e-15)


def test_dice_and_iou_say_the_same():
    assert float(iou(A, B)) == pytest.approx(dice(A, B) / (2 - dice(A, B)))


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int64, np.float32, float])
def test_kinds_of_numbers(kind):
    assert dice(FULL.astype(kind), FULL) == 1


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (0.4 * FULL, "Probabilities are cut: mask > 0.5"),
        (255 * FULL, "Received 16 of 16 other values, such as 255. Of a picture type mask > 0"),
        (2 * FULL, "Of several classes take one: mask == k"),
        (-FULL.astype(int), "Of several classes"),
        (np.nan * FULL, "NaN is neither"),
        (np.full((4, 4), "x"), "mask is 0 or 1. Received an array of <U1"),
        (np.ones((4, 5)), r"alike in shape. Received \(4, 5\) and \(4, 4\)"),
    ],
    ids=["probabilities", "255", "classes", "minus one", "nan", "words", "shape"],
)
def test_what_is_no_mask(mask, message):
    with pytest.raises(ValueError, match=message):
        dice(mask, FULL)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((4, 4, 1), r"of shape \(4, 4, 1\) the last axis is a channel"),
        ((2, 3, 4, 4), r"For many cases type over_cases\(\[iou"),
        ((4,), r"expected one case, \(H, W\) or \(D, H, W\)"),
    ],
    ids=["channel", "batch of volumes", "row"],
)
def test_what_is_no_case(shape, message):
    with pytest.raises(ValueError, match=message):
        iou(np.ones(shape), np.ones(shape))


# ---------------------------------------------------------------- over cases


def test_mean_is_over_cases_not_pixels():
    large, small = np.ones((100, 100), bool), np.zeros((100, 100), bool)
    small[0, 0] = True
    cases = [(large, large), (small, np.zeros_like(small))]
    assert over_cases([dice(m, p) for m, p in cases]) == 0.5
    assert DiceScore()(*(np.stack([case[k] for case in cases])[..., None] * 1.0 for k in (0, 1))) > 0.9999


def test_interval_of_students_t():
    """scipy.stats.t.interval(0.95, 4, mean, sem) of these: 0.4403 to 0.9597."""
    assert over_cases([0.9, 0.7, 0.8, 0.35, 0.75]).interval == pytest.approx((0.4403, 0.9597), abs=1e-4)


def test_interval_stays_within_the_bounds():
    assert over_cases([0.9, 0.7, 0.8], bounds=(0, 1)).high == 1


def test_cases_without_a_value_are_left_out_and_counted():
    found = over_cases([2.0, undefined("nothing was drawn", 1), 4.0])
    assert (float(found), found.n) == (3.0, 2)
    assert found.how == "mean over cases, Student's t; 1 of 3 cases left out: nothing was drawn"


def test_plain_nan_is_left_out_too():
    assert over_cases(np.array([1.0, np.nan])).how.endswith("1 of 2 cases left out")


@pytest.mark.parametrize(
    ("values", "why"),
    [([undefined("nothing was drawn", 1)], "nothing was drawn"), ([], "no case has a value"), ([np.nan], "no case")],
    ids=["undefined", "none", "nan"],
)
def test_no_case_left(values, why):
    found = over_cases(values)
    assert math.isnan(found)
    assert found.why.startswith(why)


def test_one_case_has_no_interval():
    assert math.isnan(over_cases([0.5]).low)


def test_cases_of_a_patient_count_once():
    found = over_cases([1.0, 1.0, 1.0, 0.0], groups=["a", "a", "a", "b"])
    assert (float(found), found.n) == (0.5, 2)
    assert found.how.startswith("mean over patients")


def test_a_patient_without_a_value_is_left_out():
    assert over_cases([1.0, np.nan, 0.0], groups=["a", "b", "c"]).n == 2


def test_values_may_come_one_by_one():
    assert over_cases(dice(m, m) for m in (FULL, EMPTY)) == 1
    assert over_cases({"a": 1.0, "b": 0.5}.values()) == 0.75


def test_infinite_values_are_refused():
    with pytest.raises(ValueError, match="over_cases: 1 of 2 answers are NaN or infinite"):
        over_cases([1.0, np.inf])


@pytest.mark.parametrize("values", [0.5, [[0.5, 0.6]], np.ones((2, 2))], ids=["one number", "lists", "a table"])
def test_over_cases_takes_a_number_for_each_case(values):
    with pytest.raises(ValueError, match="over_cases: expected one number for each case"):
        over_cases(values)
