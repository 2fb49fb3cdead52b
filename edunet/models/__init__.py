"""Models: layers joined together, the training loop, and files of models."""

from typing import TYPE_CHECKING

from edunet.layers.input import Input
from edunet.models.model import Model
from edunet.models.sequential import Sequential

__all__ = ["Input", "Model", "Sequential", "check_causality", "clone_model", "load_model", "save_model"]

# what stands on models is loaded when it is first named, so that the import stays short as it grows
OF_FILES = ("clone_model", "load_model", "save_model")

if TYPE_CHECKING:
    from edunet.models.causality import check_causality
    from edunet.models.saving import clone_model, load_model, save_model
else:

    def __getattr__(name):
        if name in OF_FILES:
            from edunet.models import saving

            return getattr(saving, name)
        if name == "check_causality":
            from edunet.models.causality import check_causality

            return check_causality
        raise AttributeError(f"module 'edunet.models' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
