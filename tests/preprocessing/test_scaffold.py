"""scaffold: by hand, against RDKit, independent of spelling; the split and what it refuses."""

import csv
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from edunet.preprocessing import read_smiles, scaffold_of, scaffold_split
from edunet.preprocessing.smiles_writing import canonical_ranks, canonical_smiles

REAL = Path(__file__).parents[2].parent / "shared/data/molecules"
TEXTS = ["Cc1ccccc1"] * 6 + ["C1CCCCC1O"] * 2 + ["CCO", "C1CC1"]


def texts_of(name):
    if not (REAL / name).exists():
        pytest.skip("the files of MoleculeNet are not here")
    with (REAL / name).open(encoding="utf-8", newline="") as file:
        return [row["smiles"].strip() for row in csv.DictReader(file)]


# --- scaffolds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("CC(=O)Oc1ccccc1C(=O)O", "c1ccccc1"),  # ends are cut off
        ("c1ccccc1CCC2CCCC2", "C1CCCC1CCc1ccccc1"),  # a chain between rings stays
        ("O=C1CCCCC1C", "O=C1CCCCC1"),  # an atom at a double bond of a ring stays
        ("O=C(c1ccccc1)c1ccccc1N", "c1ccccc1C(=O)c1ccccc1"),  # or of a chain
        ("Cn1cccc1", "[nH]1cccc1"),  # a hydrogen takes the place of what is cut off
        ("C[N+]1(C)CCCCC1", "C1CC[NH2+]CC1"),
        ("C1=CC=CC=C1C", "c1ccccc1"),
        ("[Na+].[O-]C(=O)C1CC1", "C1CC1"),
        ("C[C@@H]1CCO1", "C1COC1"),
    ],
)
def test_scaffold_by_hand(text, same):
    assert scaffold_of(text) == canonical_smiles(read_smiles(same))


@pytest.mark.parametrize("text", ["CCO", "C", "[Na+].[Cl-]", "CC(C)(C)C(=O)O"])
def test_without_ring_there_is_none(text):
    assert scaffold_of(text) == ""


@pytest.mark.parametrize("text", ["C1CC2CCC1C2", "c1ccc2c(c1)[nH]c1ccccc12", "C1CC11CC1", "O=S1(=O)CCN(c2ccccn2)C1"])
def test_a_scaffold_is_the_scaffold_of_itself(text):
    assert scaffold_of(scaffold_of(text)) == scaffold_of(text)


def test_ranks_tell_all_atoms_apart():
    assert sorted(canonical_ranks(read_smiles("C1CC2CCC1C2"))) == list(range(7))


@pytest.mark.parametrize("text", ["C12C3C4C1C5C2C3C45", "c1ccc2c(c1)c1ccccc1c1ccccc21", "C[N+](C)(C)CC#N", "O=C=O"])
def test_spelling_does_not_depend_on_the_order_of_the_atoms(text):
    """Written anew from every atom: the neighbours of each are listed the other way round."""
    m = read_smiles(text)
    expected = canonical_smiles(m)
    rng = np.random.Generator(np.random.PCG64(1))
    for _ in range(20):
        assert canonical_smiles(shuffled(m, rng)) == expected
    assert canonical_smiles(read_smiles(expected)) == expected


def shuffled(m, rng):
    """The same molecule with its atoms and bonds in another order."""
    order = rng.permutation(len(m.atoms)).tolist()
    new = {old: k for k, old in enumerate(order)}
    bonds = [type(b)(new[b.j], new[b.i], b.order) for b in (m.bonds[k] for k in rng.permutation(len(m.bonds)))]
    return type(m)([m.atoms[old] for old in order], bonds)


@pytest.mark.parametrize("name", ["ESOL_delaney-processed", "FreeSolv_SAMPL", "sider", "BBBP", "Lipophilicity"])
def test_groups_are_those_of_rdkit(name):
    """Every molecule has the same companions in both groupings."""
    chem = pytest.importorskip("rdkit.Chem", reason="RDKit is not installed")
    pytest.importorskip("rdkit.RDLogger").DisableLog("rdApp.*")
    murcko = pytest.importorskip("rdkit.Chem.Scaffolds.MurckoScaffold")
    pairs = []
    for text in texts_of(f"{name}.csv"):
        m = chem.MolFromSmiles(text)
        if m is not None:
            pairs.append((scaffold_of(text), murcko.MurckoScaffoldSmiles(mol=m, includeChirality=False)))
    ours, theirs, both = Counter(a for a, _ in pairs), Counter(b for _, b in pairs), Counter(pairs)
    assert all(both[pair] == ours[pair[0]] == theirs[pair[1]] for pair in pairs)


@pytest.mark.parametrize("text", ["C1CC1" * 500, "C1CCCCC1" * 300, "C12CC1CC2" * 250])
def test_long_chains_of_rings_take_no_long_time(text):
    start = time.perf_counter()
    assert scaffold_of(text)  # with hundreds of rings
    assert time.perf_counter() - start < 30


def test_scaffold_names_character_and_place():
    with pytest.raises(ValueError, match="character '1' at place 2"):
        scaffold_of("C1CC")


def test_four_drugs_of_one_scaffold_in_four_spellings():
    texts = [
        "Cc1nnc2CN=C(c3ccccc3)c4cc(Cl)ccc4n12",  # alprazolam, triazolam, estazolam, adinazolam, as BBBP has them
        "Cc1nnc2CN=C(c3ccccc3Cl)c4cc(Cl)ccc4n12",
        "Clc1ccc2n3cnnc3CN=C(c4ccccc4)c2c1",
        "C1=CC(=CC3=C1[N]2C(=NN=C2CN(C)C)CN=C3C4=CC=CC=C4)Cl",
    ]
    assert len({scaffold_of(text) for text in texts}) == 1
    parts = scaffold_split([*texts, "CCO", "CCC"], 0.7, 0, 0.3)
    assert parts.train.tolist() == [0, 1, 2, 3]


def test_a_bond_between_aromatic_rings_is_single_also_within_a_ring():
    """Flumazenil: the text leaves out the - that RDKit writes."""
    one, other = "CCOC(=O)c1ncn2c1CN(C)C(=O)c3cc(F)ccc23", "CCOC(=O)c1ncn2c1CN(C)C(=O)c1cc(F)ccc1-2"
    assert scaffold_of(one) == scaffold_of(other)
    assert "-" in scaffold_of(one)


def test_impossible_molecules_have_scaffolds_too():
    assert scaffold_of("s1cc(nc1\\[NH]=C(\\N)N)C") == scaffold_of("s1ccnc1")  # a row of BBBP
    assert scaffold_of("Cc1cccc1") == "c1cccc1"


# --- the split --------------------------------------------------------------------------------------------------------


def test_commonest_scaffolds_train():
    parts = scaffold_split(TEXTS, 0.6, 0.2, 0.2)
    assert [p.tolist() for p in parts] == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]
    assert parts.train.dtype == np.int64


def test_without_validation():
    parts = scaffold_split(TEXTS, train=0.8, val=0, test=0.2)
    assert [len(p) for p in parts] == [8, 0, 2]


def test_no_scaffold_on_two_sides_and_every_row_once():
    texts = texts_of("FreeSolv_SAMPL.csv")
    parts = scaffold_split(texts)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(texts)))
    sides = [{scaffold_of(texts[k]) for k in rows} for rows in parts]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    assert [len(rows) for rows in parts] == pytest.approx([514, 64, 64], abs=2)


def test_the_same_every_time():
    for a, b in zip(scaffold_split(TEXTS, 0.6, 0.2, 0.2), scaffold_split(np.array(TEXTS), 0.6, 0.2, 0.2), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.2), (1.2, -0.1, -0.1), (0, 0.5, 0.5), (np.nan, 0.5, 0.5)])
def test_shares_sum_to_1(shares):
    with pytest.raises(ValueError, match="sum to 1.*Received"):
        scaffold_split(TEXTS, *shares)


@pytest.mark.parametrize("share", ["0.8", None, True])
def test_shares_are_numbers(share):
    with pytest.raises(TypeError, match="train must be a share"):
        scaffold_split(TEXTS, share)


def test_a_part_that_stays_empty():
    with pytest.raises(ValueError, match="train=0.5 was asked for, but 0 of 4.*1 scaffolds"):
        scaffold_split(["c1ccccc1"] * 4, 0.5, 0.25, 0.25)


@pytest.mark.parametrize("texts", ["CCO", [], [["C"]], 4])
def test_texts_are_a_list(texts):
    with pytest.raises(TypeError, match="list of SMILES"):
        scaffold_split(texts)


def test_a_bad_text_is_named_by_its_row():
    with pytest.raises(ValueError, match=r"row 1: character '\?' at place 2"):
        scaffold_split(["CC", "C?"])
