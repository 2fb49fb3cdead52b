"""Exercise neuron_gradient: which way is downhill for the weights and the bias of one neuron?."""

import numpy as np

from edunet.learn.dense.cross_entropy import labels_and_risks
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["NEURON_GRADIENT"]


def neuron_gradient(x, y, p):
    dz = (p - y) / len(y)
    return x.T @ dz, float(dz.sum())


def _patients(rng, i):
    y, p = labels_and_risks(rng, i)
    return rng.normal(size=(len(y), 2 + i)), y, p


def _gradient(dz_of):
    def wrong(x, y, p):
        dz = dz_of(x, y, p)
        return x.T @ dz, float(np.sum(dz))

    return wrong


NEURON_GRADIENT = Exercise(
    "neuron_gradient",
    "01",
    "which way is downhill for the weights and the bias of one neuron?",
    neuron_gradient,
    _patients,
    (
        Mistake(
            "the sign is flipped: your neuron would learn to be wrong. Which way does the loss change if p rises?",
            _gradient(lambda x, y, p: (y - p) / len(y)),
        ),
        Mistake(
            "the patients are summed, not averaged: the loss is a mean, so its gradient has 1/N.",
            _gradient(lambda x, y, p: p - y),
        ),
        Mistake(
            "σ'(z) = p (1 − p) is multiplied in once too often: with this loss it cancels. Write the product out.",
            _gradient(lambda x, y, p: (p - y) * p * (1 - p) / len(y)),
        ),
        Mistake(
            "a factor 2 too much: that belongs to the squared error, not to this loss.",
            _gradient(lambda x, y, p: 2 * (p - y) / len(y)),
        ),
        Mistake(
            "divided by the number of features instead of patients: x has shape (N, D), the mean is over N.",
            _gradient(lambda x, y, p: (p - y) / x.shape[1]),
        ),
        Mistake(
            "the labels are forgotten: dz is how far the answer p is from the truth y.",
            _gradient(lambda x, y, p: p / len(y)),
        ),
        Mistake(
            "db is the mean of dz, and dz holds the 1/N already: for db take the sum.",
            lambda x, y, p: (x.T @ ((p - y) / len(y)), float(np.mean(p - y)) / len(y)),
        ),
        Mistake(
            "the absolute error |p − y| is used: then the neuron no longer knows which way it erred.",
            _gradient(lambda x, y, p: np.abs(p - y) / len(y)),
        ),
        Mistake(
            "this stops half way, at the gradient for p: one door is missing, how p changes with z.",
            _gradient(lambda x, y, p: (-y / p + (1 - y) / (1 - p)) / len(y)),
        ),
        Mistake(
            "the risk is made 0 or 1 first; the gradient needs the risk itself, or it could not tell 51 % from 99 %.",
            _gradient(lambda x, y, p: ((p > 0.5) - y) / len(y)),
        ),
        Mistake(
            "dw is averaged over the patients, db is not: both come from the same mean.",
            lambda x, y, p: (x.T @ (p - y) / len(y), float(np.sum(p - y))),
        ),
    ),
    (
        "Two steps of the chain rule: first how the loss changes with z (one number for each patient), then how z "
        "changes with each weight.",
        "The slope of the loss for p times the slope of the sigmoid: much cancels, and a mean has its 1/N. A weight "
        "w_d meets the measurement x_d of every patient: sum x[n, d] · dz[n] over n.",
        "That sum is x.T @ dz; the bias meets the number 1 in every patient.",
    ),
    returns=("dw", "db"),
    # central differences of the loss with 30-digit arithmetic: x = [[1], [2]], y = [1, 0], p = sigma(0.5 x)
    known=(
        (
            (np.array([[1.0], [2.0]]), np.array([1.0, 0.0]), np.array([0.6224593312018546, 0.7310585786300049])),
            (np.array([0.54228824423093]), 0.17675895491593),
        ),
    ),
)
