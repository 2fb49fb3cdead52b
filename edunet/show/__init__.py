"""Formulas, worked numbers and pictures.

Pictures are matplotlib Figures, labelled and readable in grey; nothing is shown or saved.
"""

from edunet.show.formula import formula
from edunet.show.results import confusion, curves, predictions, samples
from edunet.show.working import working

__all__ = ["confusion", "curves", "formula", "predictions", "samples", "working"]
