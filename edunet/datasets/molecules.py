"""Molecules as SMILES texts, and three questions about them. SYNTHETIC.

A text is a chain of 2 .. 8 units, each C, CC, C(C), O, N, S, C=C, C(=O), C(=O)O, C(=O)N, a benzene ring c1ccccc1, a
pyridine ring c1ccncc1, or at an end F, Cl, Br, [N+](=O)[O-]. Carbons and rings carry side groups F, Cl, Br,
[N+](=O)[O-], O, N, C; the chain may leave a ring within a branch, c1ccc(...)cc1, and two carbons of it may close a
further ring. Every text is a sound SMILES: RDKit reads all of them. The questions:

    task="toxicity"     y = alert, flipped with probability 0.05
                        alert = a nitro group on an aromatic ring,
                                or an N (uncharged, outside the ring) on an aromatic ring that also carries a halogen
    task="solubility"   y = 0.5 - 0.45·n_carbon - 1.0·n_ring - 0.9·n_halogen + 0.9·n_oh + 0.7·n_nitrogen
                            - 0.5·[aromatic and n_halogen > 0] + N(0, 0.3²)
    task="closure"      y[k-1] = token that closes ring k = 1 .. 5; -1 where there is no such ring (see `asked`)

The alert needs places, not counts: a nitro group elsewhere, or N and halogen on two rings, are harmless, and between
the two parts stand few tokens or many. A closure asks for the token of the atom, counted from 0 in `tokens`, that
stands before the second digit k: the other end of a bond that may reach across the whole text.

    truth         unit          meaning
    n_carbon      atoms         C and c                     n_halogen   atoms   F, Cl, Br
    n_nitrogen    atoms         N and n, also of nitro      n_oh        groups  O with one H, also of an acid
    n_ring        rings         bonds - atoms + 1           aromatic    yes/no  has a benzene or pyridine ring
    risk          probability   toxicity: of y = 1, 0.95 where there is an alert, else 0.05
    alert         yes/no        toxicity: the rule; nitro and aniline are its two parts
    fragment      yes/no        toxicity: (n,180), tokens of the atoms that make the alert
    expected, sd  log10 mol/l   solubility: y without the noise; 0.3
    opens         token         closure: (n,5) of the atom that opens ring k

Truth is asked of `oracle_score` for toxicity (AUC) and solubility (RMSE); a closure is certain, accuracy 1 can be
reached.

Source of the numbers: invented for teaching, in the shape of group-contribution methods: J. S. Delaney, ESOL, Journal
of Chemical Information and Computer Sciences 44 (2004) 1000-1005; S. A. Wildman, G. M. Crippen, ibid. 39 (1999)
868-873. Nitroaromatics and haloanilines are true structural alerts (J. Kazius et al., Journal of Medicinal Chemistry 48
(2005) 312-320); the rule is far simpler than toxicity is.

What is unrealistic: nobody could make many of these molecules; solubility that adds up, down to log S = -20, where real
drugs hardly pass -10; every ring has a digit of its own, 1 .. 5; no charges but nitro's, no mirror images, 15 different
atoms and no more.

Measured with 100,000 molecules: 82,538 different texts, 26 tokens on average; alert 0.241, toxic 0.267; best possible
AUC 0.921, accuracy 0.950, Brier 0.0475, log loss 0.1985; best possible RMSE 0.30 of a standard deviation of 4.3.
Trained on 8,000, with counts of tokens: logistic regression AUC 0.85, linear regression RMSE 0.51;
with the tokens in order: a GRU of 48 units in both directions AUC 0.912, 0.003 below the best on the same molecules,
a convolution of 64 filters over 3 tokens RMSE 0.33.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from edunet.datasets.cohort import BLOCK, Cohort, Drawn, KerasData, draw_patients, identify, split
from edunet.datasets.molecules_grammar import MOST_CHANCES, MOST_RINGS, MOST_TOKENS, draw_text, facts_of
from edunet.datasets.oracle import oracle_score

__all__ = ["CLASS_NAMES", "COLUMNS", "TASKS", "UNITS", "load", "load_data", "oracle_score", "tokens"]

TASKS = ("toxicity", "solubility", "closure")
CLASS_NAMES = ("harmless", "toxic")
COLUMNS = ("smiles",)
COUNTS = {
    "n_carbon": "atoms", "n_ring": "rings", "n_halogen": "atoms", "n_oh": "groups", "n_nitrogen": "atoms",
    "aromatic": "yes/no",
}  # fmt: skip
OF_TASK = {
    "toxicity": {
        "risk": "probability", "alert": "yes/no", "nitro": "yes/no", "aniline": "yes/no", "fragment": "yes/no",
    },
    "solubility": {"expected": "log10 mol/l", "sd": "log10 mol/l"},
    "closure": {"opens": "token"},
}  # fmt: skip
UNITS = {"smiles": "SMILES", **COUNTS, **OF_TASK["toxicity"], **OF_TASK["solubility"], **OF_TASK["closure"]}
NOTE = "SYNTHETIC: drawn by edunet.datasets.molecules from invented rules; no real molecule. Not for chemistry."

FLIP = 0.05
NOISE = 0.3  # log10 mol/l


def load(n: int = 8000, seed: int = 0, *, task: str = "toxicity") -> Cohort:
    """Draw n SYNTHETIC molecules as SMILES texts, and the answers to one of three questions about them.

        toxicity      y = [aromatic nitro, or N and halogen on one aromatic ring], flipped with probability 0.05
        solubility    y = a sum over atoms, rings and groups + N(0, 0.3²)
        closure       y = the token that closes ring k                                       see the module

    The same seed gives the same molecules, whatever the task, and a larger n only adds molecules at the end.

    Arguments: n, number of molecules, at least 1; seed, a whole number from 0 up; task, one of TASKS.
    Returns: `Cohort` with x (n,) SMILES texts, and y (n,) uint8 for toxicity, (n,) float64 for solubility, (n,5) int64
        for closure with `asked` (n,5) bool. A "patient" is a molecule. The texts become numbers with
        `edunet.preprocessing.SmilesTokenizer`.
    Raises: TypeError or ValueError if n or seed is not such a number, or task is none of the three.
    Source: invented for teaching, see the top of this module.

    >>> molecules = load(100, seed=1)
    >>> molecules.x.shape, molecules.y.dtype, molecules.class_names
    ((100,), dtype('uint8'), ('harmless', 'toxic'))
    >>> round(oracle_score(load(100, task="solubility").truth).score, 3)
    0.3
    """
    if not isinstance(task, str) or task not in TASKS:
        raise ValueError(f'task must be "toxicity", "solubility" or "closure". Received: task={task!r}.')
    drawn = draw_patients(draw_block, n, seed)
    alert = drawn["alert"]
    asked = drawn["closes"] >= 0
    y = {
        "toxicity": (alert ^ drawn["flipped"]).astype(np.uint8),
        "solubility": drawn["expected"] + drawn["noise"],
        "closure": drawn["closes"],
    }[task]
    drawn |= {"risk": np.where(alert, 1 - FLIP, FLIP), "sd": np.full(len(y), NOISE)}
    truth = {name: drawn[name] for name in (*COUNTS, *OF_TASK[task])}
    units = {name: UNITS[name] for name in (*COLUMNS, *truth)}
    if task == "solubility":
        units["y"] = UNITS["expected"]
    return Cohort(
        drawn["x"],
        y,
        COLUMNS,
        units,
        *identify("M", len(y), seed),
        truth,
        CLASS_NAMES if task == "toxicity" else (),
        NOTE,
        asked=asked if task == "closure" else None,
    )


def load_data(n: int = 12_000, seed: int = 0, *, task: str = "toxicity") -> KerasData:
    """Draw the same SYNTHETIC molecules as `load`: two thirds to train, of the others those that are new to test.

    Short texts come again and again: in the last third of 12,000, one in eight has been in the first two. A network
    would know them, so the test part leaves them out: it is smaller, and lacks the shortest molecules. Its truth:

        molecules = load(12_000)
        new = ~np.isin(molecules.x[8000:], molecules.x[:8000])
        oracle_score({"risk": molecules.truth["risk"][8000:][new]})

    What remains: one test molecule in 18 stands in the training part under another text, for a SMILES may begin at
    any atom; RDKit's canonical form finds them. In the training part a text may come twice, and with both labels, as
    labels are flipped by chance.

    Arguments: n, number of molecules, at least 2; seed, a whole number from 0 up; task, one of TASKS.
    Returns: (x_train, y_train), (x_test, y_test); x (..,) SMILES texts, y as `load` gives it.
    Raises: TypeError or ValueError if n or seed is not such a number, or task is none of the three.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape, y_test.shape
    ((20,), (10,))
    """
    (x_train, y_train), (x_test, y_test) = split(partial(load, task=task), n, seed)
    new = ~np.isin(x_test, x_train)
    if not new.any():
        raise ValueError(
            f"all molecules of the test part are also in the training part: n={n} is too few. Type n=3000."
        )
    return (x_train, y_train), (x_test[new], y_test[new])


def tokens(smiles: str) -> list[str]:
    """Cut a text of this set into the tokens that closures and fragments count.

    >>> tokens("Clc1ccccc1[N+](=O)[O-]")[:3]
    ['Cl', 'c', '1']
    """
    return re.findall(r"\[[^\]]*\]|Cl|Br|.", smiles)


def draw_block(rng: np.random.Generator) -> Drawn:
    """Draw BLOCK molecules."""
    chances = rng.random((BLOCK, MOST_CHANCES))
    flipped = rng.random(BLOCK) < FLIP
    noise = rng.normal(0, NOISE, BLOCK)
    texts = [draw_text(iter(row)) for row in chances.tolist()]
    facts = [facts_of(words) for words in texts]
    known = {name: np.array([getattr(f, name) for f in facts]) for name in (*COUNTS, "nitro", "aniline")}
    fragment = np.zeros((BLOCK, MOST_TOKENS), bool)
    opens, closes = np.full((BLOCK, MOST_RINGS), -1), np.full((BLOCK, MOST_RINGS), -1)
    for k, f in enumerate(facts):
        fragment[k, list(f.fragment)] = True
        opens[k, : f.n_ring], closes[k, : f.n_ring] = f.opens, f.closes
    return known | {
        "x": np.array(["".join(words) for words in texts]),
        "alert": known["nitro"] | known["aniline"],
        "expected": expected_solubility(known),
        "flipped": flipped,
        "noise": noise,
        "fragment": fragment,
        "opens": opens,
        "closes": closes,
    }


def expected_solubility(known: Drawn) -> np.ndarray:
    """Return y of the task "solubility" without its noise."""
    size = 0.45 * known["n_carbon"] + 1.0 * known["n_ring"] + 0.9 * known["n_halogen"]
    polar = 0.9 * known["n_oh"] + 0.7 * known["n_nitrogen"]
    return 0.5 - size + polar - 0.5 * (known["aromatic"] & (known["n_halogen"] > 0))
