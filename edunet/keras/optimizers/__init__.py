"""edunet.optimizers, under Keras's path."""

from edunet.keras.optimizers import schedules
from edunet.optimizers import SGD, Adagrad, Adam, AdamW, Nadam, Optimizer, RMSprop, get

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Nadam", "Optimizer", "RMSprop", "get", "schedules"]
