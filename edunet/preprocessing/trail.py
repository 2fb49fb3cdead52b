"""The trail: what each step of a pipeline learnt and did, in sentences that a report card can print.

The steps of edunet say it themselves, in `text`. Of scikit-learn's it is read from what `fit` left in them: the medians
of an imputer, the means of a scaler, the categories of an encoder. Of a step that is not known here the name is given,
and that nothing more is known: better than a trail that looks complete and is not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["trail"]

MANY = 12  # columns that are named, before there are three dots


def trail(steps) -> list[str]:
    """Return what the steps learnt and did, a line for each, in their order.

    Args: steps, a fitted Pipeline or ColumnTransformer of scikit-learn, one fitted step, or a list of steps and texts.
    A model at the end of a Pipeline is named, no more.
    Raises ValueError for a step that is not fitted, TypeError for what is no step.

    The usual misuse: to fit the steps on all patients and split afterwards; the trail then counts the test patients
    too, and its number of rows shows it. Fit on the training rows, and say with `step.describe(x_test)` what is done to
    the others.
    Source: M. Mitchell et al., Model cards for model reporting (2019), which ask how the data were prepared.

    >>> from edunet.preprocessing.cleaning import Sentinels
    >>> trail([Sentinels({"age": [-9]}).fit({"age": [61, -9]}), "Two patients withdrew their consent."])
    ['Sentinels, 2 rows: age: 1 of 2 cells held -9 and became missing.', 'Two patients withdrew their consent.']
    """
    return _lines(steps, None)[0]


# ---------------------------------------------------------------- how it is done: lines, and the names of the columns


def _lines(step, names) -> tuple[list[str], list | None]:
    if isinstance(step, str):
        return [step], names
    if isinstance(step, tuple) and len(step) == 2 and isinstance(step[0], str):
        return _lines(step[1], names)  # (name, step) of a Pipeline
    if isinstance(step, (list, tuple)):
        return _one_after_the_other(step, names)
    if hasattr(step, "steps") and hasattr(step, "named_steps"):
        return _one_after_the_other([part for _, part in step.steps], names)
    if step is None:
        return [], names
    if isinstance(step, type) or not (hasattr(step, "transform") or hasattr(step, "predict")):
        raise TypeError(f"trail: expected a fitted step, a pipeline or a text. Received: {step!r:.60}")
    _check_fitted(step)
    names = _own_names(step, names)
    if hasattr(step, "transformers_"):
        return _side_by_side(step, names), _names_after(step, names)
    if hasattr(step, "describe") and hasattr(step, "text"):
        return [step.text], _names_after(step, names)
    if not hasattr(step, "transform"):
        return [f"{type(step).__name__}: the model; it learns from {_counted(step, names)}."], None
    return [_sentence(step, names)], _names_after(step, names)


def _one_after_the_other(steps, names) -> tuple[list[str], list | None]:
    lines: list[str] = []
    for step in steps:
        if isinstance(step, str) and step in ("passthrough", "drop"):
            continue
        more, names = _lines(step, names)
        lines += more
    return lines, names


def _side_by_side(step, names) -> list[str]:
    """Return the lines of a ColumnTransformer, each with the columns it is for."""
    lines = []
    for name, part, columns in step.transformers_:
        own = _chosen(columns, names)
        if own is not None and not own:
            continue
        about = f"{name} ({_listed(own)})" if own is not None else str(name)
        if isinstance(part, str):
            lines.append(f"{about}: {'left out' if part == 'drop' else 'passed through'}.")
        elif _does_nothing(part):
            lines.append(f"{about}: passed through.")
        else:
            lines += [f"{about}: {line}" for line in _lines(part, own)[0]]
    return lines


def _chosen(columns, names) -> list | None:
    """Return the names of the columns that a ColumnTransformer gives to one of its parts."""
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice):
        return None if names is None or isinstance(columns.start or columns.stop, str) else list(names[columns])
    chosen = np.atleast_1d(np.asarray(columns, dtype=object)).tolist()
    if names is None or any(isinstance(column, str) for column in chosen):
        return chosen
    if chosen and all(isinstance(column, bool) for column in chosen):
        return [name for name, taken in zip(names, chosen, strict=False) if taken]
    return [names[column] for column in chosen]


def _check_fitted(step) -> None:
    own = getattr(step, "__sklearn_is_fitted__", None)
    fitted = own() if own else any(name.endswith("_") and not name.startswith("_") for name in vars(step))
    stateless = not getattr(step, "requires_fit", True) or _does_nothing(step) or type(step).__name__ in STATELESS
    if not fitted and not hasattr(step, "n_features_in_") and not stateless:
        raise ValueError(f"trail: {type(step).__name__} has not seen the training rows yet. Fit the pipeline first.")


def _own_names(step, names) -> list | None:
    own = getattr(step, "feature_names_in_", None)
    return list(own) if own is not None else names


def _names_after(step, names) -> list | None:
    """Return the names of the columns behind a step, or None where it does not know them."""
    known = getattr(step, "get_feature_names_out", None)
    if known is None:
        return None
    try:
        return list(known() if names is None or hasattr(step, "feature_names_in_") else known(names))
    except (ValueError, TypeError, AttributeError, NotImplementedError):
        return None


# ---------------------------------------------------------------- scikit-learn's own, by what fit left in them


def _sentence(step, names) -> str:
    kind = type(step).__name__
    for has, words in KNOWN.items():
        if all(hasattr(step, attribute) for attribute in has.split()):
            return f"{kind}: {words(step, names)}"
    return f"{kind}: fitted on {_counted(step, names)}; what it does is not known here."


def _imputer(step, names) -> str:
    pairs = _pairs(step.statistics_, names)
    empty = [name for name, value in pairs if isinstance(value, (float, np.floating)) and np.isnan(value)]
    filled = _listed([f"{_short(name)} {_short(value)}" for name, value in pairs if name not in empty])
    how = "a constant" if step.strategy == "constant" else f"the {HOW.get(step.strategy, step.strategy)} of training"
    more = f" Left out, for nothing was measured: {_listed(empty)}." if empty else ""
    marked = getattr(step, "indicator_", None)
    if marked is not None:
        more += f" A column of 0 and 1 {_marks(marked, names)}."
    return f"gaps are filled with {how}: {filled}.{more}"


HOW = {"most_frequent": "most frequent value"}


def _marks(indicator, names) -> str:
    marked = _named(indicator.features_, names)
    return f"marks the gaps of {_listed(marked)}" if marked else "would mark gaps, but training had none"


def _neighbours(step, names) -> str:
    return f"gaps are filled with the mean of the {step.n_neighbors} most similar training rows."


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
    each = [f"{_short(name)} ({_listed(words)})" for name, words in _pairs(step.categories_, names)]
    return f"{form}: {_listed(each)}."


def _largest(step, names) -> str:
    return f"divided by the largest absolute value, {_each(step.max_abs_, names)}."


def _regressions(step, names) -> str:
    return f"gaps are filled with what {step.n_iter_} rounds of regression on the other columns foretell."


def _power(step, names) -> str:
    return f"brought nearer to a normal distribution by powers, lambda {_each(step.lambdas_, names)}."


def _components(step, names) -> str:
    share = step.explained_variance_ratio_.sum()
    return f"{len(step.components_)} components, which hold {share:.1%} of the variance."


def _selected(step, names) -> str:
    kept = step.get_support()
    left = _named(np.flatnonzero(~kept), names)
    return f"{kept.sum()} of {len(kept)} columns are kept" + (f", without {_listed(left)}." if len(left) else ".")


def _missing(step, names) -> str:
    return f"a column of 0 and 1 {_marks(step, names)}."


def _function(step, names) -> str:
    name = getattr(step.func, "__name__", str(step.func))
    return "passed through." if step.func is None else f"{name}, which learns nothing."


KNOWN: dict[str, Callable[..., str]] = {  # the attributes by which a step is known -> what it says; the first that fits
    "statistics_ strategy": _imputer,
    "n_neighbors _fit_X": _neighbours,
    "center_ scale_": _robust,
    "data_min_ data_max_ feature_range": _min_max,
    "max_abs_": _largest,
    "imputation_sequence_ n_iter_": _regressions,
    "lambdas_": _power,
    "explained_variance_ratio_ components_": _components,
    "mean_ scale_": _standard,
    "categories_": _categories,
    "get_support": _selected,
    "features_ missing_values": _missing,
    "func inverse_func": _function,
}
STATELESS = ("FunctionTransformer", "Normalizer", "Binarizer")


def _does_nothing(step) -> bool:
    return hasattr(step, "func") and hasattr(step, "inverse_func") and step.func is None


# ---------------------------------------------------------------- words


def _pairs(values, names) -> list[tuple]:
    values = list(values)
    fits = names is not None and len(names) == len(values)
    return list(zip(names if fits else [f"x{k}" for k in range(len(values))], values, strict=True))


def _named(places, names) -> list:
    return [names[k] if names is not None and k < len(names) else f"x{k}" for k in map(int, places)]


def _each(values, names) -> str:
    return _listed([f"{_short(name)} {_short(value)}" for name, value in _pairs(values, names)])


def _listed(parts) -> str:
    parts = [_short(part) for part in parts]
    return ", ".join(parts[:MANY]) + f", ... ({len(parts)} in all)" * (len(parts) > MANY)


def _short(value) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def _counted(step, names) -> str:
    n = getattr(step, "n_features_in_", None if names is None else len(names))
    return "columns that it does not count" if n is None else f"{n} column{'s' * (n != 1)}"
