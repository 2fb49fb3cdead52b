"""Sequences: padding that counts as measured, and answers that lie in the input already."""

import numpy as np

from edunet import layers
from edunet.layers.recurrent import Reader
from edunet.models.causality import check_causality
from edunet.models.doctor.case import Case, Input
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]

ROWS = 2000  # so many sequences are looked at
AHEAD = 3  # steps
READERS = (  # layers to which the second axis is time
    Reader,  # all that are recurrent
    layers.Bidirectional,
    layers.Conv1D,
    layers.Attention,
    layers.MultiHeadAttention,
    layers.TransformerEncoder,
    layers.GlobalAveragePooling1D,
    layers.GlobalMaxPooling1D,
    layers.TimeDistributed,
    layers.Embedding,
)


def lost_masks(case: Case):
    """Zeros that fill sequences up, and no layer that says so; a mask that ends on its way."""
    found = case.layers()
    if not any(layer.makes_mask for layer in found) and any(isinstance(layer, READERS) for layer in found):
        for part in case.inputs:
            yield from _padding(part)
    for node in case.model._nodes if getattr(case.model, "inputs", None) else []:
        masked = [s for s in node.inputs if s.masked]
        ends = [
            y for y in node.outputs if not y.masked and len(y.shape) > 2 and masked and y.shape[1] == masked[0].shape[1]
        ]
        if ends:
            name = node.layer.name
            yield Finding(
                "mask lost",
                f"The mask ends in layer {name!r} ({type(node.layer).__name__}): after it padding counts as measured.",
                f"Its input carries a mask, its output {ends[0].shape} does not.",
                "Let its compute_mask(self, inputs, mask=None) return the mask, or say supports_masking = True.",
            )


def _padding(part: Input):
    """Find steps of zeros at one end of many sequences, in which a zero is otherwise rare."""
    x = part.data[:: max(1, len(part.data) // ROWS)]
    if x.ndim not in ((2,) if part.codes else (3,)) or x.shape[1] < 2:
        return
    full = x != 0 if x.ndim == 2 else (x != 0).any(axis=2)
    for side, steps in (("end", full[:, ::-1]), ("beginning", full)):
        filled = np.where(steps.any(axis=1), steps.argmax(axis=1), 0)  # zeros in a row, from that side
        padded = filled > 0
        inside = ~steps & (np.arange(steps.shape[1]) >= filled[:, None])
        if padded.mean() < 0.05 or filled.max() < 2 or inside.sum() > 0.01 * steps.sum():
            continue
        repair = (
            f"Embedding({part.codes}, ..., mask_zero=True)"
            if part.codes
            else "Put layers.Masking() first; the layers after it then skip these steps"
        )
        yield Finding(
            "padding counts as measured",
            f"Many sequences of {part.name} are filled up with zeros at their {side}, but the model masks nothing.",
            f"{padded.mean():.0%} of {len(x)} sequences, {filled[padded].mean():.1f} of {x.shape[1]} steps on average; "
            f"between measured steps only {inside.sum() / max(1, steps.sum()):.2%} are zero.",
            f"{repair}.",
        )
        return


# ---------------------------------------------------------------- one answer for every step


def future_values(case: Case):
    """A target that stands in the input at the same step already, or in steps that the model can see."""
    for y, end in zip(case.labels, case.ends, strict=False):
        for part in case.inputs:
            if part.is_finite and _per_step(part, y, end):
                yield from _known_targets(case, part, y)


def _per_step(part: Input, y, end) -> bool:
    timed = part.data.ndim > 1 and y.ndim in (2, 3) and part.data.shape[:2] == y.shape[:2] and y.shape[1] > 2
    return timed and len(end.shape) == 3 and (part.codes is not None or part.data.ndim == 3)


def _known_targets(case: Case, part: Input, y):
    x, y = (a[:: max(1, len(a) // ROWS)] for a in (part.data, y))
    x = x[..., None] if x.ndim == 2 else x
    y = y[..., 0] if y.ndim == 3 and y.shape[2] == 1 else y
    if y.ndim == 3:
        y = y.argmax(axis=2) if part.codes else y
        if y.ndim == 3:
            return  # several quantities for each step: an autoencoder, a forecast of everything
    ahead = not _is_causal(case)
    for d in range(x.shape[2]):
        column = f"{part.columns[d]} of {part.name}"
        for k in range(min(AHEAD, y.shape[1] - 2) + 1):
            now, later = slice(None, y.shape[1] - k), slice(k, None)
            copies = not k and not (ahead and x.shape[2] == 1 and not part.codes)  # else an autoencoder
            if k and _same(x[:, now, d], y[:, later]):
                sentence = f"{column} at step t is the target of step t + {k}: the future is in the input."
                repair = f"Leave the column away, or move it by {k + 1} steps so that it tells the past."
            elif copies and _same(x[:, :, d], y):
                sentence = f"The target of every step is {column} at the same step: it only has to be copied."
                repair = "To predict the next step: x, y = x[:, :-1], x[:, 1:]."
            elif k and ahead and _same(x[:, later, d], y[:, now]):
                sentence = f"The target of step t is {column} at step t + {k}, which the model can see."
                repair = "Let the model look back only: edunet.check_causality(model) tells the layer."
            else:
                continue
            yield Finding("future values", sentence, f"They agree in all {y[:, now].size} places looked at.", repair)
            return


def _same(a, b) -> bool:
    """Tell whether a holds b: equal, or in another unit; what hardly changes would agree by chance."""
    a, b = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    if not (a.std() and b.std()) or np.unique(b[:5000], return_counts=True)[1].max() > 0.95 * min(len(b), 5000):
        return False
    return bool(np.corrcoef(a, b)[0, 1] > 0.99999)


def _is_causal(case: Case) -> bool:
    try:
        return bool(check_causality(case.model, _few(case)))
    except ValueError:
        return False


def _few(case: Case):
    few = [part.data[:4] for part in case.inputs]
    return few[0] if len(few) == 1 else few


def looks_ahead(case: Case):
    """A model that is asked while later steps are not known yet, and looks at them."""
    pairs = [
        (part, y)
        for part in case.inputs
        for y, end in zip(case.labels, case.ends, strict=False)
        if _per_step(part, y, end)
    ]
    if not pairs or not all(part.is_finite for part in case.inputs):
        return
    if not case.causal and not any(_is_forecast(part.data, y) for part, y in pairs):
        return  # a tagger knows the whole sequence
    try:
        found = check_causality(case.model, _few(case))
    except ValueError:  # what does not fit is told by the checks of labels and inputs
        return
    if not found:
        yield Finding(
            "looks ahead",
            found.sentence,
            f"An answer depends on input up to {found.ahead} steps later.",
            found.repair,
        )


def _is_forecast(x, y) -> bool:
    """Tell whether the target of a step is in the input at a later one."""
    x, y = (a[:: max(1, len(a) // ROWS)] for a in (x, y))
    x, y = (a[..., None] if a.ndim == 2 else a for a in (x, y))
    for k in range(1, min(AHEAD, y.shape[1] - 2) + 1):
        later, now = x[:, k:], y[:, : y.shape[1] - k]
        wide = now.shape[2] == later.shape[2] and now.shape[2] > 1
        if _same(later, now) if wide else now.shape[2] == 1 and any(_same(c, now) for c in np.moveaxis(later, 2, 0)):
            return True
    return False


def answer_in_a_step(case: Case):
    """One answer for a whole sequence that stands in it, mostly at its end: the windows were cut one step too late."""
    for y in case.labels:
        for part in case.inputs:
            x = part.data
            if x.ndim not in (2, 3) or (x.ndim == 2 and part.codes is None) or y.size != len(x) or len(x) < 20:
                continue
            x = x[..., None] if x.ndim == 2 else x
            table = x[:: max(1, len(x) // ROWS)]
            told = y.reshape(-1)[:: max(1, len(x) // ROWS)]
            told = told.astype(table.dtype) if table.dtype.kind == "f" else told
            if not told.std() or x.shape[1] < 2:
                continue
            equal = (table == told[:, None, None]).all(axis=0)
            for t, d in np.argwhere(equal)[-1:]:
                last = t == x.shape[1] - 1
                column = f"{part.columns[d]} of {part.name}" if part.data.ndim == 3 else part.name
                rest = part.name + ("[:, :-1]" if last else f"[:, :{t}]")
                yield Finding(
                    "answer in the input",
                    f"The target is {column} at {'the last step' if last else f'step {t}'}: it only has to be copied.",
                    f"They are equal in all {len(table)} rows looked at.",
                    f"To predict it from the steps before: x, y = {rest}, y.",
                )


def answer_in_a_column(case: Case):
    """A column of a table that is the label itself."""
    for y in case.labels:
        for part in case.inputs:
            if part.codes or part.data.ndim != 2 or part.data.shape[1] < 2 or not part.is_finite or y.size != len(y):
                continue
            flat = y.reshape(-1)
            if len(flat) != len(part.data) or len(flat) < 20:
                continue
            table, told = (a[:: max(1, len(a) // ROWS)].astype(np.float64) for a in (part.data, flat))
            table, told = table - table.mean(axis=0), told - told.mean()
            sizes = np.sqrt((table**2).sum(axis=0) * (told @ told))
            for d in np.flatnonzero((sizes > 0) & (np.abs(told @ table) > 0.99999 * sizes)):
                yield Finding(
                    "answer in the input",
                    f"{part.columns[d]} of {part.name} is the label, perhaps in another unit.",
                    f"Their correlation is 1 in {len(table)} rows looked at.",
                    f"Leave it away: {part.without([int(d)])}.",
                )


CHECKS = {
    "masks": lost_masks,
    "future values": future_values,
    "causality": looks_ahead,
    "answer in the input": answer_in_a_column,
    "answer in a step": answer_in_a_step,
}
