"""How it will be learnt: weights that may change, a learning rate that can work, a metric that means something."""

import numpy as np

from edunet import metrics, optimizers
from edunet.layers.naming import names_given
from edunet.models.doctor.answers import is_quantity
from edunet.models.doctor.case import Case, number
from edunet.models.doctor.report import Finding
from edunet.models.frozen import nothing_to_learn
from edunet.tensor import no_gradients

__all__ = ["CHECKS"]

BY_SIGN = (optimizers.Adam, optimizers.RMSprop)  # a step is about as long as the learning rate, whatever the gradient
COUNTS = (metrics.AccuracyByLabels, metrics.BinaryAccuracy, metrics.CategoricalAccuracy, metrics.Accuracy)


def frozen(case: Case):
    """Nothing to learn; layers that are made anew at every call."""
    told = nothing_to_learn(case.model)
    if told:
        sentence, repair = told.split(". ", 1)
        evidence = f"The model has {len(case.model.weights)} arrays of weights, 0 of them to learn."
        yield Finding("nothing to learn", f"{sentence}.", evidence, repair)
    made = _made_by_a_call(case) if case.ends else []  # else the data do not fit the model
    if made:
        yield Finding(
            "layers made anew",
            "A layer makes new layers at every call: they begin at random each time, and never learn.",
            f"Calling the model a second time has made {', '.join(made)}.",
            "Make them once, in __init__: self.dense = layers.Dense(...), and call self.dense(x) in call.",
        )


def _made_by_a_call(case: Case) -> list[str]:
    """Return the kinds of layers that a call of the built model makes."""
    few = [np.nan_to_num(part.data[:1], posinf=0, neginf=0) for part in case.inputs]
    before: dict[str, int] = {}
    with no_gradients():
        for _ in range(2):
            before = names_given()
            try:
                case.model(few[0] if len(few) == 1 else few, training=False)
            except (ValueError, TypeError):  # other checks tell what does not fit, such as codes outside the table
                return []
    return [kind for kind, n in names_given().items() if n > before.get(kind, 0)]


def learning_rate(case: Case):
    """Steps of length 0, or far too long."""
    optimizer = case.model.optimizer
    rate = getattr(optimizer, "learning_rate", None)
    if not isinstance(rate, (int, float, np.number)):
        return
    kind = type(optimizer).__name__
    evidence = f"{kind}(learning_rate={rate:g})."
    if rate == 0:
        yield Finding("learning rate", "The learning rate is 0: no weight will change.", evidence, f"{kind}(0.001).")
    elif isinstance(optimizer, BY_SIGN) and rate > 1:
        sentence = f"The learning rate is far too high: {kind} moves each weight by about that much in every step."
        yield Finding("learning rate", sentence, evidence, f"{kind}(0.001) is a good beginning; 0.01 is high.")


def accuracy_of_a_quantity(case: Case):
    """A share of right answers where answers are quantities."""
    groups = case.model.objective.metrics if case.model.objective is not None else []
    for names, y, end in zip(groups, case.labels, case.ends, strict=False):
        counted = [m.name for m in names if isinstance(m, COUNTS)]
        real = y[np.isfinite(y)]
        if counted and is_quantity(end.loss) and len(np.unique(real[:10_000])) > 2:
            yield Finding(
                "accuracy of a quantity",
                f"{counted[0]} counts answers that are exactly right: of a quantity hardly any is.",
                f"Loss: {end.loss.name}; labels from {number(real.min())} to {number(real.max())}.",
                "metrics=['mae'], the mean error in the unit of y.",
            )


CHECKS = {"weights to learn": frozen, "learning rate": learning_rate, "accuracy": accuracy_of_a_quantity}
