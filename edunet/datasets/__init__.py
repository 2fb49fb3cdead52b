"""Data to learn with: medical generators whose truth is known, and readers of real files.

    cells10          ten kinds of blood cell in MNIST's form, SYNTHETIC

    blood_risk       six measurements, a rule that is not linear, SYNTHETIC
    lesions          a faint blur somewhere in a noisy picture, with its mask, SYNTHETIC
    allergy_record   60 visits, of which the latest word on the allergy counts, SYNTHETIC
    doses            72 hours of doses, what is left of them harms, SYNTHETIC
    drug_order       64 codes, two of them interact in one order, SYNTHETIC

    medmnist         any 2-D MedMNIST file you downloaded: real pictures
    breast_cancer    569 real tumours, 30 measurements each (comes with scikit-learn)

Every module stands alone, arrays in, arrays out: `load(...)` gives everything that is known, `load_data(...)` the form
of Keras, `(x_train, y_train), (x_test, y_test)`. Where the true risk of every patient is known, which is in the middle
five, `oracle_score(truth, metric)` gives the best score that any model can reach.
"""

from edunet.datasets import allergy_record, blood_risk, breast_cancer, cells10, doses, drug_order, lesions, medmnist

__all__ = ["allergy_record", "blood_risk", "breast_cancer", "cells10", "doses", "drug_order", "lesions", "medmnist"]
