"""A molecule as a graph: atoms with their hydrogens, bonds, and which of them lie in rings.

`edunet.preprocessing.smiles` reads it from a text.

Source: OpenSMILES 1.0, http://opensmiles.org/opensmiles.html, for the hydrogens; R. E. Tarjan, A note on finding the
bridges of a graph, Information Processing Letters 2 (1974) 160-161.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Atom", "Bond", "Molecule", "part_of", "ring_bonds", "room_for_hydrogens", "without_hydrogen_atoms"]

# Of atoms without bracket, which fill up with hydrogens; others (1,). OpenSMILES gives N also 5: see `valence`.
VALENCES = {"B": (3,), "C": (4,), "N": (3,), "O": (2,), "P": (3, 5), "S": (2, 4, 6)}


@dataclass
class Atom:
    """An atom, with its hydrogens counted in."""

    symbol: str  # "C", "Cl", "*"
    aromatic: bool
    charge: int = 0
    isotope: int = 0  # 0: not said
    hydrogens: int = -1  # -1 until the bonds are known: then as many as the valence leaves room for
    place: int = 0  # of the character it begins at, from 0


@dataclass
class Bond:
    """A bond between atoms i and j."""

    i: int
    j: int
    order: float  # 1, 2, 3, 4; 1.5 aromatic


@dataclass
class Molecule:
    """Atoms and bonds in the order in which they were written."""

    atoms: list[Atom]
    bonds: list[Bond]
    neighbours: list[dict[int, Bond]] = field(default_factory=list)  # of each atom: {other atom: bond}

    def __post_init__(self):
        """List the neighbours of each atom."""
        self.neighbours = [{} for _ in self.atoms]
        for bond in self.bonds:
            self.neighbours[bond.i][bond.j] = self.neighbours[bond.j][bond.i] = bond


def room_for_hydrogens(atom: Atom, orders: list[float]) -> int:
    """Return how many hydrogens an atom without bracket has: up to its smallest valence that holds its bonds."""
    if atom.symbol == "*":
        return 0
    if atom.aromatic:  # c has three places in the plane; of the others, only those in brackets have hydrogens
        return max(0, 3 - len(orders)) if atom.symbol == "C" else 0
    used = int(sum(orders))
    return next((valence - used for valence in VALENCES.get(atom.symbol, (1,)) if valence >= used), 0)


def without_hydrogen_atoms(molecule: Molecule) -> Molecule:
    """Count each plain [H] with one single bond on its neighbour, and leave it out."""
    atoms, gone = molecule.atoms, set()
    for k, atom in enumerate(atoms):
        if (atom.symbol, atom.charge, atom.isotope, atom.hydrogens) == ("H", 0, 0, 0):
            others = list(molecule.neighbours[k])
            if len(others) == 1 and atoms[others[0]].symbol != "H":
                atoms[others[0]].hydrogens += 1
                gone.add(k)
    if not gone:
        return molecule
    return part_of(molecule, [k for k in range(len(atoms)) if k not in gone])


def part_of(molecule: Molecule, kept: list[int]) -> Molecule:
    """Return the molecule of some of the atoms, numbered anew; the atoms are the same objects."""
    number = {k: new for new, k in enumerate(kept)}
    bonds = [Bond(number[b.i], number[b.j], b.order) for b in molecule.bonds if b.i in number and b.j in number]
    return Molecule([molecule.atoms[k] for k in kept], bonds)


def ring_bonds(molecule: Molecule) -> set[tuple[int, int]]:
    """Return the bonds (i, j) that lie in a ring: those that no cut of them alone would take apart (R. Tarjan 1974)."""
    n = len(molecule.atoms)
    seen, low = [-1] * n, [0] * n  # when the walk came here; the earliest atom that can be reached from below
    bridges, clock = set(), 0
    for root in range(n):
        if seen[root] >= 0:
            continue
        seen[root] = low[root] = clock = clock + 1
        walk = [(root, -1, iter(molecule.neighbours[root]))]
        while walk:
            here, parent, others = walk[-1]
            other = next(others, None)
            if other is None:
                walk.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[here])
                    if low[here] > seen[parent]:
                        bridges.add((min(here, parent), max(here, parent)))
            elif seen[other] < 0:
                seen[other] = low[other] = clock = clock + 1
                walk.append((other, here, iter(molecule.neighbours[other])))
            elif other != parent:
                low[here] = min(low[here], seen[other])
    pairs = ((bond.i, bond.j) for bond in molecule.bonds)
    return {pair for pair in pairs if (min(pair), max(pair)) not in bridges}
