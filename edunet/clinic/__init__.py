"""Clinical evaluation: what a number is worth."""

from edunet.clinic.estimate import Estimate
from edunet.clinic.proportion import wilson_interval

__all__ = ["Estimate", "wilson_interval"]
