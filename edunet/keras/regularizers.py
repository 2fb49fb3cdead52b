"""edunet.regularizers, under Keras's path."""

from edunet.regularizers import L1, L1L2, L2, OrthogonalRegularizer, Regularizer, get, l1, l1_l2, l2

__all__ = ["L1", "L2", "L1L2", "OrthogonalRegularizer", "Regularizer", "get", "l1", "l1_l2", "l2"]
