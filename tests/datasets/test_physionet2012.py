"""physionet2012: stays in folders and archives, what the numbers mean, and what a stranger's archive may try."""

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, physionet2012, physionet2012_files

REAL = Path(__file__).parents[2].parent / "shared/data/icu2012/set-a.tar.xz"
STAY = b"""Time,Parameter,Value
00:00,RecordID,132539
00:00,Age,54
00:00,Gender,0
00:00,Height,-1
00:00,ICUType,4
00:00,Weight,81.5
00:07,HR,73
00:07,Temp,35.1
35:19,Weight,82
02:00,HR,-1
01:37,HR,77
"""
OTHER = b"Time,Parameter,Value\r\n00:00,RecordID,9\r\n00:10,Ammonia,40\r\n00:10,pH,7.1\r\n\r\n"
OUTCOMES = b"""RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death
132539,6,1,5,-1,0
9,16,-1,8,4,1
140501,1,2,3,-1,0
"""
SET = {"set-a/132539.txt": STAY, "set-a/9.txt": OTHER, "Outcomes-a.txt": OUTCOMES, "set-a/README.txt": b"\0"}


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


def folder(path, content=SET):
    for name, text in content.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(text)
    return path


def archive(path, content=SET, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for name, text in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return path


def same(a, b):
    for name in ("record_id", "offset", "patient", "minute", "variable", "value"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.variables == b.variables


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_one_long_form(tmp_path):
    icu = physionet2012.load(folder(tmp_path))
    assert icu.record_id.tolist() == [9, 132539]
    assert icu.offset.tolist() == [0, 2, 6]
    assert icu.patient.tolist() == [0, 0, 1, 1, 1, 1]
    assert icu.minute.tolist() == [10, 10, 7, 7, 97, 2119]
    assert [icu.variables[i] for i in icu.variable] == ["Ammonia", "pH", "HR", "Temp", "HR", "Weight"]
    np.testing.assert_allclose(icu.value, [40, 7.1, 73, 35.1, 77, 82], rtol=1e-6)
    assert icu.n_unknown == 1
    assert len(icu) == 2


def test_descriptors_and_outcomes_have_nan_where_the_file_says_minus_one(tmp_path):
    icu = physionet2012.load(folder(tmp_path))
    assert {name: v[1] for name, v in icu.descriptors.items() if name != "Height"} == {
        "Age": 54, "Gender": 0, "ICUType": 4, "Weight": 81.5,
    }  # fmt: skip
    assert np.isnan(icu.descriptors["Height"][1])
    assert np.isnan(icu.descriptors["Age"][0])
    assert tuple(icu.outcomes) == physionet2012.OUTCOMES
    np.testing.assert_array_equal(icu.outcomes["SOFA"], [np.nan, 1])
    np.testing.assert_array_equal(icu.outcomes["Survival"], [4, np.nan])
    np.testing.assert_array_equal(icu.outcomes["In-hospital_death"], [1, 0])


def test_the_37_variables_come_first_others_by_name(tmp_path):
    icu = physionet2012.load(folder(tmp_path))
    assert len(physionet2012.UNITS) == 37
    assert icu.variables == (*physionet2012.UNITS, "Ammonia")
    assert (icu.units["HR"], icu.units["Ammonia"]) == ("1/min", "")


def test_who_has_no_file_is_told(tmp_path, capsys):
    icu = physionet2012.load(folder(tmp_path, SET | {"set-a/77.txt": OTHER.replace(b",9", b",77")}))
    assert icu.without_file.tolist() == [140501]
    assert icu.without_outcome.tolist() == [77]
    assert "1 ids have an outcome but no file, 1 the other way round" in capsys.readouterr().out
    assert np.isnan(icu.outcomes["SAPS-I"][1])


def test_two_ages_are_a_conflict_and_the_first_is_kept(tmp_path):
    text = STAY.replace(b"00:00,Age,54\n", b"00:00,Age,54\n00:00,Age,53\n00:00,Gender,0\n")
    icu = physionet2012.load(folder(tmp_path, SET | {"set-a/132539.txt": text}))
    assert icu.descriptors["Age"][1] == 54
    assert {name: ids.tolist() for name, ids in icu.conflicts.items()} == {"Age": [132539]}


def test_a_second_weight_on_admission_is_an_event(tmp_path):
    text = STAY.replace(b"00:00,Weight,81.5\n", b"00:00,Weight,-1\n00:00,Weight,81\n")
    icu = physionet2012.load(folder(tmp_path, {"132539.txt": text}))
    assert np.isnan(icu.descriptors["Weight"][0])
    assert (icu.minute[0], icu.variables[icu.variable[0]], icu.value[0]) == (0, "Weight", 81)


@pytest.mark.parametrize(
    ("suffix", "mode"), [(".tar", "w"), (".tar.gz", "w:gz"), (".tar.xz", "w:xz"), (".tar.bz2", "w:bz2")]
)
def test_archives_read_as_the_folder_does(tmp_path, suffix, mode):
    packed = physionet2012.load(archive(tmp_path / f"set-a{suffix}", mode=mode))
    same(packed, physionet2012.load(folder(tmp_path / "unpacked")))
    assert packed.name == "set-a"
    assert packed.licence == "ODC-By 1.0"


def test_a_long_path_in_an_archive(tmp_path):
    long = {f"{'deep/' * 60}{name}": text for name, text in SET.items()}
    same(physionet2012.load(archive(tmp_path / "a.tar", long, "w")), physionet2012.load(folder(tmp_path / "b")))


def test_outcomes_beside_the_folder_or_given(tmp_path):
    folder(tmp_path)
    beside = physionet2012.load(tmp_path / "set-a")
    (tmp_path / "Outcomes-a.txt").rename(tmp_path / "results.csv")
    given = physionet2012.load(tmp_path / "set-a", tmp_path / "results.csv")
    without = physionet2012.load(tmp_path / "set-a")
    np.testing.assert_array_equal(beside.outcomes["SAPS-I"], given.outcomes["SAPS-I"])
    assert without.outcomes == {}
    assert without.without_outcome.size == 0


def test_outcomes_beside_an_archive(tmp_path):
    path = archive(tmp_path / "set-c.tar.gz", {"set-c/9.txt": OTHER})
    (tmp_path / "Outcomes-c.txt").write_bytes(OUTCOMES)
    assert physionet2012.load(path).outcomes["SAPS-I"].tolist() == [16]


def test_a_set_without_outcomes_says_so(tmp_path, capsys):
    path = archive(tmp_path / "set-c.tar.gz", {"set-c/9.txt": OTHER})
    assert physionet2012.load(path).outcomes == {}
    assert "no outcomes are there, nor Outcomes-c.txt beside it. Type load(" in capsys.readouterr().out


def test_a_folder_too_high_up_names_the_right_one(tmp_path):
    folder(tmp_path / "a" / "b" / "c")
    with pytest.raises(ValueError, match=r"They lie deeper: type load\('.*set-a'\)"):
        physionet2012.load(tmp_path / "a" / "b")


def test_two_sets_at_once(tmp_path):
    b = {"set-b/142675.txt": STAY.replace(b"132539", b"142675"), "Outcomes-b.txt": b"RecordID,SOFA\n142675,3\n"}
    icu = physionet2012.load(folder(tmp_path, SET | b))
    assert icu.record_id.tolist() == [9, 132539, 142675]
    np.testing.assert_array_equal(icu.outcomes["SOFA"], [np.nan, 1, 3])
    assert np.isnan(icu.outcomes["SAPS-I"][2])


def test_a_stay_without_events(tmp_path):
    icu = physionet2012.load(
        folder(tmp_path, {"5.txt": b"Time,Parameter,Value\n", "6.txt": STAY.replace(b"132539", b"6")})
    )
    assert icu.offset.tolist() == [0, 0, 4]


def test_licence_and_citation_are_printed_once(tmp_path, capsys):
    folder(tmp_path / "mine")
    physionet2012.load(tmp_path / "mine/set-a")
    first = capsys.readouterr().out
    physionet2012.load(tmp_path / "mine/set-a")
    assert "ODC-By 1.0" in first
    assert "Silva" in first
    assert "licence" not in capsys.readouterr().out


def test_other_sets_have_a_licence_that_is_not_known(tmp_path):
    assert "unknown" in physionet2012.load(folder(tmp_path / "clinic", {"9.txt": OTHER})).licence


def test_a_line_of_progress_for_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(physionet2012, "MANY", 1)
    same(physionet2012.load(folder(tmp_path)), physionet2012.load(tmp_path, progress=False))


def test_real_file():
    if not REAL.is_file():
        pytest.skip("the real set-a is not beside the repository (shared/data/icu2012)")
    icu = physionet2012.load(REAL, progress=False)
    assert len(icu) == 3996
    assert icu.without_file.tolist() == [139060, 140501, 140936, 141264]
    assert icu.outcomes["In-hospital_death"].sum() == 554
    assert len(icu.value) == icu.offset[-1] == 1_733_979
    assert icu.variables == tuple(physionet2012.UNITS)
    assert (icu.value[icu.variable == icu.variables.index("Temp")] < 0).sum() == 24  # 0 °F and the like
    assert np.isnan(icu.descriptors["Height"]).sum() == 1890
    assert len(icu.conflicts["Age"]) == 381
    assert (np.diff(icu.minute)[np.diff(icu.patient) == 0] >= 0).all()
    assert icu.minute.max() <= 48 * 60


# --- what it refuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"00:07,HR", r"132539\.txt, line 13: expected three cells"),
        (b"00:07,HR,73,1", "line 13: expected three cells"),
        (b"00:07,HR,fast", "line 13, column 'Value': expected a number. Received: 'fast'"),
        (b"00:07,HR,nan", "column 'Value'"),
        (b"00:07,HR,1_0", "column 'Value'"),
        (b"00:07,HR,1e39", "column 'Value'"),
        (b"7 h,HR,73", r"column 'Time': expected hours:minutes, as 35:19\. Received: '7 h'"),
        (b"00:61,HR,73", "column 'Time'"),
        ("0\u0660:01,HR,73".encode(), "column 'Time'"),
        (b"00:07," + b"x" * 200 + b",1", "column 'Parameter': a name of 200 letters"),
        (b"00:00,RecordID,4", "holds RecordID 4, its name says 132539"),
        (b"00:07,HR,7\0", "line 13: holds a NUL byte"),
        (b"00:07,HR,7\xff", "line 13: byte 11 is not UTF-8"),
    ],
)
def test_wrong_line(tmp_path, line, message):
    with pytest.raises(ValueError, match=message):
        physionet2012.load(folder(tmp_path, {"132539.txt": STAY + line + b"\n"}))


@pytest.mark.parametrize("text", [b"", b"age,sex\n1,2\n", b"<html>"])
def test_wrong_header(tmp_path, text):
    with pytest.raises(ValueError, match=r"132539\.txt, line 1: expected 'Time,Parameter,Value'"):
        physionet2012.load(folder(tmp_path, {"132539.txt": text}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"Outcomes-a\.txt, line 1: expected 'RecordID,SAPS-I"),
        (b"RecordID,SOFA,SOFA\n", "line 1: expected"),
        (b"RecordID,SOFA\n9\n", "line 2: expected 2 cells"),
        (b"RecordID,SOFA\n9,1\n9,1\n", "line 3: RecordID 9 comes twice"),
        (b"RecordID,SOFA\nx,1\n", "line 2, column 'RecordID'"),
        (b"RecordID,SOFA\n9,high\n", "line 2, column 'SOFA': expected a number"),
    ],
)
def test_wrong_outcomes(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        physionet2012.load(folder(tmp_path, SET | {"Outcomes-a.txt": text}))


def test_nothing_to_read(tmp_path):
    with pytest.raises(ValueError, match="holds no file of a stay"):
        physionet2012.load(folder(tmp_path, {"notes.txt": b"", "set.csv": b""}))


def test_missing_file_names_the_nearest(tmp_path):
    archive(tmp_path / "set-a.tar.gz")
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*set-a\.tar\.gz"):
        physionet2012.load(tmp_path / "seta.tar.gz")


def test_the_same_stay_twice(tmp_path):
    with pytest.raises(ValueError, match="RecordID 9 comes twice"):
        physionet2012.load(folder(tmp_path, SET | {"set-b/9.txt": OTHER}))


def test_zip_is_told_what_to_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "set-a.zip", "w") as file:
        file.writestr("9.txt", OTHER)
    with pytest.raises(ValueError, match="is a zip archive. Unpack it"):
        physionet2012.load(tmp_path / "set-a.zip")


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"x" * 3000])
def test_no_archive(tmp_path, content):
    (tmp_path / "set-a.tar.gz").write_bytes(content)
    with pytest.raises(ValueError, match="Download it again"):
        physionet2012.load(tmp_path / "set-a.tar.gz")


@pytest.mark.parametrize("cut", [600, 1100, 1600, 2000])
def test_archive_that_is_cut_short(tmp_path, cut):
    path = archive(tmp_path / "set-a.tar", mode="w")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"Download it again"):
        physionet2012.load(path)


@pytest.mark.parametrize(
    ("blocks", "message"), [(2, "cut short"), (4, "cut short"), (6, "cut short"), (7, "cut short")]
)
def test_an_archive_without_its_end_has_lost_stays(tmp_path, blocks, message):
    path = archive(tmp_path / "a.tar", {f"{i}.txt": OTHER.replace(b",9", b",%d" % i) for i in (7, 8, 9)}, "w")
    path.write_bytes(path.read_bytes()[: blocks * 512])  # a header and a block for each stay, then the end
    with pytest.raises(ValueError, match=rf"a\.tar: {message} after .* no end mark"):
        physionet2012.load(path)
    path.write_bytes(archive(path, {"9.txt": OTHER}, "w").read_bytes()[: 4 * 512])
    assert len(physionet2012.load(path)) == 1


def test_two_archives_in_one_file(tmp_path):
    path = archive(tmp_path / "a.tar", {"9.txt": OTHER}, "w")
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(ValueError, match="something follows the end of the archive"):
        physionet2012.load(path)


def test_a_large_member_that_is_skipped_is_told_as_such(tmp_path):
    path = archive(tmp_path / "a.tar", {"scan.bin": bytes(3_000_000), "9.txt": OTHER}, "w")
    with pytest.raises(ValueError, match=r"^a\.tar unpacks to more than the cap of 1,000,000 bytes"):
        physionet2012.load(path, max_bytes=1_000_000)


def test_a_damaged_header_is_not_the_end(tmp_path):
    path = archive(tmp_path / "set-a.tar", mode="w")
    raw = bytearray(path.read_bytes())
    raw[1024 + 5] ^= 1  # in the name of the second member
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="damaged after"):
        physionet2012.load(path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_other_kinds(tmp_path, kind):
    with tarfile.open(tmp_path / "set-a.tar", "w") as tar:
        member = tarfile.TarInfo("set-a/9.txt")
        member.type, member.linkname = kind, "../../etc/passwd"
        tar.addfile(member)
    with pytest.raises(ValueError, match=r"9\.txt is a link, or of another kind"):
        physionet2012.load(tmp_path / "set-a.tar")


def test_paths_that_lead_away_write_nothing(tmp_path):
    before = {"a.tar"}
    icu = physionet2012.load(archive(tmp_path / "a.tar", {"../../132539.txt": STAY, "/tmp/9.txt": OTHER}, "w"))
    assert len(icu) == 2
    assert {p.name for p in tmp_path.iterdir()} == before


def test_bombs(tmp_path):
    path = archive(tmp_path / "a.tar.xz", {"9.txt": OTHER, "zeros.bin": bytes(30_000_000)}, "w:xz")
    with pytest.raises(ValueError, match=r"unpacks to more than the cap of 1,000,000 bytes.*max_bytes=4000000"):
        physionet2012.load(path, max_bytes=1_000_000)


def test_a_long_file(tmp_path, monkeypatch):
    monkeypatch.setattr(physionet2012_files, "MAX_FILE", 100)
    with pytest.raises(ValueError, match="longer than 100 bytes. Is this the file of one patient"):
        physionet2012.load(folder(tmp_path))


def test_a_folder_with_too_much_text(tmp_path):
    with pytest.raises(ValueError, match="more than the cap of 300 bytes"):
        physionet2012.load(folder(tmp_path), max_bytes=300)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.REGTYPE])
def test_a_size_that_lies(tmp_path, kind):
    member = tarfile.TarInfo("set-a/9.txt")
    member.type, member.size = kind, 2**33
    (tmp_path / "a.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(2048))
    with pytest.raises(ValueError, match=r"claims 8,589,9|unexpected end of data"):
        physionet2012.load(tmp_path / "a.tar")


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_damaged_archives_give_a_result_or_a_sentence(tmp_path, mode):
    path = archive(tmp_path / "set-a.tar", mode=mode)
    whole = path.read_bytes()
    rng = np.random.Generator(np.random.PCG64(0))
    for _ in range(150):
        raw = bytearray(whole[: rng.integers(1, len(whole)) if rng.random() < 0.3 else None])
        for at in rng.integers(0, min(len(raw), 6000), rng.integers(1, 12)):
            raw[at] = rng.choice([0, 32, 44, 48, 255, rng.integers(256)])
        path.write_bytes(raw)
        try:
            icu = physionet2012.load(path, max_bytes=10**6)
        except ValueError:
            continue
        assert len(icu.value) == icu.offset[-1]
