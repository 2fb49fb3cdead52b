"""Units as people type them: mg/dl, mg/dL, MG/DL, mg per dl, mg·dl⁻¹, µmol/L with either micro sign, umol/l, 10^9/L;
and as computers send them, by the Unified Code for Units of Measure: 10*9/L, mm[Hg], [degF], m[IU]/L.

Capitals mean nothing, except in mM, µM and M, which are molar: mmol/l, µmol/l and mol/l. Factors are fractions, so that
mg/dl is exactly ten times mg/l.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Unit", "read_unit"]


class Unit(NamedTuple):
    """A unit that was read. A value in it is value · factor + offset in the first unit of its kind.

    These are g/l, mol/l, eq/l, U/l, kat/l, 1/l (counts), °C, Pa, kg, m, years, 1/min, kg/m² and 1 (shares).
    """

    kind: str
    factor: Fraction
    offset: Fraction = Fraction(0)  # of temperatures alone


def _same(kind: str, factor, *texts: str, offset=0) -> dict[str, Unit]:
    return dict.fromkeys(texts, Unit(kind, Fraction(factor), Fraction(offset)))


PREFIXES = {sign: Fraction(10) ** power for sign, power in
            {"": 0, "k": 3, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}.items()}  # fmt: skip
AMOUNTS = {"g": "mass", "mol": "amount", "eq": "charge", "val": "charge", "kat": "katal", "u": "activity",
           "iu": "activity", "ie": "activity"}  # fmt: skip
VOLUMES = {text: Fraction(10) ** power for power, texts in
           {0: "l litre liter", -1: "dl 100ml", -3: "ml cc", -6: "ul mm3 cmm cumm", -9: "nl"}.items()
           for text in texts.split()}  # fmt: skip
NUMBERS = {text: Fraction(10) ** power for power, texts in
           {3: "k kilo thou thousand thousands", 6: "m mill million millions", 9: "giga", 12: "t tera"}.items()
           for text in texts.split()} | {"": Fraction(1)}  # fmt: skip
WHOLE = {
    **_same("temperature", 1, "°c", "c", "degc", "celsius", "cel"),
    **_same("temperature", Fraction(5, 9), "°f", "f", "degf", "fahrenheit", offset=Fraction(-160, 9)),
    **_same("temperature", 1, "k", "kelvin", offset="-273.15"),
    **_same("pressure", "133.322387415", "mmhg"),  # the conventional millimetre of mercury
    **_same("pressure", Fraction(101325, 760), "torr"),
    **_same("pressure", 1, "pa"),
    **_same("pressure", 1000, "kpa"),
    **_same("pressure", 100, "hpa", "mbar"),
    **_same("pressure", "98.0665", "cmh2o"),
    **_same("weight", 1, "kg"),
    **_same("weight", "0.001", "g"),
    **_same("weight", "0.45359237", "lb", "lbs", "pound", "pounds"),
    **_same("weight", "6.35029318", "st", "stone"),
    **_same("weight", "0.028349523125", "oz"),
    **_same("length", 1, "m"),
    **_same("length", "0.01", "cm"),
    **_same("length", "0.001", "mm"),
    **_same("length", "0.0254", "in", "inch", "inches"),
    **_same("length", "0.3048", "ft", "foot", "feet"),
    **_same("time", 1, "years", "year", "yrs", "yr", "y", "a"),
    **_same("time", Fraction(1, 12), "months", "month", "mo"),
    **_same("time", Fraction(700, 36525), "weeks", "week"),
    **_same("time", Fraction(100, 36525), "days", "day", "d"),
    **_same("rate", 1, "1/min", "/min", "bpm", "beats/min", "beats/minute", "breaths/min"),
    **_same("body mass", 1, "kg/m2", "kg/m^2"),
    **_same("share", 1, "fraction", "l/l"),
    **_same("share", "0.01", "%", "percent", "pct", "vol%"),
    **_same("mmol/mol", 1, "mmol/mol"),
    **_same("number", 1, "1", "points"),
}


def read_unit(text: str) -> Unit | None:
    """Return what a unit means, or None if it cannot be read.

    >>> read_unit("mg/dL"), read_unit("µmol/L") == read_unit("umol/l")
    (Unit(kind='mass', factor=Fraction(1, 100), offset=Fraction(0, 1)), True)
    """
    plain = _plain(text) if isinstance(text, str) else ""
    molar = re.fullmatch("([munp]?)M", plain)
    if molar:
        return Unit("amount", PREFIXES[molar[1]])
    plain = plain.lower()
    if plain in WHOLE:
        return WHOLE[plain]
    hundred = re.fullmatch(r"([mu]?g)%", plain)  # mg% is mg in 100 ml
    above, slash, below = (f"{hundred[1]}/dl" if hundred else plain).rpartition("/")
    if not slash or below not in VOLUMES:
        return None
    amount = re.fullmatch(r"([kmunpf]?)(g|mol|eq|val|kat|iu|ie|u)", above)
    if amount:
        return Unit(AMOUNTS[amount[2]], PREFIXES[amount[1]] / VOLUMES[below])
    cells = re.fullmatch(r"(?:x?10(?:\^|\*\*|\*|e)?|1?e)(3|6|9|12)|([a-z]*?)(?:cells|platelets|1)?", above)
    if not cells or (cells[2] or "") not in NUMBERS:
        return None
    number = Fraction(10) ** int(cells[1]) if cells[1] else NUMBERS[cells[2]]
    return Unit("count", number / VOLUMES[below])


def _plain(text: str) -> str:
    """Return a unit without blanks, and with one sign for each thing: u for micro, / for per and for ⁻¹."""
    text = text.replace("⁻", "-").replace("−", "-").replace("×", "x")
    text = text.replace("º", "°").replace("˚", "°")  # an ordinal and a ring above, which look like it
    text = re.sub(r"(?i)\[(iu|hg)\]", r"\1", text)  # mm[Hg] and m[IU]/L, as UCUM writes them
    text = re.sub(r"(?i)\bgms?(?=\W|$)", "g", text)
    text = unicodedata.normalize("NFKC", text).strip(" ()[]")  # both micro signs, ³, ℃
    text = text.replace("μ", "u").replace("mcg", "ug").replace("mcL", "uL").replace("mcl", "ul").replace("deg.", "deg")
    text = re.sub(r"\s+per\s+", "/", text)
    text = re.sub(r"(?:[·.*\s]|^)([A-Za-z]+)\^?-1$", r"/\1", text)
    return re.sub(r"\s+", "", text)
