"""Where do two models part? Their outputs, layer by layer, side by side."""

import html
from typing import Any, NamedTuple

import numpy as np

from edunet import activations
from edunet.interop import keras as keras_weights
from edunet.interop import torch as torch_weights
from edunet.interop.causes import likely_cause
from edunet.interop.rows import channels_last_rows, flattened_before
from edunet.interop.watching import Seen, apart, in_order, library_of, watch
from edunet.tensor import as_array

__all__ = ["Comparison", "compare_with"]


class Row(NamedTuple):
    """One layer, what it is compared with, and how far the outputs are apart."""

    layer: str
    other: str
    shape: tuple
    difference: float  # max|a − b|, infinite where the shapes differ
    relative: float  # max|a − b| / max|b|


class Comparison:
    """The table that `compare_with` returns: print it, or leave it at the end of a cell.

    rows, one Row for each layer; first, the number of the first row that differs, or None; cause, what it may come
    from; same, whether all agree, the outputs of the models among them.
    """

    def __init__(self, rows: list[Row], tolerance: float, ends: list[Row], paired: bool = True):
        self.rows, self.tolerance, self.cause = rows, tolerance, ""
        differ = [row for row in ends if not row.relative <= tolerance]
        self._inside = next((i for i, row in enumerate(rows) if not row.relative <= tolerance), None)
        self.first = self._inside if differ or paired else None
        if differ and self.first is None:  # it comes after all layers that have a counterpart
            self.rows, self.first = [*rows, differ[0]], len(rows)

    @property
    def same(self) -> bool:
        return self.first is None

    def _cells(self) -> list[tuple[str, ...]]:
        return [(r.layer, r.other, str(r.shape), f"{r.difference:.1e}", f"{r.relative:.1e}") for r in self.rows]

    def _verdict(self) -> str:
        if self.first is None and self._inside is not None:
            return f"The outputs agree; {self.rows[self._inside].layer} has no counterpart of its own."
        if self.first is None:
            return f"All {len(self.rows)} agree: max|a−b| <= {self.tolerance:g} max|b|."
        return f"The first difference is in {self.rows[self.first].layer}. Likely cause: {self.cause}."

    def __str__(self):
        table = [_HEAD, *self._cells()]
        wide = [max(len(line[i]) for line in table) for i in range(len(_HEAD))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)).rstrip() for line in table]
        if self.first is not None:
            lines[self.first + 1] += "  <- first difference"
        return "\n".join([lines[0], "-" * (sum(wide) + 8), *lines[1:], "", self._verdict()])

    __repr__ = __str__

    def _repr_html_(self):
        cell = 'style="text-align:left;padding:2px 12px 2px 0;border:0;{}"'

        def line(cells, kind, extra=""):
            inside = "".join(f"<{kind} {cell.format(extra)}>{html.escape(c)}</{kind}>" for c in cells)
            return f"<tr>{inside}</tr>"

        marked = "font-weight:bold;border-left:4px solid #D55E00;padding-left:6px;"
        rows = [line(c, "td", marked if i == self.first else "") for i, c in enumerate(self._cells())]
        head = line(_HEAD, "th", "border-bottom:1px solid;")
        return (
            f'<table style="border-collapse:collapse">{head}{"".join(rows)}</table>'
            f"<p>{html.escape(self._verdict())}</p>"
        )


_HEAD = ("layer", "compared with", "shape", "max|a−b|", "relative")


def compare_with(model, other, x, other_x=None, tolerance=1e-5) -> Comparison:
    """Run two models on the same examples and tell, layer by layer, how far their outputs are apart.

    Args: model, of edunet; other, a model of edunet or Keras, or a PyTorch module; x, examples for the first (a list
    for several inputs); other_x, for the second where they must lie otherwise: for PyTorch, images (N,H,W,C) become
    (N,C,H,W) by themselves; tolerance, up to which max|a−b| / max|b| counts as the same.
    Outputs of PyTorch are turned back before they are compared. Inside, an activation may be a module of its own; at
    the end it must be there: a module that gives what stands before softmax differs.
    Raises TypeError for an `other` that is none of these.

    >>> from edunet import Sequential, layers
    >>> a, b = (Sequential([layers.Dense(3, input_shape=(2,), name="hidden")]) for _ in range(2))
    >>> compare_with(a, b, np.eye(2)).cause
    'the weights are not the same; the functions weights_to_... copy them'
    >>> b.set_weights(a.get_weights())
    >>> compare_with(a, b, np.eye(2)).same
    True
    """
    library = library_of(other)
    if other_x is None:
        other_x = _for_torch(other, x) if library == "torch" else x
    (ours, ends), (theirs, other_ends) = watch(model, x), watch(other, other_x)
    theirs = in_order(ours, theirs)
    if not ours or not theirs:
        raise ValueError("compare_with: no layer was called. Give it a model of layers, or a single layer.")
    try:
        shapes = flattened_before(model)
    except ValueError:  # only a hint is lost
        shapes = {}
    found = _pairs(ours, theirs, set(shapes.values()))
    last = _ends(ends, other_ends, library == "torch")
    paired = sum(s.weighted for s in ours) == sum(s.weighted for s in theirs)
    table = Comparison([_row(a, b, output) for a, b, output in found], tolerance, last, paired)
    if table.first == len(found):
        table.cause = f"what comes last: {_last(ours[-1])} here, {_last(theirs[-1])} there"
    elif table.first is not None:
        a, b, output = found[table.first]
        if not paired:
            kinds = [", ".join(s.kind for s in side if s.weighted) or "none" for side in (ours, theirs)]
            table.cause = f"the layers with weights are not the same: {kinds[0]} here, {kinds[1]} there"
        else:
            differ = output.shape != a.output.shape
            if a.weighted:  # not a module for the activation behind it
                both = ([s for s in side if s.weighted] for side in (ours, theirs))
                b = next(y for x, y in zip(*both, strict=True) if x is a)
            table.cause = likely_cause(a.layer, b.layer, differ, _weights(model, other, a, b), shapes.get(a.layer))
    return table


def _last(seen: Seen) -> str:
    activation = getattr(seen.layer, "activation", None)
    return seen.kind + (f" with {activations.name_of(activation)}" if callable(activation) else "")


def _ends(ours: list, theirs: list, torch: bool) -> list[Row]:
    """Compare the outputs of the models, not only of their layers; PyTorch's states come after the answer."""
    if not torch and len(ours) != len(theirs):
        return [Row("outputs", "outputs", (len(ours), len(theirs)), np.inf, np.inf)]
    rows = []
    for i, a in enumerate(ours):
        b = theirs[i] if i < len(theirs) else np.empty(0)
        forms = [b, np.moveaxis(b, 1, -1)] if torch and b.ndim > 2 else [b]
        b = min(forms, key=lambda form: apart(a, form))
        rows.append(Row("output", "output", a.shape, *_distances(a, b)))
    return rows


def _for_torch(module, x):
    """Lay images as PyTorch wants them; signals too if a convolution reads them first."""
    if isinstance(x, list):
        return [_for_torch(module, a) for a in x]
    x = np.asarray(x)
    x = x.astype(np.int64) if x.dtype.kind in "iu" else x.astype(np.float32) if x.dtype != np.float64 else x
    first = next((type(m).__name__ for m in module.modules() if not list(m.children())), "")
    parameters = list(module.parameters())
    if x.dtype.kind == "f" and parameters and parameters[0].dtype.is_floating_point:
        x = x.astype(str(parameters[0].dtype).removeprefix("torch."))
    return np.moveaxis(x, -1, 1) if x.ndim == 4 or (x.ndim == 3 and first.endswith("1d")) else x


def _pairs(ours: list[Seen], theirs: list[Seen], flattened: set) -> list[tuple[Seen, Seen, np.ndarray]]:
    """Return (ours, theirs, their output turned as ours lies); the k-th layer with weights belongs to the k-th."""
    parts = [_segments(side) for side in (ours, theirs)]
    if len(parts[0]) != len(parts[1]):  # then only the end can be compared
        a, b = ours[-1], theirs[-1]
        return [(a, b, _closest(a, [(b, b.output)], flattened)[1])]
    found = []
    for mine, yours in zip(*parts, strict=True):
        for seen in mine:
            fitting = [(other, form) for other in yours for form in _forms(seen, other, flattened)]
            fitting = [pair for pair in fitting if pair[1].shape == seen.output.shape]
            if fitting:
                other, output = _closest(seen, fitting, flattened)
                yours = yours[next(i for i, s in enumerate(yours) if s is other) :]  # never back again
                found.append((seen, other, output))
            elif seen.weighted and yours:
                found.append((seen, yours[0], yours[0].output))
    return found


def _segments(side: list[Seen]) -> list[list[Seen]]:
    """Cut what was seen before every layer with weights."""
    cuts = [i for i, seen in enumerate(side) if seen.weighted]
    return [side[a:b] for a, b in zip([0, *cuts], [*cuts, len(side)], strict=True)]


def _forms(seen: Seen, other: Seen, flattened: set) -> list[np.ndarray]:
    """Return the ways in which the output of `other` may correspond to that of `seen`."""
    y = other.output
    forms = [y]
    if hasattr(other.layer, "register_forward_hook") and not hasattr(other.layer, "get_config"):  # PyTorch
        if y.ndim > 2:
            forms += [np.moveaxis(y, 1, -1), y[:, -1]]  # channels first; the last step of a sequence
        forms += [channels_last_rows(y.T, s).T for s in flattened if y.ndim == 2 and y.shape[1] == np.prod(s)]
        activation = getattr(seen.layer, "activation", None)
        if seen.weighted and callable(activation):
            forms += [np.asarray(as_array(activation(form))) for form in forms]
    return forms


def _closest(seen: Seen, fitting: list[tuple[Seen, Any]], flattened: set):
    return min(fitting, key=lambda pair: apart(seen.output, pair[1]))


def _distances(a, b) -> tuple[float, float]:
    """Return max|a − b|, and the same beside the largest finite |b|."""
    difference, finite = apart(a, b), np.abs(b[np.isfinite(b)])
    size = float(finite.max()) if finite.size else 0.0
    return difference, difference / size if size > 0 else difference


def _row(a: Seen, b: Seen, output) -> Row:
    return Row(f"{a.name} ({a.kind})", f"{b.name} ({b.kind})".strip(), a.output.shape, *_distances(a.output, output))


def _weights(model, other, a: Seen, b: Seen) -> list[tuple]:
    """Return pairs of arrays of two layers that should be equal, turned as they lie in `other`."""
    if not (a.weighted and b.weighted):
        return []
    try:
        if library_of(other) == "torch":
            moves = [m for pair in torch_weights.pairs(model, other) if pair.layer is a.layer for m in pair.to_torch()]
            return [(array, tensor.detach().cpu().numpy()) for tensor, array in moves]
        both = keras_weights.pairs(a.layer, b.layer)
    except ValueError:
        return []  # other shapes are told as such
    return [pair for mine, yours in both for pair in zip(mine.get_weights(), yours.get_weights(), strict=True)]
