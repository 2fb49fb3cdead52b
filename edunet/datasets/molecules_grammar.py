"""The grammar that `edunet.datasets.molecules` writes its texts by, and what is true of a text.

`draw_text` builds a text unit by unit; where the chain leaves a ring within a branch, what closes the branch waits in
`tail`. Digits are matched by construction: a ring is a number of its own in two places, and the numbers become 1, 2, ..
in the order in which they open. `facts_of` reads a text of this grammar back into atoms and bonds and counts.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

__all__ = ["MOST_CHANCES", "MOST_RINGS", "MOST_TOKENS", "Facts", "draw_text", "facts_of"]

FEWEST_UNITS, MOST_UNITS = 2, 8
MOST_AROMATIC, MOST_CLOSURES = 3, 2
MOST_RINGS = MOST_AROMATIC + MOST_CLOSURES
MOST_TOKENS = 180  # 3 rings with 4 nitro groups each, 5 carbons with one each, 2 closures, and some
MOST_CHANCES = 128  # numbers of 0 .. 1 that a text can take

NITRO = ("[N+]", "(", "=", "O", ")", "[O-]")
HALOGENS = ("F", "Cl", "Br")
UNITS = {  # words -> how often
    ("C",): 6, ("C", "C"): 3, ("C", "(", "C", ")"): 2, ("O",): 3, ("N",): 4, ("S",): 1, ("C", "=", "C"): 1,
    ("C", "(", "=", "O", ")"): 1, ("C", "(", "=", "O", ")", "O"): 1, ("C", "(", "=", "O", ")", "N"): 2,
    tuple("cccccc"): 10, tuple("cccncc"): 2,
}  # fmt: skip
ENDS = {("F",): 2, ("Cl",): 2, ("Br",): 2, NITRO: 2}
SIDES = {("F",): 2, ("Cl",): 2, ("Br",): 1, NITRO: 1, ("O",): 2, ("N",): 2, ("C",): 2}
END, CHAIN_SIDE, RING_SIDE, WITHIN = 0.25, 0.2, 0.25, 0.6  # chances: end group; side groups; chain leaves in a branch
CLOSURES = (0.5, 0.85)  # none below the first, one below the second, else two
TABLES = {id(table): (list(table), list(accumulate(table.values()))) for table in (UNITS, ENDS, SIDES)}

Words = list["str | int"]  # an int is the number of a ring


class Facts(NamedTuple):
    """What is true of one text; tokens are counted from 0."""

    n_carbon: int
    n_ring: int
    n_halogen: int
    n_oh: int
    n_nitrogen: int
    aromatic: bool
    nitro: bool  # on an aromatic ring
    aniline: bool  # N on an aromatic ring with a halogen
    fragment: tuple[int, ...]  # tokens of what makes the alert
    opens: tuple[int, ...]  # for each ring, the token of the atom that opens it
    closes: tuple[int, ...]


def pick(table: dict[tuple[str, ...], int], chance: float) -> tuple[str, ...]:
    """Return words of a table, as often as it says."""
    words, sums = TABLES[id(table)]
    return words[bisect(sums, chance * sums[-1])]


def side(chances: Iterator[float], often: float) -> Words:
    """Return a side group in parentheses, or nothing."""
    chance, which = next(chances), next(chances)
    return ["(", *pick(SIDES, which), ")"] if chance < often else []


def draw_text(chances: Iterator[float]) -> list[str]:
    """Build the tokens of one text from numbers that are uniform in 0 .. 1."""
    n = FEWEST_UNITS + int(next(chances) * (MOST_UNITS - FEWEST_UNITS + 1))
    words: Words = []
    tail: Words = []  # closes the branches that are open
    anchors: list[tuple[int, int]] = []  # carbons that may close a ring: (place among words, atoms before it)
    length = n_rings = 0  # of the chain so far
    hetero = False  # the chain ends with an atom that wants a carbon next
    for k in range(n):
        last = k == n - 1
        at_end, which = next(chances), next(chances)
        unit = pick(UNITS, which)
        if at_end < END and (k == 0 or (last and not hetero)):
            unit = pick(ENDS, which)
        elif (hetero and unit[0] not in "Cc") or (unit[0] == "c" and n_rings == MOST_AROMATIC):
            unit = ("C",)
        hetero = unit[-1] in ("O", "N", "S") or unit in ENDS
        if unit[0] == "c":
            n_rings += 1
            before, after = ring_words(unit, n_rings, last, chances)
            words += before
            tail = after + tail
        elif unit == NITRO and k == 0:
            words += ["[O-]", "[N+]", "(", "=", "O", ")"]
        else:
            if unit in (("C",), ("C", "C"), ("C", "(", "C", ")")):
                anchors.append((len(words), length))
            words += unit
            if unit == ("C",):
                words += side(chances, CHAIN_SIDE)
        length += 1 if unit in (("C",), ("C", "(", "C", ")")) else 2
    close_rings(words, anchors, n_rings, chances)
    return numbered([*words, *tail])


def ring_words(unit: tuple[str, ...], number: int, last: bool, chances: Iterator[float]) -> tuple[Words, Words]:
    """Write a ring with side groups; the chain goes on behind the first words, and the others come after its end."""
    within, where = next(chances), next(chances)
    exits = [k for k in (1, 2, 3, 4) if unit[k] == "c"]
    leave = exits[int(where * len(exits))] if within < WITHIN and not last else 5
    parts: list[Words] = []
    for k, atom in enumerate(unit):
        free = k in exits and k != leave
        parts.append([atom, *([number] if k in (0, 5) else []), *(side(chances, RING_SIDE) if free else [])])
    before = [word for part in parts[: leave + 1] for word in part]
    after = [word for part in parts[leave + 1 :] for word in part]
    return (before, []) if leave == 5 else ([*before, "("], [")", *after])


def close_rings(words: Words, anchors: list[tuple[int, int]], n_rings: int, chances: Iterator[float]) -> None:
    """Close up to two further rings between carbons of the chain that stand at least two bonds apart."""
    places: list[tuple[int, int]] = []  # (place, number)
    for number in range(n_rings + 1, n_rings + 1 + bisect(CLOSURES, next(chances))):
        which = next(chances)
        pairs = [(a, b) for a in anchors for b in anchors if b[1] - a[1] > 1]
        if not pairs:
            break
        a, b = pairs[int(which * len(pairs))]
        anchors = [anchor for anchor in anchors if anchor not in (a, b)]
        places += [(a[0], number), (b[0], number)]
    for place, number in sorted(places, reverse=True):
        words.insert(place + 1, number)


def numbered(words: Words) -> list[str]:
    """Number the rings 1, 2, .. in the order in which they open."""
    digits: dict[int, str] = {}
    return [word if isinstance(word, str) else digits.setdefault(word, str(len(digits) + 1)) for word in words]


def facts_of(words: list[str]) -> Facts:
    """Read a text of this grammar: its atoms, bonds and rings, and what follows from them."""
    neighbours: dict[int, list[int]] = {}  # token of an atom -> those of its neighbours
    double, ring_of = set(), {}  # atoms with a double bond; aromatic atom -> digit of its ring
    opens: dict[str, int] = {}
    closes: dict[str, int] = {}
    branches: list[int] = []
    open_rings: list[tuple[str, int]] = []  # aromatic: (digit, depth of branches)
    here, doubled = -1, False
    for place, word in enumerate(words):
        if word == "(":
            branches.append(here)
        elif word == ")":
            here = branches.pop()
        elif word == "=":
            doubled = True
        elif not word.isdigit():
            neighbours[place] = []
            if here >= 0:
                neighbours[here].append(place)
                neighbours[place].append(here)
                double |= {here, place} if doubled else set()
            here, doubled = place, False
            if word in "cn" and open_rings and open_rings[-1][1] == len(branches):
                ring_of[here] = open_rings[-1][0]
        elif word in opens:
            closes[word] = here
            neighbours[here].append(opens[word])
            neighbours[opens[word]].append(here)
            if words[here] == "c":
                open_rings.pop()
        else:
            opens[word] = here
            if words[here] == "c":
                open_rings.append((word, len(branches)))
                ring_of[here] = word
    return counted(words, neighbours, double, ring_of, tuple(opens.values()), tuple(closes[k] for k in opens))


def counted(words, neighbours, double, ring_of, opens, closes) -> Facts:
    """Count atoms and groups, and look for the alert."""

    def at_rings(wanted):
        """(atom, ring) for each atom of these words that hangs on an aromatic ring."""
        return [(k, ring_of[j]) for k in neighbours if words[k] in wanted for j in neighbours[k] if j in ring_of]

    atoms = [words[k] for k in neighbours]
    nitros = [k for k, _ in at_rings(("[N+]",))]
    amines, halogens = at_rings(("N",)), at_rings(HALOGENS)
    alerting = {ring for _, ring in amines} & {ring for _, ring in halogens}
    fragment = {k for nitro in nitros for k in (nitro, *neighbours[nitro])}
    fragment |= {k for k, ring in (*amines, *halogens, *ring_of.items()) if ring in alerting}
    return Facts(
        n_carbon=atoms.count("C") + atoms.count("c"),
        n_ring=len(opens),
        n_halogen=sum(atom in HALOGENS for atom in atoms),
        n_oh=sum(words[k] == "O" and k not in double and len(around) == 1 for k, around in neighbours.items()),
        n_nitrogen=sum(atom in ("N", "n", "[N+]") for atom in atoms),
        aromatic=bool(ring_of),
        nitro=bool(nitros),
        aniline=bool(alerting),
        fragment=tuple(sorted(fragment)),
        opens=opens,
        closes=closes,
    )
