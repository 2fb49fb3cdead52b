"""Pictures: every function returns a matplotlib Figure, labelled, readable in grey, and never shows or saves by itself."""

from edunet.show.results import confusion, curves, predictions, samples

__all__ = ["confusion", "curves", "predictions", "samples"]
