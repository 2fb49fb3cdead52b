"""How many bonds an atom has room for, and one spelling for groups that are written with and without charges.

    e = electrons of the outer shell - charge         C 4, N 5, N+ 4, O- 7
    valence = e up to 4, then 8 - e                   what makes four pairs, or uses all electrons up
              and 2, 4, .. more up to e (least 6)     below the second row of the periodic table: S 2, 4, 6; P 3, 5

Nitrogen has four bonds at most, so that N(=O)=O can only mean [N+](=O)[O-], and CN=N#N means CN=[N+]=[N-]; such N get
their charges. Below the second row it is the other way round: C[S+](C)[O-] becomes CS(C)=O, as most people write it.
Other spellings that differ in charges or hydrogens (tautomers, salts, C[N-][N+]#N) stay what they are.

Source: OpenSMILES 1.0, http://opensmiles.org/opensmiles.html; G. N. Lewis, Journal of the American Chemical Society 38
(1916) 762-785. RDKit, https://www.rdkit.org, has the same valences but for Cl and Br, whose acids it writes otherwise.
"""

from __future__ import annotations

from edunet.preprocessing.molecule import Molecule

__all__ = ["OUTER_ELECTRONS", "bonds_used", "impossible_atom", "settle_charges", "valences"]

SECOND_ROW = {"B": 3, "C": 4, "N": 5, "O": 6, "F": 7}
BELOW = {"Al": 3, "Ga": 3, "In": 3, "Si": 4, "Ge": 4, "Sn": 4, "Pb": 4, "P": 5, "As": 5, "Sb": 5, "Bi": 5}
BELOW |= {"S": 6, "Se": 6, "Te": 6, "Cl": 7, "Br": 7, "I": 7}
OUTER_ELECTRONS = SECOND_ROW | BELOW


def valences(symbol: str, charge: int) -> tuple[int, ...]:
    """Return the numbers of bonds that an atom may have, in rising order; () for metals and *, which have no rule.

    >>> valences("N", 0), valences("N", 1), valences("S", 0), valences("Fe", 2)
    ((3,), (4,), (2, 4, 6), ())
    """
    if symbol == "H":
        return (0,) if charge else (1,)
    if symbol not in OUTER_ELECTRONS:
        return ()
    electrons = min(max(OUTER_ELECTRONS[symbol] - charge, 0), 8)
    least = electrons if electrons <= 4 else 8 - electrons
    most = least if symbol in SECOND_ROW else electrons if electrons < 8 else 6
    return tuple(range(least, most + 1, 2))


def bonds_used(molecule: Molecule, k: int) -> int:
    """Return how many bonds an atom has, hydrogens counted in, a double bond as two, an aromatic one as one."""
    return molecule.atoms[k].hydrogens + sum(int(bond.order) for bond in molecule.neighbours[k].values())


def impossible_atom(molecule: Molecule, lacking: set[int]) -> tuple[int, str] | None:
    """Return the first atom with more bonds than it has room for, and what is wrong with it; None if all are fine.

    Arguments: lacking, atoms that will get one more bond, their double bond in an aromatic ring.
    """
    for k, atom in enumerate(molecule.atoms):
        allowed = valences(atom.symbol, atom.charge)
        used = bonds_used(molecule, k) + (k in lacking)
        even_halogen = atom.symbol in ("Cl", "Br", "I") and not atom.charge and used > 0 and used % 2 == 0
        if allowed and (used > allowed[-1] or even_halogen):
            name = atom.symbol + (f"{'+-'[atom.charge < 0]}{abs(atom.charge)}" if atom.charge else "")
            room = " or ".join(map(str, allowed))
            return k, f"begins {name} with {used} bonds (hydrogens and double bonds counted), but it takes {room}"
    return None


def settle_charges(molecule: Molecule) -> None:
    """Write nitro groups, azides, N-oxides with their charges, sulfoxides and the like without."""
    for k, atom in enumerate(molecule.atoms):
        if atom.symbol == "N" and not atom.charge and bonds_used(molecule, k) + atom.aromatic >= 5:
            part_charges(molecule, k)
        elif atom.symbol in BELOW and atom.charge > 0:
            join_charges(molecule, k)


def part_charges(molecule: Molecule, k: int) -> None:
    """Take one bond off a N with five: to an O at the end of a double bond, else to a N at the end of a triple one."""
    for symbol, order in (("O", 2), ("N", 3)):
        for other, bond in molecule.neighbours[k].items():
            end = molecule.atoms[other]
            lone = len(molecule.neighbours[other]) == 1 and not end.charge and not end.hydrogens
            if end.symbol == symbol and bond.order == order and lone:
                bond.order -= 1
                molecule.atoms[k].charge, end.charge = 1, -1
                return


def join_charges(molecule: Molecule, k: int) -> None:
    """Make a double bond of each single one from a positive atom to O- or S-, until its charge is used up."""
    for other, bond in molecule.neighbours[k].items():
        end = molecule.atoms[other]
        if molecule.atoms[k].charge > 0 and end.symbol in ("O", "S") and end.charge == -1 and bond.order == 1:
            bond.order = 2.0
            molecule.atoms[k].charge -= 1
            end.charge = 0
