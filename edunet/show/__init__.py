"""Formulas and worked numbers as text and HTML; pictures as matplotlib Figures, returned, never shown or saved.

formula(layer_or_op)            the page of the textbook
working(layer, x, at=(0, 2))    one number written out, forward and backward, as the layer computed it
graph(model)                    the layers and what feeds what
shapes(model)                   the shape after every layer, and how its numbers come about
curves, roc, confusion ...      pictures, labelled and readable in grey
"""

from edunet.show.attention import attention
from edunet.show.boundary import decision_boundary
from edunet.show.formula import formula
from edunet.show.graph import graph
from edunet.show.images import feature_maps, filters
from edunet.show.receptive import receptive_field
from edunet.show.results import confusion, curves, predictions, samples
from edunet.show.roc import roc
from edunet.show.sequences import gates, hidden_states
from edunet.show.shapes import shapes
from edunet.show.working import working

__all__ = [
    "attention",
    "confusion",
    "curves",
    "decision_boundary",
    "feature_maps",
    "filters",
    "formula",
    "gates",
    "graph",
    "hidden_states",
    "predictions",
    "receptive_field",
    "roc",
    "samples",
    "shapes",
    "working",
]
