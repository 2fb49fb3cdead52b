"""The honest protocol, for every task alike: split by patient, learn, choose on validation, judge once, report.

draw -> split by patient -> scale by the training part -> learn; the epoch of the smallest validation loss is kept
     -> threshold from the validation part -> one pass over the test part -> report, beside the best possible
"""

from typing import NamedTuple

import numpy as np

import edunet
from edunet import callbacks, clinic, metrics
from edunet.datasets.cohort import Cohort
from edunet.demo.card import card
from edunet.demo.folder import keep_what_was_learnt, tell_written
from edunet.demo.one_cycle import BATCH, one_cycle
from edunet.demo.task import Prepared, Task
from edunet.preprocessing import patient_split

__all__ = ["train_and_report"]

PATIENTS = 14_000
SHARES = {"training": 8 / 14, "validation": 2 / 14, "test": 4 / 14}


class Trial(NamedTuple):
    """A task with its patients, who of them is in which part, and what was made ready by the training part."""

    task: Task
    cohort: Cohort
    rows: dict[str, np.ndarray]  # part -> row numbers
    prepared: Prepared

    def asked(self, part: str, values: np.ndarray) -> np.ndarray:
        """Return the values of a part, (n,) of all its patients; of (n,T) those at the hours that are asked."""
        rows, asked = self.rows[part], self.cohort.asked
        return values[rows] if asked is None else values[rows][asked[rows]]

    def answers(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        """Return y, and what the network answers."""
        p = np.zeros(self.cohort.y.shape, np.float32)
        p[self.rows[part]] = self.prepared.model.predict(self.prepared.x[self.rows[part]], verbose=0)[..., 0]
        return self.asked(part, self.cohort.y), self.asked(part, p)


def train_and_report(task: Task, epochs: int, seed: int, folder) -> dict:
    """Train the network of a task on generated patients and write its clinical report.

    Args and what is returned: as `edunet.demo.run`; folder, an empty one.
    """
    edunet.set_random_seed(seed)
    cohort = task.draw(PATIENTS, seed)
    rows = _split(cohort, seed)
    trial = Trial(task, cohort, rows, task.prepare(cohort, rows["training"]))
    _tell(trial, epochs, seed)
    epoch = _learn(trial, epochs, folder)
    chosen = f"Epoch {epoch} of {epochs} had the smallest loss on the validation part; it is kept"
    print(chosen)
    threshold = clinic.threshold_for(*trial.answers("validation"), sensitivity=task.sensitivity)
    found = f"Threshold {threshold:.3f}, for a sensitivity of {100 * task.sensitivity:.0f} % on the validation part"
    print(f"{found}:\n  {task.why_sensitivity}")
    parts = ", ".join(f"{len(rows):,} {part}" for part, rows in trial.rows.items())
    drawn = f"{len(cohort):,} {task.unit} drawn by edunet.datasets.{task.generator}, seed {seed}"
    trail = [
        f"{drawn}; none is in two parts: {parts}.",
        *trial.prepared.trail,
        *_never_asked(cohort, rows["test"]),
        f"{chosen}.",
        f"{found}.",
        "Test part: read once.",
    ]
    told = card(task, cohort, rows, trial.prepared.model, epochs, seed)
    result = _judge(trial, threshold, trail, told, folder)
    return result | {"folder": folder, "history": trial.prepared.model.history.history}


def _split(cohort, seed) -> dict[str, np.ndarray]:
    """Return the rows of each part; no patient is in two of them, and each has about as many ill ones."""
    ill = cohort.y.reshape(len(cohort), -1).max(axis=1)
    rows = patient_split(cohort.x, ill, cohort.patient_id, shares=tuple(SHARES.values()), seed=seed)
    return dict(zip(SHARES, rows, strict=True))


def _never_asked(cohort, rows) -> list[str]:
    """Say how many patients of the test part cannot be judged, having no hour at which is asked."""
    never = 0 if cohort.asked is None else int((~cohort.asked[rows].any(axis=1)).sum())
    return [f"Of the test part {never:,} are asked at no hour; nothing is judged of them."] * bool(never)


def _tell(trial: Trial, epochs, seed) -> None:
    task, cohort = trial.task, trial.cohort
    n = {part: f"{len(rows):,}" for part, rows in trial.rows.items()}
    hours = "" if cohort.asked is None else f", each asked at {cohort.asked.sum() / len(cohort):.0f} hours"
    ill = np.concatenate([trial.asked(part, cohort.y) for part in trial.rows]).mean()
    print(f"{task.title}. SYNTHETIC {task.unit}, none of them real.\n{task.question}\n")
    print(
        f"{n['training']} {task.unit} to learn from, {n['validation']} to choose by, {n['test']} for the test{hours}; "
        f"{100 * ill:.1f} % {cohort.class_names[1]}"
    )
    weights = sum(w.size for w in trial.prepared.model.trainable_weights)
    print(f"{weights:,} weights, {epochs} epochs, backend {edunet.get_backend()}, seed {seed}")


def _learn(trial: Trial, epochs, folder) -> int:
    """Train; go back to the epoch of the smallest loss on the validation part, and return which it was."""
    task, cohort, model = trial.task, trial.cohort, trial.prepared.model

    def of(part):
        rows = trial.rows[part]
        weight = None if cohort.asked is None else cohort.asked[rows].astype(np.float32)  # the others weigh nothing
        return trial.prepared.x[rows], cohort.y[rows][..., None].astype(np.float32), weight

    x, y, weight = of("training")
    model.compile(
        one_cycle(task.rate, epochs * -(-len(x) // BATCH), task.decay),
        "binary_crossentropy",
        weighted_metrics=[metrics.AUC(name="auc")],
    )
    # patience never runs out: this only goes back to the best epoch at the end
    best = callbacks.EarlyStopping("val_loss", patience=epochs, restore_best_weights=True)
    options = {"batch_size": BATCH, "epochs": epochs, "validation_data": of("validation"), "callbacks": [best]}
    with keep_what_was_learnt(model, folder, synthetic=True):
        model.fit(x, y, sample_weight=weight, **options)
    return best.best_epoch + 1


def _judge(trial: Trial, threshold, trail, told, folder) -> dict:
    """Write the report of the test part, print what it comes to, and return the numbers."""
    task, cohort = trial.task, trial.cohort
    y, p = trial.answers("test")
    risk = trial.asked("test", cohort.truth["risk"])
    whose = None  # every patient has one row; or several, one for each hour:
    if cohort.asked is not None:
        whose = trial.asked("test", np.broadcast_to(cohort.patient_id[:, None], cohort.y.shape))
    print("\nThe test part is read, once; the report takes some seconds")
    report = clinic.report(
        y,
        p,
        groups=whose,
        subgroup={name: trial.asked("test", part) for name, part in task.subgroups(cohort).items()},
        threshold=threshold,
        best=risk,
        trail=trail,
        card=told,
        class_names=cohort.class_names,
        title=task.title,
        synthetic=True,
    )
    for name in ("report.txt", "report.html"):
        report.save(folder / name)
    auroc, best = report.numbers["auroc"], metrics.roc_auc(y, risk)
    gap = best - float(auroc)
    shown = f"{round(gap, 3) or 0.0:.3f}" + (", below 0 by chance" if gap < 0 else "")  # not -0.000
    print(f"AUROC on the test part {auroc}")
    print(f"best possible on the same {task.unit}, by their true risk: {best:.3f}; the gap is {shown}")
    if task.also:
        print(task.also(cohort, trial.rows["test"], p, threshold))
    print(f"the clinical report: open {folder / 'report.html'} in a browser")
    tell_written(folder)
    found = {"auroc": float(auroc), "interval": auroc.interval, "best": best, "gap": gap}
    return found | {"threshold": float(threshold)}
