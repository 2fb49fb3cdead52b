"""Labels, loss and the end of the model: do they speak of the same thing?"""

import numpy as np

from edunet import losses
from edunet.models.doctor.case import Case, End, finite_rows, from_error, is_crossentropy, number, wants_probabilities
from edunet.models.doctor.classes import classes_of
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS", "is_quantity"]

RARE = 20  # the most frequent class has more than so many times the examples of the rarest
PROBABILITIES = ("softmax", "sigmoid")


def labels_against_loss(case: Case):
    """Labels of the wrong kind or range, as `fit` would refuse them; classes as quantities."""
    for part, end in zip(case.answers, case.ends, strict=False):
        y = part.data
        what = _labels(y)
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            broken = np.flatnonzero(~np.isfinite(y.reshape(len(y), -1)).all(axis=1))
            yield Finding(
                "labels missing",
                f"{len(broken)} of {len(y)} rows of {part.name} are NaN or infinite.",
                f"The first is {part.name}{'.iloc' * part.table}[{broken[0]}].",
                f"Leave these rows out: {finite_rows(part.name)}; {case.taken('ok')}.",
            )
            continue
        if end.loss is None:
            continue
        known = [y.shape[i] if n is None and i < y.ndim else n or 1 for i, n in enumerate(end.shape)]
        try:
            end.loss.check(y, (None, *known[1:]))
        except (ValueError, TypeError) as error:
            yield from_error("labels against loss", error, f"{what}; the model answers with {end.shape}.")
            continue
        doubt = end.loss.doubt(y)
        if doubt:
            yield from_error("labels against loss", doubt, f"{what}; the model answers with {end.shape}.")
            continue
        values = np.unique(y[:10_000])
        if is_quantity(end.loss) and (y.size == len(y) and len(y) >= 10 and np.array_equal(values, [0, 1])):
            yield Finding(
                "labels against loss",
                f"y holds only 0 and 1, but {end.loss.name} is a loss for quantities.",
                f"{what}.",
                "End with Dense(1, activation='sigmoid') and compile with loss='binary_crossentropy'.",
            )


def is_quantity(loss) -> bool:
    """Tell whether a loss is one for quantities."""
    return isinstance(loss, (losses.MeanSquaredError, losses.MeanAbsoluteError, losses.Huber, losses.LogCosh))


def labels_alone(case: Case):
    """Labels that are all the same, rare classes, outputs that no label asks for."""
    for y, end in zip(case.labels, case.ends, strict=False):
        if len(y) < 2 or (y.dtype.kind == "f" and not np.isfinite(y).all()):
            continue
        if (y == y.flat[0]).all():
            yield Finding(
                "one label only",
                "All labels are the same: there is nothing to tell apart.",
                f"y is {number(y.flat[0])} in all {len(y)} rows.",
                "Look how y was made; a filter may have left one class only.",
            )
            continue
        if not is_crossentropy(end.loss):
            continue
        classes = classes_of(y, end)
        if classes is None:
            continue
        names, sizes = np.unique(classes, return_counts=True)
        if sizes.max() > RARE * sizes.min() and case.class_weight is None:
            rare, common = names[sizes.argmin()], names[sizes.argmax()]
            shares = sizes.sum() / (len(sizes) * sizes)
            weights = {n.item(): round(float(w), 2) for n, w in zip(names, shares, strict=True)}
            yield Finding(
                "rare class",
                f"Class {number(rare)} is rare: a model that never answers it is right "
                f"{1 - sizes.min() / sizes.sum():.1%} of the time.",
                f"{number(sizes.min())} examples of class {number(rare)}, {number(sizes.max())} of {number(common)}.",
                (f"Type fit(..., class_weight={weights})" if len(names) <= 10 else "Give fit a class_weight")
                + ", and judge by AUC, sensitivity and specificity, not by accuracy.",
            )
        outputs = end.shape[-1] or 0
        if isinstance(end.loss, losses.SparseCategoricalCrossentropy) and (
            2 * len(names) <= outputs and sizes.sum() >= 20 * outputs
        ):
            yield Finding(
                "outputs without labels",
                f"The model has {outputs} outputs, but only {len(names)} classes occur in y.",
                f"Classes in y: {', '.join(number(n) for n in names[:10])}; {number(sizes.sum())} labels.",
                f"End with Dense({int(names.max()) + 1}), or look whether classes are missing from y.",
            )


def end_against_loss(case: Case):
    """Softmax twice, no probabilities where the loss wants them, a softmax over one unit."""
    for end in case.ends:
        if not end.activations or end.activations[0] == "unknown":
            continue
        last, before = end.activations[0], next((a for a in end.activations[1:] if a != "linear"), None)
        evidence = f"Output {end.name!r} ends with {' after '.join(end.activations)}; its shape is {end.shape}."
        if last == "softmax" and end.shape[-1] == 1:
            yield Finding(
                "softmax over one unit",
                "A softmax over a single unit always answers 1: nothing can be learned.",
                evidence,
                "End with Dense(1, activation='sigmoid') and loss='binary_crossentropy'.",
            )
        elif last in PROBABILITIES and getattr(end.loss, "from_logits", False):
            yield Finding(
                "softmax twice" if last == "softmax" else "sigmoid twice",
                f"The model ends with a {last}, and the loss applies another one: from_logits=True.",
                f"{evidence} Loss: {end.loss.name}, from_logits=True.",
                "Leave from_logits=True away, or end with Dense(...) without activation.",
            )
        elif last in PROBABILITIES and before in PROBABILITIES:
            yield Finding(
                "softmax twice" if last == "softmax" else "sigmoid twice",
                f"The model ends with a {last} of a {before}: the answers are squeezed together and learn slowly.",
                evidence,
                "Leave one of them away: Dense(..., activation=None) before the last one.",
            )
        elif last in PROBABILITIES and before in ("relu", "softplus"):
            why = {
                "sigmoid": "what is never negative never becomes less than 0.5.",
                "softmax": "scores cannot fall below 0, so no class becomes unlikely by itself, and dead ones stay.",
            }
            yield Finding(
                f"{before} before {last}",
                f"The model ends with a {last} of a {before}: {why[last]}",
                evidence,
                f"Leave the {before} away: Dense(..., activation=None) before the {last}.",
            )
        elif end.loss is not None and wants_probabilities(end.loss):
            yield from _probabilities(end, last, evidence)


def _probabilities(end: End, last: str, evidence: str):
    several = isinstance(end.loss, losses.CategoricalCrossentropy)
    wanted = "softmax" if several else "sigmoid"
    if last not in (PROBABILITIES if not several else ("softmax",)):
        found = "ends without an activation" if last == "linear" else f"ends with {last}"
        yield Finding(
            "no probabilities",
            f"{end.loss.name} wants probabilities, but the model {found}.",
            evidence,
            f"End with activation='{wanted}', or use losses.{type(end.loss).__name__}(from_logits=True)"
            + ("." if last == "linear" else " after a layer without activation."),
        )


RANGES = {"relu": (0, np.inf), "softplus": (0, np.inf), "sigmoid": (0, 1), "softmax": (0, 1), "tanh": (-1, 1)}


def end_against_labels(case: Case):
    """Labels that the last activation can never reach."""
    for y, end in zip(case.labels, case.ends, strict=False):
        yield from _several_of_one(y, end)
        if end.loss is None or is_crossentropy(end.loss) or not end.activations or y.dtype.kind not in "biuf":
            continue
        low, high = RANGES.get(end.activations[0], (-np.inf, np.inf))
        real = y[np.isfinite(y)]
        out = int(((real < low) | (real > high)).sum())
        if out:
            yield Finding(
                "labels out of reach",
                f"The model ends with {end.activations[0]}, which cannot answer {out} of {y.size} labels.",
                f"Labels go from {number(real.min())} to {number(real.max())}, answers from {low} to {high}.",
                "End with a layer without activation, or bring y to that range.",
            )


def _several_of_one(y, end: End):
    """A softmax, whose answers exclude each other, for labels that do not."""
    binary = isinstance(end.loss, losses.BinaryCrossentropy)
    if not binary or (end.activations or ["unknown"])[0] != "softmax" or y.ndim < 2 or y.shape[-1] < 2:
        return
    sums = y.sum(axis=-1)
    other = sums[np.abs(sums - 1) > 1e-3]
    if not len(other):
        yield Finding(
            "labels against loss",
            f"Classes that exclude each other (a softmax, one-hot labels), but {end.loss.name} asks of each alone "
            "whether it is there.",
            f"All {sums.size} rows of y add up to 1; the model answers with {end.shape}.",
            "Compile with loss='categorical_crossentropy'.",
        )
    else:
        yield Finding(
            "softmax for several labels",
            "The model ends with a softmax, whose answers add up to 1. Rows of y do not: they are separate questions.",
            f"{len(other)} of {sums.size} rows of y add up to something else, such as {number(other[0])}.",
            f"End with Dense({y.shape[-1]}, activation='sigmoid').",
        )


def _labels(y) -> str:
    if not y.size:
        return f"y is empty, {y.shape}"
    values = np.unique(y[:10_000])
    some = ", ".join(number(v) for v in values[:6]) + (", ..." if len(values) > 6 else "")
    return f"y: {y.dtype} of shape {y.shape}, {len(values)} different values ({some})"


CHECKS = {
    "labels against loss": labels_against_loss,
    "classes": labels_alone,
    "softmax and sigmoid": end_against_loss,
    "range of the answers": end_against_labels,
}
