"""Numbers that stand for "not measured": -9, 99, -999, as laboratories and statistical offices write them."""

import numpy as np

from edunet.models.doctor.answers import is_quantity
from edunet.models.doctor.case import Case, Input, number
from edunet.models.doctor.report import Finding
from edunet.preprocessing.sentinels import CODES, codes_in

__all__ = ["CHECKS", "stand_ins"]


def not_measured(case: Case):
    """A code far outside all other values of a column, again and again: it would be learnt as a measurement."""
    left_out = {getattr(layer, "mask_value", None) for layer in case.layers()}
    for part in case.measured():
        for code, columns in stand_ins(part).items():
            if code not in left_out:
                yield _finding(case, part, code, columns)
    for part, end in zip(case.answers, case.ends, strict=False):
        for code in stand_ins(part) if is_quantity(end.loss) else ():
            yield Finding(
                "missing value as a number",
                f"{number(code)} in {part.name} stands for 'not measured': it would be learnt as an answer.",
                f"{number(code)} occurs {int((part.data == code).sum())} times in {part.data.size} labels, far outside "
                "all others.",
                f"Leave these rows out: ok = (np.asarray({part.name}) != {code}).reshape(len({part.name}), -1)"
                f".all(axis=1); {case.taken('ok')}.",
            )


def _finding(case: Case, part: Input, code: int, columns: list[int]) -> Finding:
    table = part.data.reshape(-1, part.data.shape[-1])[:, columns]
    times = (table == code).sum(axis=0)
    rest = table[:, 0][table[:, 0] != code]
    named = ", ".join(f"{part.columns[i]} {n}" for i, n in list(zip(columns, times, strict=True))[:5])
    return Finding(
        "missing value as a number",
        f"{number(code)} in {part.name} stands for 'not measured': it would be learnt as a measurement.",
        f"How often, by column: {named}{', ...' * (len(columns) > 5)}; all other values of {part.columns[columns[0]]} "
        f"lie between {number(rest.min())} and {number(rest.max())}.",
        f"Fill in the middle of what was measured: {_filled(part, code, columns)}. Whether it was measured may itself "
        "tell something: keep that as a column of 0 and 1. Then ask the doctor again: scales are judged after it.",
    )


def _filled(part: Input, code: int, columns: list[int]) -> str:
    """Write how the code becomes the median of the column."""
    name = part.name
    if part.table:
        return (
            f"c = {name}.columns[{columns}]; known = {name}[c].mask({name}[c] == {code}); {name} = {name}.copy(); "
            f"{name}[c] = known.fillna(known.median())"
        )
    axis = tuple(range(part.data.ndim - 1)) if part.data.ndim > 2 else 0
    return (
        f"{name} = np.array({name}, float); c = {name}[..., {columns}]; c[c == {code}] = np.nan; "
        f"{name}[..., {columns}] = np.where(np.isnan(c), np.nanmedian(c, axis={axis}), c)"
    )


def stand_ins(part: Input) -> dict[int, list[int]]:
    """Return {code: columns that hold it}; nothing for pictures."""
    if part.data.ndim > 3 or part.data.dtype.kind not in "if" or part.looks_like_pixels:
        return {}
    found: dict[int, list[int]] = {}
    table = part.data.reshape(-1, part.data.shape[-1] if part.data.ndim > 1 else 1)
    for i in np.flatnonzero(np.isin([table.min(axis=0), table.max(axis=0)], CODES).any(axis=0)):
        for code in codes_in(table[:, i].astype(np.float64)):
            found.setdefault(code, []).append(int(i))
    return found


CHECKS = {"missing values as numbers": not_measured}
