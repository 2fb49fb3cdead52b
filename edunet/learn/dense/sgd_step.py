"""Exercise sgd_step: one step downhill."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["SGD_STEP"]


def sgd_step(w, dw, lr):
    return w - lr * dw


SGD_STEP = Exercise(
    "sgd_step",
    "01",
    "one step downhill",
    sgd_step,
    # a table, an array, and a single number as the bias is: a step is the same for all
    lambda rng, i: (
        (float(rng.normal()), float(rng.normal()), 0.3)
        if i == 3
        else (rng.normal(size=(2, 3 + i)[i == 0 :]), rng.normal(size=(2, 3 + i)[i == 0 :]), 0.2 / (1 + i))
    ),
    (
        Mistake("uphill: the gradient points to where the loss grows. Subtract it.", lambda w, dw, lr: w + lr * dw),
        Mistake("the learning rate is ignored: 0.01 stands in your code.", lambda w, dw, lr: w - 0.01 * dw),
        Mistake("the learning rate is ignored: 0.1 stands in your code.", lambda w, dw, lr: w - 0.1 * dw),
        Mistake(
            "the step is multiplied by the weights; it is lr times the gradient.", lambda w, dw, lr: w * (1 - lr * dw)
        ),
        Mistake("the learning rate is forgotten: the step is lr times the gradient.", lambda w, dw, lr: w - dw),
        Mistake(
            "only the step is returned; the new weights are the old ones minus the step.", lambda w, dw, lr: lr * dw
        ),
        Mistake("only the (negative) step is returned; add it to the old weights.", lambda w, dw, lr: -lr * dw),
        Mistake("brackets: (w − lr) · dw mixes the learning rate with the weights.", lambda w, dw, lr: (w - lr) * dw),
        Mistake(
            "divided by the learning rate; multiply: a smaller rate is a smaller step.", lambda w, dw, lr: w - dw / lr
        ),
        Mistake("the weights come back unchanged.", lambda w, dw, lr: w),
        Mistake("only the sign of the gradient is used; its size matters too.", lambda w, dw, lr: w - lr * np.sign(dw)),
    ),
    (
        "The gradient points uphill. Which way do you want to go, and how far?",
        "New weights = old weights − learning rate · gradient. Make a new array; w itself must stay as it was.",
        "One line: w, a minus, and the product of lr and dw.",
    ),
    known=(((np.array([1.0, -2.0]), np.array([10.0, 4.0]), 0.05), np.array([0.5, -2.2])),),
)
