"""Labels that are learnt as quantities: classes in their place, and numbers too large to begin with."""

import numpy as np

from edunet.models.doctor.answers import is_quantity
from edunet.models.doctor.case import Case, number
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]

LARGE = 1000  # spread or middle of labels; answers begin near 0
CLASSES = range(3, 11)  # so many
SHARE = 0.05  # of the rarest: the high ones of a count are rarer


def quantities(case: Case):
    """Class numbers as quantities; labels far larger than the first answers."""
    for part, end in zip(case.answers, case.ends, strict=False):
        y = part.data
        if not is_quantity(end.loss) or not part.is_finite or len(y) < 30 or end.activations in (None, ["unknown"]):
            continue
        values, counts = np.unique(y, return_counts=True) if y.dtype.kind in "iu" else (np.empty(0), np.empty(0))
        k = len(values)
        whole = k in CLASSES and np.array_equal(values, np.arange(k) + values[0]) and values[0] in (0, 1)
        if whole and y.size == len(y) and counts.min() > SHARE * len(y):
            minus = " - 1" if values[0] else ""
            yield Finding(
                "labels against loss",
                f"{part.name} holds whole numbers {values[0]} to {values[-1]}, as classes do, and {end.loss.name} "
                "takes them for quantities: class 2 would be twice class 1.",
                f"Labels and how often: {', '.join(f'{v}: {n}' for v, n in zip(values, counts, strict=True))}.",
                f"If they are classes: Dense({k}, activation='softmax'), loss='sparse_categorical_crossentropy' and "
                f"y = {part.name}{minus}. If they are counts, say so by {part.name}.astype(float).",
            )
            continue
        size = max(abs(float(np.median(y))), float(np.std(y)))
        if size > LARGE:
            yield Finding(
                "unscaled labels",
                f"The labels of {part.name} are large, and a new model answers about 0: it needs very long to get "
                "there.",
                f"Their middle is {number(np.median(y))}, their spread {number(np.std(y))}; about 1 is right.",
                f"Scale them by the training rows: m, s = np.mean({part.name}), np.std({part.name}); y = "
                f"({part.name} - m) / s. Answers in the old unit: model.predict(x) * s + m.",
            )


CHECKS = {"quantities": quantities}
