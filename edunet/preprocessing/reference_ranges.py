"""Reference ranges of blood tests: the middle 95 % of healthy people, by sex and age, each with its source.

    reference_range(analyte, sex, age)      the two limits, their unit and who was measured
    flag(x, analyte, sex, age, unit)        -1 below, 0 within, +1 above, for each patient

Of healthy people one in twenty stands outside a range, and of those with twenty tests two in three stand outside one:
1 - 0.95²⁰ = 0.64. Outside is not ill, and within is not healthy. Laboratories differ by method and population: where
the laboratory that measured has a range of its own, that one holds. Limits of a treatment or a diagnosis (HbA1c, LDL,
troponin) are decisions, no reference ranges, and not in this table; nor is anything of children, except the limits of
the World Health Organization for haemoglobin.

Sources: most are of one study, which measured 25 tests in 3,035 people without illness in 102 laboratories of five
countries, brought to one calibration: P. Rustad et al., The Nordic Reference Interval Project 2000, Scandinavian
Journal of Clinical and Laboratory Investigation 64 (2004) 271-284; blood cells: G. Nordin et al., the same, 385-398.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.splits_groups import is_missing
from edunet.preprocessing.units import convert
from edunet.preprocessing.units_names import find_analyte

__all__ = ["ReferenceRange", "flag", "reference_range"]

NORIP = "NORIP: Rustad et al., Scand J Clin Lab Invest 64 (2004) 271-284"
CELLS = "NORIP: Nordin et al., Scand J Clin Lab Invest 64 (2004) 385-398"
CREATININE = f"{NORIP}; corrected for the method, as Nordic laboratories print it"
MSD = "MSD Manual, blood tests: by convention"
WHO = "WHO, Guideline on haemoglobin cutoffs to define anaemia (2024): a lower limit, no range"
LAST = math.inf


class ReferenceRange(NamedTuple):
    """Limits between which 95 of 100 healthy people stand; nan for a limit that the source does not give."""

    analyte: str
    low: float
    high: float
    unit: str
    sex: str  # "female", "male", or "all"
    age: tuple[float, float]  # years, from (included) and to (not)
    source: str


def _rows(analyte: str, unit: str, source: str, *rows) -> list[ReferenceRange]:
    sexes = {"f": "female", "m": "male", "": "all"}
    return [ReferenceRange(analyte, low, high, unit, sexes[s], (a, b), source) for s, a, b, low, high in rows]


def _adults(analyte: str, unit: str, low: float, high: float, source: str = NORIP) -> list[ReferenceRange]:
    return _rows(analyte, unit, source, ("", 18, LAST, low, high))


def _by_sex(analyte: str, unit: str, women: tuple, men: tuple, source: str = NORIP) -> list[ReferenceRange]:
    return _rows(analyte, unit, source, ("f", 18, LAST, *women), ("m", 18, LAST, *men))


_nan = math.nan
TABLE = (
    *_adults("sodium", "mmol/l", 137, 145),
    *_adults("potassium", "mmol/l", 3.6, 4.6, f"in serum; {NORIP}"),
    *_adults("chloride", "mmol/l", 98, 106, MSD),
    *_adults("calcium", "mmol/l", 2.15, 2.51),
    *_adults("magnesium", "mmol/l", 0.71, 0.94),
    *_rows("phosphate", "mmol/l", NORIP, ("f", 18, LAST, 0.85, 1.50), ("m", 18, 50, 0.75, 1.65),
           ("m", 50, LAST, 0.75, 1.35)),
    *_by_sex("creatinine", "µmol/l", (45, 90), (60, 105), CREATININE),
    *_rows("urea", "mmol/l", NORIP, ("f", 18, 50, 2.6, 6.4), ("f", 50, LAST, 3.1, 7.9), ("m", 18, 50, 3.2, 8.1),
           ("m", 50, LAST, 3.5, 8.1)),
    *_rows("urea nitrogen", "mmol/l", NORIP, ("f", 18, 50, 2.6, 6.4), ("f", 50, LAST, 3.1, 7.9),
           ("m", 18, 50, 3.2, 8.1), ("m", 50, LAST, 3.5, 8.1)),
    *_rows("uric acid", "µmol/l", NORIP, ("f", 18, 50, 155, 350), ("f", 50, LAST, 155, 400), ("m", 18, LAST, 230, 480)),
    *_adults("glucose", "mmol/l", 4.2, 6.3, f"fasting, in plasma; {NORIP}"),
    *_rows("cholesterol", "mmol/l", NORIP, ("", 18, 30, 2.9, 6.1), ("", 30, 50, 3.3, 6.9), ("", 50, LAST, 3.9, 7.8)),
    *_by_sex("HDL cholesterol", "mmol/l", (1.0, 2.7), (0.8, 2.1)),
    *_adults("triglycerides", "mmol/l", 0.45, 2.60, f"fasting; {NORIP}"),
    *_adults("bilirubin", "µmol/l", 5, 25),
    *_rows("albumin", "g/l", NORIP, ("", 18, 40, 36, 48), ("", 40, 70, 36, 45), ("", 70, LAST, 34, 45)),
    *_adults("iron", "µmol/l", 9, 34),
    *_by_sex("ALT", "U/l", (10, 45), (10, 70)),
    *_by_sex("AST", "U/l", (15, 35), (15, 45)),
    *_adults("ALP", "U/l", 35, 105),
    *_rows("GGT", "U/l", NORIP, ("f", 18, 40, 10, 45), ("f", 40, LAST, 10, 75), ("m", 18, 40, 10, 80),
           ("m", 40, LAST, 15, 115)),
    *_rows("creatine kinase", "U/l", NORIP, ("f", 18, LAST, 35, 210), ("m", 18, 50, 50, 400), ("m", 50, LAST, 40, 280)),
    *_rows("LDH", "U/l", NORIP, ("", 18, 70, 105, 205), ("", 70, LAST, 115, 255)),
    *_adults("amylase", "U/l", 25, 120),
    *_rows("haemoglobin", "g/l", WHO, ("", 0.5, 2, 105, _nan), ("", 2, 5, 110, _nan), ("", 5, 12, 115, _nan),
           ("", 12, 15, 120, _nan), ("f", 15, 18, 120, _nan), ("m", 15, 18, 130, _nan)),
    *_by_sex("haemoglobin", "g/l", (117, 153), (134, 170), CELLS),
    *_by_sex("erythrocytes", "10^12/l", (3.94, 5.16), (4.25, 5.71), CELLS),
    *_by_sex("haematocrit", "%", (34.8, 45.9), (39.5, 50.0), CELLS),
    *_by_sex("platelets", "10^9/l", (165, 387), (145, 348), CELLS),
    *_adults("leucocytes", "10^9/l", 3.5, 8.8, CELLS),
    *_adults("pH", "1", 7.35, 7.45, f"arterial; {MSD}"),
    *_adults("PaCO2", "mmHg", 35, 45, MSD),
)  # fmt: skip
SEXES = {"female": "female", "f": "female", "w": "female", "woman": "female", "weiblich": "female",
         "male": "male", "m": "male", "man": "male"}  # fmt: skip


def reference_range(analyte: str, sex=None, age=None, unit: str | None = None) -> ReferenceRange:
    """Return the limits between which 95 of 100 healthy people of this sex and age stand.

    Args: analyte, its name or an alias as for `convert`; sex, "female" or "male" (or f, m); age in years; both only
    where the range depends on them; unit, in which the limits are wanted, by default that of the source.
    Returns a `ReferenceRange`: low, high, unit, sex, age, source; a limit that the source does not give is nan.
    Raises ValueError for an analyte without a range in the table, for an age it does not cover (children, mostly), and
    where sex or age is missing though the range depends on it, with what there is.

    The usual misuse: to read "outside the range" as "ill", or "within" as "healthy"; of healthy people one in twenty is
    outside by definition. Nor is it a limit of plausibility: that is `plausible_range`.
    Source: the table names one for each range; most are of the Nordic Reference Interval Project (2004).

    >>> r = reference_range("haemoglobin", sex="female", age=44, unit="g/dl")
    >>> r.low, r.high, r.unit
    (11.7, 15.3, 'g/dl')
    """
    rows = _rows_of("reference_range", analyte)
    word = _sex("reference_range", sex)
    years = None if is_missing(age) else _age("reference_range", age)
    fitting = [row for row in rows if word is None or row.sex in (word, "all")]
    if years is not None:
        fitting = [row for row in fitting if row.age[0] <= years < row.age[1]]
    elif any(row.age[0] >= 18 for row in fitting):
        fitting = [row for row in fitting if row.age[0] >= 18]  # without an age: adults
    if not fitting:
        raise ValueError(f"reference_range: none is known for {_whom(word, years)}. {_offered(rows)}")
    if len(fitting) > 1:
        need = ["sex=..."] * (len({row.sex for row in fitting}) > 1) + ["age=..."] * (
            len({row.age for row in fitting}) > 1
        )
        raise ValueError(
            f"reference_range: {fitting[0].analyte} depends on more: say {' and '.join(need)}. {_offered(rows)}"
        )
    return _in_unit(fitting[0], unit)


def flag(x, analyte: str, sex=None, age=None, unit: str | None = None):
    """Return -1 for a value below the reference range, 0 within and +1 above; nan where no range holds.

    Limits count as within. nan stands where x, or a sex or age that the range depends on, is missing, and where the
    table has no range for that age.

    Args: x, a number or (n,); analyte as for `reference_range`; sex and age, one for all or (n,); unit, of x: it may be
    left out only where the analyte has one usual unit.
    Returns a float, or (n,) float64.
    Raises ValueError as `reference_range` does, for lengths that differ and for a sex that is no word.

    The usual misuse: to count flags and call their sum severity; or to use them as a cleaning step. A flag says that
    few healthy people have such a value, not that it is wrong, and not that somebody is ill.
    Source: see `reference_range`.

    >>> flag([11.0, 14.0, 14.0, np.nan], "haemoglobin", sex=["f", "f", "m", "m"], age=44, unit="g/dl")
    array([-1., 0., 0., nan])
    """
    rows = _rows_of("flag", analyte)
    usual = find_analyte("flag", analyte).usual
    if unit is None and any(convert(1.0, analyte, usual[0], other) != 1 for other in usual):
        raise ValueError(f"flag: say the unit of x: unit={rows[0].unit!r}. {rows[0].analyte}: {', '.join(usual)}.")
    values = convert(x, analyte, rows[0].unit if unit is None else unit, rows[0].unit)
    shape = np.shape(values)
    values = np.atleast_1d(values)
    sexes = _spread("sex", np.array([_sex("flag", s) or "" for s in _list(sex)], object), values)
    ages = _spread("age", np.array([_age("flag", a) for a in _list(age)]), values)
    result = np.full(values.shape, np.nan)
    for row in rows:
        spans = {other.age for other in rows if other.sex in (row.sex, "all")}
        grown_up = age is None and row.age[0] >= 18 and sum(span[0] >= 18 for span in spans) == 1
        here = (ages >= row.age[0]) & (ages < row.age[1]) | grown_up
        here &= (row.sex == "all") | (sexes == row.sex)
        side = (values > row.high).astype(float) - (values < row.low)
        result[here & ~np.isnan(values)] = side[here & ~np.isnan(values)]
    return float(result[0]) if shape == () else result


# ---------------------------------------------------------------- how it is done


def _rows_of(what: str, analyte: str) -> list[ReferenceRange]:
    name = find_analyte(what, analyte).name
    rows = [row for row in TABLE if row.analyte == name]
    if not rows:
        known = ", ".join(dict.fromkeys(row.analyte for row in TABLE))
        raise ValueError(f"{what}: no reference range of {name} is in the table. It has {known}.")
    return rows


def _sex(what: str, sex) -> str | None:
    """Return "female", "male", or None where it is not known."""
    if is_missing(sex):
        return None
    word = sex.strip().lower() if isinstance(sex, str) else None
    if word == "":
        return None
    if word not in SEXES:
        raise ValueError(
            f"{what}: sex is 'female' or 'male' (or 'f', 'm'). Received: {sex!r:.40}. Of numbers say which is which: "
            "sex=np.where(x == 1, 'male', 'female')."
        )
    return SEXES[word]


def _age(what: str, age) -> float:
    if is_missing(age):
        return math.nan
    try:
        years = float(age)
    except (TypeError, ValueError):
        raise ValueError(f"{what}: age is a number of years, or one for each value. Received: {age!r:.40}") from None
    if years < 0:
        raise ValueError(f"{what}: age is a number of years from 0 up. Received: {age!r:.40}")
    return years


def _list(given) -> list:
    return [given] if given is None or isinstance(given, str) or np.ndim(given) == 0 else list(given)


def _spread(name: str, given: np.ndarray, values: np.ndarray) -> np.ndarray:
    if values.ndim != 1 or len(given) not in (1, len(values)):
        raise ValueError(
            f"flag: x is (n,), {name} one for all or (n,). Received: x {values.shape}, {name} ({len(given)},)."
        )
    return given if len(given) == len(values) else np.repeat(given, len(values))


def _in_unit(row: ReferenceRange, unit: str | None) -> ReferenceRange:
    if unit is None:
        return row
    low, high = (float(f"{convert(limit, row.analyte, row.unit, unit):.4g}") for limit in (row.low, row.high))
    return row._replace(low=low, high=high, unit=unit)


def _whom(sex: str | None, age: float | None) -> str:
    return ", ".join(part for part in (sex, None if age is None else f"age {age:g}") if part)


def _offered(rows: list[ReferenceRange]) -> str:
    def span(row: ReferenceRange) -> str:
        sex = "" if row.sex == "all" else f"{row.sex} "
        to = "on" if row.age[1] == LAST else f"to {row.age[1]:g}"
        return f"{sex}from {row.age[0]:g} {to}: {row.low:g} to {row.high:g}"

    return f"The table has for {rows[0].analyte}, {rows[0].unit}: " + "; ".join(map(span, rows)) + "."
