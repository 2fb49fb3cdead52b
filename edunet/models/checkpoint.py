"""Checkpoints: a training in one file, so that it goes on after a stop as if it had never stopped, bit by bit.

In the file, beside the weights: what the training is made of, in words (`models/fingerprint.py`), which must be the
same; and where it stands (`models/standing.py`). Nothing is put back before all of it was read and found to fit.
"""

import json
import os
import warnings
from pathlib import Path

from edunet.backend import get_backend
from edunet.interrupt import finish_first
from edunet.models import files, standing
from edunet.models.fingerprint import NAMES, fingerprint, refuse_other
from edunet.models.packing import pack, unpack
from edunet.models.strict_json import parse

__all__ = ["check", "checked_path", "restore", "write"]

FORMAT = files.CHECKPOINT
DEEPEST = 64


def checked_path(resume) -> Path:
    """Return what was given as `resume` as a path, or raise TypeError or ValueError."""
    if not isinstance(resume, (str, os.PathLike)):
        raise TypeError(
            "fit: resume is the path of a file that callbacks.Checkpoint has written, such as 'run.safetensors'. "
            f"Received: {resume!r:.80}"
        )
    if not os.fspath(resume):
        raise ValueError("fit: resume is an empty text; expected the path of a file, or None to begin anew.")
    return Path(os.fsdecode(resume))


def check(loop, path) -> None:
    """Raise before the first epoch if this training cannot be written down, or the file is needed by another."""
    if not loop.feed.resumable:
        raise TypeError(
            "Checkpoint: these batches come from a stream, and where a generator stands cannot be written down. Give "
            "arrays, or an object with __getitem__ and __len__ that makes batch i."
        )
    if loop.held_out is not None and not loop.held_out.resumable and loop.held_out.once:
        raise TypeError(
            "Checkpoint: validation_data comes from a generator, and where it stands cannot be written down. Give "
            "arrays, or an object with __getitem__ and __len__ that makes batch i."
        )
    for forgotten in {feed.forgets() for feed in (loop.feed, loop.held_out) if hasattr(feed, "forgets")} - {""}:
        warnings.warn(f"Checkpoint: {forgotten}", stacklevel=2)
    _words(loop)
    standing.collect(loop)  # raises now, not after the first epoch, for a metric that cannot be kept
    if loop.resumed or not Path(path).exists():
        return
    try:
        state = _read(path)[1]
    except ValueError as error:
        raise FileExistsError(f"Checkpoint: another file is called {str(path)!r}. Choose another name.") from error
    if state["epoch"] < state["epochs"] and not state["stop_training"]:
        raise FileExistsError(
            f"Checkpoint: {str(path)!r} holds a training that was stopped in epoch {state['epoch'] + 1} of "
            f"{state['epochs']}. Go on with fit(..., resume={str(path)!r}), or delete the file to begin anew."
        )


def _words(loop) -> dict:
    """Return what the training is made of, as it was when it began."""
    if loop.words is None:
        loop.words = fingerprint(loop, standing.acting(loop))
    return loop.words


def write(loop, path) -> None:
    """Write the training that is going on, in the place of an older file, which stays if anything goes wrong."""
    arrays = {f"weights.{i}": w.data for i, w in enumerate(loop.model.weights)}
    with finish_first():
        state = standing.collect(loop)
        for callback, values in zip(standing.remembering(loop), state["callbacks"], strict=True):
            try:
                pack(values, {}, "its state")
            except TypeError as error:
                raise TypeError(
                    f"Checkpoint: what {type(callback).__name__}.get_state returns cannot be kept. {error}"
                ) from error
        text = json.dumps(pack({"made of": _words(loop), "state": state}, arrays, "state"), separators=(",", ":"))
        _parsed(text)  # as it will be read
        files.write(path, arrays, FORMAT, text)


def _parsed(text: str) -> dict:
    return parse(text.encode(), DEEPEST)


def _read(path) -> tuple[dict, dict, dict]:
    """Return words, state and weights of a file, or raise ValueError for one that is no checkpoint."""
    arrays, notes = files.read(path)
    if FORMAT not in notes:
        raise ValueError(
            f"{str(path)!r} is not a checkpoint (its kind is {next(iter(notes), 'unknown')!r:.40}). Checkpoints are "
            "written by callbacks.Checkpoint; weights alone are read by model.load_weights."
        )
    try:
        held = unpack(_parsed(notes[FORMAT]), arrays)
        words, state = held["made of"], held["state"]
        texts = [text for room in NAMES for pair in words[room].items() for text in pair]
        places = [state["epoch"], state["epochs"], state["step"]]
        if not all(type(n) is int for n in places) or not all(type(text) is str for text in texts):
            raise ValueError("expected other values")
        return words, {**state, "stop_training": state["stop_training"]}, arrays
    except Exception as error:  # a file may hold anything
        raise _damaged(path, error) from error


def _damaged(path, error) -> ValueError:
    return ValueError(f"{str(path)!r} is damaged: what it says of the training cannot be used ({error!s:.200}).")


def restore(loop, path) -> None:
    """Put everything back; nothing is changed unless all of it fits.

    Raises FileNotFoundError, ValueError for a damaged file or one of another model, optimizer, data or callbacks.
    """
    words, state, arrays = _read(path)
    refuse_other(words, _words(loop), str(path))
    weights = loop.model.weights
    try:
        ours = [(f"weights.{i}", w.shape, w.dtype) for i, w in enumerate(weights)]
        if sorted((name, a.shape, a.dtype.str) for name, a in arrays.items()) != sorted(
            (name, shape, dtype.str) for name, shape, dtype in ours
        ):
            raise ValueError("its weights are not of the shapes of the layers, or it holds further arrays")
        standing.check(loop, state)
    except FileNotFoundError:  # what a callback counts on is not there
        raise
    except Exception as error:
        raise _damaged(path, error) from error
    if (state["epoch"], state["step"]) > (loop.epochs, 0):
        raise ValueError(
            f"{str(path)!r} stands in epoch {state['epoch'] + 1}, and fit was given epochs={loop.epochs}, which end "
            "before. Give as many as then, or more."
        )
    _warn(loop, state, path)
    with finish_first():
        standing.put_back(loop, state, [arrays[name] for name, *_ in ours])


def _warn(loop, state, path) -> None:
    if state["backend"] != get_backend():
        warnings.warn(
            f"{str(path)!r} was computed by the backend {state['backend']!r}, now it is {get_backend()!r}: the numbers "
            "will differ in their last digits.",
            stacklevel=5,
        )
    optimizer, then = loop.model.optimizer, state["optimizer"].get("_rate")
    if then is not None and optimizer.learning_rate not in (then, optimizer.given_rate):
        warnings.warn(
            f"{str(path)!r} goes on with the learning rate {then:g} that it holds; {optimizer.learning_rate:g} is "
            "forgotten. To change the rate on the way use callbacks.LearningRateScheduler.",
            stacklevel=5,
        )
