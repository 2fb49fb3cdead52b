"""`edunet notebooks` and `edunet lab`: what is written, and that nothing of the learner's is ever lost."""

import errno
import json
import os
from pathlib import Path

import pytest

from edunet import cli, lessons

PROJECT = Path(__file__).resolve().parents[1]  # the checkout or source distribution that holds this test
FILES = ["00_start.ipynb", "01_dense.ipynb", "README.md", "practice/01_dense.ipynb", "solutions/01_dense.ipynb"]


def notebook(title):
    return json.dumps({"cells": [{"cell_type": "markdown", "source": title}]})


@pytest.fixture(autouse=True)
def original(tmp_path, monkeypatch):
    """Put a library with two lessons into one folder, and stand in another, which is the learner's."""
    folder = tmp_path / "library" / "_notebooks"
    for name in [*FILES, "src/01_dense.py"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(notebook(f"# Lesson {name[:2]} · On {name}\n\nAbout 20 minutes."), encoding="utf-8")
    monkeypatch.setattr(lessons, "PACKAGE", tmp_path / "library")
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return folder


def written(folder):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if not path.is_dir())


def test_the_lessons_are_written_with_their_folders_and_without_sources(original, capsys):
    assert cli.main(["notebooks", "new/mine"]) == 0
    assert written("new/mine") == FILES
    for name in FILES:
        assert Path("new/mine", name).read_bytes() == (original / name).read_bytes()
    out = capsys.readouterr().out
    assert out.count(" written\n") == len(FILES)
    assert out.endswith("To open them: edunet lab new/mine\n")


def test_others_may_read_them_as_any_new_file():
    lessons.copy("mine")
    Path("plain").write_text("")
    assert Path("mine/00_start.ipynb").stat().st_mode == Path("plain").stat().st_mode


def test_without_a_name_the_folder_is_called_edunet_lessons():
    assert cli.main(["notebooks"]) == 0
    assert written("edunet-lessons") == FILES


def test_a_second_time_everything_is_up_to_date(capsys):
    cli.main(["notebooks", "mine"])
    before = [Path("mine", name).stat().st_mtime_ns for name in FILES]
    capsys.readouterr()
    assert cli.main(["notebooks", "mine"]) == 0
    assert capsys.readouterr().out.count(" up to date\n") == len(FILES)
    assert [Path("mine", name).stat().st_mtime_ns for name in FILES] == before


def test_what_the_learner_has_changed_is_kept_and_what_is_missing_is_written(capsys):
    lessons.copy("mine")
    Path("mine/01_dense.ipynb").write_text("my answers")
    Path("mine/00_start.ipynb").unlink()
    capsys.readouterr()
    assert cli.main(["notebooks", "mine"]) == 0
    assert Path("mine/01_dense.ipynb").read_text() == "my answers"
    assert written("mine") == FILES
    out = capsys.readouterr().out
    assert out.count("kept, yours") == out.count(" written\n") == 1
    assert "--force writes the lesson" in out


def test_force_moves_the_learners_file_beside_and_never_over_another(original, capsys):
    for answers in ("first", "second", "third"):
        lessons.copy("mine")
        Path("mine/practice/01_dense.ipynb").write_text(answers)
        assert cli.main(["notebooks", "mine", "--force"]) == 0
    practice = Path("mine/practice")
    assert {path.name: path.read_text() for path in practice.iterdir() if "yours" in path.name} == {
        "01_dense (yours).ipynb": "first",
        "01_dense (yours 2).ipynb": "second",
        "01_dense (yours 3).ipynb": "third",
    }
    assert (practice / "01_dense.ipynb").read_bytes() == (original / "practice/01_dense.ipynb").read_bytes()
    assert "written; yours is now '01_dense (yours 3).ipynb'" in capsys.readouterr().out


def test_force_leaves_alone_what_is_up_to_date():
    lessons.copy("mine")
    assert {what for _, what in lessons.copy("mine", force=True)} == {"up to date"}


def test_a_folder_that_has_the_name_of_a_lesson_is_kept():
    Path("mine/01_dense.ipynb").mkdir(parents=True)
    assert dict(lessons.copy("mine"))[Path("mine/01_dense.ipynb")] == "kept, yours"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
    ids=["full", "not writable"],
)
def test_a_disk_that_does_not_take_it_loses_nothing(fault, words, force, monkeypatch, capsys):
    Path("mine").mkdir()
    Path("mine/00_start.ipynb").write_text("my answers")

    def half_written(path, content):
        with path.open("wb") as file:
            file.write(content[:10])
        raise fault

    monkeypatch.setattr(Path, "write_bytes", half_written)
    assert cli.main(["notebooks", "mine", *["--force"] * force]) == 2
    error = capsys.readouterr().err
    assert error.startswith("edunet: cannot write 'mine")
    assert words in error
    assert "Make room, or name a folder that you may write into" in error
    assert error.count("\n") == 1
    assert written("mine") == ["00_start.ipynb"]
    assert Path("mine/00_start.ipynb").read_text() == "my answers"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is writable to this user")
def test_a_folder_that_is_not_writable(capsys):
    Path("mine").mkdir(mode=0o500)
    assert cli.main(["notebooks", "mine"]) == 2
    assert "cannot write 'mine/" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["file", "file/inside/deeper"])
def test_a_file_is_no_folder(folder, capsys):
    Path("file").write_text("thesis")
    assert cli.main(["notebooks", folder]) == 2
    assert capsys.readouterr().err == "edunet: 'file' is not a folder; name another one.\n"
    assert Path("file").read_text() == "thesis"


@pytest.mark.parametrize("folder", ["../library", "../library/_notebooks/practice", "../library/new"])
def test_the_folder_of_the_library_is_refused(folder, original, capsys):
    before = written(original.parent)
    assert cli.main(["notebooks", folder, "--force"]) == 2
    assert "belongs to the library itself; name a folder of your own" in capsys.readouterr().err
    assert written(original.parent) == before


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("links cannot be made here")


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path, capsys):
    Path("mine").mkdir()
    (tmp_path / "elsewhere").mkdir()
    link(Path("mine/practice"), tmp_path / "elsewhere")
    assert cli.main(["notebooks", "mine"]) == 2
    assert "a link that leads elsewhere" in capsys.readouterr().err
    assert written(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("target", ["thesis.txt", "nowhere"])
def test_a_linked_file_is_the_learners_and_what_it_points_to_stays(target, tmp_path):
    Path("mine").mkdir()
    (tmp_path / "thesis.txt").write_text("years of work")
    link(Path("mine/00_start.ipynb"), tmp_path / target)
    assert dict(lessons.copy("mine"))[Path("mine/00_start.ipynb")] == "kept, yours"
    lessons.copy("mine", force=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert Path("mine/00_start (yours).ipynb").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_the_folder_itself_may_be_a_link():
    Path("real").mkdir()
    link(Path("mine"), "real")
    lessons.copy("mine")
    assert written("real") == FILES


def test_list_shows_number_title_and_minutes_and_writes_nothing(capsys):
    assert cli.main(["notebooks", "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "00  On 00_start.ipynb  (20 minutes)",
        "01  On 01_dense.ipynb  (20 minutes, with practice)",
    ]
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("text", "title", "minutes"),
    [
        ("# Lesson 05 · Filters\n\nAbout 45 to 60 minutes.", "Filters", "45 to 60"),
        (["# Lesson 05 · Filters\n", "\n", "30–40 minutes"], "Filters", "30–40"),
        ("# Without a number", "Without a number", ""),
    ],
)
def test_what_the_first_cell_tells(text, title, minutes, original, capsys):
    (original / "00_start.ipynb").write_text(notebook(text), encoding="utf-8")
    assert lessons.lessons()[0] == ("00", title, minutes, False)


def test_in_a_checkout_the_lessons_lie_beside_the_package(original):
    beside = original.parents[1] / "notebooks"
    original.rename(beside)
    assert lessons.source() == beside
    lessons.copy("mine")
    assert written("mine") == FILES


def test_somebody_elses_folder_beside_the_package_is_not_taken_for_the_lessons(original, capsys):
    original.rename(original.with_name("gone"))
    (original.parents[1] / "notebooks").mkdir()
    assert cli.main(["notebooks", "mine"]) == 2
    assert 'install the library again: pip install "edunet-med[tutorials]"' in capsys.readouterr().err
    assert not Path("mine").exists()


def test_the_real_lessons_are_there_as_they_were_committed(monkeypatch):
    monkeypatch.setattr(lessons, "PACKAGE", Path(lessons.__file__).parent)
    for path, what in lessons.copy("real"):
        committed = PROJECT / "notebooks" / path.relative_to("real")
        assert what == "written"
        assert not PROJECT.joinpath("notebooks").exists() or path.read_bytes() == committed.read_bytes()
    assert lessons.lessons()[0][:3] == ("00", "Start: a whole neural network in one cell", "20")


def test_the_root_of_a_checkout_is_refused(original, capsys):
    Path("../pyproject.toml").write_text("[project]")
    assert cli.main(["notebooks", ".."]) == 2
    assert "belongs to the library itself" in capsys.readouterr().err
    assert not Path("../practice").exists()
