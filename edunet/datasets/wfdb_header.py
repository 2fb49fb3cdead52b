"""The header of a WFDB record, `100.hea`: which signals there are, where their samples lie and what they mean.

    100 2 360 650000                                record, number of signals, samples per second, samples
    100.dat 212 200 11 1024 995 -22131 0 MLII       file, format, gain, resolution, zero, first sample, sum, block, name
    # 69 M 1085 1629 x1                             comment

Source: G. B. Moody, WFDB Applications Guide, header(5), https://physionet.org/physiotools/wag/header-5.htm.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from edunet.datasets.files import damaged, find_file, text_lines, to_path

__all__ = ["Header", "Signal", "find_header", "header"]

WHERE = "Download the record (.hea, .dat, .atr) from https://physionet.org first."
MAX_HEADER = 2**20  # bytes
MAX_SIGNALS = 4096
RATE, GAIN = 250.0, 200.0  # what WFDB takes where a header says nothing
NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?"


@dataclass(frozen=True)
class Signal:
    """One signal: value = (sample - baseline)/gain, in units."""

    name: str
    file: str
    format: int
    byte_offset: int  # of the first sample in the file
    gain: float  # per unit
    baseline: int
    units: str
    resolution: int  # bits of the converter
    zero: int  # of the converter
    initial: int  # first sample
    checksum: int | None  # sum of all samples, modulo 65536; 0 often means that nobody computed it


@dataclass(frozen=True)
class Header:
    """What a header says."""

    name: str
    rate: float  # samples per second and signal
    n_samples: int | None  # of each signal; None: not said
    base_time: str  # "" where not said
    base_date: str
    signals: tuple[Signal, ...] = field(repr=False)
    comments: tuple[str, ...] = field(repr=False)  # they may tell age, sex, diagnoses
    counter_rate: float | None = None  # ticks of the recorder's counter per second
    counter_base: float = 0.0  # its value at sample 0


def find_header(path: str | Path) -> Path:
    """Return the .hea file of a record: of "100", "100.hea", or "100.dat"."""
    path = to_path(path)
    if path.suffix.lower() != ".hea":
        named = to_path(path.with_name(path.name + ".hea"))
        path = named if named.is_file() or not path.suffix else path.with_suffix(".hea")
    return find_file(path, (".hea",), WHERE)


def header(path: str | Path) -> Header:
    """Read the header of a record.

    Arguments: path of the record, with or without ".hea".
    Raises: FileNotFoundError if there is none; ValueError, with the line, for what no WFDB header holds.
    Source: see the top of this module.
    """
    path = find_header(path)
    with path.open("rb") as file:
        content = file.read(MAX_HEADER + 1)
    if len(content) > MAX_HEADER:
        raise damaged(path.name, f"longer than {MAX_HEADER:,} bytes. Is this the header of a record?")
    try:
        content.decode()
    except UnicodeDecodeError:  # older records: comments and units (µV) in Latin-1
        content = content.decode("latin-1").encode()
    lines = [(i, line.strip()) for i, line in enumerate(text_lines(io.BytesIO(content), path.name), 1)]
    comments = tuple(line[1:].strip() for _, line in lines if line.startswith("#"))
    rows = [(i, line) for i, line in lines if line and not line.startswith("#")]
    if not rows:
        raise damaged(path.name, "holds no line with the name of a record")
    said = _record_line(path.name, *rows[0])
    count = int(said.pop("n_signals"))
    if count > MAX_SIGNALS or len(rows) - 1 != count:
        what = f"says {count:,} signals, but {len(rows) - 1:,} lines of signals follow"
        raise damaged(path.name, f"{what}; {MAX_SIGNALS:,} signals are the most", line=rows[0][0])
    signals = tuple(_signal_line(path.name, i, line, k) for k, (i, line) in enumerate(rows[1:]))
    return Header(signals=signals, comments=comments, **said)


def _record_line(file: str, line: int, text: str) -> dict:
    """Take `name signals rate/counter(base) samples time date` apart."""
    cells = text.split()
    name, _, segments = cells[0].partition("/")
    if segments:
        raise damaged(
            file,
            f"{name} consists of {segments:.20} segments, each a record of its own. Load them one by one; the lines "
            "below name them",
            line=line,
        )
    if len(cells) < 2 or not re.fullmatch(r"[0-9]{1,9}", cells[1]):
        raise damaged(file, f"expected name, number of signals, rate, samples. Received: {text!r:.80}", line=line)
    rate = re.fullmatch(rf"({NUMBER})(?:/({NUMBER})(?:\(({NUMBER})\))?)?", cells[2] if len(cells) > 2 else f"{RATE}")
    if rate is None or not 0 < float(rate[1]) < 1e9:
        raise damaged(file, f"expected samples per second, above 0. Received: {cells[2]!r:.40}", line=line, column=3)
    samples = cells[3] if len(cells) > 3 else "0"
    if not re.fullmatch(r"[0-9]{1,15}", samples):
        raise damaged(file, f"expected a number of samples. Received: {samples!r:.40}", line=line, column=4)
    return {
        "name": name,
        "n_signals": cells[1],
        "rate": float(rate[1]),
        "n_samples": int(samples) or None,
        "base_time": cells[4] if len(cells) > 4 else "",
        "base_date": cells[5] if len(cells) > 5 else "",
        "counter_rate": float(rate[2]) if rate[2] else None,
        "counter_base": float(rate[3] or 0),
    }


def _signal_line(file: str, line: int, text: str, k: int) -> Signal:
    """Take `file format gain(baseline)/units resolution zero initial checksum block name` apart."""
    cells = text.split(None, 8)
    if len(cells) < 2:
        raise damaged(file, f"expected file and format of a signal. Received: {text!r:.80}", line=line)
    data = cells[0]
    if data == "~" or "/" in data or "\\" in data or data in (".", ".."):
        raise damaged(file, f"expected a file beside the header. Received: {data!r:.80}", line=line, column=1)
    form = re.fullmatch(r"([0-9]{1,4})(?:x([0-9]{1,6}))?(?::([0-9]{1,9}))?(?:\+([0-9]{1,12}))?", cells[1])
    if form is None:
        raise damaged(file, f"expected a format, as 212. Received: {cells[1]!r:.40}", line=line, column=2)
    if int(form[2] or 1) != 1 or int(form[3] or 0):
        what = "several samples per frame" if int(form[2] or 1) != 1 else "a skew between the signals"
        raise damaged(file, f"{cells[1]!r} means {what}, which is not read here", line=line, column=2)
    gain = re.fullmatch(
        rf"({NUMBER})(?:\(([-+]?[0-9]{{1,10}})(?:\.0*)?\))?(?:/(\S{{1,40}}))?", cells[2] if len(cells) > 2 else "0"
    )
    if gain is None:
        raise damaged(file, f"expected gain(baseline)/units. Received: {cells[2]!r:.60}", line=line, column=3)
    numbers: list[int | None] = [None] * 5  # resolution, zero, initial, checksum, block
    for i, cell in enumerate(cells[3:8]):
        if not re.fullmatch(r"-?[0-9]{1,10}", cell):
            raise damaged(file, f"expected a whole number. Received: {cell!r:.40}", line=line, column=4 + i)
        numbers[i] = int(cell)
    resolution, zero, initial, checksum, _ = numbers
    zero = zero or 0
    return Signal(
        name=cells[8].strip() if len(cells) > 8 else f"signal {k}",
        file=data,
        format=int(form[1]),
        byte_offset=int(form[4] or 0),
        gain=float(gain[1]) or GAIN,
        baseline=zero if gain[2] is None else int(gain[2]),
        units=gain[3] or "mV",
        resolution=resolution or 0,
        zero=zero,
        initial=zero if initial is None else initial,
        checksum=checksum,
    )
