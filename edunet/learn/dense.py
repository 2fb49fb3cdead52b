"""Exercises of lesson 01: a weighted sum, a neuron, a layer of them, and the first step downhill."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["EXERCISES"]


# ---------------------------------------------------------------- weighted_sum


def weighted_sum(x, w, b):
    return float(x @ w + b)


WEIGHTED_SUM = Exercise(
    "weighted_sum",
    "01",
    "weigh the measurements of one patient, add up, add the bias",
    weighted_sum,
    lambda rng, i: (rng.normal(size=3 + i), rng.normal(size=3 + i), rng.normal() + 2),
    (
        Mistake("the bias is forgotten: after the sum comes + b.", lambda x, w, b: float(x @ w)),
        Mistake("the bias is subtracted; the formula says + b.", lambda x, w, b: float(x @ w - b)),
        Mistake(
            "the bias is added to every product, so it counts n times. Add it once, after the sum.",
            lambda x, w, b: float(np.sum(x * w + b)),
        ),
        Mistake(
            "this is the mean of the products; the formula has their sum.", lambda x, w, b: float(np.mean(x * w) + b)
        ),
        Mistake("the products are made, but not added up: one number is wanted.", lambda x, w, b: x * w + b),
        Mistake(
            "the sum of the measurements is multiplied by the sum of the weights; each measurement meets its own.",
            lambda x, w, b: float(x.sum() * w.sum() + b),
        ),
        Mistake(
            "the last product is missing: range(n) ends before n by itself.",
            lambda x, w, b: float(x[:-1] @ w[:-1] + b),
        ),
        Mistake("the first product is missing: Python counts from 0.", lambda x, w, b: float(x[1:] @ w[1:] + b)),
        Mistake("the weights are added to the measurements; multiply them.", lambda x, w, b: float(np.sum(x + w) + b)),
        Mistake(
            "only the first product arrives: is `return` inside the loop, or does = stand where += should?",
            lambda x, w, b: float(x[0] * w[0] + b),
        ),
        Mistake(
            "only the last product arrives: does = stand where += should?", lambda x, w, b: float(x[-1] * w[-1] + b)
        ),
    ),
    (
        "Read the formula aloud: multiply each measurement by its weight, add all products, then add b.",
        "Start with total = 0, go through the places i with a for loop, and at the end add b. Or find the one NumPy "
        "operation that multiplies and adds up.",
        "For two arrays of the same length, a @ c is a[0]·c[0] + a[1]·c[1] + ... .",
    ),
    known=(((np.array([2.0, -1.0]), np.array([0.5, 3.0]), 0.25), -1.75),),
)


# ---------------------------------------------------------------- sigmoid


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def _only_by_size(z):
    return 1 / (1 + np.exp(-np.abs(z)))


SIGMOID = Exercise(
    "sigmoid",
    "01",
    "squeeze any number into the range from 0 to 1",
    sigmoid,
    lambda rng, i: (3 * rng.normal(size=(2 + i, 3)) if i % 2 else 3 * rng.normal(size=5 + i),),
    (
        Mistake(
            "a minus sign is missing: this is σ(−z). It falls where it should rise.", lambda z: 1 / (1 + np.exp(z))
        ),
        Mistake(
            "brackets: 1 / 1 + e^(−z) is 1 + e^(−z). Python divides before it adds: 1 / (1 + ...).",
            lambda z: 1 / 1 + np.exp(-z),
        ),
        Mistake("this is tanh, the sigmoid's cousin from −1 to 1.", np.tanh),
        Mistake(
            "this is the slope of the sigmoid, which belongs to the way back.", lambda z: sigmoid(z) * (1 - sigmoid(z))
        ),
        Mistake("e is cut off: 2.71 or 2.718 is not exact enough. np.exp knows it.", lambda z: 1 / (1 + 2.71 ** (-z))),
        Mistake("e is cut off: 2.718 is not exact enough. np.exp knows all digits.", lambda z: 1 / (1 + 2.718 ** (-z))),
        Mistake("this is relu: it cuts off below 0, but has no upper limit.", lambda z: np.maximum(z, 0)),
        Mistake("1 − e^(−z) should be 1 + e^(−z).", lambda z: 1 / (1 - np.exp(-z))),
        Mistake(
            "this is softmax: the numbers share one whole. Here each has a probability of its own.",
            lambda z: np.exp(z) / np.exp(z).sum(),
        ),
        Mistake("this is the logarithm of 1 + e^z (softplus).", lambda z: np.log1p(np.exp(z))),
        Mistake("it is right for z ≥ 0 only: the sign of z has got lost (abs?).", _only_by_size),
        Mistake("2^(−z) stands where e^(−z) should: use np.exp.", lambda z: 1 / (1 + 2.0 ** (-z))),
    ),
    (
        "At z = 0 the answer is one half; far to the right it is nearly 1, far to the left nearly 0.",
        "Write the fraction of the formula with np.exp, which takes a whole array at once.",
        "One over a bracket; in the bracket stand 1 and np.exp of minus z.",
    ),
    # 40-digit arithmetic (Python's decimal), rounded
    known=(((np.array([0.0, 1.0, -2.0]),), np.array([0.5, 0.7310585786300049, 0.11920292202211755])),),
)


# ---------------------------------------------------------------- dense


def dense(x, w, b):
    return x @ w + b


def _row_by_row(x, w, b):
    return np.stack([x[n] @ w for n in range(len(x))]) + b * (np.arange(len(x)) == 0)[:, None]


DENSE = Exercise(
    "dense",
    "01",
    "a layer of neurons for many patients at once",
    dense,
    # square in three trials, or most mistakes would only fail; one where D, N and U differ
    lambda rng, i: (
        (rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=4))
        if i == 3
        else (rng.normal(size=(2 + i, 2 + i)), rng.normal(size=(2 + i, 2 + i)), rng.normal(size=2 + i))
    ),
    (
        Mistake("the bias is forgotten: every neuron starts from its own.", lambda x, w, b: x @ w),
        Mistake(
            "the weights are transposed: column u of w belongs to neuron u, and your code takes its row. "
            "Inputs run down the rows of w (D), neurons along its columns (U).",
            lambda x, w, b: x @ w.T + b,
        ),
        Mistake(
            "x and w are multiplied in the wrong order: matrix products do not commute. x stands first.",
            lambda x, w, b: w @ x + b,
        ),
        Mistake("this is the mean over the inputs; the formula has their sum.", lambda x, w, b: x @ w / len(w) + b),
        Mistake("the bias is subtracted; the formula says + b.", lambda x, w, b: x @ w - b),
        Mistake("the first patient alone gets the bias: b belongs to every row.", _row_by_row),
        Mistake("every neuron gets the bias of the first: neuron u has b[u].", lambda x, w, b: x @ w + b[0]),
        Mistake("all biases are added up: neuron u gets b[u] alone.", lambda x, w, b: x @ w + b.sum()),
        Mistake("the bias stands inside the product; it is added after the sum.", lambda x, w, b: x @ (w + b)),
        Mistake(
            "* multiplies place by place. Row times column, added up, is the matrix product @.",
            lambda x, w, b: x * w + b,
        ),
        Mistake(
            "f is applied here already (relu): give back the sums as they are, also negative ones.",
            lambda x, w, b: np.maximum(x @ w + b, 0),
        ),
        Mistake(
            "the bias is multiplied by the number of inputs: is it added inside the sum?",
            lambda x, w, b: x @ w + len(w) * b,
        ),
    ),
    (
        "Every patient is a row of x, every neuron a column of w. Place (n, u) of the result is row n times column u.",
        "That is what the matrix product @ does for all rows and columns at once. NumPy adds b to every row by itself.",
        "The shapes: (N, D) @ (D, U) gives (N, U); then add b, of shape (U,).",
    ),
    known=(
        (
            (
                np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]),
                np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 4.0]]),
                np.array([0.5, 0.0, -1.0]),
            ),
            np.array([[4.5, -2.0, 8.0], [-0.5, 1.0, -5.0], [7.0, -0.5, 4.0]]),
        ),
    ),
)


# ---------------------------------------------------------------- cross_entropy


def cross_entropy(y, p):
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def _labels_and_risks(rng, i):
    y = rng.permutation(np.arange(5 + 2 * i) % 3 == 0).astype(float)
    return y, rng.uniform(0.05, 0.95, size=len(y))


CROSS_ENTROPY = Exercise(
    "cross_entropy",
    "01",
    "how surprised are we by what happened to the patients?",
    cross_entropy,
    _labels_and_risks,
    (
        Mistake("the minus sign in front is missing: surprise is positive.", lambda y, p: -cross_entropy(y, p)),
        Mistake(
            "the minus sign reaches one of the two products only: it belongs in front of both, so mind the brackets.",
            lambda y, p: float(np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))),
        ),
        Mistake(
            "log(1 − p) is not 1 − log(p): first the difference, then the logarithm.",
            lambda y, p: float(-np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))),
        ),
        Mistake(
            "two means are added, one over the ill and one over the healthy. It is one mean over all patients.",
            lambda y, p: float(-np.mean(np.log(p[y == 1])) - np.mean(np.log(1 - p[y == 0]))),
        ),
        Mistake(
            "this is the sum over the patients; take the mean, or a large hospital would always look worse.",
            lambda y, p: cross_entropy(y, p) * len(y),
        ),
        Mistake(
            "only the ill count here: (1 − y) log(1 − p) of the healthy is missing.",
            lambda y, p: float(-np.mean(y * np.log(p))),
        ),
        Mistake(
            "only the healthy count here: y log p of the ill is missing.",
            lambda y, p: float(-np.mean((1 - y) * np.log(1 - p))),
        ),
        Mistake("y and p are exchanged: the logarithm is taken of p.", lambda y, p: _exchanged(y, p)),
        Mistake(
            "1 − y and 1 − p have changed places with y and p: the ill are scored as if they were healthy.",
            lambda y, p: cross_entropy(1 - y, p),
        ),
        Mistake(
            "this is the logarithm to base 10; the formula has the natural one, np.log.",
            lambda y, p: cross_entropy(y, p) / np.log(10),
        ),
        Mistake(
            "this is the logarithm to base 2; the formula has the natural one, np.log.",
            lambda y, p: cross_entropy(y, p) / np.log(2),
        ),
        Mistake(
            "this is the mean squared error; here the logarithm of p counts.", lambda y, p: float(np.mean((y - p) ** 2))
        ),
        Mistake(
            "one value for each patient comes out: the mean over them is missing.",
            lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
        ),
    ),
    (
        "Each patient contributes −log of the probability that was given to what really happened.",
        "Where y is 1 that probability is p, where y is 0 it is 1 − p. The factors y and (1 − y) pick the right one.",
        "Minus the np.mean of two products: y with the log of p, and 1 − y with the log of 1 − p.",
    ),
    # -(ln 0.8 + ln 0.5 + ln 0.9)/3, with a table of logarithms
    known=(((np.array([1.0, 0.0, 0.0]), np.array([0.8, 0.5, 0.1])), (0.2231435513 + 0.6931471806 + 0.1053605157) / 3),),
)


def _exchanged(y, p):
    return float(-np.mean(p * np.log(y) + (1 - p) * np.log(1 - y)))


# ---------------------------------------------------------------- neuron_gradient


def neuron_gradient(x, y, p):
    dz = (p - y) / len(y)
    return x.T @ dz, float(dz.sum())


def _patients(rng, i):
    y, p = _labels_and_risks(rng, i)
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


# ---------------------------------------------------------------- dense_backward


def dense_backward(dy, x, w):
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


DENSE_BACKWARD = Exercise(
    "dense_backward",
    "01",
    "the way back through a layer: dx, dw and db from dy",
    dense_backward,
    lambda rng, i: ((d := 3 + i), rng.normal(size=(d, d)), rng.normal(size=(d, d)), rng.normal(size=(d, d)))[1:],
    (
        Mistake(
            "w is not transposed in dx: on the way back every weight is walked in the other direction, from u to d.",
            lambda dy, x, w: (dy @ w, x.T @ dy, dy.sum(axis=0)),
        ),
        Mistake(
            "x is not transposed in dw: place (d, u) is a sum over the patients, the first axis of both.",
            lambda dy, x, w: (dy @ w.T, x @ dy, dy.sum(axis=0)),
        ),
        Mistake(
            "dw is transposed: it must have the shape of w, inputs down, neurons along.",
            lambda dy, x, w: (dy @ w.T, dy.T @ x, dy.sum(axis=0)),
        ),
        Mistake(
            "db is summed over the neurons instead of the patients: axis=0 is the patients.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum(axis=1)),
        ),
        Mistake(
            "db is a mean; every patient used the bias, so their gradients add up.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.mean(axis=0)),
        ),
        Mistake(
            "dw is a mean over the patients; the 1/N is in dy already (or is not wanted): add up.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy / len(x), dy.sum(axis=0)),
        ),
        Mistake(
            "db is a single number: one bias for each neuron, so sum over axis=0 only.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum()),
        ),
        Mistake("db is dy itself: the sum over the patients is missing.", lambda dy, x, w: (dy @ w.T, x.T @ dy, dy)),
        Mistake(
            "dw and db are divided by the number of patients; the 1/N is in dy already (or is not wanted).",
            lambda dy, x, w: (dy @ w.T, x.T @ dy / len(x), dy.mean(axis=0)),
        ),
        Mistake(
            "only the last patient counts in dw: does = stand where += should?",
            lambda dy, x, w: (dy @ w.T, np.outer(x[-1], dy[-1]), dy.sum(axis=0)),
        ),
        Mistake(
            "dx uses x where it should use w: y = x w, so x feels dy through w.",
            lambda dy, x, w: (dy @ x.T, x.T @ dy, dy.sum(axis=0)),
        ),
    ),
    (
        "Every gradient has the shape of the thing itself: dx (N, D), dw (D, U), db (U,). From dy (N, U) there is only "
        "one way to multiply so that this comes out.",
        "dx: (N, U) times (U, D). dw: (D, N) times (N, U). db: from (N, U) to (U,).",
        "dx is dy with the transposed weights, dw the transposed input with dy, db the column sums of dy.",
    ),
    returns=("dx", "dw", "db"),
    known=(
        (
            (np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])),
            (np.array([[1.0, 2.0, 0.0]]), np.array([[3.0, 6.0], [4.0, 8.0], [5.0, 10.0]]), np.array([1.0, 2.0])),
        ),
    ),
)


# ---------------------------------------------------------------- sgd_step


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


# ---------------------------------------------------------------- sensitivity


def sensitivity(y, p, threshold):
    return float(np.sum((y == 1) & (p >= threshold)) / np.sum(y == 1))


def _with_threshold(rng, i):
    y, p = _labels_and_risks(rng, i + 4)
    return y, np.where(y == 1, p**0.5, p), float(np.median(p)) + 0.1


SENSITIVITY = Exercise(
    "sensitivity",
    "01",
    "of the ill, what share is found at this threshold?",
    sensitivity,
    _with_threshold,
    (
        Mistake(
            "of those called ill, the share that is ill: that is the positive predictive value (precision). "
            "Sensitivity divides by the number of the ill.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= t)) / np.sum(p >= t)),
        ),
        Mistake(
            "this is the accuracy, the share of all answers that are right. Sensitivity looks at the ill only.",
            lambda y, p, t: float(np.mean((y == 1) == (p >= t))),
        ),
        Mistake(
            "this is the specificity: the share of the healthy that are left in peace.",
            lambda y, p, t: float(np.sum((y == 0) & (p < t)) / np.sum(y == 0)),
        ),
        Mistake(
            "this is the share of the ill that is missed, 1 − sensitivity.",
            lambda y, p, t: float(np.sum((y == 1) & (p < t)) / np.sum(y == 1)),
        ),
        Mistake(
            "the found ill are divided by all patients; divide by the number of the ill.",
            lambda y, p, t: float(np.mean((y == 1) & (p >= t))),
        ),
        Mistake(
            "this is the share of all patients who are called ill; the truth y does not matter in it.",
            lambda y, p, t: float(np.mean(p >= t)),
        ),
        Mistake(
            "the threshold is ignored: 0.5 stands in your code.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= 0.5)) / np.sum(y == 1)),
        ),
        Mistake(
            "this is the mean risk of the ill. How many of them reach the threshold?",
            lambda y, p, t: float(p[y == 1].mean()),
        ),
        Mistake(
            "the healthy who are called ill are counted too: count only where both hold.",
            lambda y, p, t: float(np.sum(p >= t) / np.sum(y == 1)),
        ),
        Mistake(
            "this is a number of patients; divide it by the number of the ill.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= t))),
        ),
        Mistake(
            "a risk exactly at the threshold counts as ill: >=, not >.",
            lambda y, p, t: float(np.sum((y == 1) & (p > t)) / np.sum(y == 1)),
        ),
    ),
    (
        "Two numbers: how many patients are ill, and how many of these are found?",
        "p >= threshold says who is called ill, y == 1 who is ill. & holds where both are true; np.sum counts.",
        "Count (y == 1) & (p >= threshold), divide by the count of y == 1.",
    ),
    known=(
        ((np.array([1.0, 1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.2, 0.7, 0.5, 0.1]), 0.5), 2 / 3),
        ((np.array([1.0, 1.0, 0.0, 0.0, 0.0]), np.array([0.3, 0.6, 0.3, 0.1, 0.8]), 0.3), 1.0),
    ),
)

EXERCISES = (
    WEIGHTED_SUM,
    SIGMOID,
    DENSE,
    CROSS_ENTROPY,
    NEURON_GRADIENT,
    DENSE_BACKWARD,
    SGD_STEP,
    SENSITIVITY,
)
