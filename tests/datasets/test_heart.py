"""heart: the four hospitals' forms, a fifth hospital, and copies that were coded anew."""

from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, heart

REAL = Path(__file__).parents[2].parent / "shared/data/tabular/processed.cleveland.data"
CLEVELAND = "63.0,1.0,1.0,145.0,233.0,1.0,2.0,150.0,0.0,2.3,3.0,0.0,6.0,0\n67,1,4,160,286,0,2,108,1,1.5,2,?,3,2\n"
HUNGARIAN = "28,1,2,130,132,0,2,185,0,0,?,?,?,0\n34,0,2,130,161,0,0,190,0,0,?,?,?,1\n"
BLANKS = "40 1 2 140 289 0 0 172 0 0 -9 -9 -9 0\n49 0 3 160 180 0 0 156 0 1 2 -9 -9 1\n"
SWITZERLAND = "32,1,1,95,0,?,0,127,0,.7,1,?,?,1\n34,1,4,115,0,?,?,154,0,.2,1,?,?,1\n35,1,4,?,0,?,0,130,1,-1.1,?,?,7,3\n"
VA = "63,1,4,140,260,0,1,112,1,3,2,?,?,2\n44,1,4,0,209,0,1,127,0,0,?,?,?,0\n"


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def write(folder, text, name="processed.cleveland.data"):
    path = folder / name
    path.write_text(text)
    return path


def gaps(data):
    return {name: n for name, n in data.missing.items() if n}


@pytest.mark.parametrize(
    ("name", "text", "site", "y", "missing", "zeros"),
    [
        ("processed.cleveland.data", CLEVELAND, "cleveland", [0, 1], {"ca": 1}, {}),
        ("processed.hungarian.data", HUNGARIAN, "hungarian", [0, 1], {"slope": 2, "ca": 2, "thal": 2}, {}),
        ("reprocessed.hungarian.data", BLANKS, "hungarian", [0, 1], {"slope": 1, "ca": 2, "thal": 2}, {}),
        (
            "processed.switzerland.data", SWITZERLAND, "switzerland", [1, 1, 1],
            {"trestbps": 1, "chol": 3, "fbs": 3, "restecg": 1, "slope": 1, "ca": 3, "thal": 2}, {"chol": 3},
        ),
        ("processed.va.data", VA, "va", [1, 0], {"trestbps": 1, "slope": 1, "ca": 2, "thal": 2}, {"trestbps": 1}),
    ],
)  # fmt: skip
def test_the_four_hospitals(tmp_path, capsys, name, text, site, y, missing, zeros):
    data = heart.load(write(tmp_path, text, name))
    assert (data.site, data.y.tolist(), gaps(data), data.zeros) == (site, y, missing, zeros)
    assert data.x.shape == (len(y), 13)
    assert data.hospital == heart.SITES[site]
    assert data.licence == "CC BY 4.0"
    assert "Detrano" in capsys.readouterr().out


def test_a_fifth_hospital_with_a_header_in_another_order(tmp_path, capsys):
    lines = ["num,age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal"]
    lines += ["3,63,1,1,145,233,1,2,150,0,2.3,3,0,6", "0,50,0,2,120,,0,0,160,0,0,1,0,3"]
    data = heart.load(write(tmp_path, "\n".join(lines), "geneva.csv"))
    assert (data.site, data.hospital) == ("geneva", "unknown")
    assert data.x[:, 0].tolist() == [63, 50]
    assert (data.y.tolist(), data.num.tolist()) == ([1, 0], [3, 0])
    assert gaps(data) == {"chol": 1}
    assert capsys.readouterr().out == ""


def test_patients_without_an_outcome_are_left_out_and_this_is_said(tmp_path, capsys):
    data = heart.load(write(tmp_path, CLEVELAND.replace(",3,2\n", ",3,?\n")))
    assert (len(data), data.y.tolist(), data.no_outcome) == (1, [0], 1)
    assert "1 of 2 patients has no outcome (num); left out" in capsys.readouterr().out


def test_kinds_that_arff_declares_as_a_list(tmp_path):
    columns = "".join(f"@attribute {name} {'{0,1}' if name == 'sex' else 'real'}\n" for name in (*heart.COLUMNS, "num"))
    data = heart.load(write(tmp_path, f"@relation h\n{columns}@data\n{HUNGARIAN}", "heart-h.arff"))
    assert data.x[:, 1].tolist() == [1, 0]
    text = columns.replace("{0,1}", "{female,male}")
    path = write(tmp_path, f"@relation h\n{text}@data\n{HUNGARIAN.replace(',1,2,', ',male,2,', 1)}", "h.arff")
    with pytest.raises(ValueError, match=r"column 'sex': "):
        heart.load(path)


def test_a_column_that_counts_patients(tmp_path):
    lines = ["," + ",".join((*heart.COLUMNS, "num"))] + [f"{k},{line}" for k, line in enumerate(CLEVELAND.split())]
    assert heart.load(write(tmp_path, "\n".join(lines), "c.csv")).x.shape == (2, 13)


def test_names_in_errors_are_plain_text(tmp_path):
    header = ",".join("\x1b[2J" + name for name in (*heart.COLUMNS, "num"))
    with pytest.raises(ValueError, match="lacks age") as caught:
        heart.load(write(tmp_path, f"{header}\n{CLEVELAND}", "c.csv"))
    assert str(caught.value).isprintable()


def test_every_column_has_a_unit():
    assert tuple(heart.UNITS) == heart.COLUMNS


def test_load_data_keeps_the_share_of_diseased(tmp_path):
    path = write(tmp_path, CLEVELAND * 20)
    (x_train, y_train), (x_test, y_test) = heart.load_data(path, seed=3)
    assert (x_train.shape, x_test.shape) == ((32, 13), (8, 13))
    assert (y_train.mean(), y_test.mean()) == (0.5, 0.5)
    np.testing.assert_array_equal(heart.load_data(path, seed=3)[0][0], x_train)


def test_real_cleveland():
    if not REAL.is_file():
        pytest.skip("the real Cleveland file is not beside the repository (shared/data/tabular)")
    data = heart.load(REAL, checksum="a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8")
    assert data.x.shape == (303, 13)
    assert data.y.sum() == 139
    assert gaps(data) == {"ca": 4, "thal": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CLEVELAND.replace("67,1,4", "67,1,0"), r"column 'cp': patient 2 has 0; expected one of 1, 2, 3, 4\."),
        (CLEVELAND.replace(",3,2\n", ",3,?\n").replace("6.0,0", "6.0,?"), r"column 'num': no patient has an outcome"),
        (CLEVELAND.replace("67,", "-67,"), r"column 'age': patient 2 has -67; expected 1 to 120 years"),
        (CLEVELAND.replace("67,", "9999,"), r"column 'age': patient 2 has 9999; expected 1 to 120 years"),
        (CLEVELAND.replace("286", "7.4"), r"column 'chol': patient 2 has 7\.4; .* 30 to 2000 mg/dl.*mmol/l.*38\.67"),
        (CLEVELAND.replace("160", "16"), r"column 'trestbps': patient 2 has 16; expected 40 to 350 mmHg"),
        (CLEVELAND.replace("108", "1080"), r"column 'thalach': patient 2 has 1080; expected 20 to 300 beats/min"),
        (CLEVELAND.replace("1.5", "150"), r"column 'oldpeak': patient 2 has 150; expected -20 to 20 mm"),
        (CLEVELAND.replace("63.0,", ""), r"line 2: 14 cells, expected 13"),
        ("1,2,3\n4,5,6\n", "3 columns, expected 14"),
        (",".join("1" * 76), "76 columns, expected 14.*Take the processed file"),
        (CLEVELAND.replace("286", "high"), "line 2, column 'chol': 'high' is not a number"),
        ("age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal,target\n" + CLEVELAND,
         "lacks num; .*may mean healthy"),
    ],
)  # fmt: skip
def test_what_is_no_such_file(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        heart.load(write(tmp_path, text))


def test_damaged_files_give_patients_or_one_sentence(tmp_path, mutations):
    read = 0
    for content in mutations((CLEVELAND + HUNGARIAN + VA).encode(), 300):
        path = tmp_path / "processed.va.data"
        path.write_bytes(content)
        try:
            data = heart.load(path)
        except ValueError as error:
            assert "processed.va.data" in str(error)  # noqa: PT017
        else:
            assert data.x.shape == (len(data), 13)
            read += 1
    assert read > 0
