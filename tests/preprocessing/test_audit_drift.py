"""audit_drift: what is planted at a site or in the course of time is found; chance and small sites are quiet."""

import numpy as np
import pytest

from edunet.datasets import hospitals
from edunet.preprocessing.audit_differences import differences, from_the_others
from edunet.preprocessing.audit_drift import between_sites, over_time
from edunet.preprocessing.audit_reading import read_frame

COHORT = hospitals.load(4000)
FOUND = {one.name: one for one in between_sites(read_frame(COHORT))}


def names(check, columns, **roles):
    return [(one.name, one.columns) for one in check(read_frame(columns, **roles))]


# ---------------------------------------------------------------- the four hospitals


def test_the_hospital_with_another_unit():
    one = FOUND["another unit between sites"]
    assert one.columns == ("creatinine",)
    assert one.evidence.startswith("creatinine: site 2 +227 sd (median 84.47, elsewhere 1.086)")


@pytest.mark.parametrize(
    "told",
    [
        "age: site 2 -0.88 sd",
        "site 1 +0.66 sd",
        "potassium: site 1 +0.58 sd",
        "sbp: site 3 -0.76 sd",
        "crp: site 3 +0.",
    ],
)
def test_hospitals_with_other_patients_or_devices(told):
    assert told in FOUND["values differ between sites"].evidence


def test_the_hospital_with_more_men():
    assert "sex: site 3 59.5 % with 1 (elsewhere 48.0 %)" in FOUND["categories differ between sites"].evidence


def test_hospitals_with_more_gaps():
    one = FOUND["gaps differ between sites"]
    assert set(one.columns) == {"creatinine", "crp", "sbp", "potassium"}
    assert "crp: site 0 0.0 % missing (elsewhere 20.3 %), site 3 29.7 %" in one.evidence


def test_the_hospital_that_rounds_and_the_one_with_a_limit():
    one = FOUND["rounding or limits differ between sites"]
    assert "sbp: site 1 100.0 % a multiple of 5 (elsewhere 0.0 %)" in one.evidence
    assert "site 3 26.5 % at its least value (elsewhere 0.1 %)" in one.evidence


def test_more_events_at_a_hospital_need_more_rows_to_be_sure():
    assert "outcome differs between sites" not in FOUND
    many = hospitals.load(40_000)
    columns = {"age": many.x[:, 0]}
    (one,) = [
        found
        for found in between_sites(read_frame(columns, target=many.y, site=many.site))
        if found.name == "outcome differs between sites"
    ]
    assert "site 0 13.3 % with 1 (elsewhere 17.3 %)" in one.evidence


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_hospitals_are_alike(seed):
    site = np.random.default_rng(seed).permutation(COHORT.site)
    assert list(between_sites(read_frame(COHORT, site=site))) == []


@pytest.mark.parametrize("rows", [5, 12, 40])
def test_a_small_site_does_not_alarm(rows):
    site = np.repeat([0, 1], [4000 - rows, rows])[np.random.default_rng(rows).permutation(4000)]
    assert list(between_sites(read_frame({"age": COHORT.x[:, 0], "crp": COHORT.x[:, 4]}, site=site))) == []


def test_chance_makes_a_finding_in_one_audit_of_a_hundred():
    rng = np.random.default_rng(0)
    columns = {f"c{j}": rng.normal(size=300) ** 3 for j in range(5)} | {"w": rng.choice(list("abc"), 300)}
    audits = [list(between_sites(read_frame(columns, site=rng.integers(0, 3, 300)))) for _ in range(60)]
    assert sum(map(bool, audits)) <= 2


# ---------------------------------------------------------------- other tables


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_rows(n):
    frame = read_frame(
        {"x": np.arange(n), "w": ["a"] * n}, target=np.arange(n) % 2, site=np.arange(n) % 2, time=range(n)
    )
    assert [*between_sites(frame), *over_time(frame)] == []


@pytest.mark.parametrize("site", [np.zeros(50), [None] * 50, ["a"] * 50], ids=["one", "missing", "one word"])
def test_one_site(site):
    assert names(between_sites, {"x": np.arange(50.0)}, site=site) == []


def test_columns_without_values():
    columns = {"empty": np.full(60, np.nan), "blank": [""] * 60, "same": np.ones(60)}
    assert names(between_sites, columns, site=np.arange(60) % 2) == []


def test_a_column_that_only_one_site_measured():
    x = np.where(np.arange(80) % 2, np.nan, np.arange(80))
    assert names(between_sites, {"x": x}, site=np.arange(80) % 2) == [("gaps differ between sites", ("x",))]


def test_rows_of_one_patient_count_once():
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(24), 40)
    x = (rng.normal(0, 1, 24) + 0.4 * (np.arange(24) % 2))[patient] + rng.normal(0, 0.1, 960)
    site = (np.arange(24) % 2)[patient]
    assert ("values differ between sites", ("x",)) in names(between_sites, {"x": x}, site=site)
    assert names(between_sites, {"x": x}, site=site, patient=patient) == []


def test_names_of_sites_are_told():
    rng = np.random.default_rng(0)
    site = np.repeat(["Linz", "Graz"], 60)
    (one,) = between_sites(read_frame({"x": rng.normal((site == "Graz") * 2, 1)}, site=site))
    assert one.evidence.startswith("x: site Graz +2")
    assert ", site Linz 0." in one.evidence or ", site Linz -0." in one.evidence
    assert one.repair.startswith("for train, test in grouped_kfold(x, y, groups=site)")


def test_a_change_in_the_course_of_time():
    rng = np.random.default_rng(0)
    day = rng.permutation(300)
    columns = {"x": rng.normal(0, 1, 300) + (day > 150), "visit_day": day + rng.normal(0, 1, 300), "y": rng.random(300)}
    assert names(over_time, columns, time=day) == [("values differ over time", ("x",))]


def test_time_as_dates():
    day = np.datetime64("2020-01-01") + np.arange(90)
    (one,) = over_time(read_frame({"w": ["a"] * 45 + ["b"] * 45}, time=day))
    assert (one.name, one.columns) == ("categories differ over time", ("w",))
    assert one.repair.startswith("train, test = temporal_split(time, '2020-02-29')")


@pytest.mark.parametrize("time", [np.ones(90), ["x"] * 90, [None] * 90], ids=["one moment", "words", "missing"])
def test_time_that_tells_no_order(time):
    assert names(over_time, {"x": np.arange(90.0)}, time=time) == []


def test_a_quantity_as_outcome_is_compared_too():
    site = np.arange(200) % 2
    y = np.random.default_rng(0).normal(site * 1.0, 1)
    assert names(between_sites, {"c": np.zeros(200)}, target=y, site=site) == [
        ("values differ between sites", ("target",))
    ]


def test_the_middle_of_the_others():
    assert from_the_others(np.array([1.0, np.nan])).tolist()[1] == 1
    assert np.isnan(from_the_others(np.array([1.0, np.nan]))[0])


def test_of_two_places_the_second_is_compared():
    frame = read_frame({"x": np.arange(60.0)})
    assert {one.place for one in differences(frame, np.arange(60) % 2, ["a", "b"])} == {1}


@pytest.mark.parametrize("k", [2, 3, 6, 7])
def test_the_middle_of_the_others_is_their_median(k):
    means = np.random.default_rng(k).integers(0, 5, k).astype(float)
    means[1:2] = np.nan
    others = [np.delete(means, i) for i in range(k)]
    wanted = [np.nanmedian(rest) if np.isfinite(rest).any() else np.nan for rest in others]
    np.testing.assert_array_equal(from_the_others(means), wanted)


def test_addresses_are_left_out():
    site = np.arange(100) % 2
    assert names(between_sites, {"city": np.where(site, "Linz", "Graz"), "Zip code": site + 4020}, site=site) == []


@pytest.mark.parametrize("few", [5, 9])
def test_a_site_with_few_others_is_not_compared(few):
    site = np.repeat([0, 1], [few, 400])
    columns = {"x": 5.0 * site + np.arange(few + 400) % 7, "w": np.where(site, "a", "b")}
    assert names(between_sites, columns, site=site) == []


@pytest.mark.parametrize(("factor", "name"), [(2.5, "values differ"), (3.5, "another unit")])
def test_three_times_the_median_may_be_another_unit(factor, name):
    site = np.arange(200) % 2
    x = np.random.default_rng(0).normal(10, 0.5, 200) * np.where(site, factor, 1)
    assert names(between_sites, {"x": x}, site=site) == [(f"{name} between sites", ("x",))]


@pytest.mark.parametrize(("check", "role", "word"), [(between_sites, "site", "site"), (over_time, "time", "time")])
def test_what_differs_is_told_of_sites_and_of_time(check, role, word):
    half = np.arange(400) % 2
    y = np.random.default_rng(0).random(400) < np.where(half, 0.5, 0.3)
    (one,) = check(read_frame({"c": np.zeros(400)}, target=y.astype(int), **{role: half}))
    assert one.name.startswith("outcome differs")
    assert one.consequence.startswith(f"Risks are too high at one {word} and too low at another")
    assert one.repair.endswith("and calibrate there")
    p = float(one.evidence.split("p <= ")[1].split()[0])
    assert 1e-9 < p < 0.01


def test_one_patient_with_very_many_rows_is_one_patient():
    patient = np.concatenate([np.zeros(300), np.arange(1, 101)])
    x = np.where(patient == 0, 2.0, np.random.default_rng(0).normal(0, 1, 400))
    site = np.where(patient == 0, 1, np.arange(400) % 2)
    assert names(between_sites, {"x": x}, site=site) != []
    assert names(between_sites, {"x": x}, site=site, patient=patient) == []
