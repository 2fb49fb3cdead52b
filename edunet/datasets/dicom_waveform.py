"""Waveforms of DICOM files, such as electrocardiograms: mV = (sensitivity * correction * stored + baseline) * unit.

In the retired syntax Explicit VR Big Endian the words of OW data have their large byte first (PS3.5, 6.2); pydicom's
own waveform_array() reads them as if the small one came first.

Source: DICOM PS3.3, C.10.9; https://www.dicomstandard.org/current.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edunet.datasets.dicom_header import get, little, positive, read_header
from edunet.datasets.files import damaged, find_file

__all__ = ["Waveform", "waveform"]

SAMPLES = {("SB", 8): "i1", ("UB", 8): "u1", ("SS", 16): "i2", ("US", 16): "u2", ("SL", 32): "i4", ("UL", 32): "u4"}
MILLIVOLTS = {"uV": 1e-3, "mV": 1.0, "V": 1e3}


@dataclass(frozen=True, eq=False)
class Waveform:
    """A group of channels recorded together."""

    mv: np.ndarray = field(repr=False)  # (T,C) float32, mV; NaN where nothing was recorded
    rate: float  # Hz
    channels: tuple[str, ...]  # "Lead I (Einthoven)", ...
    n_groups: int  # groups of channels in the file


def waveform(path: str | Path, group: int = 0) -> Waveform:
    """Read a group of channels: mV = (sensitivity * correction * stored + baseline) * unit.

    Arguments: path; group, from 0 (an ECG often holds the whole recording, then the median beat).
    Returns: `Waveform` with mv (T,C) float32, rate in Hz, channels.
    Raises: ImportError without pydicom; FileNotFoundError; ValueError if it holds no sound waveform in uV, mV or V.

        >>> ecg = waveform("waveform_ecg.dcm")                          # doctest: +SKIP
        >>> ecg.mv.shape, ecg.rate, ecg.channels[1]                     # doctest: +SKIP
        ((10000, 12), 1000.0, 'Lead II')

    """
    path = find_file(path, (".dcm",), "Give the path of a DICOM file.")
    header = read_header(path, ["WaveformSequence"])
    groups = get(path, header, "WaveformSequence", list)
    if isinstance(group, bool) or not isinstance(group, int) or not 0 <= group < len(groups):
        raise ValueError(f"{path.name} has {len(groups)} group(s) of channels. Received: group={group!r:.20}.")
    item = groups[group]
    t, c = get(path, item, "NumberOfWaveformSamples", int), get(path, item, "NumberOfWaveformChannels", int)
    bits, kind = get(path, item, "WaveformBitsAllocated", int), get(path, item, "WaveformSampleInterpretation", str)
    if (kind, bits) not in SAMPLES:
        raise damaged(path.name, f"WaveformSampleInterpretation must be one of {', '.join(k for k, _ in SAMPLES)}.")
    rate = positive(path, "SamplingFrequency", get(path, item, "SamplingFrequency", float))
    raw, definitions = get(path, item, "WaveformData", bytes), get(path, item, "ChannelDefinitionSequence", list)
    dtype = np.dtype(SAMPLES[kind, bits]).newbyteorder("<")
    if not little(path, header):
        if bits == 32:
            what = "32-bit samples with the large byte first: the standard and programs disagree on their order."
            raise damaged(path.name, f"{what} Save it as Explicit VR Little Endian.")
        raw = in_little_endian(item, "WaveformData", raw)
    need = t * c * dtype.itemsize
    if t < 1 or c < 1 or len(raw) not in (need, need + need % 2):
        raise damaged(path.name, f"{t:,} samples of {c:,} channels take {need:,} bytes, WaveformData has {len(raw):,}.")
    if len(definitions) != c:
        raise damaged(path.name, f"ChannelDefinitionSequence has {len(definitions):,} items for {c:,} channels.")
    stored = np.frombuffer(raw, dtype, t * c).reshape(t, c)
    scale, shift, names = zip(*(channel(path, d, k) for k, d in enumerate(definitions)), strict=True)
    mv = (stored * np.array(scale) + np.array(shift)).astype(np.float32)
    padding = get(path, item, "WaveformPaddingValue", bytes, b"")
    if padding and not little(path, header):
        padding = in_little_endian(item, "WaveformPaddingValue", padding)
    if len(padding) >= dtype.itemsize:
        mv[stored == np.frombuffer(padding, dtype, 1)[0]] = np.nan
    return Waveform(mv, rate, names, len(groups))


def in_little_endian(item, tag: str, raw: bytes) -> bytes:
    """Turn the bytes of every 16-bit word of big endian data; data of single bytes (VR OB) have no order."""
    if item[tag].VR != "OW":
        return raw
    return np.frombuffer(raw + bytes(len(raw) % 2), ">u2").astype("<u2").tobytes()


def channel(path: Path, item, k: int) -> tuple[float, float, str]:
    """Return mV per step, mV at stored 0, and the name of a channel."""
    sensitivity = get(path, item, "ChannelSensitivity", float)
    units = get(path, item, "ChannelSensitivityUnitsSequence", list)
    unit = get(path, units[0], "CodeValue", str) if units else ""
    if unit not in MILLIVOLTS:
        raise damaged(path.name, "ChannelSensitivityUnitsSequence must say uV, mV or V.", column=k + 1)
    step = sensitivity * get(path, item, "ChannelSensitivityCorrectionFactor", float, 1.0)
    shift = get(path, item, "ChannelBaseline", float, 0.0)
    if max(abs(step), abs(shift)) > 1e9:
        raise damaged(path.name, "ChannelSensitivity or ChannelBaseline is beyond 1e9: no voltage.", column=k + 1)
    sources: list[Any] = get(path, item, "ChannelSourceSequence", list, [])
    name = get(path, sources[0], "CodeMeaning", str, "") if sources else ""
    name = name or get(path, item, "ChannelLabel", str, "") or f"channel {k + 1}"
    return step * MILLIVOLTS[unit], shift * MILLIVOLTS[unit], name[:64]
