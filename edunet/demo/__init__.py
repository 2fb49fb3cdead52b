"""`edunet demo`: from data to result in a minute, on generated data or a MedMNIST file.

edunet demo                      the article's convolutional network on generated cells
edunet demo --data FILE.npz      the same network on a file of MedMNIST
edunet demo --task NAME          a small network on generated patients, up to the clinical report:
    diagnosis      will this patient come to harm? blood tests, a perceptron
    images         is there a lesion? pictures of noise, a convolution
    drugs          is this molecule toxic? SMILES texts, a GRU in both directions
    course         septic within six hours? two days on a ward, a GRU
"""

from edunet.demo import article, clinical, course, diagnosis, drugs, images
from edunet.demo.article import article_network
from edunet.demo.folder import new_folder
from edunet.demo.task import Task
from edunet.names import look_up

__all__ = ["TASKS", "article_network", "run"]

TASKS: dict[str, Task] = {task.name: task for task in (diagnosis.TASK, images.TASK, drugs.TASK, course.TASK)}


def run(data=None, *, task=None, epochs=None, seed=0, out=None) -> dict:
    """Train, judge once on the test part, and write pictures and weights into a new folder.

    Args: data, path of a MedMNIST .npz, or None for the generated cells10; task, a name from TASKS in place of both;
    epochs, 5 unless given, or what suits the task; seed; out, the folder (a new `edunet-demo` unless given).
    Returns {"accuracy", "interval", "auc", "recall", "folder", "history"}, and of a task {"auroc", "interval", "best",
    "gap", "threshold", "folder", "history"}. Raises ValueError for another task, and for data together with a task.
    """
    if task is not None:
        chosen = look_up("task", TASKS, task)
        if data is not None:
            raise ValueError(
                f"--task {task} draws its own patients, whose true risk is known; {str(data)!r} cannot take their "
                "place. Leave out --task to train the article's network on it, or --data."
            )
        with new_folder(out) as folder:
            return clinical.train_and_report(chosen, epochs or chosen.epochs, seed, folder)
    with new_folder(out) as folder:
        return article.train_and_judge(data, epochs or 5, seed, folder)
