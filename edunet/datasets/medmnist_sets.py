"""What is published about the twelve 2-D sets of MedMNIST v2: task, classes, channels, numbers of pictures, MD5.

Class names as in the publication, in the order of the labels. Careful: the ill class is not always 1; in breastmnist
label 0 is malignant. The MD5 sums are those of the 28x28 files, equal in releases 2.1 and 3.0; the three organ files
were replaced in between, so they have none here, and two numbers of pictures each.

Source: J. Yang et al., MedMNIST v2, Scientific Data 10 (2023) 41, doi 10.1038/s41597-022-01721-8.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CITATION", "SETS", "Facts"]

CITATION = (
    "J. Yang, R. Shi, D. Wei, Z. Liu, L. Zhao, B. Ke, H. Pfister, B. Ni: MedMNIST v2 - A large-scale lightweight "
    "benchmark for 2D and 3D biomedical image classification. Scientific Data 10 (2023) 41, "
    "doi 10.1038/s41597-022-01721-8"
)


@dataclass(frozen=True)
class Facts:
    """What is published about one set."""

    task: str
    class_names: tuple[str, ...]
    n_channels: int
    sizes: tuple[tuple[int, int, int], ...]  # pictures in train, val, test; one for each release that differs
    md5: str | None = None  # of the 28x28 file
    licence: str = "CC BY 4.0"


ORGANS = (
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver", "lung-left", "lung-right",
    "pancreas", "spleen",
)  # fmt: skip

SETS = {
    "pathmnist": Facts(
        "multi-class",
        ("adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
         "cancer-associated stroma", "colorectal adenocarcinoma epithelium"),
        3,
        ((89996, 10004, 7180),),
        "a8b06965200029087d5bd730944a56c1",
    ),
    "chestmnist": Facts(
        "multi-label",
        ("atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia", "pneumothorax",
         "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia"),
        1,
        ((78468, 11219, 22433),),
        "02c8a6516a18b556561a56cbdd36c4a8",
    ),
    "dermamnist": Facts(
        "multi-class",
        ("actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesions",
         "dermatofibroma", "melanoma", "melanocytic nevi", "vascular lesions"),
        3,
        ((7007, 1003, 2005),),
        "0744692d530f8e62ec473284d019b0c7",
        "CC BY-NC 4.0",
    ),
    "octmnist": Facts(
        "multi-class",
        ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
        1,
        ((97477, 10832, 1000),),
        "c68d92d5b585d8d81f7112f81e2d0842",
    ),
    "pneumoniamnist": Facts(
        "binary-class", ("normal", "pneumonia"), 1, ((4708, 524, 624),), "28209eda62fecd6e6a2d98b1501bb15f"
    ),
    "retinamnist": Facts(
        "ordinal-regression", ("0", "1", "2", "3", "4"), 3, ((1080, 120, 400),), "bd4c0672f1bba3e3a89f0e4e876791e4"
    ),
    "breastmnist": Facts(
        "binary-class", ("malignant", "normal, benign"), 1, ((546, 78, 156),), "750601b1f35ba3300ea97c75c52ff8f6"
    ),
    "bloodmnist": Facts(
        "multi-class",
        ("basophil", "eosinophil", "erythroblast",
         "immature granulocytes (myelocytes, metamyelocytes and promyelocytes)", "lymphocyte", "monocyte", "neutrophil",
         "platelet"),
        3,
        ((11959, 1712, 3421),),
        "7053d0359d879ad8a5505303e11de1dc",
    ),
    "tissuemnist": Facts(
        "multi-class",
        ("Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule", "Glomerular endothelial cells",
         "Interstitial endothelial cells", "Leukocytes", "Podocytes", "Proximal Tubule Segments",
         "Thick Ascending Limb"),
        1,
        ((165466, 23640, 47280),),
        "ebe78ee8b05294063de985d821c1c34b",
    ),
    "organamnist": Facts("multi-class", ORGANS, 1, ((34581, 6491, 17778), (34561, 6491, 17778))),
    "organcmnist": Facts("multi-class", ORGANS, 1, ((13000, 2392, 8268), (12975, 2392, 8216))),
    "organsmnist": Facts("multi-class", ORGANS, 1, ((13940, 2452, 8829), (13932, 2452, 8827))),
}  # fmt: skip
