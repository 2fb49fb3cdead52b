"""Give each atom of an aromatic ring its double bond (A. Kekulé's formula), or find that there is none for it.

    c1ccccc1 = C1=CC=CC=C1        c1cccc1: five atoms that each lack one bond, two pairs, one is left: no molecule

Double bonds pair atoms that lack one, each with one neighbour: a perfect matching of a graph. Take any pairs, then
look from an atom that is left alone along a path, no pair, pair, no pair, .., to another such atom: changing places
along it makes one pair more (C. Berge). An odd ring on the way, a blossom, is shrunk to a point (J. Edmonds).

Source: J. Edmonds, Paths, trees, and flowers, Canadian Journal of Mathematics 17 (1965) 449-467.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from edunet.preprocessing.molecule import Bond, Molecule
from edunet.preprocessing.valence import bonds_used, valences

__all__ = ["lacking_atoms", "matching"]


def lacking_atoms(molecule: Molecule) -> set[int]:
    """Return the atoms written as aromatic that have room for a double bond: c and n have, [nH], o and s have not."""
    lacking = set()
    for k, atom in enumerate(molecule.atoms):
        if atom.aromatic:
            used = bonds_used(molecule, k)
            if next((valence for valence in valences(atom.symbol, atom.charge) if valence >= used), used) > used:
                lacking.add(k)
    return lacking


def matching(atoms: set[int], bonds: Iterable[Bond]) -> tuple[dict[int, int], int | None]:
    """Pair all of some atoms along bonds between them.

    Returns: {atom: its partner}, and the first atom for which there is none; None if all have one.

    >>> ring = [Bond(0, 1, 1.5), Bond(1, 2, 1.5), Bond(2, 3, 1.5), Bond(3, 4, 1.5), Bond(4, 0, 1.5)]
    >>> pairs, alone = matching({0, 1, 2, 3}, ring)
    >>> sorted(pairs.items()), alone
    ([(0, 1), (1, 0), (2, 3), (3, 2)], None)
    >>> matching({0, 1, 2, 3, 4}, ring)[1] is None
    False
    """
    near: dict[int, list[int]] = {k: [] for k in sorted(atoms)}
    for bond in bonds:
        if bond.i in near and bond.j in near:
            near[bond.i].append(bond.j)
            near[bond.j].append(bond.i)
    mate = first_pairs(near)
    for start in near:
        if start not in mate:
            end, before = path_to_another(start, near, mate)
            if end is None:
                return mate, start
            while end is not None:  # change places along the path
                here = before[end]
                after = mate.get(here)
                mate[end], mate[here] = here, end
                end = after
    return mate, None


def first_pairs(near: dict[int, list[int]]) -> dict[int, int]:
    """Pair atoms with one free neighbour first: they have no choice. This alone settles nearly all molecules."""
    mate: dict[int, int] = {}
    free = {k: len(others) for k, others in near.items()}
    forced = deque(k for k in near if free[k] == 1)
    any_atom = iter(near)
    while True:
        here = forced.popleft() if forced else next(any_atom, None)
        if here is None:
            return mate
        other = next((j for j in near[here] if j not in mate), None)
        if here in mate or other is None:
            continue
        mate[here], mate[other] = other, here
        for k in (*near[here], *near[other]):
            free[k] -= 1
            if free[k] == 1:
                forced.append(k)


def path_to_another(start: int, near: dict[int, list[int]], mate: dict[int, int]) -> tuple[int | None, dict[int, int]]:
    """Return the end of a path that gives `start` a partner, and {atom: the one before it} to walk back along."""
    before: dict[int, int] = {}
    base = {k: k for k in near}  # of the blossom that an atom was shrunk into
    even, queue = {start}, deque([start])
    while queue:
        here = queue.popleft()
        for other in near[here]:
            if base[here] == base[other] or mate.get(here) == other:
                continue
            if other in even:  # an odd ring: shrink it to the atom where its two sides meet
                root = meeting(here, other, base, mate, before)
                shrunk: set[int] = set()
                side(here, root, other, shrunk, base, mate, before)
                side(other, root, here, shrunk, base, mate, before)
                for k in near:
                    if base[k] in shrunk:
                        base[k] = root
                        if k not in even:
                            even.add(k)
                            queue.append(k)
            elif other not in before:
                before[other] = here
                if other not in mate:
                    return other, before
                even.add(mate[other])
                queue.append(mate[other])
    return None, before


def meeting(a: int, b: int, base: dict[int, int], mate: dict[int, int], before: dict[int, int]) -> int:
    """Return the atom at which the paths from a and b back to the start meet."""
    passed = set()
    while True:
        a = base[a]
        passed.add(a)
        if a not in mate:
            break
        a = before[mate[a]]
    while base[b] not in passed:
        b = before[mate[base[b]]]
    return base[b]


def side(k: int, root: int, child: int, shrunk: set[int], base: dict, mate: dict, before: dict[int, int]) -> None:
    """Collect one side of an odd ring, and note how to walk it the other way round."""
    while base[k] != root:
        shrunk |= {base[k], base[mate[k]]}
        before[k] = child
        child = mate[k]
        k = before[mate[k]]
