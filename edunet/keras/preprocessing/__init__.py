"""What of Keras's older room `preprocessing` is here: sequences. Images and text are read by other libraries."""

from edunet.keras.preprocessing import sequence

__all__ = ["sequence"]
