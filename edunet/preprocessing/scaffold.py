"""Scaffolds: the rings of a molecule and what links them. Molecules of one scaffold belong to one side of a split.

A split at random puts near twins on both sides, and the test then asks for what was learnt by heart. Chemists make new
series: a fair test holds scaffolds that the training part has not seen.

    scaffold = atoms that are left when ends are cut off until there is no end,      rings and the chains between them
               and atoms at double bonds of those                                     as the O of C=O in a ring

It is written as a SMILES of its own, the same however the molecule was written: aromatic rings and charges of nitro
groups are settled first (`edunet.preprocessing.smiles`), then atoms are numbered by what surrounds them, further and
further out, and ties are broken one at a time (Weininger's CANGEN). Mirror images are one scaffold; tautomers are two.
Two spellings may remain for rings so regular that their atoms look alike at every distance but are not, for rings that
are written with = and not aromatic though bonds could change places, and for texts that spell no possible molecule.

Measured on the 9,436 molecules of ESOL, FreeSolv, Lipophilicity, BBBP and SIDER that RDKit reads, each written anew by
RDKit in five ways (its own order and random ones, with small letters and with =): no scaffold and no fingerprint
changed. Every molecule has the companions that it has by RDKit's Murcko scaffolds.

Source: G. W. Bemis, M. A. Murcko, The properties of known drugs 1, Journal of Medicinal Chemistry 39 (1996) 2887-2893;
D. Weininger, A. Weininger, J. L. Weininger, SMILES 2, Journal of Chemical Information and Computer Sciences 29 (1989)
97-101; Z. Wu et al., MoleculeNet, Chemical Science 9 (2018) 513-530, for the split.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.molecule import Molecule, part_of
from edunet.preprocessing.smiles import read_smiles
from edunet.preprocessing.smiles_writing import canonical_smiles

__all__ = ["ScaffoldSplit", "scaffold_of", "scaffold_split"]


class ScaffoldSplit(NamedTuple):
    """Rows of each part, in rising order."""

    train: np.ndarray  # int64
    val: np.ndarray
    test: np.ndarray


def scaffold_of(smiles: str) -> str:
    """Return the scaffold of a molecule, rings and what links them, as a SMILES; "" where there is no ring.

    Arguments: smiles, one text.
    Raises: TypeError if it is no text; ValueError that names the character and its place, if it is no SMILES.
        Impossible molecules are taken: `read_smiles` refuses them.
    Source: Bemis and Murcko 1996, with the atoms at double bonds kept, as RDKit does.

    >>> scaffold_of("Cc1ccccc1O") == scaffold_of("c1ccc(cc1)CCN") == "c1ccccc1"
    True
    >>> scaffold_of("CCO")
    ''
    """
    molecule = read_smiles(smiles, check_valence=False)
    kept = core(molecule)
    atoms = molecule.atoms
    for k, others in enumerate(molecule.neighbours):  # where an end was cut off, hydrogens take its place
        if k in kept:
            atoms[k].hydrogens += int(sum(bond.order for other, bond in others.items() if other not in kept))
    return canonical_smiles(part_of(molecule, sorted(kept)))


def core(molecule: Molecule) -> set[int]:
    """Return the atoms of the scaffold."""
    degree = [len(others) for others in molecule.neighbours]
    ends = [k for k, d in enumerate(degree) if d < 2]
    kept = set(range(len(degree)))
    while ends:
        end = ends.pop()
        kept.discard(end)
        for other in molecule.neighbours[end]:
            degree[other] -= 1
            if degree[other] == 1 and other in kept:
                ends.append(other)
    at_double_bonds = [
        j if i in kept else i
        for i, j, order in ((b.i, b.j, b.order) for b in molecule.bonds)
        if order == 2 and (i in kept) != (j in kept)
    ]
    return kept.union(at_double_bonds)


def scaffold_split(smiles: Sequence[str], train: float = 0.8, val: float = 0.1, test: float = 0.1) -> ScaffoldSplit:
    """Split molecules so that no scaffold stands on two sides: the commonest to train, the rare ones to test.

    Scaffolds are taken from the one with most molecules to the rarest (of equal ones, that which comes first). Each
    goes to the training part if it still fits there, else to validation if it fits there, else to the test. Nothing is
    drawn by chance. Molecules without a ring share the scaffold "".

    Arguments: smiles, N texts; train, val, test, shares >= 0 that sum to 1; val may be 0.
    Returns: `ScaffoldSplit(train, val, test)`, rows of smiles in rising order, int64.
    Raises: TypeError if smiles is one text, or no texts; ValueError for shares that do not sum to 1, for a text that is
        no SMILES (its row is named), and where a part that was asked for stays empty.
    Source: Z. Wu et al., MoleculeNet, Chemical Science 9 (2018) 513-530.

    >>> scaffold_split(["CCO", "CCN", "Cc1ccccc1", "C1CC1C"], 0.5, 0.25, 0.25)
    ScaffoldSplit(train=array([0, 1]), val=array([2]), test=array([3]))
    """
    shares = checked_shares(train, val, test)
    groups: dict[str, list[int]] = {}
    for row, scaffold in enumerate(scaffolds_of(smiles)):
        groups.setdefault(scaffold, []).append(row)
    n = sum(map(len, groups.values()))
    room = [math.floor(n * shares[0] + 0.5), math.floor(n * (shares[0] + shares[1]) + 0.5)]
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for rows in sorted(groups.values(), key=lambda rows: (-len(rows), rows[0])):
        if len(parts[0]) + len(rows) <= room[0]:
            parts[0].extend(rows)
        elif shares[1] and len(parts[0]) + len(parts[1]) + len(rows) <= room[1]:
            parts[1].extend(rows)
        else:
            parts[2].extend(rows)
    for name, share, rows in zip(ScaffoldSplit._fields, shares, parts, strict=True):
        if bool(share) != bool(rows):
            raise ValueError(
                f"scaffold_split: {name}={share:g} was asked for, but {len(rows)} of {n} molecules go there: they have "
                f"{len(groups)} scaffolds, the largest with {max(map(len, groups.values()))} molecules. Take other "
                "shares, or more molecules."
            )
    return ScaffoldSplit(*(np.sort(np.array(rows, dtype=np.int64)) for rows in parts))


def checked_shares(train: float, val: float, test: float) -> tuple[float, float, float]:
    """Return the shares as floats, or say what is wrong with them."""
    shares = {"train": train, "val": val, "test": test}
    for name, share in shares.items():
        if isinstance(share, bool) or not isinstance(share, (int, float, np.integer, np.floating)):
            raise TypeError(f"{name} must be a share, a number from 0 to 1. Received: {name}={share!r}.")
    values = [float(share) for share in shares.values()]
    if not all(0 <= share <= 1 for share in values) or abs(sum(values) - 1) > 1e-9 or not values[0]:
        raise ValueError(
            f"train, val and test must be shares that sum to 1, train above 0. Received: train={train!r}, val={val!r}, "
            f"test={test!r}, together {sum(values):g}. Type for example train=0.8, val=0.1, test=0.1."
        )
    return values[0], values[1], values[2]


def scaffolds_of(smiles: Sequence[str]) -> list[str]:
    """Return the scaffold of each text, or name the row that is no SMILES."""
    if isinstance(smiles, str) or np.ndim(smiles) != 1 or len(smiles) == 0:
        raise TypeError("scaffold_split wants a list of SMILES texts, at least one. Type scaffold_split([...]).")
    found = []
    for row, text in enumerate(smiles):
        try:
            found.append(scaffold_of(text))
        except (TypeError, ValueError) as error:
            raise type(error)(f"row {row}: {error}") from error
    return found
