"""Annotations of a WFDB record, `100.atr`: what was written to which sample, in MIT format.

Each word of two bytes, low byte first, holds a code in its upper 6 bits and a number in its lower 10:

    code 1 .. 49   an annotation, so many samples after the one before
    59 SKIP        the next two words are a longer step, the high word first
    60 NUM, 61 SUB, 62 CHN      number, subtype, channel of the annotation before
    63 AUX         so many bytes of text follow
    0, number 0    the end

Source: G. B. Moody, WFDB Applications Guide, annot(5), https://physionet.org/physiotools/wag/annot-5.htm.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import damaged, find_file
from edunet.datasets.wfdb_header import WHERE

__all__ = ["BEATS", "SYMBOLS", "Annotations", "annotations"]

# code -> symbol; codes that are not here have no meaning of their own
SYMBOLS = dict(
    zip(
        (*range(1, 15), 16, *range(18, 42)),
        (*"NLRaVFJASEj/Q~", "|", *'sT*D"=pB^t+u?![]en@xf()r'),
        strict=True,
    )
)
BEATS = frozenset("NLRaVFJASEj/QBe?nfr")  # what stands at a heart beat
SKIP, NUM, SUB, CHN, AUX = 59, 60, 61, 62, 63
NOTE = 22
MAX_BYTES = 2**28


@dataclass(frozen=True, eq=False)
class Annotations:
    """A annotations, in the order of the file."""

    sample: np.ndarray = field(repr=False)  # (A,) int64, number of the sample in the record, from 0
    symbol: tuple[str, ...] = field(repr=False)  # (A,), "N" a normal beat, "+" a change of rhythm; "[42]" no symbol
    subtype: np.ndarray = field(repr=False)  # (A,) int8
    chan: np.ndarray = field(repr=False)  # (A,) uint8
    num: np.ndarray = field(repr=False)  # (A,) int8
    aux: tuple[str, ...] = field(repr=False)  # (A,), "(N", "" where nothing is written
    rate: float | None = None  # of `sample`, where the file says so; otherwise that of the record

    def __len__(self) -> int:
        """Give the number of annotations."""
        return len(self.sample)


def annotations(path: str | Path, extension: str = "atr") -> Annotations:
    """Read the annotations of a record.

    Arguments: path, the record, "100", or its file, "100.atr"; extension of the annotator: "atr" are those checked by
        cardiologists, others come from programs.
    Raises: FileNotFoundError if there are none; ValueError if the file is cut short or no annotation file.
    Source: see the top of this module.
    """
    path = Path(path).expanduser()
    if path.suffix != f".{extension}":
        base = path.name.removesuffix(".hea").removesuffix(".dat")
        path = path.with_name(f"{base}.{extension}")
    path = find_file(path, (f".{extension}",), WHERE)
    if path.stat().st_size > MAX_BYTES:
        raise damaged(path.name, f"longer than {MAX_BYTES:,} bytes. Is this an annotation file?")
    raw = path.read_bytes()
    rows, definitions = _rows(path.name, raw)
    sample, code, subtype, chan, num, aux = zip(*rows, strict=True) if rows else ((),) * 6
    rate = re.search(r"^## time resolution: ([0-9]{1,9}(?:\.[0-9]{1,9})?)$", "\n".join(definitions), re.MULTILINE)
    symbols = SYMBOLS | _own_symbols(definitions)
    return Annotations(
        sample=np.array(sample, np.int64),
        symbol=tuple(symbols.get(c, f"[{c}]") for c in code),
        subtype=np.array(subtype, np.uint8).view(np.int8),
        chan=np.array(chan, np.uint8),
        num=np.array(num, np.uint8).view(np.int8),
        aux=aux,
        rate=float(rate[1]) if rate and float(rate[1]) > 0 else None,
    )


def _own_symbols(definitions: list[str]) -> dict[int, str]:
    """Read the symbols that a file defines: "42 M my mark" between two notes that begin with ##."""
    found = (re.fullmatch(r"([0-9]{1,2}) (\S{1,20}) .*", text) for text in definitions)
    return {int(match[1]): match[2] for match in found if match}


Row = tuple[int, int, int, int, int, str]  # sample, code, subtype, chan, num, aux


def _rows(name: str, raw: bytes) -> tuple[list[Row], list[str]]:
    """Walk through the words: the annotations, and the notes at sample 0 that define what follows."""
    rows: list[Row] = []
    definitions: list[str] = []
    word = memoryview(raw[: len(raw) // 2 * 2]).cast("B")
    at, sample = 0, 0
    now: list | None = None  # the annotation to which NUM, SUB, CHN, AUX belong

    def close() -> None:
        if now is not None:
            if now[:2] == [0, NOTE]:
                definitions.append(now[5])
            elif now[1]:
                rows.append(tuple(now))

    while True:
        if at + 2 > len(word):
            raise damaged(name, f"cut short after {len(raw):,} bytes: there is no end mark. Download it again")
        code, number = word[at + 1] >> 2, word[at] | (word[at + 1] & 3) << 8
        at += 2
        if code == 0 and number == 0:
            close()
            return rows, definitions
        if code == SKIP:
            if at + 4 > len(word):
                raise damaged(name, f"cut short after {len(raw):,} bytes. Download it again")
            high, low = word[at] | word[at + 1] << 8, word[at + 2] | word[at + 3] << 8
            sample += (high << 16 | low) - (high >> 15 << 32)
            at += 4
        elif code < SKIP:
            close()
            sample += number
            if not 0 <= sample < 2**48:
                raise damaged(name, f"byte {at:,}: an annotation stands at sample {sample:,}. Is this a .atr file?")
            chan, num = (now[3], now[4]) if now else (0, 0)  # they hold until others are given
            now = [sample, code, 0, chan, num, ""]
        elif now is None:
            raise damaged(
                name, "begins with what belongs to an annotation, but there is none yet. Is this a .atr file?"
            )
        elif code == AUX:
            if at + number > len(word):
                raise damaged(name, f"cut short after {len(raw):,} bytes, within a text. Download it again")
            now[5] = bytes(word[at : at + number]).decode("latin-1").rstrip("\0")
            at += number + number % 2
        else:
            now[{SUB: 2, CHN: 3, NUM: 4}[code]] = number & 255
