"""The honest protocol, for every task alike: split by patient, learn, choose on validation, judge once, report.

draw -> split by patient -> scale by the training part -> learn; the epoch of the smallest validation loss is kept
     -> threshold from the validation part -> one pass over the test part -> report, beside the best possible
"""

from typing import NamedTuple

import numpy as np

import edunet
from edunet import callbacks, clinic, metrics
from edunet.demo.folder import keep_what_was_learnt, tell_written
from edunet.demo.one_cycle import BATCH, one_cycle
from edunet.demo.task import Prepared, Task
from edunet.preprocessing import patient_split

__all__ = ["train_and_report"]

PATIENTS = 14_000
SHARES = {"training": 8 / 14, "validation": 2 / 14, "test": 4 / 14}


class Asked(NamedTuple):
    """The answers that are asked for, in a row: one of a patient, or one of each of its hours."""

    y: np.ndarray  # (m,)
    p: np.ndarray  # (m,) of the network
    best: np.ndarray  # (m,) true risk
    patients: np.ndarray | None  # (m,) whose it is; None where every patient has one
    subgroups: dict[str, np.ndarray]  # (m,) each


def train_and_report(task: Task, epochs: int, seed: int, folder) -> dict:
    """Train the network of a task on generated patients and write its clinical report.

    Args and what is returned: as `edunet.demo.run`; folder, an empty one.
    """
    edunet.set_random_seed(seed)
    cohort = task.draw(PATIENTS, seed)
    parts = _split(task, cohort, seed)
    prepared = task.prepare(cohort, parts["training"])
    _tell(task, cohort, parts, prepared, epochs, seed)
    epoch = _learn(task, cohort, parts, prepared, epochs, folder)
    chosen = f"epoch {epoch} of {epochs} had the smallest loss on the validation part; it is kept"
    print(chosen)
    held_out = _ask(task, cohort, parts["validation"], prepared)
    threshold = clinic.threshold_for(held_out.y, held_out.p, sensitivity=task.sensitivity)
    found = (
        f"threshold {float(threshold):.3f}, for a sensitivity of {100 * task.sensitivity:.0f} % on the validation part"
    )
    print(f"{found}: {task.why_sensitivity}")
    trail = [_drawn(task, cohort, parts, seed), *prepared.trail, f"{chosen}.", f"{found}.", "test part: read once."]
    return _judge(task, _ask(task, cohort, parts["test"], prepared), threshold, trail, folder) | {
        "folder": folder,
        "history": prepared.model.history.history,
    }


def _split(task, cohort, seed) -> dict[str, np.ndarray]:
    """Return the rows of each part; no patient is in two of them, and each has about as many ill ones."""
    ill = cohort.y.reshape(len(cohort), -1).max(axis=1)
    rows = patient_split(cohort.x, ill, cohort.patient_id, shares=tuple(SHARES.values()), seed=seed)
    return dict(zip(SHARES, rows, strict=True))


def _tell(task, cohort, parts, prepared, epochs, seed) -> None:
    asked = np.ones(cohort.y.shape, bool) if cohort.asked is None else cohort.asked
    n = {name: len(rows) for name, rows in parts.items()}
    hours = f", each asked at {asked.sum() / len(cohort):.0f} hours" if cohort.asked is not None else ""
    print(f"{task.title}. SYNTHETIC {task.unit}, nobody is real.\n{task.question}\n")
    print(
        f"{n['training']:,} {task.unit} to learn from, {n['validation']:,} to choose by, {n['test']:,} for the test"
        f"{hours}; {100 * cohort.y[asked].mean():.1f} % {cohort.class_names[1]}"
    )
    weights = sum(w.size for w in prepared.model.trainable_weights)
    print(f"{weights:,} weights, {epochs} epochs, backend {edunet.get_backend()}, seed {seed}")


def _drawn(task, cohort, parts, seed) -> str:
    n = ", ".join(f"{len(rows):,} {name}" for name, rows in parts.items())
    return f"{len(cohort):,} {task.unit} drawn by edunet.datasets, seed {seed}; none is in two parts: {n}."


def _learn(task: Task, cohort, parts, prepared: Prepared, epochs, folder) -> int:
    """Train; go back to the epoch of the smallest loss on the validation part, and return which it was."""

    def part(name):
        rows = parts[name]
        y = cohort.y[rows][..., None].astype(np.float32)
        weight = () if cohort.asked is None else (cohort.asked[rows].astype(np.float32),)
        return prepared.x[rows], y, *weight

    model = prepared.model
    steps = epochs * -(-len(parts["training"]) // BATCH)
    auc = metrics.AUC(name="auc")
    model.compile(one_cycle(task.rate, steps, task.decay), "binary_crossentropy", weighted_metrics=[auc])
    # patience never runs out: this only goes back to the best epoch at the end
    best = callbacks.EarlyStopping("val_loss", patience=epochs, restore_best_weights=True)
    x, y, *weight = part("training")
    with keep_what_was_learnt(model, folder, synthetic=True):
        model.fit(
            x,
            y,
            sample_weight=weight[0] if weight else None,
            batch_size=BATCH,
            epochs=epochs,
            validation_data=part("validation"),
            callbacks=[best],
        )
    return best.best_epoch + 1


def _ask(task, cohort, rows, prepared) -> Asked:
    """Return what the network answers for these rows, and what is true."""
    p = prepared.model.predict(prepared.x[rows], verbose=0)[..., 0]
    y, risk = cohort.y[rows], cohort.truth["risk"][rows]
    subgroups = {name: part[rows] for name, part in task.subgroups(cohort).items()}
    if cohort.asked is None:
        return Asked(y, p, risk, None, subgroups)
    asked = cohort.asked[rows]
    whose = np.broadcast_to(cohort.patient_id[rows, None], asked.shape)
    subgroups = {name: part[asked] for name, part in subgroups.items()}
    return Asked(y[asked], p[asked], risk[asked], whose[asked], subgroups)


def _judge(task, test: Asked, threshold, trail, folder) -> dict:
    """Write the report, print what it comes to, and return the numbers."""
    report = clinic.report(
        test.y,
        test.p,
        groups=test.patients,
        subgroup=test.subgroups,
        threshold=threshold,
        best=test.best,
        title=task.title,
        synthetic=True,
        trail=trail,
    )
    (folder / "report.txt").write_text(report.text() + "\n", encoding="utf-8")
    report.save(folder / "report.html")
    auroc = clinic.auroc(test.y, test.p, groups=test.patients)
    best = metrics.roc_auc(test.y, test.best)
    print(f"\nAUROC on the test part, read once: {auroc}")
    gap = round(best - float(auroc), 6)
    luck = " (below 0 by chance)" if gap < 0 else ""
    print(f"best possible on the same {task.unit}, by their true risk: {best:.3f}; the gap is {gap:.3f}{luck}")
    print(f"the clinical report: open {folder / 'report.html'} in a browser")
    tell_written(folder)
    return {
        "auroc": float(auroc),
        "interval": auroc.interval,
        "best": best,
        "gap": gap,
        "threshold": float(threshold),
    }
