"""edunet.utils.pad_sequences, under Keras's older path."""

from edunet.utils import pad_sequences

__all__ = ["pad_sequences"]
