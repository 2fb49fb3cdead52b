"""What readers share: finding files, their sums, their lines."""

import hashlib
import io
import os

import pytest

from edunet.datasets import files, medmnist, mnist, physionet2012, wfdb
from edunet.datasets.files import announce, check_sum, damaged, find_file, find_folder, quoted, text_lines


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def test_a_file_that_is_there(tmp_path):
    (tmp_path / "heart.csv").write_text("1")
    assert find_file(str(tmp_path / "heart.csv"), (".csv",), "") == tmp_path / "heart.csv"


def test_a_file_that_is_not_there_names_the_nearest(tmp_path):
    (tmp_path / "heart.csv").write_text("1")
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*heart\.csv"):
        find_file(tmp_path / "haert.csv", (".csv",), "Get it.")


def test_or_says_where_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*a\.csv\. Get it there\."):
        find_file(tmp_path / "nowhere" / "a.csv", (".csv",), "Get it there.")


def test_a_folder_in_place_of_a_file_lists_what_it_holds(tmp_path):
    (tmp_path / "heart.csv").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    with pytest.raises(ValueError, match=r"is a folder, expected a \.csv or \.data file.* in it: heart\.csv\.$"):
        find_file(tmp_path, (".csv", ".data"), "")


def test_a_file_in_place_of_a_folder(tmp_path):
    (tmp_path / "set-a").write_text("1")
    with pytest.raises(ValueError, match=r"is a file, expected a folder\. Unpack it\."):
        find_folder(tmp_path / "set-a", "Unpack it.")


def test_a_folder_that_is_not_there_names_the_nearest(tmp_path):
    (tmp_path / "set-a").mkdir()
    assert find_folder(tmp_path / "set-a", "") == tmp_path / "set-a"
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*set-a"):
        find_folder(tmp_path / "set_a", "")


@pytest.mark.parametrize("find", [lambda path: find_file(path, (".csv",), ""), lambda path: find_folder(path, "")])
@pytest.mark.parametrize(
    ("name", "message"),
    [("x" * 5000, r"a path of 5,\d\d\d letters is too long"), ("a\0b.csv", r"holds a NUL character.*a\\x00b\.csv")],
)
def test_what_is_no_path(tmp_path, find, name, message):
    with pytest.raises(ValueError, match=message) as caught:
        find(str(tmp_path / name))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "read", [mnist.load, medmnist.load, physionet2012.load, wfdb.load, wfdb.header, wfdb.annotations]
)
@pytest.mark.parametrize("name", ["x" * 5000, "x" * 254, "a\0b", "~nobody-of-this-name/a"])
def test_every_reader_refuses_what_is_no_path(read, name):
    with pytest.raises((ValueError, FileNotFoundError), match=r"too long|NUL character|no home folder|There is no"):
        read(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "ff.csv")
    with pytest.raises(ValueError, match=r"ff\.csv is not a regular file"):
        find_file(tmp_path / "ff.csv", (".csv",), "")


def test_names_from_a_file_are_quoted_escaped_and_cut():
    assert quoted("a", "\x1b[31m") == r"'a', '\x1b[31m'"
    assert quoted(*"abc", most=2) == "'a', 'b' and 1 more"
    assert quoted("x" * 200, longest=5) == "'xxxx...'"
    assert len(quoted("\x1b" * 10**6)) < 100


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_sums(tmp_path, kind):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n")
    digits = hashlib.new(kind, b"1,2\n").hexdigest()
    check_sum(path, f" {digits.upper()}\n", "")
    with pytest.raises(ValueError, match=rf"a\.csv has the {kind.upper()} {digits}, expected 0+: Get it again\."):
        check_sum(path, "0" * len(digits), "Get it again.")


@pytest.mark.parametrize("sum", ["", "123", "g" * 32, "0" * 40])
def test_what_is_no_sum(tmp_path, sum):
    with pytest.raises(ValueError, match=r"32 \(MD5\) or 64 \(SHA-256\) hexadecimal digits"):
        check_sum(tmp_path / "a.csv", sum, "")


def test_licence_and_citation_are_printed_once(capsys):
    announce("heart", "CC BY 4.0", "Detrano 1989")
    announce("heart", "CC BY 4.0", "Detrano 1989")
    assert capsys.readouterr().out == "heart\n  licence:  CC BY 4.0\n  citation: Detrano 1989\n"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, "a.csv: no"),
        ({"line": 1200}, "a.csv, line 1,200: no"),
        ({"line": 2, "column": 3}, "a.csv, line 2, column 3: no"),
        ({"line": 2, "column": "age"}, "a.csv, line 2, column 'age': no"),
    ],
)
def test_where_it_is_wrong(place, text):
    assert str(damaged("a.csv", "no", **place)) == text


def test_no_message_steers_the_terminal(tmp_path):
    assert str(damaged("a\x1b[31m.csv", "\u202eno\n", line=1)) == r"a\x1b[31m.csv, line 1: \u202eno\n"
    with pytest.raises(FileNotFoundError, match=r"no file .*\\x1b\[31m\.dat"):
        find_file(tmp_path / "\x1b[31m.dat", (".dat",), "")


def test_lines_whatever_their_ends():
    assert list(text_lines(io.BytesIO(b"\xef\xbb\xbfa,b\r\n1,\xc3\xa4\n\n2,3"), "a.csv")) == ["a,b", "1,ä", "", "2,3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a\n12345678\n", "a.csv, line 2: longer than 5 bytes"),
        (b"a\nb\n\0\n", "a.csv, line 3: holds a NUL byte"),
        (b"a\xff\n", "a.csv, line 1: byte 2 is not UTF-8"),
    ],
)
def test_lines_that_are_none(text, message):
    with pytest.raises(ValueError, match=message):
        list(text_lines(io.BytesIO(text), "a.csv", longest=5))


def test_a_file_without_an_end_is_not_read_at_once():
    class Endless(io.RawIOBase):
        def readline(self, size=-1):
            assert 0 < size < 100
            return b"x" * size

    with pytest.raises(ValueError, match="line 1: longer than 50 bytes"):
        next(text_lines(Endless(), "a.csv", longest=50))
