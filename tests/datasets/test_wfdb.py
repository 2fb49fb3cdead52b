"""wfdb: headers, samples in every packing, annotations, and files that are damaged."""

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import wfdb

REAL = Path(__file__).parents[2].parent / "shared/data/ecg/100"
X = np.array([[1, -2], [300, -32768], [-5, 7], [32767, 0]], np.int32)
HEA = "r 2 250 4\nr.dat 16 200(10)/mV 16 0 1 {} 0 lead II\nr.dat 16 100/uV 16 3 -2 {} 0 pressure\n"


def sums(x):
    return [int(s) % 65536 for s in x.sum(0)]


def record(folder, hea=None, data=None):
    """Two signals in format 16."""
    (folder / "r.hea").write_text(hea or HEA.format(*sums(X)))
    (folder / "r.dat").write_bytes(X.astype("<i2").tobytes() if data is None else data)
    return folder / "r"


def word(code, number=0):
    return (code << 10 | number).to_bytes(2, "little")


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_values_in_their_units(tmp_path):
    ecg = wfdb.load(record(tmp_path))
    assert (ecg.names, ecg.units, ecg.rate, ecg.start) == (("lead II", "pressure"), ("mV", "uV"), 250, 0)
    assert ecg.x.dtype == np.float32
    np.testing.assert_allclose(ecg.x[:, 0], (X[:, 0] - 10) / 200, rtol=1e-6)
    np.testing.assert_allclose(ecg.x[[0, 2, 3], 1], (X[[0, 2, 3], 1] - 3) / 100, rtol=1e-6)
    assert np.isnan(ecg.x[1, 1])  # the lowest number: no sample
    np.testing.assert_array_equal(wfdb.load(record(tmp_path), physical=False).x, X)


@pytest.mark.parametrize("name", ["r", "r.hea", "r.dat"])
def test_a_record_by_any_of_its_files(tmp_path, name):
    record(tmp_path)
    assert len(wfdb.load(tmp_path / name)) == 4


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (1, 3), (3, None), (2, 2)])
def test_a_piece(tmp_path, start, stop):
    piece = wfdb.load(record(tmp_path), start=start, stop=stop, physical=False)
    np.testing.assert_array_equal(piece.x, X[start:stop])
    assert piece.start == start


def pack(form, x):
    """Pack samples, the long way round."""
    if form == 212:
        x = [*x, 0] if len(x) % 2 else list(x)
        pairs = [(a & 4095, b & 4095) for a, b in zip(x[::2], x[1::2], strict=True)]
        return b"".join(bytes([a & 255, a >> 8 | b >> 8 << 4, b & 255]) for a, b in pairs)
    if form in (310, 311):
        out = b""
        for i in range(0, len(x), 3):
            a, b, c = (v & 1023 for v in [*x[i : i + 3], 0, 0][:3])
            if form == 311:
                out += (a | b << 10 | c << 20).to_bytes(4, "little")
            else:
                out += (a << 1 | (c & 31) << 11).to_bytes(2, "little") + (b << 1 | c >> 5 << 11).to_bytes(2, "little")
        return out
    kind = {16: "<i2", 61: ">i2", 32: "<i4", 160: "<u2", 80: "u1"}.get(form)
    if kind is None:
        return b"".join(int(v).to_bytes(3, "little", signed=True) for v in x)
    return (np.asarray(x, np.int64) + {160: 32768, 80: 128}.get(form, 0)).astype(kind).tobytes()


@pytest.mark.parametrize(
    ("form", "bits"), [(16, 16), (24, 24), (32, 32), (61, 16), (80, 8), (160, 16), (212, 12), (310, 10), (311, 10)]
)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_format_from_every_place(tmp_path, form, bits, count):
    x = np.random.Generator(np.random.PCG64(form)).integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (9, count))
    hea = f"r {count} 360 9\n" + "".join(f"r.dat {form}+24 200 12 0 0 {s} 0 a\n" for s in sums(x))
    path = record(tmp_path, hea, bytes(24) + pack(form, x.ravel().tolist()))
    for start in range(9):
        np.testing.assert_array_equal(wfdb.load(path, start=start, physical=False).x, x[start:])
        np.testing.assert_array_equal(wfdb.load(path, stop=start + 1, physical=False).x, x[: start + 1])


def test_an_odd_number_of_samples_whose_last_byte_was_not_written(tmp_path):
    path = record(tmp_path, "r 1 360 3\nr.dat 212 200 12 0 1 -1 0 a\n", pack(212, [1, 5, -7])[:-1])
    assert wfdb.load(path, physical=False).x[:, 0].tolist() == [1, 5, -7]


def test_signals_in_several_files(tmp_path):
    path = record(tmp_path, "r 2 250 4\nr.dat 16 200\ns.dat 80 100\n", X[:, 0].astype("<i2").tobytes())
    (tmp_path / "s.dat").write_bytes(bytes([128, 129, 0, 255]))
    ecg = wfdb.load(path, physical=False)
    assert ecg.x.T.tolist() == [X[:, 0].tolist(), [0, 1, -128, 127]]
    assert ecg.names == ("signal 0", "signal 1")


def test_what_a_header_leaves_out(tmp_path):
    path = record(tmp_path, "# made by hand\nr 1\nr.dat 16\n", X[:, 0].astype("<i2").tobytes())
    about = wfdb.header(path)
    assert (about.rate, about.n_samples, about.comments) == (250, None, ("made by hand",))
    assert (about.signals[0].gain, about.signals[0].baseline, about.signals[0].units) == (200, 0, "mV")
    assert len(wfdb.load(path)) == 4  # as many as the file holds


@pytest.mark.parametrize(("baseline", "value"), [("12.0", 12), ("+12", 12), ("-7.", -7)])
def test_baselines_as_programs_write_them(tmp_path, baseline, value):
    path = record(tmp_path, f"r 1 250 8\nr.dat 16 200({baseline})/mV\n")
    assert wfdb.header(path).signals[0].baseline == value


def test_a_comment_in_latin_1(tmp_path):
    path = record(tmp_path)
    with (tmp_path / "r.hea").open("ab") as file:
        file.write("# Universität Zürich\n".encode("latin-1"))
    assert wfdb.header(path).comments == ("Universität Zürich",)


def test_a_sum_of_0_was_not_computed(tmp_path):
    np.testing.assert_array_equal(wfdb.load(record(tmp_path, HEA.format(0, 0)), physical=False).x, X)


def test_blocks_join_without_a_seam(tmp_path, monkeypatch):
    monkeypatch.setattr(wfdb, "STEP", 7)
    x = np.random.Generator(np.random.PCG64(0)).integers(-2000, 2000, (50, 3))
    hea = "r 3 360 50\n" + "".join(f"r.dat 212 200 12 0 0 {s} 0 a\n" for s in sums(x))
    path = record(tmp_path, hea, pack(212, x.ravel().tolist()))
    np.testing.assert_array_equal(wfdb.load(path, physical=False).x, x)
    np.testing.assert_array_equal(wfdb.load(path, start=5, stop=43).x, np.float32(x[5:43] / 200))


def test_counter_time_and_date(tmp_path):
    about = wfdb.header(record(tmp_path, "r 0 360/12.5(-7) 0 10:00:00 01/02/1990\n"))
    assert (about.rate, about.counter_rate, about.counter_base) == (360, 12.5, -7)
    assert (about.base_time, about.base_date) == ("10:00:00", "01/02/1990")


def test_annotations_by_hand(tmp_path):
    text = word(28, 18) + word(63, 3) + b"(N\0\0" + word(1, 59) + word(61, 2) + word(62, 1) + word(60, 255)
    text += word(59) + b"\x01\0\x02\0" + word(5, 3) + word(59) + b"\xff\xff\xff\xff" + word(42) + word(0)
    (tmp_path / "r.atr").write_bytes(text)
    marks = wfdb.annotations(tmp_path / "r")
    assert marks.sample.tolist() == [18, 77, 77 + 65538 + 3, 77 + 65538 + 2]
    assert marks.symbol == ("+", "N", "V", "[42]")
    assert marks.aux == ("(N", "", "", "")
    assert marks.subtype.tolist() == [0, 2, 0, 0]
    assert marks.chan.tolist() == [0, 1, 1, 1]  # holds until another is given
    assert marks.num.tolist() == [0, -1, -1, -1]


def note(text):
    return word(22) + word(63, len(text)) + text.encode() + bytes(len(text) % 2)


def test_resolution_and_symbols_of_its_own(tmp_path):
    text = note("## time resolution: 1000") + note("## annotation type definitions") + note("42 M my mark")
    (tmp_path / "r.qrs").write_bytes(text + note("## end of definitions") + word(42, 9) + word(0))
    marks = wfdb.annotations(tmp_path / "r.qrs", "qrs")
    assert (marks.rate, marks.symbol, marks.sample.tolist()) == (1000, ("M",), [9])


def test_an_empty_annotation_file_has_an_end(tmp_path):
    (tmp_path / "r.atr").write_bytes(word(0))
    assert len(wfdb.annotations(tmp_path / "r")) == 0


def test_beats_are_symbols():
    assert set(wfdb.SYMBOLS.values()) >= wfdb.BEATS
    assert len(wfdb.SYMBOLS) == 39


def test_real_record():
    if not REAL.with_suffix(".hea").is_file():
        pytest.skip("record 100 is not beside the repository (shared/data/ecg)")
    ecg, marks = wfdb.load(REAL), wfdb.annotations(REAL)
    assert ecg.x.shape == (650_000, 2)
    assert (ecg.rate, ecg.names) == (360, ("MLII", "V5"))
    assert {s.gain for s in ecg.header.signals} == {200}
    assert {s.baseline for s in ecg.header.signals} == {1024}
    assert {s: marks.symbol.count(s) for s in set(marks.symbol)} == {"N": 2239, "A": 33, "V": 1, "+": 1}
    np.testing.assert_allclose(ecg.x[0], [-0.145, -0.065], rtol=1e-6)
    np.testing.assert_array_equal(wfdb.load(REAL, start=77, stop=370).x, ecg.x[77:370])


@pytest.mark.filterwarnings("ignore::Warning")  # the reference asks pandas in words that grow old
def test_as_the_reference_reads():
    reference = pytest.importorskip("wfdb", reason="the package wfdb is not installed")
    if not REAL.with_suffix(".hea").is_file():
        pytest.skip("record 100 is not beside the repository (shared/data/ecg)")
    theirs, marks, ours = reference.rdrecord(str(REAL)), reference.rdann(str(REAL), "atr"), wfdb.annotations(REAL)
    np.testing.assert_array_equal(wfdb.load(REAL).x, theirs.p_signal.astype(np.float32))
    np.testing.assert_array_equal(ours.sample, marks.sample)
    assert ours.symbol == tuple(marks.symbol)


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_missing_record_names_the_nearest(tmp_path):
    record(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*r\.hea"):
        wfdb.load(tmp_path / "rr")


def test_missing_samples_and_annotations(tmp_path):
    path = record(tmp_path)
    (tmp_path / "r.dat").unlink()
    with pytest.raises(FileNotFoundError, match=r"r\.dat.*r\.hea names it"):
        wfdb.load(path)
    with pytest.raises(FileNotFoundError, match=r"r\.atr"):
        wfdb.annotations(path)


@pytest.mark.parametrize(
    ("hea", "message"),
    [
        ("# nothing\n", "no line with the name"),
        ("r/3 2 250 4\na 4\nb 4\n", "consists of 3 segments"),
        ("r\n", "line 1: expected name, number of signals"),
        ("r 2 250 4\nr.dat 16\n", "says 2 signals, but 1 lines"),
        ("r 999999999 250 4\n", "4,096 signals are the most"),
        ("r 1 fast 4\nr.dat 16\n", "column 3: expected samples per second"),
        ("r 1 250 many\nr.dat 16\n", "column 4: expected a number of samples"),
        ("r 1 250 4\nr.dat\n", "line 2: expected file and format"),
        ("r 1 250 4\n../r.dat 16\n", "expected a file beside the header"),
        ("r 1 250 4\n~ 0\n", "expected a file beside the header"),
        ("r 1 250 4\nr.dat pcm\n", "column 2: expected a format"),
        ("r 1 250 4\nr.dat 16x4\n", "several samples per frame"),
        ("r 1 250 4\nr.dat 16:3\n", "a skew between the signals"),
        ("r 1 250 4\nr.dat 508\n", "in format 508; this reader takes 16, 24, 32, 61, 80, 160, 212, 310, 311"),
        ("r 2 250 4\nr.dat 16\nr.dat 212\n", "differ in format"),
        ("r 1 250 4\nr.dat 16 loud\n", r"column 3: expected gain\(baseline\)/units"),
        ("r 1 250 4\nr.dat 16 200 x\n", "column 4: expected a whole number"),
        ("r 0 250 4\n", "no signals, only annotations"),
    ],
)
def test_wrong_header(tmp_path, hea, message):
    with pytest.raises(ValueError, match=message):
        wfdb.load(record(tmp_path, hea))


def test_header_without_an_end(tmp_path):
    with pytest.raises(ValueError, match="longer than 1,048,576 bytes"):
        wfdb.load(record(tmp_path, "r 1 250 4\n" * 200_000))


@pytest.mark.parametrize("stop", [None, 1])
def test_samples_that_are_cut_short(tmp_path, stop):
    with pytest.raises(ValueError, match=r"r\.dat: cut short: 3 samples of 2 signals, the header says 4"):
        wfdb.load(record(tmp_path, data=X.astype("<i2").tobytes()[:-1]), stop=stop)


def test_more_than_the_cap_is_read_in_pieces(tmp_path):
    with (tmp_path / "r.dat").open("wb") as file:
        file.truncate(3 * 2**30)
    (tmp_path / "r.hea").write_text("r 1 100\nr.dat 16 200/mV\n")
    with pytest.raises(
        ValueError, match=r"more than the cap of 2,147,483,648\. Read a piece: load\(path, start=0, stop=536870912\)"
    ):
        wfdb.load(tmp_path / "r")
    assert len(wfdb.load(tmp_path / "r", start=10**9, stop=10**9 + 5)) == 5
    with pytest.raises(ValueError, match="start=5, stop=7"):
        wfdb.load(tmp_path / "r", start=5, stop=9, max_bytes=8)


def test_reading_takes_little_more_than_the_result(tmp_path):
    (tmp_path / "r.dat").write_bytes(bytes(6_000_000))
    (tmp_path / "r.hea").write_text("r 3 100\n" + "r.dat 16 200/mV\n" * 3)
    tracemalloc.start()
    size = wfdb.load(tmp_path / "r").x.nbytes
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < size + 20_000_000


def test_a_long_annotation_file(tmp_path):
    content = word(1, 5) + word(61, 1) + word(63, 2) + b"ab"
    (tmp_path / "r.atr").write_bytes(content * 100_000 + word(0))
    began = time.perf_counter()
    marks = wfdb.annotations(tmp_path / "r")
    assert time.perf_counter() - began < 2
    assert (len(marks), marks.sample[-1], marks.aux[-1], marks.subtype.min()) == (100_000, 500_000, "ab", 1)
    (tmp_path / "r.atr").write_bytes(word(1, 5) * 2**22 + word(0))
    with pytest.raises(ValueError, match="longer than 8,388,608 bytes"):
        wfdb.annotations(tmp_path / "r")


def test_a_header_that_lies(tmp_path):
    with pytest.raises(ValueError, match="the header says 999,999,999,999"):
        wfdb.load(record(tmp_path, HEA.format(0, 0).replace("250 4", "250 999999999999")))


def test_sum_that_differs_only_when_all_is_read(tmp_path):
    path = record(tmp_path, HEA.format(1, 1))
    with pytest.raises(ValueError, match="lead II do not have the sum"):
        wfdb.load(path)
    assert len(wfdb.load(path, stop=3)) == 3


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"start": 0.5}, TypeError), ({"stop": "1"}, TypeError), ({"start": True}, TypeError),
     ({"start": None}, TypeError), ({"start": -1}, ValueError), ({"stop": 5}, ValueError),
     ({"start": 3, "stop": 2}, ValueError)],
)  # fmt: skip
def test_wrong_range(tmp_path, options, kind):
    with pytest.raises(kind, match=r"Received: st(art|op)="):
        wfdb.load(record(tmp_path), **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no end mark"),
        (word(1, 5), "no end mark"),
        (word(63, 9) + bytes(10), "begins with what belongs to an annotation"),
        (word(1, 5) + word(63, 900) + b"(N", "within a text"),
        (word(59) + b"\0", "cut short"),
        (word(59) + b"\xff\xff\0\0" + word(1) + word(0), "stands at sample -65,536"),
    ],
)
def test_wrong_annotations(tmp_path, text, message):
    (tmp_path / "r.atr").write_bytes(text)
    with pytest.raises(ValueError, match=message):
        wfdb.annotations(tmp_path / "r")


def test_damaged_files_give_a_result_or_a_sentence(tmp_path):
    path = record(tmp_path)
    hea = (tmp_path / "r.hea").read_bytes()
    marks = note("## time resolution: 1000") + (word(1, 9) + word(61, 1) + word(63, 2) + b"ab") * 20 + word(0)
    rng = np.random.Generator(np.random.PCG64(0))
    for _ in range(400):
        for name, whole in (("r.hea", hea), ("r.atr", marks)):
            raw = bytearray(whole[: rng.integers(1, len(whole)) if rng.random() < 0.2 else None])
            for at in rng.integers(0, len(raw), rng.integers(1, 6)):
                raw[at] = rng.choice([10, 32, 45, 48, 57, 47, rng.integers(256)])
            (tmp_path / name).write_bytes(raw)
        for read in (wfdb.load, wfdb.annotations):
            try:
                result = read(path)
            except (ValueError, FileNotFoundError):
                continue
            assert len(result) < 1000
