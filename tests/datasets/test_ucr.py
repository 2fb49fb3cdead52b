"""ucr: blanks, tabs and commas, series of unlike length, .ts, and what is no series."""

from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, ucr

REAL = Path(__file__).parents[2].parent / "shared/data/ecg"
TEXT = "  1.0000000e+00   5.0e-01   1.5\n -1.0000000e+00  -2.5e+00   3.0\n"
TS = """# made by hand
@problemName Ward
@timeStamps false
@univariate true
@equalLength false
@classLabel true ill well
@data
1.0,2.0,?,4.0:well
5.0,6.0:ill
"""


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def write(folder, text, name="Ward_TRAIN.txt"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_blanks(tmp_path, capsys):
    data = ucr.load(write(tmp_path, TEXT))
    assert data.train.x.shape == (2, 2, 1)
    assert data.train.x.dtype == np.float32
    assert data.train.x[..., 0].tolist() == [[0.5, 1.5], [-2.5, 3.0]]
    assert (data.class_names, data.train.y.tolist()) == (("-1", "1"), [1, 0])
    assert (data.name, data.test, data.missing) == ("Ward", None, 0)
    assert "UCR time series archive" in capsys.readouterr().out


@pytest.mark.parametrize(("delimiter", "ending"), [("\t", ".tsv"), (",", ".csv"), (",", ".txt"), (" ", "")])
def test_tabs_and_commas(tmp_path, delimiter, ending):
    path = write(tmp_path, "10 1 2 3\n9 4 5 6\n".replace(" ", delimiter), f"Ward_TRAIN{ending}")
    data = ucr.load(path)
    assert data.train.x[..., 0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert data.class_names == ("9", "10")  # as numbers, not as words


@pytest.mark.parametrize("given", ["Ward_TRAIN.tsv", "Ward_TEST.tsv", "."])
def test_both_parts_are_found(tmp_path, given):
    write(tmp_path, "1\t1\t2\n2\t3\t4\n", "Ward_TRAIN.tsv")
    write(tmp_path, "2\t5\t6\t7\n", "Ward_TEST.tsv")
    (x_train, y_train), (x_test, y_test) = ucr.load_data(tmp_path / given)
    assert (x_train.shape, x_test.shape) == ((2, 3, 1), (1, 3, 1))
    assert (y_train.tolist(), y_test.tolist()) == ([0, 1], [1])


def test_series_of_unlike_length_and_gaps(tmp_path):
    text = "1\t1\t2\tNaN\tNaN\n1\t3\tNaN\t4\tNaN\n2\t5\n"
    data = ucr.load(write(tmp_path, text, "Ward_TRAIN.tsv"))
    assert data.n_steps == 3
    assert data.train.lengths.tolist() == [2, 3, 1]
    assert data.missing == 1
    np.testing.assert_array_equal(np.isnan(data.train.x[..., 0]), [[0, 0, 1], [0, 1, 0], [0, 1, 1]])


def test_ts(tmp_path):
    data = ucr.load(write(tmp_path, TS, "Ward_TRAIN.ts"))
    assert data.class_names == ("ill", "well")
    assert data.train.y.tolist() == [1, 0]
    assert data.train.lengths.tolist() == [4, 2]
    assert data.missing == 1


def test_ts_of_several_channels(tmp_path):
    text = TS.replace("univariate true", "univariate false")
    data = ucr.load(
        write(tmp_path, text.replace("1.0,2.0,?,4.0", "1,2:3,4").replace("5.0,6.0", "5,6:7,8"), "W_TRAIN.ts")
    )
    assert data.n_channels == 2
    assert data.train.x.tolist() == [[[1, 3], [2, 4]], [[5, 7], [6, 8]]]


@pytest.mark.parametrize(
    ("name", "shape", "counts"),
    [("ECG200", (100, 96, 1), [31, 69]), ("ECG5000", (500, 140, 1), [292, 177, 10, 19, 2])],
)
def test_real_heartbeats(name, shape, counts):
    path = REAL / f"{name}_TRAIN.txt"
    if not path.is_file():
        pytest.skip("the real ECG files are not beside the repository (shared/data/ecg)")
    data = ucr.load(path)
    assert data.train.x.shape == shape
    assert np.bincount(data.train.y).tolist() == counts
    assert not np.isnan(data.train.x).any()


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("1 2 3\n1 2 x\n", "W_TRAIN.txt", r"W_TRAIN\.txt, line 2, column 3: 'x' is not a number"),
        ("1,2,1e99\n", "W_TRAIN.csv", r"line 1, column 3: '1e99' is not a finite number of 32 bits"),
        ("1,2,1_000\n", "W_TRAIN.csv", r"line 1, column 3: '1_000' is not a number"),
        ("1_0,2,3\n", "W_TRAIN.csv", r"line 1, column 'label': '1_0' is not a label"),
        ("1,2,inf\n", "W_TRAIN.csv", r"line 1, column 3: 'inf'"),
        ("?,2,3\n", "W_TRAIN.csv", "the label is missing"),
        ("1 2\n3\n", "W_TRAIN.txt", "line 2: '3': expected a label and the values"),
        ("1;0,5;2\n", "W_TRAIN.csv", "line 1: .* semicolons between the cells; expected commas"),
        ("", "W_TRAIN.txt", "no series"),
        ("1\tNaN\tNaN\n", "W_TRAIN.tsv", "every value is missing"),
        ("1 2\0 3\n", "W_TRAIN.txt", "line 1: holds a NUL"),
        ("<html>", "W_TRAIN.txt", "a web page"),
        ("@relation x\n", "W_TRAIN.arff", "takes .txt, .tsv, .csv, .ts"),
        (TS.replace("@data", ""), "W_TRAIN.ts", r"line 8: '1\.0.* comes before @data"),
        (TS.replace("true ill well", "false"), "W_TRAIN.ts", "no line `@classLabel true"),
        (TS.replace("@timeStamps false", "@timeStamps true"), "W_TRAIN.ts", "line 3: series with time stamps"),
        (TS.replace("5.0,6.0", "5,6:7,8"), "W_TRAIN.ts", "line 9: 2 channels, expected 1"),
        ("1 " * 3_000_000 + "\n" + "1 2\n" * 2000, "W_TRAIN.txt", "more than the cap of"),
        (b"1" * 20_000_000, "W_TRAIN.txt", "line 1: longer than"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_sound_set(tmp_path, text, name, message):
    with pytest.raises(ValueError, match=message):
        ucr.load(write(tmp_path, text, name))


LAST = "0.97,0.5,0.25,1.0\n1.0,0.25,0.5,0.0\n0.5,0.1,0.2,1.0\n"


def test_the_label_at_the_end(tmp_path, capsys):
    path = write(tmp_path, LAST, "ward_train.csv")
    with pytest.raises(ValueError, match=r"line 1, column 'label': '0\.97' .*label='last'"):
        ucr.load(path)
    data = ucr.load(path, label="last")
    assert (data.class_names, data.train.y.tolist()) == (("0", "1"), [1, 0, 1])
    np.testing.assert_array_equal(data.train.x[0, :, 0], np.float32([0.97, 0.5, 0.25]))
    assert "unknown" in data.licence
    assert capsys.readouterr().out == ""
    write(tmp_path, LAST, "ward_test.csv")
    assert ucr.load_data(path, label="last")[1][0].shape == (3, 3, 1)
    with pytest.raises(ValueError, match="label is 'first' or 'last'"):
        ucr.load(path, label="end")


def test_as_many_classes_as_series_are_no_classes(tmp_path):
    text = "".join(f"{500 + 7 * k % 31},3,4,{k % 2}\n" for k in range(30))
    with pytest.raises(ValueError, match=r"30 classes in 30 series.*label='last'"):
        ucr.load(write(tmp_path, text, "W_TRAIN.csv"))
    (tmp_path / "W_TRAIN.csv").unlink()
    words = [f"w{k}" for k in range(30)]
    write(tmp_path, f"@classLabel true {' '.join(words)}\n@data\n" + "".join(f"1,2:{w}\n" for w in words), "W_TRAIN.ts")
    assert len(ucr.load(tmp_path).class_names) == 30  # declared
    text = "".join(f"{k + 1},3,4\n" for k in range(18))  # Fungi has one series of each class
    assert len(ucr.load(write(tmp_path, text, "W_TRAIN.csv")).class_names) == 18


@pytest.mark.parametrize(
    "text", ["label,0,1\n1,2,3\n2,3,4\n", "class v1 v2\n1 2 3\n", "y\t0\t1\n1\t2\t3\n", "9,0,1,2\n1,5,5,5\n"]
)
def test_a_line_of_names_is_no_series(tmp_path, text):
    with pytest.raises(ValueError, match="line 1.*names of columns.*Take the line out"):
        ucr.load(write(tmp_path, text, "W_TRAIN.csv"))


def test_one_number_is_one_class(tmp_path):
    assert ucr.load(write(tmp_path, "01,2,3\n1,2,3\n+1,2,3\n1.0,2,3\n-0,1,2\n", "W_TRAIN.csv")).class_names == (
        "0",
        "1",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":ill", ":il", r"line 9, column 'label': 'il' is none of the classes 'ill', 'well'"),
        ("@equalLength false", "@equalLength true", r"line 9: 2 values, expected 4"),
        ("@equalLength false", "@equalLength true\n@seriesLength 3", r"line 9: 4 values, expected 3"),
        ("@equalLength false", "@seriesLength x", r"line 5: .*@seriesLength 96"),
        ("@univariate true", "@dimensions 2", r"line 8: 1 channels, expected 2"),
        ("@univariate true", "@dimension 2", r"line 8: 1 channels, expected 2"),
        ("1.0,2.0,?,4.0", "1:2", r"line 8: 2 channels, expected 1"),
    ],
)
def test_a_header_is_held_to_its_word(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=message):
        ucr.load(write(tmp_path, TS.replace(old, new, 1), "W_TRAIN.ts"))


def test_parts_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no Ward_TEST file"):
        ucr.load_data(write(tmp_path, TEXT))
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*Ward_TRAIN\.txt"):
        ucr.load(tmp_path / "Ward_TRIAN.txt")


def test_folder_of_several_sets_or_none(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no \.\.\._TRAIN"):
        ucr.load(tmp_path)
    write(tmp_path, TEXT)
    write(tmp_path, TEXT, "Home_TRAIN.txt")
    with pytest.raises(ValueError, match="holds 2 sets: Home, Ward"):
        ucr.load(tmp_path)


@pytest.mark.parametrize("name", ["Ward_TRAIN.txt", "Ward_TRAIN.ts"])
def test_damaged_files_give_series_or_one_sentence(tmp_path, mutations, name):
    read = 0
    for content in mutations((TS if name.endswith("ts") else TEXT * 2).encode(), 400):
        try:
            data = ucr.load(write(tmp_path, content, name))
        except ValueError as error:
            assert "Ward" in str(error)  # noqa: PT017
        else:
            assert data.train.x.shape == (len(data.train), data.n_steps, data.n_channels)
            read += 1
    assert read > 0
