"""Find the aromatic rings of a molecule, however its text writes them: a property of the molecule, not of its spelling.

C1=CC=CC=C1 and c1ccccc1 are both benzene. A ring whose atoms can all share electrons is aromatic if they share 2, 6,
10, .. of them, 4n + 2 (E. Hückel). Each atom shares

    1    an atom with a double bond in a ring (this one or another), or with C=C that points out of the rings
    2    N with three bonds and none double, O, S, Se with two, a negative C or N: a free pair
    0    C=O, C=N, C=S that point out of the rings, a positive C: an empty place
    none an atom with four neighbours, a S or P with more than its least bonds, two double bonds, a triple one

So do rings together that share one bond each with the next, up to six of them; aromatic is then the way around, and not
the bond in the middle: azulene is c1ccc2cccc-2cc1. This is RDKit's model, close to Daylight's. Rings are the smallest
through each bond, all of those that are equally small, of 24 atoms at most. The search stops where there is too much:
at a bond with more than 16 equally small rings, and at systems with more than 1,000 sets of rings of one size.

Source: E. Hückel, Zeitschrift für Physik 70 (1931) 204-286; the RDKit Book, https://www.rdkit.org, under aromaticity.
"""

from __future__ import annotations

from collections import Counter

from edunet.preprocessing.kekule import matching
from edunet.preprocessing.molecule import Molecule
from edunet.preprocessing.valence import OUTER_ELECTRONS, bonds_used, valences

__all__ = ["mark_aromatic"]

LARGEST, TOGETHER = 24, 6  # atoms in a ring; rings in a set
WAYS, SETS = 16, 1000  # equally small rings through one bond, sets of one size: past these the search goes no further
ELEMENTS = ("B", "C", "N", "O", "Si", "P", "S", "Se", "Te")

Pair = tuple[int, int]  # the atoms of a bond, the lower one first
Ring = frozenset[Pair]


def mark_aromatic(molecule: Molecule, circular: set[Pair], lacking: set[int]) -> int | None:
    """Mark the atoms and bonds of aromatic rings, and only those; write other rings with = and -.

    Arguments: circular, the bonds that lie in a ring; lacking, atoms written as aromatic that have no double bond yet.
    Returns: an atom that finds no partner for its double bond (all then stays as written), or None.
    """
    open_bonds = [bond for bond in molecule.bonds if bond.order == 1.5]
    mate, alone = matching(lacking, open_bonds)
    if alone is not None:
        return alone
    atoms, double = molecule.atoms, [b for b in molecule.bonds if b.order == 2 and (b.i, b.j) in circular]
    found = aromatic_rings(molecule, circular, lacking)
    aromatic = {k for pair in found for k in pair}
    for k, atom in enumerate(atoms):
        atom.aromatic = k in aromatic
    doubtful = [b for b in open_bonds if (b.i, b.j) not in found]
    doubtful += [b for b in double if (b.i, b.j) not in found and atoms[b.i].aromatic and atoms[b.j].aromatic]
    if doubtful:  # double bonds of aromatic atoms belong into their ring, if there is a way: biphenylene
        sharing = lacking | {k for bond in double for k in (bond.i, bond.j)}
        plain = [b for b in open_bonds + double if not (atoms[b.i].aromatic or atoms[b.j].aromatic)]
        within, left = matching(sharing, [b for b in molecule.bonds if (b.i, b.j) in found] + plain)
        mate, decided = (within, doubtful) if left is None else (mate, open_bonds)
        for bond in decided:
            bond.order = 2.0 if mate.get(bond.i) == bond.j else 1.0
    for bond in molecule.bonds:
        if (bond.i, bond.j) in found:
            bond.order = 1.5
    return None


def aromatic_rings(molecule: Molecule, circular: set[Pair], lacking: set[int]) -> set[Pair]:
    """Return the bonds of all aromatic rings.

    Arguments: circular, the bonds that lie in a ring; lacking, the atoms whose double bond has no place yet.
    """
    electrons = {}
    for k in {k for pair in circular for k in pair}:
        number = shared(molecule, k, circular, lacking)
        if number is not None:
            electrons[k] = number
    near: dict[int, list[int]] = {k: [] for k in electrons}
    for i, j in circular:
        if i in near and j in near:
            near[i].append(j)
            near[j].append(i)
    rings = {ring for i, others in near.items() for j in others if i < j for ring in smallest_rings(near, i, j)}
    found: set[Pair] = set()
    for beside in fused_systems(rings):
        found |= aromatic_bonds(beside, electrons)
    return found


def shared(molecule: Molecule, k: int, circular: set[Pair], lacking: set[int]) -> int | None:
    """Return how many electrons an atom shares with its ring; None if it cannot take part."""
    atom, others = molecule.atoms[k], molecule.neighbours[k]
    neighbours = len(others) + atom.hydrogens
    multiple = [j for j, bond in others.items() if bond.order >= 2]
    doubles = len(multiple) + (k in lacking)
    if atom.symbol not in ELEMENTS or neighbours > 3 or doubles > 1 or any(b.order > 2 for b in others.values()):
        return None
    if bonds_used(molecule, k) + (k in lacking) > valences(atom.symbol, atom.charge)[0]:
        return None
    outer = OUTER_ELECTRONS[atom.symbol]
    if doubles:
        out_of_rings = bool(multiple) and (min(k, multiple[0]), max(k, multiple[0])) not in circular
        return 0 if out_of_rings and OUTER_ELECTRONS.get(molecule.atoms[multiple[0]].symbol, 0) > outer else 1
    free = outer - atom.charge - neighbours  # electrons that no bond needs
    if free >= 2 and free % 2 == 0:
        return 2
    return 0 if free == 0 and atom.charge > 0 else None


def smallest_rings(near: dict[int, list[int]], i: int, j: int) -> list[Ring]:
    """Return the smallest rings through the bond i-j: all shortest ways from i to j that do not take it."""
    before: dict[int, list[int]] = {i: []}
    rim = [i]
    for _ in range(LARGEST - 1):
        reached: dict[int, list[int]] = {}
        for here in rim:
            for other in near[here]:
                if other not in before and (here, other) != (i, j):
                    reached.setdefault(other, []).append(here)
        before |= reached
        rim = list(reached)
        if j in reached or not rim:
            break
    rings, ways = [], [[j]] if j in before else []
    while ways:
        way = ways.pop()
        if way[-1] == i:
            rings.append(frozenset((min(pair), max(pair)) for pair in zip(way, [*way[1:], j], strict=True)))
        if len(rings) + len(ways) > WAYS:
            return []
        ways += [[*way, back] for back in before[way[-1]]]
    return rings


def fused_systems(rings: set[Ring]) -> list[dict[Ring, list[Ring]]]:
    """Return the rings that hang together, system by system: {ring: rings that share one bond with it}."""
    with_bond: dict[Pair, list[Ring]] = {}
    for ring in rings:
        for pair in ring:
            with_bond.setdefault(pair, []).append(ring)
    beside = {ring: [o for pair in ring for o in with_bond[pair] if len(ring & o) == 1] for ring in rings}
    systems, seen = [], set()
    for ring in rings:
        if ring not in seen:
            system, todo = {}, [ring]
            seen.add(ring)
            while todo:
                here = todo.pop()
                system[here] = beside[here]
                new = [other for other in dict.fromkeys(beside[here]) if other not in seen]
                seen.update(new)
                todo += new
            systems.append(system)
    return systems


def aromatic_bonds(beside: dict[Ring, list[Ring]], electrons: dict[int, int]) -> set[Pair]:
    """Return the aromatic bonds of a system: single rings first, then larger sets while bonds are left over."""
    every = frozenset().union(*beside)
    found: set[Pair] = set()
    sets = {frozenset([ring]) for ring in beside}
    for _ in range(TOGETHER):
        for rings in sets:
            times = Counter(pair for ring in rings for pair in ring)
            visits = Counter(k for ring in rings for k in {k for pair in ring for k in pair})
            if sum(electrons[k] for k, n in visits.items() if n < 3) % 4 == 2:
                found |= {pair for pair, n in times.items() if n == 1}
        if found >= every or len(sets) > SETS:
            break
        sets = {rings | {other} for rings in sets for ring in rings for other in beside[ring] if other not in rings}
    return found
