"""The rows that fit will judge by: can they be read, and do they fit the model?"""

import numpy as np

from edunet.models.doctor.case import Case, Input, finite_rows, from_error
from edunet.models.doctor.reading import read
from edunet.models.doctor.report import Finding
from edunet.models.examples import gives_batches
from edunet.models.feeds import split_rows

__all__ = ["hold_out"]

PAIR = "Give arrays: validation_data=(x, y)."


def hold_out(case: Case, share, data) -> list[Finding]:
    """Tell the case which rows are held out by validation_split or validation_data; return what is wrong with them."""
    if data is not None:
        return _from_data(case, data)
    try:
        if share != 0:
            case.cut = split_rows(len(case.inputs[0].data), share)
    except (ValueError, TypeError) as error:
        told = str(error) if "validation_split" in str(error) else "validation_split is a share between 0 and 1."
        return [
            Finding("validation_split", told, f"Received: {share!r:.60}", "validation_split=0.2 holds out a fifth.")
        ]
    return []


def _from_data(case: Case, data) -> list[Finding]:
    if gives_batches(data):
        sentence = "validation_data gives batches, which are not looked at."
        return [Finding("validation not looked at", sentence, f"It is of type {type(data).__name__}.", PAIR)]
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        received = f"a {type(data).__name__}" + (f" of {len(data)}" if isinstance(data, (tuple, list)) else "")
        sentence = "validation_data is a pair (x, y), or (x, y, sample_weight)."
        return [Finding("validation_data does not fit", sentence, f"It is {received}.", PAIR)]
    model = case.model
    inputs, unread = read(data[0], "validation_data[0]", model.input_names)
    answers, more = read(data[1], "validation_data[1]", model.output_names)
    if unread or more or not case.ends:  # else the training data do not fit the model: one thing after the other
        return unread + more
    shapes = ", ".join(f"{part.name}: {part.data.shape}" for part in [*inputs, *answers]) + "."
    if len({len(part.data) for part in [*inputs, *answers]}) > 1:
        sentence = "x and y of validation_data do not have equally many rows."
        return [Finding("different lengths", sentence, shapes, "Filter both alike: x[keep], y[keep].")]
    try:
        adjusted = model.adjust_rank([part.data for part in inputs])
        if len(answers) != len(case.ends):
            raise ValueError(f"The model has {len(case.ends)} outputs, y of validation_data {len(answers)} parts.")
    except (ValueError, TypeError) as error:
        return [from_error("validation_data does not fit", error, shapes)]
    for part, a in zip(inputs, adjusted, strict=True):
        part.data = a
    case.held_out = inputs
    return [found for part in [*inputs, *answers] for found in _missing(part)] + _labels(case, answers)


def _missing(part: Input):
    broken = 0 if part.is_finite else int((~np.isfinite(part.data)).sum())
    if broken:
        yield Finding(
            "values missing",
            f"{broken} of {part.data.size} values of {part.name} are NaN or infinite.",
            f"Its shape is {part.data.shape}.",
            f"Fill them in with what the training rows say, or leave the rows out: {finite_rows(part.name)}.",
        )


def _labels(case: Case, answers: list[Input]) -> list[Finding]:
    found = []
    for part, end in zip(answers, case.ends, strict=True):
        if end.loss is None or not part.is_finite:
            continue
        y = part.data
        known = [y.shape[i] if n is None and i < y.ndim else n or 1 for i, n in enumerate(end.shape)]
        try:
            end.loss.check(y, (None, *known[1:]))
        except (ValueError, TypeError) as error:
            found.append(from_error("labels against loss", error, f"{part.name}: shape {y.shape}, dtype {y.dtype}."))
    return found
