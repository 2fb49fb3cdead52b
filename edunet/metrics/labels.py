"""What a metric expects of labels and answers: a number from nonsense would look like any other."""

import numpy as np

__all__ = [
    "check_answers",
    "check_has_classes",
    "check_labels",
    "check_probabilities",
    "check_weights",
    "check_yes_or_no",
    "class_numbers",
    "known_classes",
    "like",
    "name_of",
    "one_hot",
]


def like(metric, y_true, y_pred):
    """Return labels in the shape of the answers, of which they may lack or have axes of length 1."""
    if y_true.shape != y_pred.shape:
        if [n for n in y_true.shape if n != 1] != [n for n in y_pred.shape if n != 1]:
            several = y_pred.ndim > 1 and y_true.size * y_pred.shape[-1] == y_pred.size
            raise ValueError(
                f"{name_of(metric)}: expected one label for each answer. Received labels of shape {y_true.shape} and "
                f"answers of shape {y_pred.shape}."
                + (" For labels as class numbers use metrics=['accuracy'] or SparseCategoricalAccuracy()." * several)
            )
        y_true = y_true.reshape(y_pred.shape)
    return y_true


def check_answers(metric, y_pred, finite=False) -> None:
    """Raise ValueError for an answer that is NaN, or no number; finite: or infinite."""
    if y_pred.dtype.kind not in "fbiu":
        raise ValueError(f"{name_of(metric)}: answers are numbers. Received an array of {y_pred.dtype}.")
    odd = y_pred.size - np.count_nonzero(np.isfinite(y_pred) if finite else y_pred == y_pred)  # NaN is not itself
    if odd:
        raise ValueError(
            f"{name_of(metric)}: {odd} of {y_pred.size} answers are NaN{' or infinite' * finite}; expected numbers. "
            "A learning rate that is too high, or NaN in x, makes a model answer so."
        )


def check_labels(metric, y_true) -> None:
    """Raise ValueError for labels that are NaN, infinite, or no numbers."""
    kind = y_true.dtype.kind
    if kind in "biu":
        return
    if kind != "f":
        raise ValueError(
            f"{name_of(metric)}: labels are numbers. Received an array of {y_true.dtype}. "
            "For names of classes use np.unique(y, return_inverse=True)[1]."
        )
    odd = y_true.size - np.count_nonzero(np.isfinite(y_true))
    if odd:
        raise ValueError(
            f"{name_of(metric)}: {odd} of {y_true.size} labels are NaN or infinite; expected numbers. "
            "Leave these examples out, or give them a label and the weight 0."
        )


def check_weights(metric, w) -> None:
    """Raise ValueError for a weight that is NaN, infinite or negative."""
    odd = ~((w >= 0) & (w < np.inf))
    if np.count_nonzero(odd):
        raise ValueError(
            f"{name_of(metric)}: sample_weight holds finite numbers >= 0. Received {w[odd].flat[0]:g}. "
            "To leave an example away give it the weight 0."
        )


def check_probabilities(metric, y_pred) -> None:
    """Raise ValueError for answers that are no probabilities."""
    check_answers(metric, y_pred)
    if y_pred.size and not (y_pred.min() >= 0 and y_pred.max() <= 1):
        raise ValueError(
            f"{name_of(metric)}: expected probabilities between 0 and 1. Received values from {y_pred.min():g} to "
            f"{y_pred.max():g}. End the model with a sigmoid or softmax."
        )


def check_yes_or_no(metric, y_true, otherwise="") -> None:
    """Raise ValueError for labels other than 0 and 1."""
    others = (y_true != 0) & (y_true != 1)
    if np.count_nonzero(others):  # many times as fast as others.any() for a small batch
        odd = y_true[others]
        check_labels(metric, y_true)
        if np.isin(y_true, (-1, 1)).all():
            otherwise = "For labels -1 and 1 use (y + 1) / 2."
        raise ValueError(
            f"{name_of(metric)}: labels are 0 or 1. Received {odd.size} of {y_true.size} others, such as {odd[0]:g}. "
            + otherwise
        )


def check_has_classes(metric, y_pred) -> None:
    """Raise ValueError for a single number in the place of answers."""
    if not y_pred.ndim:
        raise ValueError(f"{name_of(metric)}: expected answers (N, K), one for each class. Received one number.")


def class_numbers(metric, y_true, y_pred):
    """Return labels as whole numbers, one for each row of outputs (...,K)."""
    check_has_classes(metric, y_pred)
    wanted = y_pred.shape[:-1]
    if [n for n in y_true.shape if n != 1] != [n for n in wanted if n != 1]:
        raise ValueError(
            f"{name_of(metric)}: expected class numbers of shape {wanted}, one for each answer. "
            f"Received labels of shape {y_true.shape} and answers of shape {y_pred.shape}."
        )
    check_labels(metric, y_true)
    if y_true.dtype.kind == "f" and np.count_nonzero(y_true != np.floor(y_true)):
        raise ValueError(
            f"{name_of(metric)}: labels are whole numbers. Received {y_true[y_true != np.floor(y_true)][0]}. "
            "Accuracy counts classes; for a quantity use metrics=['mae']."
        )
    return y_true.reshape(wanted)


def known_classes(metric, y_true, y_pred):
    """Return labels as whole numbers, one for each row of outputs (...,K), or raise ValueError for one beyond K."""
    labels, classes = class_numbers(metric, y_true, y_pred), y_pred.shape[-1]
    if np.count_nonzero((labels >= 0) & (labels < classes)) < labels.size:
        raise ValueError(
            f"{name_of(metric)}: labels run from {labels.min():g} to {labels.max():g}; expected 0 to {classes - 1}."
        )
    return labels


def one_hot(metric, y_true, y_pred):
    """Return labels of the shape of the outputs (...,K)."""
    check_has_classes(metric, y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"{metric.name}: expected one-hot labels of shape {y_pred.shape}. Received {y_true.shape}. "
            f"For labels as whole numbers use 'sparse_{metric.name.removeprefix('sparse_')}'."
        )
    check_labels(metric, y_true)
    return y_true


def name_of(metric) -> str:
    """Return what a message calls a metric, or a function by its own name."""
    return metric if isinstance(metric, str) else metric.name
