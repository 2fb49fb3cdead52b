"""Losses under Keras's names: a formula of `edunet.ops`, averaged over the batch.

    loss = (1/n) Σ_i weight_i · loss_i              n examples (and places, where a prediction has several)
A loss first looks at the labels: most failed first trainings are labels of the wrong kind.
"""

from edunet.configs import described, is_description, made
from edunet.losses.binary import BinaryCrossentropy, BinaryFocalCrossentropy, Hinge, SquaredHinge
from edunet.losses.classes import (
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from edunet.losses.distance import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Pinball,
    Poisson,
)
from edunet.losses.functions import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    cosine_similarity,
    dice,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from edunet.losses.loss import Loss
from edunet.losses.overlap import Dice
from edunet.losses.survival import DiscreteHazard
from edunet.names import look_up, missing_name

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "DiscreteHazard",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Pinball",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

_BY_NAME = {
    "bce": BinaryCrossentropy,
    "binary_crossentropy": BinaryCrossentropy,
    "binary_focal_crossentropy": BinaryFocalCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "categorical_focal_crossentropy": CategoricalFocalCrossentropy,
    "categorical_hinge": CategoricalHinge,
    "cosine_similarity": CosineSimilarity,
    "dice": Dice,
    "discrete_hazard": DiscreteHazard,
    "hinge": Hinge,
    "huber": Huber,
    "kl_divergence": KLDivergence,
    "kld": KLDivergence,
    "kullback_leibler_divergence": KLDivergence,
    "log_cosh": LogCosh,
    "logcosh": LogCosh,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_absolute_percentage_error": MeanAbsolutePercentageError,
    "mean_squared_error": MeanSquaredError,
    "mean_squared_logarithmic_error": MeanSquaredLogarithmicError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
    "pinball": Pinball,
    "poisson": Poisson,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "squared_hinge": SquaredHinge,
}


def get(loss) -> Loss:
    """Return a loss from its name, a function `f(y_true, y_pred)` of Tensors as a loss, or itself.

    >>> get("mse").name
    'mean_squared_error'
    """
    if isinstance(loss, str):
        return look_up("loss", _BY_NAME, loss if loss in _BY_NAME else loss.lower())()
    if isinstance(loss, Loss):
        return loss
    if is_description(loss):
        return deserialize(loss)
    if isinstance(loss, type) and issubclass(loss, Loss):
        raise TypeError(f"the loss is a class; make an object of it: {loss.__name__}()")
    if callable(loss):
        name = getattr(loss, "__name__", "loss")
        return get(name) if globals().get(name) is loss else _Function(loss, name)  # ours look over the labels
    raise TypeError(f"a loss is a name such as 'mse', an object or a function(y_true, y_pred). Received: {loss!r}")


def serialize(loss) -> dict:
    """Return the loss as {"class_name": ..., "config": {...}}: what makes it again."""
    return described(loss)


def deserialize(config, custom_objects=None) -> Loss:
    """Return a new loss from what `serialize` returned; custom_objects, {name: class}, of those of your own."""
    return made("loss", {kind.__name__: kind for kind in _BY_NAME.values()}, config, custom_objects)


class _Function(Loss):
    def __init__(self, function, name):
        super().__init__(name)
        self.function = function

    def call(self, y_true, y_pred):
        return self.function(y_true, y_pred)

    def check(self, y, output_shape):
        """A learner's own loss decides for itself what its labels are."""


def __getattr__(name):
    raise missing_name("edunet.losses", name, __all__)
