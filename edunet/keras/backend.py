"""What of Keras's older room `backend` is here."""

from edunet.backend import floatx, set_floatx
from edunet.utils import clear_session

__all__ = ["clear_session", "floatx", "set_floatx"]
