import numpy as np
import pytest

from edunet import optimizers, schedules
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


def test_amsgrad_never_forgets_the_largest_gradient():
    w, m, v, u = START.copy(), 0, 0, 0
    for t, dw in enumerate(GRADIENTS, 1):
        m, v = 0.8 * m + 0.2 * dw, 0.9 * v + 0.1 * dw**2
        u = np.maximum(u, v)
        w = w - 0.1 * np.sqrt(1 - 0.9**t) / (1 - 0.8**t) * m / (np.sqrt(u) + 1e-3)
    np.testing.assert_allclose(steps(optimizers.Adam(0.1, 0.8, 0.9, 1e-3, amsgrad=True)), w)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_centered_rmsprop_divides_by_the_deviation(momentum):
    w, v, g, m = START.copy(), 0, 0, 0
    for dw in GRADIENTS:
        v, g = 0.8 * v + 0.2 * dw**2, 0.8 * g + 0.2 * dw
        m = momentum * m + 0.1 * dw / np.sqrt(v - g**2 + 1e-3)
        w = w - m
    np.testing.assert_allclose(steps(optimizers.RMSprop(0.1, 0.8, momentum, epsilon=1e-3, centered=True)), w)


def test_adagrad():
    w, v = START.copy(), 0.2
    for dw in GRADIENTS:
        v = v + dw**2
        w = w - 0.1 * dw / np.sqrt(v + 1e-3)
    np.testing.assert_allclose(steps(optimizers.Adagrad(0.1, initial_accumulator_value=0.2, epsilon=1e-3)), w)


def test_adadelta():
    w, v, u = START.copy(), 0, 0
    for dw in GRADIENTS:
        v = 0.8 * v + 0.2 * dw**2
        delta = dw * np.sqrt((u + 1e-3) / (v + 1e-3))
        u = 0.8 * u + 0.2 * delta**2
        w = w - 0.5 * delta
    np.testing.assert_allclose(steps(optimizers.Adadelta(0.5, rho=0.8, epsilon=1e-3)), w)


def test_adamax():
    w, m, u = START.copy(), 0, 0
    for t, dw in enumerate(GRADIENTS, 1):
        m, u = 0.8 * m + 0.2 * dw, np.maximum(0.9 * u, abs(dw))
        w = w - 0.1 / (1 - 0.8**t) * m / (u + 1e-3)
    np.testing.assert_allclose(steps(optimizers.Adamax(0.1, 0.8, 0.9, 1e-3)), w)


def test_nadam():
    w, m, v, product = START.copy(), 0, 0, 1
    for t, dw in enumerate(GRADIENTS, 1):
        now, ahead = (0.8 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= now
        m, v = 0.8 * m + 0.2 * dw, 0.9 * v + 0.1 * dw**2
        mean = ahead * m / (1 - product * ahead) + (1 - now) * dw / (1 - product)
        w = w - 0.1 * mean / (np.sqrt(v / (1 - 0.9**t)) + 1e-3)
    np.testing.assert_allclose(steps(optimizers.Nadam(0.1, 0.8, 0.9, 1e-3)), w)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adam", "AdamW", "Nadam"])
def test_weight_decay_shrinks_before_the_step(name):
    optimizer, plain = (getattr(optimizers, name)(0.1, weight_decay=decay) for decay in (0.2, 0.0))
    a, b = Tensor(START.copy()), Tensor(START * (1 - 0.1 * 0.2))
    for each, w in ((optimizer, a), (plain, b)):
        each.apply([GRADIENTS[0]], [w])
    np.testing.assert_allclose(a.data, b.data)


# ---------------------------------------------------------------- gradients that are too long

LONG = [np.array([3.0, -4.0]), np.array([[0.0], [12.0]])]  # lengths 5 and 12, together 13


@pytest.mark.parametrize(
    ("clip", "expected"),
    [
        ({"clipvalue": 2.0}, [[2, -2], [[0], [2]]]),
        ({"clipnorm": 10.0}, [[3, -4], [[0], [10]]]),
        ({"clipnorm": 1.0}, [[0.6, -0.8], [[0], [1]]]),
        ({"global_clipnorm": 6.5}, [[1.5, -2], [[0], [6]]]),
        ({"global_clipnorm": 20.0}, LONG),
    ],
)
def test_gradients_are_clipped(clip, expected):
    weights = [Tensor(np.zeros_like(dw)) for dw in LONG]
    given = [dw.copy() for dw in LONG]
    optimizers.SGD(1.0, **clip).apply(given, weights)
    for w, dw, before, kept in zip(weights, expected, LONG, given, strict=True):
        np.testing.assert_allclose(-w.data, dw)
        np.testing.assert_array_equal(kept, before)


def test_clipping_keeps_the_precision():
    w = Tensor(np.zeros(2, np.float32))
    optimizers.Adam(clipnorm=0.1).apply([np.ones(2, np.float32)], [w])
    assert w.data.dtype == np.float32


def test_no_gradient_has_no_length():
    w = Tensor(np.ones(2))
    optimizers.SGD(clipnorm=1.0).apply([np.zeros(2)], [w])
    np.testing.assert_array_equal(w.data, [1, 1])


def test_only_one_way_of_clipping():
    with pytest.raises(ValueError, match="clipped in one way; give one of clipnorm, clipvalue, global_clipnorm"):
        optimizers.Adam(clipnorm=1.0, clipvalue=0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clipnorm": 0}, "clipnorm is a number > 0. Received: 0"),
        ({"clipvalue": -1}, "clipvalue is a number > 0. Received: -1"),
        ({"weight_decay": "much"}, "weight_decay is a number >= 0. Received: 'much'"),
        ({"epsilon": -1e-7}, "epsilon is a number >= 0"),
    ],
)
def test_options_are_looked_over(options, message):
    with pytest.raises(ValueError, match=message):
        optimizers.Adam(**options)


# ---------------------------------------------------------------- schedules


def test_a_schedule_decides_every_step():
    optimizer, w = optimizers.SGD(schedules.PiecewiseConstantDecay([1], [1.0, 0.1])), Tensor(np.zeros(1))
    rates = []
    for _ in range(4):
        rates.append(optimizer.learning_rate)
        optimizer.apply([np.ones(1)], [w])
    assert rates == [1.0, 1.0, 0.1, 0.1]
    np.testing.assert_allclose(w.data, -2.2)


def test_a_rate_that_follows_a_schedule_cannot_be_set():
    optimizer = optimizers.Adam(schedules.CosineDecay(0.1, 10))
    with pytest.raises(TypeError, match="follows a CosineDecay and cannot be set to a number.*Received: 0.5"):
        optimizer.learning_rate = 0.5


def test_a_schedule_may_come_later():
    optimizer = optimizers.Adam(0.1)
    optimizer.learning_rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert optimizer.learning_rate == 0.5


def test_a_schedule_is_in_the_config():
    plan = schedules.CosineDecay(0.1, 10)
    config = optimizers.Adam(plan, clipnorm=1.0).get_config()
    assert config["learning_rate"] is plan
    assert optimizers.Adam(**config).learning_rate == 0.1


def test_the_rate_may_be_set_to_an_array_of_one_number():
    optimizer = optimizers.Adam()
    optimizer.learning_rate = np.array(0.25, np.float32)
    assert optimizer.learning_rate == 0.25
    assert type(optimizer.learning_rate) is float
    with pytest.raises(ValueError, match="learning_rate is a number >= 0"):
        optimizer.learning_rate = -1.0


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

ALL = pytest.mark.parametrize("name", ["sgd", "rmsprop", "adagrad", "adam", "adamw", "nadam"])


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


def test_pairs_of_gradients_and_weights_as_keras_spells_it():
    w = Tensor(np.zeros(1))
    optimizers.SGD(0.1).apply_gradients(zip([np.ones(1)], [w], strict=True))
    np.testing.assert_allclose(w.data, -0.1)


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
        (optimizers.Adagrad, {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7}),
        (optimizers.Nadam, {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}),
    ],
)
def test_defaults_are_those_of_keras(kind, expected):
    assert expected.items() <= kind().get_config().items()


@ALL
def test_an_optimizer_can_be_made_again_from_its_config(name):
    first = optimizers.get(name)
    assert type(first)(**first.get_config()).get_config() == first.get_config()


# ---------------------------------------------------------------- names and errors


ALL_KINDS = [
    *(optimizers.SGD, optimizers.RMSprop, optimizers.Adagrad, optimizers.Adam, optimizers.AdamW, optimizers.Nadam),
    lambda rate: optimizers.Adam(rate, amsgrad=True),
    lambda rate: optimizers.RMSprop(rate, centered=True),
]


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


@pytest.mark.parametrize("kind", [optimizers.Adam, optimizers.AdamW, optimizers.Nadam])
@pytest.mark.parametrize("name", ["beta_1", "beta_2"])
def test_a_mean_that_forgets_nothing_is_refused(kind, name):
    with pytest.raises(ValueError, match=f"{kind.__name__}: {name} is below 1"):
        kind(**{name: 1.0})


def test_momentum_is_a_share():
    with pytest.raises(ValueError, match="momentum lies between 0 and 1"):
        optimizers.SGD(momentum=2)


@pytest.mark.parametrize(
    ("old", "instead"), [("lr", "is called learning_rate"), ("decay", "schedules.InverseTimeDecay")]
)
def test_names_of_keras_2_are_told_the_new_ones(old, instead):
    with pytest.raises(TypeError, match=f"SGD has no argument '{old}': .*{instead}"):
        optimizers.SGD(**{old: 0.1})


# ---------------------------------------------------------------- running values from elsewhere


@pytest.mark.parametrize(
    ("running", "received"),
    [
        ([np.zeros(2), np.zeros((3, 2))], r"\['float64 \(2,\)', 'float64 \(3, 2\)'\]"),
        ([np.zeros((3, 2), np.float32), np.zeros((3, 2))], r"\['float32 \(3, 2\)', "),
        ([np.zeros((3, 2))], r"\['float64 \(3, 2\)'\], expected"),
        ([None, np.zeros((3, 2))], r"\['NoneType', "),
    ],
)
def test_running_values_that_do_not_fit_never_reach_the_kernel(running, received):
    w, adam = Tensor(START.copy()), optimizers.Adam()
    adam.apply([GRADIENTS[0]], [w])
    before = w.data.copy()
    adam.state[w] = running
    with pytest.raises(ValueError, match=f"Adam: the running values of the weight .* are {received}"):
        adam.apply([GRADIENTS[0]], [w])
    np.testing.assert_array_equal(w.data, before)


def test_running_values_that_fit_are_taken():
    one, two = Tensor(START.copy()), Tensor(START.copy())
    first, second = optimizers.Adam(), optimizers.Adam()
    first.apply([GRADIENTS[0]], [one])
    two.data[...], second.iterations = one.data, 1
    second.state[two] = [a.copy() for a in first.state[one]]
    for optimizer, w in ((first, one), (second, two)):
        optimizer.apply([GRADIENTS[1]], [w])
    np.testing.assert_array_equal(one.data, two.data)


BROKEN = {
    "shorter": lambda a: np.zeros(3, np.float32),
    "of another shape": lambda a: np.zeros((5, 4), np.float32),
    "of another precision": lambda a: np.zeros(a.shape, np.float64),
    "no array": lambda a: None,
}


@pytest.mark.parametrize("kind", [optimizers.SGD, optimizers.Adam, optimizers.RMSprop])
@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_running_values_that_are_replaced_on_the_way_are_refused(backend, kind, change):
    w, optimizer = Tensor(np.ones((4, 5), np.float32)), kind()
    dw = np.ones((4, 5), np.float32)
    optimizer.apply([dw], [w])
    optimizer.state[w][0] = change(optimizer.state[w][0])
    before = w.data.copy()
    with pytest.raises(ValueError, match=r"the running values of the weight .* are .*, expected .*state.clear\(\)"):
        optimizer.apply([dw], [w])
    np.testing.assert_array_equal(w.data, before)


def test_running_values_that_are_resized_are_refused():
    w, optimizer = Tensor(np.ones(50, np.float32)), optimizers.Adam()
    dw = np.ones(50, np.float32)
    optimizer.apply([dw], [w])
    optimizer.state[w][0].resize(3, refcheck=False)
    with pytest.raises(ValueError, match=r"are \['float32 \(3,\)', 'float32 \(50,\)'\], expected"):
        optimizer.apply([dw], [w])


@pytest.mark.parametrize("view", [lambda a: a[::2], lambda a: np.frombuffer(bytes(80), np.float32)])
def test_running_values_of_the_right_form_are_laid_out(backend, view):
    w, optimizer = Tensor(np.ones(20, np.float32)), optimizers.SGD(0.1, momentum=0.5)
    dw = np.ones(20, np.float32)
    optimizer.apply([dw], [w])
    optimizer.state[w][0] = view(np.full(40, 2, np.float32))
    m, before = optimizer.state[w][0].copy(), w.data.copy()
    optimizer.apply([dw], [w])
    np.testing.assert_allclose(w.data, before + 0.5 * m - 0.1, rtol=1e-6)
    np.testing.assert_allclose(optimizer.state[w][0], 0.5 * m - 0.1, rtol=1e-6)


def test_a_gradient_of_another_shape_is_refused(backend):
    w = Tensor(np.ones((4, 5), np.float32))
    with pytest.raises(ValueError, match=r"SGD: the gradient of the weight .* has the shape \(3,\), expected \(4, 5\)"):
        optimizers.SGD().apply([np.ones(3, np.float32)], [w])
