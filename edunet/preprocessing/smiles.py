"""SMILES, the text that writes a molecule, read into a graph. No chemistry package is needed.

SMILES is a walk along the bonds: letters are atoms (small ones aromatic), parentheses are branches, equal digits close
a ring, a dot starts a part of its own. The grammar is that of OpenSMILES:

    atoms      B C N O P S F Cl Br I, b c n o p s, *, and in brackets any element: [13C@@H], [NH4+], [nH], [se], [Cu+2]
    bonds      - = # $ : / \\ and none: single, or aromatic between two aromatic atoms of an aromatic ring
    rings      0 .. 9, %10 .. %99, %(100) ..;      branches ( );      parts .

Which rings are aromatic is decided anew, whether they were written with small letters or with = and -
(`edunet.preprocessing.aromatic`), and nitro groups and their like get one spelling (`edunet.preprocessing.valence`), so
that the graph depends on the molecule and not on its text. Tetrahedral marks (@) and the sides of double bonds (/ and
\\) are read and forgotten.

A text comes from a stranger: it may be long, unbalanced or no SMILES at all, and is then refused with the character and
its place. Nothing here calls itself, however deep the branches.

Source: D. Weininger, SMILES, Journal of Chemical Information and Computer Sciences 28 (1988) 31-36; OpenSMILES 1.0,
http://opensmiles.org/opensmiles.html.
"""

from __future__ import annotations

import re

from edunet.preprocessing.aromatic import mark_aromatic
from edunet.preprocessing.kekule import lacking_atoms
from edunet.preprocessing.molecule import (
    Atom,
    Bond,
    Molecule,
    ring_bonds,
    room_for_hydrogens,
    without_hydrogen_atoms,
)
from edunet.preprocessing.valence import impossible_atom, settle_charges

__all__ = ["MAX_LENGTH", "read_smiles", "smiles_tokens"]

MAX_LENGTH = 5000  # characters; the longest of the public sets have some hundreds

TOKEN = re.compile(r"\[[^\[\]]*\]|Br|Cl|[BCNOPSFIbcnops*]|%\d\d|%\(\d{1,4}\)|\d|[-=#$:/\\().]", re.ASCII)
BRACKET = re.compile(
    r"\[(?P<isotope>\d{1,3})?(?P<symbol>[A-Z][a-z]?|[a-z][a-z]?|\*)(?P<chiral>@(?:@|[A-Z]{2}\d{1,2})?)?"
    r"(?:H(?P<hydrogens>\d?))?(?P<charge>\+{1,4}|-{1,4}|[+-]\d{1,2})?(?::\d{1,4})?\]",
    re.ASCII,
)
ELEMENTS = set(
    re.findall(
        r"\S+",
        "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb "
        "Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu "
        "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db "
        "Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og * ",
    )
)
AROMATIC = {"b", "c", "n", "o", "p", "s", "se", "as", "te", "si"}
ORDERS = {"-": 1.0, "=": 2.0, "#": 3.0, "$": 4.0, ":": 1.5, "/": 1.0, "\\": 1.0}


def smiles_tokens(smiles: str) -> list[str]:
    """Cut a SMILES text into its words: atoms (Cl, Br, [N+] are one each), bonds, brackets, numbers of rings.

    Raises: TypeError if it is no text; ValueError for an empty text, one of more than 5,000 characters, and for a
        character that no SMILES has, with its place.

    >>> smiles_tokens("C[N+](=O)[O-]")
    ['C', '[N+]', '(', '=', 'O', ')', '[O-]']
    """
    if not isinstance(smiles, str):
        raise TypeError(f"a SMILES is a text. Received: {smiles!r:.80} ({type(smiles).__name__}).")
    text = smiles.strip()
    if not text or len(text) > MAX_LENGTH:
        raise ValueError(f"a SMILES has 1 to {MAX_LENGTH:,} characters. Received: {len(text):,} of them.")
    tokens = TOKEN.findall(text)
    if sum(map(len, tokens)) != len(text):
        place = 0
        while match := TOKEN.match(text, place):
            place = match.end()
        why = "opens a bracket that is not closed" if text[place] == "[" else "is not of the SMILES grammar"
        raise wrong(smiles, place + len(smiles) - len(smiles.lstrip()), why)
    return tokens


def wrong(smiles: str, place: int, why: str) -> ValueError:
    """Return the error for one character of a SMILES."""
    start = max(0, place - 20)
    around = f"{'...' * (start > 0)}{smiles[start : place + 20]}{'...' * (place + 20 < len(smiles))}"
    return ValueError(f"character {smiles[place]!r} at place {place + 1} of the SMILES {around!r} {why}.")


def read_smiles(smiles: str, check_valence: bool = True) -> Molecule:
    """Read a SMILES text into its graph; a text that spells no possible molecule is refused.

    Arguments: smiles, one text; blanks around it are passed over; check_valence, False reads also what is spelt well
        but cannot be, C with five bonds or c1cccc1, as `hashed_fingerprint` and `scaffold_of` do: public tables have
        such rows (11 of BBBP's 2,050).
    Returns: `Molecule` with atoms in the order in which they are written. Hydrogens are counted on their atoms, also
        those that are written as [H].
    Raises: TypeError if it is no text; ValueError that names the character and its place.

    >>> ethanol = read_smiles("CCO")
    >>> [(a.symbol, a.hydrogens) for a in ethanol.atoms], len(ethanol.bonds)
    ([('C', 3), ('C', 2), ('O', 1)], 2)
    >>> read_smiles("CC(C")
    Traceback (most recent call last):
    ValueError: character '(' at place 3 of the SMILES 'CC(C' opens a branch that is not closed.
    >>> read_smiles("CN(C)(C)C")
    Traceback (most recent call last):
    ValueError: character 'N' at place 2 of the SMILES 'CN(C)(C)C' begins N with 4 bonds (hydrogens and double bonds \
counted), but it takes 3.
    """
    tokens = smiles_tokens(smiles)
    return Reader(smiles, tokens).molecule(check_valence)


class Reader:
    """One walk along a SMILES."""

    def __init__(self, smiles: str, tokens: list[str]):
        """Begin before the first token."""
        self.smiles, self.tokens = smiles, tokens
        self.atoms: list[Atom] = []
        self.bonds: dict[tuple[int, int], float | None] = {}  # order None: not written
        self.place = len(smiles) - len(smiles.lstrip())
        self.last = -1  # the atom that the next bond starts from; -1: none
        self.order: tuple[str, int] | None = None  # the bond just written, and where
        self.branches: list[tuple[int, int]] = []  # (atom, place) of each open parenthesis
        self.rings: dict[int, tuple[int, str | None, int]] = {}  # number -> (atom, bond, place) of each open ring

    def molecule(self, check: bool) -> Molecule:
        """Take one token after the other, then see that nothing is left open."""
        for token in self.tokens:
            if token in ORDERS:
                self.see(self.last >= 0 and self.order is None, "is a bond that starts from no atom")
                self.order = token, self.place
            elif token == "(":
                begun = self.last >= 0 and self.order is None and self.smiles[self.place - 1] != "("
                self.see(begun, "opens a branch where no atom stands before it")
                self.branches.append((self.last, self.place))
            elif token == ")":
                self.see(bool(self.branches), "closes a branch that was not opened")
                complete = self.last >= 0 and self.order is None and self.smiles[self.place - 1] != "("
                self.see(complete, "ends a branch without an atom")
                self.last = self.branches.pop()[0]
            elif token == ".":
                self.see(self.last >= 0 and self.order is None, "separates no two parts")
                self.last = -1
            elif token[0] in "%0123456789":
                self.ring(int(token.strip("%()")))
            else:
                self.atom(token)
            self.place += len(token)
        for place, what in [(p, "opens a branch") for _, p in self.branches] + [
            (p, "opens a ring") for _, _, p in self.rings.values()
        ]:
            raise wrong(self.smiles, place, f"{what} that is not closed")
        if self.order is not None or self.last < 0:
            raise wrong(self.smiles, self.place - 1, "ends the text, but an atom is expected after it")
        return finish(self.smiles, self.atoms, self.bonds, check)

    def see(self, fine: bool, why: str) -> None:
        """Refuse the token at this place unless all is fine."""
        if not fine:
            raise wrong(self.smiles, self.place, why)

    def atom(self, token: str) -> None:
        """Add an atom, and its bond to the one before."""
        plain = Atom(token.capitalize(), token in AROMATIC, place=self.place)
        self.atoms.append(self.bracket(token) if token[0] == "[" else plain)
        here = len(self.atoms) - 1
        if self.last >= 0:
            self.bonds[self.last, here] = None if self.order is None else ORDERS[self.order[0]]
        self.last, self.order = here, None

    def bracket(self, token: str) -> Atom:
        """Read an atom in brackets, which says all of its hydrogens."""
        match = BRACKET.fullmatch(token)
        if match is None or match["symbol"] not in ELEMENTS | AROMATIC:
            raise wrong(self.smiles, self.place, f"begins {token[:40]}, which is no atom")
        symbol = match["symbol"]
        hydrogens = 0 if match["hydrogens"] is None else int(match["hydrogens"] or 1)
        written = match["charge"] or ""
        size = int(written[1:]) if written[1:].isdigit() else len(written)
        charge = -size if written[:1] == "-" else size
        isotope = int(match["isotope"] or 0)
        return Atom(symbol.capitalize(), symbol in AROMATIC, charge, isotope, hydrogens, self.place)

    def ring(self, number: int) -> None:
        """Open the ring of this number, or close it."""
        self.see(self.last >= 0, "is the number of a ring, but no atom stands before it")
        bond = None if self.order is None else self.order[0]
        self.order = None
        if number not in self.rings:
            self.rings[number] = self.last, bond, self.place
            return
        other, first, _ = self.rings.pop(number)
        self.see(other != self.last, "closes a ring on the atom that opened it")
        self.see((other, self.last) not in self.bonds, "closes a ring of two atoms")
        orders = {ORDERS[b] for b in (first, bond) if b is not None}
        self.see(len(orders) < 2, "closes a ring with another bond than it was opened with")
        self.bonds[other, self.last] = orders.pop() if orders else None


def finish(smiles: str, atoms: list[Atom], written: dict[tuple[int, int], float | None], check: bool) -> Molecule:
    """Decide what was not written: hydrogens, charges, aromatic rings; and take [H] into its atom."""
    bonds = [Bond(i, j, 1.0 if order is None else order) for (i, j), order in written.items()]
    molecule = Molecule(atoms, bonds)
    circular = ring_bonds(molecule)
    for bond, order in zip(bonds, written.values(), strict=True):
        if order is None and atoms[bond.i].aromatic and atoms[bond.j].aromatic and (bond.i, bond.j) in circular:
            bond.order = 1.5
        elif order == 1.5:
            atoms[bond.i].aromatic = atoms[bond.j].aromatic = True
    for atom, neighbours in zip(atoms, molecule.neighbours, strict=True):
        if atom.hydrogens < 0:
            atom.hydrogens = room_for_hydrogens(atom, [bond.order for bond in neighbours.values()])
    settle_charges(molecule)
    lacking = lacking_atoms(molecule)
    if check and (found := impossible_atom(molecule, lacking)):
        raise wrong(smiles, atoms[found[0]].place, found[1])
    alone = mark_aromatic(molecule, circular, lacking)
    if check and alone is not None and all(atom.symbol != "*" for atom in atoms):  # * may be any atom
        why = "is aromatic, but finds no partner for a double bond (is a hydrogen, [nH], or a charge missing?)"
        raise wrong(smiles, atoms[alone].place, why)
    return without_hydrogen_atoms(molecule)
