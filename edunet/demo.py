"""`edunet demo`: the article's convolutional network, from data to result, on generated cells or a MedMNIST file."""

import contextlib
from pathlib import Path

import numpy as np

import edunet
from edunet import callbacks, clinic, datasets, layers, metrics, models, show

__all__ = ["article_network", "run"]


def article_network(input_shape=(28, 28, 1), classes=10, activation="softmax"):
    """Return the article's network; only the input and the output layer are fitted to the data.

    >>> article_network().count_params()
    93322
    """
    model = models.Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=input_shape))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(classes, activation=activation))
    return model


def run(data=None, *, epochs=5, seed=0, out=None) -> dict:
    """Train, judge once on the test part, and write pictures and weights into a new folder.

    Args: data, path of a MedMNIST .npz, or None for the generated cells10; epochs; seed; out, the folder (a new
    `edunet-demo` unless given). Returns {"accuracy", "interval", "auc", "recall", "folder", "history"}.
    """
    edunet.set_random_seed(seed)
    with _new_folder(out) as folder:
        task = _cells(seed) if data is None else _medmnist(data)
        (x, y), (x_val, y_val), (x_test, y_test) = task["parts"]
        names, synthetic = task["class_names"], task["synthetic"]
        several = task["multi_label"]
        model = article_network(x.shape[1:], len(names), "sigmoid" if several else "softmax")
        loss = "binary_crossentropy" if several else "sparse_categorical_crossentropy"
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy", metrics.AUC(name="auc")])
        purpose = "choose the epoch by" if data else "watch the learning by"
        print(f"{task['title']}: {len(x)} images to learn from, {len(x_val)} to {purpose}, {len(x_test)} for the test")
        print(f"{model.count_params():,} weights, {epochs} epochs, backend {edunet.get_backend()}, seed {seed}")
        # patience never runs out: this only goes back to the best epoch at the end
        best = callbacks.EarlyStopping("val_auc", patience=epochs, restore_best_weights=True)
        chooses = data is not None and bool(np.any(np.min(y_val, axis=0) != np.max(y_val, axis=0)))
        try:
            history = model.fit(
                _grey(x), y, epochs=epochs, validation_data=(_grey(x_val), y_val), callbacks=[best] if chooses else []
            )
        except KeyboardInterrupt as stop:
            model.save_weights(folder / "weights.safetensors")
            if model.history.epoch:
                _picture(show.curves(model.history, synthetic=synthetic), folder / "learning_curve.png")
            epochs_done = len(model.history.epoch)
            raise KeyboardInterrupt(
                f"stopped after {epochs_done} finished epochs; what was learnt is in {folder}/weights.safetensors"
            ) from stop
        model.save_weights(folder / "weights.safetensors")
        if data and not chooses:
            print("the validation part holds one class only, its AUC is undefined: the last epoch is kept")
        elif data:
            print(f"epoch {best.best_epoch + 1} was the best on the validation part (AUC {best.best:.3f}); it is kept")
        p = model.predict(_grey(x_test))
        result = _judge(y_test, p, names, several)
        result |= {"folder": folder, "history": history.history}
        _write(folder, history, x_test, y_test, p, names, several, synthetic)
    return result


def _grey(x):
    return x.astype(np.float32) / 255


def _cells(seed):
    (x, y), test = datasets.cells10.load_data(seed=seed)
    cut = len(x) * 9 // 10
    return {
        "title": "cells10, SYNTHETIC cells under the microscope",
        "parts": ((x[:cut], y[:cut]), (x[cut:], y[cut:]), test),
        "class_names": datasets.cells10.CLASS_NAMES,
        "multi_label": False,
        "synthetic": True,
    }


def _medmnist(path):
    found = datasets.medmnist.load(path)
    return {
        "title": f"{found.name} ({found.task})",
        "parts": tuple((part.x, part.y) for part in (found.train, found.val, found.test)),
        "class_names": found.class_names,
        "multi_label": found.train.y.ndim == 2,
        "synthetic": False,
    }


def _judge(y, p, names, several) -> dict:
    """Print accuracy with its interval, AUC, and who was found; return the numbers."""
    said = p > 0.5 if several else p.argmax(axis=-1)
    hits, n = int((said == y).sum()), y.size
    low, high = clinic.wilson_interval(hits, n)
    auc = metrics.AUC()(y, p)
    each = " (of all answers)" if several else ""
    print(f"\ntest accuracy{each} {hits / n:.3f}  [95 % interval {low:.3f} to {high:.3f}], {n} answers, AUC {auc:.3f}")
    members = y.sum(axis=0) if several else np.bincount(y, minlength=len(names))
    found = (y & said).sum(axis=0) if several else np.array([(said[y == k] == k).sum() for k in range(len(names))])
    recall = {}
    print("recall (share found) of each class, the rarest first:")
    for k in sorted(range(len(names)), key=lambda k: (members[k], found[k])):
        recall[names[k]] = found[k] / members[k] if members[k] else float("nan")
        interval = "[{:.3f} to {:.3f}]".format(*clinic.wilson_interval(found[k], members[k])) if members[k] else ""
        print(f"  {names[k]:28s} {recall[names[k]]:.3f}  {interval}  of {members[k]} images")
    if not several:
        print("confusion matrix (rows: truth, columns: answer, classes in their own order):")
        print(
            "\n".join("  " + " ".join(f"{c:5d}" for c in row) for row in metrics.confusion_matrix(y, said, len(names)))
        )
    return {"accuracy": hits / n, "interval": (low, high), "auc": auc, "recall": recall}


def _write(folder, history, x, y, p, names, several, synthetic):
    _picture(show.curves(history, synthetic=synthetic), folder / "learning_curve.png")
    if not several:
        show.confusion(y, p.argmax(axis=-1), names, synthetic=synthetic).savefig(
            folder / "confusion_matrix.png", dpi=120
        )
        wrong, right = np.flatnonzero(p.argmax(axis=-1) != y), np.flatnonzero(p.argmax(axis=-1) == y)
        few = np.concatenate([wrong[:5], right])[:15]  # the mistakes are what can be learnt from
        show.predictions(x[few], y[few], p[few], names, synthetic=synthetic).savefig(
            folder / "predictions.png", dpi=120
        )
    print(f"\nwritten into {folder}{'/'}: {', '.join(sorted(f.name for f in folder.iterdir()))}")


def _picture(figure, path):
    figure.savefig(path, dpi=120)


@contextlib.contextmanager
def _new_folder(out):
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
