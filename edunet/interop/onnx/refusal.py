"""What ONNX cannot say, onnxruntime cannot run, or this export does not know."""

import numpy as np

__all__ = ["refuse", "refuse_float64"]

# Operators that ONNX allows for float64 and onnxruntime (1.32) has for float32 only.
FLOAT32_ONLY = {
    *("Conv", "ConvTranspose", "AveragePool", "Resize", "RNN", "GRU", "LSTM"),
    *("Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Selu", "Softplus", "Softsign"),
}


def refuse(layer, why: str, repair: str) -> ValueError:
    """Return the error for a layer that cannot be exported: which, why, what to do."""
    return ValueError(f"to_onnx: layer {layer.name!r} ({type(layer).__name__}): {why} {repair}")


def refuse_float64(layer, inputs, nodes) -> None:
    """Raise ValueError if the nodes of a layer that computes in float64 are some that onnxruntime would not run."""
    missing = sorted({node.op_type for node in nodes} & FLOAT32_ONLY)
    if missing and any(x.dtype == np.float64 for x in inputs):
        raise refuse(
            layer,
            f"it computes in float64, and onnxruntime has {' and '.join(missing)} for float32 only.",
            'Export a float32 copy: edunet.set_floatx("float32"), make the model again as `copy`, '
            "copy.set_weights(model.get_weights()), to_onnx(copy).",
        )
