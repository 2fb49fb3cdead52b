"""Reader of DICOM images and waveforms: the numbers, their units, and nothing about the person.

    grey images    value = slope * stored + intercept         Hounsfield units (HU) for CT
    waveforms      mV = (sensitivity * correction * stored + baseline) * unit, see dicom_waveform

Headers carry identities: name, number and birth date of the patient, of physicians and hospitals, often also burnt into
the pixels of ultrasound and scanned films. This reader asks the file only for the tags listed here; no name, number or
date is kept, printed or put into an error. The file itself still holds them: do not pass it on, and mind its name.

pydicom reads the format: pip install "edunet-med[dicom]". Its own messages may quote the header, so they are replaced
by ours; its warnings concern details of the encoding, and what matters of them is checked here.

Source: DICOM PS3.3, C.7.6.3 (pixels), C.11.1 (rescaling), C.10.9 (waveforms); https://www.dicomstandard.org/current.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edunet.datasets.dicom_header import MAX_BYTES, get, numbers, positive, quietly, read_header, what_it_is
from edunet.datasets.dicom_waveform import Waveform, waveform
from edunet.datasets.files import damaged, find_file, find_folder

__all__ = ["Image", "Waveform", "load", "load_series", "waveform"]

MAX_RATIO = 1000  # compressed pixels unfold to no more than this many times their length
# fmt: off
IMAGE_TAGS = [
    "Modality", "Laterality", "ImageLaterality", "SeriesInstanceUID", "ImagePositionPatient",
    "ImageOrientationPatient", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
    "NumberOfFrames", "Rows", "Columns", "PixelSpacing", "ImagerPixelSpacing", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "RescaleIntercept", "RescaleSlope", "RescaleType",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "ModalityLUTSequence",
    "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "PixelData",
]
# fmt: on
GREY, COLOUR = ("MONOCHROME1", "MONOCHROME2"), ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT")


@dataclass(frozen=True, eq=False)
class Image:
    """Pixels and what is needed to understand them."""

    pixels: np.ndarray = field(repr=False)  # (H,W), (F,H,W), (H,W,3) or (F,H,W,3); larger is brighter
    spacing: tuple[float, ...] | None  # mm: (down, across), of a series (between slices, down, across); None: not told
    modality: str  # "CT", "MR", "CR", ...
    laterality: str  # "R", "L", "B" both, "U" unpaired, "" not told
    unit: str  # "HU" for CT; "" where the numbers have none


def load(path: str | Path) -> Image:
    """Read a DICOM image, of one frame or many: value = slope * stored + intercept.

    MONOCHROME1, where small numbers are bright, is turned round and loses its unit. Values that mark the outside of a
    scanner's circle stay as they are (in CT often far below -1000 HU).

    Arguments: path of the file, which may have any ending.
    Returns: `Image` with pixels (H,W), (F,H,W) for F frames, (H,W,3) or (F,H,W,3) for colour; float32, or float64 where
        pixels of 32 bits would not fit into it.
    Raises: ImportError without pydicom; FileNotFoundError; ValueError if it is no sound DICOM image.

        >>> ct = load("CT_small.dcm")                                   # doctest: +SKIP
        >>> ct.pixels.shape, ct.unit, ct.spacing                        # doctest: +SKIP
        ((128, 128), 'HU', (0.661468, 0.661468))

    """
    path = find_file(path, (".dcm",), "Give the path of a DICOM file.")
    return read_image(path, read_header(path, IMAGE_TAGS))


def load_series(folder: str | Path) -> Image:
    """Read the slices of one series, a file each, sorted by where they lie: along the normal of the slices.

    Arguments: folder; files in it that are not DICOM are passed over.
    Returns: `Image` with pixels (F,H,W) and spacing (between slices, down, across) in mm.
    Raises: as `load`; ValueError also for slices that do not fit together, lie at one place, or if one is missing.
    """
    folder = find_folder(folder, "Give the folder that holds the slices.")
    files = [p for p in sorted(folder.iterdir()) if p.is_file() and p.name != "DICOMDIR" and what_it_is(p) is None]
    if len(files) < 2:
        raise ValueError(f"{folder} holds {len(files)} DICOM file(s), expected two slices or more. For one, load().")
    slices, used, first = [], 0, None
    for path in files:
        header = read_header(path, IMAGE_TAGS)
        image = read_image(path, header)
        place, turn = (
            numbers(path, header, "ImagePositionPatient", 3),
            numbers(path, header, "ImageOrientationPatient", 6),
        )
        series = get(path, header, "SeriesInstanceUID", str, "")
        same = (image.pixels.shape, image.spacing, image.modality, image.unit, series, tuple(np.round(turn, 3)))
        first = first or same
        if image.pixels.ndim != 2 or same != first:
            what = "is no slice (H,W) of the same series, size, spacing, unit and orientation as"
            raise damaged(path.name, f"{what} {files[0].name}. Keep one series in a folder.")
        used += image.pixels.nbytes
        if used > MAX_BYTES:
            raise damaged(path.name, f"the slices up to here take more than {MAX_BYTES:,} bytes. Read fewer at a time.")
        slices.append((float(np.dot(place, np.cross(turn[:3], turn[3:]))), path.name, image))
    slices.sort(key=lambda item: item[0])
    gaps = np.diff([item[0] for item in slices])
    for gap, (_, name, _) in zip(gaps, slices[1:], strict=True):
        if gap < 1e-3 or abs(gap - np.median(gaps)) > 0.1 * np.median(gaps):
            what = f"lies {gap:.4g} mm after its neighbour, others {np.median(gaps):.4g} mm. Is one missing or doubled?"
            raise damaged(name, what)
    image = slices[0][2]
    spacing = (float(np.median(gaps)), *image.spacing) if image.spacing else None
    pixels = np.stack([item[2].pixels for item in slices])
    return Image(pixels, spacing, image.modality, image.laterality, image.unit)


# --- pixels -----------------------------------------------------------------------------------------------------------


def read_image(path: Path, header) -> Image:
    """Decode the pixels of a header that is read, and give them their units."""
    photometric = get(path, header, "PhotometricInterpretation", str)
    if photometric not in GREY + COLOUR:
        raise damaged(path.name, f"PhotometricInterpretation must be one of {', '.join(GREY + COLOUR)}.")
    frames = check_size(path, header, photometric)
    from pydicom.pixels import pixel_array

    stored = quietly(path, "PixelData cannot be decoded", pixel_array, header)
    modality = get(path, header, "Modality", str)
    if not re.fullmatch(r"[A-Z0-9_ ]{1,16}", modality):
        raise damaged(path.name, "Modality must be a code such as CT, MR, CR.")
    side = get(path, header, "ImageLaterality", str, "") or get(path, header, "Laterality", str, "")
    pixels: np.ndarray = stored.astype(number(get(path, header, "BitsAllocated", int)))
    unit = ""
    if (
        photometric == "MONOCHROME1"
    ):  # stored numbers run from 0 to 2^bits - 1, or from -2^(bits - 1) to 2^(bits - 1) - 1
        signed = get(path, header, "PixelRepresentation", int)
        pixels = (-1 if signed else 2 ** get(path, header, "BitsStored", int) - 1) - pixels
    if photometric in GREY:
        pixels, unit = rescale(path, header, pixels, frames, modality)
        unit = unit if photometric == "MONOCHROME2" else ""
    return Image(pixels, spacing(path, header), modality, side if side in ("R", "L", "U", "B") else "", unit)


def number(bits: int) -> type:
    """Return the type that holds whole numbers of so many bits exactly: float32 has 24."""
    return np.float64 if bits > 24 else np.float32


def check_size(path: Path, header, photometric: str) -> int:
    """Compare what the header says of the size with the pixels that are there; return the number of frames."""
    rows, columns = get(path, header, "Rows", int), get(path, header, "Columns", int)
    frames, samples = get(path, header, "NumberOfFrames", int, 1), get(path, header, "SamplesPerPixel", int)
    bits, there = get(path, header, "BitsAllocated", int), len(get(path, header, "PixelData", bytes))
    if min(rows, columns, frames) < 1 or samples != (1 if photometric in GREY else 3) or bits not in (1, 8, 16, 32):
        what = (
            f"Rows {rows}, Columns {columns}, NumberOfFrames {frames}, SamplesPerPixel {samples}, BitsAllocated {bits}"
        )
        raise damaged(path.name, f"{what} do not describe an image.")
    count = rows * columns * frames * samples
    need = (count * bits + 7) // 8
    size = f"Rows {rows:,} x Columns {columns:,} x NumberOfFrames {frames:,}, SamplesPerPixel {samples}"
    memory = count * np.dtype(number(bits)).itemsize
    if memory > MAX_BYTES:
        raise damaged(path.name, f"{size} would take {memory:,} bytes; at most {MAX_BYTES:,} are read at once.")
    syntax = quietly(path, "TransferSyntaxUID is unknown", lambda: header.file_meta.TransferSyntaxUID)
    if quietly(path, "TransferSyntaxUID is unknown", lambda: syntax.is_compressed):
        check_decoder(path, syntax)
        if need > MAX_RATIO * there or frames > there:
            raise damaged(path.name, f"{size} cannot be in {there:,} bytes of compressed PixelData.")
        return frames
    need = need * 2 // 3 if photometric == "YBR_FULL_422" else need
    if there not in (need, need + need % 2):
        raise damaged(path.name, f"{size} take {need:,} bytes at {bits} bits, PixelData has {there:,}.")
    return frames


def check_decoder(path: Path, syntax) -> None:
    """Refuse compressed pixels for which no decoder is installed."""
    from pydicom.pixels import get_decoder

    decoder = quietly(path, "TransferSyntaxUID: no decoder is known for this compression", get_decoder, syntax)
    if not decoder.is_available:
        what = f"its pixels are compressed ({syntax.name}), and no decoder is installed. Type: pip install"
        raise damaged(path.name, f"{what} pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg")


def groups_of(path: Path, header, sequence: str, frame: int):
    """Return what holds the tags of a frame: its own item of an enhanced image, the shared one, or the header."""
    own: list[Any] = get(path, header, "PerFrameFunctionalGroupsSequence", list, [])
    for item in own[frame : frame + 1] + get(path, header, "SharedFunctionalGroupsSequence", list, [])[:1]:
        found: list[Any] = get(path, item, sequence, list, [])
        if found:
            return found[0]
    return header


def rescale(path: Path, header, pixels: np.ndarray, frames: int, modality: str) -> tuple[np.ndarray, str]:
    """Apply slope and intercept to every frame; return the unit too."""
    if get(path, header, "ModalityLUTSequence", list, []):
        raise damaged(path.name, "ModalityLUTSequence: values by table are not read, only RescaleSlope.")
    unit, flat = "", pixels.reshape(frames, -1)
    for frame in range(frames):
        item = groups_of(path, header, "PixelValueTransformationSequence", frame)
        told = modality == "CT" or any(tag in item for tag in ("RescaleSlope", "RescaleIntercept"))
        slope = get(path, item, "RescaleSlope", float, None if told else 1.0)
        intercept = get(path, item, "RescaleIntercept", float, None if told else 0.0)
        if not 0 < abs(slope) < 1e9 or abs(intercept) > 1e12:
            raise damaged(path.name, f"RescaleSlope {slope:g}, RescaleIntercept {intercept:g}: no sound scale.")
        flat[frame] = flat[frame] * slope + intercept
        unit = get(path, item, "RescaleType", str, "HU" if modality == "CT" else "")
    return pixels, unit if unit != "US" and re.fullmatch(r"[A-Za-z0-9_/%]{1,16}", unit) else ""


def spacing(path: Path, header) -> tuple[float, float] | None:
    """Return the distance of pixels, (down, across) in mm, or None where the file does not tell it."""
    for item in (groups_of(path, header, "PixelMeasuresSequence", 0), header):
        for tag in ("PixelSpacing", "ImagerPixelSpacing"):  # in the patient; at the detector
            if get(path, item, tag, list, []):
                down, across = numbers(path, item, tag, 2)
                return positive(path, tag, down), positive(path, tag, across)
    return None
