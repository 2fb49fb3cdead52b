"""Fingerprints: which small pieces a molecule holds, as bits. No chemistry package is needed.

    id₀(a)   = hash(element, neighbours, hydrogens, charge, aromatic, in a ring)        of every atom a
    idᵣ(a)   = hash(r, idᵣ₋₁(a), sorted (bond, idᵣ₋₁(b)) of its neighbours b)           r = 1 .. radius
    bit idᵣ(a) mod bits is set, for every atom and r

So a bit says "somewhere there is an atom with these surroundings, r bonds far". This is Morgan's numbering as the
extended-connectivity fingerprints (ECFP) use it. It is not RDKit's: the hash is another (BLAKE2, the same on every
machine and in every process), so the bits stand elsewhere, and pieces that cover the same atoms are kept. Two pieces
may fall on one bit: with 1,024 bits and 60 pieces, about two of them do. The bits are the same however the molecule was
written; what was measured stands at the top of `edunet.preprocessing.scaffold`.

Source: D. Rogers, M. Hahn, Extended-connectivity fingerprints, Journal of Chemical Information and Modeling 50 (2010)
742-754; H. L. Morgan, Journal of Chemical Documentation 5 (1965) 107-113.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from edunet.preprocessing.molecule import Molecule, ring_bonds
from edunet.preprocessing.smiles import read_smiles

__all__ = ["hashed_fingerprint"]

MAX_BITS, MAX_RADIUS = 2**20, 10


def hashed_fingerprint(smiles: str | Sequence[str], bits: int = 1024, radius: int = 2) -> np.ndarray:
    """Say which pieces of up to `radius` bonds around an atom a molecule holds.

    The formula stands at the top of `edunet.preprocessing.fingerprint`.

    Arguments: smiles, one text or N of them; bits, length of a fingerprint, 8 to 1,048,576; radius, in bonds, 0 to 10.
    Returns: (bits,) uint8 of 0 and 1 for one text, (N,bits) for N texts.
    Raises: TypeError if smiles is no text, or bits or radius no whole number; ValueError for a text that is no SMILES
        (row, character and place are named), or numbers out of range. Impossible molecules are taken: `read_smiles`
        refuses them.
    Source: Rogers and Hahn 2010; see the module for what differs.

    >>> prints = hashed_fingerprint(["OCC", "CCO", "CCN"])
    >>> prints.shape, bool((prints[0] == prints[1]).all()), bool((prints[0] == prints[2]).all())
    ((3, 1024), True, False)
    """
    for name, value, least, most in (("bits", bits, 8, MAX_BITS), ("radius", radius, 0, MAX_RADIUS)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} must be a whole number. Received: {name}={value!r}.")
        if not least <= value <= most:
            raise ValueError(f"{name} must lie between {least} and {most:,}. Received: {name}={value}.")
    if isinstance(smiles, str):
        return one_fingerprint(smiles, int(bits), int(radius))
    if np.ndim(smiles) != 1:
        raise TypeError("hashed_fingerprint wants one SMILES text or a list of them. Type hashed_fingerprint([...]).")
    found = np.zeros((len(smiles), bits), np.uint8)
    for row, text in enumerate(smiles):
        try:
            found[row] = one_fingerprint(text, int(bits), int(radius))
        except (TypeError, ValueError) as error:
            raise type(error)(f"row {row}: {error}") from error
    return found


def one_fingerprint(smiles: str, bits: int, radius: int) -> np.ndarray:
    """Return the bits of one molecule."""
    molecule = read_smiles(smiles, check_valence=False)
    ids = first_ids(molecule)
    everything = set(ids)
    for r in range(1, radius + 1):
        ids = [
            stable_hash(r, ids[a], *sorted((bond.order, ids[b]) for b, bond in others.items()))
            for a, others in enumerate(molecule.neighbours)
        ]
        everything.update(ids)
    found = np.zeros(bits, np.uint8)
    found[[number % bits for number in everything]] = 1
    return found


def first_ids(molecule: Molecule) -> list[int]:
    """Return id₀ of every atom."""
    in_ring = {k for pair in ring_bonds(molecule) for k in pair}
    return [
        stable_hash(atom.symbol, len(others), atom.hydrogens, atom.charge, atom.aromatic, k in in_ring)
        for k, (atom, others) in enumerate(zip(molecule.atoms, molecule.neighbours, strict=True))
    ]


def stable_hash(*values) -> int:
    """Hash to 64 bits, the same in every process: Python's own hash of a text is not."""
    return int.from_bytes(hashlib.blake2b(repr(values).encode(), digest_size=8).digest(), "little")
