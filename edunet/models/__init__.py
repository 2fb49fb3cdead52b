"""Models: layers joined together, the training loop, and files of models."""

from edunet.layers.input import Input
from edunet.models.causality import check_causality
from edunet.models.model import Model
from edunet.models.saving import clone_model, load_model, save_model
from edunet.models.sequential import Sequential

__all__ = ["Input", "Model", "Sequential", "check_causality", "clone_model", "load_model", "save_model"]
