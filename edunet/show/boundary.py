"""Pictures of a decision: where in the plane of two measurements a model changes its mind."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.tensor import Tensor, no_gradients

__all__ = ["decision_boundary"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
GRID = 120


def decision_boundary(
    model,
    x,
    y,
    *,
    columns=(0, 1),
    names=None,
    units=None,
    fixed=None,
    class_names=("class 0", "class 1"),
    synthetic=False,
):
    """Draw the probability of class 1 over two measurements, the others held fixed, with the patients on top.

    Args: model, with `predict`, or a function of (M,D) that returns probabilities; x (N,D) as the model reads it;
    y (N,) 0 or 1; columns, the two measurements that vary, by number or by name; names, of all D measurements; units,
    of the two; fixed, {column: value} for some of the others, which else stand at their medians; class_names.
    A model of scaled measurements is drawn in the original ones by a function: lambda x: model.predict(scale(x)).
    Only the plane that is drawn holds the others fixed: the patients have their own values there, so that some stand
    on the wrong side without being misjudged.
    Raises ValueError for wrong shapes or columns, and for answers that are no probabilities of one class.

    >>> x = np.random.default_rng(0).normal(size=(40, 3))
    >>> risk = lambda x: 1 / (1 + np.exp(-x[:, 0]))
    >>> figure = decision_boundary(risk, x, x[:, 0] > 0, names=["age", "dose", "weight"])
    >>> figure.axes[0].get_title()
    'weight fixed at 0.3595'
    """
    x, y = _patients(x, y)
    D = x.shape[1]
    labels = [f"measurement {d}" for d in range(D)] if names is None else [str(name) for name in names]
    if len(labels) != D:
        raise ValueError(f"decision_boundary: expected one name for each of {D} columns of x. Received {len(labels)}.")
    a, b = _two(columns, labels)
    rest = {d: float(np.median(x[:, d])) for d in range(D) if d not in (a, b)}
    for column, value in (fixed or {}).items():
        d = _number(column, labels)
        if d not in rest:
            raise ValueError(f"decision_boundary: {column!r} varies, it cannot be fixed as well.")
        rest[d] = float(value)
    across, up = _steps(x[:, a]), _steps(x[:, b])
    points = np.empty((GRID * GRID, D), x.dtype)
    points[:, a], points[:, b] = np.tile(across, GRID), np.repeat(up, GRID)
    for d, value in rest.items():
        points[:, d] = value
    p = _probabilities(model, points).reshape(GRID, GRID)
    units, class_names = _both("units", units or ("", "")), _both("class_names", class_names)
    figure = blank_figure(7, 5.4, synthetic)
    axes = figure.subplots()
    _draw(axes, across, up, p, class_names[1])
    _scatter(axes, x[:, [a, b]], y, class_names)
    for d, set_label, unit in zip((a, b), (axes.set_xlabel, axes.set_ylabel), units, strict=True):
        set_label(f"{labels[d]} ({unit})" if unit else labels[d])
    axes.set_title(_title(rest, labels, fixed or {}), fontsize=10)
    return figure


def _patients(x, y):
    x = np.asarray(x.data if isinstance(x, Tensor) else x)
    y = np.asarray(y).reshape(-1)
    if x.ndim != 2 or x.shape[1] < 2 or len(x) != len(y) or not len(x):
        raise ValueError(f"decision_boundary: expected x (N, D), D ≥ 2, and y (N,). Received x {x.shape}, y {y.shape}.")
    lost = np.flatnonzero(~np.isfinite(x).all(axis=1))
    if len(lost):
        raise ValueError(f"decision_boundary: {len(lost)} rows of x hold NaN or infinity, the first is row {lost[0]}.")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(
            f"decision_boundary: expected y of 0 and 1. Received {np.unique(y)[:5]}; for one class k: y == k."
        )
    return x if x.dtype.kind == "f" else x.astype(np.float64), y.astype(int)


def _number(column, labels):
    if column in labels:
        return labels.index(column)
    if isinstance(column, (int, np.integer)) and 0 <= column < len(labels):
        return int(column)
    raise ValueError(f"decision_boundary: no column {column!r}; expected 0 to {len(labels) - 1}, or one of {labels}.")


def _two(columns, labels):
    a, b = (_number(column, labels) for column in _both("columns", columns))
    if a == b:
        raise ValueError(f"decision_boundary: columns are two different ones. Received {columns}.")
    return a, b


def _both(name, values):
    if not isinstance(values, (tuple, list)) or len(values) != 2:
        raise ValueError(f"decision_boundary: {name} are two, one for each. Received: {values!r}.")
    return values


def _steps(values):
    """Return places along an axis, a little beyond the patients on both sides."""
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low) or 1.0
    return np.linspace(low - room, high + room, GRID)


def _probabilities(model, points):
    if not callable(model) and not hasattr(model, "predict"):
        raise TypeError(f"decision_boundary: expected a model or a function. Received: {model!r}.")
    with no_gradients():
        p = model.predict(points) if hasattr(model, "predict") else model(points)
    p = np.asarray(p.data if isinstance(p, Tensor) else p)
    if p.ndim == 2 and p.shape[1] == 2:
        p = p[:, 1]
    if p.size != len(points):
        raise ValueError(
            f"decision_boundary: expected one probability per point, (M,), (M, 1) or (M, 2). Received {p.shape} for "
            f"M = {len(points)}. For class k of several type lambda x: model.predict(x)[:, k]."
        )
    if not (p.min() >= -1e-6 and p.max() <= 1 + 1e-6):  # NaN is refused too
        raise ValueError(
            f"decision_boundary: expected probabilities from 0 to 1. Received {p.min():.4g} to {p.max():.4g}. "
            "For logits type lambda x: ops.sigmoid(model.predict(x))."
        )
    return p


def _draw(axes, across, up, p, name):
    """Shade the probability, and label lines of equal probability; the thick one is 0.5."""
    shade = axes.pcolormesh(across, up, p, cmap="Greys", vmin=0, vmax=1.8, shading="gouraud")
    bar = axes.figure.colorbar(shade, ax=axes, label=f"probability of {name}")
    bar.ax.set_ylim(0, 1)
    levels = [level for level in LEVELS if p.min() < level < p.max()]
    if levels:
        thick = [2.4 if level == 0.5 else 1.0 for level in levels]
        lines = axes.contour(across, up, p, levels=levels, colors="black", linewidths=thick)
        for number in axes.clabel(lines, fmt="%g", fontsize=9, inline=False):
            number.set(zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # over the patients


def _scatter(axes, points, y, class_names):
    for k, (look, name) in enumerate(zip(LOOKS[:2], class_names, strict=True)):
        of_class = points[y == k]
        face = "white" if k == 0 else look["color"]  # hollow and filled: told apart in grey, too
        style = {"marker": look["marker"], "facecolor": face, "edgecolor": look["color"] if k == 0 else "white"}
        axes.scatter(*of_class.T, s=28, label=f"{name} ({len(of_class)})", zorder=3, **style)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.12), ncols=2, frameon=False)


def _title(rest, labels, fixed):
    """Say where the other measurements stand: each if they are few, else those that were chosen."""
    chosen = {d for d in rest if d in fixed or labels[d] in fixed}
    named = rest if len(rest) <= 3 else chosen
    parts = [f"{labels[d]} fixed at {rest[d]:.4g}" for d in named]
    others = len(rest) - len(named)
    parts += [f"{others} other measurements fixed at their medians"] if others else []
    return ", ".join(parts) if parts else "the two measurements that the model reads"
