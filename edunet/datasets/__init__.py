"""Data to learn with: medical generators whose truth is known, and readers of real files.

    cells10         ten kinds of blood cell in MNIST's form, SYNTHETIC
    medmnist        any 2-D MedMNIST file you downloaded: real pictures
    breast_cancer   569 real tumours, 30 measurements each (comes with scikit-learn)

Every module stands alone, arrays in, arrays out: `load(...)` gives everything that is known, `load_data(...)` the form
of Keras, `(x_train, y_train), (x_test, y_test)`.
"""

from edunet.datasets import breast_cancer, cells10, medmnist

__all__ = ["breast_cancer", "cells10", "medmnist"]
