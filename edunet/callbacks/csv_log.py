"""CSVLogger: the losses and metrics of each epoch as a table in a file."""

import csv
import os
from pathlib import Path

from edunet.callbacks.callback import Callback

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Write the logs of each epoch as a row of a table: epoch, then the measures in the order of the alphabet.

    Args: filename; separator; append, go on in a file that is there. Without append the log of an earlier training is
    replaced, as in Keras, but only a file that looks like one: whatever else stands in the file is never overwritten.
    Values that an epoch does not have, such as those of a validation in every second epoch, are NA.
    Raises FileExistsError for a file of other content, FileNotFoundError for a folder that is not there.
    """

    def __init__(self, filename, separator=",", append=False):
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"CSVLogger: separator is one character, such as ','. Received: {separator!r}")
        self.filename, self.separator, self.append = Path(filename), separator, append
        self.keys: list[str] | None = None
        self._place: int | None = None  # bytes that this training has written, and what was there before

    def on_train_begin(self, logs=None):
        if not self.filename.parent.is_dir():
            raise FileNotFoundError(
                f"CSVLogger: the folder {str(self.filename.parent)!r} does not exist; make it first."
            )
        self.keys = self._place = None
        there = self.filename.exists() and self.filename.stat().st_size > 0
        header = self._header() if there else None
        if there and header is None:
            raise FileExistsError(
                f"CSVLogger: {str(self.filename)!r} exists and is not the log of a training. Choose another name."
            )
        if there and self.append:
            self.keys, self._place = header, self.filename.stat().st_size

    def _header(self) -> list[str] | None:
        """Return the measures of a log that is there already, or None if the file is something else."""
        try:
            with open(self.filename, newline="", encoding="utf-8") as file:
                rows = csv.reader(file, delimiter=self.separator)
                first = next(rows, [])
                if first[:1] == ["epoch"] and all(len(row) == len(first) and row[0].isdigit() for row in rows):
                    return first[1:]
        except (UnicodeDecodeError, csv.Error):
            pass
        return None

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        begins = self.keys is None
        if self.keys is None:
            self.keys = sorted(logs)
            if self.params.get("validation") and not any(key.startswith("val_") for key in logs):
                self.keys += [f"val_{key}" for key in self.keys]  # validation comes in a later epoch
        new = self._place is None
        with open(self.filename, "w" if new else "r+", newline="", encoding="utf-8") as file:
            file.seek(0 if self._place is None else self._place)
            table = csv.writer(file, delimiter=self.separator, lineterminator="\n")
            if begins:
                table.writerow(["epoch", *self.keys])
            table.writerow([epoch, *(logs.get(key, "NA") for key in self.keys)])
            file.truncate()
            file.flush()
            os.fsync(file.fileno())  # a checkpoint that counts on these rows may be written next
            self._place = file.tell()

    def get_state(self):
        return {"keys": self.keys, "_place": self._place}

    def check_state(self, state):
        super().check_state(state)
        keys, place = state["keys"], state["_place"]
        named = keys is None or (isinstance(keys, list) and all(isinstance(key, str) for key in keys))
        if not named or (place is not None and (type(place) is not int or place < 0)):
            raise ValueError(
                f"CSVLogger: expected names and a place in the file. Received: {keys!r:.80}, {place!r:.40}"
            )
        if place is not None and (not self.filename.exists() or self.filename.stat().st_size < place):
            raise FileNotFoundError(
                f"CSVLogger: {str(self.filename)!r} does not hold the rows that the checkpoint counts on. Put the file "
                "back, or leave this callback out."
            )
