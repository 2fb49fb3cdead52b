"""Losses, metrics, optimizers and schedules against Keras 3: equal values, weights, gradients and steps."""

import os
import warnings

import numpy as np
import pytest

import edunet

pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
BOTH = (keras, edunet)
rng = np.random.default_rng(0)


def plain(x):
    return x.numpy() if isinstance(x, edunet.Tensor) else np.asarray(keras.ops.convert_to_numpy(x))


# ---------------------------------------------------------------- losses

P, Y = rng.random((6, 4)).astype(np.float32), rng.integers(0, 2, (6, 4)).astype(np.float32)
SHARES = P / P.sum(axis=1, keepdims=True)
LABELS = rng.integers(0, 4, 6)
ONE_HOT = np.eye(4, dtype=np.float32)[LABELS]
PICTURES, AREAS = rng.random((3, 4, 5, 1)).astype(np.float32), rng.integers(0, 2, (3, 4, 5, 1)).astype(np.float32)
WEIGHTS = rng.random(6).astype(np.float32)

LOSSES = {
    "MeanAbsolutePercentageError": ({}, Y + 1, P),
    "MeanSquaredLogarithmicError": ({}, Y, P - 0.2),
    "Huber": ({"delta": 0.3}, Y, P),
    "LogCosh": ({}, Y, P),
    "Poisson": ({}, Y, P),
    "Hinge": ({}, Y, P),
    "Hinge of -1 and 1": ({}, 2 * Y - 1, P),
    "SquaredHinge": ({}, Y, P),
    "CategoricalHinge": ({}, ONE_HOT, 4 * P - 2),
    "CategoricalFocalCrossentropy": ({}, ONE_HOT, SHARES),
    "CategoricalFocalCrossentropy of scores": (
        {"from_logits": True, "gamma": 1.5, "alpha": 0.4, "label_smoothing": 0.1},
        ONE_HOT,
        9 * P,
    ),
    "CosineSimilarity": ({}, Y, P),
    "CosineSimilarity along 0": ({"axis": 0}, P[:4], P[2:]),
    "KLDivergence": ({}, ONE_HOT, SHARES),
    "BinaryCrossentropy smoothed": ({"label_smoothing": 0.2}, Y, P),
    "BinaryFocalCrossentropy": ({}, Y, P),
    "BinaryFocalCrossentropy balanced": ({"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}, Y, P),
    "BinaryFocalCrossentropy of scores": ({"from_logits": True, "label_smoothing": 0.1}, Y, 4 * P - 2),
    "CategoricalCrossentropy of rows that are no shares": ({}, Y, SHARES),
    "CategoricalCrossentropy of scores and rows that are no shares": ({"from_logits": True}, Y, 4 * P - 2),
    "CategoricalCrossentropy smoothed": ({"label_smoothing": 0.2}, ONE_HOT, SHARES),
    "CategoricalCrossentropy smoothed scores": ({"label_smoothing": 0.2, "from_logits": True}, ONE_HOT, 9 * P),
    "SparseCategoricalCrossentropy ignoring": ({"ignore_class": 2}, LABELS, SHARES),
    "SparseCategoricalCrossentropy ignoring -1": ({"ignore_class": -1, "from_logits": True}, LABELS - 1, 9 * P),
    "Dice": ({}, AREAS, PICTURES),
    "Dice of each": ({"axis": (1, 2, 3)}, AREAS, PICTURES),
}


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none", "mean_with_sample_weight"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, reduction):
    options, y, p = LOSSES[name]
    theirs, ours = (getattr(library.losses, name.split()[0])(reduction=reduction, **options) for library in BOTH)
    each_weights = [None] if name == "Dice" else [None, WEIGHTS[: len(y)]]
    for weights in each_weights:
        np.testing.assert_allclose(
            ours(y, p, weights), plain(theirs(y, keras.ops.convert_to_tensor(p), weights)), rtol=2e-5, atol=1e-6
        )


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_of_losses(name):
    import torch

    options, y, p = LOSSES[name]
    theirs, ours = (getattr(library.losses, name.split()[0])(**options) for library in BOTH)
    x, ours_x = torch.tensor(p, requires_grad=True), edunet.Tensor(p.copy())
    theirs(torch.tensor(y), x).backward()
    ours(y, ours_x).backward()
    np.testing.assert_allclose(ours_x.grad, x.grad.numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "y", "p"),
    [
        ("mean_squared_error", Y, P),
        ("mean_absolute_error", Y, P),
        ("huber", Y, P),
        ("binary_crossentropy", Y, P),
        ("categorical_crossentropy", ONE_HOT, SHARES),
        ("sparse_categorical_crossentropy", LABELS, SHARES),
        ("kl_divergence", SHARES, SHARES[::-1].copy()),
        ("squared_hinge", Y, P),
        ("categorical_hinge", ONE_HOT, P),
        ("categorical_focal_crossentropy", ONE_HOT, SHARES),
    ],
)
def test_functions(name, y, p):
    theirs, ours = (getattr(library.losses, name)(y, p) for library in BOTH)
    np.testing.assert_allclose(ours, plain(theirs), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["KLDivergence", "MeanSquaredLogarithmicError", "LogCosh", "BinaryFocalCrossentropy"])
def test_names_of_losses(name):
    theirs, ours = (getattr(library.losses, name)().name for library in BOTH)
    assert ours == theirs


# ---------------------------------------------------------------- metrics

CLASSES, GUESSES = rng.integers(0, 3, 6), rng.integers(0, 3, 6)
METRICS = {
    "RootMeanSquaredError": ({}, Y, P),
    "MeanAbsolutePercentageError": ({}, Y + 1, P),
    "MeanSquaredLogarithmicError": ({}, Y, P),
    "Poisson": ({}, Y, P),
    "KLDivergence": ({}, ONE_HOT, SHARES),
    "BinaryCrossentropy": ({"label_smoothing": 0.1}, Y, P),
    "CategoricalCrossentropy": ({}, ONE_HOT, SHARES),
    "SparseCategoricalCrossentropy": ({"from_logits": True}, LABELS, P),
    "R2Score": ({}, Y, P),
    "R2Score by variance": ({"class_aggregation": "variance_weighted_average"}, Y, P),
    "TruePositives": ({"thresholds": 0.3}, Y, P),
    "FalsePositives": ({}, Y, P),
    "TrueNegatives": ({}, Y, P),
    "FalseNegatives": ({}, Y, P),
    "Precision of a class": ({"class_id": 2}, Y, P),
    "F1Score macro": ({"average": "macro"}, ONE_HOT, P),
    "F1Score micro": ({"average": "micro", "threshold": 0.4}, Y, P),
    "F1Score weighted": ({"average": "weighted"}, ONE_HOT, P),
    "FBetaScore": ({"beta": 2.0, "average": None}, ONE_HOT, P),
    "TopKCategoricalAccuracy": ({"k": 2}, ONE_HOT, P),
    "SparseTopKCategoricalAccuracy": ({"k": 2}, LABELS, P),
    "CosineSimilarity": ({}, Y, P),
    "BinaryIoU": ({}, Y[:, 0], P[:, 0]),
    "BinaryIoU of 1": ({"target_class_ids": [1], "threshold": 0.3}, Y[:, 0], P[:, 0]),
    "MeanIoU": ({"num_classes": 3}, CLASSES, GUESSES),
    "MeanIoU ignoring": ({"num_classes": 3, "ignore_class": 1}, CLASSES, GUESSES),
    "IoU": ({"num_classes": 3, "target_class_ids": [0, 2]}, CLASSES, GUESSES),
}


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_over_batches(name, weighted):
    options, y, p = METRICS[name]
    weights = np.array([1, 2, 3, 0, 1, 2], np.float32)  # whole numbers: Keras's MeanIoU rounds others
    theirs, ours = (getattr(library.metrics, name.split()[0])(**options) for library in BOTH)
    for rows in (slice(0, 4), slice(4, 6)):
        for metric in (theirs, ours):
            metric.update_state(y[rows], p[rows], sample_weight=weights[rows] if weighted else None)
    np.testing.assert_allclose(ours.result(), plain(theirs.result()), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall", "AUC"])
def test_exact_metrics_are_where_many_thresholds_lead(kind):
    y, p = rng.integers(0, 2, 100), rng.integers(0, 50, 100) / 50 + 0.01
    arguments = {} if kind == "AUC" else {kind.split("At")[1].lower(): 0.7}
    theirs, ours = (getattr(library.metrics, kind)(num_thresholds=2001, **arguments)(y, p) for library in BOTH)
    np.testing.assert_allclose(ours, plain(theirs), atol=1e-5)


def test_all_outputs_together_is_the_auc_that_keras_means():
    y, p = rng.integers(0, 2, (50, 3)), rng.integers(0, 50, (50, 3)) / 50
    theirs, ours = keras.metrics.AUC(num_thresholds=2001), edunet.metrics.AUC(multi_label=False)
    np.testing.assert_allclose(ours(y, p), plain(theirs(y, p)), atol=1e-5)


# ---------------------------------------------------------------- optimizers


def twenty_steps(make):
    theirs, ours = (make(library) for library in BOTH)
    start = [rng.normal(size=shape).astype(np.float32) for shape in ((5, 4), (3,))]
    variables, tensors = [keras.Variable(w) for w in start], [edunet.Tensor(w.copy()) for w in start]
    theirs.build(variables)
    for _ in range(20):
        gradients = [rng.normal(size=w.shape).astype(np.float32) for w in start]
        theirs.apply([keras.ops.convert_to_tensor(dw) for dw in gradients], variables)
        ours.apply(gradients, tensors)
    for variable, tensor in zip(variables, tensors, strict=True):
        np.testing.assert_allclose(tensor.data, plain(variable.value), atol=1e-5)  # they round 1 − β₂ᵗ to float32


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"weight_decay": 0.1, "momentum": 0.9}),
        ("RMSprop", {"centered": True}),
        ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
        ("Adagrad", {}),
        ("Adagrad", {"initial_accumulator_value": 0.0}),
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"amsgrad": True}),
        ("Adadelta", {}),
        ("Adadelta", {"rho": 0.8, "weight_decay": 0.1}),
        ("Adamax", {}),
        ("Adamax", {"beta_1": 0.5, "weight_decay": 0.1}),
        ("Nadam", {}),
        ("Nadam", {"beta_1": 0.5, "weight_decay": 0.1}),
        ("Adam", {"clipnorm": 0.5}),
        ("SGD", {"clipvalue": 0.3}),
        ("SGD", {"clipnorm": 1.5}),
        ("SGD", {"global_clipnorm": 1.5}),
    ],
)
def test_twenty_steps(name, options):
    twenty_steps(lambda library: getattr(library.optimizers, name)(0.01, **options))


SCHEDULES = {
    "ExponentialDecay": ((0.1, 7, 0.5), {}),
    "ExponentialDecay, stairs": ((0.1, 7, 0.5), {"staircase": True}),
    "InverseTimeDecay": ((0.1, 7, 0.5), {}),
    "PolynomialDecay": ((0.1, 7), {"power": 2.0}),
    "PolynomialDecay, cycles": ((0.1, 7), {"cycle": True}),
    "CosineDecay": ((0.1, 15), {"alpha": 0.1}),
    "CosineDecay, warmup": ((0.01, 9), {"warmup_target": 0.2, "warmup_steps": 4}),
    "PiecewiseConstantDecay": (([3, 10], [0.1, 0.01, 0.05]), {}),
}


def schedule(library, name):
    arguments, options = SCHEDULES[name]
    return getattr(library.optimizers.schedules, name.split(",")[0])(*arguments, **options)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    theirs, ours = (schedule(library, name) for library in BOTH)
    np.testing.assert_allclose([ours(s) for s in range(25)], [float(theirs(s)) for s in range(25)], atol=1e-7)


@pytest.mark.parametrize("kind", ["SGD", "Adam", "Nadam"])
def test_twenty_steps_along_a_schedule(kind):
    twenty_steps(lambda library: getattr(library.optimizers, kind)(schedule(library, "CosineDecay, warmup")))


# ---------------------------------------------------------------- activations

X = rng.normal(size=(4, 5)).astype(np.float32) * 3
ACTIVATIONS = [
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "leaky_relu",
    "log_softmax",
    "mish",
]
ACTIVATIONS += ["relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_gradients(name):
    import torch

    x, ours_x = torch.tensor(X, requires_grad=True), edunet.Tensor(X.copy())
    theirs, ours = getattr(keras.activations, name)(x), getattr(edunet.keras.activations, name)(ours_x)
    np.testing.assert_allclose(plain(ours), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)
    weights = rng.normal(size=X.shape).astype(np.float32)
    (theirs * torch.tensor(weights)).sum().backward()
    (ours * weights).sum().backward()
    np.testing.assert_allclose(ours_x.grad, x.grad.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda L: L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5),
        lambda L: L.PReLU("random_uniform"),
        lambda L: L.PReLU("ones", shared_axes=[1]),
    ],
)
def test_layers_of_activations(make):
    theirs, ours = (make(library.layers) for library in BOTH)
    theirs(X), ours(X)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(plain(ours(X)), plain(theirs(X)), rtol=1e-5)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]


# ---------------------------------------------------------------- penalties and bounds

KERNEL = rng.normal(size=(5, 4)).astype(np.float32)


@pytest.mark.parametrize(
    "make",
    [
        lambda library: library.regularizers.L1(0.1),
        lambda library: library.regularizers.L2(0.1),
        lambda library: library.regularizers.L1L2(0.1, 0.2),
        lambda library: library.regularizers.OrthogonalRegularizer(0.1),
        lambda library: library.regularizers.OrthogonalRegularizer(0.1, mode="columns"),
    ],
)
def test_penalties(make):
    theirs, ours = make(keras)(keras.ops.convert_to_tensor(KERNEL)), make(edunet)(edunet.Tensor(KERNEL))
    np.testing.assert_allclose(float(ours), float(theirs), rtol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda library: library.constraints.MaxNorm(1.5),
        lambda library: library.constraints.MinMaxNorm(1.0, 1.8, rate=0.7),
        lambda library: library.constraints.UnitNorm(axis=1),
        lambda library: library.constraints.NonNeg(),
    ],
)
def test_bounds(make):
    theirs, ours = (make(library)(KERNEL) for library in BOTH)
    np.testing.assert_allclose(ours, plain(theirs), rtol=1e-5)


@pytest.mark.parametrize("optimizer", ["Nadam", "Adagrad", "RMSprop"])
def test_a_training_with_everything_follows_the_same_curve(optimizer):
    x, y = rng.normal(size=(60, 6)).astype(np.float32), rng.integers(0, 2, (60, 1))
    models = []
    for library in BOTH:
        L = library.layers
        model = library.Sequential(
            [
                L.Input((6,)),
                L.Dense(8, "silu", kernel_regularizer="l2", kernel_constraint="max_norm", activity_regularizer="l1"),
                L.Dense(8, "selu", kernel_initializer="lecun_normal", bias_regularizer="l1"),
                L.Dense(1, "sigmoid"),
            ]
        )
        plan = library.optimizers.schedules.CosineDecay(0.01, 40, warmup_target=0.02, warmup_steps=5)
        model.compile(
            getattr(library.optimizers, optimizer)(plan, global_clipnorm=0.5, weight_decay=0.01),
            library.losses.BinaryFocalCrossentropy(label_smoothing=0.1),
            metrics=["binary_crossentropy", library.metrics.F1Score(threshold=0.5, average="macro"), "mae"],
        )
        models.append(model)
    models[1].set_weights(models[0].get_weights())
    theirs, ours = (model.fit(x, y, epochs=4, batch_size=8, shuffle=False, verbose=0).history for model in models)
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-4, err_msg=name)
