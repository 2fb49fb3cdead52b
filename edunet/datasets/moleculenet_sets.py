"""What is published about the sets of MoleculeNet: the columns that are asked for, licence, citation.

Source: Z. Wu et al., MoleculeNet: a benchmark for molecular machine learning, Chemical Science 9 (2018) 513-530, doi
10.1039/c7sc02664a; the publications named below.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SETS", "WORDS", "Facts"]


@dataclass(frozen=True)
class Facts:
    """What is published about one set."""

    kind: str  # "regression" or "classification"
    targets: tuple[str, ...]  # columns; none: all but the SMILES and those of `ignored`
    licence: str
    citation: str
    unit: str = "yes/no"
    ignored: tuple[str, ...] = ("mol_id", "fold", "split", "scaffold")  # in small letters; no tasks


NOT_STATED = "not stated with the file: the terms of the publication apply"
US_GOVERNMENT = "work of the United States government, in the public domain there"
TOX21 = (
    "NR-AR", "NR-AR-LBD", "NR-AhR", "NR-Aromatase", "NR-ER", "NR-ER-LBD", "NR-PPAR-gamma", "SR-ARE", "SR-ATAD5",
    "SR-HSE", "SR-MMP", "SR-p53",
)  # fmt: skip

SETS = {
    "esol": Facts(
        "regression",
        ("measured log solubility in mols per litre",),
        NOT_STATED,
        "J. S. Delaney: ESOL: estimating aqueous solubility directly from molecular structure. Journal of Chemical "
        "Information and Computer Sciences 44 (2004) 1000-1005, doi 10.1021/ci034243x",
        "log10 mol/l",
    ),
    "freesolv": Facts(
        "regression",
        ("expt",),
        "share-alike, see the FreeSolv database (CC BY-NC-SA 4.0)",
        "D. L. Mobley, J. P. Guthrie: FreeSolv: a database of experimental and calculated hydration free energies. "
        "Journal of Computer-Aided Molecular Design 28 (2014) 711-720, doi 10.1007/s10822-014-9747-x",
        "kcal/mol",
    ),
    "lipophilicity": Facts(
        "regression",
        ("exp",),
        "CC BY-SA 3.0 (ChEMBL)",
        "M. Wenlock, N. Tomkinson: Experimental in vitro DMPK and physicochemical data on a set of publicly disclosed "
        "compounds (2015), ChEMBL, doi 10.6019/CHEMBL3301361",
        "log10 of octanol/water at pH 7.4",
    ),
    "bbbp": Facts(
        "classification",
        ("p_np",),
        NOT_STATED,
        "I. F. Martins, A. L. Teixeira, L. Pinheiro, A. O. Falcao: A Bayesian approach to in silico blood-brain "
        "barrier penetration modeling. Journal of Chemical Information and Modeling 52 (2012) 1686-1697, doi "
        "10.1021/ci300124c",
    ),
    "sider": Facts(
        "classification",
        (),
        "CC BY-NC-SA 4.0",
        "M. Kuhn, I. Letunic, L. J. Jensen, P. Bork: The SIDER database of drugs and side effects. Nucleic Acids "
        "Research 44 (2016) D1075-D1079, doi 10.1093/nar/gkv1075",
    ),
    "tox21": Facts(
        "classification",
        TOX21,
        US_GOVERNMENT,
        "R. Huang et al.: Tox21Challenge to build predictive models of nuclear receptor and stress response pathways "
        "as mediated by exposure to environmental chemicals and drugs. Frontiers in Environmental Science 3 (2016) 85, "
        "doi 10.3389/fenvs.2015.00085",
    ),
    "toxcast": Facts(
        "classification",
        (),
        US_GOVERNMENT,
        "A. M. Richard et al.: ToxCast chemical landscape: paving the road to 21st century toxicology. Chemical "
        "Research in Toxicology 29 (2016) 1225-1251, doi 10.1021/acs.chemrestox.6b00135",
    ),
    "clintox": Facts(
        "classification",
        ("FDA_APPROVED", "CT_TOX"),
        NOT_STATED,
        "K. M. Gayvert, N. S. Madhukar, O. Elemento: A data-driven approach to predicting successes and failures of "
        "clinical trials. Cell Chemical Biology 23 (2016) 1294-1301, doi 10.1016/j.chembiol.2016.07.023",
    ),
    "bace": Facts(
        "classification",
        ("Class",),
        NOT_STATED,
        "G. Subramanian, B. Ramsundar, V. Pande, R. A. Denny: Computational modeling of beta-secretase 1 (BACE-1) "
        "inhibitors using ligand based approaches. Journal of Chemical Information and Modeling 56 (2016) 1936-1949, "
        "doi 10.1021/acs.jcim.6b00290",
    ),
    "hiv": Facts(
        "classification",
        ("HIV_active",),
        US_GOVERNMENT,
        "AIDS Antiviral Screen Data, Developmental Therapeutics Program, National Cancer Institute (2004)",
    ),
    "muv": Facts(
        "classification",
        (),
        NOT_STATED,
        "S. G. Rohrer, K. Baumann: Maximum unbiased validation (MUV) data sets for virtual screening based on PubChem "
        "bioactivity data. Journal of Chemical Information and Modeling 49 (2009) 169-184, doi 10.1021/ci8002649",
    ),
}

WORDS = {name: name for name in SETS} | {"delaney": "esol", "sampl": "freesolv", "lipo": "lipophilicity"}  # of a file
