"""What the demo can say of itself under the headings of TRIPOD+AI; the rest of the model card stays a question."""

import edunet
from edunet.demo.one_cycle import BATCH

__all__ = ["card"]


def card(task, cohort, rows, model, epochs, seed) -> dict[str, str]:
    """Return item -> text, for `clinic.report(card=)`.

    Args: rows {part: row numbers}; model, trained; epochs and seed, those of the training.
    """
    n = {part: f"{len(numbers):,}" for part, numbers in rows.items()}
    generator = f"edunet.datasets.{task.generator}"
    columns = ", ".join(f"{name} ({cohort.units[name]})" for name in cohort.columns)
    layers = ", ".join(type(layer).__name__ for layer in model.layers)
    weights = sum(w.size for w in model.trainable_weights)
    return {
        "1": f"{task.title}: a network for {task.unit} of a generator, for teaching.",
        "4": "Development, and one evaluation on other rows of the same generator.",
        "8a": f"{cohort.class_names[1]!r}, drawn from the true risk; the rules are in {generator}.",
        "9b": f"As drawn: {columns}.",
        "12a": f"{n['training']} {task.unit} trained the network, {n['validation']} chose epoch and threshold, "
        f"{n['test']} judged it once.",
        "12c": f"{layers}; {weights:,} weights. AdamW with warm-up and cosine decay to 0, highest rate {task.rate:g}, "
        f"batches of {BATCH}, {epochs} epochs, binary cross-entropy; recipe and sizes were fixed before.",
        "17": "None: there are no patients.",
        "18e": f"Anybody can draw the same: {generator}, seed {seed}.",
        "18f": f"edunet {edunet.__version__}, edunet.demo.{task.name}; weights.safetensors beside this page.",
        "24": "None.",
        "26": f"{cohort.note} Test and training follow the same rules, as no two hospitals do.",
    }
