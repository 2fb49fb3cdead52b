"""Words and numbers that clinic_records is made of: invented names, places and codes. SYNTHETIC.

Surnames are put together from syllables and belong to nobody known to us; towns and streets are invented, with ZIP
codes of the right form and state. Numbers come from ranges that are kept for fiction or never given out:

    telephone, fax    555-0100 .. 555-0199          North American Numbering Plan, for fiction
    e-mail, URL       example.org                   RFC 2606
    IP                192.0.2.0 .. 192.0.2.255      RFC 5737
    SSN               000-..-....                   area 000 was never given out
"""

from __future__ import annotations

import unicodedata

__all__ = [
    "DIAGNOSES", "DOCTORS", "FIRST_NAMES", "SMALL_ZIP3", "STREETS", "SURNAME_ENDS", "SURNAME_STARTS", "TOWNS",
    "plain_letters", "surname",
]  # fmt: skip

FIRST_NAMES = (
    # female
    (
        "Adela", "Amira", "Anneke", "Beatriz", "Chiara", "Daphne", "Elin", "Esperanza", "Farida", "Grace", "Hana",
        "Imogen", "Ines", "Jolanta", "Keiko", "Leonie", "Mei", "Nadia", "Odile", "Priya", "Renée", "Rosa", "Saskia",
        "Thandi", "Ulrike", "Violet", "Wanda", "Xiomara", "Yara", "Zofia",
    ),
    # male
    (
        "Aldo", "Amir", "Anselm", "Bastian", "Caleb", "Dario", "Emeka", "Faisal", "Gustav", "Hiro", "Idris", "Ivo",
        "Jorge", "Kofi", "Lorenz", "Mateo", "Nils", "Oskar", "Pavel", "Quentin", "Rajan", "René", "Silvan", "Tomas",
        "Umberto", "Viktor", "Will", "Xavier", "Yusuf", "Zoltan",
    ),
)  # fmt: skip
SURNAME_STARTS = (
    "Ald", "Bren", "Cas", "Dorv", "Elm", "Fen", "Gar", "Holv", "Ist", "Jor", "Kest", "Lund", "Mar", "Nev", "Ond",
    "Pell", "Quor", "Rast", "Sel", "Torv", "Ulm", "Vand", "Wex", "Yar", "Zeld", "O'Tar", "Núv",
)  # fmt: skip
SURNAME_ENDS = (
    "aker", "anski", "arez", "below", "dacott", "enholt", "eraldi", "gavin", "ibara", "ikova", "inder", "lander",
    "mere", "oyelu", "quist", "rell", "sworth", "tamura", "uddin", "wick",
)  # fmt: skip
DOCTORS = ("Dr. Marrowby", "Dr. Teshfield", "Dr. Ikeduba", "Dr. Solvanni", "Dr. Pranderas", "Dr. Oakshire")
STREETS = (
    "Alder Row", "Brickyard Lane", "Copper Street", "Dovecote Road", "Ember Avenue", "Foxglove Court", "Granary Way",
    "Heron Street", "Ivy Terrace", "Juniper Drive", "Kiln Road", "Larkspur Avenue",
)  # fmt: skip

# town, state, first digits of its ZIP codes, how many it has, area code of its telephones, share of the patients
TOWNS = (
    ("Ferrowick", "OH", "441", 20, "216", 0.28),
    ("Lake Amsel", "MN", "551", 12, "651", 0.2),
    ("Dunmorrow", "PA", "152", 10, "412", 0.16),
    ("Port Velling", "WA", "984", 8, "253", 0.12),
    ("San Tirado", "TX", "782", 8, "210", 0.1),
    ("Kestrel Bay", "FL", "337", 5, "727", 0.07),
    ("Wexcombe", "MA", "014", 3, "978", 0.04),
    ("Upper Tansy", "NH", "036", 1, "603", 0.02),
    ("Cold Antler", "WY", "821", 1, "307", 0.01),
)

# Areas of three digits with 20,000 people or fewer, 2010 census: Safe Harbor wants 000 for them.
SMALL_ZIP3 = (
    "036", "059", "102", "203", "205", "369", "556", "692", "821", "823", "878", "879", "884", "893",
)  # fmt: skip

# ICD-10 code, in words, share, what it adds to the logit of coming back
DIAGNOSES = (
    ("I10", "hypertension", 0.24, -0.4),
    ("E11.9", "type 2 diabetes", 0.2, 0.0),
    ("J18.9", "pneumonia", 0.14, 0.2),
    ("I50.9", "heart failure", 0.12, 1.0),
    ("J44.1", "chronic obstructive pulmonary disease", 0.1, 0.6),
    ("N18.3", "chronic kidney disease", 0.08, 0.5),
    ("G20", "Parkinson's disease", 0.05, 0.1),
    ("K50.9", "Crohn's disease", 0.04, 0.0),
    ("S72.0", "fracture of the femoral neck", 0.03, 0.3),
)


def surname(start: int, end: int) -> str:
    """Put a surname together from two syllables.

    >>> surname(0, 0), surname(25, 18)
    ('Aldaker', "O'Taruddin")
    """
    return SURNAME_STARTS[start] + SURNAME_ENDS[end]


def plain_letters(text: str) -> str:
    """Write text for an address of the net: small letters without accents or signs.

    >>> plain_letters("Renée O'Tarwick")
    'reneeotarwick'
    """
    return "".join(c for c in unicodedata.normalize("NFD", text).lower() if c.isascii() and c.isalnum())
