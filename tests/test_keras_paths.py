"""Code written for Keras runs with only its import changed, and there is one copy of each class."""

import importlib
import inspect

import pytest

import edunet

ROOMS = [
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
    "utils",
]
OWN = {
    "activations": {"name_of"},
    "callbacks": {"CallbackList"},
    "metrics": {"average_precision", "confusion_matrix", "roc_auc"},
    "models": {"check_causality"},
}  # not Keras's

FORMS = {
    "from edunet import layers, models": "models.Sequential([layers.Dense(2)])",
    "from edunet.models import Sequential\nfrom edunet.layers import Conv2D, MaxPooling2D, Flatten, Dense": (
        "Sequential([Conv2D(2, 3), MaxPooling2D(), Flatten(), Dense(2)])"
    ),
    "import edunet as keras": "keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])",
    "import edunet as tf": "tf.keras.models.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])",
    "from edunet import keras": "keras.Sequential([keras.layers.Dense(2)])",
    "from edunet.keras import layers, models": "models.Sequential([layers.Dense(2)])",
    "from edunet.keras.models import Sequential\nfrom edunet.keras.layers import Dense": "Sequential([Dense(2)])",
    "from edunet.keras import Model, Input\nfrom edunet.keras.layers import Dense": (
        "(lambda x: Model(inputs=x, outputs=Dense(1)(x)))(Input(shape=(3,)))"
    ),
    "from edunet.keras import ops": "ops.mean(ops.square(ops.convert_to_tensor([1.0, 2.0])), axis=-1)",
    "from edunet.keras.callbacks import EarlyStopping": "EarlyStopping(monitor='val_loss', patience=3)",
    "from edunet.keras.optimizers import Adam": "Adam(learning_rate=0.001)",
    "from edunet.keras.optimizers.schedules import CosineDecay": "CosineDecay(0.1, decay_steps=10)",
    "from edunet.optimizers.schedules import ExponentialDecay": "ExponentialDecay(0.1, 10, decay_rate=0.9)",
    "from edunet.keras.losses import BinaryCrossentropy": "BinaryCrossentropy(from_logits=True)",
    "from edunet.keras.metrics import AUC": "AUC(name='auc')",
    "from edunet.keras.initializers import HeNormal": "HeNormal(seed=1)",
    "from edunet.keras.activations import relu": "relu",
    "from edunet.keras.utils import to_categorical, set_random_seed": "to_categorical([0, 1])",
    "from edunet import keras ": "keras.Layer, keras.Loss, keras.Metric, keras.Optimizer, keras.backend.epsilon()",
    "from edunet.keras import backend as K": "K.image_data_format(), K.floatx()",
    "from edunet.keras.utils import Sequence": "Sequence()",
    "from edunet.keras.saving import load_model": "load_model",
    "from edunet.utils import to_categorical, set_random_seed": "to_categorical([0, 1])",
    "from edunet.keras.utils import pad_sequences": "pad_sequences([[1], [2, 3]])",
    "from edunet.keras.preprocessing.sequence import pad_sequences": "pad_sequences([[1], [2, 3]])",
    "import edunet as tf\nsequence = tf.keras.preprocessing.sequence": "sequence.pad_sequences([[1], [2, 3]])",
}


@pytest.mark.parametrize("imports", FORMS, ids=lambda text: text.replace("\n", "; "))
def test_every_form_of_import(imports):
    names: dict = {}
    exec(imports, names)
    assert eval(FORMS[imports], names) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_both_paths_lead_to_the_same_objects(room):
    ours, theirs = importlib.import_module(f"edunet.{room}"), importlib.import_module(f"edunet.keras.{room}")
    names = [name for name in theirs.__all__ if not inspect.ismodule(getattr(theirs, name))]  # modules: two paths
    assert all(getattr(theirs, name) is getattr(ours, name) for name in names)


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_public_is_missing_under_the_path_of_keras(room):
    ours, theirs = importlib.import_module(f"edunet.{room}"), importlib.import_module(f"edunet.keras.{room}")
    assert set(ours.__all__) - OWN.get(room, set()) == set(theirs.__all__)


@pytest.mark.parametrize("name", ["Input", "Model", "Sequential"])
def test_the_short_names_are_the_same_objects(name):
    assert getattr(edunet.keras, name) is getattr(edunet, name) is getattr(edunet.models, name)


def test_input_is_also_a_layer_name():
    assert edunet.layers.Input is edunet.Input


def test_the_input_shape_of_a_first_layer_is_accepted_silently():
    model = edunet.Sequential([edunet.layers.Conv2D(2, 3, input_shape=(6, 6, 1)), edunet.layers.Flatten()])
    assert model.output_shape == (None, 32)


def test_input_dim_is_an_older_spelling_of_input_shape():
    assert edunet.Sequential([edunet.layers.Dense(2, input_dim=3)]).count_params() == 8


def test_rooms_that_only_keras_has_stand_in_edunet_too():
    assert edunet.saving.load_model is edunet.models.load_model
    assert edunet.preprocessing.sequence.pad_sequences is edunet.utils.pad_sequences
    assert {"saving", "preprocessing"} <= set(dir(edunet))
