"""Clinical evaluation: what a number is worth."""

from edunet.clinic.proportion import wilson_interval

__all__ = ["wilson_interval"]
