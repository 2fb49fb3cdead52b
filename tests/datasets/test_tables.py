"""tables: every dialect it must read, the traps of the real files, and what it must refuse with line and column."""

import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, tables
from edunet.datasets.tables_sets import SETS

REAL = Path(__file__).parents[2].parent / "shared/data"

WARD = "age,sex,crp,died\n61,f,3.5,0\n48,m,?,1\n77,f,120,1\n"
ARFF = """% a comment
@relation 'small ward'
@attribute 'serum creatinine' numeric
@ATTRIBUTE rbc { normal, abnormal }
@attribute note string
@attribute day date "yyyy-MM-dd"
@attribute class {well,'very ill'}

@data
1.2, normal,\t'all, fine',2020-01-02,well
?,\tabnormal ,\tweak,?,'very ill'
3.4,?,'it\\'s late',1970-01-01,well,
"""


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def write(folder, text, name="ward.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_numbers_words_and_gaps(tmp_path):
    table = tables.load(write(tmp_path, WARD), target="died")
    assert table.columns == ("age", "sex", "crp")
    assert table.categories == {"sex": ("f", "m")}
    np.testing.assert_array_equal(table.x, [[61, 0, 3.5], [48, 1, np.nan], [77, 0, 120]])
    assert table.x.dtype == np.float64
    assert table.y.tolist() == [0, 1, 1]
    assert table.y.dtype == np.int64
    assert table.missing == {"age": 0, "sex": 0, "crp": 1, "died": 0}
    assert table.column("sex").tolist() == ["f", "m", "f"]
    assert len(table) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_every_delimiter_is_found(tmp_path, delimiter):
    table = tables.load(write(tmp_path, WARD.replace(",", delimiter)))
    assert table.x.shape == (3, 4)
    assert table.columns == ("age", "sex", "crp", "died")


def test_blanks_of_any_number(tmp_path):
    table = tables.load(write(tmp_path, "  1   2 3 \n4 ?   6\n\n 7  8\t9", "a.data"))
    np.testing.assert_array_equal(table.x, [[1, 2, 3], [4, np.nan, 6], [7, 8, 9]])
    assert table.columns == ("column_1", "column_2", "column_3")


def test_decimal_commas(tmp_path):
    path = write(tmp_path, "crp;k\n3,5;4,1\n12,25;?\n")
    np.testing.assert_array_equal(tables.load(path, decimal=",").x, [[3.5, 4.1], [12.25, np.nan]])
    with pytest.raises(ValueError, match=r"line 2, column 'crp': '3,5' has a decimal comma.*decimal=','"):
        tables.load(path)


def test_quotes_windows_lines_and_a_byte_order_mark(tmp_path):
    text = '\ufeff"age","word"\r\n"61","a, ""b"""\r\n"48","two\r\nlines"\r\n'
    table = tables.load(write(tmp_path, text))
    assert table.columns == ("age", "word")
    assert table.column("word").tolist() == ['a, "b"', "two\nlines"]


def test_no_header_and_names_of_ones_own(tmp_path):
    path = write(tmp_path, "61,0\n48,1\n")
    assert tables.load(path).columns == ("column_1", "column_2")
    table = tables.load(path, columns=["age", "died"], target="died")
    assert (table.columns, table.y.tolist()) == (("age",), [0, 1])


def test_header_of_numbers_and_words_without_a_header(tmp_path):
    path = write(tmp_path, "1,2\n61,48\n")
    assert tables.load(path, header=True).columns == ("1", "2")
    assert len(tables.load(write(tmp_path, "f,ill\nm,well\n"), header=False)) == 2


def test_a_header_without_a_name(tmp_path):
    assert tables.load(write(tmp_path, ",age\n5,61\n2,48\n")).columns == ("column_1", "age")


def test_words_that_look_like_numbers_and_ids(tmp_path):
    path = write(tmp_path, "case,age,icd\n007,61,250\n007,62,401\n12,48,250\n")
    table = tables.load(path, words=["icd"], patient_id="case")
    assert table.categories["icd"] == ("250", "401")
    assert table.columns == ("age", "icd")
    assert table.patient_id.tolist() == ["007", "007", "12"]


def test_a_target_of_words_or_with_gaps(tmp_path):
    path = write(tmp_path, "age,end,stay\n61,home,3\n48,died,?\n50,home,2.5\n")
    table = tables.load(path, target="end")
    assert (table.y.tolist(), table.class_names) == ([1, 0, 1], ("died", "home"))
    assert np.isnan(tables.load(path, target="stay").y[1])


def test_missing_marks_of_ones_own(tmp_path):
    path = write(tmp_path, "a,b\n-9,2\n1,?\n")
    assert np.isnan(tables.load(path, missing=["-9", "?"]).x).sum() == 2
    assert np.isnan(tables.load(path).x).sum() == 1


def test_arff(tmp_path):
    table = tables.load(write(tmp_path, ARFF, "ward.arff"), target="class")
    assert table.columns == ("serum creatinine", "rbc", "note", "day")
    np.testing.assert_array_equal(table.x[:, 0], [1.2, np.nan, 3.4])
    assert table.column("rbc").tolist() == ["normal", "abnormal", ""]
    assert table.column("note").tolist() == ["all, fine", "weak", "it's late"]
    np.testing.assert_array_equal(table.x[:, 3], [1577923200, np.nan, 0])  # seconds since 1970
    assert (table.y.tolist(), table.class_names) == ([0, 1, 0], ("well", "very ill"))


def test_arff_values_that_say_the_same_number(tmp_path):
    text = "@relation r\n@attribute sg {1.005,1.010}\n@data\n1.01\n1.005\n"
    table = tables.load(write(tmp_path, text, "a.arff"))
    assert table.x[:, 0].tolist() == [1, 0]
    assert table.categories["sg"] == ("1.005", "1.010")


def test_checksum(tmp_path):
    path = write(tmp_path, WARD)
    assert len(tables.load(path, checksum=hashlib.sha256(path.read_bytes()).hexdigest())) == 3
    with pytest.raises(ValueError, match="damaged or another version"):
        tables.load(path, checksum="0" * 32)


def test_licence_of_a_known_set_is_printed_once(tmp_path, capsys):
    path = write(tmp_path, "6,148,72,35,0,33.6,0.627,50,1\n1,85,66,29,0,26.6,0.351,31,0\n", "pima-indians-diabetes.csv")
    table = tables.load(path)
    assert "Smith" in capsys.readouterr().out
    tables.load(path)
    assert capsys.readouterr().out == ""
    assert (table.target, table.y.tolist(), table.columns[1]) == ("diabetes", [1, 0], "glucose")
    assert tables.load(path, target="").y is None


def test_a_known_name_with_other_columns_is_another_set(tmp_path, capsys):
    table = tables.load(write(tmp_path, WARD, "horse-colic.csv"))
    assert table.y is None
    assert "unknown" in table.licence
    assert capsys.readouterr().out == ""


# --- the real files ---------------------------------------------------------------------------------------------------


def real(name):
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"the real file is not beside the repository (shared/data/{name})")
    return tables.load(path)


@pytest.mark.parametrize(
    ("name", "shape", "counts", "missing"),
    [
        ("tabular/breast-cancer-wisconsin.data", (699, 9), [458, 241], 16),
        ("tabular/pima-indians-diabetes.csv", (768, 8), [500, 268], 0),
        ("tabular/hcvdat0.csv", (615, 12), [533, 7, 24, 21, 30], 31),
        ("tabular/chronic_kidney_disease_full.arff", (400, 24), [150, 250], 1012),
        ("tabular/heart_failure_clinical_records_dataset.csv", (299, 12), [203, 96], 0),
        ("tabular/processed.cleveland.data", (303, 13), [164, 55, 36, 35, 13], 6),
    ],
)
def test_real_counts(name, shape, counts, missing):
    table = real(name)
    assert table.x.shape == shape
    assert np.bincount(table.y).tolist() == counts
    assert sum(table.missing.values()) == missing
    assert table.name in SETS


def test_real_repeated_patients():
    ids = real("tabular/breast-cancer-wisconsin.data").patient_id
    names, times = np.unique(ids, return_counts=True)
    assert len(ids) - len(names) == 54
    assert (times > 1).sum() == 46


def test_real_zeros_that_mean_missing():
    table = real("tabular/pima-indians-diabetes.csv")
    names = ("glucose", "blood_pressure", "skin_thickness", "insulin", "bmi")
    assert [int((table.column(name) == 0).sum()) for name in names] == [5, 35, 227, 374, 11]
    assert "mean missing" in table.note


def test_real_horses():
    table = real("tabular/horse-colic.csv")
    assert table.x.shape == (300, 26)
    assert round(sum(table.missing.values()) / (300 * 28), 2) == 0.19
    assert np.isnan(table.y).sum() == 1


@pytest.mark.parametrize(
    ("name", "rows", "patients"),
    [("pbc", 418, 418), ("pbcseq", 1945, 312), ("rotterdam", 2982, 2982)],
)
def test_real_courses(name, rows, patients):
    table = real(f"longitudinal/{name}.csv")
    assert (len(table), len(np.unique(table.patient_id))) == (rows, patients)


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WARD.replace("?", "high").replace("3,", "3.0,"), r"line 3, column 'crp': 'high' is not a number, but 2 other"),
        (WARD.replace("120", "1e999"), r"line 4, column 'crp': '1e999' is not a finite number"),
        (WARD.replace("120", "inf"), r"line 4, column 'crp': 'inf' is not a finite number"),
        (WARD.replace("48,m", "48"), r"line 3: 3 cells, expected 4\. It begins '48"),
        (WARD.replace("48", "48,4"), r"line 3: 5 cells, expected 4"),
        (WARD.replace("crp", "age"), r"columns 1 and 3 are both called 'age'"),
        (WARD.replace("48,m", '48,"m'), r"line 3: a quotation mark .* not closed"),
        (WARD.replace("48,m", '48,"m"x'), r"line 3: "),
        (WARD.replace("48", "4\0"), r"line 3: holds a NUL"),
        (WARD.encode().replace(b"48", b"\xe9"), r"line 3: byte 1 is not UTF-8"),
        ("age,sex\n", "no rows of data"),
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("<!DOCTYPE html><html>", "a web page"),
        (b"PK\x03\x04....", "Excel"),
        (b"\x1f\x8b....", "gzip"),
    ],
    ids=str,
)
def test_what_is_no_sound_table(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        tables.load(write(tmp_path, text))
    assert "ward.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\tabnormal", "abnormel", r"line 11, column 'rbc': 'abnormel' is none of the declared .* mean 'abnormal'"),
        ("2020-01-02", "2.1.2020", r"line 10, column 'day': '2\.1\.2020' is not a date"),
        ("1.2,", "{0 1.2},", r"line 10: a sparse row.*SparseToNonSparse"),
        ("@data", "", r"line 10: .*neither @relation, @attribute nor @data"),
        ("numeric", "relational", r"line 3, column 'serum creatinine': the type 'relational'"),
        ("'all, fine'", "'all, fine", r"line 10, column 3: quotes that are not closed"),
        ("yyyy-MM-dd", "EEE w", r"line 6: the date pattern 'EEE w'"),
        ("@relation", "relation", r"line 2: .* is neither @relation"),
        ("3.4,", "three,", r"line 12, column 'serum creatinine': 'three' is not a number"),
    ],
)
def test_what_is_no_sound_arff(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=message):
        tables.load(write(tmp_path, ARFF.replace(old, new, 1), "ward.arff"))


def test_a_column_that_is_not_there(tmp_path):
    path = write(tmp_path, WARD)
    with pytest.raises(ValueError, match=r"no column 'dead'\. Did you mean 'died'\?"):
        tables.load(path, target="dead")
    with pytest.raises(ValueError, match="There is no column 'kind'"):
        tables.load(path, words=["kind"])
    with pytest.raises(ValueError, match="columns= names 2 columns, the file has 4"):
        tables.load(path, columns=["age", "sex"])


@pytest.mark.parametrize("options", [{"columns": "age"}, {"words": "sex"}, {"missing": [0]}, {"target": 3}])
def test_arguments_of_another_type(tmp_path, options):
    with pytest.raises(TypeError, match="Received"):
        tables.load(write(tmp_path, WARD), **options)


def test_arguments_of_another_value(tmp_path):
    with pytest.raises(ValueError, match="delimiter is one character"):
        tables.load(write(tmp_path, WARD), delimiter="::")
    with pytest.raises(ValueError, match="decimal is"):
        tables.load(write(tmp_path, WARD), decimal=":")


def test_a_class_that_the_set_does_not_have(tmp_path):
    path = write(tmp_path, "1,2,3,4,5,6,7,8,2\n1,2,3,4,5,6,7,8,1\n", "pima-indians-diabetes.csv")
    with pytest.raises(ValueError, match=r"column 'diabetes': holds '2'; expected 0, 1"):
        tables.load(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"," * 10_000_000,
        b"1," * 10_000_000,
        b'"' + b"a,\n" * 1_000_000,
        b"a" * 20_000_000,
        b"1\n" * 3 + b"9" * 20_000_000,
    ],
    ids=["ten million gaps", "ten million columns", "open quote", "endless word", "endless number"],
)
@pytest.mark.parametrize("name", ["a.csv", "a.arff"])
def test_hostile_files_take_bounded_memory(tmp_path, raw, name):
    path = write(tmp_path, (b"@attribute a numeric\n@data\n" if name == "a.arff" else b"") + raw, name)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=rf"{name}, line"):
            tables.load(path)
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["ward.csv", "ward.arff"])
def test_damaged_files_give_a_table_or_one_sentence(tmp_path, mutations, name):
    raw = ARFF.encode() if name == "ward.arff" else WARD.encode() * 2
    read = 0
    for content in mutations(raw, 400):
        try:
            table = tables.load(write(tmp_path, content, name))
        except ValueError as error:
            assert name in str(error)  # noqa: PT017
            assert len(str(error)) < 1500  # noqa: PT017
        else:
            assert table.x.shape == (len(table), len(table.columns))
            read += 1
    assert read > 0
