"""What a report is about: patients whose label and prediction are known, and what had to be left out or doubted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import numpy as np

from edunet.clinic.inputs import labels
from edunet.clinic.shares import check_prevalence
from edunet.preprocessing.given import generator
from edunet.preprocessing.splits_groups import missing, numbered

__all__ = ["Case", "read_case"]

EVENTS = 100  # of each kind, that the outer validation of a model wants at least


@dataclass(frozen=True)
class Case:
    """One question, ill or not, about N rows."""

    y: np.ndarray = field(repr=False)  # (N,) bool
    p: np.ndarray = field(repr=False)  # (N,) float64
    groups: np.ndarray | None = field(repr=False)  # (N,) patients; None where each row is a patient of its own
    subgroup: dict[str, Any] = field(repr=False)  # name -> (N,), the group of each row
    best: np.ndarray | None = field(repr=False)  # (N,) the best possible prediction, where it is known
    threshold: float | None  # None: none can be named
    prevalence: float | None  # where the model shall be used
    names: tuple[str, ...]  # of 0 and of 1, or of K classes
    notes: tuple[str, ...]
    synthetic: bool = False
    seed: int = 0

    @property
    def n(self) -> int:
        return len(self.y)

    @property
    def events(self) -> int:
        return int(self.y.sum())

    @property
    def patients(self) -> int:
        return self.n if self.groups is None else len(np.unique(self.groups))

    @property
    def is_probability(self) -> bool:
        return bool(self.p.min() >= 0 and self.p.max() <= 1)

    def of_class(self, k: int, names: tuple[str, ...]) -> Case:
        """Return the question whether a patient belongs to class k, where y and p hold several: (N,K)."""
        best = None if self.best is None else self.best[:, k]
        return replace(self, y=self.y[:, k], p=self.p[:, k], best=best, names=(f"not {names[k]}", names[k]))


def read_case(y, p, groups, subgroup, best, threshold, prevalence, names, synthetic, seed) -> Case:
    """Check what came, leave out the rows that cannot be judged, and note it.

    Raises: ValueError for labels that are not 0 or 1 (of several classes: whole numbers below K), for lengths that
    differ, for a threshold or a prevalence that is none, and where no row is left.
    """
    threshold = None if threshold is None else _threshold(threshold)
    prevalence = None if prevalence is None else check_prevalence("report", "prevalence", prevalence)
    generator("report", seed)
    p = _numbers("p", p)
    p = p[:, 0] if p.ndim == 2 and p.shape[1] == 1 else p
    if p.ndim not in (1, 2) or not len(p):
        raise ValueError(
            "report: expected one prediction for each patient, p (N,), or one for each class, (N,K). "
            f"Received shape {p.shape}."
        )
    y = np.asarray(y)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if len(y) != len(p) if y.ndim else True:
        raise ValueError(f"report: {len(p)} predictions, and labels of shape {y.shape}; expected one for each patient.")
    parts = _subgroups(subgroup)
    for name, values in {"groups": groups, "best": best, **parts}.items():
        if values is not None and (rows := np.shape(values)[:1]) != (len(p),):
            raise ValueError(
                f"report: {name} has {rows[0] if rows else 'no'} rows, p has {len(p)}; expected one for each row of p."
            )
    whose = None if groups is None else numbered("report", groups, len(p))[0]
    known = _known(y)
    judged = np.isfinite(p) if p.ndim == 1 else np.isfinite(p).all(axis=1)
    keep = known & judged
    notes = _left_out(len(p), known, judged)
    if not keep.any():
        raise ValueError(f"report: no row can be judged. {' '.join(notes)} Look at p and y before you report on them.")
    y, p = _plain(y[keep]), p[keep]
    if p.ndim == 2 and p.shape[1] == 2 and y.ndim == 1:  # two classes: the second column says it all
        p, best = p[:, 1], (None if best is None or np.ndim(best) == 1 else np.asarray(best)[:, 1])
    case = Case(
        y=labels("report", y) if p.ndim == 1 else _one_hot(y, p.shape[1]),
        p=p,
        groups=None if whose is None else whose[keep],
        subgroup={name: values[keep] for name, values in parts.items()},
        best=None if best is None else _best(_numbers("best", best)[keep], p),
        threshold=threshold,
        prevalence=prevalence,
        names=_names(names, 2 if p.ndim == 1 else p.shape[1], p.ndim > 1),
        notes=tuple(notes),
        synthetic=synthetic,
        seed=seed,
    )
    return _with_doubts(case)


def _numbers(name: str, values) -> np.ndarray:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"report: {name} must hold numbers. Received {type(values).__name__}: {error}.") from error


def _threshold(given):
    """Return a threshold as it came, for one of `threshold_for` knows where it was chosen."""
    try:
        known = np.ndim(given) == 0 and float(given) == float(given)
    except (TypeError, ValueError):
        known = False
    if not known or isinstance(given, (str, bool, np.bool_)):
        raise ValueError(f"report: threshold is one number, such as 0.5. Received: {given!r:.40}")
    return given


def _subgroups(subgroup) -> dict[str, Any]:
    """Return name -> the group of each row, in arrays or, with the order of their categories, as pandas gave them."""
    if subgroup is None:
        return {}
    if isinstance(subgroup, Mapping):
        return {str(name): _column(values) for name, values in subgroup.items()}
    if hasattr(subgroup, "columns"):
        return {str(name): _column(subgroup[name]) for name in subgroup.columns}
    return {str(getattr(subgroup, "name", None) or "subgroup"): _column(subgroup)}


def _column(values):
    categories = getattr(getattr(values, "cat", values), "categories", None)
    if categories is not None:
        return getattr(values, "values", values)  # a Categorical, whose rows are counted from 0
    mixed = isinstance(values, (list, tuple))  # ["a", nan] must not become text
    return np.asarray(values, object) if mixed else np.asarray(values)


def _known(y: np.ndarray) -> np.ndarray:
    """Tell which rows have a label."""
    if y.dtype.kind == "f":
        finite = np.isfinite(y)
        return finite if y.ndim == 1 else finite.all(axis=1)
    if y.dtype.kind == "O" and y.ndim == 1:
        return ~missing(y)
    return np.ones(len(y), bool)


def _plain(y: np.ndarray) -> np.ndarray:
    """Return labels that stood beside None, or came from pandas, as the numbers that they are."""
    if y.dtype.kind == "O" and all(isinstance(value, Real | np.bool_) for value in y.reshape(-1)):
        return y.astype(np.float64)
    return y


def _left_out(n: int, known: np.ndarray, judged: np.ndarray) -> list[str]:
    notes = []
    if not known.all():
        notes.append(f"{int((~known).sum())} of {n} rows have no label and are left out.")
    if not judged.all():
        notes.append(
            f"{int((~judged & known).sum())} of {n} rows have a prediction that is NaN or infinite and are left out: "
            "the numbers say nothing of patients for whom the model has no answer."
        )
    return notes


def _one_hot(y: np.ndarray, classes: int) -> np.ndarray:
    """Return (N,K) bool of class numbers (N,), of one-hot rows or of several labels a row (N,K)."""
    if y.ndim == 2:
        if y.shape[1] != classes:
            raise ValueError(f"report: y has {y.shape[1]} columns, p has {classes}; expected one for each class.")
        return np.stack([labels("report", y[:, k]) for k in range(classes)], axis=1)
    if y.dtype.kind not in "biuf":
        raise ValueError(
            f"report: labels of {classes} classes are whole numbers from 0 to {classes - 1}. Received words, such as "
            f"{str(y[0])!r:.30}. Type names, y = np.unique(y, return_inverse=True) if the columns of p are in the "
            "order of the alphabet."
        )
    numbers = _numbers("y", y)
    if (numbers != np.floor(numbers)).any() or numbers.min() < 0 or numbers.max() >= classes:
        raise ValueError(
            f"report: labels of {classes} classes are whole numbers from 0 to {classes - 1}. Received values from "
            f"{numbers.min():g} to {numbers.max():g}. For names use np.unique(y, return_inverse=True)[1]."
        )
    return numbers[:, None] == np.arange(classes)


def _names(names, classes: int, several: bool) -> tuple[str, ...]:
    if names is None:
        return tuple(f"class {k}" if several else str(k) for k in range(classes))
    if isinstance(names, (str, Mapping)) or len(set(map(str, names))) < len(names):
        raise ValueError(f"report: class_names is a list of different names. Received: {names!r:.60}")
    if len(names) != classes:
        raise ValueError(f"report: class_names has {len(names)} names; expected {classes}, that of class 0 first.")
    return tuple(map(str, names))


def _best(best: np.ndarray, p: np.ndarray) -> np.ndarray:
    if best.shape != p.shape or not ((best >= 0) & (best <= 1)).all():
        raise ValueError(
            "report: best holds the best possible prediction for each row of p, probabilities from 0 to 1, for example "
            f'cohort.truth["risk"]. Received shape {best.shape} for p of shape {p.shape}.'
        )
    return best


def _with_doubts(case: Case) -> Case:
    """Add what a reader must know before the numbers."""
    notes = list(case.notes)
    groups, threshold = case.groups, case.threshold
    if groups is not None:
        patients, rows = np.unique(groups, return_counts=True)
        if len(patients) == case.n:
            groups = None
            notes.append("Each patient has one row: the intervals need no grouping.")
        elif len(patients) == 1:
            notes.append(f"All {case.n} rows are of one patient: no interval says anything about other patients.")
        else:
            notes.append(f"A patient has up to {rows.max():,} rows: the intervals are those of patients, not of rows.")
    if case.p.ndim == 1:
        ill, well = case.events, case.n - case.events
        if not ill or not well:
            notes.append(
                f"All {case.n} rows are {case.names[int(ill > 0)]!r}: nothing that compares ill with healthy can be "
                "computed."
            )
        elif min(ill, well) < EVENTS:
            notes.append(
                f"Only {min(ill, well)} rows are {case.names[int(ill < well)]!r}; a validation wants at least "
                f"{EVENTS} of each kind (Collins, Ogundimu & Altman 2016). The intervals say how little is known."
            )
        if not case.is_probability:
            notes.append(
                f"The predictions run from {case.p.min():.3g} to {case.p.max():.3g}, so they are no probabilities: "
                "what needs probabilities (Brier, calibration, net benefit) is not computed; what needs their order is."
            )
        if threshold is None and case.is_probability:
            threshold = 0.5
            notes.append("No threshold was given: 0.5 stands in for it.")
    return replace(case, notes=tuple(notes), groups=groups, threshold=threshold)
