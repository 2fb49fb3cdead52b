"""dicom: three real files, files made by hand, damaged ones, and no word about the patient."""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import dicom

pydicom = pytest.importorskip("pydicom", reason="DICOM files are read by pydicom, which is not installed")
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset  # noqa: E402
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, JPEGLSLossless, generate_uid  # noqa: E402

REAL = Path(__file__).parents[2].parent / "shared/data/dicom"
real = pytest.mark.skipif(not REAL.exists(), reason="the folder of real DICOM files is not there")
NAME, NUMBER, BORN = "Doe^Jane", "ID-4711", "19700101"


def header(stored, **tags):
    """An image that holds `stored`, (H,W), (F,H,W) or (H,W,3), of a patient with a name; None leaves a tag out."""
    data = Dataset()
    data.PatientName, data.PatientID, data.PatientBirthDate = NAME, NUMBER, BORN
    data.SeriesInstanceUID, data.Modality = "1.2.3", "CT"
    colour = stored.ndim == 3 and stored.shape[2] == 3
    if stored.ndim == 3 and not colour:
        data.NumberOfFrames = len(stored)
    data.Rows, data.Columns = stored.shape[:2] if colour else stored.shape[-2:]
    data.SamplesPerPixel, data.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    data.PlanarConfiguration = 0
    data.BitsAllocated = data.BitsStored = 8 * stored.itemsize
    data.HighBit, data.PixelRepresentation = data.BitsStored - 1, int(stored.dtype.kind == "i")
    data.PixelSpacing, data.RescaleSlope, data.RescaleIntercept = [0.5, 0.25], 2, -1000
    data.PixelData = stored.tobytes()
    data["PixelData"].VR = "OW"
    for tag, value in tags.items():
        if value is None:
            delattr(data, tag)
        else:
            setattr(data, tag, value)
    return data


def save(path, data, syntax=ExplicitVRLittleEndian):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = syntax, "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["a"])
    order = {"is_little_endian": syntax.is_little_endian, "is_implicit_VR": False}
    file = FileDataset(str(path), data, file_meta=meta, preamble=b"\0" * 128, **order)
    file.save_as(path, enforce_file_format=True)
    return path


STORED = np.arange(12, dtype=np.int16).reshape(3, 4)


# --- what it reads ----------------------------------------------------------------------------------------------------


@real
def test_a_real_ct_is_in_hounsfield_units():
    ct = dicom.load(REAL / "CT_small.dcm")
    assert (ct.pixels.shape, ct.pixels.dtype, ct.unit, ct.modality) == ((128, 128), np.float32, "HU", "CT")
    assert -1100 < ct.pixels.min() < -800  # air
    assert 900 < ct.pixels.max() < 3000  # bone
    assert ct.spacing == pytest.approx((0.661468, 0.661468))
    assert "CompressedSamples" not in repr(ct)


@real
def test_a_real_mr_has_no_unit():
    mr = dicom.load(REAL / "MR_small.dcm")
    assert (mr.pixels.shape, mr.modality, mr.unit, mr.spacing) == ((64, 64), "MR", "", (0.3125, 0.3125))


@real
def test_a_real_ecg_has_twelve_leads_in_millivolts():
    ecg = dicom.waveform(REAL / "waveform_ecg.dcm")
    assert (ecg.mv.shape, ecg.rate, len(ecg.channels), ecg.n_groups) == ((10000, 12), 1000.0, 12, 2)
    assert ecg.channels[:2] == ("Lead I (Einthoven)", "Lead II")
    assert 0.5 < np.abs(ecg.mv).max() < 5
    one, two, three = ecg.mv.T[:3]
    np.testing.assert_allclose(three, two - one, atol=0.01)  # Einthoven
    assert dicom.waveform(REAL / "waveform_ecg.dcm", 1).mv.shape == (1200, 12)


def test_slope_and_intercept(tmp_path):
    image = dicom.load(save(tmp_path / "a.dcm", header(STORED, Laterality="L")))
    np.testing.assert_array_equal(image.pixels, 2.0 * STORED - 1000)
    assert (image.spacing, image.laterality, image.unit) == ((0.5, 0.25), "L", "HU")


@pytest.mark.parametrize(("dtype", "ends"), [("u1", 255), ("i2", -1)])
def test_monochrome1_is_turned_round(tmp_path, dtype, ends):
    stored = STORED.astype(dtype)
    data = header(stored, PhotometricInterpretation="MONOCHROME1", Modality="CR", RescaleSlope=1, RescaleIntercept=0)
    np.testing.assert_array_equal(dicom.load(save(tmp_path / "a.dcm", data)).pixels, ends - STORED.astype(float))


def test_pixels_of_32_bits_are_exact(tmp_path):
    stored = np.array([[2**32 - 1, 2**32 - 2], [16_777_217, 3]], "<u4")
    image = dicom.load(save(tmp_path / "a.dcm", header(stored, Modality="OT", RescaleSlope=1, RescaleIntercept=0)))
    np.testing.assert_array_equal(image.pixels, stored.astype(np.float64))
    assert image.pixels.dtype == np.float64


def test_frames(tmp_path):
    stored = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)
    image = dicom.load(save(tmp_path / "a.dcm", header(stored)))
    np.testing.assert_array_equal(image.pixels, 2.0 * stored - 1000)


def test_every_frame_of_an_enhanced_image_has_its_own_scale(tmp_path):
    data = header(np.ones((2, 3, 4), np.uint16), RescaleSlope=None, RescaleIntercept=None)
    data.PerFrameFunctionalGroupsSequence = [Dataset(), Dataset()]
    for slope, item in zip((3, 5), data.PerFrameFunctionalGroupsSequence, strict=True):
        item.PixelValueTransformationSequence = [Dataset()]
        item.PixelValueTransformationSequence[0].RescaleSlope = slope
        item.PixelValueTransformationSequence[0].RescaleIntercept = -10
    assert dicom.load(save(tmp_path / "a.dcm", data)).pixels[:, 0, 0].tolist() == [-7, -5]


def test_colour(tmp_path):
    stored = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    image = dicom.load(save(tmp_path / "a.dcm", header(stored, Modality="OT", PixelSpacing=None)))
    np.testing.assert_array_equal(image.pixels, stored)
    assert (image.spacing, image.unit) == (None, "")


def slices(folder, heights):
    for k, z in enumerate(heights):
        data = header(np.full((3, 4), k, np.int16), RescaleSlope=1, RescaleIntercept=0)
        data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, z], [1, 0, 0, 0, 1, 0]
        save(folder / f"{k}.dcm", data)
    (folder / "notes.txt").write_text("no slice")
    return folder


def test_a_series_is_sorted_by_position(tmp_path):
    series = dicom.load_series(slices(tmp_path, [5, -5, 0]))
    assert series.pixels[:, 0, 0].tolist() == [1, 2, 0]
    assert series.spacing == (5, 0.5, 0.25)


@pytest.mark.parametrize("heights", [[0, 5, 15, 20], [0, 5, 5, 10]])
def test_a_series_with_a_gap_or_a_double_is_refused(tmp_path, heights):
    with pytest.raises(ValueError, match="missing or doubled"):
        dicom.load_series(slices(tmp_path, heights))


def recording(**tags):
    """Two channels, 1 uV and 2 mV a step, of three samples."""
    data, group = Dataset(), Dataset()
    data.PatientName, data.WaveformSequence = NAME, [group]
    group.NumberOfWaveformSamples, group.NumberOfWaveformChannels, group.SamplingFrequency = 3, 2, 500
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformData = np.array([[1000, 1], [0, 2], [-1000, -3]], "<i2").tobytes()
    group["WaveformData"].VR = "OW"
    group.ChannelDefinitionSequence = []
    for sensitivity, unit in ((1, "uV"), (2, "mV")):
        channel, code = Dataset(), Dataset()
        code.CodeValue = unit
        channel.ChannelSensitivity, channel.ChannelSensitivityUnitsSequence = sensitivity, [code]
        channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = 0.5, 4
        group.ChannelDefinitionSequence.append(channel)
    for tag, value in tags.items():
        setattr(group, tag, value)
    return data


def test_a_waveform_is_scaled_corrected_and_shifted(tmp_path):
    wave = dicom.waveform(save(tmp_path / "a.dcm", recording()))
    np.testing.assert_allclose(wave.mv, [[0.504, 5], [0.004, 6], [-0.496, 1]], rtol=1e-6)
    assert (wave.rate, wave.channels) == (500, ("channel 1", "channel 2"))


@pytest.mark.parametrize(("bits", "vr"), [(16, "OW"), (8, "OW"), (8, "OB")])
def test_big_endian_words_are_turned(tmp_path, bits, vr):
    """PS3.5, 6.2: OW is a string of 16-bit words, whose bytes are swapped with the order; OB has no order."""
    little, big = recording(), recording()
    stored = np.array([[100, 1], [0, 2], [-100, -3]], f"<i{bits // 8}")
    for data, raw in ((little, stored.tobytes()), (big, stored.tobytes())):
        group = data.WaveformSequence[0]
        group.WaveformBitsAllocated, group.WaveformSampleInterpretation = bits, "SS" if bits == 16 else "SB"
        words = np.frombuffer(raw, "<u2").astype(">u2" if data is big and vr == "OW" else "<u2")
        group.WaveformData = words.tobytes()
        group["WaveformData"].VR = vr
    path = save(tmp_path / "b.dcm", big, ExplicitVRBigEndian)
    np.testing.assert_array_equal(dicom.waveform(path).mv, dicom.waveform(save(tmp_path / "a.dcm", little)).mv)


def test_big_endian_samples_of_32_bits_are_refused(tmp_path):
    data = recording(WaveformBitsAllocated=32, WaveformSampleInterpretation="SL", WaveformData=bytes(24))
    with pytest.raises(ValueError, match="Save it as Explicit VR Little Endian"):
        dicom.waveform(save(tmp_path / "a.dcm", data, ExplicitVRBigEndian))


def test_padding_is_nan(tmp_path):
    data = recording()
    data.WaveformSequence[0].add_new("WaveformPaddingValue", "OW", np.array([2], "<i2").tobytes())
    assert np.argwhere(np.isnan(dicom.waveform(save(tmp_path / "a.dcm", data)).mv)).tolist() == [[1, 1]]


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"Rows": None}, "Rows is missing"),
        ({"Modality": None}, "Modality is missing"),
        ({"RescaleSlope": None}, "RescaleSlope is missing"),
        ({"PixelData": None}, "PixelData is missing"),
        ({"Rows": 60000, "Columns": 60000}, "at once"),
        ({"Rows": 4}, "PixelData has 24"),
        ({"NumberOfFrames": 2}, "take 48 bytes"),
        ({"NumberOfFrames": 0}, "do not describe"),
        ({"PixelSpacing": [0, 1]}, "PixelSpacing is 0"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "PhotometricInterpretation must be"),
        ({"RescaleSlope": 0}, "no sound scale"),
    ],
)
def test_a_wrong_header_is_refused_and_the_patient_not_named(tmp_path, tags, message):
    path = save(tmp_path / "a.dcm", header(STORED, **tags))
    with pytest.raises(ValueError, match=message) as caught:
        dicom.load(path)
    assert str(caught.value).startswith("a.dcm: ")
    assert not [word for word in (NAME, NUMBER, BORN) if word in str(caught.value)]


def test_nothing_of_the_patient_is_read(tmp_path):
    path = save(tmp_path / "a.dcm", header(STORED))
    assert "PatientName" in pydicom.dcmread(path)
    assert not {"PatientName", "PatientID", "PatientBirthDate"} & set(dicom.read_header(path, dicom.IMAGE_TAGS).dir())
    assert NAME not in repr(dicom.load(path))


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"NumberOfWaveformSamples": 2**31}, "WaveformData has 12"),
        ({"NumberOfWaveformChannels": 3}, "WaveformData has 12"),
        ({"WaveformSampleInterpretation": "MB"}, "WaveformSampleInterpretation must"),
        ({"SamplingFrequency": 0}, "SamplingFrequency is 0"),
    ],
)
def test_a_wrong_waveform_is_refused(tmp_path, tags, message):
    with pytest.raises(ValueError, match=message):
        dicom.waveform(save(tmp_path / "a.dcm", recording(**tags)))


def test_other_units_and_groups_are_refused(tmp_path):
    data = recording()
    with pytest.raises(ValueError, match="1 group"):
        dicom.waveform(save(tmp_path / "a.dcm", data), 1)
    data.WaveformSequence[0].ChannelDefinitionSequence[1].ChannelSensitivityUnitsSequence[0].CodeValue = "mmHg"
    with pytest.raises(ValueError, match="column 2: .*uV, mV or V"):
        dicom.waveform(save(tmp_path / "a.dcm", data))


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"\x89PNG\r\n", "a PNG picture"), (b"PK\3\4x", "a zip archive"), (b"a,b\n", "text"), (b"", "an empty file")],
)
def test_what_is_no_dicom_file_is_told(tmp_path, raw, kind):
    (tmp_path / "a.dcm").write_bytes(raw)
    with pytest.raises(ValueError, match=f"not a DICOM file .*but {kind}"):
        dicom.load(tmp_path / "a.dcm")


def test_a_missing_decoder_is_told(tmp_path, monkeypatch):
    data = header(STORED, PixelData=pydicom.encaps.encapsulate([b"\0" * 200]))
    data["PixelData"].VR, data["PixelData"].is_undefined_length = "OB", True
    path = save(tmp_path / "a.dcm", data, JPEGLSLossless)
    monkeypatch.setattr(pydicom.pixels.get_decoder(JPEGLSLossless), "_available", {})
    with pytest.raises(ValueError, match="pip install pylibjpeg"):
        dicom.load(path)


def test_without_pydicom_the_extra_is_named(tmp_path, monkeypatch):
    path = save(tmp_path / "a.dcm", header(STORED))
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(ImportError, match=r'pip install "edunet-med\[dicom\]"'):
        dicom.load(path)


@pytest.mark.parametrize(("read", "made"), [(dicom.load, lambda: header(STORED)), (dicom.waveform, recording)])
def test_a_damaged_file_gives_a_result_or_a_value_error(tmp_path, mutations, read, made):
    path = save(tmp_path / "a.dcm", made())
    whole, said = path.read_bytes(), []
    for start in (0, 128):  # also with the mark of DICOM left alone, so that what follows is read
        for raw in mutations(whole[start and 132 :], 150, seed=start):
            path.write_bytes(whole[: start and 132] + raw)
            began = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    read(path)
                except ValueError as error:
                    said.append(str(error))
            assert time.perf_counter() - began < 1
    assert 50 < len(said) < 300
    assert not [word for word in (NAME, NUMBER, BORN) if word in "".join(said)]


def test_compressed_pixels_are_decoded(tmp_path):
    plain = save(tmp_path / "a.dcm", header(STORED))
    data = pydicom.dcmread(plain)
    data.compress(pydicom.uid.RLELossless, generate_instance_uid=False)
    data.save_as(tmp_path / "b.dcm")
    np.testing.assert_array_equal(dicom.load(tmp_path / "b.dcm").pixels, dicom.load(plain).pixels)
