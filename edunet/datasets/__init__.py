"""Data to learn with: medical generators whose truth is known, and readers of real files.

    generated, all SYNTHETIC
    cells10          ten kinds of blood cell in MNIST's form
    blood_risk       six measurements, and a rule that is not linear
    lesions          a faint blur somewhere in a noisy picture, with its mask
    phantoms         heads under CT, tissue under the microscope, cells to count, with their masks
    heartbeats       four kinds of heartbeat at an unknown moment; an ECG as long as you like
    allergy_record   60 visits, of which the latest word on the allergy counts
    doses            72 hours of doses, what is left of them harms; curves of a tablet
    sepsis_course    48 hours on a ward, and every hour the question what is coming
    icu_course       a stay in intensive care, measured now and then
    glucose          a sensor under the skin, and where it will be in half an hour
    epidemic         28 days of cases in a town, and the next 14
    drug_order       64 codes, two of them interact in one order
    molecules        SMILES of molecules: toxic? soluble? which atom closes the ring?
    followup         survival after a tumour was found, censored
    hospitals        the rule of blood_risk in four hospitals that measure differently
    clinic_records   names, dates, notes with identifiers; faults with an answer key; a public register

    read from files of yours
    medmnist         2-D MedMNIST sets          mnist            MNIST and its like, npz and idx
    tables           CSV and ARFF               heart            heart disease as UCI has it, any hospital
    moleculenet      molecules, CSV             ucr              time series of UCR and UEA
    physionet2012    intensive care stays       wfdb             ECG records and their annotations
    dicom            images and waveforms       breast_cancer    569 tumours (comes with scikit-learn)

Every module stands alone, arrays in, arrays out: `load(...)` gives everything that is known, `load_data(...)` where
there is one the form of Keras, `(x_train, y_train), (x_test, y_test)`. Where the truth says how likely every answer
was, `oracle_score(truth, metric)` gives the best score that any model can reach.
"""

import importlib
from typing import TYPE_CHECKING

__all__ = [
    "allergy_record",
    "blood_risk",
    "breast_cancer",
    "cells10",
    "clinic_records",
    "dicom",
    "doses",
    "drug_order",
    "epidemic",
    "followup",
    "glucose",
    "heart",
    "heartbeats",
    "hospitals",
    "icu_course",
    "lesions",
    "medmnist",
    "mnist",
    "molecules",
    "moleculenet",
    "phantoms",
    "physionet2012",
    "sepsis_course",
    "tables",
    "ucr",
    "wfdb",
]

if TYPE_CHECKING:
    from edunet.datasets import (
        allergy_record,
        blood_risk,
        breast_cancer,
        cells10,
        clinic_records,
        dicom,
        doses,
        drug_order,
        epidemic,
        followup,
        glucose,
        heart,
        heartbeats,
        hospitals,
        icu_course,
        lesions,
        medmnist,
        mnist,
        moleculenet,
        molecules,
        phantoms,
        physionet2012,
        sepsis_course,
        tables,
        ucr,
        wfdb,
    )
else:

    def __getattr__(name):
        if name in __all__:  # each is loaded when it is first named
            return importlib.import_module(f"edunet.datasets.{name}")
        raise AttributeError(f"module 'edunet.datasets' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
