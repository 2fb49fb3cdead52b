"""What a metric expects of labels and answers: a number from nonsense would look like any other."""

import numpy as np

__all__ = ["check_answers", "check_probabilities", "check_yes_or_no", "class_numbers", "like", "one_hot"]


def like(metric, y_true, y_pred):
    """Return labels in the shape of the answers, of which they may lack or have axes of length 1."""
    if y_true.shape != y_pred.shape:
        if [n for n in y_true.shape if n != 1] != [n for n in y_pred.shape if n != 1]:
            several = y_pred.ndim > 1 and y_true.size * y_pred.shape[-1] == y_pred.size
            raise ValueError(
                f"{_name(metric)}: expected one label for each answer. Received labels of shape {y_true.shape} and "
                f"answers of shape {y_pred.shape}."
                + (" For labels as class numbers use metrics=['accuracy'] or SparseCategoricalAccuracy()." * several)
            )
        y_true = y_true.reshape(y_pred.shape)
    return y_true


def check_answers(metric, y_pred) -> None:
    """Raise ValueError for an answer that is NaN."""
    nans = np.count_nonzero(y_pred != y_pred)  # only NaN differs from itself
    if nans:
        raise ValueError(
            f"{_name(metric)}: {nans} of {y_pred.size} answers are NaN; expected numbers. "
            "A learning rate that is too high, or NaN in x, makes a model answer so."
        )


def check_probabilities(metric, y_pred) -> None:
    """Raise ValueError for answers that are no probabilities."""
    check_answers(metric, y_pred)
    if y_pred.size and not (y_pred.min() >= 0 and y_pred.max() <= 1):
        raise ValueError(
            f"{_name(metric)}: expected probabilities between 0 and 1. Received values from {y_pred.min():g} to "
            f"{y_pred.max():g}. End the model with a sigmoid or softmax."
        )


def check_yes_or_no(metric, y_true, otherwise="") -> None:
    """Raise ValueError for labels other than 0 and 1."""
    others = (y_true != 0) & (y_true != 1)
    if np.count_nonzero(others):  # many times as fast as others.any() for a small batch
        odd = y_true[others]
        if np.isin(y_true, (-1, 1)).all():
            otherwise = "For labels -1 and 1 use (y + 1) / 2."
        raise ValueError(
            f"{_name(metric)}: labels are 0 or 1. Received {odd.size} of {y_true.size} others, such as {odd[0]:g}. "
            + otherwise
        )


def class_numbers(metric, y_true, y_pred):
    """Return labels as whole numbers, one for each row of outputs (...,K)."""
    wanted = y_pred.shape[:-1]
    if [n for n in y_true.shape if n != 1] != [n for n in wanted if n != 1]:
        raise ValueError(
            f"{_name(metric)}: expected class numbers of shape {wanted}, one for each answer. Received labels of shape "
            f"{y_true.shape} and answers of shape {y_pred.shape}."
        )
    if y_true.dtype.kind == "f" and not np.array_equal(y_true, np.floor(y_true)):
        raise ValueError(
            f"{_name(metric)}: labels are whole numbers. Received {y_true[y_true != np.floor(y_true)][0]}. "
            "Accuracy counts classes; for a quantity use metrics=['mae']."
        )
    return y_true.reshape(wanted)


def one_hot(metric, y_true, y_pred):
    """Return labels of the shape of the outputs (...,K)."""
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"{metric.name}: expected one-hot labels of shape {y_pred.shape}. Received {y_true.shape}. "
            f"For labels as whole numbers use 'sparse_{metric.name.removeprefix('sparse_')}'."
        )
    return y_true


def _name(metric) -> str:
    return metric if isinstance(metric, str) else metric.name
