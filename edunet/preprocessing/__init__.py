"""From files to networks: what pandas and scikit-learn do not have, with arrays in and arrays out.

    splits      patient_split, grouped_kfold, temporal_split      no patient on both sides; check_split, repeats
    sequence    pad_sequences, window                             one length for all; pieces of long series
    grids       to_grid, carry_forward, time_since_last           irregular measurements on a grid, with masks
    images      standardise, rescale_percentiles, ct_window, augment

Scaling and imputing are scikit-learn's. A pipeline of them feeds a network of edunet in three lines:

>>> from sklearn.pipeline import make_pipeline                                                     # doctest: +SKIP
>>> steps = SimpleImputer(add_indicator=True), StandardScaler(), NeuralClassifier((32, 16))        # doctest: +SKIP
>>> make_pipeline(*steps).fit(x_train, y_train).predict_proba(x_test)                              # doctest: +SKIP
"""

from edunet.preprocessing import grids, images, sequence, splits
from edunet.preprocessing.grids import Grid, carry_forward, time_since_last, to_grid
from edunet.preprocessing.images import augment, ct_window, rescale_percentiles, standardise
from edunet.preprocessing.sequence import Windows, pad_sequences, window
from edunet.preprocessing.splits import check_split, grouped_kfold, patient_split, repeats, temporal_split

__all__ = [
    "Grid",
    "Windows",
    "augment",
    "carry_forward",
    "check_split",
    "ct_window",
    "grids",
    "grouped_kfold",
    "images",
    "pad_sequences",
    "patient_split",
    "repeats",
    "rescale_percentiles",
    "sequence",
    "splits",
    "standardise",
    "temporal_split",
    "time_since_last",
    "to_grid",
    "window",
]
