"""What a step of scikit-learn learnt, in one sentence, from the attributes that `fit` left in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["counted", "does_nothing", "listed", "sentence"]

MANY = 12  # columns that are named, before there are three dots


def sentence(step, names) -> str:
    """Return what a fitted step learnt; names, of the columns that it got, or None.

    >>> class StandardScaler:  # as scikit-learn's is after fit
    ...     mean_, scale_ = [2.0], [1.0]
    >>> sentence(StandardScaler(), ["age"])
    'StandardScaler: the mean taken off, age 2; divided by the standard deviation, age 1.'
    """
    kind = type(step).__name__
    for has, words in KNOWN.items():
        if all(hasattr(step, attribute) for attribute in has.split()):
            return f"{kind}: {words(step, names)}"
    return f"{kind}: fitted on {counted(step, names)}; what it does is not known here."


def _imputer(step, names) -> str:
    pairs = _pairs(step.statistics_, names)
    empty = [name for name, value in pairs if isinstance(value, (float, np.floating)) and np.isnan(value)]
    filled = listed([f"{_short(name)} {_short(value)}" for name, value in pairs if name not in empty])
    way = getattr(step.strategy, "__name__", step.strategy)  # a function has a name
    how = "a constant" if way == "constant" else f"the {HOW.get(way, way)} of training"
    more = f" Left out, for nothing was measured: {listed(empty)}." if empty else ""
    return f"gaps are filled with {how}: {filled}.{more}{_indicator(step, names)}"


HOW = {"most_frequent": "most frequent value"}


def _indicator(step, names) -> str:
    marked = getattr(step, "indicator_", None)
    return "" if marked is None else f" A column of 0 and 1 {_marks(marked, names)}."


def _marks(indicator, names) -> str:
    marked = _named(indicator.features_, names)
    return f"marks the gaps of {listed(marked)}" if marked else "would mark gaps, but training had none"


def _neighbours(step, names) -> str:
    near = f"gaps are filled with the mean of the {step.n_neighbors} most similar training rows."
    return near + _indicator(step, names)


def _standard(step, names) -> str:
    centred = step.mean_ is not None and getattr(step, "with_mean", True)  # it keeps a mean that it does not use
    mean = f"the mean taken off, {_each(step.mean_, names)}" if centred else "nothing taken off"
    scale = "" if step.scale_ is None else f"; divided by the standard deviation, {_each(step.scale_, names)}"
    return f"{mean}{scale}."


def _robust(step, names) -> str:
    centre = "nothing taken off" if step.center_ is None else f"the median taken off, {_each(step.center_, names)}"
    scale = "" if step.scale_ is None else f"; divided by the range of quantiles, {_each(step.scale_, names)}"
    return f"{centre}{scale}."


def _min_max(step, names) -> str:
    low, high = step.feature_range
    return (
        f"scaled to {low:g} .. {high:g}; smallest {_each(step.data_min_, names)}; "
        f"largest {_each(step.data_max_, names)}."
    )


def _categories(step, names) -> str:
    form = "a column of 0 and 1 for each category" if hasattr(step, "drop_idx_") else "a number for each category"
    return f"{form}: {_each_category(step, names)}."


def _outcomes(step, names) -> str:
    return (
        f"for each category the mean outcome of training, drawn towards that of all: {_each_category(step, names)}. "
        "It has seen the outcome: fit it on training rows alone."
    )


def _each_category(step, names) -> str:
    pairs, dropped = _pairs(step.categories_, names), getattr(step, "drop_idx_", None)
    parts = []
    for (name, words), k in zip(pairs, [None] * len(pairs) if dropped is None else dropped, strict=True):
        parts.append(f"{_short(name)} ({listed(words)}{'' if k is None else f'; none for {_short(words[k])}'})")
    return listed(parts)


def _largest(step, names) -> str:
    return f"divided by the largest absolute value, {_each(step.max_abs_, names)}."


def _regressions(step, names) -> str:
    rounds = f"{step.n_iter_} round{'s' * (step.n_iter_ != 1)}"
    return f"gaps are filled with what {rounds} of regression on the other columns foretell.{_indicator(step, names)}"


def _power(step, names) -> str:
    return f"brought nearer to a normal distribution by powers, lambda {_each(step.lambdas_, names)}."


def _components(step, names) -> str:
    n, share = len(step.components_), step.explained_variance_ratio_.sum()
    return f"{n} component{'s, which hold' if n != 1 else ', which holds'} {share:.1%} of the variance."


def _selected(step, names) -> str:
    kept = step.get_support()
    left = _named(np.flatnonzero(~kept), names)
    return f"{kept.sum()} of {len(kept)} columns are kept" + (f", without {listed(left)}." if len(left) else ".")


def _missing(step, names) -> str:
    return f"a column of 0 and 1 {_marks(step, names)}."


def _function(step, names) -> str:
    name = getattr(step.func, "__name__", str(step.func))
    return "passed through." if step.func is None else f"{name}, which learns nothing."


KNOWN: dict[str, Callable[..., str]] = {  # the attributes by which a step is known -> what it says; the first that fits
    "statistics_ strategy": _imputer,
    "n_neighbors _mask_fit_X": _neighbours,
    "center_ scale_": _robust,
    "data_min_ data_max_ feature_range": _min_max,
    "max_abs_": _largest,
    "imputation_sequence_ n_iter_": _regressions,
    "lambdas_": _power,
    "explained_variance_ratio_ components_": _components,
    "mean_ scale_": _standard,
    "categories_ encodings_": _outcomes,
    "categories_": _categories,
    "get_support": _selected,
    "features_ missing_values": _missing,
    "func inverse_func": _function,
}


def does_nothing(step) -> bool:
    """Tell whether a step is a FunctionTransformer without a function: columns are passed through."""
    return hasattr(step, "func") and hasattr(step, "inverse_func") and step.func is None


# ---------------------------------------------------------------- words


def _pairs(values, names) -> list[tuple]:
    values = list(values)
    fits = names is not None and len(names) == len(values)
    return list(zip(names if fits else [f"x{k}" for k in range(len(values))], values, strict=True))


def _named(places, names) -> list:
    return [names[k] if names is not None and k < len(names) else f"x{k}" for k in map(int, places)]


def _each(values, names) -> str:
    return listed([f"{_short(name)} {_short(value)}" for name, value in _pairs(values, names)])


def listed(parts) -> str:
    """Return parts as one text, the first twelve and how many there are."""
    parts = [_short(part) for part in parts]
    return ", ".join(parts[:MANY]) + f", ... ({len(parts)} in all)" * (len(parts) > MANY)


def _short(value) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def counted(step, names) -> str:
    """Return how many columns a step was fitted on, in words."""
    n = getattr(step, "n_features_in_", None if names is None else len(names))
    return "columns that it does not count" if n is None else f"{n} column{'s' * (n != 1)}"
