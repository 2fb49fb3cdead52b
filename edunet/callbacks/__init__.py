"""Callbacks: what happens around batches and epochs while a model learns. Names as in Keras."""

from edunet.callbacks.callback import Callback, LambdaCallback
from edunet.callbacks.callback_list import CallbackList
from edunet.callbacks.checkpoint import BackupAndRestore, Checkpoint
from edunet.callbacks.csv_log import CSVLogger
from edunet.callbacks.early_stopping import EarlyStopping
from edunet.callbacks.history import History
from edunet.callbacks.model_checkpoint import ModelCheckpoint
from edunet.callbacks.progress import ProgressBar
from edunet.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from edunet.callbacks.terminate_on_nan import TerminateOnNaN
from edunet.names import missing_name

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "Checkpoint",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgressBar",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]


def __getattr__(name):
    raise missing_name("edunet.callbacks", name, __all__)
