"""What books use of keras.backend; `edunet.backend` chooses kernels, which is something else."""

from edunet.backend import floatx, set_floatx
from edunet.losses.loss import EPSILON
from edunet.utils.session import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "image_data_format", "set_floatx"]


def epsilon() -> float:
    """Return how far probabilities are kept from 0 and 1: 1e-7."""
    return EPSILON


def image_data_format() -> str:
    """Return where the channels of images stand: always last."""
    return "channels_last"
