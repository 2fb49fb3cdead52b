import numpy as np
import pytest

from edunet import optimizers
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
GRADIENTS = rng.normal(size=(20, 3, 2)) * 10.0 ** rng.uniform(-3, 1, (20, 1, 1))
START = rng.normal(size=(3, 2))


def steps(optimizer, dtype=np.float64):
    w = Tensor(START.astype(dtype))
    for dw in GRADIENTS:
        optimizer.apply([dw], [w])
    return w.data


# ---------------------------------------------------------------- the definitions, twenty steps each


def test_sgd():
    np.testing.assert_allclose(steps(optimizers.SGD(0.1)), START - 0.1 * GRADIENTS.sum(axis=0))


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum(nesterov):
    w, m = START.copy(), 0
    for dw in GRADIENTS:
        m = 0.9 * m - 0.1 * dw
        w = w + (0.9 * m - 0.1 * dw if nesterov else m)
    np.testing.assert_allclose(steps(optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov)), w)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_rmsprop(momentum):
    w, v, m = START.copy(), 0, 0
    for dw in GRADIENTS:
        v = 0.8 * v + 0.2 * dw**2
        m = momentum * m + 0.1 * dw / np.sqrt(v + 1e-3)
        w = w - m
    np.testing.assert_allclose(steps(optimizers.RMSprop(0.1, rho=0.8, momentum=momentum, epsilon=1e-3)), w)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adam_and_adamw(decay):
    w, m, v = START.copy(), 0, 0
    for t, dw in enumerate(GRADIENTS, 1):
        m, v = 0.8 * m + 0.2 * dw, 0.9 * v + 0.1 * dw**2
        rate = 0.1 * np.sqrt(1 - 0.9**t) / (1 - 0.8**t)
        w = w - 0.1 * decay * w
        w = w - rate * m / (np.sqrt(v) + 1e-3)
    options = {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}
    made = optimizers.AdamW(0.1, weight_decay=decay, **options) if decay else optimizers.Adam(0.1, **options)
    np.testing.assert_allclose(steps(made), w)


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        # Keras 3.15.1 (torch), float32: w = 1, five steps with the gradients 1, -2, 0.5, 4, -0.25, all defaults
        (optimizers.SGD(), 0.96749997),
        (optimizers.SGD(momentum=0.9), 0.94077903),
        (optimizers.SGD(momentum=0.9, nesterov=True), 0.91420114),
        (optimizers.RMSprop(), 0.99633276),
        (optimizers.Adam(), 0.99870479),
        (optimizers.AdamW(), 0.99868482),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, optimizers.Optimizer) else "",
)
def test_numbers_of_keras(optimizer, expected):
    w = Tensor(np.ones(1, np.float32))
    for dw in (1.0, -2.0, 0.5, 4.0, -0.25):
        optimizer.apply([np.array([dw])], [w])
    np.testing.assert_allclose(w.data, expected, rtol=2e-7)


# ---------------------------------------------------------------- bookkeeping

ALL = pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam", "adamw"])


@ALL
def test_the_weight_changes_in_place_and_keeps_its_precision(name):
    w = Tensor(START.astype(np.float32))
    data = w.data
    optimizers.get(name).apply([GRADIENTS[0]], [w])
    assert w.data is data
    assert data.dtype == np.float32


@ALL
def test_the_gradient_is_left_alone(name):
    dw = GRADIENTS[0].copy()
    optimizers.get(name).apply([dw], [Tensor(START.copy())])
    np.testing.assert_array_equal(dw, GRADIENTS[0])


@ALL
def test_a_step_makes_the_loss_smaller(name):
    w = Tensor(START.copy())
    optimizers.get(name).apply([w.data.copy()], [w])  # loss ½w², gradient w
    assert (w.data**2).sum() < (START**2).sum()


@ALL
def test_each_weight_has_its_own_running_values(name):
    a, b, alone = (Tensor(START.copy()) for _ in range(3))
    together, single = optimizers.get(name), optimizers.get(name)
    for dw in GRADIENTS:
        together.apply([dw, -dw], [a, b])
        single.apply([dw], [alone])
    np.testing.assert_array_equal(a.data, alone.data)


def test_the_learning_rate_may_change_between_steps():
    optimizer, w = optimizers.SGD(0.1), Tensor(np.zeros(1))
    optimizer.apply([np.ones(1)], [w])
    optimizer.learning_rate = 0.5
    optimizer.apply([np.ones(1)], [w])
    np.testing.assert_allclose(w.data, -0.6)


def test_iterations_are_counted():
    optimizer = optimizers.Adam()
    for _ in range(3):
        optimizer.apply([np.ones(1)], [Tensor(np.zeros(1))])
    assert optimizer.iterations == 3


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (optimizers.SGD, {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}),
        (optimizers.RMSprop, {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7}),
        (optimizers.Adam, {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}),
        (optimizers.AdamW, {"weight_decay": 0.004, "learning_rate": 0.001, "epsilon": 1e-7}),
    ],
)
def test_defaults_are_those_of_keras(kind, expected):
    assert expected.items() <= kind().get_config().items()


@ALL
def test_an_optimizer_can_be_made_again_from_its_config(name):
    first = optimizers.get(name)
    assert type(first)(**first.get_config()).get_config() == first.get_config()


# ---------------------------------------------------------------- names and errors


ALL_KINDS = [optimizers.SGD, optimizers.RMSprop, optimizers.Adam, optimizers.AdamW]


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_weight_that_is_not_contiguous_is_changed_too(kind):
    strided, plain = Tensor(START.T.copy().T), Tensor(START.copy())
    data, optimizer = strided.data, kind(0.1)
    assert not data.flags.c_contiguous
    for dw in GRADIENTS:
        optimizer.apply([np.asfortranarray(dw), dw], [strided, plain])
    assert strided.data is data
    np.testing.assert_array_equal(data, plain.data)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_single_number_is_a_weight(kind):
    w = Tensor(2.0)
    kind(0.1).apply([np.array(1.0)], [w])
    assert w.data < 2.0


@pytest.mark.parametrize("name", ["adam", "Adam", "ADAM"])
def test_names_in_any_case(name):
    assert type(optimizers.get(name)) is optimizers.Adam


def test_an_object_stays_itself():
    optimizer = optimizers.Adam(0.1)
    assert optimizers.get(optimizer) is optimizer


@pytest.mark.parametrize(("typo", "meant"), [("adma", "adam"), ("sdg", "sgd"), ("rmsporp", "rmsprop")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"unknown optimizer {typo!r}.*Did you mean {meant!r}\?"):
        optimizers.get(typo)


def test_a_class_is_refused():
    with pytest.raises(TypeError, match=r"an object such as Adam\(1e-3\)"):
        optimizers.get(optimizers.Adam)


@pytest.mark.parametrize("rate", [-1, "fast", None, float("nan")])
def test_the_learning_rate_is_a_number(rate):
    with pytest.raises(ValueError, match="learning_rate is a number >= 0"):
        optimizers.Adam(rate)


def test_momentum_is_a_share():
    with pytest.raises(ValueError, match="momentum lies between 0 and 1"):
        optimizers.SGD(momentum=2)
