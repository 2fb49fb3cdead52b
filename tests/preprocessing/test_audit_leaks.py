"""audit_leaks: columns that know the answer are found, by score or by name; honest ones and chance are not."""

import numpy as np
import pytest

from edunet.preprocessing.audit_codes import classes_of
from edunet.preprocessing.audit_leaks import known_afterwards, leaks, tells
from edunet.preprocessing.audit_reading import read_frame

N = 400
ILL = (np.random.default_rng(3).random(N) < 0.3).astype(float)


def noise(sd, seed=1):
    return np.random.default_rng(seed).normal(0, sd, N)


def some(kinds, seed=2):
    return np.random.default_rng(seed).choice(kinds, N)


AGE = (60 + 8 * ILL + noise(10, 9)).round()


def found(check, columns, target=ILL, **roles):
    return list(check(read_frame({"age": AGE} | columns, target=target, **roles)))


def names(check, columns, target=ILL, **roles):
    return [(one.name, one.columns) for one in found(check, columns, target, **roles)]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_tells_in_either_direction(sign):
    (one,) = found(leaks, {"marker": sign * (ILL + noise(0.27))})
    assert (one.name, one.columns) == ("tells the outcome", ("marker",))
    assert one.evidence.startswith("marker AUC 0.99")
    assert "for target = 1, by its values, in 400 rows" in one.evidence


def test_a_middle_range_that_tells():
    u = np.random.default_rng(0).uniform(0, 1, N)
    assert names(leaks, {"u": np.where(ILL == 1, 0.4 + 0.2 * u, np.where(u < 0.5, 0.8 * u, 0.2 + 0.8 * u))}) == [
        ("tells the outcome", ("u",))
    ]


def test_codes_of_whole_numbers_that_tell():
    code = np.where(ILL == 1, 11, some([1, 3, 7, 18, 22]))
    assert names(leaks, {"disposition": code}) == [("tells the outcome", ("disposition",))]


def test_words_that_tell():
    ward = np.where(ILL == 1, some(["hospice", "morgue"]), some(["home", "clinic"]))
    assert names(leaks, {"ward": ward}) == [("tells the outcome", ("ward",))]


def test_gaps_that_tell():
    ward = np.where(ILL == 1, some(["ward 1", "ward 2"]), "")
    (one,) = found(leaks, {"ward": ward})
    assert one.evidence == "ward AUC 1.000 for target = 1, by whether it is missing, in 400 rows."


@pytest.mark.parametrize("copy", [ILL * 5 + 2, np.where(ILL == 1, "yes", "no")], ids=["numbers", "words"])
def test_a_copy_of_the_answer(copy):
    (one,) = found(leaks, {"other": copy})
    assert one.name == "copy of the outcome"
    assert one.sentence == "The same as target, under another name: other."
    assert one.repair.startswith("columns = {k: v for k, v in columns.items() if k not in ['other']}")


def test_one_of_several_classes():
    stage = some(["I", "II", "III"])
    (one,) = found(leaks, {"size": (stage == "II") + noise(0.1)}, target=stage)
    assert "for target = II" in one.evidence


def test_several_columns_are_one_finding():
    assert names(leaks, {"a": ILL + noise(0.1), "b": ILL - noise(0.1, 5)}) == [("tells the outcome", ("a", "b"))]


def test_a_quantity_that_is_told():
    y = noise(1)
    (one,) = found(leaks, {"later": np.exp(y + noise(0.12, 7))}, target=y)
    assert one.evidence.startswith("later Spearman's rank correlation 0.9")


def test_many_rare_words_do_not_tell():
    assert found(leaks, {"street": [f"street {i // 2}" for i in range(N)]}) == []


def test_words_that_stand_for_a_patient_do_not_tell_new_patients():
    patient = np.arange(N) // 8
    ill = (np.random.default_rng(0).random(N // 8) < 0.4)[patient].astype(float)
    street = [f"street {p}" for p in patient]
    assert names(leaks, {"street": street}, target=ill) == [("tells the outcome", ("street",))]
    assert names(leaks, {"street": street}, target=ill, patient=patient) == []


@pytest.mark.parametrize("few", [0, 1, 3, 9])
def test_few_of_a_class_prove_nothing(few):
    y = np.repeat([0.0, 1.0], [N - few, few])
    assert found(leaks, {"marker": y * 10 + noise(1)}, target=y) == []


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_rows(n):
    frame = read_frame({"time": np.arange(n)}, target=np.arange(n) % 2)
    assert [*leaks(frame), *known_afterwards(frame)] == []


def test_nothing_measured():
    assert found(leaks, {"empty": np.full(N, np.nan), "blank": [""] * N}) == []


def test_a_good_column_is_no_leak():
    assert found(leaks, {"marker": ILL + noise(0.5)}) == []


def test_a_name_alone_is_no_finding():
    assert found(known_afterwards, {"time": noise(1), "length_of_stay": some(range(9))}) == []


LATER = [
    "time", "status", "time_to_event", "complications", "los", "dtime", "FollowUpDays", "d.time", "hospdead", "slos",
    "OS_MONTHS", "days_to_last_followup", "days_to_death", "mortstat", "permth_int", "Patient's Vital Status",
    "TIMEDTH", "Overall Survival (Months)", "discharge_disposition_id", "surv2m", "futime", "relapse_date",
    "rectime", "survtime", "lenfol", "tstop", "deathdate",
]  # fmt: skip


@pytest.mark.parametrize("name", LATER)
def test_a_name_with_evidence(name):
    (one,) = found(known_afterwards, {name: ILL + noise(0.8)})
    assert (one.name, one.columns) == ("known only afterwards", (name,))


WEAK = ILL + noise(3.6, 14)  # an AUC of 0.597


@pytest.mark.parametrize(
    "name",
    ["Length_of_stay", "lengthOfStay", "discharge_date", "death_day", "Survival", "readmission_ward", "date_of_death"],
)
def test_a_name_beyond_doubt_needs_less(name):
    assert names(known_afterwards, {name: WEAK}) == [("known only afterwards", (name,))]
    assert found(known_afterwards, {"time": WEAK}) == []


@pytest.mark.parametrize(
    "name",
    [
        "prothrombin_time", "protime", "capillary_refill_time", "smoking_status", "previous_readmissions", "sofa",
        "family_history_of_death", "nasal_discharge", "dead_space_ratio", "days_to_birth", "last_outcome",
        "timed_up_and_go", "survey", "postal_code", "osmolality", "time_of_day", "antibiotic_time", "footprint",
        "time_of_admission", "performance_status", "age_in_days",
    ],
)  # fmt: skip
def test_names_of_what_is_known_before(name):
    assert found(known_afterwards, {name: ILL + noise(0.8)}) == []


def test_of_each_way_the_best_class_is_told():
    column = read_frame({"x": np.repeat([1.0, 2.0, np.nan], 40)}).columns[0]
    classes = np.repeat([0, 1, 2], 40)
    by_gap, by_value = tells(column, classes, 3)
    assert (by_gap.auc, by_gap.k, by_gap.rows) == (1, 2, 120)
    assert (by_value.auc, by_value.rows) == (1, 80)


@pytest.mark.parametrize(
    ("values", "n_classes"),
    [([0, 1, 2, 1], 3), (["a", "b"], 2), ([0.5, 1.5], 2), ([0.5, 1.5, 2.5], 0), (range(30), 0), ([], 0)],
    ids=["whole", "words", "two", "fractions", "many", "none"],
)
def test_what_classes_are(values, n_classes):
    assert len(classes_of(read_frame({"y": list(values)}).columns[0])[1]) == n_classes


def test_chance_is_shared_out_over_all_columns_asked():
    assert names(known_afterwards, {"los": WEAK}) == [("known only afterwards", ("los",))]
    assert found(known_afterwards, {"los": WEAK, "survival_time": noise(1), "death_day": noise(1, 8)}) == []


def test_a_weak_name_comes_with_its_p():
    (one,) = found(known_afterwards, {"los": WEAK})
    assert one.evidence.endswith("in 400 rows (p = 0.002).")
