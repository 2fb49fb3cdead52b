"""smiles: what the reader understands, what it refuses and where, the tokenizer, fingerprints, hostile texts."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from edunet.preprocessing import SmilesTokenizer, hashed_fingerprint, read_smiles
from edunet.preprocessing.molecule import ring_bonds
from edunet.preprocessing.smiles import MAX_LENGTH, smiles_tokens

REAL = Path(__file__).parents[2].parent / "shared/data/molecules"
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
BITS = "[163, 357, 367, 404, 475, 482, 879, 881, 944]"  # of CCO


def real_texts(files="*.csv"):
    if not REAL.is_dir():
        pytest.skip("the files of MoleculeNet are not here")
    for path in sorted(REAL.glob(files)):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["smiles"].strip()


def possible(text):
    try:
        read_smiles(text)
    except ValueError:
        return False
    return True


def complaint(text):
    """What is said against a text; a word with "place" in it if it is fine."""
    try:
        hashed_fingerprint(text)
    except ValueError as error:
        return str(error)
    return "in its place"


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_aspirin():
    m = read_smiles(ASPIRIN)
    assert (len(m.atoms), len(m.bonds), sum(a.hydrogens for a in m.atoms)) == (13, 13, 8)
    assert len(ring_bonds(m)) == 6
    assert sum(a.aromatic for a in m.atoms) == 6


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        ("[13CH3-]", ("C", False, -1, 13, 3)),
        ("[nH]", ("N", True, 0, 0, 1)),
        ("[Cu+2]", ("Cu", False, 2, 0, 0)),
        ("[Cu++]", ("Cu", False, 2, 0, 0)),
        ("[C@@H]", ("C", False, 0, 0, 1)),
        ("[se]", ("Se", True, 0, 0, 0)),
        ("[Na+:3]", ("Na", False, 1, 0, 0)),
        ("Cl", ("Cl", False, 0, 0, 1)),
        ("*", ("*", False, 0, 0, 0)),
    ],
)
def test_an_atom(text, atom):
    (a,) = read_smiles(text, check_valence=False).atoms  # [nH] is no molecule of its own
    assert (a.symbol, a.aromatic, a.charge, a.isotope, a.hydrogens) == atom


@pytest.mark.parametrize(
    ("text", "hydrogens"),
    [("CS(=O)(=O)C", [3, 0, 0, 0, 3]), ("CN(=O)=O", [3, 0, 0, 0]), ("P(O)(O)(=O)O", [0, 1, 1, 0, 1]), ("C#N", [1, 0])],
)
def test_hydrogens_fill_the_smallest_valence_that_fits(text, hydrogens):
    assert [a.hydrogens for a in read_smiles(text).atoms] == hydrogens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("c1ccccc1", "C1=CC=CC=C1"),
        ("c1ccc2[nH]ccc2c1", "C1=CC2=C(C=C1)NC=C2"),
        ("O=c1cc[nH]cc1", "O=C1C=CNC=C1"),
        ("CCO", "OCC"),
        ("C1CC1", "C%12CC%12"),
        ("C1CC1", "C%(123)CC%(123)"),
        ("C", "[H]C([H])([H])[H]"),
        ("c1ccccc1", "c1cccc:c1"),
    ],
)
def test_two_spellings_have_one_fingerprint(one, other):
    np.testing.assert_array_equal(hashed_fingerprint(one), hashed_fingerprint(other))


@pytest.mark.parametrize("text", ["O=C1C=CC(=O)C=C1", "C1=CCCC=C1", "C1=CC=CC=CC=C1", "C1CCCCC1"])
def test_what_is_not_aromatic_stays_so(text):
    assert not any(a.aromatic for a in read_smiles(text).atoms)


def test_two_rings_are_joined_by_a_single_bond():
    m = read_smiles("c1ccccc1c1ccccc1")
    assert sorted(b.order for b in m.bonds) == [1.0] + [1.5] * 12


def test_all_texts_of_moleculenet_are_read():
    n = 0
    for text in list(real_texts())[::3]:
        read_smiles(text, check_valence=False)
        n += 1
    assert n == 3149


def test_refused_are_the_rows_of_bbbp_that_rdkit_refuses():
    refused = [text for text in real_texts("BBBP.csv") if not possible(text)]
    assert len(refused) == 11
    assert all("[NH" in text or "N([O-])" in text for text in refused)


def test_atoms_bonds_hydrogens_and_rings_are_those_of_rdkit():
    chem = pytest.importorskip("rdkit.Chem", reason="RDKit is not installed")
    pytest.importorskip("rdkit.RDLogger").DisableLog("rdApp.*")
    for text in list(real_texts())[::5]:
        theirs = chem.MolFromSmiles(text)
        assert possible(text) == (theirs is not None), text
        if theirs is not None:
            m = read_smiles(text)
            assert [a.aromatic for a in m.atoms] == [a.GetIsAromatic() for a in theirs.GetAtoms()], text
            aromatic = sum(b.GetIsAromatic() for b in theirs.GetBonds())
            assert sum(b.order == 1.5 for b in m.bonds) == aromatic, text
            assert [a.hydrogens for a in m.atoms] == [a.GetTotalNumHs() for a in theirs.GetAtoms()], text
            assert len(ring_bonds(m)) == sum(b.IsInRing() for b in theirs.GetBonds()), text


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "character", "place", "why"),
    [
        ("CC(C", "'\\('", 3, "not closed"),
        ("CC)C", "'\\)'", 3, "not opened"),
        ("C1CC", "'1'", 2, "opens a ring"),
        ("C{C", "'{'", 2, "grammar"),
        ("CC é", "' '", 3, "grammar"),
        ("C[CH", "'\\['", 2, "bracket"),
        ("C[Xx]", "'\\['", 2, "no atom"),
        ("C[]", "'\\['", 2, "no atom"),
        ("=C", "'='", 1, "no atom"),
        ("C==C", "'='", 3, "no atom"),
        ("C=", "'='", 2, "expected after"),
        ("C.", "'\\.'", 2, "expected after"),
        (".C", "'\\.'", 1, "parts"),
        ("(C)", "'\\('", 1, "no atom stands"),
        ("C()C", "'\\)'", 3, "without an atom"),
        ("C((C))C", "'\\('", 3, "no atom stands"),
        ("C(C.)C", "'\\)'", 5, "without an atom"),
        ("C11", "'1'", 3, "on the atom"),
        ("C1C1", "'1'", 4, "two atoms"),
        ("C=1CC-1", "'1'", 7, "another bond"),
        ("1CC", "'1'", 1, "no atom stands"),
        ("C%1", "'%'", 2, "grammar"),
        ("  C%1", "'%'", 4, "grammar"),
    ],
)
def test_error_names_character_and_place(text, character, place, why):
    with pytest.raises(ValueError, match=f"character {character} at place {place} of the SMILES .*{why}"):
        read_smiles(text)


@pytest.mark.parametrize("text", ["", "   ", "C" * (MAX_LENGTH + 1)])
def test_empty_and_endless_texts(text):
    with pytest.raises(ValueError, match="1 to 5,000 characters"):
        read_smiles(text)


@pytest.mark.parametrize("text", [None, 3, b"CC", ["CC"]])
def test_only_texts(text):
    with pytest.raises(TypeError, match="a SMILES is a text"):
        read_smiles(text)


@pytest.mark.parametrize(
    "text",
    [
        "C(" * 1666 + "C" + ")" * 1666,
        "C" * 5000,
        "C1CC1" * 1000,
        "C(" * 2000,
        "C" + "(C)" * 1600,
        "C=1C=CC=CC=1" * 400,
        "%10" * 1000,
        "[" * 5000,
    ],
)
def test_deep_and_long_texts_take_no_long_time(text):
    start = time.perf_counter()
    assert len(complaint(text)) < 300
    assert time.perf_counter() - start < 5


def test_any_damaged_text_gives_a_molecule_or_an_error():
    rng = np.random.Generator(np.random.PCG64(0))
    letters = list("CNOcn()[]=#123%+-@/\\.Hl {é\0")
    for _ in range(3000):
        text = list("CC(=O)Oc1ccccc1C[N+](=O)[O-]")
        for _ in range(rng.integers(1, 5)):
            text[rng.integers(len(text))] = letters[rng.integers(len(letters))]
        assert "place" in complaint("".join(text))


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_tokens_of_several_characters():
    assert smiles_tokens("ClC%12[C@@H](Br)[N+]") == ["Cl", "C", "%12", "[C@@H]", "(", "Br", ")", "[N+]"]


def test_there_and_back():
    texts = ["CCO", ASPIRIN, "Clc1ccncc1"]
    tokenizer = SmilesTokenizer().fit(texts)
    codes = tokenizer.transform(texts)
    assert codes.dtype == np.int64
    assert codes.shape == (3, 21)
    assert not codes[0, 3:].any()
    assert tokenizer.inverse(codes) == texts


def test_unknown_token_is_1():
    tokenizer = SmilesTokenizer().fit(["CCO"])
    assert tokenizer.transform(["CBr"]).tolist() == [[2, 1, 0]]
    assert tokenizer.inverse([[2, 1, 0]]) == ["C<unknown>"]


def test_order_of_the_texts_does_not_matter():
    assert SmilesTokenizer().fit(["CN", "OC"]).vocabulary == SmilesTokenizer().fit(["OC", "CN"]).vocabulary


def test_longer_text_is_not_cut():
    with pytest.raises(ValueError, match=r"row 1 has 4 tokens.*SmilesTokenizer\(length=4\)"):
        SmilesTokenizer().fit(["CCO"]).transform(["C", "CCCC"])


def test_not_fitted():
    for act in (lambda t: t.transform(["C"]), lambda t: t.inverse([[0]]), lambda t: t.save("x.json")):
        with pytest.raises(ValueError, match=r"fit\(smiles_train\) first"):
            act(SmilesTokenizer())


def test_saved_and_loaded(tmp_path):
    tokenizer = SmilesTokenizer(30).fit([ASPIRIN])
    tokenizer.save(tmp_path / "words.json")
    again = SmilesTokenizer.load(tmp_path / "words.json")
    assert (again.vocabulary, again.length) == (tokenizer.vocabulary, 30)
    np.testing.assert_array_equal(again.transform([ASPIRIN]), tokenizer.transform([ASPIRIN]))


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "3", '{"length": 3}', '{"length": 3, "vocabulary": ["C"]}', "[" * 100_000, "\ufffe",
        '{"length": null, "vocabulary": ["<pad>", "<unknown>", "C"]}',
        '{"length": 3, "vocabulary": ["<pad>", "<unknown>", "CC"]}',
        '{"length": 3, "vocabulary": ["<pad>", "<unknown>", "C", "C"]}',
        '{"length": 3, "vocabulary": ["<pad>", "<unknown>", 7]}',
    ],
)  # fmt: skip
def test_another_file_is_no_vocabulary(tmp_path, content):
    (tmp_path / "words.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"words.json holds no vocabulary"):
        SmilesTokenizer.load(tmp_path / "words.json")


@pytest.mark.parametrize("texts", ["CCO", [], [["C"]], 3])
def test_tokenizer_wants_a_list(texts):
    with pytest.raises(TypeError, match="list of SMILES"):
        SmilesTokenizer().fit(texts)


def test_tokenizer_names_the_row():
    with pytest.raises(ValueError, match=r"row 1: character '\?' at place 2"):
        SmilesTokenizer().fit(["CC", "C?"])


@pytest.mark.parametrize("length", [0, 5001, -1])
def test_length_out_of_range(length):
    with pytest.raises(ValueError, match="between 1 and 5,000"):
        SmilesTokenizer(length)


@pytest.mark.parametrize("codes", [[0, 1], [[0.5]], [[7]], [[-1]]])
def test_inverse_wants_codes(codes):
    with pytest.raises(ValueError, match="codes"):
        SmilesTokenizer().fit(["C"]).inverse(codes)


# --- fingerprints -----------------------------------------------------------------------------------------------------


def test_form_of_a_fingerprint():
    one = hashed_fingerprint(ASPIRIN, bits=64)
    assert one.shape == (64,)
    assert one.dtype == np.uint8
    assert set(one.tolist()) == {0, 1}
    assert hashed_fingerprint([ASPIRIN, "C"], bits=100).shape == (2, 100)
    assert hashed_fingerprint([], bits=100).shape == (0, 100)


def test_a_larger_radius_only_adds_bits():
    small, large = (hashed_fingerprint(ASPIRIN, radius=r).astype(bool) for r in (1, 2))
    assert (large >= small).all()
    assert large.sum() > small.sum()


def test_as_many_pieces_as_counted_by_hand():
    """Propane: CH3 and CH2; each with its neighbours; and once more. No two fall on one bit of 2^20."""
    assert [int(hashed_fingerprint("CCC", bits=2**20, radius=r).sum()) for r in (0, 1, 2)] == [2, 4, 6]


def test_bits_are_pinned_and_the_same_in_another_process():
    code = "from edunet.preprocessing import hashed_fingerprint as f; print(f('CCO').nonzero()[0].tolist())"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == str(hashed_fingerprint("CCO").nonzero()[0].tolist()) == BITS


@pytest.mark.parametrize(("name", "value"), [("bits", 7), ("bits", 2**21), ("radius", -1), ("radius", 11)])
def test_numbers_out_of_range(name, value):
    with pytest.raises(ValueError, match=f"{name} must lie between.*{name}={value}"):
        hashed_fingerprint("C", **{name: value})


@pytest.mark.parametrize("value", [2.0, "2", True, None])
def test_numbers_are_whole(value):
    with pytest.raises(TypeError, match="radius must be a whole number"):
        hashed_fingerprint("C", radius=value)


def test_fingerprint_names_the_row():
    with pytest.raises(ValueError, match=r"row 1: character '\(' at place 2"):
        hashed_fingerprint(["C", "C(C"])
    with pytest.raises(TypeError, match="row 0: a SMILES is a text"):
        hashed_fingerprint([None])
