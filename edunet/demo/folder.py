"""The new folder of a demo, and what is kept in it when Ctrl-C ends the training."""

import contextlib
from pathlib import Path

from edunet import show

__all__ = ["keep_what_was_learnt", "new_folder", "save_picture", "tell_written"]

WEIGHTS, CURVE = "weights.safetensors", "learning_curve.png"


@contextlib.contextmanager
def new_folder(out):
    """Make the folder before the work, and take it away again if nothing came into it."""
    folder = Path(out) if out is not None else _free_name("edunet-demo")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{str(folder)!r} exists and is not an empty folder; choose another with --out.")
    made = [f for f in (folder, *folder.parents) if not f.exists()]  # the innermost first
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"cannot make the folder {str(folder)!r} ({error.strerror}); choose another with --out."
        ) from error
    try:
        yield folder
    except BaseException:
        for empty in made:
            with contextlib.suppress(OSError):  # one that holds results stays
                empty.rmdir()
        raise


def _free_name(stem):
    names = (Path(stem if i == 1 else f"{stem}-{i}") for i in range(1, 1000))
    return next(name for name in names if not name.exists())


@contextlib.contextmanager
def keep_what_was_learnt(model, folder, synthetic):
    """Write weights and learning curve when the training within is done, and also when Ctrl-C ends it."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if model.history is None:  # nothing had begun
            raise
        _keep(model, folder, synthetic)
        raise KeyboardInterrupt(
            f"stopped after {len(model.history.epoch)} finished epochs; what was learnt is in {folder / WEIGHTS}"
        ) from stop
    _keep(model, folder, synthetic)


def _keep(model, folder, synthetic):
    model.save_weights(folder / WEIGHTS)
    if model.history.epoch:
        save_picture(show.curves(model.history, synthetic=synthetic), folder / CURVE)


def save_picture(figure, path):
    """Write a figure as PNG."""
    figure.savefig(path, dpi=120)


def tell_written(folder):
    """Print what came into the folder."""
    print(f"\nwritten into {folder}{'/'}: {', '.join(sorted(f.name for f in folder.iterdir()))}")
