"""What ONNX cannot say, or this export does not know."""

__all__ = ["refuse"]


def refuse(layer, why: str, repair: str) -> ValueError:
    """Return the error for a layer that cannot be exported: which, why, what to do."""
    return ValueError(f"to_onnx: layer {layer.name!r} ({type(layer).__name__}): {why} {repair}")
