"""Models as ONNX: a graph of standard operators with the weights in it, which runs without edunet.

to_onnx(model, "model.onnx")
onnxruntime.InferenceSession("model.onnx").run(None, {"input": x})

A layer of edunet is a function of `table.LAYERS`, which adds its operators to the `Graph`.
"""

from edunet.interop.onnx.export import to_onnx

__all__ = ["to_onnx"]
