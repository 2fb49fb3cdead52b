"""How well were gaps filled? Scores against the truth that `ampute` kept, and rules for several imputations.

    imputation_scores    by column: error of the filled cells, and what filling did to mean, spread and slope
    rubin, coverage      see edunet.preprocessing.pooling

The imputers are scikit-learn's: SimpleImputer, KNNImputer, IterativeImputer (with sample_posterior=True for several
draws). Fit them on the training part only. Not the imputer with the smallest error is the best one: who fills every gap
with its best guess gets a small RMSE and a distribution that is too narrow, so look at the spread, the slope and the
coverage too.

>>> from sklearn.impute import SimpleImputer                                                       # doctest: +SKIP
>>> hidden = ampute(x, "mar")                                                                      # doctest: +SKIP
>>> print(imputation_scores(hidden.truth, hidden.mask, SimpleImputer().fit_transform(hidden.x)))   # doctest: +SKIP

Source: S. van Buuren, Flexible Imputation of Missing Data, 2nd ed. (2018), sections 2.5 and 2.6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from edunet.preprocessing.numeric_table import called, numeric_table, place
from edunet.preprocessing.pooling import Coverage, Pooled, coverage, rubin

__all__ = ["ColumnScore", "Coverage", "ImputationScores", "Pooled", "coverage", "imputation_scores", "rubin"]


class ColumnScore(NamedTuple):
    """How the gaps of one column were filled; nan where there is no such number.

    name; cells, how many were hidden; rmse, in the unit of the column, nan for codes; rmse_standardised, rmse over the
    sd of the true column: 1 is the error of who knows the mean alone; right, share of codes that are; mean_bias and
    sd_bias, mean and sd of the filled column minus those of the true one.
    """

    name: Any
    cells: int
    rmse: float
    rmse_standardised: float
    right: float
    mean_bias: float
    sd_bias: float


@dataclass(frozen=True)
class ImputationScores:
    """Scores of an imputation: scores["glucose"] is the `ColumnScore` of a column.

    Attributes: columns, a `ColumnScore` for each column of which cells were hidden; rmse_standardised, of all hidden
    cells that are no codes, √ of the mean of squares; slope_true and slope_filled, of the line asked for, or nan.
    """

    columns: tuple[ColumnScore, ...]
    rmse_standardised: float
    slope_true: float
    slope_filled: float

    @property
    def slope_bias(self) -> float:
        return self.slope_filled - self.slope_true

    def __getitem__(self, name) -> ColumnScore:
        return self.columns[place("ImputationScores", [column.name for column in self.columns], name)]

    @property
    def text(self) -> str:
        """The scores as a table, a line for each column."""
        width = max(6, *(len(called(c.name)) for c in self.columns))
        lines = [f"{'column':{width}} {'cells':>6} {'RMSE':>9} {'RMSE/sd':>8} {'right':>6} {'mean':>10} {'sd':>10}"]
        for c in self.columns:
            rmse, standardised, right = _cell(c.rmse, ".4g"), _cell(c.rmse_standardised, ".3f"), _cell(c.right, ".3f")
            lines.append(
                f"{called(c.name):{width}} {c.cells:6,} {rmse:>9} {standardised:>8} {right:>6} "
                f"{_cell(c.mean_bias, '+.4g'):>10} {_cell(c.sd_bias, '+.4g'):>10}"
            )
        if not math.isnan(self.slope_true):
            lines.append(f"slope {self.slope_filled:.4g}, in truth {self.slope_true:.4g}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text


def _cell(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def imputation_scores(truth, mask, imputed, codes=(), slope=None) -> ImputationScores:
    """Score filled gaps against what stood there.

        rmse = √ mean over hidden cells (x̂_ij − x_ij)²            right = share of hidden cells with x̂_ij = x_ij
        mean_bias = mean(x̂_j) − mean(x_j)                         sd_bias = sd(x̂_j) − sd(x_j), both of all rows
        slope = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)²
    Args: truth (n,k), mask (n,k) bool, True where hidden, both of `ampute`; imputed (n,k), the filled table, in the
    same columns and units; codes, names (or numbers) of columns that hold codes, such as the sex or a stage: they are
    right or wrong, and have no RMSE; slope, (y, x), two columns: what filling does to the line of y on x. Of several
    imputed tables score each.
    Returns `ImputationScores`. Raises ValueError for other shapes, for gaps that are left, for a mask that hides
    nothing, for text, by name, and for cells that were not hidden and have changed.

    The usual misuse: to score values that a StandardScaler changed, against truth that it did not; to score all cells,
    which counts those that nobody filled; to choose the imputer by RMSE alone, see the module.
    Source: see the module.

    >>> truth = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, 7.0], [4.0, 9.0]])
    >>> mask = np.array([[False, False], [False, True], [False, False], [False, True]])
    >>> filled = np.where(mask, 5.0, truth)  # with the mean of what is seen
    >>> print(imputation_scores(truth, mask, filled, slope=(1, 0)))
    column    cells      RMSE  RMSE/sd  right       mean         sd
    column 1      2     2.828    1.095      -         -1     -0.949
    slope 0.8, in truth 2
    """
    what = "imputation_scores"
    names, true = numeric_table(what, truth)
    filled, mask = _filled(what, names, true, imputed), np.asarray(mask)
    _check_mask(what, true, mask)
    _check_kept(what, names, true, filled, mask)
    known = ~np.isnan(true)
    coded = {place(what, names, name) for name in _listed(codes)}
    scores, squares = [], []
    for j in np.flatnonzero(mask.any(axis=0)):
        x, x_hat, hidden = true[known[:, j], j], filled[known[:, j], j], mask[known[:, j], j]
        with np.errstate(over="ignore", invalid="ignore"):  # of numbers whose squares are too large: inf
            score, standardised = _column_score(names[j], x, x_hat, hidden, int(j) in coded)
        scores.append(score)
        squares.append(standardised**2)
    joined = np.concatenate(squares)
    joined = joined[~np.isnan(joined)]
    total = float(np.sqrt(joined.mean())) if joined.size else math.nan
    lines = (math.nan, math.nan) if slope is None else _slopes(what, names, true, filled, slope)
    return ImputationScores(tuple(scores), total, *lines)


def _column_score(name, x, x_hat, hidden, coded: bool) -> tuple[ColumnScore, np.ndarray]:
    """Return the score of a column and the standardised errors of its hidden cells, nan for codes and constants."""
    error = (x_hat - x)[hidden]
    spread, spread_hat = _sd(x), _sd(x_hat)
    standardised = error / spread if spread > 0 and not coded else np.full(error.shape, np.nan)
    score = ColumnScore(
        name,
        int(hidden.sum()),
        math.nan if coded else _root_mean(error),
        _root_mean(standardised),
        float((error == 0).mean()) if coded else math.nan,
        float(x_hat.mean() - x.mean()),
        spread_hat - spread,
    )
    return score, standardised


def _root_mean(error: np.ndarray) -> float:
    return float(np.sqrt(np.mean(error**2)))


def _sd(x: np.ndarray) -> float:
    return float(x.std(ddof=1)) if len(x) > 1 else math.nan


def _slopes(what, names, true, filled, slope) -> tuple[float, float]:
    if isinstance(slope, str) or not hasattr(slope, "__len__") or len(slope) != 2:
        raise ValueError(f"{what}: slope is two columns (y, x), such as ('pressure', 'age'). Received: {slope!r:.60}.")
    j, i = (place(what, names, name) for name in slope)
    rows = ~np.isnan(true[:, [i, j]]).any(axis=1)
    return _slope(true[rows, i], true[rows, j]), _slope(filled[rows, i], filled[rows, j])


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    away = x - x.mean() if x.size else x
    below = float(away @ away)
    return float(away @ (y - y.mean())) / below if below > 0 else math.nan


def _listed(codes) -> list:
    return [codes] if isinstance(codes, str) or not hasattr(codes, "__len__") else list(codes)


def _filled(what: str, names: list, true: np.ndarray, imputed) -> np.ndarray:
    """Return the filled values, or say which columns lack and where gaps are left."""
    names_filled, filled = numeric_table(what, imputed)
    if filled.shape != true.shape:
        few = filled.shape[1] < true.shape[1]
        raise ValueError(
            f"{what}: imputed is {true.shape} as truth. Received: {filled.shape}."
            + (" Imputers drop a column of gaps only: type SimpleImputer(keep_empty_features=True)." if few else "")
            + ("" if few else " Indicators, of add_indicator=True, are no values: leave them out.")
        )
    named = all(isinstance(name, str) for name in (*names, *names_filled))
    if named and names != names_filled:
        raise ValueError(f"{what}: imputed has other columns than truth: {names_filled[:8]}, not {names[:8]}.")
    left = np.isnan(filled) & ~np.isnan(true)
    if left.any():
        j = int(left.any(axis=0).argmax())
        raise ValueError(f"{what}: {left.sum():,} gaps are left in imputed, the first in {called(names[j])}: fill all.")
    return filled


def _check_mask(what: str, true: np.ndarray, mask: np.ndarray) -> None:
    if mask.dtype != bool or mask.shape != true.shape:
        raise ValueError(
            f"{what}: mask is {true.shape} bool, True where a cell was hidden, as ampute returns it. Received: "
            f"{mask.dtype} of shape {mask.shape}."
        )
    if not mask.any():
        raise ValueError(f"{what}: mask hides nothing, so there is nothing to score.")
    if np.isnan(true[mask]).any():
        raise ValueError(f"{what}: truth is missing in {np.isnan(true[mask]).sum():,} hidden cells: score those known.")


def _check_kept(what: str, names: list, true: np.ndarray, filled: np.ndarray, mask: np.ndarray) -> None:
    """Refuse an imputation that changed what was seen: scaled, sorted, or of other columns."""
    changed = ~mask & ~np.isnan(true) & ~np.isclose(true, filled, rtol=1e-5, atol=1e-8)
    if changed.any():
        i, j = np.argwhere(changed)[0].tolist()
        raise ValueError(
            f"{what}: {changed.sum():,} cells that were not hidden differ, the first in row {i} of {called(names[j])}: "
            f"{true[i, j]:g} became {filled[i, j]:g}. Was the table scaled, sorted or given other columns? Bring it "
            "back: scaler.inverse_transform(imputed)."
        )
