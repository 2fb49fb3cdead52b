"""clinic_records: the table, the identifiers in the notes, the answer key of the faults, the public list."""

import itertools
import re

import numpy as np
import pytest

from edunet.datasets import clinic_records, clinic_writing
from edunet.datasets.clinic_names import DIAGNOSES, FIRST_NAMES, SMALL_ZIP3
from edunet.datasets.clinic_records import COLUMNS, FAULTS, FEATURES, KINDS, oracle_score, public_register
from edunet.datasets.clinic_writing import different

N = 1500


@pytest.fixture(scope="module")
def records():
    return clinic_records.load(N, seed=1)


@pytest.fixture(scope="module")
def many():
    return clinic_records.load(4000, seed=2)


@pytest.fixture(scope="module")
def dirty():
    return clinic_records.load(N, seed=1, dirty=True)


def same(a, b, rows):
    for name in a.columns:
        np.testing.assert_array_equal(a.columns_dict[name][:rows], b.columns_dict[name][:rows])


# --- the table --------------------------------------------------------------------------------------------------------


def test_form(records):
    assert records.columns == COLUMNS
    assert len(records) == len(records.columns_dict["note"]) == len(records.site)
    assert {values.shape for values in records.columns_dict.values()} == {(len(records),)}
    assert {values.dtype.kind for values in records.columns_dict.values()} == {"O", "f", "i"}
    assert set(records.units) == {*records.columns, *records.truth}
    assert not records.site.any()
    assert records.faults == ()


def test_says_that_it_is_synthetic(records):
    assert records.synthetic is True
    assert all("SYNTHETIC" in text for text in (records.note, repr(records), clinic_records.__doc__))
    assert all(text in clinic_records.__doc__ for text in ("What is unrealistic:", "Measured with", "Source"))


def test_pandas_takes_the_table(records):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(records.columns_dict)
    assert frame.shape == (len(records), len(COLUMNS))
    assert frame["creatinine"].dtype == np.float64
    born = pandas.to_datetime(frame["birth_date"], format="%Y-%m-%d")
    assert born.notna().all()
    assert (born < pandas.to_datetime(frame["visit_date"], format="%Y-%m-%d")).all()


def test_first_rows_are_pinned():
    table = clinic_records.load(3).columns_dict
    assert [table[name][0] for name in ("record_number", "last_name", "birth_date", "zip", "visit_date")] == [
        "1234567",
        "Marrell",
        "1936-04-19",
        "15208",
        "2021-07-20",
    ]
    np.testing.assert_allclose(table["creatinine"][0], 1.41, rtol=1e-6)
    np.testing.assert_allclose(clinic_records.load(3).truth["risk"][0], 0.48163935109621175, rtol=1e-6)


def test_same_seed_same_records_and_a_larger_n_only_adds():
    few, many = clinic_records.load(40, seed=4), clinic_records.load(1010, seed=4)
    same(few, many, len(few))
    np.testing.assert_array_equal(few.truth["risk"], many.truth["risk"][: len(few)])
    assert few.spans == many.spans[: len(few.spans)]
    other = clinic_records.load(40, seed=5)
    assert not set(few.columns_dict["record_number"]) & set(other.columns_dict["record_number"])


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    clinic_records.load(10, dirty=True)
    public_register(clinic_records.load(10))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(("n", "seed", "error"), [(0, 0, ValueError), (5, -1, ValueError), (2.5, 0, TypeError)])
def test_wrong_n_or_seed(n, seed, error):
    with pytest.raises(error, match=r"must be .*Received"):
        clinic_records.load(n, seed)


def test_a_patient_has_one_record_number_and_keeps_name_and_address(records):
    table, patient = records.columns_dict, records.truth["patient"]
    assert len(set(table["record_number"])) == N
    assert len(set(records.patient_id)) == N
    for name in ("record_number", "ssn", "last_name", "birth_date", "street", "zip", "phone", "email", "height_cm"):
        assert len({*zip(patient.tolist(), table[name].tolist(), strict=True)}) == N
    visits = np.bincount(patient)
    np.testing.assert_allclose(np.bincount(visits)[1:] / N, [0.5, 0.3, 0.2], atol=0.05)


def test_visits_stand_in_order_and_at_least_thirty_days_apart(records):
    day = records.columns_dict["visit_date"].astype("M8[D]")
    again = np.diff(records.truth["patient"]) == 0
    gap = np.diff(day)[again].astype(int)
    assert gap.min() >= 30
    assert gap.max() <= 300


def test_age_is_counted_by_birthdays(records):
    for birth, visit, age in list(
        zip(*(records.columns_dict[name] for name in ("birth_date", "visit_date", "age")), strict=True)
    ):
        born, day = (tuple(map(int, date.split("-"))) for date in (birth, visit))
        assert age == day[0] - born[0] - (day[1:] < born[1:])
    assert (records.columns_dict["age"] > 89).sum() > 20


@pytest.mark.parametrize(
    ("column", "form"),
    [
        ("record_number", r"\d{7}"),
        ("ssn", r"000-\d\d-\d{4}"),
        ("phone", r"\(\d{3}\) 555-01\d\d"),
        ("email", r"[a-z]+\.[a-z]+\d{1,2}@example\.org"),
        ("zip", r"\d{5}"),
        ("state", r"[A-Z]{2}"),
        ("birth_date", r"\d{4}-\d\d-\d\d"),
    ],
)
def test_numbers_come_from_ranges_kept_for_fiction(records, column, form):
    assert all(re.fullmatch(form, value) for value in records.columns_dict[column])


def test_some_live_where_three_digits_of_the_zip_code_say_too_much(records):
    small = np.isin([code[:3] for code in records.columns_dict["zip"]], SMALL_ZIP3)
    assert 0.005 < small.mean() < 0.08


def test_risk_is_the_printed_equation_of_the_table(records):
    t = records.columns_dict
    extra = {code: logit for code, _, _, logit in DIAGNOSES}
    d = np.array([extra[code] for code in t["diagnosis"]])
    again = 0.4 * (t["visit_number"] > 1)
    logit = -1.9 + 0.4 * (t["age"] - 62) / 17 + 0.8 * np.log(t["creatinine"]) / 0.35 + d + again
    np.testing.assert_allclose(records.truth["risk"], 1 / (1 + np.exp(-logit)))


def test_risk_is_calibrated_and_the_best_scores_are_those_of_the_module(many):
    risk, y = many.truth["risk"], many.columns_dict["readmitted"]
    for part in np.array_split(np.argsort(risk), 10):
        assert abs(y[part].mean() - risk[part].mean()) < 4 * np.sqrt((risk * (1 - risk))[part].sum()) / len(part)
    score, error = oracle_score(many.truth)
    assert score == pytest.approx(0.746, abs=4 * error)
    assert risk.mean() == pytest.approx(0.209, abs=0.01)


def test_load_data_keeps_all_visits_of_a_patient_together(records, auc, logistic):
    (x_train, y_train), (x_test, y_test) = clinic_records.load_data(N, seed=1)
    assert x_train.shape[1] == len(FEATURES)
    assert len(x_train) + len(x_test) == len(records)
    assert records.truth["patient"][len(x_train) - 1] == 999
    assert records.truth["patient"][len(x_train)] == 1000
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), records.columns_dict["readmitted"])
    np.testing.assert_array_equal(
        x_train[:, FEATURES.index("male")], records.columns_dict["sex"][: len(x_train)] == "M"
    )
    best = auc(y_test, records.truth["risk"][len(x_train) :])
    assert auc(y_test, logistic(x_train.astype(float), y_train, x_test.astype(float))) > best - 0.05


# --- the notes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["records", "dirty"])
def test_every_span_is_the_text_that_it_claims(which, request):
    records = request.getfixturevalue(which)
    note = records.columns_dict["note"]
    assert all(note[row][start:end] == text and text for row, start, end, _, text in records.spans)
    assert {span.row for span in records.spans} == set(range(len(records)))


def test_every_class_of_the_eighteen_occurs_often(records):
    assert len(set(KINDS)) == 18
    kinds, counts = np.unique([span.kind for span in records.spans], return_counts=True)
    assert set(kinds) == set(KINDS)
    assert counts.min() > 100


def test_spans_stand_in_order_and_do_not_overlap(records):
    spans = records.spans
    for a, b in itertools.pairwise(spans):
        assert (a.row, a.end) < (b.row, b.start) or a.row < b.row


def outside_spans(records):
    """Return the notes with the identifiers blanked."""
    rest = [list(note) for note in records.columns_dict["note"]]
    for row, start, end, _, _ in records.spans:
        rest[row][start:end] = "\0" * (end - start)
    return ["".join(note) for note in rest]


def test_nothing_of_the_patient_is_left_outside_the_spans(records):
    table = records.columns_dict
    known = ("first_name", "last_name", "street", "city", "zip", "phone", "email", "ssn", "record_number")
    for i, rest in enumerate(outside_spans(records)):
        for name in known:
            assert not re.search(rf"(?<!\w){re.escape(table[name][i])}(?!\w)", rest), (name, rest)


def test_no_identifier_of_anybody_is_left_outside_the_spans(records):
    rest = "\n".join(outside_spans(records))
    for form in (
        r"\d{5}",
        r"555-01",
        r"@",
        r"http",
        r"192\.0",
        r"Dr\.",
        r"\d\d/\d\d/",
        r"\d{4}-\d\d",
        r"FP:",
        r"TRIAL",
    ):
        assert not re.search(form, rest), form
    assert not re.search(r"(9\d)-year-old", rest)
    assert not set(re.findall(r"\w+", rest)) & {name for names in FIRST_NAMES for name in names}


def test_ages_above_89_are_identifiers_and_others_are_not(records):
    ages = {int(span.text) for span in records.spans if span.text.isdigit() and len(span.text) == 2}
    assert ages
    assert min(ages) >= 90
    assert any(re.search(r"[1-8]\d-year-old", rest) for rest in outside_spans(records))


def test_traps_for_an_eager_rule_are_there(records):
    rest = "\n".join(outside_spans(records))
    assert all(text in rest for text in ("Parkinson's", "3/4", "may return", "will call", "10-15", "since 20"))


# --- the faults -------------------------------------------------------------------------------------------------------


def test_the_answer_key_is_complete(records, dirty):
    """Comparing the two tables finds exactly the cells of the key."""
    n = len(records)
    found = set()
    for name in records.columns:
        clean, seen = records.columns_dict[name], dirty.columns_dict[name][:n]
        found |= {(int(row), name) for row in np.flatnonzero(seen != clean)}
    cells = {(fault.row, fault.column) for fault in dirty.faults if 0 <= fault.row < n}
    assert found == cells
    assert len(cells) == sum(0 <= fault.row < n for fault in dirty.faults)


def test_the_key_gives_the_true_values(records, dirty):
    for fault in dirty.faults:
        if 0 <= fault.row < len(records):
            assert fault.true == records.columns_dict[fault.column][fault.row]
            assert type(fault.true) in (str, float, int)


def test_every_kind_of_fault_occurs(dirty):
    assert {fault.kind for fault in dirty.faults} == set(FAULTS)
    assert [fault.kind for fault in dirty.faults].count("leak_column") == 1


def test_duplicates_repeat_a_row(records, dirty):
    n = len(records)
    twice = [fault for fault in dirty.faults if fault.kind == "duplicate"]
    assert [fault.row for fault in twice] == list(range(n, len(dirty)))
    assert 0.004 < len(twice) / n < 0.02
    for fault in twice:
        assert all(dirty.columns_dict[name][fault.row] == records.columns_dict[name][fault.true] for name in COLUMNS)
        assert dirty.patient_id[fault.row] == records.patient_id[fault.true]


def test_the_leak_is_known_only_afterwards(dirty):
    table = dirty.columns_dict
    leak = next(fault for fault in dirty.faults if fault.kind == "leak_column")
    assert leak[:2] == (-1, "readmission_ward")
    assert set(dirty.units) == {*dirty.columns, *dirty.truth}
    np.testing.assert_array_equal(table[leak.column] != "", table["readmitted"] == 1)


def cells(dirty, kind, column):
    """Return what stands in the cells of one kind of fault, and what belongs there."""
    pairs = [(dirty.columns_dict[column][f.row], f.true) for f in dirty.faults if (f.kind, f.column) == (kind, column)]
    assert len(pairs) > 3, (kind, column)
    return [np.array(part) for part in zip(*pairs, strict=True)]


def test_units(dirty):
    seen, true = cells(dirty, "unit", "creatinine")
    np.testing.assert_allclose(seen / true, 88.42, rtol=0.03)
    seen, true = cells(dirty, "unit", "glucose")
    np.testing.assert_allclose(true / seen, 18.016, rtol=0.03)
    assert set(dirty.columns_dict["creatinine_unit"]) == {"mg/dl"}


def test_sentinels_slips_and_gaps(dirty):
    assert set(cells(dirty, "sentinel", "weight_kg")[0].tolist()) == {-1, 999}
    seen, true = cells(dirty, "decimal", "potassium")
    np.testing.assert_allclose(seen, 10 * true)
    assert np.isnan(cells(dirty, "missing", "creatinine")[0]).all()
    assert cells(dirty, "missing", "sbp")[1].mean() > np.nanmean(dirty.columns_dict["sbp"]) + 8  # mnar: the high ones


def test_dates(dirty):
    assert all(date.endswith("-02-30") for date in cells(dirty, "impossible_date", "visit_date")[0])
    assert all(date.startswith("2091") for date in cells(dirty, "impossible_date", "birth_date")[0])
    for seen, true in zip(*cells(dirty, "date_format", "visit_date"), strict=True):
        assert seen == f"{true[5:7]}/{true[8:]}/{true[:4]}"


def test_spellings_and_typos(dirty):
    for column in ("sex", "city", "diagnosis"):
        seen, true = cells(dirty, "spelling", column)
        assert (seen != true).all()
    seen, true = cells(dirty, "typo", "last_name")
    assert all(sorted(a) == sorted(b) for a, b in zip(seen, true, strict=True))


def test_swapped_columns_are_swapped_in_pairs(dirty):
    swapped = {(f.row, f.column): f.true for f in dirty.faults if f.kind == "swapped"}
    for (row, column), true in swapped.items():
        other = {"height_cm": "weight_kg", "weight_kg": "height_cm"}[column]
        assert dirty.columns_dict[other][row] == true
        assert (row, other) in swapped


def test_faults_of_the_first_patients_stay_when_more_are_added():
    few, many = clinic_records.load(40, seed=4, dirty=True), clinic_records.load(400, seed=4, dirty=True)
    rows = len(clinic_records.load(40, seed=4))
    same(few, many, rows)


# --- the public list --------------------------------------------------------------------------------------------------


def keys(table, names):
    return list(zip(*(table[name].tolist() for name in names), strict=True))


def test_the_list_tells_who_is_whom(records):
    register = public_register(records)
    assert len(register) == round(0.6 * N) + 3 * N
    assert "SYNTHETIC" in register.note
    listed = register.patient[register.patient >= 0]
    assert len(listed) == len(set(listed.tolist())) == round(0.6 * N)
    first = {int(p): i for i, p in reversed(list(enumerate(records.truth["patient"])))}
    for row in np.flatnonzero(register.patient >= 0):
        for name in register.columns:
            assert register.columns_dict[name][row] == records.columns_dict[name][first[int(register.patient[row])]]


def test_the_list_is_in_the_order_of_the_names(records):
    names = keys(public_register(records).columns_dict, ("last_name", "first_name"))
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("names", "least", "most"), [(("zip", "birth_date", "sex"), 0.97, 1), (("state", "sex"), 0, 0)]
)
def test_linkage(records, names, least, most):
    """ZIP code, birth date and sex find nearly everybody on the list; state and sex nobody."""
    register = public_register(records)
    there: dict[tuple, list[int]] = {}
    for key, patient in zip(keys(register.columns_dict, names), register.patient, strict=True):
        there.setdefault(key, []).append(int(patient))
    found = {
        int(patient)
        for key, patient in zip(keys(records.columns_dict, names), records.truth["patient"], strict=True)
        if there.get(key) == [int(patient)]
    }
    assert least <= len(found) / (register.patient >= 0).sum() <= most


def test_the_same_list_for_the_same_records(records):
    a, b = public_register(records), public_register(clinic_records.load(N, seed=1))
    np.testing.assert_array_equal(a.patient, b.patient)
    assert len(public_register(records, share=0, others=0.5)) == N // 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"share": 1.5}, ValueError, "share must be from 0 to 1"),
        ({"share": None}, TypeError, "share must be a number"),
        ({"others": -1}, ValueError, "others must be from 0"),
        ({"others": float("nan")}, ValueError, "others must be from 0"),
    ],
)
def test_lists_that_cannot_be(records, options, error, message):
    with pytest.raises(error, match=message):
        public_register(records, **options)


def test_the_list_wants_clean_records(records, dirty):
    with pytest.raises(TypeError, match=r"public_register\(load\(2000\)\)"):
        public_register(records.columns_dict)
    with pytest.raises(ValueError, match="clean records"):
        public_register(dirty)


def test_no_two_patients_share_a_social_security_number(many):
    table = many.columns_dict
    of_patient = {(number, ssn) for number, ssn in zip(table["record_number"], table["ssn"], strict=True)}
    assert len({ssn for _, ssn in of_patient}) == len(of_patient) == 4000


def test_who_finds_a_number_taken_gets_the_next(monkeypatch):
    assert different(np.array([5, 5, 6, 5])) == [5, 6, 7, 8]
    monkeypatch.setattr(clinic_writing, "SERIALS", 3)
    assert different(np.array([2, 2, 1, 0])) == [2, 0, 1, 0]  # no more than there are
