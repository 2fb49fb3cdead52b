"""tables: files that other readers take in silence and read wrong; here each gets the right table or one sentence."""

import tracemalloc

import numpy as np
import pytest

from edunet.datasets import files, tables, tables_csv


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def write(folder, text, name="ward.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path, message, **options):
    with pytest.raises(ValueError, match=message) as caught:
        tables.load(path, **options)
    assert path.name in str(caught.value)
    assert len(str(caught.value)) < 1500


# --- numbers with words among them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["None", "-", ".", "<5", "n.d.", "below", "\u22124"])
def test_numbers_that_are_fewer_than_the_words(tmp_path, gap):
    text = "age,troponin\n" + "".join(f"{40 + i},{gap if i % 5 else 9 + i}\n" for i in range(30))
    path = write(tmp_path, text)
    refused(path, r"line 3, column 'troponin': .* is not a number, but 6 other cells are.*words=\['troponin'\]")
    assert np.isnan(tables.load(path, missing=[*tables.MISSING, gap]).x[:, 1]).sum() == 24
    assert tables.load(path, words=["troponin"]).categories["troponin"][0] in (gap, "14")


@pytest.mark.parametrize("gap", ["#N/A", "<NA>", "na"])
def test_more_gaps(tmp_path, gap):
    table = tables.load(write(tmp_path, f"age,crp\n61,{gap}\n48,3\n50,{gap}\n"))
    assert table.missing["crp"] == 2


def test_the_error_names_every_word_among_the_numbers(tmp_path):
    refused(write(tmp_path, "age,crp\n61,-\n48,3\n50,None\n"), r"missing=\[\*tables.MISSING, '-', 'None'\]")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (('"150,000"', '"98,000"'), r"line 2, column 'plt': '150,000' .* commas between thousands.*decimal=','"),
        (('"1,250,000"', '"98,000"'), r"line 2, column 'plt': '1,250,000' .* commas between thousands"),
        (('"0,5"', '"12,25"'), r"line 2, column 'plt': '0,5' has a decimal comma.*decimal=','"),
        (("12%", "15 %"), r"line 2, column 'plt': '12%' .* percent"),
        (("150'000", "98'000"), r"line 2, column 'plt': .* thousands"),
        (("high", '"0,5"'), r"line 3, column 'plt': '0,5' has a decimal comma"),
    ],
)
def test_numbers_in_another_writing_are_no_words(tmp_path, cells, message):
    path = write(tmp_path, f"age,plt\n50,{cells[0]}\n60,{cells[1]}\n")
    refused(path, message)
    assert len(tables.load(path, words=["plt"]).categories["plt"]) == 2


def test_bounds_and_classes_are_words(tmp_path):
    table = tables.load(write(tmp_path, "n,creatinine,size\n1,< 50,20-50\n2,>= 50,<=20\n"))
    assert table.categories == {"creatinine": ("< 50", ">= 50"), "size": ("20-50", "<=20")}


@pytest.mark.parametrize("cell", ["150.000", "1.250,5", "7.5"])
def test_a_point_where_the_comma_is_decimal(tmp_path, cell):
    path = write(tmp_path, f"a;thrombo;leuko\n50;98;7,5\n60;{cell};4,2\n")
    refused(path, rf"line 3, column 'thrombo': '{cell}' has a point, but decimal=','", decimal=",")


def test_dates_stay_words_where_the_comma_is_decimal(tmp_path):
    table = tables.load(write(tmp_path, "a;day\n7,5;01.02.2020\n"), decimal=",")
    assert table.categories == {"day": ("01.02.2020",)}


def test_words_that_differ_in_capitals_alone(tmp_path):
    path = write(tmp_path, "a,t\n1,True\n2,False\n3,TRUE\n")
    refused(path, r"line 4, column 't': 'TRUE' and 'True' differ in capitals alone.*words=\['t'\]", target="t")
    assert tables.load(path, target="t", words=["t"]).class_names == ("False", "TRUE", "True")


# --- numbers of rows, ids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ['""', "rownames", "Unnamed: 0"])
@pytest.mark.parametrize("numbers", [(1, 2, 3), (0, 1, 2), (3, 1, 2)])
def test_numbers_of_rows_are_left_out(tmp_path, capsys, name, numbers):
    text = f"{name},age,died\n" + "".join(f"{n},{60 + n},{n % 2}\n" for n in numbers)
    table = tables.load(write(tmp_path, text), target="died")
    assert table.columns == ("age",)
    assert "rownames" not in table.missing
    assert "ward.csv, column 1" in capsys.readouterr().out
    kept = tables.load(tmp_path / "ward.csv", columns=["bed", "age", "died"])
    assert kept.columns == ("bed", "age", "died")


@pytest.mark.parametrize("cells", [(1, 1, 2), (4, 9, 5), (0.5, 1, 2)])
def test_a_column_without_a_name_that_does_not_count_rows_is_kept(tmp_path, capsys, cells):
    text = ",age\n" + "".join(f"{cell},61\n" for cell in cells)
    assert tables.load(write(tmp_path, text)).columns == ("column_1", "age")
    assert ("all different; kept in x" in capsys.readouterr().out) == (cells == (4, 9, 5))


def test_numbers_of_rows_as_ids(tmp_path):
    table = tables.load(write(tmp_path, "rownames,age\n1,61\n2,62\n"), patient_id="rownames")
    assert (table.columns, table.patient_id.tolist()) == (("age",), ["1", "2"])


def test_the_official_hcv_file_is_known(tmp_path, capsys):
    names = '"","Category","Age","Sex","ALB","ALP","ALT","AST","BIL","CHE","CHOL","CREA","GGT","PROT"\n'
    rows = '"1","0=Blood Donor",32,"m",38.5,52.5,7.7,22.1,7.5,6.93,3.23,106,12.1,69\n'
    rows += '"2","1=Hepatitis",33,"f",38.5,NA,7.7,22.1,7.5,6.93,3.23,106,12.1,69\n'
    table = tables.load(write(tmp_path, names + rows, "hcvdat0.csv"))
    assert (table.name, table.target, table.y.tolist(), table.x.shape) == ("hcv", "Category", [0, 2], (2, 12))
    assert "Lichtinghagen" in capsys.readouterr().out


def test_wdbc_is_known(tmp_path):
    rows = "".join(
        f"{842302 + i},{'MB'[i % 2]}," + ",".join(str(10.1 + k + i) for k in range(30)) + "\n" for i in (0, 1)
    )
    table = tables.load(write(tmp_path, rows, "wdbc.data"))
    assert (table.x.shape, table.y.tolist(), table.class_names) == ((2, 30), [1, 0], ("benign", "malignant"))
    assert table.patient_id.tolist() == ["842302", "842303"]
    assert (table.columns[0], table.columns[-1]) == ("radius_mean", "fractal_dimension_worst")


def test_hepatitis_is_known(tmp_path):
    rows = "2,30,2,1,2,2,2,2,1,2,2,2,2,2,1.00,85,18,4.0,?,1\n1,50,1,1,2,1,2,2,1,2,2,2,2,2,0.90,135,42,3.5,?,1\n"
    table = tables.load(write(tmp_path, rows, "hepatitis.data"))
    assert (table.target, table.y.tolist(), table.class_names) == ("class", [1, 0], ("died", "lived"))


@pytest.mark.parametrize("name", ["diabetes.csv", "pima-indians-diabetes.csv"])
def test_pima_with_a_header_is_known(tmp_path, name):
    header = "Pregnancies,Glucose,BloodPressure,SkinThickness,Insulin,BMI,DiabetesPedigreeFunction,Age,Outcome\n"
    rows = "6,148,72,35,0,33.6,0.627,50,1\n1,85,66,29,0,26.6,0.351,31,0\n"
    table = tables.load(write(tmp_path, header + rows, name))
    assert (table.target, table.y.tolist(), table.x.shape) == ("Outcome", [1, 0], (2, 8))
    assert "mean missing" in table.note


def test_another_table_called_diabetes_is_not_known(tmp_path):
    table = tables.load(write(tmp_path, "a,b,c,d,e,f,g,h,i\n1,2,3,4,5,6,7,8,9\n", "diabetes.csv"))
    assert "unknown" in table.licence


IDS = "@relation r\n@attribute id numeric\n@attribute a numeric\n@data\n9007199254740993,1\n9007199254740992,2\n007,3\n"


def test_ids_of_arff_keep_their_text(tmp_path):
    table = tables.load(write(tmp_path, IDS, "id.arff"), patient_id="id")
    assert table.patient_id.tolist() == ["9007199254740993", "9007199254740992", "007"]
    assert tables.load(tmp_path / "id.arff", words=["a"]).categories == {"a": ("1", "2", "3")}


@pytest.mark.parametrize("name", ["id.csv", "id.arff"])
def test_a_patient_without_an_id(tmp_path, name):
    text = (
        "id,a\nNA,1\n\n,2\nx,3\n" if name == "id.csv" else IDS.replace("\n007", "\n?").replace("9007199254740993", "")
    )
    lines = "2, 4" if name == "id.csv" else "5, 7"
    refused(write(tmp_path, text, name), rf"column 'id': no id in 2 rows \(lines {lines}\)", patient_id="id")


# --- the first line, the delimiter ------------------------------------------------------------------------------------

SPLICE = "EI,ATRINS-DONOR-521,  CCAGCTGCAT\nEI,ATRINS-DONOR-905,  AGACCCGCCG\nN,BABAPOE-DONOR-30,  GAGGTGAAGG\n"


def test_a_first_line_of_words_above_words_may_be_a_patient(tmp_path):
    path = write(tmp_path, SPLICE, "splice.data")
    refused(path, r"line 1: names of columns or a first patient\?.*header=False.*header=True")
    assert tables.load(path, header=False).x.shape == (3, 3)
    assert tables.load(path, header=True).x.shape == (2, 3)


def test_ids_and_codes_of_digits_show_that_the_first_line_holds_names(tmp_path):
    path = write(tmp_path, "id,drug\n007,aspirin\n012,heparin\n")
    assert tables.load(path, patient_id="id").columns == ("drug",)
    assert tables.load(path, words=["id"]).categories["id"] == ("007", "012")


@pytest.mark.parametrize("first", ["0,1,2", ",0,1", "label,0,1", "country,1990,1991", "patient,0,14"])
def test_a_first_line_that_counts_may_be_names(tmp_path, first):
    path = write(tmp_path, f"{first}\n7,2,3\n8,4,5\n")
    refused(path, r"line 1: names of columns or a first patient\?.*header=False.*header=True")
    assert len(tables.load(path, header=True)) == 2


def test_a_first_line_with_a_gap_among_words(tmp_path):
    path = write(tmp_path, "AGE,NA,K\n61,140,4\n48,138,3.9\n")
    refused(path, "line 1: names of columns or a first patient")
    assert tables.load(path, header=True).columns == ("AGE", "NA", "K")


@pytest.mark.parametrize(
    ("text", "name", "shape"),
    [
        ("".join(f"{41 + i},F,f,f,1.3,2.5,negative.|{3733 + i}\n" for i in range(30)), "thyroid.data", (30, 7)),
        ('key,age,"codes;more"\n' + "".join(f'{i},50,"I{i};E11;E12"\n' for i in range(9)), "codes.csv", (9, 3)),
        ("3,5;4,1\n12,25;7,0\n", "comma.csv", (2, 2)),
        ('key|note\n1|"a|b|c"\n2|"d|e|f"\n', "bar.csv", (2, 2)),
    ],
)
def test_the_delimiter_outside_of_quotes_that_gives_more_columns(tmp_path, text, name, shape):
    decimal = "," if name == "comma.csv" else "."
    table = tables.load(write(tmp_path, text, name), decimal=decimal, header=text.startswith("key"))
    assert table.x.shape == shape


def test_half_a_quotation_mark(tmp_path):
    path = write(tmp_path, "a,b\n5'10\",3\n6,2\n")
    refused(path, r"line 2, column 1: .* half a quotation mark.*delimiter=")
    assert tables.load(path, delimiter=",", words=["a"]).x.shape == (2, 2)


# --- causes that the error names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# made by me\nage,sex\n1,2\n", "line 1: begins with '#'"),
        ("% made by me\nage,sex\n1,2\n", "line 1: begins with '%'"),
        ("sep=;\nage;sex\n1;2\n3;4\n", "line 1: .*Excel.*delimiter=';'"),
        ('"age" "sex"\n"1" 50 1\n"2" 60 0\n', r"line 2: .*one cell more than the header.*row\.names"),
        ("age,sex\r1,2\r3,4\r", "carriage return"),
        ("@relation r\n@attribute a numeric\n@data\n1\n", r"\.arff"),
        ("age,gr\xf6\xdfe\n1,2\n".encode("latin-1"), "line 1: byte 7 is not UTF-8.*encoding='latin-1'"),
        ("age,sex\n1,2\n".encode("utf-16"), "encoding='utf-16'"),
        ("age,sex\n1,2\n".encode("utf-16-le"), "line 1: holds a NUL.*encoding='utf-16-le'"),
    ],
)
def test_causes(tmp_path, text, message):
    refused(write(tmp_path, text), message)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("name", ["a.csv", "a.arff"])
def test_encodings(tmp_path, encoding, name):
    text = "größe,age\n1,2\n" if name == "a.csv" else "@relation r\n@attribute größe numeric\n@data\n1\n"
    table = tables.load(write(tmp_path, text.encode(encoding), name), encoding=encoding)
    assert table.columns[0] == "größe"


def test_damaged_files_in_other_encodings(tmp_path, mutations):
    for k, content in enumerate(mutations("größe;sex;kg\n1,5;f;12\n2,5;m;?\n".encode("utf-16"), 200)):
        encoding = ("utf-16", "utf-16-le", "latin-1", "utf-8")[k % 4]
        try:
            tables.load(write(tmp_path, content), encoding=encoding, decimal=",")
        except ValueError as error:
            assert "ward.csv" in str(error)  # noqa: PT017


def test_wrong_encodings(tmp_path):
    with pytest.raises(ValueError, match="encoding is the name.*'latin-1'"):
        tables.load(write(tmp_path, "a\n1\n"), encoding="klingon")
    refused(write(tmp_path, b"a,b\n1,\xff\n"), "cannot be read as ascii", encoding="ascii")
    refused(write(tmp_path, "a,b\n1,2\n"), "cannot be read as utf-16", encoding="utf-16")


def test_a_name_of_arff_whose_quotes_are_open(tmp_path):
    refused(
        write(tmp_path, "@relation r\n@attribute 'a numeric\n@data\n1\n", "a.arff"), "line 2: .*expected @attribute"
    )


def test_words_before_numbers_and_after_them_are_refused_alike(tmp_path):
    for cells, line in ((("n.d.", "1.5", "2"), 2), (("1.5", "2", "n.d."), 4), (("", "n.d.", "1e3"), 3)):
        path = write(tmp_path, "a,b\n" + "".join(f"{cell},1\n" for cell in cells))
        refused(path, rf"line {line}, column 'a': 'n\.d\.' is not a number, but [12] other")


def test_weights_of_arff(tmp_path):
    path = write(tmp_path, "@relation r\n@attribute a numeric\n@data\n1,{5}\n", "a.arff")
    refused(path, "line 4, column 2: .*a weight of the row")


@pytest.mark.parametrize("pattern", ["yyyy-MM-dd yyyy", "-" * 1000])
def test_date_patterns(tmp_path, pattern):
    path = write(tmp_path, f'@relation r\n@attribute a date "{pattern}"\n@data\n2020\n', "a.arff")
    refused(path, "line 2: the date pattern")


# --- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b'"a","b"' + b",1" * 2_000_000,
        b"1 " * 2_000_000,
        b"1\x0b" * 2_000_000,
        b"@relation r\n@attribute a string\n@data\n'" + b"a" * 8_000_000,
        b"@relation r\n@attribute a {" + b"v," * 2_000_000 + b"w}\n@data\nv\n",
    ],
    ids=["quotes", "blanks", "vertical tabs", "open quote", "words"],
)
def test_wide_files_take_bounded_memory(tmp_path, raw):
    path = write(tmp_path, raw, "a.arff" if raw.startswith(b"@") else "a.csv")
    tracemalloc.start()
    try:
        refused(path, "line")
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_row_over_many_lines_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(tables_csv, "MAX_COLUMNS", 100)
    refused(write(tmp_path, '"a\n",' * 300 + "1\n"), "line 202: more than 100 cells")
    assert tables.load(write(tmp_path, '"a\n",1\n' * 300), header=False).x.shape == (300, 2)


@pytest.mark.parametrize("options", [{"target": "b"}, {"words": ["b"]}, {}])
def test_errors_are_plain_text(tmp_path, options):
    path = write(tmp_path, "\x1b[31mred,\x1b[2J" + "y" * 5000 + ",q\n1,2,x\n2,3,4\n")
    with pytest.raises(ValueError, match="ward|column") as caught:
        tables.load(path, **options)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize("name", ["Id", "PassengerId", "patient_id", "No."])
def test_ids_that_number_the_rows_are_no_measurement(tmp_path, capsys, name):
    path = write(tmp_path, f"{name},age,kind\n" + "".join(f"{k},{50 - k},{k // 5}\n" for k in range(1, 10)))
    assert tables.load(path, target="kind").columns == ("age",)
    assert "the numbers of the rows; left out" in capsys.readouterr().out
    assert tables.load(path, target="kind", patient_id=name).patient_id[:2].tolist() == ["1", "2"]
