"""audit_digits: 120, 130, 140; and what only looks rounded."""

import numpy as np
import pytest

from edunet.preprocessing.audit_digits import grid_of, preference
from edunet.preprocessing.audit_reading import read_frame

N = 500
rng = np.random.default_rng(0)
SBP = rng.normal(130, 17, N).round()
HALF = rng.random(N) < 0.5


def found(values, name="sbp", **roles):
    return list(preference(read_frame({name: values}, **roles)))


def test_half_of_the_pressures_are_rounded():
    values = np.where(HALF, SBP.round(-1), SBP)
    (one,) = found(values)
    share = np.isin(values % 10, [0, 5]).mean()
    counts = np.bincount((values % 10).astype(int), minlength=10)
    z = (share - 0.2) / np.sqrt(0.16 / N)
    chi = ((counts - N / 10) ** 2 / (N / 10)).sum()
    assert one.evidence.startswith(f"sbp {share:.0%} of 500 (z = {z:.1f}, χ² = {chi:,.0f}, ".replace("%", " %", 1))


def test_decimals_are_rounded_to_halves():
    celsius = rng.normal(37.5, 2, N)
    assert found(np.where(HALF, (2 * celsius).round() / 2, celsius.round(1)), "temperature")


def test_all_columns_in_one_finding():
    rounded = np.where(HALF, SBP.round(-1), SBP)
    (one,) = preference(read_frame({"sbp": rounded, "dbp": rounded - 50, "x": SBP}))
    assert one.columns == ("sbp", "dbp")


CLEAN = {
    "whole": SBP,
    "one decimal": rng.normal(75, 12, N).round(1),
    "floats": rng.normal(75, 12, N),
    "single precision": rng.normal(75, 12, N).astype(np.float32),
    "all tens": SBP.round(-1),
    "all fives": (SBP / 5).round() * 5,
    "in steps of two": (SBP / 2).round() * 2,
    "few": SBP[:99].round(-1),
    "counts": rng.poisson(3, N),
    "fading out": rng.exponential(30, N).round(),
    "up to a limit": np.minimum(rng.normal(80, 25, N).clip(5).round(), 90),
    "four digits": np.array([float(f"{v:.4g}") for v in rng.lognormal(4.5, 0.5, N)]),
    "some with a filled-in mean": np.where(rng.random(N) < 0.08, 1.183, rng.lognormal(0, 0.5, N).round(1)),
    "converted": (rng.integers(20, 300, N) * 1.55).round(2),
}


@pytest.mark.parametrize("values", CLEAN.values(), ids=CLEAN)
def test_nobody_rounded(values):
    assert found(values) == []


def test_a_patient_counts_once():
    few = np.repeat(rng.normal(130, 17, 50).round(-1) + [0, 1] * 25, 10)
    assert found(few) != []
    assert found(few, patient=np.repeat(np.arange(50), 10)) == []


@pytest.mark.parametrize("name", ["time", "dose_mg", "patient_id", "country_code"])
def test_times_and_doses_are_set_by_hand(name):
    assert found(np.where(HALF, SBP.round(-1), SBP), name) == []


@pytest.mark.parametrize(
    ("values", "grid"),
    [([120, 130, 140], 10), ([120, 131, 140], 1), ([1.25, 3.5], 0.01), ([np.pi], None), ([4.2, 3.9], 0.1)],
)
def test_the_grid(values, grid):
    assert grid_of(np.array(values, float)) == grid
