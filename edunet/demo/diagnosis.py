"""The task "diagnosis": harm from age, sex and four blood tests, by a perceptron. SYNTHETIC."""

import numpy as np

from edunet import Sequential, clinic, layers
from edunet.datasets import blood_risk
from edunet.demo.task import Prepared, Task

__all__ = ["TASK", "logged", "network"]

EDGES = (50, 65, 80)  # years; of the bands of age


def logged(x):
    """Return x (n,6) with ln of creatinine and CRP, which are log-normal: without it a few patients are far outside."""
    x = x.astype(np.float64)
    x[:, 3:5] = np.log(x[:, 3:5])
    return x.astype(np.float32)


def network(x):
    """Return the perceptron of 32 and 16 units, with the mean and variance of x (n,6), the training part."""
    scale = layers.Normalization()
    scale.adapt(x)
    hidden = [layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu")]
    return Sequential([layers.Input(x.shape[1:]), scale, *hidden, layers.Dense(1, activation="sigmoid")])


def prepare(cohort, train) -> Prepared:
    x = logged(cohort.x)
    trail = [
        "Creatinine and CRP: natural logarithm.",
        "All six columns: to mean 0 and variance 1, as they are in the training part; kept in the first layer.",
    ]
    return Prepared(x, network(x[train]), trail)


def subgroups(cohort):
    age, sex = cohort.x[:, 0], cohort.x[:, 1]
    return {"age": clinic.age_bands(age, EDGES), "sex": np.where(sex == 1, "male", "female")}


TASK = Task(
    name="diagnosis",
    title="Harm from age, sex and four blood tests",
    question=(
        "Will this patient come to harm? Potassium harms at both ends, age multiplies what the kidney does,\n"
        "inflammation with low pressure is a threshold: no straight line draws that, a small perceptron does."
    ),
    unit="patients",
    generator="blood_risk",
    draw=blood_risk.load,
    prepare=prepare,
    subgroups=subgroups,
    epochs=20,
    rate=1e-2,
    decay=1e-3,
    sensitivity=0.9,
    why_sensitivity="who is missed comes to harm unwatched",
)
