"""Reading models from files, under the path of Keras 3."""

from edunet.models import load_model
from edunet.utils.session import missing

__all__ = ["load_model"]


def __getattr__(name):
    raise missing("edunet.keras.saving", name, __all__)
