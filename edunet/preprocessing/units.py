"""Units of clinical measurements: from mg/dl to mmol/l, from °F to °C, and a refusal where no factor is right.

    c [mol/l] = c [g/l] / M         M the molar mass, from the formula and the standard atomic weights
    c [eq/l]  = z · c [mol/l]       z the charge of the ion
    c [mol/l] = c [U/l] · k         k, moles in a unit of activity: insulin alone
    kat = 60·10⁶ U                  enzymes
    t [°C]    = (t [°F] − 32) · 5/9
    IFCC [mmol/mol] = (NGSP [%] − 2.152) / 0.09148      HbA1c

Which factor is right depends on what is measured: 1 mmol/l is 18.0 mg/dl of glucose and 38.7 mg/dl of cholesterol.
`print(analytes())` shows everything that is known; the sources stand in `units_analytes.py`, where the table is.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from edunet.preprocessing.given import array_of
from edunet.preprocessing.splits_groups import is_missing
from edunet.preprocessing.units_analytes import ANALYTES, Analyte
from edunet.preprocessing.units_names import find_analyte
from edunet.preprocessing.units_text import Unit, read_unit

__all__ = ["analytes", "convert", "factor_and_offset"]

U_IN_KATAL = 60_000_000  # a katal turns over a mole in a second, a unit a micromole in a minute
SLOPE, INTERCEPT = Fraction("0.09148"), Fraction("2.152")  # of the master equation of HbA1c


def convert(x, analyte: str, from_unit: str, to_unit: str):
    """Return x, given in from_unit, in to_unit: y = a·x + b, with b = 0 but for temperature and HbA1c.

    Args: x, a number or an array of any shape, NaN where nothing was measured; analyte, what was measured, by its name
    or one of its aliases; the units as people type them: mg/dl, µmol/L, umol/l, mEq/l, mmHg, °F, 10^9/l.
    Returns a float for a number, else a new float64 array; NaN stays NaN, and x stays as it is.
    Raises ValueError for an analyte or a unit that is not known and for a pair that no factor joins, with what is known
    and what may have been meant; TypeError for x that is no numbers.

    The usual misuse: to convert a whole column of which a part is in the other unit already. Look at it first, values
    around 5 and around 100 are two units; where a column says which, `ConvertUnits` heeds it. And urea is not urea
    nitrogen: 1 mmol/l is 6.0 mg/dl of the one, 2.8 mg/dl of the other.
    Source: see the table in units_analytes.py.

    >>> round(convert(100.0, "glucose", "mg/dl", "mmol/l"), 2)
    5.55
    >>> convert(np.array([98.6, np.nan]), "temperature", "°F", "°C")
    array([37., nan])
    """
    line = find_analyte("convert", analyte)
    slope, offset = factor_and_offset("convert", line, from_unit, to_unit)
    values = (
        np.ma.filled(x.astype(np.float64), np.nan) if isinstance(x, np.ma.MaskedArray) else array_of("convert", "x", x)
    )
    if values.dtype == object:
        values = np.asarray(_floats(values))
    if values.dtype.kind not in "iuf":
        raise TypeError(f"convert: x is a number or an array of numbers. Received: {x!r:.60}")
    with np.errstate(over="ignore"):  # of numbers that are too large: inf
        result = values.astype(np.float64) * float(slope) + float(offset)
    return float(result) if result.ndim == 0 else result


def factor_and_offset(what: str, line: Analyte, from_unit: str, to_unit: str) -> tuple[Fraction, Fraction]:
    """Return a and b of y = a·x + b, as exact fractions; `what` begins the messages.

    >>> factor_and_offset("demo", ANALYTES["sodium"], "mEq/l", "mmol/l")
    (Fraction(1, 1), Fraction(0, 1))
    """
    a, b = _to_base(what, line, from_unit)
    c, d = _to_base(what, line, to_unit)
    return a / c, (b - d) / c


def analytes() -> str:
    """Return the table of everything `convert` knows: name, usual units, molar mass with its formula, other names.

    >>> print(analytes().splitlines()[2])
    glucose              mg/dl, mmol/l            180.156  C6H12O6          blood sugar, bgr, gluc, glu, fpg, fbg, plas
    """
    rows = [("name", "units", "g/mol", "formula", "also called"), ("", "", "", "", "")]
    for line in ANALYTES.values():
        mass = f"{float(line.mass):.3f}" if line.mass else ""
        rows.append((line.name, ", ".join(line.units), mass, line.formula, ", ".join((*line.symbols, *line.aliases))))
    return "\n".join(f"{a:<20} {b:<22} {c:>9}  {d:<16} {e}".rstrip() for a, b, c, d, e in rows)


# ---------------------------------------------------------------- how it is done


def _to_base(what: str, line: Analyte, text: str) -> tuple[Fraction, Fraction]:
    """Return a and b that bring a value to the base of its analyte: g/l, or mol/l where that is known, or U/l, ..."""
    unit = _unit_of(what, line, text)
    known = {read_unit(usual).kind for usual in line.units}  # type: ignore[union-attr]
    if unit.kind not in known:
        raise _refused(what, line, text)
    if line.name == "HbA1c" and unit.kind == "share":
        percent = unit.factor * 100
        return percent / SLOPE, -INTERCEPT / SLOPE
    factor = unit.factor
    if unit.kind == "mass" and line.mass:
        factor = factor / line.mass
    elif unit.kind == "charge":
        factor = factor / line.charge
    elif unit.kind == "activity" and line.per_unit:
        factor = factor * line.per_unit
    elif unit.kind == "katal":
        factor = factor * U_IN_KATAL
    return factor, unit.offset


def _unit_of(what: str, line: Analyte, text: str) -> Unit:
    unit = read_unit(text)
    if unit is None:
        import difflib  # only who has mistyped something waits for it

        near = difflib.get_close_matches(str(text).lower(), [u.lower() for u in line.units], n=1, cutoff=0.5)
        mean = next((f" Did you mean {u!r}?" for u in line.units if near and u.lower() == near[0]), "")
        raise ValueError(
            f"{what}: the unit {text!r} cannot be read.{mean} {line.name} is known in {', '.join(line.units)}."
        )
    if unit == read_unit("g/l") and read_unit(line.units[0]).kind == "count":  # type: ignore[union-attr]
        return Unit("count", Fraction(10**9))  # nobody weighs cells: G/l is giga, in capitals or not
    return unit


def _refused(what: str, line: Analyte, text: str) -> ValueError:
    note = f" Note: {line.note}." if line.note else ""
    return ValueError(
        f"{what}: no factor is known that leads from or to {text!r} for {line.name}. It is known in "
        f"{', '.join(line.units)} and other units of the same kinds.{note}"
    )


def _floats(values: np.ndarray) -> np.ndarray:
    """Return objects as floats, None and pandas' NA as NaN; what is neither stays, and is refused."""
    if not all(is_missing(value) or isinstance(value, (int, float, np.number)) for value in values.ravel()):
        return values
    return np.array([np.nan if is_missing(value) else value for value in values.ravel()], float).reshape(values.shape)
