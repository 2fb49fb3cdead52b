"""Models: layers joined together, and the training loop."""

from edunet.layers.input import Input
from edunet.models.causality import check_causality
from edunet.models.model import Model
from edunet.models.sequential import Sequential

__all__ = ["Input", "Model", "Sequential", "check_causality"]
