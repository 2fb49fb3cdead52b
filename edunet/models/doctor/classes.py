"""Classes: how the held out rows share in them, and whether class_weight knows them."""

import numpy as np

from edunet import losses
from edunet.models.doctor.case import Case, End, is_crossentropy, number
from edunet.models.doctor.patients import whose
from edunet.models.doctor.report import Finding
from edunet.models.sample_weights import by_class

__all__ = ["CHECKS", "classes_of"]

CHANCE = 1e-4  # what is less likely in rows that were shuffled is no chance


def classes_of(y, end: End):
    """Return the class of each label, or None where labels are shares or answers to many questions."""
    if isinstance(end.loss, losses.SparseCategoricalCrossentropy):
        return y.reshape(-1)
    if isinstance(end.loss, losses.CategoricalCrossentropy):
        return y.reshape(-1, y.shape[-1]).argmax(axis=-1)
    if (end.shape[-1] or 1) == 1 and ((y == 0) | (y == 1)).all():
        return y.reshape(-1)
    return None


def classes_in_the_split(case: Case):
    """A class that validation_split leaves to one side only, because the rows are sorted."""
    for part, end in zip(case.answers, case.ends, strict=False):
        classes = classes_of(part.data, end) if is_crossentropy(end.loss) and part.is_finite else None
        n, cut = len(part.data), case.cut
        if classes is None or len(classes) != n or cut is None or not 0 < cut < n:
            continue
        owner = case.groups if case.groups is not None and len(case.groups) == n else np.arange(n)
        told = _sorted(classes, owner, cut)
        if told:
            yield Finding("sorted labels", *told, _shuffled(case))


def _sorted(classes, owner, cut: int) -> tuple[str, str] | None:
    """Return sentence and evidence for a class that the last rows have alone, not at all, or all of; None if chance."""
    n, last = len(classes), classes[cut:]
    where = f"the last {n - cut} rows, by which validation_split judges"
    for name in np.unique(classes):
        own = classes == name
        patients, held = len(np.unique(owner[own])), int(own[cut:].sum())  # rows of one patient stay together
        share = 1 - cut / n
        if not held and (1 - share) ** patients < CHANCE:
            told = f"none is among {where}"
        elif held == own.sum() and share**patients < CHANCE:
            told = f"all are among {where}"
        elif held == n - cut and own.mean() ** len(np.unique(owner[cut:])) < CHANCE:
            told = f"are all of {where}"
        else:
            continue
        return (
            f"The rows seem to be sorted: of class {number(name)} {told}.",
            f"{int(own.sum()) - held} rows of class {number(name)} for training, {held} of {len(last)} to judge by.",
        )
    return None


def _shuffled(case: Case) -> str:
    """Write how rows, or whole patients, are held out at random."""
    if case.groups is not None:
        return (
            f"Split whole patients: {whose(case)}held = np.isin(groups, np.unique(groups)[::5]); "
            "fit(x[~held], y[~held], validation_data=(x[held], y[held]))."
        )
    order = f"np.random.default_rng(0).permutation(len({case.inputs[0].name}))"
    return f"Shuffle them before: order = {order}; {case.taken('order', places=True)}."


def class_weights(case: Case):
    """A class_weight that fit would refuse, or that names classes which do not occur."""
    weights, objective = case.class_weight, case.model.objective
    if weights is None or objective is None or not all(part.is_finite for part in case.answers):
        return
    found = [np.unique(y)[:10].tolist() for y in case.labels]
    came = f"class_weight={weights!r:.200}; classes in y: {', '.join(map(str, found))}."
    every = f"Give a weight for each class: class_weight={dict.fromkeys(found[0], 1.0)}."
    try:
        by_class(weights, case.labels, None, objective)
    except Exception as error:  # also of keys that cannot be sorted
        told = str(error) if "class_weight" in str(error) else "class_weight is a dict {class: weight}."
        yield Finding("class_weight does not fit", told, came, every)
        return
    for table, y, end in zip(_tables(weights, objective.outputs), case.labels, case.ends, strict=False):
        classes = classes_of(y, end)
        unknown = [] if table is None or classes is None else [k for k in table if not (classes == k).any()]
        if unknown:
            yield Finding(
                "class_weight does not fit",
                f"class_weight has weights for what is no label: {', '.join(map(repr, unknown[:5]))}.",
                came,
                every,
            )


def _tables(weights: dict, outputs: list[str]) -> list:
    if any(isinstance(part, dict) for part in weights.values()):
        return [weights.get(name) for name in outputs]
    return [weights]


CHECKS = {"classes in the split": classes_in_the_split, "class weights": class_weights}
