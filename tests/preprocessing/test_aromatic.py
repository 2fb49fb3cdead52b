"""aromatic: Hückel's rule by hand; one molecule, many texts: one scaffold and one fingerprint, also those of RDKit."""

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from edunet.preprocessing import hashed_fingerprint, read_smiles, scaffold_of
from edunet.preprocessing.aromatic import mark_aromatic
from edunet.preprocessing.molecule import Atom, Bond, Molecule, ring_bonds

REAL = Path(__file__).parents[2].parent / "shared/data/molecules"
SAME = [
    ("c1ccccc1", "C1=CC=CC=C1"),
    ("c1ccccc1", "c1=cc=cc=c1"),
    ("c1ccccc1", "C1:C:C:C:C:C1"),
    ("c1ccn2ccnc2c1", "C1=CC2=NC=CN2C=C1"),  # imidazopyridine
    ("CN(C)C(=O)Cc1c(nc2ccc(C)cn12)c1ccc(C)cc1", "CC1=CC=C(C=C1)C2=C(N3C=C(C=CC3=N2)C)CC(=O)N(C)C"),  # zolpidem
    ("c1ccn2cccc2c1", "C1=CC=CN2C1=CC=C2"),  # indolizine
    ("c1ccc2cccc-2cc1", "C1=CC=C2C=CC=C2C=C1"),  # no ring of azulene has 4n + 2 electrons, the way around has ten
    ("c1ccc2cccc2cc1", "C1=CC=C2C=CC=C2C=C1"),
    ("c1ccc2c(c1)c1ccccc12", "C1=CC2=C3C=CC=CC3=C2C=C1"),  # biphenylene, its double bonds in two ways
    ("c1ccc2c(c1)-c1ccccc1-2", "C1=CC2=C3C=CC=CC3=C2C=C1"),
    ("O=c1cc[nH]cc1", "O=C1C=CNC=C1"),  # C=O gives none
    ("O=c1[nH]c(=O)c2[nH]cnc2[nH]1", "O=C1NC2=C(NC=N2)C(=O)N1"),  # xanthine
    ("c1cc[nH+]cc1", "C1=CC=[NH+]C=C1"),
    ("c1cc[o+]cc1", "C1=CC=[O+]C=C1"),
    ("[cH-]1cccc1", "[CH-]1C=CC=C1"),
    ("[cH+]1cccccc1", "[CH+]1C=CC=CC=C1"),
    ("c1ccsc1", "C1=CSC=C1"),
    ("Cn1c2ccccc2c2ccccc12", "CN1C2=CC=CC=C2C3=CC=CC=C31"),
    ("c1ccc2c(c1)Cc1ccccc12", "C1=CC=C2C(=C1)CC1=CC=CC=C1-2"),  # fluorene: the middle ring is not aromatic
    (
        "C1=Cc2cc3ccc(cc4ccc(cc5nc(cc1n2)C=C5)[nH]4)[nH]3",  # porphyrin
        "C1=CC2=CC3=CC=C(N3)C=C4C=CC(=N4)C=C5C=CC(=N5)C=C1N2",
    ),
    ("c1ccccc1N(=O)=O", "c1ccccc1[N+](=O)[O-]"),
    ("CN=N#N", "CN=[N+]=[N-]"),
    ("Cn(=O)1cccc1", "C[n+]1([O-])cccc1"),
    ("O=n1ccccc1", "[O-][n+]1ccccc1"),
    ("CS(=O)c1ccccc1", "C[S+]([O-])c1ccccc1"),
    ("C1CC[S+2](C1)([O-])[O-]", "C1CCS(=O)(=O)C1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_molecule_in_two_texts(one, other):
    np.testing.assert_array_equal(hashed_fingerprint(one), hashed_fingerprint(other))
    assert scaffold_of(one) == scaffold_of(other)


@pytest.mark.parametrize(("one", "other"), [("c1ccccc1", "C1=CC=CCC1"), ("CN=[N+]=[N-]", "CNN=N"), ("CSC", "CS(C)=O")])
def test_two_molecules_stay_two(one, other):
    assert (hashed_fingerprint(one) != hashed_fingerprint(other)).any()


@pytest.mark.parametrize(
    ("text", "atoms", "bonds"),
    [
        ("C1=CC=CC=C1", 6, 6),
        ("c1ccccccc1", 0, 0),  # eight electrons
        ("C1=CC=C1", 0, 0),
        ("C1=C[CH+]1", 3, 3),  # two
        ("C1=C[CH-]1", 0, 0),
        ("c1ccc2cccc-2cc1", 10, 10),  # ten, and not the bond in the middle
        ("C1=CC2=CC=CC2=C1", 0, 0),  # pentalene, eight
        ("O=C1C=CC(=O)C=C1", 0, 0),
        ("C=C1C=CC=C1", 0, 0),  # fulvene, five
        ("O=C1C=CC=CC=C1", 7, 7),  # tropone
        ("CN1C=CC=C1", 5, 5),
        ("C[N+]1(C)C=CC=C1", 0, 0),  # four neighbours
        ("O=S1(=O)C=CC=C1", 0, 0),
        ("B1C=CC=CC1", 0, 0),
        ("c1ccc2c(c1)Cc1ccccc12", 12, 12),
    ],
)
def test_atoms_and_bonds_by_hand(text, atoms, bonds):
    m = read_smiles(text)
    assert (sum(a.aromatic for a in m.atoms), sum(b.order == 1.5 for b in m.bonds)) == (atoms, bonds)


def test_buckminsterfullerene():
    """Rings of five next to rings of six: only the sixes have 4n + 2, and they cover all atoms."""
    text = (
        "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3"
        "c8c4c4c9c5c1c1c6c2c3c41"
    )
    m = read_smiles(text)
    assert (sum(a.aromatic for a in m.atoms), sum(b.order == 1.5 for b in m.bonds)) == (60, 90)


def test_rdkits_rewriting_changes_nothing():
    chem = pytest.importorskip("rdkit.Chem", reason="RDKit is not installed")
    pytest.importorskip("rdkit.RDLogger").DisableLog("rdApp.*")
    if not REAL.is_dir():
        pytest.skip("the files of MoleculeNet are not here")
    for path in sorted(REAL.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row["smiles"].strip() for row in csv.DictReader(file)]
        for m in filter(None, map(chem.MolFromSmiles, rows[::20])):
            kekule = chem.Mol(m)
            chem.Kekulize(kekule, clearAromaticFlags=True)
            texts = [chem.MolToSmiles(m), chem.MolToSmiles(kekule, kekuleSmiles=True)]
            texts += [chem.MolToSmiles(m, rootedAtAtom=m.GetNumAtoms() - 1)]
            assert len({scaffold_of(text) for text in texts}) == 1, texts
            assert len({hashed_fingerprint(text).tobytes() for text in texts}) == 1, texts


@pytest.mark.parametrize("symbol", ["C", "N"])
def test_large_sheets_take_no_long_time(symbol):
    """600 rings of six, bricks in a wall; of nitrogen no set of them has 4n + 2 electrons."""
    rows, columns = 20, 60
    across = [(k, k + 1) for k in range(rows * columns) if (k + 1) % columns]
    down = [(k, k + columns) for k in range((rows - 1) * columns) if (k // columns + k % columns) % 2 == 0]
    degree = np.bincount(np.ravel(across + down))
    atoms = [Atom(symbol, symbol == "C", hydrogens=3 - int(d)) for d in degree]
    m = Molecule(atoms, [Bond(i, j, 1.5 if symbol == "C" else 1.0) for i, j in sorted(across + down)])
    start = time.perf_counter()
    assert mark_aromatic(m, ring_bonds(m), set(range(len(atoms))) if symbol == "C" else set()) is None
    assert sum(a.aromatic for a in atoms) > 1000 if symbol == "C" else not any(a.aromatic for a in atoms)
    assert time.perf_counter() - start < 5


def test_many_equally_small_rings_take_no_long_time():
    """Eight rings of four in a ring: 2^8 ways around."""
    text = "N%10%11NN(N%11)" + "N%11NN(N%11)" * 6 + "N%11NN%10(N%11)"
    start = time.perf_counter()
    read_smiles(".".join([text] * 40))
    assert time.perf_counter() - start < 5
