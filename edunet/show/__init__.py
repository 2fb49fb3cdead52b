"""Pictures: every function returns a matplotlib Figure, labelled and readable in grey; nothing is shown or saved."""

from edunet.show.results import confusion, curves, predictions, samples

__all__ = ["confusion", "curves", "predictions", "samples"]
