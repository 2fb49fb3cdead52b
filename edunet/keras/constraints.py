"""edunet.constraints, under Keras's path."""

from edunet.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm, get

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "get"]
