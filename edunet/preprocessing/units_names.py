"""Which analyte a name means: one that a person types, or the name of a column with its unit and its specimen.

find_analyte("sCr")                                   what is typed to `convert`
analyte_of_column("serum_creatinine (µmol/L)")        what stands above a column
"""

from __future__ import annotations

import re

from edunet.preprocessing.units_analytes import ANALYTES, Analyte
from edunet.preprocessing.units_text import read_unit

__all__ = ["analyte_of_column", "find_analyte"]

BEFORE = {  # words in front that leave the meaning as it is
    "serum", "plasma", "blood", "arterial", "venous", "fasting", "random", "resting", "admission", "baseline",
    "initial", "min", "max", "mean", "median", "avg", "first", "last", "lowest", "highest", "body", "patient", "total",
}  # fmt: skip
AFTER = {"min", "max", "mean", "median", "avg", "first", "last", "admission", "baseline", "arterial", "level"}


def _squeezed(name: str) -> str:
    """Return letters and digits alone, small."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


BY_NAME = {_squeezed(alias): line for line in ANALYTES.values() for alias in (line.name, line.component, *line.aliases)}
BY_SYMBOL = {symbol: line for line in ANALYTES.values() for symbol in line.symbols}
TYPED = {symbol.lower(): line for symbol, line in BY_SYMBOL.items()}  # who types k to `convert` means potassium
UNSAID = {"ph", "1", "number"}  # squeezed names that a column may have for another reason: as a symbol alone


def find_analyte(what: str, name: str) -> Analyte:
    """Return the analyte that a person means, or raise ValueError with what is near it.

    >>> find_analyte("demo", "sCr").name, find_analyte("demo", "K").name
    ('creatinine', 'potassium')
    """
    if not isinstance(name, str):
        raise TypeError(f"{what}: an analyte is a text, such as 'glucose'. Received: {name!r:.40}")
    found = BY_NAME.get(_squeezed(name)) or TYPED.get(name.strip().lower())
    column = None if found else analyte_of_column(name)
    if found is None and column is None:
        import difflib  # only who has mistyped something waits for it

        near = difflib.get_close_matches(_squeezed(name), BY_NAME, n=1, cutoff=0.6)
        mean = f" Did you mean {BY_NAME[near[0]].name!r}?" if near else ""
        raise ValueError(f"{what}: {name!r} is not in the table.{mean} print(units.analytes()) shows all it has.")
    return found or column[0]  # type: ignore[index]


def analyte_of_column(name: str) -> tuple[Analyte, str | None] | None:
    """Return what a column holds and the unit that its name says, if it says one; None if the name is not known.

    Only whole names are known: stage is no age, urine_creatinine no creatinine of blood, glucose_std no glucose.

    >>> [(a.name, unit) for a, unit in map(analyte_of_column, ["weight_kg", "creatinine (mg/dL)", "Serum_Sodium"])]
    [('weight', 'kg'), ('creatinine', 'mg/dL'), ('sodium', None)]
    >>> analyte_of_column("stage") is None
    True
    """
    if not isinstance(name, str):
        return None
    bare, unit = _without_brackets(name.strip())
    words = [word for word in re.split(r"[^A-Za-z0-9%°µμ/^]+", bare) if word]
    for end in range(len(words), 0, -1):
        tail = words[end:]
        said = None
        if tail and not (len(tail) == 1 and tail[0].lower() in AFTER):
            said = next((text for text in ("/".join(tail), "".join(tail), _split(tail)) if read_unit(text)), None)
            if said is None or unit is not None:
                continue
        line = _named(words[:end])
        if line is None and end == 1 and (unit or said) not in (None, "1"):
            line = TYPED.get(words[0].lower())  # k alone may be anything; k_mmol_l is potassium
            line = line if line is not None and _fits(line, unit or said) else None  # type: ignore[arg-type]
        if line is not None and (said is None or _fits(line, said)):
            return line, unit or said
    return None


def _named(words: list[str]) -> Analyte | None:
    """Return the analyte that these words name, with or without words in front that change nothing."""
    while words:
        if len(words) == 1 and words[0] in BY_SYMBOL:
            return BY_SYMBOL[words[0]]
        squeezed = _squeezed("".join(words))
        if not _squeezed(words[-1]):  # SpO2_%: the sign is a unit, and no part of the name
            return None
        if squeezed in BY_NAME and squeezed not in UNSAID:
            return BY_NAME[squeezed]
        if words[0].lower() not in BEFORE:
            return None
        words = words[1:]
    return None


def _without_brackets(name: str) -> tuple[str, str | None]:
    """Return creatinine (mg/dL) and creatinine [mg/dL] as the name and its unit; what is no unit stays in the name."""
    found = re.fullmatch(r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]", name)
    return (found[1], found[2].strip()) if found and read_unit(found[2]) else (name, None)


def _split(tail: list[str]) -> str:
    """Return mgdl and mmoll, as columns write them, with their stroke: mg/dl, mmol/l."""
    return re.sub(r"(?i)^([munpk]?(?:g|mol|eq|u|iu))(dl|ml|ul|l)$", r"\1/\2", "".join(tail))


def _fits(line: Analyte, text: str) -> bool:
    """Tell whether a unit at the end of a name is one of its kind: weight_kg, but not age_c."""
    unit = read_unit(text)
    return unit is not None and unit.kind in {read_unit(usual).kind for usual in line.units}  # type: ignore[union-attr]
