"""From files to networks: what pandas and scikit-learn do not have. Arrays in, arrays out.

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

from edunet.preprocessing import grids, images, sequence, splits
from edunet.preprocessing.fingerprint import hashed_fingerprint
from edunet.preprocessing.grids import Grid, carry_forward, time_since_last, to_grid
from edunet.preprocessing.images import augment, ct_window, rescale_percentiles, standardise
from edunet.preprocessing.scaffold import scaffold_of, scaffold_split
from edunet.preprocessing.sequence import Windows, pad_sequences, window
from edunet.preprocessing.smiles import read_smiles
from edunet.preprocessing.smiles_tokenizer import SmilesTokenizer
from edunet.preprocessing.splits import check_split, grouped_kfold, patient_split, repeats, temporal_split

__all__ = [
    "Grid",
    "SmilesTokenizer",
    "Windows",
    "augment",
    "carry_forward",
    "check_split",
    "ct_window",
    "grids",
    "grouped_kfold",
    "hashed_fingerprint",
    "images",
    "pad_sequences",
    "patient_split",
    "read_smiles",
    "repeats",
    "rescale_percentiles",
    "scaffold_of",
    "scaffold_split",
    "sequence",
    "splits",
    "standardise",
    "temporal_split",
    "time_since_last",
    "to_grid",
    "window",
]
