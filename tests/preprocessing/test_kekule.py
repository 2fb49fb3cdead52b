"""kekule: perfect matchings against all there are; which aromatic atoms lack a bond."""

import numpy as np
import pytest

from edunet.preprocessing.kekule import lacking_atoms, matching
from edunet.preprocessing.molecule import Bond
from edunet.preprocessing.smiles import read_smiles


def can_be_paired(atoms, pairs):
    """Try all ways to pair the first atom."""
    if not atoms:
        return True
    first, *rest = atoms
    return any(
        can_be_paired([k for k in rest if k != other], pairs)
        for other in rest
        if (first, other) in pairs or (other, first) in pairs
    )


def test_there_is_a_partner_for_all_whenever_there_can_be():
    rng = np.random.Generator(np.random.PCG64(0))
    paired = 0
    for _ in range(1000):
        n = int(rng.integers(1, 6)) * 2
        pairs = {(i, j) for i in range(n) for j in range(i + 1, n) if rng.random() < 2.2 / n}
        mate, alone = matching(set(range(n)), [Bond(i, j, 1.5) for i, j in pairs])
        assert (alone is None) == can_be_paired(list(range(n)), pairs)
        assert all(mate[mate[k]] == k and ((k, mate[k]) in pairs or (mate[k], k) in pairs) for k in mate)
        assert alone is None or alone not in mate
        paired += alone is None
    assert paired > 100


def test_two_odd_rings_on_a_chain():
    """Each blossom must be shrunk: every triangle gives one partner away."""
    pairs = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 5)]
    assert matching(set(range(8)), [Bond(i, j, 1.5) for i, j in pairs])[1] is None


def test_bonds_to_other_atoms_do_not_count():
    assert matching({0, 2}, [Bond(0, 1, 1.5), Bond(1, 2, 1.5)])[1] == 0


@pytest.mark.parametrize(
    ("text", "lacking"),
    [("c1ccccc1", 6), ("c1cc[nH]c1", 4), ("Cn1cccc1", 4), ("c1ccoc1", 4), ("n1ccccc1", 6), ("O=c1cc[nH]cc1", 4)],
)
def test_who_lacks_a_bond(text, lacking):
    assert len(lacking_atoms(read_smiles(text))) == lacking
