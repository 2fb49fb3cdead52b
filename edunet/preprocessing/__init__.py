"""From files to networks: what pandas and scikit-learn do not have. Arrays and tables in, arrays and tables out.

    audit       what is wrong with a table: gaps, codes, impossible values, units, repeats, leaks, drift; with repairs

    units       convert, analytes                                 by molar mass; an unknown pair of units is refused
    reference_range, flag    what 95 % of the healthy have, by sex and age      plausible_range    what can be at all
    Sentinels, ConvertUnits, PlausibleRange, RobustOutliers       steps that count what they change; Step, for your own
    trail       what the steps did, also scikit-learn's, in sentences that `clinic.report` prints
    Schema      what a column may hold: all failures with their rows
    ampute      gaps made on purpose (mcar, mar, mnar), the truth kept; imputation_scores, rubin, coverage
    macenko     the stains of a section as those of another laboratory

    splits      patient_split, grouped_kfold, temporal_split      no patient on both sides; check_split, repeats
    sequence    pad_sequences, window                             one length for all; pieces of long series
    grids       to_grid, carry_forward, time_since_last           irregular measurements on a grid, with masks
    images      standardise, rescale_percentiles, ct_window, augment

    SmilesTokenizer      SMILES texts to whole numbers for an Embedding layer, and back
    hashed_fingerprint   SMILES texts to bits, which pieces a molecule holds, for Dense layers
    scaffold_of          the rings of a molecule and what links them
    scaffold_split       rows for training, validation and test, no scaffold on two sides
    read_smiles          the graph of a molecule: atoms, bonds, hydrogens; refuses what is no possible molecule

Scaling and imputing are scikit-learn's. A pipeline of them feeds a network of edunet in three lines, after its imports:

>>> from sklearn.impute import SimpleImputer                                                       # doctest: +SKIP
>>> from sklearn.pipeline import make_pipeline                                                     # doctest: +SKIP
>>> from sklearn.preprocessing import StandardScaler                                               # doctest: +SKIP
>>> from edunet.interop.sklearn import NeuralClassifier                                            # doctest: +SKIP
>>>
>>> steps = SimpleImputer(add_indicator=True), StandardScaler(), NeuralClassifier((32, 16))        # doctest: +SKIP
>>> pipeline = make_pipeline(*steps).fit(x_train, y_train)                                         # doctest: +SKIP
>>> risk = pipeline.predict_proba(x_test)[:, 1]                                                    # doctest: +SKIP
"""

from edunet.preprocessing import grids, images, sequence, splits, units
from edunet.preprocessing.ampute import Amputed, ampute
from edunet.preprocessing.audit import audit
from edunet.preprocessing.audit_report import Audit, Finding
from edunet.preprocessing.cleaning import PlausibleRange, Sentinels
from edunet.preprocessing.conversion import ConvertUnits
from edunet.preprocessing.fingerprint import hashed_fingerprint
from edunet.preprocessing.grids import Grid, carry_forward, time_since_last, to_grid
from edunet.preprocessing.images import augment, ct_window, rescale_percentiles, standardise
from edunet.preprocessing.imputation import coverage, imputation_scores, rubin
from edunet.preprocessing.outliers import RobustOutliers
from edunet.preprocessing.plausible import plausible_range
from edunet.preprocessing.reference_ranges import flag, reference_range
from edunet.preprocessing.scaffold import scaffold_of, scaffold_split
from edunet.preprocessing.schema import Column, Schema
from edunet.preprocessing.sequence import Windows, pad_sequences, window
from edunet.preprocessing.smiles import read_smiles
from edunet.preprocessing.smiles_tokenizer import SmilesTokenizer
from edunet.preprocessing.splits import check_split, grouped_kfold, patient_split, repeats, temporal_split
from edunet.preprocessing.stains import macenko, stains_of
from edunet.preprocessing.step import Step
from edunet.preprocessing.trail import trail

__all__ = [
    "Amputed",
    "Audit",
    "Column",
    "ConvertUnits",
    "Finding",
    "Grid",
    "PlausibleRange",
    "RobustOutliers",
    "Schema",
    "Sentinels",
    "SmilesTokenizer",
    "Step",
    "Windows",
    "ampute",
    "audit",
    "augment",
    "carry_forward",
    "check_split",
    "coverage",
    "ct_window",
    "flag",
    "grids",
    "grouped_kfold",
    "hashed_fingerprint",
    "images",
    "imputation_scores",
    "macenko",
    "pad_sequences",
    "patient_split",
    "plausible_range",
    "read_smiles",
    "reference_range",
    "repeats",
    "rescale_percentiles",
    "rubin",
    "scaffold_of",
    "scaffold_split",
    "sequence",
    "splits",
    "stains_of",
    "standardise",
    "temporal_split",
    "time_since_last",
    "to_grid",
    "trail",
    "units",
    "window",
]
