"""valence: how many bonds an atom takes, molecules that cannot be, charges of nitro groups and their like."""

import pytest

from edunet.preprocessing import hashed_fingerprint, read_smiles
from edunet.preprocessing.valence import valences


@pytest.mark.parametrize(
    ("symbol", "charge", "expected"),
    [
        ("C", 0, (4,)), ("C", 1, (3,)), ("C", -1, (3,)), ("N", 0, (3,)), ("N", 1, (4,)), ("O", -1, (1,)),
        ("O", 1, (3,)), ("B", 0, (3,)), ("B", -1, (4,)), ("P", 0, (3, 5)), ("P", 1, (4,)), ("P", -1, (2, 4, 6)),
        ("S", 0, (2, 4, 6)), ("S", 1, (3, 5)), ("Cl", -1, (0, 2, 4, 6)), ("I", 0, (1, 3, 5, 7)), ("F", -1, (0,)),
        ("H", 0, (1,)), ("H", 1, (0,)), ("Fe", 2, ()), ("*", 0, ()),
    ],
)  # fmt: skip
def test_valences(symbol, charge, expected):
    assert valences(symbol, charge) == expected


@pytest.mark.parametrize(
    ("text", "character", "place", "why"),
    [
        ("CC(C)(C)(C)C", "C", 2, "C with 5 bonds .*takes 4"),
        ("FF(F)F", "F", 2, "F with 3 bonds .*takes 1"),
        ("C[CH5]", r"\[", 2, "C with 6 bonds"),
        ("CN(C)(C)C", "N", 2, "N with 4 bonds .*takes 3"),
        ("CO(C)C", "O", 2, "O with 3"),
        ("C[N+](C)(C)(C)C", r"\[", 2, r"N\+1 with 5 bonds .*takes 4"),
        ("CClC", "C", 2, "Cl with 2 bonds .*takes 1 or 3"),
        ("[H]C([H])([H])([H])C", "C", 4, "C with 5"),
        ("C=[NH]C", r"\[", 3, "N with 4"),
        ("c1cccc1", "c", r"\d", "partner"),
        ("n1cccc1", "[nc]", r"\d", "partner"),
        ("Ccc", "c", r"\d", "partner"),
        ("[nH]", r"\[", 1, "partner"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(text, character, place, why):
    with pytest.raises(ValueError, match=f"character '{character}' at place {place} of the SMILES.*{why}"):
        read_smiles(text)
    assert read_smiles(text, check_valence=False).atoms
    assert hashed_fingerprint(text).any()  # tables have such rows


@pytest.mark.parametrize(
    "text",
    ["CS(C)(=O)=O", "OP(O)(O)=O", "F[P-](F)(F)(F)(F)F", "FS(F)(F)(F)(F)F", "OCl(=O)(=O)=O", "C[N+](C)(C)C", "[CH3]",
     "[C-]#[O+]", "[BH4-]", "[Cu+2]", "C[Hg]C", "O=[As](O)(O)O", "CC(=O)I(O)O", "*c1ccccc1", "c1cc*cc1", "[H][H]",
     "[H+]", "C[n+]1ccccc1", "CN(=O)=O", "CN(C)(C)=O", "C=N#N"],
)  # fmt: skip
def test_what_can_be_is_read(text):
    assert read_smiles(text).atoms


@pytest.mark.parametrize(
    ("text", "charges"),
    [
        ("CN(=O)=O", [-1, 0, 0, 1]),
        ("CN=N#N", [-1, 0, 0, 1]),
        ("O=n1ccccc1", [-1, 0, 0, 0, 0, 0, 1]),
        ("C[S+](C)[O-]", [0, 0, 0, 0]),
        ("CP(=O)(C)C", [0, 0, 0, 0, 0]),
        ("C[N+](C)(C)[O-]", [-1, 0, 0, 0, 1]),
        ("C[S+](C)C.[O-]C", [-1, 0, 0, 0, 0, 1]),
    ],
)
def test_one_spelling_of_charges(text, charges):
    assert sorted(a.charge for a in read_smiles(text).atoms) == charges
