"""CSVLogger writes a table, goes on in it, and never destroys what is not its own."""

import numpy as np
import pytest

from edunet.callbacks import CSVLogger

X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)


def log(model, path, epochs=2, initial_epoch=0, **options):
    freq = options.pop("validation", None)
    held_out = {"validation_data": (X, Y), "validation_freq": freq} if freq else {}
    given = {"epochs": epochs, "initial_epoch": initial_epoch, "verbose": 0} | held_out
    return model.fit(X, Y, callbacks=[CSVLogger(path, **options)], **given).history


def test_a_row_for_each_epoch(model, tmp_path):
    loss = log(model, tmp_path / "log.csv")["loss"]
    assert (tmp_path / "log.csv").read_text() == f"epoch,loss\n0,{loss[0]}\n1,{loss[1]}\n"


def test_append_goes_on_below_one_header(model, tmp_path):
    path = tmp_path / "log.csv"
    log(model, path)
    log(model, path, 3, 2, append=True)
    assert [line.split(",")[0] for line in path.read_text().splitlines()] == ["epoch", "0", "1", "2"]


def test_without_append_an_older_log_is_replaced(model, tmp_path):
    path = tmp_path / "log.csv"
    log(model, path, 5)
    log(model, path, 1, separator=",")
    assert len(path.read_text().splitlines()) == 2


def test_what_an_epoch_does_not_have_is_na(model, tmp_path):
    log(model, tmp_path / "log.csv", 2, validation=2, separator=";")
    rows = [line.split(";") for line in (tmp_path / "log.csv").read_text().splitlines()]
    assert rows[0] == ["epoch", "loss", "val_loss"]
    assert (rows[1][2], rows[2][2] == "NA") == ("NA", False)


@pytest.mark.parametrize("append", [True, False])
@pytest.mark.parametrize("content", ["my notes", "epoch,loss\nfirst,1\n", "epoch,loss\n1\n", "\x00\xff"])
def test_other_content_is_never_overwritten(model, tmp_path, content, append):
    path = tmp_path / "log.csv"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(FileExistsError, match="exists and is not the log of a training. Choose another name"):
        log(model, path, append=append)
    assert path.read_text(encoding="latin-1") == content


def test_a_missing_folder_and_a_long_separator(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        log(model, tmp_path / "none" / "log.csv")
    with pytest.raises(ValueError, match="separator is one character"):
        CSVLogger("log.csv", separator="--")
