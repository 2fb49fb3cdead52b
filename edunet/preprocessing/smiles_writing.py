"""Write a molecule as a SMILES, the same text whatever order its atoms came in.

    1. colour every atom by what it is
    2. colour it anew by its colour and those of its neighbours, until that tells no more atoms apart
    3. if two atoms still have one colour, single out one of the first such pair, and go on with 2
    4. walk from the atom of the lowest colour, always to the lowest neighbour first, and write

Step 3 may take either atom if they are mirror images of each other, which in molecules they nearly always are.

Source: D. Weininger, A. Weininger, J. L. Weininger, SMILES 2, Journal of Chemical Information and Computer Sciences 29
(1989) 97-101; B. Weisfeiler, A. Leman (1968) for step 2.
"""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.molecule import Atom, Molecule, room_for_hydrogens

__all__ = ["canonical_ranks", "canonical_smiles"]

BOND_SIGNS = {1.0: "-", 1.5: ":", 2.0: "=", 3.0: "#", 4.0: "$"}
PLAIN = {"B", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I", "*"}  # need no bracket
AROMATIC_PLAIN = {"B", "C", "N", "O", "P", "S"}


def canonical_ranks(molecule: Molecule) -> np.ndarray:
    """Number the atoms 0 .. n-1 by their surroundings, not by the order in which they came."""
    n = len(molecule.atoms)
    kinds = [(a.symbol, a.aromatic, a.charge, a.isotope, a.hydrogens, len(o)) for a, o in pairs(molecule)]
    place = {kind: k for k, kind in enumerate(sorted(set(kinds)))}
    colour = np.array([place[kind] for kind in kinds], dtype=np.uint64)
    ends = np.array([(b.i, b.j) for b in molecule.bonds], dtype=np.int64).reshape(-1, 2)
    here, there = np.concatenate([ends, ends[:, ::-1]]).T
    order = np.tile(np.array([2 * b.order for b in molecule.bonds], dtype=np.uint64), 2)
    while True:
        colour = refine(colour, here, there, order)
        counts = np.bincount(colour.astype(np.int64))
        if len(counts) == n:
            return colour.astype(np.int64)
        tied = int(np.flatnonzero(counts > 1)[0])
        colour = 2 * colour + 1
        colour[np.flatnonzero(colour == 2 * tied + 1)[0]] -= 1


def pairs(molecule: Molecule):
    """Each atom with its neighbours."""
    return zip(molecule.atoms, molecule.neighbours, strict=True)


def refine(colour: np.ndarray, here: np.ndarray, there: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Colour atoms by colour and neighbours until the number of colours stays; a rank of colours is returned."""
    count = 0
    while True:
        around = np.zeros(len(colour), np.uint64)
        np.add.at(around, here, mixed(colour[there] * np.uint64(16) + order))  # a sum: no order among neighbours
        by_rank = np.lexsort((around, colour))
        own, around = colour[by_rank], around[by_rank]
        rank = np.zeros(len(colour), np.uint64)
        np.cumsum((own[1:] != own[:-1]) | (around[1:] != around[:-1]), out=rank[1:])
        colour[by_rank] = rank
        if rank[-1] + 1 == count:
            return colour
        count = rank[-1] + 1


def mixed(numbers: np.ndarray) -> np.ndarray:
    """Spread numbers over 64 bits, so that sums of them tell sets apart (SplitMix64, S. Vigna 2015)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def canonical_smiles(molecule: Molecule) -> str:
    """Write the molecule; its parts, if it has several, in alphabetical order."""
    if not molecule.atoms:
        return ""
    rank = canonical_ranks(molecule)
    found: set[int] = set()
    parts = []
    for start in np.argsort(rank).tolist():
        if start not in found:
            children, closures = tree(molecule, start, rank)
            found |= children.keys()
            parts.append(written(molecule, start, children, closures))
    return ".".join(sorted(parts))


def tree(molecule: Molecule, start: int, rank: np.ndarray):
    """Walk to all atoms of the part of `start`, lowest rank first; bonds back to where the walk was close a ring.

    Returns: children {atom: atoms that the walk went on to}, closures {atom: [atoms it closes a ring with]}.
    """
    children: dict[int, list[int]] = {start: []}
    closures: dict[int, list[int]] = {}
    parent = {start: -1}
    walk = [(start, iter(sorted(molecule.neighbours[start], key=rank.__getitem__)))]
    done = set()
    while walk:
        here, others = walk[-1]
        other = next(others, None)
        if other is None:
            done.add(here)
            walk.pop()
        elif other not in children:
            parent[other] = here
            children[here].append(other)
            children[other] = []
            walk.append((other, iter(sorted(molecule.neighbours[other], key=rank.__getitem__))))
        elif other != parent[here] and other not in done:  # an atom that the walk still stands on
            closures.setdefault(other, []).append(here)
            closures.setdefault(here, []).append(other)
    return children, closures


def written(molecule: Molecule, start: int, children: dict[int, list[int]], closures: dict[int, list[int]]) -> str:
    """Write one part along the tree."""
    words: list[str] = []
    numbers: dict[tuple[int, int], int] = {}  # of the rings that are open
    todo: list[int | str] = [start]
    before: dict[int, int] = {child: here for here, those in children.items() for child in those}
    while todo:
        step = todo.pop()
        if isinstance(step, str):
            words.append(step)
            continue
        if step in before:
            words.append(bond_word(molecule, before[step], step))
        words.append(atom_word(molecule.atoms[step], [b.order for b in molecule.neighbours[step].values()]))
        for other in closures.get(step, ()):
            pair = min(step, other), max(step, other)
            if pair in numbers:
                words.append(ring_word(numbers.pop(pair)))
            else:
                free = next(k for k in range(1, len(numbers) + 2) if k not in numbers.values())
                numbers[pair] = free
                words.append(bond_word(molecule, step, other) + ring_word(free))
        todo += children[step][-1:]
        for branch in reversed(children[step][:-1]):
            todo += [")", branch, "("]
    return "".join(words)


def ring_word(number: int) -> str:
    """Write the number of a ring."""
    return str(number) if number < 10 else f"%{number}" if number < 100 else f"%({number})"


def bond_word(molecule: Molecule, i: int, j: int) -> str:
    """Write a bond, unless it is what is understood: aromatic between aromatic atoms, else single."""
    order = molecule.neighbours[i][j].order
    understood = 1.5 if molecule.atoms[i].aromatic and molecule.atoms[j].aromatic else 1.0
    return "" if order == understood else BOND_SIGNS[order]


def atom_word(atom: Atom, orders: list[float]) -> str:
    """Write an atom, in brackets if its hydrogens are not those that are understood."""
    plain = atom.symbol in (AROMATIC_PLAIN if atom.aromatic else PLAIN) and not atom.charge and not atom.isotope
    symbol = atom.symbol.lower() if atom.aromatic else atom.symbol
    if plain and atom.hydrogens == room_for_hydrogens(atom, orders):
        return symbol
    hydrogens = "H" * bool(atom.hydrogens) + (str(atom.hydrogens) if atom.hydrogens > 1 else "")
    charge = "" if not atom.charge else "+-"[atom.charge < 0] + (str(abs(atom.charge)) if abs(atom.charge) > 1 else "")
    return f"[{atom.isotope or ''}{symbol}{hydrogens}{charge}]"
