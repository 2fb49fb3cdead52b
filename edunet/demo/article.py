"""The article's convolutional network, from data to result, on generated cells or a MedMNIST file."""

import numpy as np

import edunet
from edunet import callbacks, clinic, datasets, layers, metrics, models, show
from edunet.demo.folder import keep_what_was_learnt, save_picture, tell_written

__all__ = ["article_network", "train_and_judge"]


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


def train_and_judge(data, epochs, seed, folder) -> dict:
    """Train on generated cells or a MedMNIST file, judge once on the test part, write pictures and weights.

    Args and what is returned: as `edunet.demo.run`; folder, an empty one.
    """
    edunet.set_random_seed(seed)
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
    with keep_what_was_learnt(model, folder, synthetic):
        history = model.fit(
            _grey(x), y, epochs=epochs, validation_data=(_grey(x_val), y_val), callbacks=[best] if chooses else []
        )
    if data and not chooses:
        print("the validation part holds one class only, its AUC is undefined: the last epoch is kept")
    elif data:
        print(f"epoch {best.best_epoch + 1} was the best on the validation part (AUC {best.best:.3f}); it is kept")
    p = model.predict(_grey(x_test))
    result = _judge(y_test, p, names, several)
    if not several:
        _draw_answers(folder, x_test, y_test, p, names, synthetic)
    tell_written(folder)
    return result | {"folder": folder, "history": history.history}


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


def _draw_answers(folder, x, y, p, names, synthetic):
    said = p.argmax(axis=-1)
    save_picture(show.confusion(y, said, names, synthetic=synthetic), folder / "confusion_matrix.png")
    wrong, right = np.flatnonzero(said != y), np.flatnonzero(said == y)
    few = np.concatenate([wrong[:5], right])[:15]  # the mistakes are what can be learnt from
    save_picture(show.predictions(x[few], y[few], p[few], names, synthetic=synthetic), folder / "predictions.png")
