"""moleculenet: every table it must read, and every kind it must refuse, with line and column."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, moleculenet
from edunet.datasets.moleculenet_sets import TOX21

REAL = Path(__file__).parents[2].parent / "shared/data/molecules"
BBBP = "num,name,p_np,smiles\n1,Propanolol,1,CCO\n2,other,0,c1ccccc1\n"


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def write(path, text):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_a_known_set(tmp_path, capsys):
    data = moleculenet.load(write(tmp_path / "BBBP.csv", BBBP))
    assert data.smiles.tolist() == ["CCO", "c1ccccc1"]
    assert data.y.tolist() == [[1.0], [0.0]]
    assert data.y.dtype == np.float64
    assert data.mask.all()
    assert (data.name, data.kind, data.task_names, data.unit) == ("bbbp", "classification", ("p_np",), "yes/no")
    assert len(data) == 2
    moleculenet.load(tmp_path / "BBBP.csv")
    assert capsys.readouterr().out.count("Martins") == 1


def test_many_tasks_with_gaps(tmp_path):
    text = ",".join(TOX21) + ",mol_id,smiles\n" + "0,,1" + "," * 10 + "TOX1,CCO\n"
    data = moleculenet.load(write(tmp_path / "tox21.csv", text))
    assert data.task_names == TOX21
    assert data.y.shape == (1, 12)
    assert data.mask.tolist() == [[True, False, True] + [False] * 9]
    np.testing.assert_array_equal(np.isnan(data.y), ~data.mask)


def test_packed(tmp_path):
    data = moleculenet.load(write(tmp_path / "bbbp.csv.gz", gzip.compress(BBBP.encode())))
    assert data.y.tolist() == [[1.0], [0.0]]


def test_quotes_commas_blanks_and_a_byte_order_mark(tmp_path):
    text = '\ufeffsmiles,"Benign, malignant (incl ""cysts"")",b\r\n" CCO ", 1 ,\r\n\r\nC,0,nan\r\n'
    data = moleculenet.load(write(tmp_path / "sider_2.csv", text))
    assert data.task_names == ('Benign, malignant (incl "cysts")', "b")
    assert data.smiles.tolist() == ["CCO", "C"]
    assert data.mask.tolist() == [[True, False], [True, False]]


@pytest.mark.parametrize("column", ["smiles", "SMILES", "Smiles", "mol", "canonical_smiles"])
def test_names_of_the_column_of_texts(tmp_path, column):
    data = moleculenet.load(write(tmp_path / "mine.csv", f"id,{column},logD\n1,CC,2.5\n"), ["logD"])
    assert (data.smiles.tolist(), data.kind, data.name) == (["CC"], "regression", "mine")


def test_another_name_of_the_column_is_said(tmp_path):
    path = write(tmp_path / "mine.csv", "Drug,active\nCC,1\nC,0\n")
    data = moleculenet.load(path, ["active"], smiles_column="Drug")
    assert data.kind == "classification"
    assert "unknown" in data.licence


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("delaney-processed.csv", "regression"), ("ESOL.csv", "regression"), ("SAMPL.csv", "regression"),
        ("Lipophilicity.csv", "regression"), ("HIV.csv", "classification"), ("bace.csv", "classification"),
        ("clintox.csv", "classification"), ("muv.csv", "classification"), ("toxcast_data.csv", "classification"),
    ],
)  # fmt: skip
def test_sets_known_by_name(tmp_path, name, kind):
    columns = "measured log solubility in mols per litre,expt,exp,HIV_active,Class,FDA_APPROVED,CT_TOX"
    data = moleculenet.load(write(tmp_path / name, f"smiles,{columns}\nCC,1,1,1,1,1,1,1\n"))
    assert data.kind == kind
    assert "unknown" not in data.citation


def test_a_word_within_a_word_is_no_name(tmp_path):
    with pytest.raises(ValueError, match="not known by its name"):
        moleculenet.load(write(tmp_path / "archive.csv", "smiles,HIV_active\nCC,1\n"))


def test_result_is_frozen(tmp_path):
    with pytest.raises(AttributeError):
        moleculenet.load(write(tmp_path / "BBBP.csv", BBBP)).y = None


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("BBBP.csv", (2050, 1), "classification"), ("ESOL_delaney-processed.csv", (1128, 1), "regression"),
        ("FreeSolv_SAMPL.csv", (642, 1), "regression"), ("Lipophilicity.csv", (4200, 1), "regression"),
        ("sider.csv", (1427, 27), "classification"),
    ],
)  # fmt: skip
def test_real_tables(name, shape, kind):
    if not (REAL / name).exists():
        pytest.skip("the files of MoleculeNet are not here")
    data = moleculenet.load(REAL / name)
    assert (data.y.shape, data.kind) == (shape, kind)
    assert data.mask.all()
    assert data.smiles.shape == shape[:1]


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "line 1: 0 columns"),
        ("smiles\nCC\n", "line 1: 1 columns"),
        ("smiles,p_np\n", "no row of a molecule"),
        ("smiles;p_np\nCC;1\n", "line 1: 1 columns.*commas"),
        ("text,p_np\nCC,1\n", "line 1: no column 'smiles' or .*smiles_column="),
        ("smiles,other\nCC,1\n", "line 1: no column 'p_np'.*'other'.*targets="),
        ("smiles,p_np,p_np\nCC,1,0\n", "line 1: two columns 'p_np'"),
        ("smiles,p_np\nCC,1\nCC\n", "line 3: 1 cells, expected 2"),
        ("smiles,p_np\nCC,1,2\n", "line 2: 3 cells"),
        ("smiles,p_np\nCC,2\n", "line 2, column 'p_np': '2', expected 0, 1 or nothing"),
        ("smiles,p_np\nCC,yes\n", "line 2, column 'p_np': 'yes'"),
        ("smiles,p_np\nCC,1e999\n", "line 2, column 'p_np'"),
        ("smiles,p_np\nCC,1_0\n", "line 2, column 'p_np'"),
        ("smiles,p_np\n,1\n", "line 2, column 'smiles': 0 characters"),
        ("smiles,p_np\n" + "C" * 5001 + ",1\n", "line 2, column 'smiles': 5,001 characters"),
        ('smiles,p_np\n"CC,1\nC,0\n', "line 3: .*quote"),
        ('smiles,p_np\n"C"C,1\n', "line 2: .*quote"),
        ("smiles,p_np\nC\0C,1\n", "line 2: holds a NUL"),
        (b"smiles,p_np\nC\xff,1\n", "line 2: byte 2 is not UTF-8"),
        ("smiles," * 10_001 + "p_np\n", "line 1: 10,002 columns"),
        ("smiles,p_np" + "x" * 2**20 + "\n", "line 1: longer than"),
        ('smiles,p_np\n"' + ("C" * 4000 + "\n") * 40, "line 3[0-9]: field larger"),
    ],
)
def test_error_names_file_line_and_column(tmp_path, text, match):
    with pytest.raises(ValueError, match=f"BBBP.csv.*{match}"):
        moleculenet.load(write(tmp_path / "BBBP.csv", text))


@pytest.mark.parametrize(
    ("header", "match"),
    [
        ("smiles,a,a", r"columns 2 and 3 are both called 'a'.*targets="),
        ("smiles,a,", r"column 3 has no name.*targets="),
        (",smiles,a", r"column 1 has no name.*targets="),
    ],
)
def test_columns_that_would_become_tasks_by_accident(tmp_path, header, match):
    path = write(tmp_path / "sider.csv", f"{header}\n" + ("0,CC,1\n" if header[0] == "," else "CC,1,0\n"))
    with pytest.raises(ValueError, match=rf"sider\.csv, line 1: {match}"):
        moleculenet.load(path)


def test_tasks_that_nobody_named_are_said(tmp_path, capsys):
    data = moleculenet.load(write(tmp_path / "muv.csv", "MUV-466,fold,MUV-548,mol_id,smiles\n,0,1,CID1,CCO\n"))
    assert data.task_names == ("MUV-466", "MUV-548")
    assert "muv.csv: 2 tasks: 'MUV-466', 'MUV-548'. Left out: 'fold', 'mol_id'." in capsys.readouterr().out
    moleculenet.load(write(tmp_path / "BBBP.csv", BBBP))
    assert "tasks" not in capsys.readouterr().out


def test_errors_are_plain_text_and_short(tmp_path):
    title = "\x1b[2J" + "y" * 5000
    for text, targets in ((f"smiles,{title}\nCC,x\n", [title]), (f"smiles,{title},{title}\nCC,1,0\n", [title])):
        with pytest.raises(ValueError, match="mine") as caught:
            moleculenet.load(write(tmp_path / "mine.csv", text), targets)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500


def test_unknown_table_asks_for_targets(tmp_path):
    path = write(tmp_path / "mine.csv", "smiles,logD\nCC,2\n")
    with pytest.raises(ValueError, match=r"not known by its name.*'logD'.*targets="):
        moleculenet.load(path)
    for targets in ("logD", [], [3]):
        with pytest.raises(TypeError, match="targets must be a list of names"):
            moleculenet.load(path, targets)
    with pytest.raises(ValueError, match="the SMILES as 'smiles'"):
        moleculenet.load(path, ["smiles"])


def test_another_file(tmp_path):
    write(tmp_path / "BBBP.csv", BBBP)
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*BBBP.csv"):
        moleculenet.load(tmp_path / "BBP.csv")
    with pytest.raises(ValueError, match="another version"):
        moleculenet.load(tmp_path / "BBBP.csv", checksum="0" * 32)


def test_damaged_packing(tmp_path):
    packed = gzip.compress(BBBP.encode() * 50)
    for content in (b"no gzip", packed[:-20], packed[:30] + b"\0\0\0" + packed[33:]):
        with pytest.raises(ValueError, match=r"bbbp\.csv\.gz"):
            moleculenet.load(write(tmp_path / "bbbp.csv.gz", content))


def test_a_bomb_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr(moleculenet, "MOST_BYTES", 100_000)
    path = write(tmp_path / "bbbp.csv.gz", gzip.compress(b"smiles,p_np\n" + b"CC,1\n" * 10**6))
    with pytest.raises(ValueError, match="more than 100,000 bytes"):
        moleculenet.load(path)


@pytest.mark.parametrize("progress", [True, False])
def test_many_rows_show_progress_in_a_terminal(tmp_path, monkeypatch, progress):
    shown = []

    class Bar:
        def __init__(self, **options):
            shown.append(options["desc"])

        def update(self):
            shown.append(1)

        def close(self):
            shown.append("closed")

    monkeypatch.setattr(moleculenet, "MANY", 3)
    monkeypatch.setattr("tqdm.tqdm", Bar)
    path = write(tmp_path / "bbbp.csv", "smiles,p_np\n" + "C,1\n" * 5)
    assert len(moleculenet.load(path, progress=progress)) == 5
    assert shown == (["reading bbbp.csv", 1, 1, 1, "closed"] if progress else [])


def test_one_long_text_among_many(tmp_path, monkeypatch):
    monkeypatch.setattr(moleculenet, "MOST_TEXT", 100_000)
    path = write(tmp_path / "bbbp.csv", "smiles,p_np\n" + "C,1\n" * 100 + "C" * 1000 + ",1\n")
    with pytest.raises(ValueError, match="line 102: the texts would take"):
        moleculenet.load(path)


def test_any_damaged_table_gives_a_result_or_an_error_that_names_it(tmp_path):
    rng = np.random.Generator(np.random.PCG64(3))
    sound = (BBBP + '3,"a, b",,CCN\n' * 3).encode()
    for _ in range(400):
        content = bytearray(sound)
        for _ in range(rng.integers(1, 6)):
            place = int(rng.integers(len(content)))
            if rng.random() < 0.5:
                content[place] = rng.integers(256)
            else:
                content[place : place + int(rng.integers(4))] = rng.choice([b'"', b",", b"\n", b"\r", b"9", b""])
        try:
            data = moleculenet.load(write(tmp_path / "bbbp.csv", bytes(content)))
        except ValueError as error:
            assert "bbbp.csv" in str(error)  # noqa: PT017 - both ways are right
        else:
            assert data.y.shape == data.mask.shape == (len(data.smiles), 1)
