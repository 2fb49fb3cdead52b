"""Reader of WFDB records, the form in which PhysioNet keeps electrocardiograms and other signals.

A record `100` is three files: `100.hea` says what there is, `100.dat` holds the samples, `100.atr` what a cardiologist
wrote to the beats. Only the samples asked for are read.

    format   bytes for samples   sample
    16, 61   2 for 1             two's complement, low byte first; high byte first
    160      2 for 1             less 32768
    24, 32   3 for 1, 4 for 1    two's complement, low byte first
    80       1 for 1             less 128
    212      3 for 2             12 bits each: b₀ + 256·(b₁ mod 16), b₂ + 256·⌊b₁/16⌋
    310, 311 4 for 3             10 bits each

    value = (sample - baseline)/gain       in the units of the signal, mostly mV

The lowest number of a format means that there is no sample; it becomes NaN. An annotation file is read by
`annotations`; `BEATS` are the symbols that stand at a beat, the others mark rhythm, noise and waves.

Trap: a few patients give very many beats. Split by patient, never by beat.

Source: G. B. Moody, WFDB Applications Guide, signal(5), https://physionet.org/physiotools/wag/signal-5.htm;
A. L. Goldberger et al., PhysioBank, PhysioToolkit, and PhysioNet, Circulation 101 (2000) e215-e220.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, SupportsIndex

import numpy as np

from edunet.datasets.files import damaged, find_file
from edunet.datasets.wfdb_annotations import BEATS, SYMBOLS, Annotations, annotations
from edunet.datasets.wfdb_header import WHERE, Header, Signal, find_header, header

__all__ = ["BEATS", "SYMBOLS", "Annotations", "Header", "Record", "Signal", "annotations", "header", "load"]


MAX_BYTES = 2**31  # of the array that is made: a day of three signals at 2,000 samples per second
STEP = 2**18  # samples unpacked at once: eight bytes for each byte meanwhile


@dataclass(frozen=True, eq=False)
class Record:
    """T samples of C signals, or a piece of them."""

    x: np.ndarray = field(repr=False)  # (T,C) float32 in units, NaN where there is no sample; int32 samples as stored
    rate: float  # samples per second
    names: tuple[str, ...]  # of the C signals: leads
    units: tuple[str, ...]  # of the C signals
    start: int  # number of the first sample in the record
    header: Header = field(repr=False)

    def __len__(self) -> int:
        """Give the number of samples of a signal."""
        return len(self.x)


def load(
    path: str | Path,
    *,
    start: SupportsIndex = 0,
    stop: SupportsIndex | None = None,
    physical: bool = True,
    max_bytes: int = MAX_BYTES,
) -> Record:
    """Read the samples start <= t < stop of every signal of a record, and no others.

    When the whole record is read, the sum of every signal is compared with the one in the header, unless that is 0.

    Arguments:
        path: the record, "100", or one of its files.
        start, stop: numbers of samples, from 0; None reads to the end. Seconds times `rate`.
        physical: give values in their units; False gives the samples as they are stored, int32.
        max_bytes: refuse to make an array larger than this, four bytes for each sample of each signal.
    Returns: `Record`.
    Raises: FileNotFoundError if a file is not there; ValueError if one is damaged, shorter than the header says, or of
        a format or kind that is not read here (several segments, several samples per frame); TypeError or ValueError
        for a start or stop outside the record.
    Source: see the top of this module.

        >>> ecg = load("100", stop=3600)                       # doctest: +SKIP
        >>> ecg.x.shape, ecg.names, ecg.rate                   # doctest: +SKIP
        ((3600, 2), ('MLII', 'V5'), 360.0)
        >>> beats = annotations("100")                         # doctest: +SKIP
        >>> beats.sample[:3], beats.symbol[:3]                 # doctest: +SKIP
        (array([ 18,  77, 370]), ('+', 'N', 'N'))
    """
    path = find_header(path)
    about = header(path)
    if not about.signals:
        raise damaged(path.name, "the record has no signals, only annotations. Type annotations(path)")
    groups: dict[str, list[int]] = {}  # file -> its signals, which lie sample by sample in turn
    for k, signal in enumerate(about.signals):
        groups.setdefault(signal.file, []).append(k)
    sources = [Source(path, file, [about.signals[k] for k in group]) for file, group in groups.items()]
    total = about.n_samples or min(source.n_samples for source in sources)
    first, last = _range(path.name, start, stop, total)
    for source in sources:
        source.check(total)
    shape = (last - first, len(about.signals))
    if 4 * shape[0] * shape[1] > max_bytes:
        what = (
            f"{shape[0]:,} samples of {shape[1]:,} signals take {4 * shape[0] * shape[1]:,} bytes, more than the cap of"
        )
        fit = first + max(0, max_bytes // (4 * shape[1]))
        raise damaged(
            path.name, f"{what} {max_bytes:,}. Read a piece: load(path, start={first}, stop={fit}), and so on"
        )
    x = np.empty(shape, np.float32 if physical else np.int32)
    for source, group in zip(sources, groups.values(), strict=True):
        sums = source.read_into(x, group, first, last, physical)
        if last - first == total:
            for k, found in zip(group, sums, strict=True):
                _check_sum(source.path, about.signals[k], found)
    names, units = tuple(s.name for s in about.signals), tuple(s.units for s in about.signals)
    return Record(x, about.rate, names, units, first, about)


def _range(name: str, start: SupportsIndex, stop: SupportsIndex | None, total: int) -> tuple[int, int]:
    for key, value in (("start", start), ("stop", stop)):
        if isinstance(value, bool) or not ((value is None and key == "stop") or hasattr(value, "__index__")):
            what = f"{key} must be a number of samples. Received: {key}={value!r} ({type(value).__name__})"
            raise TypeError(f"{what}. Type int(seconds*rate).")
    first, last = operator.index(start), total if stop is None else operator.index(stop)
    if not 0 <= first <= last <= total:
        raise ValueError(f"{name} has {total:,} samples, from 0. Received: start={first}, stop={last}.")
    return first, last


def _check_sum(path: Path, signal: Signal, found: int) -> None:
    if signal.checksum and (found - signal.checksum) % 65536:  # many programs write 0 and mean: not computed
        raise damaged(
            path.name,
            f"the samples of {signal.name} do not have the sum that the header gives, {signal.checksum}. The file is "
            "damaged, or belongs to another header. Download both again; load(path, stop=...) still reads a piece",
        )


def _values(stored: np.ndarray, signal: Signal) -> np.ndarray:
    value = (stored - float(signal.baseline)) / signal.gain
    value[stored == FORMATS[signal.format].invalid] = np.nan
    with np.errstate(over="ignore"):
        return value.astype(np.float32)


# --- samples in bytes -------------------------------------------------------------------------------------------------


def _signed(bits: int, value: np.ndarray) -> np.ndarray:
    """Read the highest of so many bits as a sign."""
    return ((value + (1 << (bits - 1))) & ((1 << bits) - 1)) - (1 << (bits - 1))


def _212(b: np.ndarray) -> np.ndarray:
    """Take two samples of 12 bits out of three bytes."""
    return _signed(12, np.stack([b[:, 0] | (b[:, 1] & 15) << 8, b[:, 2] | (b[:, 1] >> 4) << 8], -1))


def _310(b: np.ndarray) -> np.ndarray:
    """Take three samples of 10 bits out of four bytes: the third is made of what is left over by the others."""
    low, high = b[:, 0] | b[:, 1] << 8, b[:, 2] | b[:, 3] << 8
    return _signed(10, np.stack([low >> 1 & 1023, high >> 1 & 1023, (low >> 11) | (high >> 11) << 5], -1))


def _311(b: np.ndarray) -> np.ndarray:
    """Take three samples of 10 bits out of four bytes, in a row."""
    word = b[:, 0] | b[:, 1] << 8 | b[:, 2] << 16 | b[:, 3] << 24
    return _signed(10, np.stack([word & 1023, word >> 10 & 1023, word >> 20 & 1023], -1))


@dataclass(frozen=True)
class Format:
    """How samples are packed: so many in so many bytes."""

    samples: int
    bytes: int
    bits: int
    unpack: Callable[[np.ndarray], np.ndarray]  # (G,bytes) int64 -> (G,samples)

    @property
    def invalid(self) -> int:
        """Give the number that means: no sample."""
        return -(1 << (self.bits - 1))


FORMATS = {
    16: Format(1, 2, 16, lambda b: _signed(16, b[:, :1] | b[:, 1:] << 8)),
    24: Format(1, 3, 24, lambda b: _signed(24, b[:, :1] | b[:, 1:2] << 8 | b[:, 2:] << 16)),
    32: Format(1, 4, 32, lambda b: _signed(32, b[:, :1] | b[:, 1:2] << 8 | b[:, 2:3] << 16 | b[:, 3:] << 24)),
    61: Format(1, 2, 16, lambda b: _signed(16, b[:, 1:] | b[:, :1] << 8)),
    80: Format(1, 1, 8, lambda b: b - 128),
    160: Format(1, 2, 16, lambda b: (b[:, :1] | b[:, 1:] << 8) - 32768),
    212: Format(2, 3, 12, _212),
    310: Format(3, 4, 10, _310),
    311: Format(3, 4, 10, _311),
}  # fmt: skip


class Source:
    """One file of samples and the signals that share it."""

    def __init__(self, head: Path, file: str, signals: list[Signal]):
        self.path = find_file(head.with_name(file), (".dat",), f"{head.name} names it. {WHERE}")
        kinds = {(s.format, s.byte_offset) for s in signals}
        if len(kinds) > 1:
            raise damaged(head.name, f"the signals of {file} differ in format or offset: {sorted(kinds)}")
        ((number, self.begin),) = kinds
        if number not in FORMATS:
            known = ", ".join(map(str, FORMATS))
            raise damaged(head.name, f"the samples of {file} are in format {number}; this reader takes {known}")
        self.format, self.count, self.signals = FORMATS[number], len(signals), signals
        size = max(0, self.path.stat().st_size - self.begin)
        full, rest = divmod(size, self.format.bytes)
        part = rest * 8 // self.format.bits if self.format.samples > 1 else 0  # of a group that is cut off
        self.n_samples = (full * self.format.samples + part) // self.count

    def check(self, total: int) -> None:
        """Refuse a file that is shorter than the header says."""
        if self.n_samples < total:
            raise damaged(
                self.path.name,
                f"cut short: {self.n_samples:,} samples of {self.count} signals, the header says {total:,}. "
                "Download it again",
            )

    def read_into(self, x: np.ndarray, group: list[int], first: int, last: int, physical: bool) -> list[int]:
        """Fill the columns `group` of x with samples first <= t < last, block by block; return the sum of each."""
        sums = np.zeros(self.count, np.int64)
        step = max(1, STEP // self.count)
        with self.path.open("rb") as file:
            for begin in range(first, last, step):
                stored = self.read(file, begin, min(begin + step, last))
                sums += stored.sum(0)
                rows = slice(begin - first, begin - first + len(stored))
                for k, column in enumerate(group):
                    x[rows, column] = _values(stored[:, k], self.signals[k]) if physical else stored[:, k]
        return sums.tolist()

    def read(self, file: BinaryIO, first: int, last: int) -> np.ndarray:
        """Read samples first <= t < last: (T,C) int64, from the group of bytes in which they begin."""
        a, b = first * self.count, last * self.count
        group, end = a // self.format.samples, -(-b // self.format.samples)
        file.seek(self.begin + group * self.format.bytes)
        raw = file.read((end - group) * self.format.bytes)
        raw += bytes((end - group) * self.format.bytes - len(raw))  # what is missing of the last group is not asked for
        grouped = np.frombuffer(raw, np.uint8).reshape(-1, self.format.bytes).astype(np.int64)
        skip = a - group * self.format.samples
        return self.format.unpack(grouped).reshape(-1)[skip : skip + b - a].reshape(-1, self.count)
