"""molecules: the grammar, the truth against RDKit and against a parser of our own, weaker models."""

import numpy as np
import pytest

from edunet.datasets import molecules
from edunet.datasets.cohort import BLOCK
from edunet.datasets.molecules import oracle_score
from edunet.preprocessing import SmilesTokenizer, read_smiles
from edunet.preprocessing.molecule import ring_bonds

N = 4000
HALOGENS = {"F", "Cl", "Br"}
FIRST = [
    "C(N)C(=O)OC=Cc1c(N)c(C)cc(C(N)C(=O)N)c1",
    "C(=O)Oc1ccccc1",
    "Brc1c(Br)cc(Br)c(c2ccccc2c3ccc(Br)c(NC4CC4)c3)c1",
]
LABELS = [0, 0, 1, 1, 1, 0, 0, 0]
SOLUBILITY = [-4.043219536, -3.652033953, -16.691912016]
CLOSES = [37, -1, -1, -1, -1]


@pytest.fixture(scope="module")
def toxic():
    return molecules.load(N, seed=1)


@pytest.fixture(scope="module")
def soluble():
    return molecules.load(N, seed=1, task="solubility")


@pytest.fixture(scope="module")
def closing():
    return molecules.load(N, seed=1, task="closure")


def test_first_rows_are_pinned():
    drawn = molecules.load(8)
    assert drawn.x[:3].tolist() == FIRST
    assert drawn.y.tolist() == LABELS
    np.testing.assert_allclose(molecules.load(3, task="solubility").y, SOLUBILITY, rtol=1e-6)
    assert molecules.load(1, task="closure").y.tolist() == [CLOSES]


def test_the_three_tasks_ask_about_the_same_molecules(toxic, soluble, closing):
    np.testing.assert_array_equal(toxic.x, soluble.x)
    np.testing.assert_array_equal(toxic.x, closing.x)
    np.testing.assert_array_equal(toxic.patient_id, closing.patient_id)


@pytest.mark.parametrize("task", molecules.TASKS)
def test_contract_of_every_task(task):
    a, b = molecules.load(BLOCK - 7, seed=4, task=task), molecules.load(BLOCK + 1, seed=4, task=task)
    assert set(a.units) == {*a.columns, *a.truth} | ({"y"} if task == "solubility" else set())
    assert len(np.unique(b.patient_id)) == len(b)
    for name in ("x", "y", "patient_id", "site"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name)[: len(a)])
    for name, values in a.truth.items():
        np.testing.assert_array_equal(values, b.truth[name][: len(a)])
    (x_train, y_train), (_, y_test) = molecules.load_data(9, seed=4, task=task)
    np.testing.assert_array_equal(x_train, a.x[:6])
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), a.y[:9])


@pytest.mark.parametrize("task", ["dose", None, 3, "Toxicity"])
def test_another_task_is_refused(task):
    with pytest.raises(ValueError, match='"toxicity", "solubility" or "closure".*task='):
        molecules.load(1, task=task)


# --- the truth, from x alone ------------------------------------------------------------------------------------------


def test_counts_agree_with_a_parser_that_knows_nothing_of_the_grammar(toxic):
    truth = toxic.truth
    for k in range(1000):
        m = read_smiles(toxic.x[k])
        symbols = [atom.symbol for atom in m.atoms]
        assert truth["n_carbon"][k] == symbols.count("C")
        assert truth["n_nitrogen"][k] == symbols.count("N")
        assert truth["n_halogen"][k] == sum(s in HALOGENS for s in symbols)
        assert truth["n_oh"][k] == sum(a.symbol == "O" and a.hydrogens == 1 for a in m.atoms)
        assert truth["n_ring"][k] == len(m.bonds) - len(m.atoms) + 1
        assert truth["aromatic"][k] == any(a.aromatic for a in m.atoms)
        assert (truth["n_ring"][k] > 0) == bool(ring_bonds(m))


def test_every_molecule_is_sound_for_rdkit_and_the_truth_is_what_it_finds():
    chem = pytest.importorskip("rdkit.Chem", reason="RDKit is not installed")
    drawn = molecules.load(2000, seed=2)
    oh, nitro = chem.MolFromSmarts("[OX2H]"), chem.MolFromSmarts("a[N+](=O)[O-]")
    amine, halogen = chem.MolFromSmarts("[#7;+0;!a]-a"), chem.MolFromSmarts("[F,Cl,Br]a")
    for k, text in enumerate(drawn.x):
        m = chem.MolFromSmiles(str(text))
        assert m is not None, text
        atoms = list(m.GetAtoms())
        rings = [set(r) for r in m.GetRingInfo().AtomRings() if all(atoms[a].GetIsAromatic() for a in r)]
        on_rings = [
            [any(match[1] in ring for match in m.GetSubstructMatches(part)) for ring in rings]
            for part in (amine, halogen)
        ]
        found = {
            "n_carbon": sum(a.GetSymbol() == "C" for a in atoms),
            "n_nitrogen": sum(a.GetSymbol() == "N" for a in atoms),
            "n_halogen": sum(a.GetSymbol() in HALOGENS for a in atoms),
            "n_oh": len(m.GetSubstructMatches(oh)),
            "n_ring": m.GetNumBonds() - m.GetNumAtoms() + 1,
            "aromatic": any(a.GetIsAromatic() for a in atoms),
            "nitro": m.HasSubstructMatch(nitro),
            "aniline": any(both for both in map(all, zip(*on_rings, strict=True))),
        }
        assert found == {name: drawn.truth[name][k] for name in found}, text


def test_alert_is_one_of_its_two_parts(toxic):
    truth = toxic.truth
    np.testing.assert_array_equal(truth["alert"], truth["nitro"] | truth["aniline"])
    np.testing.assert_array_equal(truth["risk"], np.where(truth["alert"], 0.95, 0.05))
    assert (toxic.y != truth["alert"]).mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / N))


def test_fragment_points_at_the_atoms_of_the_alert(toxic):
    fragment = toxic.truth["fragment"]
    np.testing.assert_array_equal(fragment.any(1), toxic.truth["alert"])
    for k in np.flatnonzero(toxic.truth["alert"])[:200]:
        words = molecules.tokens(toxic.x[k])
        marked = [words[t] for t in np.flatnonzero(fragment[k])]
        assert "c" in marked
        assert ("[N+]" in marked and "[O-]" in marked) or ("N" in marked and HALOGENS & set(marked))


def test_solubility_is_the_sum_and_its_noise(soluble):
    t = soluble.truth
    expected = 0.5 - 0.45 * t["n_carbon"] - t["n_ring"] - 0.9 * t["n_halogen"] + 0.9 * t["n_oh"] + 0.7 * t["n_nitrogen"]
    expected = expected - 0.5 * (t["aromatic"] & (t["n_halogen"] > 0))
    np.testing.assert_allclose(t["expected"], expected, atol=1e-12)
    assert (soluble.y - t["expected"]).std() == pytest.approx(0.3, abs=4 * 0.3 / np.sqrt(2 * N))
    assert oracle_score(t) == pytest.approx((0.3, 0.0))


def test_a_closure_is_the_atom_before_the_second_digit(closing):
    for k in range(500):
        words = molecules.tokens(closing.x[k])
        for ring in range(5):
            digits = [t for t, word in enumerate(words) if word == str(ring + 1)]
            assert closing.asked[k, ring] == bool(digits)
            expected = [-1, -1]
            if digits:
                expected = [max(t for t in range(d) if words[t] in ("c", "C")) for d in digits]
                if words[digits[0] - 1].isdigit():
                    pytest.fail("an atom opens two rings")
            assert [closing.truth["opens"][k, ring], closing.y[k, ring]] == expected


def test_tokens_are_those_of_the_tokenizer(closing):
    tokenizer = SmilesTokenizer().fit(closing.x)
    codes = tokenizer.transform(closing.x)
    np.testing.assert_array_equal((codes > 0).sum(1), [len(molecules.tokens(text)) for text in closing.x])
    assert codes.shape[1] <= molecules.load(1).truth["fragment"].shape[1]


# --- best and weaker models -------------------------------------------------------------------------------------------


def test_best_scores(toxic):
    score, error = oracle_score(toxic.truth)
    assert score == pytest.approx(0.921, abs=4 * error + 0.0005)
    assert oracle_score(toxic.truth, "accuracy").score == pytest.approx(0.95)


def test_counting_tokens_is_not_enough(toxic, auc, logistic):
    words = sorted({word for text in toxic.x for word in molecules.tokens(text)})
    counts = np.array([[molecules.tokens(text).count(word) for word in words] for text in toxic.x], float)
    score = logistic(counts[:3000], toxic.y[:3000], counts[3000:])
    assert auc(toxic.y[3000:], score) == pytest.approx(0.85, abs=0.04)


# --- load_data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", molecules.TASKS)
def test_no_text_is_in_both_parts(task):
    (x_train, y_train), (x_test, y_test) = molecules.load_data(3000, seed=2, task=task)
    drawn = molecules.load(3000, seed=2, task=task)
    np.testing.assert_array_equal(x_train, drawn.x[:2000])
    np.testing.assert_array_equal(y_train, drawn.y[:2000])
    assert not np.isin(x_test, x_train).any()
    new = ~np.isin(drawn.x[2000:], drawn.x[:2000])
    np.testing.assert_array_equal(x_test, drawn.x[2000:][new])
    np.testing.assert_array_equal(y_test, drawn.y[2000:][new])
    assert 850 < len(x_test) < 950


def test_a_test_part_without_a_new_molecule(monkeypatch):
    monkeypatch.setattr(molecules, "draw_text", lambda chances: ["C", "C"])
    with pytest.raises(ValueError, match="n=3 is too few"):
        molecules.load_data(3)
