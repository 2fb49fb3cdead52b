"""What no living patient exceeds: limits beyond which a number is a slip of the pen, a wrong unit or a code.

They are wide on purpose. Within them stand the very ill, whose values are the ones that matter; who cleans with narrow
limits removes the dying from the data. Where a case report gives the most extreme survivor, it is named and the limit
stands a little beyond; the others are chosen, as far beyond what intensive care units see as a factor of two or more.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.units import convert
from edunet.preprocessing.units_analytes import Analyte
from edunet.preprocessing.units_names import analyte_of_column
from edunet.preprocessing.units_text import read_unit

__all__ = ["Plausible", "plausible_range", "span"]

CHOSEN = "chosen, far beyond what intensive care units see"
BY_DEFINITION = "by definition"
COLD_AND_HOT = (
    "13.7 °C was survived: Gilbert, Lancet 355 (2000) 375-376, and 11.8 by a child; 46.5 °C: Slovis, Annals of "
    "Emergency Medicine 11 (1982) 269-271"
)
GRADES = np.arange(11)  # a column of these alone answers a question or grades an illness


class Plausible(NamedTuple):
    """Limits beyond which a value is no measurement; both are still possible."""

    low: float
    high: float
    unit: str  # of several, "mg/dl or mmol/l", where the column does not say which: then no unit allows what is outside
    source: str


class _Limits(NamedTuple):
    low: float
    high: float
    unit: str
    usual: float  # the middle of what is measured, to tell units apart
    spread: float  # the middle of a column lies within this factor of it
    source: str
    clear: float  # so many times nearer must one unit be than another, or both remain


def _limits(unit, low, high, usual, spread=5.0, source=CHOSEN, clear=1.5) -> _Limits:
    return _Limits(low, high, unit, usual, spread, source, clear)


LIMITS = {
    "glucose": _limits("mg/dl", 4, 3000, 110, 3),
    "HbA1c": _limits("%", 2.5, 25, 6, 2.5),
    "creatinine": _limits("mg/dl", 0.05, 80, 1.1, 6),
    "urea": _limits("mg/dl", 0.5, 900, 40),
    "urea nitrogen": _limits("mg/dl", 0.3, 420, 19),
    "uric acid": _limits("mg/dl", 0.02, 80, 5, 3),
    "bilirubin": _limits("mg/dl", 0.01, 120, 0.8, 6),
    "direct bilirubin": _limits("mg/dl", 0, 100, 0.3, 6),
    "cholesterol": _limits("mg/dl", 8, 4000, 195, 2.5),
    "HDL cholesterol": _limits("mg/dl", 0.5, 300, 50, 2.5),
    "LDL cholesterol": _limits("mg/dl", 0, 3000, 115, 2.5),
    "triglycerides": _limits("mg/dl", 3, 50000, 130, 4),
    "lactate": _limits("mmol/l", 0.05, 100, 1.8, 3),
    "ammonia": _limits("µmol/l", 0.5, 10000, 35, 8),
    "sodium": _limits("mmol/l", 75, 260, 139, 1.3),
    "potassium": _limits("mmol/l", 0.6, 20, 4.2, 1.6),
    "chloride": _limits("mmol/l", 40, 220, 103, 1.3),
    "bicarbonate": _limits("mmol/l", 0.5, 80, 24, 2),
    "calcium": _limits("mg/dl", 1.2, 40, 9.2, 1.5),
    "ionised calcium": _limits("mmol/l", 0.2, 8, 1.2, 1.5),
    "magnesium": _limits("mg/dl", 0.1, 50, 2, 1.6),
    "phosphate": _limits("mg/dl", 0.05, 80, 3.5, 2),
    "iron": _limits("µg/dl", 0.5, 50000, 90, 4),
    "haemoglobin": _limits("g/dl", 0.5, 30, 13, 2),
    "albumin": _limits("g/dl", 0.1, 10, 3.9, 2.2),
    "total protein": _limits("g/dl", 0.5, 25, 7, 2),
    "C-reactive protein": _limits("mg/l", 0, 1500, 8, 30),
    "ferritin": _limits("ng/ml", 0, 1_000_000, 120, 30),
    "troponin I": _limits("ng/l", 0, 10_000_000, 20, 1e6, clear=1e6),
    "troponin T": _limits("ng/l", 0, 10_000_000, 20, 1e6, clear=1e6),
    "insulin": _limits("µU/ml", 0, 20000, 12, 60, clear=30),
    "C-peptide": _limits("ng/ml", 0, 200, 2, 5),
    "TSH": _limits("mU/l", 0, 3000, 1.8, 10),
    "thyroxine": _limits("µg/dl", 0, 120, 8, 3),
    "free thyroxine": _limits("ng/dl", 0, 50, 1.2, 3),
    "cortisol": _limits("µg/dl", 0, 800, 13, 5),
    "ALT": _limits("U/l", 0, 100_000, 28, 30),
    "AST": _limits("U/l", 0, 200_000, 28, 30),
    "ALP": _limits("U/l", 0, 40_000, 85, 30),
    "GGT": _limits("U/l", 0, 40_000, 30, 30),
    "creatine kinase": _limits("U/l", 0, 5_000_000, 130, 100),
    "LDH": _limits("U/l", 0, 400_000, 220, 30),
    "amylase": _limits("U/l", 0, 100_000, 60, 30),
    "lipase": _limits("U/l", 0, 200_000, 40, 30),
    "cholinesterase": _limits("kU/l", 0, 50, 8, 4),
    "platelets": _limits("10^9/l", 0, 8000, 230, 4),
    "leucocytes": _limits("10^9/l", 0, 3000, 8, 5),
    "erythrocytes": _limits("10^12/l", 0.1, 15, 4.6, 2),
    "haematocrit": _limits("%", 2, 90, 40, 2),
    "pH": _limits("1", 6.2, 8.2, 7.39, 1.1, "6.33 was survived: Opdahl, Critical Care Medicine 25 (1997) 1431-1436"),
    "PaO2": _limits("mmHg", 5, 800, 95, 4, "at most what the air of one atmosphere gives"),
    "PaCO2": _limits("mmHg", 3, 600, 40, 2.5),
    "oxygen saturation": _limits("%", 5, 100, 96, 1.6, f"the upper limit {BY_DEFINITION}"),
    "FiO2": _limits("%", 10, 100, 40, 4, f"the upper limit {BY_DEFINITION}"),
    "age": _limits("years", 0, 123, 50, 60, "122.5 years is the oldest proven: Robine and Allard, Science 279 (1998)"),
    "weight": _limits("kg", 0.2, 660, 72, 80, "born with 0.21 kg and grown to 635 kg: the extremes of survivors"),
    "height": _limits("cm", 20, 280, 165, 7, "272 cm is the tallest proven"),
    "BMI": _limits("kg/m2", 5, 260, 26, 3),
    "temperature": _limits("°C", 11, 47, 36.9, 1.25, COLD_AND_HOT),
    "heart rate": _limits("1/min", 5, 620, 84, 3, "600/min were survived: Chhabra, Indian Pacing J 12 (2012) 32-35"),
    "respiratory rate": _limits("1/min", 1, 200, 18, 4),
    "systolic pressure": _limits("mmHg", 20, 400, 128, 1.8),
    "diastolic pressure": _limits("mmHg", 5, 300, 76, 1.8),
    "mean pressure": _limits("mmHg", 5, 330, 88, 1.8),
    "blood pressure": _limits("mmHg", 5, 400, 95, 2.5),
    "ejection fraction": _limits("%", 3, 95, 50, 2.5),
    "skinfold": _limits("mm", 1, 150, 22, 3),
    "specific gravity": _limits("1", 0.995, 1.1, 1.018, 1.05),
    "Glasgow coma scale": _limits("points", 3, 15, 13, 5, BY_DEFINITION),
}  # fmt: skip
FEW = 0.2  # of a column may be impossible, and 3 cells in any case; where more is, the column is something else


def plausible_range(name: str, unit: str | None = None, values=None) -> Plausible | None:
    """Return the limits that no living patient exceeds, by the name of a column; None if the name says too little.

    The unit is the one given; else the one in the name, as in weight_kg; else, with values, the one that fits their
    middle; and where several remain, the limits are those of all of them together, and `unit` names them all. Zeros are
    left aside in this, for they may stand for "not measured".

    Args: name of a column, known names alone: "Glucose", "trestbps", "serum_creatinine (mg/dL)", "HR"; unit, if it is
    known; values (n,), of that column.
    Returns (low, high, unit, source); None for other names, for a unit that does not belong to it, and for values that
    are whole and at most 10, for they are grades, whose middle fits no unit, or of which a fifth would be impossible,
    such as those of a standardised column.
    Raises TypeError for values that are no numbers.

    The usual misuse: to take these limits for reference ranges, or to delete the patients outside. One wrong cell says
    nothing of the patient's other values: make it missing, count it, and ask where it comes from.
    Source: stands beside each limit; most are chosen, and say so.

    >>> plausible_range("Temp", "°F")[:3]
    (51.8, 116.6, '°F')
    >>> plausible_range("chol", values=[233.0, 0.0, 204.0])[:3], plausible_range("chol", values=[6.0, 5.3])[:3]
    ((8.0, 4000.0, 'mg/dl'), (0.2069, 103.4, 'mmol/l'))
    >>> plausible_range("stage") is None
    True
    """
    known = analyte_of_column(name)
    if known is None or known[0].name not in LIMITS:
        return None
    line, said = known
    unit = unit or said
    if unit is not None:
        units = [unit] if _belongs(line, unit) else []
    else:
        units = list(dict.fromkeys((LIMITS[line.name].unit, *line.usual)))
    if values is not None:
        values = _measured(values)
        if unit is None and len(values):
            if line.units != ("points",) and np.isin(values, GRADES).all():
                return None
            units = _fitting(line, units, values)
    found = _joined(line, units) if units else None
    if found is None or values is None or not len(values):
        return found
    impossible = int(((values < found.low) | (values > found.high)).sum())
    return found if impossible <= max(3, FEW * len(values)) else None


def span(low: float, high: float, unit: str) -> str:
    """Write limits for a sentence; the unit 1 of a pH is not written.

    >>> span(5.0, 400.0, "mmHg"), span(6.2, 8.2, "1")
    ('5 to 400 mmHg', '6.2 to 8.2')
    """
    return f"{low:.10g} to {high:.10g} {'' if unit == '1' else unit}".rstrip()


# ---------------------------------------------------------------- how it is done


def _belongs(line: Analyte, unit: str) -> bool:
    try:
        convert(1.0, line.name, LIMITS[line.name].unit, unit)
    except ValueError:
        return False
    return True


def _measured(values) -> np.ndarray:
    """Return the finite values that are not 0."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"plausible_range: values are numbers, NaN where missing. Received: {array.dtype}")
    array = array.astype(np.float64).ravel()
    return array[np.isfinite(array) & (array != 0)]


def _fitting(line: Analyte, units: list[str], values: np.ndarray) -> list[str]:
    """Return the units in which the middle of the values is usual, the best and those that are hardly worse."""
    limits, middle = LIMITS[line.name], float(np.median(values))
    far = {}
    for unit in units:
        usual = convert(limits.usual, line.name, limits.unit, unit)
        if read_unit(unit).kind == "temperature":  # type: ignore[union-attr] # its zero is no zero
            far[unit] = abs(convert(middle, line.name, unit, limits.unit) / limits.usual - 1) + 1
        else:
            far[unit] = max(middle / usual, usual / middle) if middle > 0 else math.inf
    best = min(far.values())
    return [unit for unit in units if far[unit] <= min(limits.spread, limits.clear * best)]


def _joined(line: Analyte, units: list[str]) -> Plausible:
    """Return the limits in one unit, or from the lowest to the highest of several."""
    limits = LIMITS[line.name]
    ends: dict[tuple[float, float], str] = {}
    for unit in units:
        low, high = (_short(convert(end, line.name, limits.unit, unit)) for end in (limits.low, limits.high))
        ends.setdefault((low, high), unit)  # mmol/l and mEq/l of sodium are one
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return Plausible(low, high, " or ".join(ends.values()), limits.source)


def _short(limit: float) -> float:
    return float(f"{limit:.4g}")
