"""The Wisconsin diagnostic breast cancer set: 569 real tumours, 30 measurements of cell nuclei each.

Fine-needle aspirates were photographed under the microscope and the nuclei outlined. Ten properties of the nuclei
(radius, texture, perimeter, area, smoothness, compactness, concavity, concave points, symmetry, fractal dimension) are
given as mean, standard error and "worst" (mean of the three largest). The data come with scikit-learn; nothing is
downloaded.

Here the disease is the positive class: **1 = malignant** (212 women), 0 = benign (357). scikit-learn codes it the other
way round, 0 = malignant, so that its sensitivity and ours have changed places.

Beware of the figures: every tumour was operated on, so malignant ones are far commoner (37 %) than among women examined
for a lump; a linear model is already right in about 97.5 %.

Source: W. H. Wolberg, W. N. Street, O. L. Mangasarian, Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning
Repository (1993), doi 10.24432/C5DW2B.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edunet.datasets.shares import stratified

__all__ = ["BreastCancer", "load", "load_data"]

LICENCE = "CC BY 4.0"
CITATION = (
    "W. H. Wolberg, W. N. Street, O. L. Mangasarian: Breast Cancer Wisconsin (Diagnostic). UCI Machine Learning "
    "Repository (1993), doi 10.24432/C5DW2B"
)


@dataclass(frozen=True, eq=False)
class BreastCancer:
    """The set: one row per tumour."""

    x: np.ndarray = field(repr=False)  # (569,30) float64, in the units of the pictures, not scaled
    y: np.ndarray = field(repr=False)  # (569,) int64, 1 = malignant, 0 = benign
    feature_names: tuple[str, ...] = field(repr=False)
    class_names: tuple[str, str] = ("benign", "malignant")
    licence: str = LICENCE
    citation: str = CITATION


def load() -> BreastCancer:
    """Hand over scikit-learn's copy of the set, with the disease as class 1.

    Returns: `BreastCancer` with x (569,30) float64, y (569,) int64 (1 = malignant), the names of features and classes.
    Raises: ImportError if scikit-learn is not installed, with the command that installs it.
    Source: Wolberg, Street, Mangasarian 1993, doi 10.24432/C5DW2B.

        >>> data = load()                                         # doctest: +SKIP
        >>> data.x.shape, data.y.sum(), data.class_names[1]       # doctest: +SKIP
        ((569, 30), 212, 'malignant')
    """
    try:
        from sklearn.datasets import load_breast_cancer  # an extra: imported only when asked for
    except ImportError as error:
        raise ImportError(
            "breast_cancer hands over the copy that comes with scikit-learn, which is not installed. "
            'Type: pip install "edunet-med[tutorials]"'
        ) from error
    raw = load_breast_cancer()
    x = np.ascontiguousarray(raw.data, dtype=np.float64)
    y = 1 - raw.target.astype(np.int64)  # scikit-learn: 0 = malignant
    return BreastCancer(x, y, tuple(str(name) for name in raw.feature_names))


def load_data(
    test_share: float = 0.2, seed: int = 0
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Split the set at random, with the same share of malignant tumours on both sides (stratified).

    Each class is shuffled and round(test_share · size) of it goes to the test part; then each part is shuffled.
    Scale the features with mean and standard deviation of the *training* part only.

    Arguments: test_share, part of the women kept for the test, between 0 and 1; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,30) float64, y (..,) int64, 1 = malignant.
    Raises: ImportError without scikit-learn; ValueError or TypeError for a share that leaves a part without a class, or
        a seed that is not a whole number.

        >>> (x_train, y_train), (x_test, y_test) = load_data()    # doctest: +SKIP
        >>> x_train.shape, x_test.shape                           # doctest: +SKIP
        ((456, 30), (113, 30))
    """
    data = load()
    i, j = stratified(data.y, test_share, seed)
    return (data.x[i], data.y[i]), (data.x[j], data.y[j])
