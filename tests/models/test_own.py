"""What a learner has written comes back as it was, or is refused while it can still be mended."""

import numpy as np
import pytest

import edunet
from edunet import constraints, layers, losses, metrics, models, optimizers, regularizers, schedules


class Gain(layers.Layer):
    """Keeps its argument under another name."""

    def __init__(self, factor=1.0):
        super().__init__()
        self._factor = factor

    def call(self, x):
        return x * self._factor


class Needed(Gain):
    def __init__(self, strength):
        super().__init__()
        self._factor = strength


class Doubled(layers.Layer):
    def __init__(self, rate=1.0, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate * 2

    def call(self, x):
        return x * self.rate


class Several(layers.Layer):
    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes

    def call(self, x):
        return x


class Said(Gain):
    """Says itself how it is made again."""

    def get_config(self):
        return {**super().get_config(), "factor": self._factor}


class Honest(layers.Layer):
    def __init__(self, size, table, scale=float("nan"), activation="relu", inner=None):
        super().__init__()
        self.size, self.table, self.scale = (size, size) if isinstance(size, int) else size, table, scale
        self.activation = edunet.activations.get(activation)
        self.inner = inner or layers.Dense(2)
        self.weight = self.add_weight((2,), initializer="glorot_uniform", name="weight")

    def call(self, x):
        return self.inner(self.activation(x)) * self.weight


class Error(losses.Loss):
    """Takes neither name nor reduction."""

    def __init__(self, power=2.0):
        super().__init__()
        self.power = power

    def call(self, y_true, y_pred):
        return self.power * ((y_pred - y_true) ** 2).mean(axis=-1)


class Hidden(Error):
    def __init__(self, exponent=2.0):
        super().__init__(exponent)


class Largest(metrics.Metric):
    def __init__(self, start=0.0, **options):
        self.start = start
        super().__init__(**options)

    def reset_state(self):
        self.value = self.start

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value = max(self.value, float(np.max(y_pred)))

    def result(self):
        return self.value


class Step(optimizers.Optimizer):
    def __init__(self, learning_rate=0.1, sharpness=1.0):
        super().__init__(learning_rate)
        self.sharpness = sharpness

    def step(self, w, dw):
        w -= self.learning_rate * self.sharpness * dw


def around(layer):
    return models.Sequential([layers.Input((2,)), layer])


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Gain(5.0), r"Gain does not keep its argument factor, .*keep it as self\.factor, or define get_config\(\)"),
        (Needed(5.0), r"Needed does not keep its argument strength, .*keep it as self\.strength"),
        (Doubled(5.0), r"Doubled would not come back as it is: it keeps rate=10\.0, .* keeps 20\.0"),
        (Several(1, 2), r"Several takes \*arguments, which have no names: define get_config"),
    ],
)
def test_what_would_come_back_with_other_numbers_is_refused(tmp_path, layer, message):
    model = around(layer)
    for act in (lambda: model.save(tmp_path / "m.safetensors"), lambda: models.clone_model(model)):
        with pytest.raises(TypeError, match=message):
            act()
    assert not list(tmp_path.iterdir())


def test_a_layer_that_says_itself_how_it_is_made(tmp_path):
    model = around(Said(5.0))
    model.save(tmp_path / "m.safetensors")
    x = np.ones((1, 2), np.float32)
    assert models.load_model(tmp_path / "m.safetensors", {"Said": Said}).predict(x)[0, 0] == 5
    assert models.clone_model(model).predict(x)[0, 0] == 5


def test_saving_makes_no_numbers_and_no_names(tmp_path):
    model = around(Honest(3, np.array([1.0, np.nan])))
    edunet.set_random_seed(0)
    expected, name = edunet.backend.default_rng().random(), layers.Dense(1).name
    edunet.set_random_seed(0)
    model.save(tmp_path / "m.safetensors")
    assert edunet.backend.default_rng().random() == expected
    assert int(layers.Dense(1).name.split("_")[1]) == int(name.split("_")[1]) + 1
    x = np.ones((1, 2), np.float32)
    again = models.load_model(tmp_path / "m.safetensors", {"Honest": Honest})
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_own_loss_metric_and_optimizer_that_take_few_arguments(tmp_path):
    model = around(layers.Dense(1))
    model.compile(Step(schedules.ExponentialDecay(0.1, 10, 0.5), 2.0), Error(3.0), metrics=[Largest(-9.0)])
    x, y = np.ones((4, 2), np.float32), np.zeros((4, 1))
    model.train_on_batch(x, y)
    model.save(tmp_path / "m.safetensors")
    own = {"Error": Error, "Largest": Largest, "Step": Step}
    loaded = models.load_model(tmp_path / "m.safetensors", own)
    assert loaded.train_on_batch(x, y) == model.train_on_batch(x, y)
    assert loaded.optimizer.sharpness == 2


def test_an_own_loss_that_hides_its_argument(tmp_path):
    model = around(layers.Dense(1))
    model.compile("sgd", Hidden(3.0))
    with pytest.raises(TypeError, match="Hidden does not keep its argument exponent"):
        model.save(tmp_path / "m.safetensors")


def test_a_layer_from_its_config():
    layer = layers.Dense(3, activation="tanh", name="mine", trainable=False)
    same = layers.Dense.from_config(layer.get_config())
    assert (type(same), same.units, same.name, same.trainable) == (layers.Dense, 3, "mine", False)
    assert Said.from_config({"factor": 2.0, "name": "other"}).name == "other"


class Holder(layers.Layer):
    """Holds whatever it is given."""

    def __init__(self, held=None, **kwargs):
        super().__init__(**kwargs)
        self.held = held

    def call(self, x):
        return x


def test_a_layer_that_holds_itself_is_told_at_once():
    one = Holder()
    one.held = [one]
    with pytest.raises(ValueError, match="holds itself, or a layer inside it holds it"):
        one(np.ones((1, 4)))


def test_a_layer_that_holds_itself_by_two_others_is_told_at_once():
    one = Holder()
    one.held = Holder(Holder(one))
    with pytest.raises(ValueError, match="holds itself, or a layer inside it holds it"):
        models.Sequential([layers.Input((4,)), one])


@pytest.mark.parametrize("drawn", [False, True])
def test_what_holds_itself_is_not_saved(tmp_path, drawn):
    one = Holder()
    model = models.Sequential([*([layers.Input((4,))] if drawn else []), one])
    endless = []
    endless.append(endless)
    for held, message in ((one, "stand inside each other more than 32 deep|holds itself"), (endless, "holds itself")):
        one.held = held
        with pytest.raises(ValueError, match=message):
            model.save(tmp_path / "m.safetensors")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", [(1, 2), None, 0.5])
def test_keys_that_a_file_cannot_give_back_are_refused(tmp_path, key):
    model = models.Sequential([layers.Input((4,)), Holder({"a": {key: 1}})])
    with pytest.raises(TypeError, match=r"Holder: the argument held cannot be saved. The keys of a dict .* Received: "):
        model.save(tmp_path / "m.safetensors")


class Affine(layers.Layer):
    """A weight from the constructor, another from build."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.scale = self.add_weight((size,), "glorot_uniform", name="scale")

    def build(self, input_shape):
        self.shift = self.add_weight((input_shape[-1],), "glorot_uniform", name="shift")

    def call(self, x):
        return x * self.scale + self.shift


def test_weights_of_the_constructor_and_of_build_come_back(tmp_path):
    model = edunet.Sequential([Affine(2, input_shape=(2,))])
    model.save(tmp_path / "m.safetensors")
    again = models.load_model(tmp_path / "m.safetensors", custom_objects={"Affine": Affine})
    assert [w.name for w in again.weights] == ["scale", "shift"]
    np.testing.assert_array_equal(again.predict(np.ones((3, 2))), model.predict(np.ones((3, 2))))


class Bare(layers.Layer):
    """build and call, and nothing else; not even a first argument called self."""

    def build(s, input_shape):
        s.factor = s.add_weight((input_shape[-1],), "glorot_uniform", name="factor")

    def call(s, x):
        return x * s.factor


class Sized(layers.Layer):
    def __init__(s, size=2, **kwargs):
        super().__init__(**kwargs)
        s.size = size

    def call(s, x, training=False):
        return x * s.size


class Halved(constraints.Constraint):
    def __call__(self, w):
        return w / 2


class Cubic(regularizers.Regularizer):
    def __call__(self, w):
        return (w * w * w).sum()


class Constantly(schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.5


@pytest.mark.parametrize("layer", [Bare(), Sized(3)])
def test_a_layer_without_a_constructor_or_without_self(tmp_path, layer):
    model, x = around(layer), np.ones((1, 2), np.float32)
    model.save(tmp_path / "m.safetensors")
    again = models.load_model(tmp_path / "m.safetensors", {"Bare": Bare, "Sized": Sized})
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert models.clone_model(model).layers[0].get_config() == layer.get_config()


def test_what_makes_weights_small_and_has_no_constructor(tmp_path):
    model = around(layers.Dense(1, kernel_constraint=Halved(), kernel_regularizer=Cubic()))
    model.compile(optimizers.SGD(Constantly()), "mse")
    model.save(tmp_path / "m.safetensors")
    own = {"Halved": Halved, "Cubic": Cubic, "Constantly": Constantly}
    x, y = np.ones((4, 2), np.float32), np.zeros((4, 1))
    assert models.load_model(tmp_path / "m.safetensors", own).train_on_batch(x, y) == model.train_on_batch(x, y)
