"""The rows of an intensive care set, file by file: events, descriptors, outcomes, and where one is wrong."""

from __future__ import annotations

import io
import math
import re

import numpy as np

from edunet.datasets.files import damaged, text_lines

__all__ = ["DESCRIPTORS", "HEADER", "OUTCOMES", "UNITS", "Results", "Stays"]

DESCRIPTORS = ("Age", "Gender", "Height", "ICUType", "Weight")
OUTCOMES = ("SAPS-I", "SOFA", "Length_of_stay", "Survival", "In-hospital_death")
UNITS = {
    "Albumin": "g/dL", "ALP": "IU/L", "ALT": "IU/L", "AST": "IU/L", "Bilirubin": "mg/dL", "BUN": "mg/dL",
    "Cholesterol": "mg/dL", "Creatinine": "mg/dL", "DiasABP": "mmHg", "FiO2": "1", "GCS": "points",
    "Glucose": "mg/dL", "HCO3": "mmol/L", "HCT": "%", "HR": "1/min", "K": "mmol/L", "Lactate": "mmol/L",
    "Mg": "mmol/L", "MAP": "mmHg", "MechVent": "0, 1", "Na": "mmol/L", "NIDiasABP": "mmHg", "NIMAP": "mmHg",
    "NISysABP": "mmHg", "PaCO2": "mmHg", "PaO2": "mmHg", "pH": "1", "Platelets": "1/nL", "RespRate": "1/min",
    "SaO2": "%", "SysABP": "mmHg", "Temp": "°C", "TroponinI": "µg/L", "TroponinT": "µg/L", "Urine": "mL",
    "WBC": "1/nL", "Weight": "kg",
}  # fmt: skip
HEADER = "Time,Parameter,Value"
MAX_VARIABLES = 10_000
MAX_TIMES = 100_000  # kept ready
LARGEST = 1e30  # float32 ends at 3e38


def number(text: str, file: str, line: int, column: str) -> float:
    """Read one finite number, or say where it is none."""
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < LARGEST:
        raise damaged(file, f"expected a number. Received: {text!r:.60}", line=line, column=column)
    return value


def whole(text: str, file: str, line: int) -> int:
    """Read a RecordID, or say where it is none."""
    if not re.fullmatch(r"[0-9]{1,15}", text.strip()):
        raise damaged(file, f"a RecordID is a whole number. Received: {text!r:.60}", line=line, column="RecordID")
    return int(text)


class Stays:
    """The stays read so far."""

    def __init__(self) -> None:
        self.events: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}  # id -> minutes, codes, values
        self.codes = {name: code for code, name in enumerate(UNITS)}  # name -> code of a variable, or below 0:
        self.codes |= {"RecordID": -1, "": -2, **{name: -3 - i for i, name in enumerate(DESCRIPTORS[:-1])}}
        self.minutes: dict[str, int] = {}  # "35:19" -> 2119
        self.descriptors: dict[int, dict[str, float]] = {}
        self.conflicts: dict[str, list[int]] = {}
        self.n_unknown = 0

    def read(self, file: str, content: bytes) -> None:
        """Read the file of one stay: all of a column at once, for there are millions of lines."""
        record = int(file.removesuffix(".txt"))
        if record in self.events:
            raise damaged(file, f"RecordID {record} comes twice. Keep one file of it, or load the sets one by one")
        lines, rows = three_cells(file, content)
        times, names, texts = zip(*rows, strict=True) if rows else ((), (), ())
        minutes = [self.minutes.get(t) for t in times]
        codes = [self.codes.get(name) for name in names]
        for i, (minute, code) in enumerate(zip(minutes, codes, strict=True)):
            if minute is None:
                minutes[i] = self.time(times[i], file, lines[i])
            if code is None:
                codes[i] = self.code(names[i].strip(), file, lines[i])
        try:
            value = np.array([float(text) for text in texts])
            sound = "_" not in "".join(texts) and bool((np.abs(value) < LARGEST).all())
        except ValueError:
            sound = False
        if not sound:
            value = np.array([number(text, file, i, "Value") for i, text in zip(lines, texts, strict=True)])
        self.keep(file, record, lines, np.array(minutes, np.int32), np.array(codes, np.int16), value)

    def keep(
        self, file: str, record: int, lines: list[int], minute: np.ndarray, code: np.ndarray, value: np.ndarray
    ) -> None:
        """Tell descriptors from events, and put the events in the order of time."""
        for i in np.flatnonzero((code == -1) & (value != record)):
            what = f"holds RecordID {value[i]:.15g}, its name says {record}. Name the file as its stay"
            raise damaged(file, what, line=lines[i])
        found: dict[str, float] = {}
        for k, name in enumerate(DESCRIPTORS[:-1]):
            given = value[code == -3 - k]
            if len(given):
                found[name] = float(given[0])
            if (given != given[:1]).any():
                self.conflicts.setdefault(name, []).append(record)
        event = code >= 0
        admission = np.flatnonzero((code == self.codes["Weight"]) & (minute == 0))[:1]
        if len(admission):
            found["Weight"] = float(value[admission[0]])
        event[admission] = False
        known = event & (value != -1)
        self.n_unknown += int(event.sum() - known.sum() + (code == -2).sum())
        row = np.flatnonzero(known)
        row = row[np.argsort(minute[row], kind="stable")]  # what comes at the same minute keeps its order
        self.events[record] = minute[row], code[row], value[row].astype(np.float32)
        self.descriptors[record] = found

    def time(self, text: str, file: str, line: int) -> int:
        """Read hours and minutes, 35:19."""
        found = re.fullmatch(r"([0-9]{1,5}):([0-5][0-9])", text.strip())
        if found is None:
            raise damaged(file, f"expected hours:minutes, as 35:19. Received: {text!r:.60}", line=line, column="Time")
        minute = 60 * int(found[1]) + int(found[2])
        if len(self.minutes) < MAX_TIMES:
            self.minutes[text] = minute
        return minute

    def code(self, name: str, file: str, line: int) -> int:
        """Give a number to a variable that the challenge does not have."""
        count = max(self.codes.values()) + 1
        if len(name) > 100 or count == MAX_VARIABLES:
            what = f"a name of {len(name)} letters" if len(name) > 100 else f"more than {MAX_VARIABLES:,} variables"
            raise damaged(file, f"{what}. Is this a file of intensive care events?", line=line, column="Parameter")
        return self.codes.setdefault(name, count)


def three_cells(file: str, content: bytes) -> tuple[list[int], list[list[str]]]:
    """Split a file into its lines' numbers and cells, without the header."""
    try:
        if b"\0" in content:
            raise ValueError
        text = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except ValueError:
        text = list(text_lines(io.BytesIO(content), file))  # says in which line
    if text[0].replace(" ", "").lower() != HEADER.lower():
        raise damaged(file, f"expected {HEADER!r}. Received: {text[0]!r:.60}", line=1)
    lines = [i for i, line in enumerate(text[1:], 2) if line]
    rows = [line.split(",") for line in text[1:] if line]
    for i, row in zip(lines, rows, strict=True):
        if len(row) != 3:
            raise damaged(file, f"expected three cells, {HEADER}. Received: {text[i - 1]!r:.80}", line=i)
    return lines, rows


class Results:
    """The outcomes read so far."""

    def __init__(self) -> None:
        self.columns: dict[str, None] = {}  # in the order met
        self.rows: dict[int, dict[str, float]] = {}

    def read(self, file: str, content: bytes) -> None:
        """Read a file of outcomes."""
        lines = text_lines(io.BytesIO(content), file)
        header = [cell.strip() for cell in next(lines, "").split(",")]
        if "RecordID" not in header or len(set(header)) < len(header) or not 2 <= len(header) <= 100:
            wanted = ",".join(("RecordID", *OUTCOMES))
            raise damaged(file, f"expected {wanted!r}. Received: {','.join(header)!r:.120}", line=1)
        self.columns |= dict.fromkeys(name for name in header if name != "RecordID")
        for i, line in enumerate(lines, 2):
            if not line:
                continue
            cells = dict(zip(header, line.split(","), strict=False))
            if line.count(",") + 1 != len(header):
                raise damaged(file, f"expected {len(header)} cells. Received: {line!r:.80}", line=i)
            record = whole(cells.pop("RecordID"), file, i)
            if record in self.rows:
                raise damaged(file, f"RecordID {record} comes twice", line=i)
            self.rows[record] = {name: number(text, file, i, name) for name, text in cells.items()}
