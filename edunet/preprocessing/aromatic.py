"""Find the aromatic rings of a molecule, also where its text writes them with = and -.

    C1=CC=CC=C1 and c1ccccc1 are both benzene

A ring of 5 to 7 atoms is aromatic if each of its atoms can share electrons, and together they share six (E. Hückel):

    1    an atom with a double bond within the rings; aromatic c and n as written
    2    N with three bonds and none double, O, S, Se with two, a negative C or N
    0    C=O, C=N, C=S that point out of the ring, a positive C
    none an atom with four single bonds, C=C that points out of the ring: no aromatic ring

Systems that are aromatic as a whole only (azulene, porphyrins, dyes) stay as they are written.
"""

from __future__ import annotations

from edunet.preprocessing.molecule import Molecule

__all__ = ["mark_aromatic"]

SIZES = (5, 6, 7)
PAIR_GIVERS = {"N": 3, "P": 3, "O": 2, "S": 2, "Se": 2}  # neutral: how many bonds they have besides a free pair


def mark_aromatic(molecule: Molecule, circular: set[tuple[int, int]]) -> None:
    """Mark atoms and bonds of aromatic rings that were written with = and -.

    Arguments: circular, bonds (i, j) that lie in a ring.
    """
    written = {k for i, j in circular for k in (i, j) if molecule.neighbours[i][j].order == 2}
    if not written:
        return
    shares = {k: shared(molecule, k, circular) for pair in circular for k in pair}
    able = {k for k, electrons in shares.items() if electrons is not None and len(molecule.neighbours[k]) < 4}
    rings = {
        ring
        for i, j in circular
        if {i, j} <= able and (ring := smallest_ring(molecule, i, j, able, circular)) is not None
    }
    for ring in rings:
        if sum(shares[k] or 0 for k in ring) == 6:
            for k, after in zip(ring, ring[1:] + ring[:1], strict=True):
                molecule.atoms[k].aromatic = True
                molecule.neighbours[k][after].order = 1.5


def shared(molecule: Molecule, k: int, circular: set[tuple[int, int]]) -> int | None:
    """Return how many electrons an atom shares with its ring; None if it cannot take part."""
    atom, others = molecule.atoms[k], molecule.neighbours[k]
    connections = len(others) + atom.hydrogens
    double = [j for j, bond in others.items() if bond.order == 2]
    if any(bond.order > 2 for bond in others.values()) or len(double) > 1:
        return None
    if double:
        within = (k, double[0]) in circular or (double[0], k) in circular
        return 1 if within else 0 if atom.symbol == "C" and molecule.atoms[double[0]].symbol in PAIR_GIVERS else None
    if atom.aromatic and atom.symbol == "C" and not atom.charge:
        return 1
    if atom.symbol in PAIR_GIVERS and not atom.charge and connections == PAIR_GIVERS[atom.symbol]:
        return 2
    if atom.aromatic:  # pyridine's n, [n+], [o+]
        return 2 if atom.charge < 0 else 1
    if atom.symbol in ("C", "N") and atom.charge < 0 and connections == (3 if atom.symbol == "C" else 2):
        return 2
    return 0 if atom.symbol == "C" and atom.charge > 0 and connections == 3 else None


def smallest_ring(molecule: Molecule, i: int, j: int, able: set[int], circular: set) -> tuple[int, ...] | None:
    """Return a smallest ring through the bond i-j, of 5 to 7 atoms that are able, beginning at its lowest atom."""
    came_from = {i: -1}
    rim = [i]
    for _ in range(max(SIZES) - 1):
        reached = []
        for here in rim:
            for other in molecule.neighbours[here]:
                in_ring = (here, other) in circular or (other, here) in circular
                if other in came_from or other not in able or not in_ring or (here, other) == (i, j):
                    continue
                came_from[other] = here
                reached.append(other)
        if j in came_from:
            break
        rim = reached
    path = [j]
    while path[-1] in came_from and came_from[path[-1]] >= 0:
        path.append(came_from[path[-1]])
    if len(path) not in SIZES:
        return None
    first = path.index(min(path))
    path = path[first:] + path[:first]
    return tuple(path if path[1] < path[-1] else [path[0], *reversed(path[1:])])
