"""What is measured in patients, as a table: names, usual units, and the formula from which the molar mass follows.

Units behind a semicolon are rare: a column would say so. `component` is what LOINC calls it, to look it up at
https://loinc.org; codes are not given, for they also say in which material and by which method. The aliases are those
under which columns go in tables that many people learn with; they are compared without capitals and signs. Symbols (K,
HR, pH) are known only as they stand.

Sources: T. Prohaska et al., Standard atomic weights of the elements 2021, Pure and Applied Chemistry 94 (2022) 573-600,
abridged values; for what no formula gives, the line says where from:
    haemoglobin   one chain with one iron: International Committee for Standardization in Haematology, Journal of
                  Clinical Pathology 31 (1978) 139-143: 64,458 g/mol of four
    insulin       1 mU = 6.00 pmol: J. L. Knopp, L. Holder-Pearson, J. G. Chase, Journal of Diabetes Science and
                  Technology 13 (2019) 597-600; the 6.945 of many converters is of an older, impure standard
    HbA1c         NGSP % = 0.09148 · IFCC + 2.152: W. Hoelzel et al., Clinical Chemistry 50 (2004) 166-174
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

__all__ = ["ANALYTES", "Analyte", "molar_mass"]

ATOMIC_WEIGHTS = {
    "H": "1.008", "Li": "6.94", "C": "12.011", "N": "14.007", "O": "15.999", "F": "18.998", "Na": "22.990",
    "Mg": "24.305", "P": "30.974", "S": "32.06", "Cl": "35.45", "K": "39.098", "Ca": "40.078", "Fe": "55.845",
    "Co": "58.933", "Cu": "63.546", "Zn": "65.38", "I": "126.90",
}  # fmt: skip


class Analyte(NamedTuple):
    """One line of the table."""

    name: str
    component: str  # of LOINC
    units: tuple[str, ...]  # the usual and some rare ones; others of the same kinds are understood too
    usual: tuple[str, ...]  # those in which a column may be that does not say its unit
    aliases: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    formula: str = ""
    mass: Fraction = Fraction(0)  # g/mol, of the formula or as the sources say
    charge: int = 0  # elementary charges of an ion, for mEq
    per_unit: Fraction = Fraction(0)  # mol in one U
    note: str = ""  # what is easily mistaken


def molar_mass(formula: str) -> Fraction:
    """Return the molar mass of a formula in g/mol, from the standard atomic weights.

    >>> float(molar_mass("C6H12O6"))
    180.156
    """
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    if "".join(f"{element}{count}" for element, count in parts) != formula or not parts:
        raise ValueError(f"molar_mass: a formula is symbols and numbers, such as 'C6H12O6'. Received: {formula!r:.40}")
    unknown = [element for element, _ in parts if element not in ATOMIC_WEIGHTS]
    if unknown:
        raise ValueError(f"molar_mass: {unknown[0]} is not among {', '.join(ATOMIC_WEIGHTS)}.")
    return sum((Fraction(ATOMIC_WEIGHTS[element]) * int(count or 1) for element, count in parts), Fraction(0))


def _line(name, component, units, aliases="", formula="", charge=0, symbols="", mass=0, per_unit=0, note="") -> Analyte:
    mass = molar_mass(formula) if formula else Fraction(mass)
    words = tuple(part.strip() for part in aliases.split(",") if part.strip())
    usual, _, rare = units.partition("; ")
    known = tuple(f"{usual}, {rare}".rstrip(", ").split(", "))
    own = words, tuple(symbols.split()), formula, mass, charge, Fraction(per_unit), note
    return Analyte(name, component, known, tuple(usual.split(", ")), *own)


WHOLE_MOLECULES = "it is a mixture or a large protein: no molar mass is agreed on"
DRUGS = "a level, not a dose"

_TABLE = (
    # ---- metabolites
    _line("glucose", "Glucose", "mg/dl, mmol/l", "blood sugar, bgr, gluc, glu, fpg, fbg, plas", "C6H12O6"),
    _line("HbA1c", "Hemoglobin A1c/Hemoglobin.total", "%, mmol/mol", "hba1c, a1c, glycated haemoglobin, "
          "glycohemoglobin, haemoglobin a1c, hemoglobin a1c",
          note="% is NGSP's, mmol/mol is IFCC's: a line that does not pass through 0"),
    _line("creatinine", "Creatinine", "mg/dl, µmol/l", "sc, crea, creat, scr, serum creatinine", "C4H7N3O",
          note="of blood; urine has a hundred times as much"),
    _line("urea", "Urea", "mg/dl, mmol/l", "bu, blood urea", "CH4N2O",
          note="urea, 60 g/mol; in the USA its nitrogen is reported, 28 g/mol: that is urea nitrogen"),
    _line("urea nitrogen", "Urea nitrogen", "mg/dl, mmol/l", "BUN, blood urea nitrogen", "N2",
          note="28 g of nitrogen in a mole of urea: in mmol/l it is the same as urea, in mg/dl it is 0.466 of it"),
    _line("uric acid", "Urate", "mg/dl, µmol/l", "urate", "C5H4N4O3"),
    _line("bilirubin", "Bilirubin", "mg/dl, µmol/l", "bil, bili, tbil, bilirubin total", "C33H36N4O6"),
    _line("direct bilirubin", "Bilirubin.direct", "mg/dl, µmol/l", "dbil, conjugated bilirubin, bilirubin direct",
          "C33H36N4O6", note="by the mass of bilirubin without its sugars, as laboratories do"),
    _line("cholesterol", "Cholesterol", "mg/dl, mmol/l", "chol, tchol, tot chol, cholesterol total", "C27H46O"),
    _line("HDL cholesterol", "Cholesterol.in HDL", "mg/dl, mmol/l", "hdl, hdlc, hdl chol", "C27H46O"),
    _line("LDL cholesterol", "Cholesterol.in LDL", "mg/dl, mmol/l", "ldl, ldlc, ldl chol", "C27H46O"),
    _line("triglycerides", "Triglyceride", "mg/dl, mmol/l", "trig, trigs, triglyceride", "C57H104O6",
          note="by the mass of triolein, as laboratories do"),
    _line("lactate", "Lactate", "mmol/l, mg/dl", "lactic acid, lac", "C3H6O3", 1),
    _line("ammonia", "Ammonia", "µmol/l, µg/dl", "nh3", "NH3", note="by the mass of NH3; some report its nitrogen"),
    # ---- ions
    _line("sodium", "Sodium", "mmol/l, mEq/l; mg/dl", "sod", "Na", 1, "Na"),
    _line("potassium", "Potassium", "mmol/l, mEq/l; mg/dl", "pot", "K", 1, "K"),
    _line("chloride", "Chloride", "mmol/l, mEq/l; mg/dl", "", "Cl", 1, "Cl"),
    _line("bicarbonate", "Bicarbonate", "mmol/l, mEq/l; mg/dl", "hco3, bicarb, total co2, tco2", "CHO3", 1),
    _line("calcium", "Calcium", "mg/dl, mmol/l, mEq/l", "total calcium", "Ca", 2, "Ca",
          note="all calcium, not the ionised part alone"),
    _line("ionised calcium", "Calcium.ionized", "mmol/l, mg/dl, mEq/l", "ionized calcium, free calcium", "Ca", 2),
    _line("magnesium", "Magnesium", "mg/dl, mmol/l, mEq/l", "", "Mg", 2, "Mg"),
    _line("phosphate", "Phosphate", "mg/dl, mmol/l", "phosphorus, phos, inorganic phosphate", "P",
          note="mg of phosphorus, 31 g/mol, not of PO4, 95 g/mol; no mEq: the charge changes with pH"),
    _line("lithium", "Lithium", "mmol/l, mEq/l; mg/dl", "", "Li", 1),
    _line("iron", "Iron", "µg/dl, µmol/l", "", "Fe", 0, "Fe"),
    # ---- proteins
    _line("haemoglobin", "Hemoglobin", "g/dl, g/l, mmol/l", "hemoglobin, hemo, hgb, haem", symbols="Hb HB",
          mass=Fraction(64458, 4), note="mmol/l of chains, 16,114.5 g/mol, not of the four that make the molecule"),
    _line("albumin", "Albumin", "g/dl, g/l", "alb, serum albumin", note=WHOLE_MOLECULES),
    _line("total protein", "Protein", "g/dl, g/l", "prot, serum protein, protein total, tprot, total protiens",
          note=WHOLE_MOLECULES),
    _line("C-reactive protein", "C reactive protein", "mg/l, mg/dl", "crp, hscrp, c reactive protein",
          note=WHOLE_MOLECULES),
    _line("ferritin", "Ferritin", "ng/ml, µg/l", "", note=WHOLE_MOLECULES),
    _line("troponin I", "Troponin I.cardiac", "ng/l, ng/ml, pg/ml", "troponini, tni, ctni, hs tni, hs troponin i",
          note="no molar mass is agreed on; assays differ, and I is not T"),
    _line("troponin T", "Troponin T.cardiac", "ng/l, ng/ml, pg/ml", "troponint, tnt, ctnt, hs tnt, hs troponin t",
          note="no molar mass is agreed on; I is not T"),
    # ---- hormones and vitamins
    _line("insulin", "Insulin", "µU/ml, mU/l, pmol/l", "serum insulin", per_unit=Fraction(6, 10**9),
          note="6.00 pmol in a mU, not the 6.945 of older tables"),
    _line("C-peptide", "C peptide", "ng/ml, nmol/l", "cpeptide", "C129H211N35O48"),
    _line("TSH", "Thyrotropin", "mU/l, µU/ml", "tsh, thyrotropin", note="in units of activity alone"),
    _line("thyroxine", "Thyroxine", "µg/dl, nmol/l", "total t4, tt4, thyroxin", "C15H11I4NO4", 0, "T4"),
    _line("free thyroxine", "Thyroxine.free", "ng/dl, pmol/l", "free t4, ft4", "C15H11I4NO4"),
    _line("triiodothyronine", "Triiodothyronine", "ng/dl, nmol/l", "total t3, tt3", "C15H12I3NO4", 0, "T3"),
    _line("cortisol", "Cortisol", "µg/dl, nmol/l", "", "C21H30O5"),
    _line("testosterone", "Testosterone", "ng/dl, nmol/l", "", "C19H28O2"),
    _line("oestradiol", "Estradiol", "pg/ml, pmol/l", "estradiol", "C18H24O2"),
    _line("vitamin D", "Calcidiol", "ng/ml, nmol/l", "25 hydroxyvitamin d, 25ohd, calcidiol, vit d", "C27H44O2",
          note="25-hydroxyvitamin D3, by whose mass laboratories count D2 too"),
    _line("vitamin B12", "Cobalamins", "pg/ml, pmol/l", "cobalamin, vit b12, b12", "C63H88CoN14O14P"),
    _line("folate", "Folate", "ng/ml, nmol/l", "folic acid", "C19H19N7O6"),
    # ---- enzymes
    _line("ALT", "Alanine aminotransferase", "U/l, µkat/l", "alt, sgpt, alat, alanine aminotransferase, alamine "
          "aminotransferase"),
    _line("AST", "Aspartate aminotransferase", "U/l, µkat/l", "ast, sgot, asat, aspartate aminotransferase"),
    _line("ALP", "Alkaline phosphatase", "U/l, µkat/l", "alp, alk phos, alk phosphate, alkaline phos, alkaline "
          "phosphatase, alkaline phosphotase"),
    _line("GGT", "Gamma glutamyl transferase", "U/l, µkat/l", "ggt, gamma gt, gamma glutamyl transferase"),
    _line("creatine kinase", "Creatine kinase", "U/l, µkat/l", "cpk, creatinine phosphokinase, creatine phosphokinase",
          symbols="CK"),
    _line("LDH", "Lactate dehydrogenase", "U/l, µkat/l", "ldh, lactate dehydrogenase"),
    _line("amylase", "Amylase", "U/l, µkat/l"),
    _line("lipase", "Lipase", "U/l, µkat/l"),
    _line("cholinesterase", "Cholinesterase", "kU/l, U/l", "che"),
    # ---- drugs
    _line("paracetamol", "Acetaminophen", "mg/l, µg/ml, µmol/l", "acetaminophen", "C8H9NO2", note=DRUGS),
    _line("theophylline", "Theophylline", "mg/l, µg/ml, µmol/l", "", "C7H8N4O2", note=DRUGS),
    _line("digoxin", "Digoxin", "ng/ml, nmol/l", "", "C41H64O14", note=DRUGS),
    _line("phenytoin", "Phenytoin", "mg/l, µg/ml, µmol/l", "", "C15H12N2O2", note=DRUGS),
    _line("phenobarbital", "Phenobarbital", "mg/l, µg/ml, µmol/l", "phenobarbitone", "C12H12N2O3", note=DRUGS),
    _line("ethanol", "Ethanol", "mg/dl, g/l, mmol/l", "", "C2H6O", note="of blood, in grams by volume"),
    # ---- cells
    _line("platelets", "Platelets", "10^9/l, /µl, K/µl", "plt, platelet, platelet count"),
    _line("leucocytes", "Leukocytes", "10^9/l, /µl, K/µl", "wbc, wbcc, wbc count, white blood cells, "
          "white blood cell count, leukocytes"),
    _line("erythrocytes", "Erythrocytes", "10^12/l, M/µl", "rbc, rbcc, rbc count, red blood cells, red blood "
          "cell count"),
    _line("haematocrit", "Hematocrit", "%, l/l", "hct, pcv, packed cell volume, hematocrit"),
    # ---- blood gases
    _line("pH", "pH", "1", "arterial ph, blood ph", symbols="pH"),
    _line("PaO2", "Oxygen", "mmHg, kPa", "pao2, po2, partial pressure of oxygen"),
    _line("PaCO2", "Carbon dioxide", "mmHg, kPa", "paco2, pco2, partial pressure of carbon dioxide"),
    _line("oxygen saturation", "Oxygen saturation", "%, fraction", "spo2, sao2, o2sat, o2 saturation, oxygen sat"),
    _line("FiO2", "Oxygen/Inspired gas", "%, fraction", "fio2, fraction of inspired oxygen"),
    # ---- body and vital signs
    _line("age", "Age", "years; months, days", "age years, age at diagnosis, age at admission, age at visit"),
    _line("weight", "Body weight", "kg, lb; g", "body weight, wt", note="of the body; sample weights have no unit"),
    _line("height", "Body height", "cm, m, in; ft", "body height, ht, stature"),
    _line("BMI", "Body mass index", "kg/m2", "bmi, body mass index, quetelet"),
    _line("temperature", "Body temperature", "°C, °F; K", "temp, body temp, rectal temperature, tympanic temperature"),
    _line("heart rate", "Heart rate", "1/min", "heartrate, pulse, pulse rate, thalach, thalachh, thalch, max heart "
          "rate, maxhr", symbols="HR"),
    _line("respiratory rate", "Respiratory rate", "1/min", "resp, resp rate, respiration rate", symbols="RR"),
    _line("systolic pressure", "Intravascular systolic", "mmHg; kPa", "sbp, sysbp, ap hi, systolic, systolic bp, "
          "bp systolic, systolic blood pressure, sysabp, nisysabp, trestbps, trtbps, resting bp"),
    _line("diastolic pressure", "Intravascular diastolic", "mmHg; kPa", "dbp, diabp, ap lo, diastolic, diastolic bp, "
          "bp diastolic, diastolic blood pressure, diasabp, nidiasabp"),
    _line("mean pressure", "Intravascular mean", "mmHg; kPa", "nimap, mean arterial pressure, mean blood pressure, mbp",
          symbols="MAP"),
    _line("blood pressure", "Intravascular", "mmHg; kPa", "bp", note="systolic or diastolic: the column does not say"),
    _line("ejection fraction", "Left ventricular Ejection fraction", "%, fraction", "lvef, ef percent"),
    _line("skinfold", "Triceps skinfold", "mm; cm", "skin thickness, triceps, triceps skinfold, skin fold"),
    _line("specific gravity", "Specific gravity", "1", "sg, urine specific gravity"),
    _line("Glasgow coma scale", "Glasgow coma score total", "points", "gcs, gcs total, glasgow coma score"),
)  # fmt: skip
ANALYTES = {line.name: line for line in _TABLE}
