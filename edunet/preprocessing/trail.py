"""The trail: what each step of a pipeline learnt and did, in sentences that a report card can print.

The steps of edunet say it themselves, in `text`. Of scikit-learn's it is read from what `fit` left in them: the medians
of an imputer, the means of a scaler, the categories of an encoder. Of a step that is not known here the name is given,
and that nothing more is known: better than a trail that looks complete and is not.
"""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.trail_sentences import counted, does_nothing, listed, sentence

__all__ = ["trail"]

STATELESS = ("FunctionTransformer", "Normalizer", "Binarizer")


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
    if hasattr(step, "best_estimator_"):
        return _lines(step.best_estimator_, names)  # of a search, what it chose
    if isinstance(step, type) or not (hasattr(step, "transform") or hasattr(step, "predict")):
        raise TypeError(f"trail: expected a fitted step, a pipeline or a text. Received: {step!r:.60}")
    _check_fitted(step)
    names = _own_names(step, names)
    if hasattr(step, "transformers_"):
        return _side_by_side(step, names), _names_after(step, names)
    if hasattr(step, "transformer_list"):
        parts = [part for part in step.transformer_list if part[1] != "drop"]
        return [line for part in parts for line in _lines(part, names)[0]], _names_after(step, names)
    if hasattr(step, "describe") and hasattr(step, "text"):
        return [step.text], _names_after(step, names)
    if not hasattr(step, "transform"):
        return [f"{type(step).__name__}: the model; it learns from {counted(step, names)}."], None
    return [sentence(step, names)], _names_after(step, names)


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
        about = f"{name} ({listed(own)})" if own is not None else str(name)
        if isinstance(part, str):
            lines.append(f"{about}: {'left out' if part == 'drop' else 'passed through'}.")
        elif does_nothing(part):
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
    stateless = not getattr(step, "requires_fit", True) or does_nothing(step) or type(step).__name__ in STATELESS
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
