"""Callbacks: what happens around batches and epochs while a model learns. Names as in Keras."""

from edunet.callbacks.callback import Callback
from edunet.callbacks.callback_list import CallbackList
from edunet.callbacks.early_stopping import EarlyStopping
from edunet.callbacks.history import History
from edunet.callbacks.model_checkpoint import ModelCheckpoint
from edunet.callbacks.progress import ProgressBar
from edunet.names import missing_name

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "ModelCheckpoint", "ProgressBar"]


def __getattr__(name):
    raise missing_name("edunet.callbacks", name, __all__)
