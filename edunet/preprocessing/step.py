"""A cleaning step that leaves a trail: it learns from the training patients, and says what it did.

Every step has `fit`, `transform` and `fit_transform`, so it stands in a Pipeline of scikit-learn, which is not needed
here; and `text`, what it learnt and did in plain sentences, which the report card prints.

    class Tenfold(Step):                          # a step of one's own: what it is told, and one method
        def __init__(self, column):
            self.column = column

        def _clean(self, columns):                # {name: values (N,)} -> what becomes of them
            values = self._numbers(columns, self.column)
            return [Change(self.column, values * 10, len(values), f"{self.column}: {len(values)} values times 10.")]

A step that learns something first has `_learn(columns)` too, which sets attributes that end in "_".
Source: L. Buitinck et al., API design for machine learning software: experiences from the scikit-learn project (2013),
for fit, transform and get_params.
"""

from __future__ import annotations

import inspect
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.columns import Columns, as_numbers, columns_of, with_columns

__all__ = ["Change", "Step"]


class Change(NamedTuple):
    """What a step does to one column."""

    column: object  # its name, or its number where columns have no names
    values: np.ndarray  # (N,), the new column
    cells: int  # how many of them changed
    text: str  # one sentence: how many cells, from what to what, by which threshold; "" where there is nothing to say


class Step:
    """The base of all cleaning steps; a subclass stores its arguments in `__init__` and defines `_clean`.

    After fit: n_rows_, the rows it was fitted on; cells_, {column: how many of their cells changed}; text.
    `transform` never changes the step: what it does to further rows, such as the test patients, `describe(x)` says.

    The usual misuse: to fit on all patients and split afterwards; what a step learns, it then learns from the test too.
    """

    def fit(self, x, y=None):
        """Learn from a table: a DataFrame, a dict of columns, a `Table` or an array (N,D); return self. y is unused."""
        self._fit(columns_of(type(self).__name__, x))
        return self

    def transform(self, x):
        """Return a cleaned copy of a table, of the same kind; x stays as it is.

        Raises ValueError before `fit`, for columns that are missing, and for an array with another number of columns.
        """
        changes = self._clean(self._read(x))
        return with_columns(x, {change.column: change.values for change in changes})

    def fit_transform(self, x, y=None):
        """Learn from a table and return its cleaned copy."""
        changes = self._fit(columns_of(type(self).__name__, x))
        return with_columns(x, {change.column: change.values for change in changes})

    @property
    def text(self) -> str:
        """Say what was learnt from the rows of `fit`, and done to them."""
        self._check_fitted()
        return self._text

    def describe(self, x) -> str:
        """Say what `transform` does to these rows, such as those of the test patients."""
        columns = self._read(x)
        return self._sentences(_rows(columns), self._clean(columns))

    # ------------------------------------------------------------ for subclasses

    def _learn(self, columns: Columns) -> None:
        """Set what is learnt, attributes that end in "_"; most steps learn nothing and only count."""

    def _clean(self, columns: Columns) -> list[Change]:
        raise NotImplementedError(f"{type(self).__name__} has no _clean(columns): it says what becomes of the columns")

    def _numbers(self, columns: Columns, name) -> np.ndarray:
        """Return a column as float64, a copy, or say which columns there are."""
        return as_numbers(type(self).__name__, name, self._column(columns, name))

    def _column(self, columns: Columns, name) -> np.ndarray:
        if name not in columns:
            there = ", ".join(repr(n) for n in list(columns)[:12]) + ", ..." * (len(columns) > 12)
            raise ValueError(f"{type(self).__name__}: there is no column {name!r}. The table has {there or 'none'}.")
        return columns[name]

    def _sentences(self, rows: int, changes: list[Change]) -> str:
        begin = f"{type(self).__name__}, {rows:,} row{'s' * (rows != 1)}: "
        return begin + (" ".join(change.text for change in changes if change.text) or "no column is concerned.")

    # ------------------------------------------------------------ what scikit-learn asks for

    def get_params(self, deep=True) -> dict:
        """Return the arguments of `__init__`, as scikit-learn's clone wants them."""
        return {name: getattr(self, name) for name in _arguments(type(self))}

    def set_params(self, **params):
        """Set arguments of `__init__`; return self."""
        known = _arguments(type(self))
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no argument {name!r}. It has: {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def get_feature_names_out(self, input_features=None) -> np.ndarray:
        """Return the names of the columns, which a step leaves as they are; x0, x1, ... where they have none."""
        self._check_fitted()
        own = [f"x{name}" if isinstance(name, int) else name for name in self.columns_]
        return np.array(own if input_features is None else list(input_features), dtype=object)

    def set_output(self, *, transform=None):
        """Return self: a step gives the kind of table it is given, whatever a Pipeline is asked to give."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_text")

    def __sklearn_tags__(self):
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags  # it is there: it calls this

        about = TargetTags(required=False), TransformerTags(preserves_dtype=[])
        return Tags(None, *about, input_tags=InputTags(allow_nan=True, string=True, categorical=True))

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_params().items())})"

    # ------------------------------------------------------------ how it is done

    def _fit(self, columns: Columns) -> list[Change]:
        self._learn(columns)
        changes = self._clean(columns)
        self.columns_ = list(columns)
        self.n_features_in_ = len(columns)
        self.n_rows_ = _rows(columns)
        self.cells_ = {change.column: change.cells for change in changes}
        self._text = self._sentences(self.n_rows_, changes)
        return changes

    def _read(self, x) -> Columns:
        """Return the columns of further rows, if they are those of `fit`; named ones are looked up by their names."""
        self._check_fitted()
        columns = columns_of(type(self).__name__, x)
        if self.columns_ == list(range(self.n_features_in_)) and len(columns) != self.n_features_in_:
            raise ValueError(
                f"{type(self).__name__}: X has {len(columns)} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input, as many columns as in fit."
            )
        return columns

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            name = type(self).__name__
            raise ValueError(f"{name} has not seen the training rows yet. Type first step.fit(x_train).")


def _rows(columns: Columns) -> int:
    return len(next(iter(columns.values()))) if columns else 0


def _arguments(kind: type) -> list[str]:
    return [name for name in inspect.signature(kind).parameters if name != "self"]
