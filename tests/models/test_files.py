"""Files of arrays and notes: the same back, whole or not at all, and nothing believed that the file cannot hold."""

import errno
import json
import os
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
from safetensors.numpy import save

from edunet.models import files

ARRAYS = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "half": np.array([True, False, True]),
    "deep": np.arange(4.0),
    "codes": np.array([-1, 2]),
    "none": np.zeros((0, 3), np.float32),
    "number": np.array(2.5),
}


def content(header, numbers=b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_round_trip(tmp_path):
    files.write(tmp_path / "f", ARRAYS, "a kind", "Röntgen")
    arrays, notes = files.read(tmp_path / "f")
    assert notes == {"a kind": "Röntgen"}
    assert arrays.keys() == ARRAYS.keys()
    for name, a in ARRAYS.items():
        assert arrays[name].dtype == a.dtype
        assert arrays[name].flags.aligned
        np.testing.assert_array_equal(arrays[name], a)
    assert os.listdir(tmp_path) == ["f"]


def test_files_of_other_programs_are_read(tmp_path):
    arrays = {"w": np.arange(3.0), "n": np.array([1])}
    (tmp_path / "f").write_bytes(save(arrays, {"by": "them", "format": "pt"}))
    ours, notes = files.read(tmp_path / "f")
    assert notes == {"by": "them", "format": "pt"}
    for name, a in arrays.items():
        np.testing.assert_array_equal(ours[name], a)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    for name in "fg":
        files.write(tmp_path / name, dict(sorted(ARRAYS.items(), reverse=name == "g")), "kind", "text")
    assert (tmp_path / "f").read_bytes() == (tmp_path / "g").read_bytes()


@pytest.mark.parametrize("array", [np.array(["text"]), np.array([None]), np.array([1j]), np.zeros(2, np.float16)])
def test_other_things_than_numbers_are_not_written(tmp_path, array):
    with pytest.raises(TypeError, match="a: numbers of dtype .* cannot be written"):
        files.write(tmp_path / "f", {"a": array}, "kind")
    assert os.listdir(tmp_path) == []


def test_a_folder_a_missing_folder_and_a_device(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder; give the name of a file in it"):
        files.write(tmp_path, {}, "kind")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        files.read(tmp_path)
    with pytest.raises(FileNotFoundError, match="the folder .*none' does not exist; make it first"):
        files.write(tmp_path / "none" / "f", {}, "kind")
    with pytest.raises(FileNotFoundError, match="no file"):
        files.read(tmp_path / "f")
    if os.path.exists(os.devnull) and os.name != "nt":
        with pytest.raises(OSError, match="is a device, not a file"):
            files.write(os.devnull, {}, "kind")


def test_a_file_that_is_read_only_stays(tmp_path, monkeypatch):
    (tmp_path / "f").write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the administrator may write everywhere
    with pytest.raises(PermissionError, match="is read-only; choose another path"):
        files.write(tmp_path / "f", {}, "kind")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    files.write(tmp_path / "f", ARRAYS, "kind")
    before = (tmp_path / "f").read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match=r"could not be written \(No space left on device\); an older file .* unchanged"):
        files.write(tmp_path / "f", {}, "kind")
    assert (tmp_path / "f").read_bytes() == before
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.skipif(os.name == "nt", reason="there processes are asked by age alone")
def test_what_a_killed_process_left_behind_is_removed_by_the_next_write(tmp_path):
    code = "import sys, time; open(sys.argv[1].replace('PID', str(__import__('os').getpid())), 'w'); time.sleep(60)"
    half = tmp_path / f".other.PID.{files.here()}.0123abcd.part"
    with subprocess.Popen([sys.executable, "-c", code, str(half)]) as process:
        half = tmp_path / half.name.replace("PID", str(process.pid))
        while not half.exists():
            time.sleep(0.01)
        files.write(tmp_path / "f", {}, "kind")
        assert half.exists()  # it is still being written
        process.kill()
    (tmp_path / f".f.{process.pid}.txt").write_text("somebody else's")
    files.write(tmp_path / "f", {}, "kind")
    assert sorted(os.listdir(tmp_path)) == [f".f.{process.pid}.txt", "f"]


def test_a_number_of_a_process_that_another_has_now_is_told_by_age(tmp_path):
    half = tmp_path / f".f.{os.getppid()}.{files.here()}.0123abcd.part"
    half.write_text("half")
    files.write(tmp_path / "f", {}, "kind")
    assert half.exists()
    os.utime(half, (time.time() - files.DAY - 10,) * 2)
    files.write(tmp_path / "f", {}, "kind")
    assert not half.exists()


def test_what_another_computer_writes_into_a_shared_folder_is_left_to_it_for_a_day(tmp_path):
    theirs = [tmp_path / f".f.{number}.89abcdef.0123abcd.part" for number in (1, 999_999_999, os.getppid())]
    for half in theirs:  # numbers of processes that live here, or do not, tell nothing
        half.write_text("half")
    files.write(tmp_path / "f", {}, "kind")
    assert all(half.exists() for half in theirs)
    for half in theirs:
        os.utime(half, (time.time() - files.DAY - 10,) * 2)
    files.write(tmp_path / "f", {}, "kind")
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.skipif(os.name == "nt", reason="modes of files are others there")
def test_a_private_file_stays_private(tmp_path):
    files.write(tmp_path / "f", {}, "kind")
    (tmp_path / "new").write_text("")
    assert (tmp_path / "f").stat().st_mode == (tmp_path / "new").stat().st_mode
    os.chmod(tmp_path / "f", 0o600)
    files.write(tmp_path / "f", ARRAYS, "kind")
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("dtype", "name"), [("F16", "float16"), ("BF16", "bfloat16")])
def test_numbers_of_half_precision_are_not_called_damaged(tmp_path, dtype, name):
    (tmp_path / "f").write_bytes(content({"a": entry(dtype, (4,))}, bytes(8)))
    with pytest.raises(ValueError, match=f"'a' holds {name} numbers, .*float32") as caught:
        files.read(tmp_path / "f")
    assert "damaged" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "f")
    files.write(tmp_path / "link", ARRAYS, "kind")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "f").is_file()


DAMAGED = {
    "empty": (b"", "cut short"),
    "text": (b"not weights at all", "does not begin as one"),
    "header longer than the file": ((10**15).to_bytes(8, "little") + b"{}", "cut short"),
    "no JSON": (content(b"{'a'}  "), "is not JSON"),
    "no UTF-8": (content(b'{"\xff":1}'), "not text in UTF-8"),
    "trailing text": (content(b"{}{}"), "is not JSON"),
    "a name twice": (content(b'{"a":1,"a":2}'), "names 'a' twice"),
    "NaN": (content(b'{"a":NaN}'), "holds NaN"),
    "deep": (content(b'{"a":' + b"[" * 100_000), "nested more than 3 deep"),
    "many": (content(b'{"a":[' + b"[]," * 100_000 + b"0]}"), "would take more memory"),
    "digits": (content(b'{"a":' + b"9" * 5000 + b"}"), "digits"),
    "no entry": (content({"a": 1}), "has not dtype, shape and data_offsets"),
    "further keys": (content({"a": entry() | {"code": "x"}}, bytes(8)), "has not dtype, shape and data_offsets"),
    "dtype": (content({"a": entry("F128")}, bytes(8)), "has the dtype 'F128'"),
    "dtype is a list": (content({"a": entry(["F32"])}, bytes(8)), "has the dtype"),
    "shape": (content({"a": entry(shape=(-1, -2))}, bytes(8)), "has the shape"),
    "axes": (content({"a": entry(shape=[1] * 40)}, bytes(8)), "has the shape"),
    "truth as length": (content({"a": entry(shape=[True, 2])}, bytes(8)), "has the shape"),
    "size": (content({"a": entry(shape=(10**12, 10**12))}, bytes(8)), "cannot fill the bytes"),
    "overflow": (content({"a": entry(shape=(2**32, 2**32), offsets=(0, 0))}), "cannot fill the bytes"),
    "empty and huge": (content({"a": entry(shape=(0, 2**62, 2**62), offsets=(0, 0))}), "has the shape"),
    "offsets": (content({"a": entry(offsets=(0, 8.0))}, bytes(8)), "has the offsets"),
    "gap": (content({"a": entry(offsets=(8, 16))}, bytes(16)), "begin at 8, expected 0"),
    "overlap": (content({"a": entry(), "b": entry(offsets=(4, 12))}, bytes(12)), "begin at 4, expected 8"),
    "more bytes": (content({"a": entry()}, bytes(9)), "holds 9 bytes of numbers, the header tells of 8"),
    "fewer bytes": (content({"a": entry()}, bytes(7)), "holds 7 bytes of numbers, the header tells of 8"),
    "half true": (content({"a": entry("BOOL", [2], [0, 2])}, b"\1\2"), "other values than True and False"),
    "notes": (content({"__metadata__": {"a": 1}}), "are not texts"),
    "notes as a list": (content({"__metadata__": ["a"]}), "are not texts"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(50), "an HDF5 file, as older versions of Keras"),
    "keras": (b"PK\x03\x04" + bytes(50), "a zip archive, such as .keras"),
    "pickle": (b"\x80\x04\x95" + bytes(50), "a pickle. Reading it could run any code"),
    "npy": (b"\x93NUMPY\x01\x00" + bytes(50), "a single NumPy array"),
    "wide": (content(b'{"__metadata__":{"a":"' + b"x" * 600_000 + b'\\ud83d\\ude00"}}'), "plain letters only"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_named_and_takes_no_memory(tmp_path, kind):
    data, message = DAMAGED[kind]
    (tmp_path / "w.safetensors").write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=rf"w.safetensors' is not a safetensors file, or is damaged: .*{message}"):
            files.read(tmp_path / "w.safetensors")
        assert tracemalloc.get_traced_memory()[1] <= 3 * len(data) + 5_000_000
    finally:
        tracemalloc.stop()


def test_an_unended_text_is_looked_at_once(tmp_path):
    (tmp_path / "f").write_bytes(content(b'{"' + b'\\"' * 1_000_000))
    began = time.process_time()
    with pytest.raises(ValueError, match="is not JSON"):
        files.read(tmp_path / "f")
    assert time.process_time() - began < 1
