"""Pictures: every function returns a matplotlib Figure, labelled and readable in grey; nothing is shown or saved."""

from edunet.show.attention import attention
from edunet.show.boundary import decision_boundary
from edunet.show.images import feature_maps, filters
from edunet.show.receptive import receptive_field
from edunet.show.results import confusion, curves, predictions, samples
from edunet.show.roc import roc
from edunet.show.sequences import gates, hidden_states

__all__ = [
    "attention",
    "confusion",
    "curves",
    "decision_boundary",
    "feature_maps",
    "filters",
    "gates",
    "hidden_states",
    "predictions",
    "receptive_field",
    "roc",
    "samples",
]
