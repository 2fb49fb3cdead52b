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

from edunet.datasets.files import damaged, find_file, to_path
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
MAX_BYTES = 2**23  # four million annotations: a day of beats takes some hundred thousand bytes


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
    path = to_path(path)
    if path.suffix != f".{extension}":
        base = path.name.removesuffix(".hea").removesuffix(".dat")
        path = path.with_name(f"{base}.{extension}")
    path = find_file(path, (f".{extension}",), WHERE)
    if path.stat().st_size > MAX_BYTES:
        raise damaged(path.name, f"longer than {MAX_BYTES:,} bytes. Is this an annotation file?")
    raw = path.read_bytes()
    sample, code, subtype, chan, num, aux = _rows(path.name, raw)
    about = (code == NOTE) & (sample == 0)  # notes at sample 0 define what follows
    definitions = [aux[k] for k in np.flatnonzero(about)]
    keep = np.flatnonzero((code > 0) & ~about)
    rate = re.search(r"^## time resolution: ([0-9]{1,9}(?:\.[0-9]{1,9})?)$", "\n".join(definitions), re.MULTILINE)
    named = {c: f"[{c}]" for c in range(SKIP)} | SYMBOLS | _own_symbols(definitions)
    return Annotations(
        sample=sample[keep],
        symbol=tuple(named[c] for c in code[keep].tolist()),
        subtype=subtype[keep].astype(np.uint8).view(np.int8),
        chan=chan[keep].astype(np.uint8),
        num=num[keep].astype(np.uint8).view(np.int8),
        aux=tuple(aux[k] for k in keep.tolist()),
        rate=float(rate[1]) if rate and float(rate[1]) > 0 else None,
    )


def _own_symbols(definitions: list[str]) -> dict[int, str]:
    """Read the symbols that a file defines: "42 M my mark" between two notes that begin with ##."""
    found = (re.fullmatch(r"([0-9]{1,2}) (\S{1,20}) .*", text) for text in definitions)
    return {int(match[1]): match[2] for match in found if match}


def _rows(name: str, raw: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Return sample, code, subtype, chan, num (A,) and aux of every annotation before the end mark."""
    word = np.frombuffer(raw, "<u2", len(raw) // 2)
    code, number = word >> 10, word & 1023
    own, cut = _own_words(code, number)
    ends = np.flatnonzero(own & (word == 0))
    end = int(ends[0]) if len(ends) else len(word)
    code, number, own = code[:end], number[:end], own[:end]
    at = np.flatnonzero(own & (code < SKIP))  # the words of annotations
    said = np.flatnonzero(own & (code > SKIP))  # what belongs to the annotation before
    if len(said) and (not len(at) or said[0] < at[0]):
        raise damaged(name, "begins with what belongs to an annotation, but there is none yet. Is this a .atr file?")
    step = np.where(own & (code < SKIP), number, 0).astype(np.int64)
    skip = np.flatnonzero(own & (code == SKIP))
    skip = skip[skip + 2 < len(word)]
    high, low = word[skip + 1].astype(np.int64), word[skip + 2].astype(np.int64)
    step[skip] = (high << 16 | low) - (high >> 15 << 32)
    sample = np.cumsum(step)[at]
    wrong = np.flatnonzero((sample < 0) | (sample >= 2**48))
    if len(wrong):
        what = (
            f"byte {2 * at[wrong[0]] + 2:,}: an annotation stands at sample {sample[wrong[0]]:,}. Is this a .atr file?"
        )
        raise damaged(name, what)
    if not len(ends):
        raise damaged(name, f"cut short after {len(raw):,} bytes{cut}. Download it again")
    following = np.append(at, end)[1:]  # the next annotation

    def last(kind: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the last word of a kind before the next annotation: its place, and its number."""
        places = np.append(-1, said[code[said] == kind])
        place = places[np.searchsorted(places, following) - 1]
        return place, np.where(place < 0, 0, number[place] & 255)

    (place, subtype), (text, _) = last(SUB), last(AUX)
    aux = [""] * len(at)
    for k in np.flatnonzero(text > at).tolist():
        begin = 2 * int(text[k]) + 2
        aux[k] = raw[begin : begin + int(number[text[k]])].decode("latin-1").rstrip("\0")
    subtype = np.where(place > at, subtype, 0)  # channel and number hold until others are given
    return sample, code[at], subtype, last(CHN)[1], last(NUM)[1], aux


def _own_words(code: np.ndarray, number: np.ndarray) -> tuple[np.ndarray, str]:
    """Tell which words are not the step of a SKIP or the text of an AUX before them, and how the file is cut short."""
    own, at = np.ones(len(code), bool), 0
    place = np.flatnonzero((code == SKIP) | (code == AUX))
    step = np.where(code[place] == SKIP, 2, (number[place] + 1) // 2)
    for i, words in zip(place.tolist(), step.tolist(), strict=True):
        if i < at:
            continue  # within a text
        at = i + 1 + words
        if words:
            own[i + 1 : at] = False
        if at > len(code):
            return own, ", within a step" if code[i] == SKIP else ", within a text"
    return own, ": there is no end mark"
