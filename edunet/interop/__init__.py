"""To and from other libraries. None of them is needed for anything else here.

interop.to_onnx(model, "model.onnx")      a file that runs wherever ONNX does
"""

from edunet.interop.onnx import to_onnx

__all__ = ["to_onnx"]
