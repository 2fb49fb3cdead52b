"""The numbers that go in: missing, constant, codes outside their table."""

import numpy as np

from edunet.models.doctor.case import ROWS, Case, finite_rows, number
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]


def missing(case: Case):
    """NaN and infinite values, counted by column."""
    for part in case.measured():
        if part.is_finite:
            continue
        broken = ~np.isfinite(part.data)
        first = tuple(int(i) for i in np.argwhere(broken)[0])
        by_column = broken.reshape(-1, broken.shape[-1]).sum(axis=0)
        place = (
            f".iloc[{first[0]}, {first[1]}]" if part.table and len(first) == 2 else f"[{', '.join(map(str, first))}]"
        )
        named = ", ".join(f"{part.columns[i]} {by_column[i]}" for i in np.argsort(-by_column)[:5] if by_column[i])
        name = part.name
        yield Finding(
            "values missing",
            f"{int(broken.sum())} of {broken.size} values of {name} are NaN or infinite.",
            f"The first is {name}{place}; by column: {named}.",
            "Fill them in, SimpleImputer(add_indicator=True) of scikit-learn, or leave the rows out: "
            f"{finite_rows(name)}; {case.taken('ok')}.",
        )


def constant(case: Case):
    """Columns that say nothing."""
    for part in case.measured():
        columns = part.data.reshape(-1, 1 if part.data.ndim > 3 else part.data.shape[-1])  # a picture as one
        first = columns[0]
        still = np.flatnonzero((columns[:: max(1, len(columns) // ROWS)] == first).all(axis=0))
        flat = np.array([i for i in still if (columns[:, i] == first[i]).all()], int)
        if (
            len(part.data) < 2
            or not len(flat)
            or (len(flat) < len(first) and _says_nothing_by_nature(case, part, flat))
        ):
            continue
        if len(flat) == len(first) and (first == first[0]).all():
            sentence = f"All values of {part.name} are the same."
        else:
            sentence = f"{len(flat)} of {len(first)} columns of {part.name} never change: they say nothing."
        yield Finding(
            "constant input",
            sentence,
            ", ".join(f"{part.columns[i]} is always {number(first[i])}" for i in flat[:5]) + ".",
            "Look how it was read."
            + (f" Columns are left out by {part.without(flat.tolist())}." if len(flat) < len(first) else ""),
        )


def _says_nothing_by_nature(case: Case, part, flat) -> bool:
    """Tell whether columns may be constant: the border of pictures laid flat, what an autoencoder has to give back."""
    border = part.looks_like_pixels and not part.data[0].reshape(-1)[flat].any()
    border |= _standardized_pixels(part, flat)
    many = part.data.ndim < 4 and part.data.shape[-1] > 200 and len(flat) < part.data.shape[-1] / 2
    returned = any(y.shape == part.data.shape and np.array_equal(y, part.data) for y in case.labels)
    return border or many or returned


def _standardized_pixels(part, flat) -> bool:
    """Tell whether columns are pixels laid flat and brought to mean 0: many, most of them often at their lowest."""
    if part.data.ndim != 2 or part.data.shape[1] < 49 or part.data[0, flat].any():
        return False
    some = part.data[:: max(1, len(part.data) // ROWS)]
    return bool(np.median((some == some.min(axis=0)).mean(axis=0)) > 0.05)


def outside_the_table(case: Case):
    """Codes for which an Embedding has no vector."""
    for part in case.inputs:
        if part.codes is None or not part.data.size:
            continue
        whole = part.data.dtype.kind in "iub" or np.array_equal(part.data, np.floor(part.data))
        if not whole or part.data.min() < 0 or part.data.max() >= part.codes:
            yield Finding(
                "codes outside the table",
                f"{part.name} holds codes for which the Embedding has no vector.",
                f"Codes go from {number(part.data.min())} to {number(part.data.max())}"
                f"{'' if whole else ', not all whole'}; the table has rows 0 to {part.codes - 1}.",
                f"Embedding({int(np.nanmax(part.data)) + 1 if part.data.max() < 1e9 else '...'}, ...), or map rare and "
                "unknown codes to one row.",
            )


CHECKS = {
    "missing values": missing,
    "constant inputs": constant,
    "codes": outside_the_table,
}
